//! Rotation: every sealed value sealed anew by the current key, in batches.
//!
//! Each batch is one transaction that also writes how far it came, so that a
//! rotation that was stopped goes on where it stood. A value is replaced only
//! if nobody changed it meanwhile. Values from before sealing are sealed too.

use crate::FromRow;
use crate::base::sealed::{COLUMNS, Column, KeyId, Place, Ring, Sealer, SuiteKind, head, id_text, text_bytes};
use crate::{Error, Result, Tx};
use domain::calendar::Time;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A rotation as it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Rotation {
    pub id: Uuid,
    /// The key that everything is being sealed by.
    pub key_id: String,
    pub suite: String,
    /// Which of [`COLUMNS`] is under way; their number when all are done.
    pub stage: i64,
    /// The last row of that column that was looked at.
    pub after_row: Option<Uuid>,
    pub looked_at: i64,
    pub resealed: i64,
    pub started_at: Time,
    pub updated_at: Time,
    pub finished_at: Option<Time>,
}

/// The rotation that was begun and not finished.
pub async fn unfinished(tx: &mut Tx) -> Result<Option<Rotation>> {
    let statement = sql!("SELECT * FROM key_rotations WHERE finished_at IS NULL ORDER BY started_at DESC LIMIT 1");
    on!(tx, |c| sqlx::query_as(statement).fetch_optional(c).await)
}

/// Begins a rotation to the current key; an unfinished one to an older key is
/// overtaken by it.
pub async fn start(tx: &mut Tx, sealer: &Sealer, id: Uuid, now: Time) -> Result<Rotation> {
    let overtaken = sql!("UPDATE key_rotations SET finished_at = $1 WHERE finished_at IS NULL");
    on!(&mut *tx, |c| sqlx::query(overtaken).bind(now).execute(c).await.map(|_| ()))?;
    let rotation = Rotation {
        id,
        key_id: id_text(&sealer.ring().current().id),
        suite: sealer.kind().as_str().to_owned(),
        stage: 0,
        after_row: None,
        looked_at: 0,
        resealed: 0,
        started_at: now,
        updated_at: now,
        finished_at: None,
    };
    let statement = sql!(
        "INSERT INTO key_rotations (id, key_id, suite, stage, looked_at, resealed, started_at, updated_at) VALUES ($1, $2, $3, 0, 0, 0, $4, $4)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(rotation.id)
        .bind(&rotation.key_id)
        .bind(&rotation.suite)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(rotation)
}

/// Seals the next rows anew and notes how far it came. `true` when all columns are done.
pub async fn reseal_batch(tx: &mut Tx, sealer: &Sealer, r: &mut Rotation, limit: i64, now: Time) -> Result<bool> {
    let Some(column) = usize::try_from(r.stage).ok().and_then(|stage| COLUMNS.get(stage)) else { return Ok(true) };
    let rows = next_rows(tx, *column, r.after_row, limit).await?;
    match rows.last() {
        Some((last, _)) => r.after_row = Some(*last),
        None => {
            r.stage += 1;
            r.after_row = None;
        }
    }
    for (row, stored) in &rows {
        r.looked_at += 1;
        if reseal(tx, sealer, *column, *row, stored).await? {
            r.resealed += 1;
        }
    }
    r.updated_at = now;
    let statement = sql!(
        "UPDATE key_rotations SET stage = $2, after_row = $3, looked_at = $4, resealed = $5, updated_at = $6 WHERE id = $1"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(r.id)
        .bind(r.stage)
        .bind(r.after_row)
        .bind(r.looked_at)
        .bind(r.resealed)
        .bind(r.updated_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(usize::try_from(r.stage).unwrap_or(0) >= COLUMNS.len())
}

pub async fn finish(tx: &mut Tx, id: Uuid, now: Time) -> Result<()> {
    let statement = sql!("UPDATE key_rotations SET finished_at = $2, updated_at = $2 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|_| ()))
}

/// A value as it stands in its column.
enum Stored {
    Bytes(Vec<u8>),
    Text(String),
}

async fn next_rows(tx: &mut Tx, at: Column, after: Option<Uuid>, limit: i64) -> Result<Vec<(Uuid, Stored)>> {
    // Names come from the table of columns alone.
    let Column { table, key, column, is_text } = at;
    let statement = format!(
        "SELECT {key}, {column} FROM {table} WHERE LENGTH({column}) > 0 AND {key} > $1 ORDER BY {key} LIMIT $2"
    );
    let after = after.unwrap_or_default();
    if is_text {
        let rows: Vec<(Uuid, String)> =
            on!(tx, |c| sqlx::query_as(AssertSqlSafe(statement)).bind(after).bind(limit).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|(id, text)| (id, Stored::Text(text))).collect())
    } else {
        let rows: Vec<(Uuid, Vec<u8>)> =
            on!(tx, |c| sqlx::query_as(AssertSqlSafe(statement)).bind(after).bind(limit).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|(id, bytes)| (id, Stored::Bytes(bytes))).collect())
    }
}

/// `true` when the value was replaced.
async fn reseal(tx: &mut Tx, sealer: &Sealer, at: Column, row: Uuid, stored: &Stored) -> Result<bool> {
    let Column { table, key, column, .. } = at;
    let place = Place::new(table, column, &row);
    let statement = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
    let written = match stored {
        Stored::Text(text) => {
            if text.is_empty() || text_bytes(text).is_some_and(|bytes| sealer.is_current(&bytes)) {
                return Ok(false);
            }
            let new = sealer.seal_text(place, &sealer.open_text(place, text)?)?;
            on!(&mut *tx, |c| sqlx::query(AssertSqlSafe(statement))
                .bind(new)
                .bind(row)
                .bind(text)
                .execute(c)
                .await
                .map(|r| r.rows_affected()))?
        }
        Stored::Bytes(bytes) => {
            if sealer.is_current(bytes) {
                return Ok(false);
            }
            let new = sealer.seal_bytes(place, &sealer.open_bytes(place, bytes)?)?;
            on!(&mut *tx, |c| sqlx::query(AssertSqlSafe(statement))
                .bind(new)
                .bind(row)
                .bind(bytes)
                .execute(c)
                .await
                .map(|r| r.rows_affected()))?
        }
    };
    if written == 1 && table == "need_files" {
        // The marks of a file follow the suite.
        let file = crate::needs::need_file::load(tx, sealer, row).await?.ok_or(Error::Sealed("need_files"))?;
        crate::needs::need_file::write_marks(tx, sealer, row, &file).await?;
    }
    Ok(written == 1)
}

/// Rows of each column that [`missing_keys`] looks at.
const SAMPLE: i64 = 50;

/// Keys that seal the oldest values of some column and are not in the ring.
pub async fn missing_keys(tx: &mut Tx, ring: &Ring) -> Result<Vec<String>> {
    let mut missing = std::collections::BTreeSet::new();
    for column in COLUMNS {
        for (_, stored) in next_rows(tx, *column, None, SAMPLE).await? {
            missing.extend(sealed_by(&stored).map(|(_, id)| id).filter(|id| ring.find(id).is_none()));
        }
    }
    Ok(missing.iter().map(id_text).collect())
}

/// Suite and key of a stored value; none of an empty one and of one from before sealing.
fn sealed_by(stored: &Stored) -> Option<(SuiteKind, KeyId)> {
    match stored {
        Stored::Text(text) => text_bytes(text).and_then(|bytes| head(&bytes)),
        Stored::Bytes(bytes) => head(bytes),
    }
}

/// How many values of a column are sealed by which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub column: Column,
    /// By `suite key`; `plain` for values from before sealing.
    pub counts: BTreeMap<String, i64>,
}

/// Counts the values of every column by their key.
pub async fn tally(tx: &mut Tx) -> Result<Vec<Tally>> {
    let mut all = Vec::new();
    for column in COLUMNS {
        let mut counts = BTreeMap::new();
        let mut after = None;
        loop {
            let rows = next_rows(tx, *column, after, 1000).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(*last);
            for (_, stored) in &rows {
                if matches!(stored, Stored::Text(text) if text.is_empty()) {
                    continue;
                }
                let name = sealed_by(stored)
                    .map_or_else(|| "plain".to_owned(), |(kind, id)| format!("{} {}", kind.as_str(), id_text(&id)));
                *counts.entry(name).or_insert(0) += 1;
            }
        }
        all.push(Tally { column: *column, counts });
    }
    Ok(all)
}

/// Keys of the ring before the current one that still seal values, with how many.
pub async fn older_in_use(tx: &mut Tx, ring: &Ring) -> Result<Vec<(KeyId, i64)>> {
    let tally = tally(tx).await?;
    let current = ring.current().id;
    let older = ring.keys().iter().map(|key| key.id).filter(|id| *id != current);
    let counted = older.map(|id| {
        let name = id_text(&id);
        let by_it = tally.iter().flat_map(|tally| &tally.counts).filter(|(by, _)| by.ends_with(&name));
        (id, by_it.map(|(_, count)| count).sum())
    });
    Ok(counted.filter(|(_, count)| *count > 0).collect())
}
