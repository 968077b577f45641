//! Batches 批量匹配: proposals of invitations, their items, what stays unserved; and the facts they are made of.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use domain::ask::BatchState;
use domain::calendar::Time;
use domain::need::{Frequency, Urgency};
use uuid::Uuid;

use crate::needs::need::{Beneficiary, Line, Need};

#[derive(Clone, Debug, FromRow)]
pub struct Batch {
    pub id: Uuid,
    pub code: String,
    /// Prefix of the divisions whose needs are matched.
    pub division_code: String,
    pub state: BatchState,
    /// JSON: filter, limit, pins, exclusions.
    pub rules: String,
    /// Counts the computations; only the latest one's answer is kept.
    pub run: i64,
    /// 0 to 100.
    pub progress: i64,
    pub finished_at: Option<Time>,
    pub failure: Option<String>,
    /// JSON: what came out, in numbers.
    pub summary: String,
    pub author_id: Option<Uuid>,
    pub sent_by: Option<Uuid>,
    pub sent_at: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
    pub version: i64,
}

/// One proposed invitation for one line.
#[derive(Clone, Debug, FromRow)]
pub struct Item {
    pub batch_id: Uuid,
    pub line_id: Uuid,
    pub organization_id: Uuid,
    pub need_id: Uuid,
    pub project_id: Option<Uuid>,
    pub quantity: i64,
    pub fit: i64,
    /// `proposed`, `pinned`, `excluded`, `sent`, `skipped`.
    pub mark: String,
    /// Why it was skipped.
    pub note: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub item: Item,
    pub need_code: String,
    pub need_title: String,
    pub need_urgency: Urgency,
    pub published_at: Option<Time>,
    pub division_code: String,
    pub organization_name: String,
    pub project_title: Option<String>,
    pub service_code: String,
    pub unit: String,
    pub per: Frequency,
}

pub async fn insert(tx: &mut Tx, b: &Batch) -> Result<()> {
    let statement = sql!(
        "INSERT INTO batches (id, code, division_code, state, rules, author_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(b.id)
        .bind(&b.code)
        .bind(&b.division_code)
        .bind(b.state)
        .bind(&b.rules)
        .bind(b.author_id)
        .bind(b.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes what may change. `false`: the version read is not the one stored any more.
pub async fn update(tx: &mut Tx, b: &Batch, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE batches SET state = $3, rules = $4, run = $5, progress = $6, finished_at = $7, failure = $8, summary = $9, sent_by = $10, sent_at = $11, updated_at = $12, version = version + 1 WHERE id = $1 AND version = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(b.id)
        .bind(b.version)
        .bind(b.state)
        .bind(&b.rules)
        .bind(b.run)
        .bind(b.progress)
        .bind(b.finished_at)
        .bind(&b.failure)
        .bind(&b.summary)
        .bind(b.sent_by)
        .bind(b.sent_at)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Says how far a computation has come; changes no version. `false`: it was overtaken.
pub async fn progress(tx: &mut Tx, id: Uuid, run: i64, progress: i64, now: Time) -> Result<bool> {
    let statement =
        sql!("UPDATE batches SET progress = $3, updated_at = $4 WHERE id = $1 AND run = $2 AND finished_at IS NULL");
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(run)
        .bind(progress)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Locks a batch until the transaction ends. On SQLite the transaction already is the only writer.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    if let Tx::Postgres(inner) = tx {
        // Only PostgreSQL has FOR UPDATE; without the mark, so that the check of all statements passes it by.
        sqlx::query("SELECT id FROM batches WHERE id = $1 FOR UPDATE").bind(id).execute(&mut **inner).await?;
    }
    Ok(())
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Batch>> {
    let statement = sql!("SELECT * FROM batches WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Batch>> {
    let statement = sql!("SELECT * FROM batches WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Batches of a scope, newest first.
pub async fn in_scope(tx: &mut Tx, scope: &str, limit: i64) -> Result<Vec<Batch>> {
    let statement = sql!(
        "SELECT * FROM batches WHERE division_code >= $1 AND division_code < $2 ORDER BY created_at DESC, id LIMIT $3"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)
}

/// Computations, or deliveries, that nobody has gone on with since a time.
pub async fn abandoned(tx: &mut Tx, before: Time) -> Result<Vec<Batch>> {
    let statement = sql!(
        "SELECT b.* FROM batches b WHERE b.updated_at < $1 AND ((b.state = 'proposed' AND b.finished_at IS NULL) OR (b.state = 'sent' AND EXISTS (SELECT 1 FROM batch_items i WHERE i.batch_id = b.id AND i.mark IN ('proposed', 'pinned')))) ORDER BY b.created_at LIMIT 20"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(before).fetch_all(c).await)
}

/// Forgets the last answer; exclusions stay.
pub async fn clear(tx: &mut Tx, id: Uuid) -> Result<()> {
    let items = sql!("DELETE FROM batch_items WHERE batch_id = $1 AND mark IN ('proposed', 'pinned')");
    on!(&mut *tx, |c| sqlx::query(items).bind(id).execute(c).await.map(|_| ()))?;
    let unserved = sql!("DELETE FROM batch_unserved WHERE batch_id = $1");
    on!(tx, |c| sqlx::query(unserved).bind(id).execute(c).await.map(|_| ()))
}

pub async fn insert_item(tx: &mut Tx, i: &Item) -> Result<()> {
    let statement = sql!(
        "INSERT INTO batch_items (batch_id, line_id, organization_id, need_id, project_id, quantity, fit, mark, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (batch_id, line_id, organization_id) DO NOTHING"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(i.batch_id)
        .bind(i.line_id)
        .bind(i.organization_id)
        .bind(i.need_id)
        .bind(i.project_id)
        .bind(i.quantity)
        .bind(i.fit)
        .bind(&i.mark)
        .bind(&i.note)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn mark(tx: &mut Tx, batch: Uuid, line: Uuid, organization: Uuid, mark: &str, note: &str) -> Result<bool> {
    let statement = sql!(
        "UPDATE batch_items SET mark = $4, note = $5 WHERE batch_id = $1 AND line_id = $2 AND organization_id = $3"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(batch)
        .bind(line)
        .bind(organization)
        .bind(mark)
        .bind(note)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn insert_unserved(tx: &mut Tx, batch: Uuid, line: Uuid, need: Uuid, reason: &str) -> Result<()> {
    let statement = sql!("INSERT INTO batch_unserved (batch_id, line_id, need_id, reason) VALUES ($1, $2, $3, $4)");
    on!(tx, |c| sqlx::query(statement).bind(batch).bind(line).bind(need).bind(reason).execute(c).await.map(|_| ()))
}

/// Items of a batch that are still to be sent, of one need after another.
pub async fn to_send(tx: &mut Tx, batch: Uuid, limit: i64) -> Result<Vec<Item>> {
    let statement = sql!(
        "SELECT * FROM batch_items WHERE batch_id = $1 AND mark IN ('proposed', 'pinned') ORDER BY need_id, organization_id, line_id LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(batch).bind(limit).fetch_all(c).await)
}

/// Items of a need that are still to be sent.
pub async fn to_send_of(tx: &mut Tx, batch: Uuid, need: Uuid) -> Result<Vec<Item>> {
    let statement = sql!(
        "SELECT * FROM batch_items WHERE batch_id = $1 AND need_id = $2 AND mark IN ('proposed', 'pinned') ORDER BY organization_id, line_id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(batch).bind(need).fetch_all(c).await)
}

/// A page of items: urgent first, then the longest waiting.
pub async fn items(tx: &mut Tx, batch: Uuid, mark: &str, offset: i64, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT i.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, n.published_at, n.division_code, o.name AS organization_name, p.title AS project_title, l.service_code, l.unit, l.per FROM batch_items i JOIN needs n ON n.id = i.need_id JOIN need_lines l ON l.id = i.line_id JOIN organizations o ON o.id = i.organization_id LEFT JOIN projects p ON p.id = i.project_id WHERE i.batch_id = $1 AND i.mark = $2 ORDER BY n.urgency DESC, n.published_at, i.need_id, l.position, i.organization_id LIMIT $3 OFFSET $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(batch).bind(mark).bind(limit).bind(offset).fetch_all(c).await)
}

pub async fn count_marks(tx: &mut Tx, batch: Uuid) -> Result<Vec<(String, i64)>> {
    let statement = sql!("SELECT mark, COUNT(*) FROM batch_items WHERE batch_id = $1 GROUP BY mark ORDER BY mark");
    on!(tx, |c| sqlx::query_as(statement).bind(batch).fetch_all(c).await)
}

/// Lines that nobody serves: (need code, need title, urgency, service, reason).
pub async fn unserved(tx: &mut Tx, batch: Uuid, limit: i64) -> Result<Vec<(String, String, Urgency, String, String)>> {
    let statement = sql!(
        "SELECT n.code, n.title, n.urgency, l.service_code, u.reason FROM batch_unserved u JOIN needs n ON n.id = u.need_id JOIN need_lines l ON l.id = u.line_id WHERE u.batch_id = $1 ORDER BY n.urgency DESC, n.published_at, u.need_id, l.position LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(batch).bind(limit).fetch_all(c).await)
}

/// Published needs of a scope with open units, in order of id.
pub async fn open_needs(tx: &mut Tx, scope: &str) -> Result<Vec<Need>> {
    let statement = sql!(
        "SELECT n.* FROM needs n WHERE n.division_code >= $1 AND n.division_code < $2 AND n.state = 'published' AND EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity) ORDER BY n.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// Their open lines that nobody is being asked about, in order of need.
pub async fn open_lines(tx: &mut Tx, scope: &str) -> Result<Vec<Line>> {
    let statement = sql!(
        "SELECT l.* FROM need_lines l JOIN needs n ON n.id = l.need_id WHERE n.division_code >= $1 AND n.division_code < $2 AND n.state = 'published' AND l.cycle = n.cycle AND l.taken < l.quantity AND NOT EXISTS (SELECT 1 FROM ask_lines il JOIN asks i ON i.id = il.ask_id WHERE il.line_id = l.id AND i.state = 'sent') ORDER BY l.need_id, l.position"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

pub async fn open_beneficiaries(tx: &mut Tx, scope: &str) -> Result<Vec<Beneficiary>> {
    let statement = sql!(
        "SELECT b.* FROM need_beneficiaries b JOIN needs n ON n.id = b.need_id WHERE n.division_code >= $1 AND n.division_code < $2 AND n.state = 'published' ORDER BY b.need_id, b.category_code"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// What open invitations ask of projects: (project, lines, units).
pub async fn asked(tx: &mut Tx) -> Result<Vec<(Uuid, i64, i64)>> {
    let statement = sql!(
        "SELECT l.project_id, COUNT(*), CAST(SUM(l.quantity) AS BIGINT) FROM ask_lines l JOIN asks i ON i.id = l.ask_id WHERE i.state = 'sent' AND l.project_id IS NOT NULL GROUP BY l.project_id"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// Open invitations per organization.
pub async fn asked_organizations(tx: &mut Tx) -> Result<Vec<(Uuid, i64)>> {
    let statement = sql!("SELECT organization_id, COUNT(*) FROM asks WHERE state = 'sent' GROUP BY organization_id");
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}
