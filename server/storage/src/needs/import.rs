//! Ledger imports 台账导入. File and report are private, so they pass the sealer.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::organization::{ImportState, LedgerKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// An import in a list.
#[derive(Clone, Debug, FromRow)]
pub struct Import {
    pub id: Uuid,
    pub account_id: Option<Uuid>,
    /// Of an office's ledger; says nothing of a team's list.
    pub kind: LedgerKind,
    pub scope: String,
    /// Set for a list of a team's members.
    pub team_id: Option<Uuid>,
    pub file_name: String,
    pub file_hash: Vec<u8>,
    pub state: ImportState,
    pub rows_total: i64,
    pub rows_good: i64,
    pub rows_bad: i64,
    pub rows_duplicate: i64,
    pub rows_imported: i64,
    pub created_at: Time,
    pub decided_at: Option<Time>,
}

pub async fn insert<R: Serialize>(tx: &mut Tx, sealer: &Sealer, i: &Import, file: &[u8], report: &R) -> Result<()> {
    let file = sealer.seal_bytes(Place::new("imports", "file", &i.id), file)?;
    let report = sealer.seal(Place::new("imports", "report", &i.id), report)?;
    // A file may be named after a person.
    let file_name = sealer.seal_text(Place::new("imports", "file_name", &i.id), &i.file_name)?;
    let statement = sql!(
        "INSERT INTO imports (id, account_id, scope, file_name, file_hash, file, state, report, rows_total, rows_good, rows_bad, rows_duplicate, created_at, kind, team_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(i.id)
        .bind(i.account_id)
        .bind(&i.scope)
        .bind(file_name)
        .bind(&i.file_hash)
        .bind(file)
        .bind(i.state)
        .bind(report)
        .bind(i.rows_total)
        .bind(i.rows_good)
        .bind(i.rows_bad)
        .bind(i.rows_duplicate)
        .bind(i.created_at)
        .bind(i.kind)
        .bind(i.team_id)
        .execute(c)
        .await
        .map(|_| ()))
}

fn opened(sealer: &Sealer, mut import: Import) -> Result<Import> {
    import.file_name = sealer.open_text(Place::new("imports", "file_name", &import.id), &import.file_name)?;
    Ok(import)
}

pub async fn by_id(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<Import>> {
    let statement = sql!(
        "SELECT id, account_id, kind, scope, team_id, file_name, file_hash, state, rows_total, rows_good, rows_bad, rows_duplicate, rows_imported, created_at, decided_at FROM imports WHERE id = $1"
    );
    let found: Option<Import> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    found.map(|import| opened(sealer, import)).transpose()
}

/// The row-by-row report.
pub async fn report<R: DeserializeOwned>(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<R>> {
    let statement = sql!("SELECT report FROM imports WHERE id = $1");
    let row: Option<(Vec<u8>,)> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    row.map(|(bytes,)| sealer.open(Place::new("imports", "report", &id), &bytes)).transpose()
}

/// Writes the report anew: the rows with what became of them.
pub async fn write_report<R: Serialize>(tx: &mut Tx, sealer: &Sealer, id: Uuid, report: &R) -> Result<()> {
    let report = sealer.seal(Place::new("imports", "report", &id), report)?;
    let statement = sql!("UPDATE imports SET report = $2 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(report).execute(c).await.map(|_| ()))
}

pub async fn of_scope(tx: &mut Tx, sealer: &Sealer, scope: &str, limit: i64) -> Result<Vec<Import>> {
    let statement = sql!(
        "SELECT id, account_id, kind, scope, team_id, file_name, file_hash, state, rows_total, rows_good, rows_bad, rows_duplicate, rows_imported, created_at, decided_at FROM imports WHERE scope >= $1 AND scope < $2 AND team_id IS NULL ORDER BY created_at DESC, id LIMIT $3"
    );
    let found: Vec<Import> =
        on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)?;
    found.into_iter().map(|import| opened(sealer, import)).collect()
}

/// Lists of a team's members, newest first.
pub async fn of_team(tx: &mut Tx, sealer: &Sealer, team: Uuid, limit: i64) -> Result<Vec<Import>> {
    let statement = sql!(
        "SELECT id, account_id, kind, scope, team_id, file_name, file_hash, state, rows_total, rows_good, rows_bad, rows_duplicate, rows_imported, created_at, decided_at FROM imports WHERE team_id = $1 ORDER BY created_at DESC, id LIMIT $2"
    );
    let found: Vec<Import> = on!(tx, |c| sqlx::query_as(statement).bind(team).bind(limit).fetch_all(c).await)?;
    found.into_iter().map(|import| opened(sealer, import)).collect()
}

/// Remembers that a row of a list has invited somebody to a team, whatever became of it. `false`: it already had.
pub async fn mark_member(tx: &mut Tx, mark: &[u8], team: Uuid, import: Uuid) -> Result<bool> {
    let statement =
        sql!("INSERT INTO member_marks (mark, team_id, import_id) VALUES ($1, $2, $3) ON CONFLICT (mark) DO NOTHING");
    on!(tx, |c| sqlx::query(statement)
        .bind(mark)
        .bind(team)
        .bind(import)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Whether a row of a list has invited somebody before. `marks` are the row's marks under every suite.
pub async fn member_marked(tx: &mut Tx, marks: &[Vec<u8>; 2]) -> Result<bool> {
    let statement = sql!("SELECT COUNT(*) FROM member_marks WHERE mark IN ($1, $2)");
    let (n,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(&marks[0]).bind(&marks[1]).fetch_one(c).await)?;
    Ok(n > 0)
}

/// Ends an import; the file itself is not kept beyond it.
pub async fn finish(tx: &mut Tx, id: Uuid, to: ImportState, imported: i64, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE imports SET state = $2, rows_imported = $3, decided_at = $4, file = NULL WHERE id = $1 AND state = 'checked'"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(to)
        .bind(imported)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Remembers that a ledger row became a need. `false`: it already had.
pub async fn mark_row(tx: &mut Tx, mark: &[u8], need: Uuid, import: Uuid) -> Result<bool> {
    let statement =
        sql!("INSERT INTO import_marks (mark, need_id, import_id) VALUES ($1, $2, $3) ON CONFLICT (mark) DO NOTHING");
    on!(tx, |c| sqlx::query(statement)
        .bind(mark)
        .bind(need)
        .bind(import)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// The need that a ledger row became, if it did: (id, code). `marks` are the
/// row's marks under every suite.
pub async fn marked(tx: &mut Tx, marks: &[Vec<u8>; 2]) -> Result<Option<(Uuid, String)>> {
    let statement = sql!(
        "SELECT n.id, n.code FROM import_marks m JOIN needs n ON n.id = m.need_id WHERE m.mark IN ($1, $2) LIMIT 1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(&marks[0]).bind(&marks[1]).fetch_optional(c).await)
}

/// The file of an import that is still open.
pub async fn file(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<Vec<u8>>> {
    let statement = sql!("SELECT file FROM imports WHERE id = $1 AND state = 'checked'");
    let row: Option<(Option<Vec<u8>>,)> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    row.and_then(|(bytes,)| bytes)
        .map(|bytes| sealer.open_bytes(Place::new("imports", "file", &id), &bytes))
        .transpose()
}
