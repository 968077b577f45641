//! Whose hands an account went through: who made it, gave it a link to a password, or reset its second factor.

use crate::FromRow;
use crate::{Result, Tx};
use domain::account::Hand;
use domain::calendar::Time;
use domain::role::Role;
use uuid::Uuid;

/// An account and who had it in hand.
#[derive(Clone, Debug, FromRow)]
pub struct Edge {
    pub account_id: Uuid,
    pub by_id: Uuid,
    pub by_role: Role,
}

pub async fn insert(tx: &mut Tx, account: Uuid, by: Uuid, kind: Hand, now: Time) -> Result<()> {
    let statement = sql!(
        "INSERT INTO account_hands (account_id, by_id, kind, at) VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, by_id, kind, at) DO NOTHING"
    );
    on!(tx, |c| sqlx::query(statement).bind(account).bind(by).bind(kind).bind(now).execute(c).await.map(|_| ()))
}

/// What counts since a time: nobody else has met the person.
pub async fn since(tx: &mut Tx, since: Time) -> Result<Vec<Edge>> {
    let statement = sql!(
        "SELECT h.account_id, h.by_id, a.role AS by_role FROM account_hands h JOIN accounts a ON a.id = h.by_id WHERE h.at > $1 AND h.vouched_at IS NULL"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(since).fetch_all(c).await)
}

/// Who did one thing with an account since a time, met in person or not.
pub async fn by(tx: &mut Tx, account: Uuid, kind: Hand, since: Time) -> Result<Vec<Uuid>> {
    let statement = sql!("SELECT by_id FROM account_hands WHERE account_id = $1 AND kind = $2 AND at > $3");
    let rows: Vec<(Uuid,)> =
        on!(tx, |c| sqlx::query_as(statement).bind(account).bind(kind).bind(since).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Who had an account in hand since a time, where nobody else has met the person.
pub async fn open_of(tx: &mut Tx, account: Uuid, since: Time) -> Result<Vec<Uuid>> {
    let statement =
        sql!("SELECT DISTINCT by_id FROM account_hands WHERE account_id = $1 AND at > $2 AND vouched_at IS NULL");
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(account).bind(since).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A second administrator has met the person.
pub async fn vouch(tx: &mut Tx, account: Uuid, by: Uuid, now: Time) -> Result<u64> {
    let statement =
        sql!("UPDATE account_hands SET vouched_by = $2, vouched_at = $3 WHERE account_id = $1 AND vouched_at IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(account).bind(by).bind(now).execute(c).await.map(|r| r.rows_affected()))
}
