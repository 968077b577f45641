//! What the city has changed in the calendar of working days 工作日历.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct WorkingDay {
    pub day: NaiveDate,
    /// `work`, `rest`, or `plain`: by the day of the week, whatever ships.
    pub kind: String,
    pub source: String,
    pub updated_by: Option<Uuid>,
    pub updated_at: Time,
}

pub async fn set(tx: &mut Tx, d: &WorkingDay) -> Result<()> {
    let statement = sql!(
        "INSERT INTO working_days (day, kind, source, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, source = excluded.source, updated_by = excluded.updated_by, updated_at = excluded.updated_at"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(d.day)
        .bind(&d.kind)
        .bind(&d.source)
        .bind(d.updated_by)
        .bind(d.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// All of them, in order.
pub async fn all(tx: &mut Tx) -> Result<Vec<WorkingDay>> {
    let statement = sql!("SELECT * FROM working_days ORDER BY day");
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}
