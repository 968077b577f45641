//! Ledger imports 台账导入. File and report are private, so they pass the sealer.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::organization::{ImportJob, ImportState, LedgerKind};
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
    /// Rows of data: good, in error, duplicate.
    pub rows_total: i64,
    pub rows_good: i64,
    /// Of the good ones those to be looked at.
    pub rows_warned: i64,
    pub rows_bad: i64,
    pub rows_duplicate: i64,
    /// Rows that are no data, or were left out: heads, sums, struck out, hidden.
    pub rows_skipped: i64,
    pub rows_imported: i64,
    /// What is being done beside the requests, by whom it was ordered, and when it last gave a sign.
    pub job: Option<ImportJob>,
    pub job_by: Option<Uuid>,
    pub job_started_at: Option<Time>,
    pub job_seen_at: Option<Time>,
    pub job_done: i64,
    /// 0 while it is not known.
    pub job_total: i64,
    /// Why the last work stopped; empty where it did not.
    pub job_failure: String,
    pub created_at: Time,
    pub decided_at: Option<Time>,
}

pub async fn insert<R: Serialize>(tx: &mut Tx, sealer: &Sealer, i: &Import, file: &[u8], report: &R) -> Result<()> {
    let file = sealer.seal_bytes(Place::new("imports", "file", &i.id), file)?;
    let report = sealer.seal(Place::new("imports", "report", &i.id), report)?;
    // A file may be named after a person.
    let file_name = sealer.seal_text(Place::new("imports", "file_name", &i.id), &i.file_name)?;
    let statement = sql!(
        "INSERT INTO imports (id, account_id, scope, file_name, file_hash, file, state, report, rows_total, rows_good, rows_bad, rows_duplicate, created_at, kind, team_id, rows_warned, rows_skipped, job, job_by, job_started_at, job_seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20)"
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
        .bind(i.rows_warned)
        .bind(i.rows_skipped)
        .bind(i.job)
        .bind(i.job_by)
        .bind(i.job_started_at)
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
        "SELECT id, account_id, kind, scope, team_id, file_name, file_hash, state, rows_total, rows_good, rows_warned, rows_bad, rows_duplicate, rows_skipped, rows_imported, job, job_by, job_started_at, job_seen_at, job_done, job_total, job_failure, created_at, decided_at FROM imports WHERE id = $1"
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
        "SELECT id, account_id, kind, scope, team_id, file_name, file_hash, state, rows_total, rows_good, rows_warned, rows_bad, rows_duplicate, rows_skipped, rows_imported, job, job_by, job_started_at, job_seen_at, job_done, job_total, job_failure, created_at, decided_at FROM imports WHERE scope >= $1 AND scope < $2 AND team_id IS NULL ORDER BY created_at DESC, id LIMIT $3"
    );
    let found: Vec<Import> =
        on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)?;
    found.into_iter().map(|import| opened(sealer, import)).collect()
}

/// Lists of a team's members, newest first.
pub async fn of_team(tx: &mut Tx, sealer: &Sealer, team: Uuid, limit: i64) -> Result<Vec<Import>> {
    let statement = sql!(
        "SELECT id, account_id, kind, scope, team_id, file_name, file_hash, state, rows_total, rows_good, rows_warned, rows_bad, rows_duplicate, rows_skipped, rows_imported, job, job_by, job_started_at, job_seen_at, job_done, job_total, job_failure, created_at, decided_at FROM imports WHERE team_id = $1 ORDER BY created_at DESC, id LIMIT $2"
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

/// Ends an import. What was given up keeps no file; that of what was taken in stays for as long as [`forget_files`] lets it,
/// so that the rows that did not come in can be looked up.
pub async fn finish(tx: &mut Tx, id: Uuid, to: ImportState, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE imports SET state = $2, decided_at = $3, job = NULL, job_failure = '', file = CASE WHEN $2 = 'discarded' OR team_id IS NOT NULL THEN NULL ELSE file END WHERE id = $1 AND state IN ('uploaded', 'checked')"
    );
    on!(tx, |c| sqlx::query(statement).bind(id).bind(to).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// How many a list of members invited.
pub async fn invited(tx: &mut Tx, id: Uuid, count: i64) -> Result<()> {
    let statement = sql!("UPDATE imports SET rows_imported = $2 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(count).execute(c).await.map(|_| ()))
}

/// Locks an import until the transaction ends. On SQLite the transaction already is the only writer.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    if let Tx::Postgres(inner) = tx {
        // Only PostgreSQL has FOR UPDATE; without the mark, so that the check of all statements passes it by.
        sqlx::query("SELECT id FROM imports WHERE id = $1 FOR UPDATE").bind(id).execute(&mut **inner).await?;
    }
    Ok(())
}

/// Writes down what is to be done; `false` where something is being done already.
pub async fn order(tx: &mut Tx, id: Uuid, job: ImportJob, by: Option<Uuid>, total: i64, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE imports SET job = $2, job_by = $3, job_total = $4, job_started_at = $5, job_seen_at = $5, job_done = 0, job_failure = '' WHERE id = $1 AND job IS NULL"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(job)
        .bind(by)
        .bind(total)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// How far the work has come.
pub async fn progress(tx: &mut Tx, id: Uuid, done: i64, now: Time) -> Result<()> {
    let statement = sql!("UPDATE imports SET job_done = $2, job_seen_at = $3 WHERE id = $1 AND job IS NOT NULL");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(done).bind(now).execute(c).await.map(|_| ()))
}

/// A piece of the rows was taken in: how many were gone through, and how many of them became something.
pub async fn took(tx: &mut Tx, id: Uuid, done: i64, became: i64, now: Time) -> Result<()> {
    let statement = sql!(
        "UPDATE imports SET job_done = job_done + $2, rows_imported = rows_imported + $3, job_seen_at = $4 WHERE id = $1"
    );
    on!(tx, |c| sqlx::query(statement).bind(id).bind(done).bind(became).bind(now).execute(c).await.map(|_| ()))
}

/// The work is over; `failure` says why it stopped, where it did.
pub async fn rest(tx: &mut Tx, id: Uuid, failure: &str) -> Result<()> {
    let statement = sql!("UPDATE imports SET job = NULL, job_failure = $2 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(failure).execute(c).await.map(|_| ()))
}

/// Imports whose work has given no sign since a moment.
pub async fn abandoned(tx: &mut Tx, before: Time) -> Result<Vec<Uuid>> {
    let statement =
        sql!("SELECT id FROM imports WHERE job IS NOT NULL AND job_seen_at < $1 ORDER BY job_seen_at, id LIMIT 20");
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(before).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes an abandoned import's work over; `false` where another node was first.
pub async fn take_over(tx: &mut Tx, id: Uuid, before: Time, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE imports SET job_seen_at = $3 WHERE id = $1 AND job IS NOT NULL AND job_seen_at < $2");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(before).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// What the check found.
pub async fn keep_check<R: Serialize>(tx: &mut Tx, sealer: &Sealer, i: &Import, report: &R) -> Result<bool> {
    let report = sealer.seal(Place::new("imports", "report", &i.id), report)?;
    let statement = sql!(
        "UPDATE imports SET state = $2, report = $3, rows_total = $4, rows_good = $5, rows_warned = $6, rows_bad = $7, rows_duplicate = $8, rows_skipped = $9, job = NULL, job_failure = '' WHERE id = $1 AND state IN ('uploaded', 'checked') AND rows_imported = 0"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(i.id)
        .bind(i.state)
        .bind(report)
        .bind(i.rows_total)
        .bind(i.rows_good)
        .bind(i.rows_warned)
        .bind(i.rows_bad)
        .bind(i.rows_duplicate)
        .bind(i.rows_skipped)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Forgets the files of imports that ended, or could not be read, before a moment.
pub async fn forget_files(tx: &mut Tx, before: Time) -> Result<u64> {
    let statement = sql!(
        "UPDATE imports SET file = NULL WHERE file IS NOT NULL AND state <> 'checked' AND COALESCE(decided_at, created_at) < $1"
    );
    on!(tx, |c| sqlx::query(statement).bind(before).execute(c).await.map(|r| r.rows_affected()))
}

/// What an office said of the columns of a layout.
#[derive(Clone, Debug, FromRow)]
pub struct Layout {
    pub fingerprint: String,
    /// JSON: place of a column, name of its field or null.
    pub chosen: String,
    pub updated_at: Time,
}

/// The layouts that an office knows, the latest first.
pub async fn layouts(tx: &mut Tx, scope: &str, kind: &str) -> Result<Vec<Layout>> {
    let statement = sql!(
        "SELECT fingerprint, chosen, updated_at FROM import_layouts WHERE scope = $1 AND kind = $2 ORDER BY updated_at DESC, fingerprint LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(kind).fetch_all(c).await)
}

/// Remembers what an office says of a layout, in place of what it said before.
pub async fn keep_layout(
    tx: &mut Tx,
    (scope, kind): (&str, &str),
    layout: &Layout,
    account: Option<Uuid>,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO import_layouts (scope, kind, fingerprint, chosen, account_id, updated_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (scope, kind, fingerprint) DO UPDATE SET chosen = excluded.chosen, account_id = excluded.account_id, updated_at = excluded.updated_at"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(scope)
        .bind(kind)
        .bind(&layout.fingerprint)
        .bind(&layout.chosen)
        .bind(account)
        .bind(layout.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Forgets what an office said of a layout.
pub async fn forget_layout(tx: &mut Tx, scope: &str, kind: &str, fingerprint: &str) -> Result<()> {
    let statement = sql!("DELETE FROM import_layouts WHERE scope = $1 AND kind = $2 AND fingerprint = $3");
    on!(tx, |c| sqlx::query(statement).bind(scope).bind(kind).bind(fingerprint).execute(c).await.map(|_| ()))
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

/// The need that a ledger row became, if it did: (id, code, the import). `marks` are the row's marks under every suite.
pub async fn marked(tx: &mut Tx, marks: &[Vec<u8>; 2]) -> Result<Option<(Uuid, String, Uuid)>> {
    let statement = sql!(
        "SELECT n.id, n.code, m.import_id FROM import_marks m JOIN needs n ON n.id = m.need_id WHERE m.mark IN ($1, $2) LIMIT 1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(&marks[0]).bind(&marks[1]).fetch_optional(c).await)
}

/// The file of an import, as long as it is kept.
pub async fn file(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<Vec<u8>>> {
    let statement = sql!("SELECT file FROM imports WHERE id = $1");
    let row: Option<(Option<Vec<u8>>,)> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    row.and_then(|(bytes,)| bytes)
        .map(|bytes| sealer.open_bytes(Place::new("imports", "file", &id), &bytes))
        .transpose()
}
