//! Rows of searching: changes of the thesaurus, saved searches, what they have found, readers of the log.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::finding::{GroupState, SavedSearchState};
use uuid::Uuid;

/// A group of words that staff changed, added or stopped.
#[derive(Clone, Debug, FromRow)]
pub struct GroupRow {
    pub id: Uuid,
    /// That of the shipped group it replaces, or one of its own.
    pub key: String,
    pub section: String,
    /// `助餐 送餐 > 做饭`
    pub line: String,
    pub state: GroupState,
    pub version: i64,
    pub updated_by: Option<Uuid>,
    pub updated_at: Time,
}

/// A search that an organization keeps.
#[derive(Clone, Debug, FromRow)]
pub struct SavedSearch {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub name: String,
    /// As the hall's address holds it: `q=送餐&d=120102`.
    pub query: String,
    pub state: SavedSearchState,
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: Time,
    pub updated_at: Time,
}

pub async fn groups(tx: &mut Tx) -> Result<Vec<GroupRow>> {
    let statement = sql!("SELECT * FROM thesaurus_groups ORDER BY key");
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

pub async fn group(tx: &mut Tx, key: &str) -> Result<Option<GroupRow>> {
    let statement = sql!("SELECT * FROM thesaurus_groups WHERE key = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(key).fetch_optional(c).await)
}

pub async fn insert_group(tx: &mut Tx, g: &GroupRow) -> Result<()> {
    let statement = sql!(
        "INSERT INTO thesaurus_groups (id, key, section, line, state, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(g.id)
        .bind(&g.key)
        .bind(&g.section)
        .bind(&g.line)
        .bind(g.state)
        .bind(g.updated_by)
        .bind(g.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// `false` when another writer was first.
pub async fn update_group(tx: &mut Tx, g: &GroupRow) -> Result<bool> {
    let statement = sql!(
        "UPDATE thesaurus_groups SET line = $3, state = $4, updated_by = $5, updated_at = $6, version = version + 1 WHERE id = $1 AND version = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(g.id)
        .bind(g.version)
        .bind(&g.line)
        .bind(g.state)
        .bind(g.updated_by)
        .bind(g.updated_at)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Rises with every change of the thesaurus.
pub async fn groups_revision(tx: &mut Tx) -> Result<i64> {
    let statement = sql!("SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM thesaurus_groups");
    let (revision,): (i64,) = on!(tx, |c| sqlx::query_as(statement).fetch_one(c).await)?;
    Ok(revision)
}

pub async fn insert_search(tx: &mut Tx, s: &SavedSearch) -> Result<()> {
    let statement = sql!(
        "INSERT INTO saved_searches (id, organization_id, name, query, state, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(s.id)
        .bind(s.organization_id)
        .bind(&s.name)
        .bind(&s.query)
        .bind(s.state)
        .bind(s.created_by)
        .bind(s.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn search(tx: &mut Tx, id: Uuid) -> Result<Option<SavedSearch>> {
    let statement = sql!("SELECT * FROM saved_searches WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// `false` when another writer was first.
pub async fn update_search(tx: &mut Tx, s: &SavedSearch) -> Result<bool> {
    let statement = sql!(
        "UPDATE saved_searches SET name = $3, state = $4, updated_at = $5, version = version + 1 WHERE id = $1 AND version = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(s.id)
        .bind(s.version)
        .bind(&s.name)
        .bind(s.state)
        .bind(s.updated_at)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// A kept search with how many needs it was told of.
#[derive(Clone, Debug, FromRow)]
pub struct Told {
    #[sqlx(flatten)]
    pub search: SavedSearch,
    pub told: i64,
}

/// Live searches of an organization, oldest first, each with how many needs it was told of.
pub async fn searches_of(tx: &mut Tx, organization: Uuid) -> Result<Vec<Told>> {
    let statement = sql!(
        "SELECT s.*, (SELECT COUNT(*) FROM saved_search_hits h WHERE h.search_id = s.id) AS told FROM saved_searches s WHERE s.organization_id = $1 AND s.state = 'active' ORDER BY s.created_at, s.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Live searches of verified organizations, for holding new needs against them.
pub async fn live_searches(tx: &mut Tx) -> Result<Vec<SavedSearch>> {
    let statement = sql!(
        "SELECT s.* FROM saved_searches s JOIN organizations o ON o.id = s.organization_id WHERE s.state = 'active' AND o.state = 'verified' ORDER BY s.id"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// Notes that a search found a need; `false` when it had already.
pub async fn note_hit(tx: &mut Tx, search: Uuid, need: Uuid, cycle: i64, now: Time) -> Result<bool> {
    let statement = sql!(
        "INSERT INTO saved_search_hits (search_id, need_id, cycle, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(search)
        .bind(need)
        .bind(cycle)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// How far a reader of the log has come: (xid, event id); none when it never began.
pub async fn reader(tx: &mut Tx, name: &str) -> Result<Option<(i64, i64)>> {
    let statement = sql!("SELECT xid, event_id FROM log_readers WHERE name = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(name).fetch_optional(c).await)
}

/// Begins a reader; does nothing where it has begun.
pub async fn begin_reader(tx: &mut Tx, name: &str, at: (i64, i64)) -> Result<()> {
    let statement = sql!("INSERT INTO log_readers (name, xid, event_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
    on!(tx, |c| sqlx::query(statement).bind(name).bind(at.0).bind(at.1).execute(c).await.map(|_| ()))
}

/// Moves a reader on; `false` when another node did so first.
pub async fn move_reader(tx: &mut Tx, name: &str, from: (i64, i64), to: (i64, i64)) -> Result<bool> {
    let statement =
        sql!("UPDATE log_readers SET xid = $4, event_id = $5 WHERE name = $1 AND xid = $2 AND event_id = $3");
    on!(tx, |c| sqlx::query(statement)
        .bind(name)
        .bind(from.0)
        .bind(from.1)
        .bind(to.0)
        .bind(to.1)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}
