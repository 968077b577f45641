//! Delivery entries 服务记录.

use crate::FromRow;
use crate::base::listing::{Filter, List};
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::delivery::{DeliveryState, MissReason};
use uuid::Uuid;

row! {
    #[derive(Clone, Debug, FromRow)]
    pub struct Delivery in "deliveries" while state: DeliveryState {
        new id: Uuid,
        new pairing_id: Uuid,
        new line_id: Uuid,
        new division_code: String,
        kept state: DeliveryState,
        kept planned_on: NaiveDate,
        /// `HH:MM`
        kept planned_at: Option<String>,
        /// Who goes: a worker, or the volunteers of a shift.
        kept goes_id: Option<Uuid>,
        kept shift_id: Option<Uuid>,
        kept done_on: Option<NaiveDate>,
        /// `HH:MM`, where it is known.
        kept done_at: Option<String>,
        /// Units delivered (meals, visits …).
        kept units: Option<i64>,
        kept minutes: Option<i64>,
        kept note: String,
        later miss_reason: Option<MissReason>,
        kept recorded_by: Option<Uuid>,
        kept recorded_at: Option<Time>,
        kept due_at: Option<Time>,
        later decided_by: Option<Uuid>,
        later decided_at: Option<Time>,
        later reason: Option<String>,
        new supersedes: Option<Uuid>,
        /// A newer entry stands in its place; left out of every sum.
        later superseded: bool,
        new created_at: Time,
    }
}

/// A record in a staff list.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub delivery: Delivery,
    pub pairing_code: String,
    pub need_title: String,
    pub organization_name: String,
    pub service_code: String,
    pub unit: String,
}

/// 服务记录, as an office works through them.
pub const LIST: List = List {
    columns: "d.*, p.code AS pairing_code, n.title AS need_title, o.name AS organization_name, l.service_code, l.unit",
    from: "deliveries d JOIN pairings p ON p.id = d.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id JOIN need_lines l ON l.id = d.line_id",
    state: "d.state",
    id: "d.id",
    filters: &[
        (Filter::Place, "d.division_code >= {0} AND d.division_code < {1}"),
        (Filter::State, "d.state = {0}"),
        (Filter::Words, "lower(p.code || ' ' || n.title || ' ' || o.name || ' ' || d.note) LIKE {0} ESCAPE '!'"),
        (Filter::Service, "l.service_code = {0}"),
        (Filter::Group, "EXISTS (SELECT 1 FROM need_beneficiaries b WHERE b.need_id = n.id AND b.category_code = {0})"),
        (Filter::Organization, "lower(o.name) LIKE {0} ESCAPE '!'"),
        (Filter::Urgent, "n.urgency = 'urgent'"),
        (Filter::Overdue, "d.due_at < {0}"),
        (Filter::From, "d.created_at >= {0}"),
        (Filter::Until, "d.created_at < {0}"),
    ],
    sorts: &[
        ("title", "n.title"),
        ("organization", "o.name"),
        ("place", "d.division_code"),
        ("due", "d.due_at"),
        ("day", "d.planned_on"),
    ],
    order: "d.due_at NULLS LAST, d.planned_on DESC",
};

pub async fn insert(tx: &mut Tx, d: &Delivery) -> Result<()> {
    d.insert(tx).await
}

/// Writes what may change, from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, d: &Delivery, from: DeliveryState) -> Result<bool> {
    d.change(tx, from).await
}

pub async fn supersede(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let statement = sql!("UPDATE deliveries SET superseded = TRUE WHERE id = $1 AND superseded = FALSE");
    on!(tx, |c| sqlx::query(statement).bind(id).execute(c).await.map(|r| r.rows_affected() == 1))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Delivery>> {
    let statement = sql!("SELECT * FROM deliveries WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn of_pairing(tx: &mut Tx, pairing: Uuid) -> Result<Vec<Delivery>> {
    let statement = sql!(
        "SELECT * FROM deliveries WHERE pairing_id = $1 ORDER BY planned_on, planned_at NULLS FIRST, created_at, id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}

/// Records of a scope in one state, what is due first.
pub async fn in_scope(tx: &mut Tx, scope: &str, state: DeliveryState, offset: i64, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT d.*, p.code AS pairing_code, n.title AS need_title, o.name AS organization_name, l.service_code, l.unit FROM deliveries d JOIN pairings p ON p.id = d.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id JOIN need_lines l ON l.id = d.line_id WHERE d.division_code >= $1 AND d.division_code < $2 AND d.state = $3 ORDER BY d.due_at NULLS LAST, d.planned_on DESC, d.id LIMIT $4 OFFSET $5"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(state)
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)
}

/// Planned visits of an organization up to a day, the next ones first.
pub async fn upcoming(tx: &mut Tx, organization: Uuid, until: NaiveDate, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT d.*, p.code AS pairing_code, n.title AS need_title, o.name AS organization_name, l.service_code, l.unit FROM deliveries d JOIN pairings p ON p.id = d.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id JOIN need_lines l ON l.id = d.line_id WHERE p.organization_id = $1 AND d.state = 'planned' AND d.planned_on <= $2 AND p.state = 'active' ORDER BY d.planned_on, d.planned_at NULLS FIRST, d.id LIMIT $3"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(until).bind(limit).fetch_all(c).await)
}
