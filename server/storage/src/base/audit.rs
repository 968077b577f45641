//! The audit trail as its administrator reads it: filtered, page by page, with seals.

use crate::FromRow;
use crate::base::event::EventRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

/// What is asked for. Empty texts and `None` mean everything.
#[derive(Clone, Debug)]
pub struct Filter {
    pub from: Time,
    /// Exclusive.
    pub until: Time,
    /// Kind of object, e.g. `access`.
    pub object: String,
    /// e.g. `access.refuse`
    pub command: String,
    pub actor: Option<Uuid>,
    /// Id of a record, or of the need it belongs to.
    pub record: Option<Uuid>,
}

/// An entry with who acted and its place in the chain.
#[derive(Clone, Debug, FromRow)]
pub struct Entry {
    #[sqlx(flatten)]
    pub event: EventRow,
    pub username: Option<String>,
    pub position: Option<i64>,
    pub hash: Option<Vec<u8>>,
}

/// Entries before the number `before`, newest first.
pub async fn page(tx: &mut Tx, f: &Filter, before: i64, limit: i64) -> Result<Vec<Entry>> {
    let statement = sql!(
        "SELECT e.*, a.username AS username, s.position AS position, s.hash AS hash FROM events e LEFT JOIN accounts a ON a.id = e.actor_id LEFT JOIN event_seals s ON s.event_id = e.id WHERE e.id < $1 AND e.at >= $2 AND e.at < $3 AND ($4 = '' OR e.object = $4) AND ($5 = '' OR e.command = $5) AND (e.actor_id = $6 OR $6 IS NULL) AND (e.object_id = $7 OR e.need_id = $7 OR $7 IS NULL) ORDER BY e.id DESC LIMIT $8"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(before)
        .bind(f.from)
        .bind(f.until)
        .bind(&f.object)
        .bind(&f.command)
        .bind(f.actor)
        .bind(f.record)
        .bind(limit)
        .fetch_all(c)
        .await)
}

/// The record that a readable code names: a need, claim or pairing.
pub async fn record(tx: &mut Tx, code: &str) -> Result<Option<Uuid>> {
    let statement = sql!(
        "SELECT id FROM needs WHERE code = $1 UNION ALL SELECT id FROM claims WHERE code = $1 UNION ALL SELECT id FROM pairings WHERE code = $1"
    );
    let row: Option<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)?;
    Ok(row.map(|(id,)| id))
}

/// The hash at a position of the chain.
pub async fn hash_at(tx: &mut Tx, position: i64) -> Result<Option<Vec<u8>>> {
    let statement = sql!("SELECT hash FROM event_seals WHERE position = $1");
    let row: Option<(Vec<u8>,)> = on!(tx, |c| sqlx::query_as(statement).bind(position).fetch_optional(c).await)?;
    Ok(row.map(|(hash,)| hash))
}

/// The highest number that an event was ever given, and the highest there is.
/// On SQLite alone they must agree: PostgreSQL also gives numbers to what was
/// rolled back.
pub async fn last_number(tx: &mut Tx) -> Result<Option<(i64, i64)>> {
    match tx {
        Tx::Sqlite(inner) => {
            // Only SQLite has this table; without the mark, so that the check of all statements passes it by.
            let statement = "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0), COALESCE((SELECT MAX(id) FROM events), 0)";
            Ok(Some(sqlx::query_as(statement).fetch_one(&mut **inner).await?))
        }
        Tx::Postgres(_) => Ok(None),
    }
}
