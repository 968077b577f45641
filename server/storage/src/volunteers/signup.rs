//! Sign-ups 报名: the row goes from wanting to come to recorded hours.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::signup::SignupState;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Signup {
    pub id: Uuid,
    pub shift_id: Uuid,
    pub team_id: Uuid,
    pub volunteer_id: Uuid,
    pub state: SignupState,
    /// The shift's times.
    pub starts_at: Time,
    pub ends_at: Time,
    /// Order on the waiting list.
    pub applied_at: Time,
    pub decided_at: Option<Time>,
    pub reason: Option<String>,
    pub in_at: Option<Time>,
    pub in_by: Option<Uuid>,
    pub out_at: Option<Time>,
    pub out_by: Option<Uuid>,
    /// Minutes of service actually given, as entered.
    pub minutes: Option<i64>,
    pub note: String,
    pub entered_by: Option<Uuid>,
    pub entered_at: Option<Time>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<Time>,
    /// When hours must be on record.
    pub due_at: Option<Time>,
    pub reminded_at: Option<Time>,
}

/// A sign-up with what it is for.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub signup: Signup,
    pub number: String,
    pub account_id: Option<Uuid>,
    pub opening_code: String,
    pub opening_title: String,
    pub place: String,
    /// Set for service in a household's home.
    pub pairing_id: Option<Uuid>,
    pub team_code: String,
    pub team_name: String,
    /// Place on the waiting list, from 1; 0 for who is not on it.
    pub waiting: i64,
}

pub async fn insert(tx: &mut Tx, s: &Signup) -> Result<()> {
    let statement = sql!(
        "INSERT INTO signups (id, shift_id, team_id, volunteer_id, state, starts_at, ends_at, applied_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(s.id)
        .bind(s.shift_id)
        .bind(s.team_id)
        .bind(s.volunteer_id)
        .bind(s.state)
        .bind(s.starts_at)
        .bind(s.ends_at)
        .bind(s.applied_at)
        .bind(s.due_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes a step from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, s: &Signup, from: SignupState) -> Result<bool> {
    let statement = sql!(
        "UPDATE signups SET state = $3, decided_at = $4, reason = $5, in_at = $6, in_by = $7, out_at = $8, out_by = $9, minutes = $10, note = $11, entered_by = $12, entered_at = $13, confirmed_by = $14, confirmed_at = $15, due_at = $16, reminded_at = $17 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(s.id)
        .bind(from)
        .bind(s.state)
        .bind(s.decided_at)
        .bind(&s.reason)
        .bind(s.in_at)
        .bind(s.in_by)
        .bind(s.out_at)
        .bind(s.out_by)
        .bind(s.minutes)
        .bind(&s.note)
        .bind(s.entered_by)
        .bind(s.entered_at)
        .bind(s.confirmed_by)
        .bind(s.confirmed_at)
        .bind(s.due_at)
        .bind(s.reminded_at)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Signup>> {
    let statement = sql!("SELECT * FROM signups WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// A volunteer's own sign-up for a shift that is not given up.
pub async fn own(tx: &mut Tx, shift: Uuid, volunteer: Uuid) -> Result<Option<Signup>> {
    let statement = sql!(
        "SELECT * FROM signups WHERE shift_id = $1 AND volunteer_id = $2 AND state NOT IN ('withdrawn', 'declined', 'cancelled', 'late_cancel') ORDER BY applied_at DESC LIMIT 1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(shift).bind(volunteer).fetch_optional(c).await)
}

/// Live sign-ups of a volunteer that overlap a span, besides one.
pub async fn overlapping(tx: &mut Tx, volunteer: Uuid, from: Time, to: Time, but: Uuid) -> Result<Vec<Signup>> {
    let statement = sql!(
        "SELECT * FROM signups WHERE volunteer_id = $1 AND starts_at < $3 AND ends_at > $2 AND id <> $4 AND state NOT IN ('declined', 'withdrawn', 'cancelled', 'late_cancel', 'excused', 'no_show', 'void', 'unrecorded') ORDER BY starts_at LIMIT 20"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(from).bind(to).bind(but).fetch_all(c).await)
}

/// The first on a shift's waiting list.
pub async fn first_waiting(tx: &mut Tx, shift: Uuid) -> Result<Option<Signup>> {
    let statement =
        sql!("SELECT * FROM signups WHERE shift_id = $1 AND state = 'waitlisted' ORDER BY applied_at, id LIMIT 1");
    on!(tx, |c| sqlx::query_as(statement).bind(shift).fetch_optional(c).await)
}

/// Everybody who ever signed up for a shift: places first, then the waiting list in order.
pub async fn of_shift(tx: &mut Tx, shift: Uuid) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT s.*, v.number, v.account_id, p.code AS opening_code, p.title AS opening_title, p.place, p.pairing_id, t.code AS team_code, t.name AS team_name, CAST(CASE WHEN s.state = 'waitlisted' THEN ROW_NUMBER() OVER (PARTITION BY s.state ORDER BY s.applied_at, s.id) ELSE 0 END AS BIGINT) AS waiting FROM signups s JOIN volunteers v ON v.id = s.volunteer_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id JOIN teams t ON t.id = s.team_id WHERE s.shift_id = $1 ORDER BY CASE s.state WHEN 'applied' THEN 1 WHEN 'waitlisted' THEN 2 WHEN 'declined' THEN 4 WHEN 'withdrawn' THEN 4 WHEN 'cancelled' THEN 4 WHEN 'late_cancel' THEN 3 WHEN 'excused' THEN 3 ELSE 0 END, s.applied_at, s.id LIMIT 1000"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(shift).fetch_all(c).await)
}

/// A volunteer's sign-ups whose shift ends after a time, the next one first.
pub async fn ahead_of(tx: &mut Tx, volunteer: Uuid, from: Time, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT s.*, v.number, v.account_id, p.code AS opening_code, p.title AS opening_title, p.place, p.pairing_id, t.code AS team_code, t.name AS team_name, CAST(CASE WHEN s.state = 'waitlisted' THEN (SELECT COUNT(*) FROM signups w WHERE w.shift_id = s.shift_id AND w.state = 'waitlisted' AND (w.applied_at < s.applied_at OR (w.applied_at = s.applied_at AND w.id <= s.id))) ELSE 0 END AS BIGINT) AS waiting FROM signups s JOIN volunteers v ON v.id = s.volunteer_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id JOIN teams t ON t.id = s.team_id WHERE s.volunteer_id = $1 AND s.ends_at > $2 ORDER BY s.starts_at, s.id LIMIT $3"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(from).bind(limit).fetch_all(c).await)
}

/// A volunteer's sign-ups whose shift has ended, the latest first.
pub async fn past_of(tx: &mut Tx, volunteer: Uuid, to: Time, offset: i64, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT s.*, v.number, v.account_id, p.code AS opening_code, p.title AS opening_title, p.place, p.pairing_id, t.code AS team_code, t.name AS team_name, CAST(0 AS BIGINT) AS waiting FROM signups s JOIN volunteers v ON v.id = s.volunteer_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id JOIN teams t ON t.id = s.team_id WHERE s.volunteer_id = $1 AND s.ends_at <= $2 ORDER BY s.starts_at DESC, s.id LIMIT $3 OFFSET $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(to).bind(limit).bind(offset).fetch_all(c).await)
}

pub async fn count_past(tx: &mut Tx, volunteer: Uuid, to: Time) -> Result<i64> {
    let statement = sql!("SELECT COUNT(*) FROM signups WHERE volunteer_id = $1 AND ends_at <= $2");
    let (n,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(to).fetch_one(c).await)?;
    Ok(n)
}

/// A volunteer's sign-ups whose shift begins within a span, in order.
pub async fn between(tx: &mut Tx, volunteer: Uuid, from: Time, to: Time, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT s.*, v.number, v.account_id, p.code AS opening_code, p.title AS opening_title, p.place, p.pairing_id, t.code AS team_code, t.name AS team_name, CAST(0 AS BIGINT) AS waiting FROM signups s JOIN volunteers v ON v.id = s.volunteer_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id JOIN teams t ON t.id = s.team_id WHERE s.volunteer_id = $1 AND s.starts_at >= $2 AND s.starts_at < $3 ORDER BY s.starts_at, s.id LIMIT $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(from).bind(to).bind(limit).fetch_all(c).await)
}

/// Shifts of a team with sign-ups in a state, told once each: what a leader has to do.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    pub shift_id: Uuid,
    pub starts_at: Time,
    pub ends_at: Time,
    pub opening_title: String,
    pub team_name: String,
    /// The earliest due date, and how many.
    pub due_at: Option<Time>,
    pub count: i64,
    /// Of those, entered by the reader.
    pub own: i64,
}

/// Shifts of a team that have sign-ups in one of the states (`,applied,`), begun before a time.
pub async fn waiting(tx: &mut Tx, team: Uuid, states: &str, before: Time, reader: Uuid) -> Result<Vec<Waiting>> {
    let statement = sql!(
        "SELECT s.shift_id, s.starts_at, s.ends_at, p.title AS opening_title, t.name AS team_name, MIN(s.due_at) AS due_at, COUNT(*) AS count, CAST(SUM(CASE WHEN s.entered_by = $4 THEN 1 ELSE 0 END) AS BIGINT) AS own FROM signups s JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id JOIN teams t ON t.id = s.team_id WHERE s.team_id = $1 AND $2 LIKE '%,' || s.state || ',%' AND s.starts_at < $3 GROUP BY s.shift_id, s.starts_at, s.ends_at, p.title, t.name ORDER BY s.starts_at LIMIT 50"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(states).bind(before).bind(reader).fetch_all(c).await)
}

/// Sign-ups that came and whose hours are not on record though the time has run out.
pub async fn overdue(tx: &mut Tx, now: Time) -> Result<Vec<Signup>> {
    let statement = sql!(
        "SELECT * FROM signups WHERE state IN ('attended', 'hours_submitted', 'hours_rejected') AND due_at < $1 AND reminded_at IS NULL ORDER BY due_at LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}

/// Sign-ups whose shift is long past and of which nobody has said anything: unanswered ones days after it, others when
/// the time for recording is over.
pub async fn gone_by(tx: &mut Tx, now: Time) -> Result<Vec<Signup>> {
    let statement = sql!(
        "SELECT * FROM signups WHERE (state IN ('applied', 'waitlisted') AND ends_at < $1) OR (state IN ('accepted', 'confirmed') AND ends_at < $1 AND due_at < $2) ORDER BY ends_at, id LIMIT 500"
    );
    let answered = now.plus_days(-domain::signup::ANSWER_PAST_DAYS);
    on!(tx, |c| sqlx::query_as(statement).bind(answered).bind(now).fetch_all(c).await)
}

/// Who comes to a shift that begins soon.
#[derive(Clone, Debug, FromRow)]
pub struct Beginning {
    pub id: Uuid,
    pub account_id: Uuid,
    pub starts_at: Time,
    pub title: String,
}

/// Accepted sign-ups, of volunteers with an account, whose shift begins between two times and who have not been told.
pub async fn beginning(tx: &mut Tx, from: Time, to: Time) -> Result<Vec<Beginning>> {
    let statement = sql!(
        "SELECT s.id, v.account_id, s.starts_at, p.title FROM signups s JOIN volunteers v ON v.id = s.volunteer_id JOIN shifts h ON h.id = s.shift_id JOIN openings p ON p.id = h.opening_id WHERE s.state IN ('accepted', 'confirmed') AND s.ends_at > $1 AND s.starts_at > $1 AND s.starts_at <= $2 AND v.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM clock_marks m WHERE m.clock = 'signup.tomorrow' AND m.object_id = s.id) ORDER BY s.starts_at, s.id LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(from).bind(to).fetch_all(c).await)
}

/// Entries of an account between two times.
pub async fn entered_between(tx: &mut Tx, account: Uuid, from: Time, to: Time) -> Result<i64> {
    let statement =
        sql!("SELECT COUNT(*) FROM signups WHERE entered_by = $1 AND entered_at >= $2 AND entered_at <= $3");
    let (n,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(account).bind(from).bind(to).fetch_one(c).await)?;
    Ok(n)
}

/// Minutes entered or recorded for a volunteer in other sign-ups that begin within a span.
pub async fn minutes_between(tx: &mut Tx, volunteer: Uuid, from: Time, to: Time, but: Uuid) -> Result<i64> {
    let statement = sql!(
        "SELECT CAST(COALESCE(SUM(minutes), 0) AS BIGINT) FROM signups WHERE volunteer_id = $1 AND starts_at >= $2 AND starts_at < $3 AND id <> $4 AND state IN ('hours_submitted', 'hours_confirmed', 'recorded', 'corrected')"
    );
    let (n,): (i64,) =
        on!(tx, |c| sqlx::query_as(statement).bind(volunteer).bind(from).bind(to).bind(but).fetch_one(c).await)?;
    Ok(n)
}

/// How many of a shift came.
pub async fn present(tx: &mut Tx, shift: Uuid) -> Result<i64> {
    let statement = sql!("SELECT COUNT(*) FROM signups WHERE shift_id = $1 AND in_at IS NOT NULL");
    let (n,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(shift).fetch_one(c).await)?;
    Ok(n)
}
