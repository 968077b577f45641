//! Sessions: only the hash of a token is kept.

use crate::FromRow;
use crate::{Result, Tx};
use domain::account::Stage;
use domain::calendar::Time;
use domain::organization::{AccountState, OrganizationState};
use domain::role::Role;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Session {
    pub token_hash: Vec<u8>,
    /// Names the session on the account's page; opens nothing.
    pub id: Uuid,
    pub account_id: Uuid,
    pub stage: Stage,
    /// Where it was opened from, as the site saw it.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
    pub created_at: Time,
    pub seen_at: Time,
    /// When the person last proved who they are.
    pub confirmed_at: Option<Time>,
    pub expires_at: Time,
    pub ended_at: Option<Time>,
}

impl Session {
    /// A session that is open now and ends after `hours` at the latest.
    pub fn open(token_hash: Vec<u8>, id: Uuid, account_id: Uuid, now: Time, hours: i64) -> Self {
        Self {
            token_hash,
            id,
            account_id,
            stage: Stage::Full,
            address: String::new(),
            agent: String::new(),
            created_at: now,
            seen_at: now,
            confirmed_at: Some(now),
            expires_at: now.plus_hours(hours),
            ended_at: None,
        }
    }
}

pub async fn insert(tx: &mut Tx, s: &Session) -> Result<()> {
    let statement = sql!(
        "INSERT INTO sessions (token_hash, id, account_id, stage, address, agent, created_at, seen_at, confirmed_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(&s.token_hash)
        .bind(s.id)
        .bind(s.account_id)
        .bind(s.stage)
        .bind(&s.address)
        .bind(&s.agent)
        .bind(s.created_at)
        .bind(s.seen_at)
        .bind(s.confirmed_at)
        .bind(s.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn by_hash(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Session>> {
    let statement = sql!("SELECT * FROM sessions WHERE token_hash = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(token_hash).fetch_optional(c).await)
}

/// A session with the account it is of.
#[derive(Clone, Debug, FromRow)]
pub struct Opened {
    #[sqlx(flatten)]
    pub session: Session,
    pub username: String,
    pub display_name: String,
    pub role: Role,
    pub scope: String,
    pub account_state: AccountState,
    pub organization_id: Option<Uuid>,
    pub organization_name: Option<String>,
    pub organization_state: Option<OrganizationState>,
    /// Notices to the account, its organization or its office that nobody has read.
    pub unread: i64,
    /// Whether a working list is remembered for the account.
    pub keeps_views: bool,
}

/// As [`by_hash`], with the account and its organization.
pub async fn with_account(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Opened>> {
    let statement = sql!(
        "SELECT s.*, a.username, a.display_name, a.role, a.scope, a.state AS account_state, a.organization_id, o.name AS organization_name, o.state AS organization_state, CASE WHEN a.role = 'volunteer' THEN (SELECT COUNT(*) FROM notices t WHERE t.account_id = a.id AND t.read_at IS NULL) WHEN a.organization_id IS NOT NULL THEN (SELECT COUNT(*) FROM notices t WHERE t.organization_id = a.organization_id AND t.read_at IS NULL) ELSE (SELECT COUNT(*) FROM notices t WHERE t.scope = a.scope AND t.read_at IS NULL) END AS unread, EXISTS (SELECT 1 FROM list_views v WHERE v.account_id = a.id) AS keeps_views FROM sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN organizations o ON o.id = a.organization_id WHERE s.token_hash = $1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(token_hash).fetch_optional(c).await)
}

/// Gives a session a new token: what was known of it before opens nothing any more.
pub async fn replace(tx: &mut Tx, old: &[u8], new: &Session) -> Result<bool> {
    let statement = sql!(
        "UPDATE sessions SET token_hash = $2, stage = $3, seen_at = $4, confirmed_at = $5 WHERE token_hash = $1 AND ended_at IS NULL"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(old)
        .bind(&new.token_hash)
        .bind(new.stage)
        .bind(new.seen_at)
        .bind(new.confirmed_at)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn touch(tx: &mut Tx, token_hash: &[u8], now: Time) -> Result<()> {
    let statement = sql!("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1");
    on!(tx, |c| sqlx::query(statement).bind(token_hash).bind(now).execute(c).await.map(|_| ()))
}

pub async fn end(tx: &mut Tx, token_hash: &[u8], now: Time) -> Result<()> {
    let statement = sql!("UPDATE sessions SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(token_hash).bind(now).execute(c).await.map(|_| ()))
}

/// Ends one session of an account; `false` when it has none of this name that is open.
pub async fn end_one(tx: &mut Tx, account: Uuid, id: Uuid, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE sessions SET ended_at = $3 WHERE account_id = $1 AND id = $2 AND ended_at IS NULL");
    on!(tx, |c| sqlx::query(statement)
        .bind(account)
        .bind(id)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Ends every session of an account but one, if one is named. Returns how many.
pub async fn end_all(tx: &mut Tx, account: Uuid, but: Option<Uuid>, now: Time) -> Result<u64> {
    let statement = sql!(
        "UPDATE sessions SET ended_at = $3 WHERE account_id = $1 AND ended_at IS NULL AND (id <> $2 OR $2 IS NULL)"
    );
    on!(tx, |c| sqlx::query(statement).bind(account).bind(but).bind(now).execute(c).await.map(|r| r.rows_affected()))
}

/// Open sessions of an account, the last used first.
pub async fn open_of(tx: &mut Tx, account: Uuid, seen_after: Time, now: Time) -> Result<Vec<Session>> {
    let statement = sql!(
        "SELECT * FROM sessions WHERE account_id = $1 AND ended_at IS NULL AND seen_at > $2 AND expires_at > $3 ORDER BY seen_at DESC LIMIT 50"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(account).bind(seen_after).bind(now).fetch_all(c).await)
}
