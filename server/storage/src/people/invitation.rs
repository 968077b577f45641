//! Links that are handed over and used once: invitations, and new passwords.

use crate::FromRow;
use crate::{Result, Tx};
use domain::account::InvitationState;
use domain::calendar::Time;
use domain::role::Role;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Invitation {
    pub id: Uuid,
    pub token_hash: Vec<u8>,
    pub role: Role,
    pub scope: String,
    /// What decides whose it is: the scope, or the home of the organization.
    pub division_code: String,
    pub organization_id: Option<Uuid>,
    /// The post it is for, for example `民政科2号岗`.
    pub display_name: String,
    pub state: InvitationState,
    pub created_by: Option<Uuid>,
    pub created_at: Time,
    pub expires_at: Time,
    pub account_id: Option<Uuid>,
}

pub async fn insert(tx: &mut Tx, i: &Invitation) -> Result<()> {
    let statement = sql!(
        "INSERT INTO invitations (id, token_hash, role, scope, division_code, organization_id, display_name, state, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(i.id)
        .bind(&i.token_hash)
        .bind(i.role)
        .bind(&i.scope)
        .bind(&i.division_code)
        .bind(i.organization_id)
        .bind(&i.display_name)
        .bind(i.state)
        .bind(i.created_by)
        .bind(i.created_at)
        .bind(i.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn by_hash(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Invitation>> {
    let statement = sql!("SELECT * FROM invitations WHERE token_hash = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(token_hash).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Invitation>> {
    let statement = sql!("SELECT * FROM invitations WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Leaves the open state, once.
pub async fn close(tx: &mut Tx, id: Uuid, state: InvitationState, account: Option<Uuid>) -> Result<bool> {
    let statement = sql!("UPDATE invitations SET state = $2, account_id = $3 WHERE id = $1 AND state = 'open'");
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(state)
        .bind(account)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Open invitations within a scope or of an organization that have not run out.
pub async fn open_of(
    tx: &mut Tx,
    scope: &str,
    organization: Option<Uuid>,
    roles: &str,
    now: Time,
) -> Result<Vec<Invitation>> {
    let statement = sql!(
        "SELECT * FROM invitations WHERE state = 'open' AND expires_at > $5 AND division_code >= $1 AND division_code < $2 AND (organization_id = $3 OR $3 IS NULL) AND $4 LIKE '%,' || role || ',%' ORDER BY created_at DESC LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(crate::scope_end(scope))
        .bind(organization)
        .bind(roles)
        .bind(now)
        .fetch_all(c)
        .await)
}

#[derive(Clone, Debug, FromRow)]
pub struct PasswordLink {
    pub token_hash: Vec<u8>,
    pub account_id: Uuid,
    pub created_by: Option<Uuid>,
    pub created_at: Time,
    pub expires_at: Time,
    pub used_at: Option<Time>,
}

/// Keeps a link; earlier ones of the account open nothing any more.
pub async fn insert_link(tx: &mut Tx, l: &PasswordLink) -> Result<()> {
    let earlier = sql!("UPDATE password_links SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL");
    on!(&mut *tx, |c| sqlx::query(earlier).bind(l.account_id).bind(l.created_at).execute(c).await.map(|_| ()))?;
    let statement = sql!(
        "INSERT INTO password_links (token_hash, account_id, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(&l.token_hash)
        .bind(l.account_id)
        .bind(l.created_by)
        .bind(l.created_at)
        .bind(l.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn link(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<PasswordLink>> {
    let statement = sql!("SELECT * FROM password_links WHERE token_hash = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(token_hash).fetch_optional(c).await)
}

/// Spends a link, once.
pub async fn use_link(tx: &mut Tx, token_hash: &[u8], now: Time) -> Result<bool> {
    let statement = sql!("UPDATE password_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(token_hash).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}
