//! Awards 表彰奖励 that volunteers were given.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::record::AwardState;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Award {
    pub id: Uuid,
    /// The team on whose books it stands.
    pub team_id: Uuid,
    pub organization_id: Option<Uuid>,
    pub volunteer_id: Uuid,
    pub state: AwardState,
    pub name: String,
    pub day: NaiveDate,
    /// The unit that gave it.
    pub granted_by: String,
    pub entered_by: Uuid,
    pub entered_at: Time,
    pub reason: Option<String>,
}

pub async fn insert(tx: &mut Tx, a: &Award) -> Result<()> {
    let statement = sql!(
        "INSERT INTO awards (id, team_id, organization_id, volunteer_id, state, name, day, granted_by, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(a.id)
        .bind(a.team_id)
        .bind(a.organization_id)
        .bind(a.volunteer_id)
        .bind(a.state)
        .bind(&a.name)
        .bind(a.day)
        .bind(&a.granted_by)
        .bind(a.entered_by)
        .bind(a.entered_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Voids an award. `false`: somebody was first.
pub async fn void(tx: &mut Tx, id: Uuid, reason: &str) -> Result<bool> {
    let statement = sql!("UPDATE awards SET state = 'void', reason = $2 WHERE id = $1 AND state = 'recorded'");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(reason).execute(c).await.map(|r| r.rows_affected() == 1))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Award>> {
    let statement = sql!("SELECT * FROM awards WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Awards on a team's books, the latest first.
pub async fn of_team(tx: &mut Tx, team: Uuid, limit: i64) -> Result<Vec<Award>> {
    let statement = sql!("SELECT * FROM awards WHERE team_id = $1 ORDER BY day DESC, id DESC LIMIT $2");
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(limit).fetch_all(c).await)
}

/// Valid ones of a team between two days, in order.
pub async fn in_team(tx: &mut Tx, team: Uuid, from: NaiveDate, until: NaiveDate) -> Result<Vec<Award>> {
    let statement = sql!(
        "SELECT * FROM awards WHERE team_id = $1 AND state = 'recorded' AND day >= $2 AND day <= $3 ORDER BY day, id LIMIT 100000"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(from).bind(until).fetch_all(c).await)
}

/// A volunteer's valid awards, the latest first.
pub async fn of_volunteer(tx: &mut Tx, volunteer: Uuid, limit: i64) -> Result<Vec<Award>> {
    let statement =
        sql!("SELECT * FROM awards WHERE volunteer_id = $1 AND state = 'recorded' ORDER BY day DESC, id DESC LIMIT $2");
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(limit).fetch_all(c).await)
}
