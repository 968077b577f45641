//! Accounts, their sessions, and form tokens spent once.

use crate::{Result, Tx};
use domain::calendar::Time;
use domain::organization::AccountState;
use domain::role::{Actor, Role};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Account {
    pub id: Uuid,
    pub username: String,
    pub password_hash: String,
    pub display_name: String,
    pub role: Role,
    pub scope: String,
    pub organization_id: Option<Uuid>,
    pub state: AccountState,
    pub failures: i64,
    pub locked_until: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Account {
    pub fn actor(&self) -> Actor {
        Actor {
            account_id: Some(self.id),
            role: self.role,
            scope: self.scope.clone(),
            organization_id: self.organization_id,
        }
    }
}

pub async fn insert(tx: &mut Tx, a: &Account) -> Result<()> {
    let statement = sql!(
        "INSERT INTO accounts (id, username, password_hash, display_name, role, scope, organization_id, state, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(a.id)
        .bind(&a.username)
        .bind(&a.password_hash)
        .bind(&a.display_name)
        .bind(a.role)
        .bind(&a.scope)
        .bind(a.organization_id)
        .bind(a.state)
        .bind(a.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn by_username(tx: &mut Tx, username: &str) -> Result<Option<Account>> {
    let statement = sql!("SELECT * FROM accounts WHERE username = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(username).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Account>> {
    let statement = sql!("SELECT * FROM accounts WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn all(tx: &mut Tx) -> Result<Vec<Account>> {
    let statement = sql!("SELECT * FROM accounts ORDER BY role, scope, username");
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

pub async fn of_organization(tx: &mut Tx, organization: Uuid) -> Result<Vec<Account>> {
    let statement =
        sql!("SELECT * FROM accounts WHERE organization_id = $1 AND state = 'active' ORDER BY display_name");
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Active staff whose scope lies at or below `scope`, for assigning a verification.
pub async fn staff_within(tx: &mut Tx, scope: &str) -> Result<Vec<Account>> {
    let statement = sql!(
        "SELECT * FROM accounts WHERE role IN ('village_worker', 'street', 'district') AND scope >= $1 AND scope < $2 AND state = 'active' ORDER BY role DESC, scope, display_name LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(crate::scope_end(scope)).fetch_all(c).await)
}

pub async fn set_state(tx: &mut Tx, id: Uuid, state: AccountState, now: Time) -> Result<()> {
    let statement = sql!("UPDATE accounts SET state = $2, updated_at = $3 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(state).bind(now).execute(c).await.map(|_| ()))
}

pub async fn set_password(tx: &mut Tx, id: Uuid, hash: &str, now: Time) -> Result<()> {
    let statement = sql!(
        "UPDATE accounts SET password_hash = $2, failures = 0, locked_until = NULL, updated_at = $3 WHERE id = $1"
    );
    on!(tx, |c| sqlx::query(statement).bind(id).bind(hash).bind(now).execute(c).await.map(|_| ()))
}

/// Records the outcome of a sign-in attempt.
pub async fn set_failures(tx: &mut Tx, id: Uuid, failures: i64, locked_until: Option<Time>) -> Result<()> {
    let statement = sql!("UPDATE accounts SET failures = $2, locked_until = $3 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(failures).bind(locked_until).execute(c).await.map(|_| ()))
}

#[derive(Clone, Debug, FromRow)]
pub struct Session {
    pub token_hash: Vec<u8>,
    pub account_id: Uuid,
    pub created_at: Time,
    pub seen_at: Time,
    pub expires_at: Time,
    pub ended_at: Option<Time>,
}

pub async fn insert_session(tx: &mut Tx, s: &Session) -> Result<()> {
    let statement = sql!(
        "INSERT INTO sessions (token_hash, account_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(&s.token_hash)
        .bind(s.account_id)
        .bind(s.created_at)
        .bind(s.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn session(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Session>> {
    let statement = sql!("SELECT * FROM sessions WHERE token_hash = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(token_hash).fetch_optional(c).await)
}

pub async fn touch_session(tx: &mut Tx, token_hash: &[u8], now: Time) -> Result<()> {
    let statement = sql!("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1");
    on!(tx, |c| sqlx::query(statement).bind(token_hash).bind(now).execute(c).await.map(|_| ()))
}

pub async fn end_session(tx: &mut Tx, token_hash: &[u8], now: Time) -> Result<()> {
    let statement = sql!("UPDATE sessions SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(token_hash).bind(now).execute(c).await.map(|_| ()))
}

/// Ends every session of an account: password change, deactivation.
pub async fn end_sessions(tx: &mut Tx, account: Uuid, now: Time) -> Result<()> {
    let statement = sql!("UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(account).bind(now).execute(c).await.map(|_| ()))
}

#[derive(Clone, Debug, FromRow)]
pub struct Once {
    pub account_id: Uuid,
    pub command: String,
    pub result: String,
}

/// Spends a form's token. Returns what the first submit gave when it is spent already.
pub async fn spend(tx: &mut Tx, token: Uuid, account: Uuid, command: &str, now: Time) -> Result<Option<Once>> {
    let insert = sql!(
        "INSERT INTO once_tokens (token, account_id, command, used_at) VALUES ($1, $2, $3, $4) ON CONFLICT (token) DO NOTHING"
    );
    let done = on!(&mut *tx, |c| sqlx::query(insert)
        .bind(token)
        .bind(account)
        .bind(command)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    if done == 1 {
        return Ok(None);
    }
    let select = sql!("SELECT account_id, command, result FROM once_tokens WHERE token = $1");
    on!(tx, |c| sqlx::query_as(select).bind(token).fetch_optional(c).await)
}

pub async fn spent_for(tx: &mut Tx, token: Uuid, result: &str) -> Result<()> {
    let statement = sql!("UPDATE once_tokens SET result = $2 WHERE token = $1");
    on!(tx, |c| sqlx::query(statement).bind(token).bind(result).execute(c).await.map(|_| ()))
}

/// Forgets tokens, ended sessions and drafts older than `before`.
pub async fn tidy(tx: &mut Tx, before: Time) -> Result<()> {
    let tokens = sql!("DELETE FROM once_tokens WHERE used_at < $1");
    on!(&mut *tx, |c| sqlx::query(tokens).bind(before).execute(c).await.map(|_| ()))?;
    let sessions = sql!("DELETE FROM sessions WHERE expires_at < $1");
    on!(&mut *tx, |c| sqlx::query(sessions).bind(before).execute(c).await.map(|_| ()))?;
    let drafts = sql!("DELETE FROM drafts WHERE updated_at < $1");
    on!(tx, |c| sqlx::query(drafts).bind(before).execute(c).await.map(|_| ()))
}
