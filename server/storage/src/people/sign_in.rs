//! Counters of failed attempts: by name, by address, by both.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;

#[derive(Clone, Debug, FromRow)]
pub struct Limit {
    pub failures: i64,
    pub blocked_until: Option<Time>,
}

/// Until when a key is blocked, if it is at `now`.
pub async fn blocked(tx: &mut Tx, key: &str, now: Time) -> Result<Option<Time>> {
    let statement = sql!("SELECT blocked_until FROM sign_in_limits WHERE key = $1 AND blocked_until > $2");
    let row: Option<(Time,)> = on!(tx, |c| sqlx::query_as(statement).bind(key).bind(now).fetch_optional(c).await)?;
    Ok(row.map(|(until,)| until))
}

/// Counts an attempt before it is judged, so that a hundred at once are counted too. What was last counted before
/// `quiet` is forgotten; a blocked key counts nothing more.
pub async fn count(tx: &mut Tx, key: &str, quiet: Time, now: Time) -> Result<Limit> {
    let statement = sql!(
        "INSERT INTO sign_in_limits (key, failures, updated_at) VALUES ($1, 1, $2) ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN sign_in_limits.blocked_until > $2 THEN sign_in_limits.failures WHEN sign_in_limits.updated_at < $3 THEN 1 ELSE sign_in_limits.failures + 1 END, updated_at = CASE WHEN sign_in_limits.blocked_until > $2 THEN sign_in_limits.updated_at ELSE $2 END RETURNING failures, blocked_until"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(key).bind(now).bind(quiet).fetch_one(c).await)
}

pub async fn block(tx: &mut Tx, key: &str, until: Time) -> Result<()> {
    let statement = sql!("UPDATE sign_in_limits SET blocked_until = $2 WHERE key = $1");
    on!(tx, |c| sqlx::query(statement).bind(key).bind(until).execute(c).await.map(|_| ()))
}

/// Takes one back: an attempt that was right does not count against an address.
pub async fn uncount(tx: &mut Tx, key: &str) -> Result<()> {
    let statement = sql!(
        "UPDATE sign_in_limits SET failures = failures - 1 WHERE key = $1 AND failures > 0 AND blocked_until IS NULL"
    );
    on!(tx, |c| sqlx::query(statement).bind(key).execute(c).await.map(|_| ()))
}

pub async fn clear(tx: &mut Tx, key: &str) -> Result<()> {
    let statement = sql!("DELETE FROM sign_in_limits WHERE key = $1");
    on!(tx, |c| sqlx::query(statement).bind(key).execute(c).await.map(|_| ()))
}
