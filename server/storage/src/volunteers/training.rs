//! Trainings 培训 of a team, and who took part.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::record::TrainingState;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Training {
    pub id: Uuid,
    pub team_id: Uuid,
    pub organization_id: Option<Uuid>,
    pub state: TrainingState,
    pub name: String,
    /// What was taught.
    pub content: String,
    pub minutes: i64,
    /// Who held it.
    pub host: String,
    pub day: NaiveDate,
    pub entered_by: Uuid,
    pub entered_at: Time,
    pub reason: Option<String>,
}

/// A training in a list, with how many took part.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub training: Training,
    pub present: i64,
}

/// A volunteer's part in a training.
#[derive(Clone, Debug, FromRow)]
pub struct Attended {
    #[sqlx(flatten)]
    pub training: Training,
    pub volunteer_id: Uuid,
}

pub async fn insert(tx: &mut Tx, t: &Training, volunteers: &[Uuid]) -> Result<()> {
    let statement = sql!(
        "INSERT INTO trainings (id, team_id, organization_id, state, name, content, minutes, host, day, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    on!(&mut *tx, |c| sqlx::query(statement)
        .bind(t.id)
        .bind(t.team_id)
        .bind(t.organization_id)
        .bind(t.state)
        .bind(&t.name)
        .bind(&t.content)
        .bind(t.minutes)
        .bind(&t.host)
        .bind(t.day)
        .bind(t.entered_by)
        .bind(t.entered_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    let statement = sql!("INSERT INTO training_attendances (training_id, volunteer_id) VALUES ($1, $2)");
    for volunteer in volunteers {
        on!(&mut *tx, |c| sqlx::query(statement).bind(t.id).bind(volunteer).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Voids a training. `false`: somebody was first.
pub async fn void(tx: &mut Tx, id: Uuid, reason: &str) -> Result<bool> {
    let statement = sql!("UPDATE trainings SET state = 'void', reason = $2 WHERE id = $1 AND state = 'recorded'");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(reason).execute(c).await.map(|r| r.rows_affected() == 1))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Training>> {
    let statement = sql!("SELECT * FROM trainings WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Trainings of a team, the latest first.
pub async fn of_team(tx: &mut Tx, team: Uuid, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT t.*, (SELECT COUNT(*) FROM training_attendances a WHERE a.training_id = t.id) AS present FROM trainings t WHERE t.team_id = $1 ORDER BY t.day DESC, t.id DESC LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(limit).fetch_all(c).await)
}

/// Valid parts in a team's trainings between two days, in order.
pub async fn attended_in_team(tx: &mut Tx, team: Uuid, from: NaiveDate, until: NaiveDate) -> Result<Vec<Attended>> {
    let statement = sql!(
        "SELECT t.*, a.volunteer_id FROM trainings t JOIN training_attendances a ON a.training_id = t.id WHERE t.team_id = $1 AND t.state = 'recorded' AND t.day >= $2 AND t.day <= $3 ORDER BY t.day, t.id, a.volunteer_id LIMIT 100000"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(from).bind(until).fetch_all(c).await)
}

/// A volunteer's valid trainings, the latest first.
pub async fn of_volunteer(tx: &mut Tx, volunteer: Uuid, limit: i64) -> Result<Vec<Training>> {
    let statement = sql!(
        "SELECT t.* FROM training_attendances a JOIN trainings t ON t.id = a.training_id WHERE a.volunteer_id = $1 AND t.state = 'recorded' ORDER BY t.day DESC, t.id DESC LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(limit).fetch_all(c).await)
}
