//! Delivery entries 服务记录.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::delivery::{DeliveryState, MissReason};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    pub id: Uuid,
    pub pairing_id: Uuid,
    pub line_id: Uuid,
    pub division_code: String,
    pub state: DeliveryState,
    pub planned_on: NaiveDate,
    /// `HH:MM`
    pub planned_at: Option<String>,
    pub done_on: Option<NaiveDate>,
    /// Units delivered (meals, visits …).
    pub units: Option<i64>,
    pub minutes: Option<i64>,
    pub note: String,
    pub miss_reason: Option<MissReason>,
    pub recorded_by: Option<Uuid>,
    pub recorded_at: Option<Time>,
    pub due_at: Option<Time>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Time>,
    pub reason: Option<String>,
    pub supersedes: Option<Uuid>,
    /// A newer entry stands in its place; left out of every sum.
    pub superseded: bool,
    pub created_at: Time,
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

pub async fn insert(tx: &mut Tx, d: &Delivery) -> Result<()> {
    let statement = sql!(
        "INSERT INTO deliveries (id, pairing_id, line_id, division_code, state, planned_on, planned_at, done_on, units, minutes, note, recorded_by, recorded_at, due_at, supersedes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(d.id)
        .bind(d.pairing_id)
        .bind(d.line_id)
        .bind(&d.division_code)
        .bind(d.state)
        .bind(d.planned_on)
        .bind(&d.planned_at)
        .bind(d.done_on)
        .bind(d.units)
        .bind(d.minutes)
        .bind(&d.note)
        .bind(d.recorded_by)
        .bind(d.recorded_at)
        .bind(d.due_at)
        .bind(d.supersedes)
        .bind(d.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes what may change, from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, d: &Delivery, from: DeliveryState) -> Result<bool> {
    let statement = sql!(
        "UPDATE deliveries SET state = $3, done_on = $4, units = $5, minutes = $6, note = $7, miss_reason = $8, recorded_by = $9, recorded_at = $10, due_at = $11, decided_by = $12, decided_at = $13, reason = $14, superseded = $15 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(d.id)
        .bind(from)
        .bind(d.state)
        .bind(d.done_on)
        .bind(d.units)
        .bind(d.minutes)
        .bind(&d.note)
        .bind(d.miss_reason)
        .bind(d.recorded_by)
        .bind(d.recorded_at)
        .bind(d.due_at)
        .bind(d.decided_by)
        .bind(d.decided_at)
        .bind(&d.reason)
        .bind(d.superseded)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
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

pub async fn count_by_state(tx: &mut Tx, scope: &str) -> Result<Vec<(DeliveryState, i64)>> {
    let statement =
        sql!("SELECT state, COUNT(*) FROM deliveries WHERE division_code >= $1 AND division_code < $2 GROUP BY state");
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}
