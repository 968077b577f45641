//! How long what is kept, and what has outlived it.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::needs::need_file::NeedFile;
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::retention::Kind;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Rule {
    pub kind: Kind,
    pub months: i64,
    pub updated_at: Time,
}

pub async fn rules(tx: &mut Tx) -> Result<Vec<Rule>> {
    let statement = sql!("SELECT kind, months, updated_at FROM retention_rules ORDER BY kind");
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

pub async fn set(tx: &mut Tx, kind: Kind, months: i64, by: Option<Uuid>, now: Time) -> Result<()> {
    let statement = sql!("UPDATE retention_rules SET months = $2, updated_by = $3, updated_at = $4 WHERE kind = $1");
    on!(tx, |c| sqlx::query(statement).bind(kind).bind(months).bind(by).bind(now).execute(c).await.map(|_| ()))
}

/// How many of a kind ended before a moment and are still there.
pub async fn count(tx: &mut Tx, kind: Kind, before: Time) -> Result<i64> {
    let statement = match kind {
        Kind::NeedFile => sql!(
            "SELECT COUNT(*) FROM need_files f JOIN needs n ON n.id = f.need_id WHERE f.anonymised_at IS NULL AND n.state IN ('closed', 'merged') AND COALESCE(n.closed_at, n.updated_at) < $1"
        ),
        Kind::ImportReport => sql!(
            "SELECT COUNT(*) FROM imports WHERE state <> 'checked' AND file_name <> '' AND COALESCE(decided_at, created_at) < $1"
        ),
        Kind::Notice => sql!("SELECT COUNT(*) FROM notices WHERE at < $1"),
    };
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(before).fetch_one(c).await)?;
    Ok(count)
}

/// Needs whose file has outlived its time, oldest end first.
pub async fn files(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT n.id FROM need_files f JOIN needs n ON n.id = f.need_id WHERE f.anonymised_at IS NULL AND n.state IN ('closed', 'merged') AND COALESCE(n.closed_at, n.updated_at) < $1 ORDER BY COALESCE(n.closed_at, n.updated_at), n.id LIMIT $2"
    );
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(before).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes away everything that names or finds the household: file, marks, consent
/// evidence, the source's own number. The size of the household stays: figures count it.
pub async fn anonymise(tx: &mut Tx, sealer: &Sealer, need: Uuid, now: Time) -> Result<()> {
    let Some(file) = crate::needs::need_file::load(tx, sealer, need).await? else { return Ok(()) };
    let left = NeedFile { household_size: file.household_size, ..NeedFile::default() };
    let payload = sealer.seal(Place::new("need_files", "payload", &need), &left)?;
    let statement = sql!("UPDATE need_files SET payload = $2, anonymised_at = $3 WHERE need_id = $1");
    on!(&mut *tx, |c| sqlx::query(statement).bind(need).bind(payload).bind(now).execute(c).await.map(|_| ()))?;
    forget_traces(tx, need).await?;
    for statement in [
        sql!("UPDATE consents SET evidence = '' WHERE need_id = $1"),
        sql!("UPDATE needs SET source_no = NULL WHERE id = $1"),
        sql!("DELETE FROM drafts WHERE form LIKE '/needs/' || (SELECT n.code FROM needs n WHERE n.id = $1) || '%'"),
    ] {
        on!(&mut *tx, |c| sqlx::query(statement).bind(need).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Forgets the file, what stood in it before, its marks, its words, and the ledger that it came from.
pub async fn erase_file(tx: &mut Tx, need: Uuid) -> Result<()> {
    forget_traces(tx, need).await?;
    let statement = sql!("DELETE FROM need_files WHERE need_id = $1");
    on!(tx, |c| sqlx::query(statement).bind(need).execute(c).await.map(|_| ()))
}

/// Forgets what was made of a file and what it was made of.
async fn forget_traces(tx: &mut Tx, need: Uuid) -> Result<()> {
    crate::needs::person_word::erase(tx, need).await?;
    crate::needs::file_version::erase(tx, need).await?;
    crate::needs::import::forget_file_of(tx, need).await?;
    let statement = sql!("DELETE FROM file_marks WHERE need_id = $1");
    on!(tx, |c| sqlx::query(statement).bind(need).execute(c).await.map(|_| ()))
}

/// Imports that ended before a moment: report and name of the file go, counts stay.
pub async fn imports(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT id FROM imports WHERE state <> 'checked' AND file_name <> '' AND COALESCE(decided_at, created_at) < $1 ORDER BY created_at, id LIMIT $2"
    );
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(before).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// `empty` is a report without rows.
pub async fn empty_import<R: serde::Serialize>(tx: &mut Tx, sealer: &Sealer, id: Uuid, empty: &R) -> Result<()> {
    let report = sealer.seal(Place::new("imports", "report", &id), empty)?;
    let statement = sql!("UPDATE imports SET report = $2, file = NULL, file_name = '' WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(report).execute(c).await.map(|_| ()))
}

pub async fn delete_notices(tx: &mut Tx, before: Time) -> Result<u64> {
    let statement = sql!("DELETE FROM notices WHERE at < $1");
    on!(tx, |c| sqlx::query(statement).bind(before).execute(c).await.map(|r| r.rows_affected()))
}
