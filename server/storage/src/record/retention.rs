//! How long what is kept, and what has outlived it.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
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
            "SELECT COUNT(*) FROM needs n WHERE n.state IN ('closed', 'merged') AND COALESCE(n.closed_at, n.updated_at) < $1 AND (EXISTS (SELECT 1 FROM need_files f WHERE f.need_id = n.id AND f.anonymised_at IS NULL) OR EXISTS (SELECT 1 FROM attachments a WHERE a.object_id = n.id AND a.state = 'kept') OR EXISTS (SELECT 1 FROM consents k WHERE k.need_id = n.id AND k.evidence <> '') OR EXISTS (SELECT 1 FROM rights_requests r WHERE r.need_id = n.id AND LENGTH(r.words) > 0))"
        ),
        Kind::ImportReport => sql!(
            "SELECT COUNT(*) FROM imports WHERE state <> 'checked' AND file_name <> '' AND COALESCE(decided_at, created_at) < $1"
        ),
        Kind::Notice => sql!("SELECT COUNT(*) FROM notices WHERE at < $1"),
    };
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(before).fetch_one(c).await)?;
    Ok(count)
}

/// Needs of which a file, scan, evidence or words have outlived their time, oldest end first.
pub async fn files(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT n.id FROM needs n WHERE n.state IN ('closed', 'merged') AND COALESCE(n.closed_at, n.updated_at) < $1 AND (EXISTS (SELECT 1 FROM need_files f WHERE f.need_id = n.id AND f.anonymised_at IS NULL) OR EXISTS (SELECT 1 FROM attachments a WHERE a.object_id = n.id AND a.state = 'kept') OR EXISTS (SELECT 1 FROM consents k WHERE k.need_id = n.id AND k.evidence <> '') OR EXISTS (SELECT 1 FROM rights_requests r WHERE r.need_id = n.id AND LENGTH(r.words) > 0)) ORDER BY COALESCE(n.closed_at, n.updated_at), n.id LIMIT $2"
    );
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(before).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
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
