//! Attachments 附件. Name and content pass the sealer.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx};
use domain::attachment::AttachmentState;
use domain::calendar::Time;
use domain::machine::Object;
use uuid::Uuid;

/// An attachment without its content.
#[derive(Clone, Debug, FromRow)]
pub struct Attachment {
    pub id: Uuid,
    /// What it belongs to.
    pub object: Object,
    pub object_id: Uuid,
    pub division_code: String,
    pub organization_id: Option<Uuid>,
    pub state: AttachmentState,
    pub name: String,
    /// MIME type by content.
    pub kind: String,
    /// Bytes.
    pub size: i64,
    pub added_by: Option<Uuid>,
    pub added_at: Time,
    pub removed_at: Option<Time>,
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, a: &Attachment, content: &[u8]) -> Result<()> {
    let name = sealer.seal_text(Place::new("attachments", "name", &a.id), &a.name)?;
    let content = sealer.seal_bytes(Place::new("attachments", "content", &a.id), content)?;
    let statement = sql!(
        "INSERT INTO attachments (id, object, object_id, division_code, organization_id, state, name, kind, size, content, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(a.id)
        .bind(a.object)
        .bind(a.object_id)
        .bind(&a.division_code)
        .bind(a.organization_id)
        .bind(a.state)
        .bind(name)
        .bind(&a.kind)
        .bind(a.size)
        .bind(content)
        .bind(a.added_by)
        .bind(a.added_at)
        .execute(c)
        .await
        .map(|_| ()))
}

fn opened(sealer: &Sealer, mut a: Attachment) -> Result<Attachment> {
    a.name = sealer.open_text(Place::new("attachments", "name", &a.id), &a.name)?;
    Ok(a)
}

pub async fn by_id(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<Attachment>> {
    let statement = sql!(
        "SELECT id, object, object_id, division_code, organization_id, state, name, kind, size, added_by, added_at, removed_at FROM attachments WHERE id = $1"
    );
    let found: Option<Attachment> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    found.map(|a| opened(sealer, a)).transpose()
}

/// Of one object, oldest first, without what was removed.
pub async fn of(tx: &mut Tx, sealer: &Sealer, object_id: Uuid) -> Result<Vec<Attachment>> {
    let statement = sql!(
        "SELECT id, object, object_id, division_code, organization_id, state, name, kind, size, added_by, added_at, removed_at FROM attachments WHERE object_id = $1 AND state = 'kept' ORDER BY added_at, id LIMIT 200"
    );
    let found: Vec<Attachment> = on!(tx, |c| sqlx::query_as(statement).bind(object_id).fetch_all(c).await)?;
    found.into_iter().map(|a| opened(sealer, a)).collect()
}

pub async fn content(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<Vec<u8>>> {
    let statement = sql!("SELECT content FROM attachments WHERE id = $1 AND state = 'kept'");
    let row: Option<(Option<Vec<u8>>,)> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    let sealed = row.and_then(|(content,)| content);
    sealed.map(|bytes| sealer.open_bytes(Place::new("attachments", "content", &id), &bytes)).transpose()
}

/// Takes name and content away; the row stays.
pub async fn remove(tx: &mut Tx, id: Uuid, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE attachments SET state = 'removed', name = '', content = NULL, removed_at = $2 WHERE id = $1 AND state = 'kept'"
    );
    on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// How many an object has.
pub async fn count(tx: &mut Tx, object_id: Uuid) -> Result<i64> {
    let statement = sql!("SELECT COUNT(*) FROM attachments WHERE object_id = $1 AND state = 'kept'");
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(object_id).fetch_one(c).await)?;
    Ok(count)
}

/// Bytes that an account has added since `from`.
pub async fn added_since(tx: &mut Tx, account: Uuid, from: Time) -> Result<i64> {
    let statement =
        sql!("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM attachments WHERE added_by = $1 AND added_at >= $2");
    let (sum,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(account).bind(from).fetch_one(c).await)?;
    Ok(sum)
}
