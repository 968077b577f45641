//! Projects 帮扶项目 and what their capacity is taken by.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::need::{Frequency, NeedKind};
use domain::project::{CAPACITY_DAYS, Measure, ProjectState};
use domain::qualification::Qualification;
use domain::vocabulary::BeneficiaryGroup;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Project {
    pub id: Uuid,
    pub code: String,
    pub organization_id: Uuid,
    pub state: ProjectState,
    pub title: String,
    pub summary: String,
    /// When, in words: `周一至周五上午`.
    pub schedule: String,
    /// JSON list of service codes.
    pub service_codes: String,
    /// JSON list of group codes; empty: everybody.
    pub group_codes: String,
    /// JSON list of division code prefixes served.
    pub area_codes: String,
    /// JSON list of qualifications held.
    pub qualification_codes: String,
    pub measure: Measure,
    /// Households at the same time, or units in `per`.
    pub capacity: i64,
    pub unit: String,
    pub per: Frequency,
    /// The most one household gets.
    pub each_quantity: Option<i64>,
    pub each_unit: Option<String>,
    pub each_per: Option<Frequency>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// When somebody last said that the capacity is right.
    pub confirmed_at: Time,
    pub reason: Option<String>,
    pub author_id: Option<Uuid>,
    pub created_at: Time,
    pub updated_at: Time,
    pub version: i64,
}

fn list<T: serde::de::DeserializeOwned>(json: &str) -> Vec<T> {
    serde_json::from_str(json).unwrap_or_default()
}

impl Project {
    pub fn services(&self) -> Vec<String> {
        list(&self.service_codes)
    }

    pub fn groups(&self) -> Vec<BeneficiaryGroup> {
        list::<String>(&self.group_codes).iter().filter_map(|code| BeneficiaryGroup::from_code(code)).collect()
    }

    pub fn areas(&self) -> Vec<String> {
        list(&self.area_codes)
    }

    pub fn qualifications(&self) -> Vec<Qualification> {
        list(&self.qualification_codes)
    }

    pub fn each(&self) -> Option<(i64, String, Frequency)> {
        Some((self.each_quantity?, self.each_unit.clone()?, self.each_per?))
    }

    /// The last day on which the capacity counts as known.
    pub fn known_until(&self) -> NaiveDate {
        self.confirmed_at.plus_days(CAPACITY_DAYS).day()
    }

    pub fn serves(&self, division_code: &str) -> bool {
        self.areas().iter().any(|area| division_code.starts_with(area.as_str()))
    }
}

/// A project with the name of its organization and what is taken of it.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub project: Project,
    pub organization_name: String,
}

pub async fn insert(tx: &mut Tx, p: &Project) -> Result<()> {
    let statement = sql!(
        "INSERT INTO projects (id, code, organization_id, state, title, summary, schedule, service_codes, group_codes, area_codes, qualification_codes, measure, capacity, unit, per, each_quantity, each_unit, each_per, starts_on, ends_on, confirmed_at, author_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $23)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(p.id)
        .bind(&p.code)
        .bind(p.organization_id)
        .bind(p.state)
        .bind(&p.title)
        .bind(&p.summary)
        .bind(&p.schedule)
        .bind(&p.service_codes)
        .bind(&p.group_codes)
        .bind(&p.area_codes)
        .bind(&p.qualification_codes)
        .bind(p.measure)
        .bind(p.capacity)
        .bind(&p.unit)
        .bind(p.per)
        .bind(p.each_quantity)
        .bind(&p.each_unit)
        .bind(p.each_per)
        .bind(p.starts_on)
        .bind(p.ends_on)
        .bind(p.confirmed_at)
        .bind(p.author_id)
        .bind(p.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes everything that may change. `false`: the version read is not the one stored any more.
pub async fn update(tx: &mut Tx, p: &Project, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE projects SET state = $3, title = $4, summary = $5, schedule = $6, service_codes = $7, group_codes = $8, area_codes = $9, qualification_codes = $10, measure = $11, capacity = $12, unit = $13, per = $14, each_quantity = $15, each_unit = $16, each_per = $17, starts_on = $18, ends_on = $19, confirmed_at = $20, reason = $21, updated_at = $22, version = version + 1 WHERE id = $1 AND version = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(p.id)
        .bind(p.version)
        .bind(p.state)
        .bind(&p.title)
        .bind(&p.summary)
        .bind(&p.schedule)
        .bind(&p.service_codes)
        .bind(&p.group_codes)
        .bind(&p.area_codes)
        .bind(&p.qualification_codes)
        .bind(p.measure)
        .bind(p.capacity)
        .bind(&p.unit)
        .bind(p.per)
        .bind(p.each_quantity)
        .bind(&p.each_unit)
        .bind(p.each_per)
        .bind(p.starts_on)
        .bind(p.ends_on)
        .bind(p.confirmed_at)
        .bind(&p.reason)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Project>> {
    let statement = sql!("SELECT * FROM projects WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Project>> {
    let statement = sql!("SELECT * FROM projects WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Locks a project until the transaction ends, so that its capacity is drawn
/// on by one command at a time. On SQLite the transaction already is the only writer.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    if let Tx::Postgres(inner) = tx {
        // Only PostgreSQL has FOR UPDATE; without the mark, so that the check of all statements passes it by.
        sqlx::query("SELECT id FROM projects WHERE id = $1 FOR UPDATE").bind(id).execute(&mut **inner).await?;
    }
    Ok(())
}

pub async fn of_organization(tx: &mut Tx, organization: Uuid) -> Result<Vec<Project>> {
    let statement = sql!("SELECT * FROM projects WHERE organization_id = $1 ORDER BY state, code");
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Projects of some organizations, each organization's in order.
pub async fn of_organizations(tx: &mut Tx, organizations: &[Uuid]) -> Result<Vec<Project>> {
    let statement = sql!(
        "SELECT * FROM projects WHERE organization_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) ORDER BY organization_id, state, code"
    );
    of_ids!(tx, statement, organizations)
}

/// Projects that go on (active or paused) of all verified organizations.
pub async fn going_on(tx: &mut Tx) -> Result<Vec<Project>> {
    let statement = sql!(
        "SELECT p.* FROM projects p JOIN organizations o ON o.id = p.organization_id WHERE p.state IN ('active', 'paused') AND o.state = 'verified' ORDER BY p.organization_id, p.code"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// Projects by their ids, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT p.*, o.name AS organization_name FROM projects p JOIN organizations o ON o.id = p.organization_id WHERE p.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    of_ids!(tx, statement, ids)
}

/// Projects in order of id, behind `after`.
pub async fn page_after(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT p.*, o.name AS organization_name FROM projects p JOIN organizations o ON o.id = p.organization_id WHERE p.id > $1 ORDER BY p.id LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(after).bind(limit).fetch_all(c).await)
}

/// Projects of verified organizations in one state, last changed first.
pub async fn published(tx: &mut Tx, state: ProjectState) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT p.*, o.name AS organization_name FROM projects p JOIN organizations o ON o.id = p.organization_id WHERE p.state = $1 AND o.state = 'verified' ORDER BY p.updated_at DESC, p.id LIMIT 20000"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(state).fetch_all(c).await)
}

/// What live claims and pairings take of each project: (project, lines, units).
pub async fn used(tx: &mut Tx) -> Result<Vec<(Uuid, i64, i64)>> {
    let statement = sql!(
        "SELECT cl.project_id, COUNT(CASE WHEN cl.held > 0 THEN 1 END), CAST(SUM(cl.held) AS BIGINT) FROM claim_lines cl JOIN claims c ON c.id = cl.claim_id LEFT JOIN pairings p ON p.claim_id = c.id WHERE cl.project_id IS NOT NULL AND (c.state IN ('forming', 'submitted', 'needs_info') OR (c.state = 'approved' AND p.state IN ('pending_start', 'active', 'paused', 'reported'))) GROUP BY cl.project_id"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// As [`used`], for one organization.
pub async fn used_of(tx: &mut Tx, organization: Uuid) -> Result<Vec<(Uuid, i64, i64)>> {
    let statement = sql!(
        "SELECT cl.project_id, COUNT(CASE WHEN cl.held > 0 THEN 1 END), CAST(SUM(cl.held) AS BIGINT) FROM claims c JOIN claim_lines cl ON cl.claim_id = c.id LEFT JOIN pairings p ON p.claim_id = c.id WHERE c.organization_id = $1 AND cl.project_id IS NOT NULL AND (c.state IN ('forming', 'submitted', 'needs_info') OR (c.state = 'approved' AND p.state IN ('pending_start', 'active', 'paused', 'reported'))) GROUP BY cl.project_id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// As [`used_of`], for some organizations.
pub async fn used_by(tx: &mut Tx, organizations: &[Uuid]) -> Result<Vec<(Uuid, i64, i64)>> {
    let statement = sql!(
        "SELECT cl.project_id, COUNT(CASE WHEN cl.held > 0 THEN 1 END), CAST(SUM(cl.held) AS BIGINT) FROM claims c JOIN claim_lines cl ON cl.claim_id = c.id LEFT JOIN pairings p ON p.claim_id = c.id WHERE c.organization_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) AND cl.project_id IS NOT NULL AND (c.state IN ('forming', 'submitted', 'needs_info') OR (c.state = 'approved' AND p.state IN ('pending_start', 'active', 'paused', 'reported'))) GROUP BY cl.project_id"
    );
    of_ids!(tx, statement, organizations)
}

/// Claimed lines that draw on a project and are not over: (need code, need title, pairing code, service, units).
pub async fn drawn_by(tx: &mut Tx, project: Uuid) -> Result<Vec<Drawn>> {
    let statement = sql!(
        "SELECT n.id AS need_id, n.kind AS need_kind, n.code AS need_code, n.title AS need_title, n.division_code, p.code AS pairing_code, c.code AS claim_code, l.service_code, l.unit, l.per, cl.held AS quantity FROM claim_lines cl JOIN claims c ON c.id = cl.claim_id JOIN need_lines l ON l.id = cl.line_id JOIN needs n ON n.id = c.need_id LEFT JOIN pairings p ON p.claim_id = c.id WHERE cl.project_id = $1 AND (c.state IN ('forming', 'submitted', 'needs_info') OR (c.state = 'approved' AND p.state IN ('pending_start', 'active', 'paused', 'reported'))) ORDER BY c.submitted_at, l.position LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(project).fetch_all(c).await)
}

/// One line that draws on a project.
#[derive(Clone, Debug, FromRow)]
pub struct Drawn {
    pub need_id: Uuid,
    pub need_kind: NeedKind,
    pub need_code: String,
    pub need_title: String,
    pub division_code: String,
    pub pairing_code: Option<String>,
    pub claim_code: String,
    pub service_code: String,
    pub unit: String,
    pub per: Frequency,
    pub quantity: i64,
}

/// Records of all organizations: (organization, live claims and pairings, done with a checked success, not done).
pub async fn records(tx: &mut Tx) -> Result<Vec<(Uuid, i64, i64, i64)>> {
    let statement = sql!(
        "SELECT o.id, COALESCE((SELECT COUNT(*) FROM claims c WHERE c.organization_id = o.id AND c.state IN ('forming', 'submitted', 'needs_info') AND c.accepted_at IS NOT NULL), 0) + COALESCE(SUM(CASE WHEN p.state IN ('pending_start', 'active', 'paused', 'reported') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN p.state = 'completed' AND p.result IN ('met', 'partial') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN p.state = 'released' OR (p.state = 'terminated' AND p.end_side = 'organization') OR (p.state = 'completed' AND p.result NOT IN ('met', 'partial')) THEN 1 ELSE 0 END), 0) FROM organizations o LEFT JOIN pairings p ON p.organization_id = o.id WHERE o.state = 'verified' GROUP BY o.id"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// As [`records`], for those of some organizations that are verified.
pub async fn records_of(tx: &mut Tx, organizations: &[Uuid]) -> Result<Vec<(Uuid, i64, i64, i64)>> {
    let statement = sql!(
        "SELECT o.id, COALESCE((SELECT COUNT(*) FROM claims c WHERE c.organization_id = o.id AND c.state IN ('forming', 'submitted', 'needs_info') AND c.accepted_at IS NOT NULL), 0) + COALESCE(SUM(CASE WHEN p.state IN ('pending_start', 'active', 'paused', 'reported') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN p.state = 'completed' AND p.result IN ('met', 'partial') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN p.state = 'released' OR (p.state = 'terminated' AND p.end_side = 'organization') OR (p.state = 'completed' AND p.result NOT IN ('met', 'partial')) THEN 1 ELSE 0 END), 0) FROM organizations o LEFT JOIN pairings p ON p.organization_id = o.id WHERE o.state = 'verified' AND o.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) GROUP BY o.id"
    );
    of_ids!(tx, statement, organizations)
}

/// As [`records`], for one organization in any state: (live, done, not done).
pub async fn record_of(tx: &mut Tx, organization: Uuid) -> Result<(i64, i64, i64)> {
    let statement = sql!(
        "SELECT (SELECT COUNT(*) FROM claims c WHERE c.organization_id = $1 AND c.state IN ('forming', 'submitted', 'needs_info') AND c.accepted_at IS NOT NULL) + (SELECT COUNT(*) FROM pairings p WHERE p.organization_id = $1 AND p.state IN ('pending_start', 'active', 'paused', 'reported')), (SELECT COUNT(*) FROM pairings p WHERE p.organization_id = $1 AND p.state = 'completed' AND p.result IN ('met', 'partial')), (SELECT COUNT(*) FROM pairings p WHERE p.organization_id = $1 AND (p.state = 'released' OR (p.state = 'terminated' AND p.end_side = 'organization') OR (p.state = 'completed' AND p.result NOT IN ('met', 'partial'))))"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_one(c).await)
}

/// Minutes from pairing to first contact of an organization's last pairings, for its median.
pub async fn response_minutes(tx: &mut Tx, organization: Uuid) -> Result<Vec<(i64,)>> {
    let statement = sql!(
        "SELECT (started_at - opened_at) / 60000000 FROM pairings WHERE organization_id = $1 AND started_at IS NOT NULL ORDER BY started_at DESC LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// What a reader of the market has to know first.
pub struct News {
    /// Events with an organization: (event, organization), in order.
    pub touched: Vec<(i64, Uuid)>,
    /// The latest edition of the weights of matching.
    pub weights: Option<String>,
}

/// What is new since the event of a number, at most `limit` events.
pub async fn news_after(tx: &mut Tx, event: i64, limit: i64) -> Result<News> {
    let statement = sql!(
        "SELECT k.id, k.organization_id, CAST(NULL AS TEXT) AS weights FROM (SELECT id, organization_id FROM events WHERE id > $1 AND organization_id IS NOT NULL ORDER BY id LIMIT $2) AS k UNION ALL SELECT w.id, w.organization_id, w.content FROM (SELECT CAST(0 AS BIGINT) AS id, CAST(NULL AS UUID) AS organization_id, content FROM reference_editions WHERE kind = 'matching_weights' ORDER BY imported_at DESC, edition DESC LIMIT 1) AS w ORDER BY 1"
    );
    let rows: Vec<(i64, Option<Uuid>, Option<String>)> =
        on!(tx, |c| sqlx::query_as(statement).bind(event).bind(limit).fetch_all(c).await)?;
    let touched = rows.iter().filter_map(|(event, organization, _)| Some((*event, (*organization)?))).collect();
    Ok(News { touched, weights: rows.into_iter().find_map(|(_, _, weights)| weights) })
}

/// The number of the last event, 0 where there is none.
pub async fn last_event(tx: &mut Tx) -> Result<i64> {
    let statement = sql!("SELECT COALESCE(MAX(id), 0) FROM events");
    let (id,): (i64,) = on!(tx, |c| sqlx::query_as(statement).fetch_one(c).await)?;
    Ok(id)
}
