//! Organizations 社会组织.

use crate::FromRow;
use crate::base::listing::{Filter, List};
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::organization::OrganizationState;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Organization {
    pub id: Uuid,
    pub uscc: String,
    pub name: String,
    /// First two digits of the USCC: 51, 52, 53, 59.
    pub kind: String,
    pub division_code: String,
    pub state: OrganizationState,
    pub verified_until: Option<NaiveDate>,
    pub business_scope: String,
    /// JSON list of service codes.
    pub service_codes: String,
    /// JSON list of division code prefixes served.
    pub area_codes: String,
    pub created_at: Time,
    pub updated_at: Time,
    pub version: i64,
}

impl Organization {
    pub fn services(&self) -> Vec<String> {
        serde_json::from_str(&self.service_codes).unwrap_or_default()
    }

    pub fn areas(&self) -> Vec<String> {
        serde_json::from_str(&self.area_codes).unwrap_or_default()
    }

    pub fn serves(&self, division_code: &str) -> bool {
        self.areas().iter().any(|area| division_code.starts_with(area.as_str()))
    }
}

/// 社会组织, as an office works through them.
pub const LIST: List = List {
    columns: "o.*",
    from: "organizations o",
    state: "o.state",
    id: "o.id",
    filters: &[
        (Filter::Place, "o.division_code >= {0} AND o.division_code < {1}"),
        (Filter::State, "o.state = {0}"),
        (Filter::Words, "lower(o.name || ' ' || o.uscc || ' ' || o.business_scope) LIKE {0} ESCAPE '!'"),
        (Filter::Service, "o.service_codes LIKE '%\"' || {0} || '\"%'"),
        (Filter::From, "o.created_at >= {0}"),
        (Filter::Until, "o.created_at < {0}"),
    ],
    sorts: &[
        ("title", "o.name"),
        ("place", "o.division_code"),
        ("valid", "o.verified_until"),
        ("created", "o.created_at"),
    ],
    order: "o.name",
};

pub async fn insert(tx: &mut Tx, o: &Organization) -> Result<()> {
    let statement = sql!(
        "INSERT INTO organizations (id, uscc, name, kind, division_code, state, verified_until, business_scope, service_codes, area_codes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(o.id)
        .bind(&o.uscc)
        .bind(&o.name)
        .bind(&o.kind)
        .bind(&o.division_code)
        .bind(o.state)
        .bind(o.verified_until)
        .bind(&o.business_scope)
        .bind(&o.service_codes)
        .bind(&o.area_codes)
        .bind(o.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Organization>> {
    let statement = sql!("SELECT * FROM organizations WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Organizations by their ids, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Organization>> {
    let statement = sql!(
        "SELECT * FROM organizations WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    of_ids!(tx, statement, ids)
}

pub async fn by_uscc(tx: &mut Tx, uscc: &str) -> Result<Option<Organization>> {
    let statement = sql!("SELECT * FROM organizations WHERE uscc = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(uscc).fetch_optional(c).await)
}

pub async fn in_state(tx: &mut Tx, state: OrganizationState, scope: &str, limit: i64) -> Result<Vec<Organization>> {
    let statement = sql!(
        "SELECT * FROM organizations WHERE state = $1 AND division_code >= $2 AND division_code < $3 ORDER BY updated_at, name LIMIT $4"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(state)
        .bind(scope)
        .bind(crate::scope_end(scope))
        .bind(limit)
        .fetch_all(c)
        .await)
}

pub async fn set_state(
    tx: &mut Tx,
    id: Uuid,
    from: OrganizationState,
    to: OrganizationState,
    until: Option<NaiveDate>,
    now: Time,
) -> Result<bool> {
    let statement = sql!(
        "UPDATE organizations SET state = $3, verified_until = COALESCE($4, verified_until), updated_at = $5, version = version + 1 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(until)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Verified organizations whose verification has ended before `day`.
pub async fn lapsed(tx: &mut Tx, day: NaiveDate) -> Result<Vec<Organization>> {
    let statement = sql!("SELECT * FROM organizations WHERE state = 'verified' AND verified_until < $1 LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(day).fetch_all(c).await)
}

/// (live claims and pairings, pairings completed with a checked success).
pub async fn load_of(tx: &mut Tx, id: Uuid) -> Result<(i64, i64)> {
    let statement = sql!(
        "SELECT (SELECT COUNT(*) FROM claims WHERE organization_id = $1 AND state IN ('forming', 'submitted', 'needs_info') AND accepted_at IS NOT NULL) + (SELECT COUNT(*) FROM pairings WHERE organization_id = $1 AND state IN ('pending_start', 'active', 'paused', 'reported')), (SELECT COUNT(*) FROM pairings WHERE organization_id = $1 AND state = 'completed' AND result IN ('met', 'partial'))"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_one(c).await)
}

/// Every organization after an id, in the order of ids.
pub async fn page_after(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Organization>> {
    let statement = sql!("SELECT * FROM organizations WHERE id > $1 ORDER BY id LIMIT $2");
    on!(tx, |c| sqlx::query_as(statement).bind(after).bind(limit).fetch_all(c).await)
}

/// Writes what a registration says, in whatever state it is.
pub async fn set_registration(tx: &mut Tx, o: &Organization, now: Time) -> Result<()> {
    let statement = sql!(
        "UPDATE organizations SET name = $2, division_code = $3, business_scope = $4, service_codes = $5, area_codes = $6, updated_at = $7, version = version + 1 WHERE id = $1"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(o.id)
        .bind(&o.name)
        .bind(&o.division_code)
        .bind(&o.business_scope)
        .bind(&o.service_codes)
        .bind(&o.area_codes)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
}

/// The reason given with the last step that led to a state.
pub async fn last_reason(tx: &mut Tx, id: Uuid, state: &str) -> Result<Option<String>> {
    let statement = sql!(
        "SELECT reason FROM events WHERE object_id = $1 AND object = 'organization' AND to_state = $2 AND reason IS NOT NULL ORDER BY id DESC LIMIT 1"
    );
    let row: Option<(Option<String>,)> =
        on!(tx, |c| sqlx::query_as(statement).bind(id).bind(state).fetch_optional(c).await)?;
    Ok(row.and_then(|(reason,)| reason))
}
