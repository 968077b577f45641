//! Secret addresses of personal calendars 日历. Only the hash of a token is kept.

use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

/// Sets a volunteer's address; the one before opens nothing any more.
pub async fn renew(tx: &mut Tx, volunteer: Uuid, hash: &[u8], now: Time) -> Result<()> {
    let statement = sql!(
        "INSERT INTO calendar_feeds (volunteer_id, token_hash, renewed_at) VALUES ($1, $2, $3) ON CONFLICT (volunteer_id) DO UPDATE SET token_hash = excluded.token_hash, renewed_at = excluded.renewed_at"
    );
    on!(tx, |c| sqlx::query(statement).bind(volunteer).bind(hash).bind(now).execute(c).await.map(|_| ()))
}

/// Takes an address away. `false`: there was none.
pub async fn revoke(tx: &mut Tx, volunteer: Uuid) -> Result<bool> {
    let statement = sql!("DELETE FROM calendar_feeds WHERE volunteer_id = $1");
    on!(tx, |c| sqlx::query(statement).bind(volunteer).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// Since when a volunteer has an address.
pub async fn since(tx: &mut Tx, volunteer: Uuid) -> Result<Option<Time>> {
    let statement = sql!("SELECT renewed_at FROM calendar_feeds WHERE volunteer_id = $1");
    let row: Option<(Time,)> = on!(tx, |c| sqlx::query_as(statement).bind(volunteer).fetch_optional(c).await)?;
    Ok(row.map(|(at,)| at))
}

/// The registered volunteer whose address it is, while the account is open.
pub async fn by_token(tx: &mut Tx, hash: &[u8]) -> Result<Option<Uuid>> {
    let statement = sql!(
        "SELECT v.id FROM calendar_feeds f JOIN volunteers v ON v.id = f.volunteer_id JOIN accounts a ON a.id = v.account_id WHERE f.token_hash = $1 AND v.state = 'active' AND a.state = 'active'"
    );
    let row: Option<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(hash).fetch_optional(c).await)?;
    Ok(row.map(|(id,)| id))
}
