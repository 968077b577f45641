//! Transfers 移交 of a pairing to another organization.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::pairing::TransferState;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Transfer {
    pub id: Uuid,
    pub pairing_id: Uuid,
    pub to_organization_id: Uuid,
    pub state: TransferState,
    pub reason: String,
    pub offered_by: Option<Uuid>,
    pub offered_at: Time,
    pub expires_at: Time,
    pub decided_at: Option<Time>,
}

/// A transfer that waits for somebody, in words.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub transfer: Transfer,
    pub pairing_code: String,
    pub need_code: String,
    pub need_title: String,
    pub from_name: String,
    pub to_name: String,
}

pub async fn insert(tx: &mut Tx, t: &Transfer) -> Result<()> {
    let statement = sql!(
        "INSERT INTO transfers (id, pairing_id, to_organization_id, state, reason, offered_by, offered_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(t.id)
        .bind(t.pairing_id)
        .bind(t.to_organization_id)
        .bind(t.state)
        .bind(&t.reason)
        .bind(t.offered_by)
        .bind(t.offered_at)
        .bind(t.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Transfer>> {
    let statement = sql!("SELECT * FROM transfers WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn pending_of(tx: &mut Tx, pairing: Uuid) -> Result<Option<Transfer>> {
    let statement = sql!("SELECT * FROM transfers WHERE pairing_id = $1 AND state IN ('offered', 'accepted')");
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_optional(c).await)
}

pub async fn set_state(tx: &mut Tx, id: Uuid, from: TransferState, to: TransferState, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE transfers SET state = $3, decided_at = $4 WHERE id = $1 AND state = $2");
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn expired(tx: &mut Tx, now: Time) -> Result<Vec<Transfer>> {
    let statement =
        sql!("SELECT * FROM transfers WHERE state IN ('offered', 'accepted') AND expires_at < $1 LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}

/// Offers that wait for an organization.
pub async fn offered_to(tx: &mut Tx, organization: Uuid) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT t.*, p.code AS pairing_code, n.code AS need_code, n.title AS need_title, f.name AS from_name, o.name AS to_name FROM transfers t JOIN pairings p ON p.id = t.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations f ON f.id = p.organization_id JOIN organizations o ON o.id = t.to_organization_id WHERE t.to_organization_id = $1 AND t.state = 'offered' ORDER BY t.expires_at"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Accepted transfers that wait for the office.
pub async fn accepted_in(tx: &mut Tx, scope: &str) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT t.*, p.code AS pairing_code, n.code AS need_code, n.title AS need_title, f.name AS from_name, o.name AS to_name FROM transfers t JOIN pairings p ON p.id = t.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations f ON f.id = p.organization_id JOIN organizations o ON o.id = t.to_organization_id WHERE p.division_code >= $1 AND p.division_code < $2 AND t.state = 'accepted' ORDER BY t.expires_at LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// Pairings of a scope that are being handed over.
pub async fn pending_in(tx: &mut Tx, scope: &str) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT p.id FROM transfers t JOIN pairings p ON p.id = t.pairing_id WHERE t.state IN ('offered', 'accepted') AND p.division_code >= $1 AND p.division_code < $2"
    );
    let rows: Vec<(Uuid,)> =
        on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
