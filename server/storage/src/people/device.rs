//! Browsers that an account has signed in with before: only the hash of their token is kept.

use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

/// Most browsers of an account; the one not seen for longest goes.
const MOST: i64 = 20;

/// Whether a token is of a browser that the account of this name has signed in with since a time.
pub async fn is_of(tx: &mut Tx, token_hash: &[u8], username: &str, since: Time) -> Result<bool> {
    let statement = sql!(
        "SELECT COUNT(*) FROM known_devices d JOIN accounts a ON a.id = d.account_id WHERE d.token_hash = $1 AND a.username = $2 AND d.seen_at > $3"
    );
    let count: i64 =
        on!(tx, |c| sqlx::query_scalar(statement).bind(token_hash).bind(username).bind(since).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Notes that a browser was there; `false` when it is not known.
pub async fn touch(tx: &mut Tx, token_hash: &[u8], account: Uuid, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE known_devices SET seen_at = $3 WHERE token_hash = $1 AND account_id = $2");
    on!(tx, |c| sqlx::query(statement)
        .bind(token_hash)
        .bind(account)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn insert(tx: &mut Tx, token_hash: &[u8], account: Uuid, now: Time) -> Result<()> {
    let statement =
        sql!("INSERT INTO known_devices (token_hash, account_id, made_at, seen_at) VALUES ($1, $2, $3, $3)");
    on!(&mut *tx, |c| sqlx::query(statement).bind(token_hash).bind(account).bind(now).execute(c).await.map(|_| ()))?;
    let crowd = sql!(
        "DELETE FROM known_devices WHERE account_id = $1 AND token_hash NOT IN (SELECT d.token_hash FROM known_devices d WHERE d.account_id = $1 ORDER BY d.seen_at DESC, d.token_hash LIMIT $2)"
    );
    on!(tx, |c| sqlx::query(crowd).bind(account).bind(MOST).execute(c).await.map(|_| ()))
}

/// Forgets every browser of an account: its password is new, or it is closed.
pub async fn forget(tx: &mut Tx, account: Uuid) -> Result<()> {
    let statement = sql!("DELETE FROM known_devices WHERE account_id = $1");
    on!(tx, |c| sqlx::query(statement).bind(account).execute(c).await.map(|_| ()))
}
