//! Evaluations 服务评价: what a household says of a volunteer's service, written down by its office.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::record::{AskedHow, EvaluationState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Evaluation {
    pub id: Uuid,
    pub signup_id: Uuid,
    pub volunteer_id: Uuid,
    pub team_id: Uuid,
    pub pairing_id: Uuid,
    /// Of the household, whose office asked.
    pub division_code: String,
    pub state: EvaluationState,
    /// One to five.
    pub stars: i64,
    pub words: String,
    pub asked_how: AskedHow,
    /// When the household was asked.
    pub day: NaiveDate,
    pub entered_by: Uuid,
    pub entered_at: Time,
    pub reason: Option<String>,
}

/// A service in a household that is on record, with its valid evaluation.
#[derive(Clone, Debug, FromRow)]
pub struct Served {
    pub signup_id: Uuid,
    pub volunteer_id: Uuid,
    pub team_id: Uuid,
    pub number: String,
    pub title: String,
    pub starts_at: Time,
    pub ends_at: Time,
    pub minutes: i64,
    pub evaluation_id: Option<Uuid>,
    pub stars: Option<i64>,
    pub words: Option<String>,
    pub day: Option<NaiveDate>,
    pub entered_by: Option<Uuid>,
}

pub async fn insert(tx: &mut Tx, e: &Evaluation) -> Result<()> {
    let statement = sql!(
        "INSERT INTO evaluations (id, signup_id, volunteer_id, team_id, pairing_id, division_code, state, stars, words, asked_how, day, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(e.id)
        .bind(e.signup_id)
        .bind(e.volunteer_id)
        .bind(e.team_id)
        .bind(e.pairing_id)
        .bind(&e.division_code)
        .bind(e.state)
        .bind(e.stars)
        .bind(&e.words)
        .bind(e.asked_how)
        .bind(e.day)
        .bind(e.entered_by)
        .bind(e.entered_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Voids an evaluation. `false`: somebody was first.
pub async fn void(tx: &mut Tx, id: Uuid, reason: &str) -> Result<bool> {
    let statement = sql!("UPDATE evaluations SET state = 'void', reason = $2 WHERE id = $1 AND state = 'recorded'");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(reason).execute(c).await.map(|r| r.rows_affected() == 1))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Evaluation>> {
    let statement = sql!("SELECT * FROM evaluations WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Services on record for a pairing's household, the latest first.
pub async fn served(tx: &mut Tx, pairing: Uuid, limit: i64) -> Result<Vec<Served>> {
    let statement = sql!(
        "SELECT s.id AS signup_id, s.volunteer_id, s.team_id, v.number, p.title, s.starts_at, s.ends_at, r.minutes, e.id AS evaluation_id, e.stars, e.words, e.day, e.entered_by FROM openings p JOIN shifts h ON h.opening_id = p.id JOIN signups s ON s.shift_id = h.id JOIN volunteers v ON v.id = s.volunteer_id JOIN service_records r ON r.signup_id = s.id AND r.state = 'valid' LEFT JOIN evaluations e ON e.signup_id = s.id AND e.state = 'recorded' WHERE p.pairing_id = $1 ORDER BY s.starts_at DESC, s.id LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).bind(limit).fetch_all(c).await)
}

/// Valid ones of a team's services.
pub async fn of_team(tx: &mut Tx, team: Uuid) -> Result<Vec<Evaluation>> {
    let statement =
        sql!("SELECT * FROM evaluations WHERE team_id = $1 AND state = 'recorded' ORDER BY day, id LIMIT 100000");
    on!(tx, |c| sqlx::query_as(statement).bind(team).fetch_all(c).await)
}

/// Valid ones of a volunteer's services, the latest first.
pub async fn of_volunteer(tx: &mut Tx, volunteer: Uuid, limit: i64) -> Result<Vec<Evaluation>> {
    let statement = sql!(
        "SELECT * FROM evaluations WHERE volunteer_id = $1 AND state = 'recorded' ORDER BY day DESC, id DESC LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(limit).fetch_all(c).await)
}
