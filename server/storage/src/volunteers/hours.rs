//! Records of service 志愿服务记录 and their corrections. Nothing recorded is edited.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::hours::{CorrectionState, RecordState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Record {
    pub id: Uuid,
    pub signup_id: Uuid,
    pub volunteer_id: Uuid,
    pub team_id: Uuid,
    pub organization_id: Option<Uuid>,
    pub state: RecordState,
    pub title: String,
    pub content: String,
    pub place: String,
    /// Who ran it and answers for the record.
    pub unit: String,
    pub day: NaiveDate,
    pub minutes: i64,
    /// Who led on the spot.
    pub lead_id: Option<Uuid>,
    pub entered_by: Uuid,
    pub confirmed_by: Uuid,
    pub recorded_at: Time,
    pub supersedes: Option<Uuid>,
    pub reason: Option<String>,
}

pub async fn insert(tx: &mut Tx, r: &Record) -> Result<()> {
    let statement = sql!(
        "INSERT INTO service_records (id, signup_id, volunteer_id, team_id, organization_id, state, title, content, place, unit, day, minutes, lead_id, entered_by, confirmed_by, recorded_at, supersedes, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(r.id)
        .bind(r.signup_id)
        .bind(r.volunteer_id)
        .bind(r.team_id)
        .bind(r.organization_id)
        .bind(r.state)
        .bind(&r.title)
        .bind(&r.content)
        .bind(&r.place)
        .bind(&r.unit)
        .bind(r.day)
        .bind(r.minutes)
        .bind(r.lead_id)
        .bind(r.entered_by)
        .bind(r.confirmed_by)
        .bind(r.recorded_at)
        .bind(r.supersedes)
        .bind(&r.reason)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Ends a valid record. `false`: it is not valid any more.
pub async fn end(tx: &mut Tx, id: Uuid, state: RecordState, reason: &str) -> Result<bool> {
    let statement =
        sql!("UPDATE service_records SET state = $2, reason = COALESCE(reason, $3) WHERE id = $1 AND state = 'valid'");
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(state)
        .bind(reason)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// The valid record of a sign-up.
pub async fn of_signup(tx: &mut Tx, signup: Uuid) -> Result<Option<Record>> {
    let statement = sql!("SELECT * FROM service_records WHERE signup_id = $1 AND state = 'valid'");
    on!(tx, |c| sqlx::query_as(statement).bind(signup).fetch_optional(c).await)
}

/// A volunteer's valid records, the latest first.
pub async fn of_volunteer(tx: &mut Tx, volunteer: Uuid, offset: i64, limit: i64) -> Result<Vec<Record>> {
    let statement = sql!(
        "SELECT * FROM service_records WHERE volunteer_id = $1 AND state = 'valid' ORDER BY day DESC, id DESC LIMIT $2 OFFSET $3"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(limit).bind(offset).fetch_all(c).await)
}

/// How many valid records a volunteer has, and their minutes.
pub async fn total(tx: &mut Tx, volunteer: Uuid) -> Result<(i64, i64)> {
    let statement = sql!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(minutes), 0) AS BIGINT) FROM service_records WHERE volunteer_id = $1 AND state = 'valid'"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).fetch_one(c).await)
}

/// As [`total`], for the service of a team.
pub async fn total_of_team(tx: &mut Tx, team: Uuid) -> Result<(i64, i64)> {
    let statement = sql!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(minutes), 0) AS BIGINT) FROM service_records WHERE team_id = $1 AND state = 'valid'"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).fetch_one(c).await)
}

/// Records that the account which entered them has confirmed, and sign-ups on record without one valid record or the
/// other way round: always none.
pub async fn check(tx: &mut Tx) -> Result<Vec<(Uuid,)>> {
    let statement = sql!(
        "SELECT r.id FROM service_records r WHERE r.entered_by = r.confirmed_by UNION ALL SELECT s.id FROM signups s WHERE (s.state IN ('recorded', 'corrected')) <> EXISTS (SELECT 1 FROM service_records r WHERE r.signup_id = s.id AND r.state = 'valid') LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

#[derive(Clone, Debug, FromRow)]
pub struct Correction {
    pub id: Uuid,
    pub signup_id: Uuid,
    pub volunteer_id: Uuid,
    pub team_id: Uuid,
    pub state: CorrectionState,
    /// Minutes that the volunteer says are right.
    pub wanted: i64,
    pub words: String,
    pub asked_at: Time,
    pub due_at: Time,
    pub reminded_at: Option<Time>,
    /// Minutes that somebody proposes, to be confirmed by another.
    pub minutes: Option<i64>,
    pub proposed_by: Option<Uuid>,
    pub proposed_at: Option<Time>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Time>,
    pub answer: Option<String>,
}

/// A correction with what it is about.
#[derive(Clone, Debug, FromRow)]
pub struct Asked {
    #[sqlx(flatten)]
    pub correction: Correction,
    pub number: String,
    pub shift_id: Uuid,
    pub opening_title: String,
    pub starts_at: Time,
}

pub async fn ask(tx: &mut Tx, k: &Correction) -> Result<()> {
    let statement = sql!(
        "INSERT INTO corrections (id, signup_id, volunteer_id, team_id, state, wanted, words, asked_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(k.id)
        .bind(k.signup_id)
        .bind(k.volunteer_id)
        .bind(k.team_id)
        .bind(k.state)
        .bind(k.wanted)
        .bind(&k.words)
        .bind(k.asked_at)
        .bind(k.due_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes a step from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, k: &Correction, from: CorrectionState) -> Result<bool> {
    let statement = sql!(
        "UPDATE corrections SET state = $3, reminded_at = $4, minutes = $5, proposed_by = $6, proposed_at = $7, decided_by = $8, decided_at = $9, answer = $10 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(k.id)
        .bind(from)
        .bind(k.state)
        .bind(k.reminded_at)
        .bind(k.minutes)
        .bind(k.proposed_by)
        .bind(k.proposed_at)
        .bind(k.decided_by)
        .bind(k.decided_at)
        .bind(&k.answer)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn correction(tx: &mut Tx, id: Uuid) -> Result<Option<Correction>> {
    let statement = sql!("SELECT * FROM corrections WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Open corrections of some teams, what is due first.
pub async fn open_of(tx: &mut Tx, teams: &[Uuid]) -> Result<Vec<Asked>> {
    let statement = sql!(
        "SELECT k.*, v.number, s.shift_id, p.title AS opening_title, s.starts_at FROM corrections k JOIN volunteers v ON v.id = k.volunteer_id JOIN signups s ON s.id = k.signup_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id WHERE k.team_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) AND k.state IN ('asked', 'proposed') ORDER BY k.due_at, k.id LIMIT 200"
    );
    of_ids!(tx, statement, teams)
}

/// The latest correction of each sign-up of a volunteer.
pub async fn of_volunteer_asked(tx: &mut Tx, volunteer: Uuid) -> Result<Vec<Asked>> {
    let statement = sql!(
        "SELECT k.*, v.number, s.shift_id, p.title AS opening_title, s.starts_at FROM corrections k JOIN volunteers v ON v.id = k.volunteer_id JOIN signups s ON s.id = k.signup_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id WHERE k.volunteer_id = $1 ORDER BY k.asked_at DESC, k.id LIMIT 50"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).fetch_all(c).await)
}

/// Corrections of a shift, the latest first.
pub async fn of_shift(tx: &mut Tx, shift: Uuid) -> Result<Vec<Asked>> {
    let statement = sql!(
        "SELECT k.*, v.number, s.shift_id, p.title AS opening_title, s.starts_at FROM corrections k JOIN volunteers v ON v.id = k.volunteer_id JOIN signups s ON s.id = k.signup_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id WHERE s.shift_id = $1 ORDER BY k.asked_at DESC, k.id LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(shift).fetch_all(c).await)
}

/// Open corrections past their due date that nobody was reminded of.
pub async fn late(tx: &mut Tx, now: Time) -> Result<Vec<Correction>> {
    let statement = sql!(
        "SELECT * FROM corrections WHERE state IN ('asked', 'proposed') AND due_at < $1 AND reminded_at IS NULL ORDER BY due_at LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}
