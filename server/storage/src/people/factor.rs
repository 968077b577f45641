//! Second factors: sealed secrets of time-based codes, hashed recovery codes.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

fn place<'a>(column: &'static str, account: &'a Uuid) -> Place<'a> {
    Place::new("second_factors", column, account)
}

/// The second factor of an account.
#[derive(Clone)]
pub struct Factor {
    /// In use, once it was confirmed with a code.
    pub secret: Option<Vec<u8>>,
    /// Shown, not yet confirmed.
    pub pending: Option<Vec<u8>>,
    pub confirmed_at: Option<Time>,
    /// The last time step whose code was used.
    pub last_step: i64,
}

#[derive(FromRow)]
struct Row {
    secret: Option<Vec<u8>>,
    pending: Option<Vec<u8>>,
    confirmed_at: Option<Time>,
    last_step: i64,
}

pub async fn load(tx: &mut Tx, sealer: &Sealer, account: Uuid) -> Result<Option<Factor>> {
    let statement = sql!("SELECT secret, pending, confirmed_at, last_step FROM second_factors WHERE account_id = $1");
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(statement).bind(account).fetch_optional(c).await)?;
    let open = |column, bytes: Option<Vec<u8>>| {
        bytes.map(|bytes| sealer.open_bytes(place(column, &account), &bytes)).transpose()
    };
    row.map(|row| {
        Ok(Factor {
            secret: open("secret", row.secret)?,
            pending: open("pending", row.pending)?,
            confirmed_at: row.confirmed_at,
            last_step: row.last_step,
        })
    })
    .transpose()
}

/// When the second factor was confirmed, without opening it.
pub async fn confirmed_at(tx: &mut Tx, account: Uuid) -> Result<Option<Time>> {
    let statement = sql!("SELECT confirmed_at FROM second_factors WHERE account_id = $1");
    let row: Option<(Option<Time>,)> = on!(tx, |c| sqlx::query_as(statement).bind(account).fetch_optional(c).await)?;
    Ok(row.and_then(|(at,)| at))
}

/// Keeps a secret that waits for its first code.
pub async fn set_pending(tx: &mut Tx, sealer: &Sealer, account: Uuid, secret: &[u8]) -> Result<()> {
    let sealed = sealer.seal_bytes(place("pending", &account), secret)?;
    let statement = sql!(
        "INSERT INTO second_factors (account_id, pending) VALUES ($1, $2) ON CONFLICT (account_id) DO UPDATE SET pending = excluded.pending"
    );
    on!(tx, |c| sqlx::query(statement).bind(account).bind(&sealed).execute(c).await.map(|_| ()))
}

/// Takes the waiting secret into use.
pub async fn activate(tx: &mut Tx, sealer: &Sealer, account: Uuid, secret: &[u8], step: i64, now: Time) -> Result<()> {
    let sealed = sealer.seal_bytes(place("secret", &account), secret)?;
    let statement = sql!(
        "UPDATE second_factors SET secret = $2, pending = NULL, confirmed_at = $4, last_step = $3 WHERE account_id = $1"
    );
    on!(tx, |c| sqlx::query(statement).bind(account).bind(&sealed).bind(step).bind(now).execute(c).await.map(|_| ()))
}

/// Uses the code of a time step: `false` when this or a later one was used before.
pub async fn use_step(tx: &mut Tx, account: Uuid, step: i64) -> Result<bool> {
    let statement = sql!("UPDATE second_factors SET last_step = $2 WHERE account_id = $1 AND last_step < $2");
    on!(tx, |c| sqlx::query(statement).bind(account).bind(step).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// Forgets the second factor and its recovery codes.
pub async fn remove(tx: &mut Tx, account: Uuid) -> Result<()> {
    let factor = sql!("DELETE FROM second_factors WHERE account_id = $1");
    on!(&mut *tx, |c| sqlx::query(factor).bind(account).execute(c).await.map(|_| ()))?;
    let codes = sql!("DELETE FROM recovery_codes WHERE account_id = $1");
    on!(tx, |c| sqlx::query(codes).bind(account).execute(c).await.map(|_| ()))
}

/// Puts new recovery codes in place of the old ones.
pub async fn set_recovery(tx: &mut Tx, account: Uuid, hashes: &[Vec<u8>]) -> Result<()> {
    let old = sql!("DELETE FROM recovery_codes WHERE account_id = $1");
    on!(&mut *tx, |c| sqlx::query(old).bind(account).execute(c).await.map(|_| ()))?;
    let one = sql!("INSERT INTO recovery_codes (account_id, code_hash) VALUES ($1, $2)");
    for hash in hashes {
        on!(&mut *tx, |c| sqlx::query(one).bind(account).bind(hash).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Spends a recovery code: `false` when it is none of the account's or was used.
pub async fn use_recovery(tx: &mut Tx, account: Uuid, hash: &[u8], now: Time) -> Result<bool> {
    let statement =
        sql!("UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL");
    on!(tx, |c| sqlx::query(statement)
        .bind(account)
        .bind(hash)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn recovery_left(tx: &mut Tx, account: Uuid) -> Result<i64> {
    let statement = sql!("SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL");
    let (n,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(account).fetch_one(c).await)?;
    Ok(n)
}
