//! The rounds of an organization 今天的上门: its active pairings with the visits of some days.

use crate::aid::delivery::Delivery;
use crate::{FromRow, Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use uuid::Uuid;

/// Visits of the organization's active pairings, made on these days or planned for them; first and last included.
pub async fn visits(tx: &mut Tx, organization: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<Delivery>> {
    let statement = sql!(
        "SELECT d.* FROM pairings p JOIN deliveries d ON d.pairing_id = p.id WHERE p.organization_id = $1 AND p.state = 'active' AND d.superseded = FALSE AND d.state <> 'voided' AND ((d.done_on IS NULL AND d.planned_on BETWEEN $2 AND $3) OR d.done_on BETWEEN $2 AND $3) ORDER BY d.planned_on, d.planned_at NULLS FIRST, d.created_at, d.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(from).bind(to).fetch_all(c).await)
}

/// Days of the past on which planned visits have not been recorded, the latest first: (day, how many).
pub async fn unrecorded(tx: &mut Tx, organization: Uuid, before: NaiveDate) -> Result<Vec<(NaiveDate, i64)>> {
    let statement = sql!(
        "SELECT d.planned_on, COUNT(*) FROM pairings p JOIN deliveries d ON d.pairing_id = p.id WHERE p.organization_id = $1 AND p.state = 'active' AND d.state = 'planned' AND d.planned_on < $2 GROUP BY d.planned_on ORDER BY d.planned_on DESC LIMIT 31"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(before).fetch_all(c).await)
}

/// A shift of the organization's volunteers.
#[derive(Clone, Debug, FromRow)]
pub struct Shift {
    pub id: Uuid,
    pub title: String,
    pub starts_at: Time,
    pub ends_at: Time,
    /// Places taken.
    pub taken: i64,
}

/// Planned shifts of an organization that begin in a span of time.
pub async fn shifts(tx: &mut Tx, organization: Uuid, from: Time, before: Time) -> Result<Vec<Shift>> {
    let statement = sql!(
        "SELECT s.id, o.title, s.starts_at, s.ends_at, s.taken FROM shifts s JOIN openings o ON o.id = s.opening_id WHERE o.organization_id = $1 AND s.state = 'planned' AND s.starts_at >= $2 AND s.starts_at < $3 ORDER BY s.starts_at, s.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(from).bind(before).fetch_all(c).await)
}

/// The planned shift of an organization that begins in a span of time.
pub async fn shift(tx: &mut Tx, organization: Uuid, id: Uuid, from: Time, before: Time) -> Result<bool> {
    Ok(shifts(tx, organization, from, before).await?.iter().any(|shift| shift.id == id))
}
