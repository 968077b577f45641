//! Transfers 移交 of a pairing to another organization.

use crate::FromRow;
use crate::{Result, Tx};
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
