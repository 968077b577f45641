//! Openings 岗位 and their shifts 班次.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::opening::{OpeningState, ShiftState};
use domain::volunteer::{Skill, Terms};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Opening {
    pub id: Uuid,
    pub code: String,
    pub team_id: Uuid,
    pub organization_id: Option<Uuid>,
    /// Set for service in a household's home.
    pub pairing_id: Option<Uuid>,
    pub division_code: String,
    pub state: OpeningState,
    pub title: String,
    pub content: String,
    /// Where to meet; never a household's address.
    pub place: String,
    pub service_code: String,
    /// JSON list of skills.
    pub skills: String,
    pub min_age: i64,
    /// Somebody answers each sign-up; else places are taken in order.
    pub approval: bool,
    pub dangerous: bool,
    pub risk_notice: String,
    pub insurance: String,
    pub insured_until: Option<NaiveDate>,
    /// The first visit goes with a worker of the organization.
    pub accompany: bool,
    pub reason: Option<String>,
    pub author_id: Option<Uuid>,
    pub created_at: Time,
    pub updated_at: Time,
    pub version: i64,
}

impl Opening {
    pub fn skills(&self) -> Vec<Skill> {
        serde_json::from_str(&self.skills).unwrap_or_default()
    }

    pub fn terms(&self) -> Terms {
        Terms {
            min_age: u32::try_from(self.min_age).unwrap_or_default(),
            dangerous: self.dangerous,
            household: self.pairing_id.is_some(),
        }
    }
}

/// An opening with the name of its team.
#[derive(Clone, Debug, FromRow)]
pub struct Named {
    #[sqlx(flatten)]
    pub opening: Opening,
    pub team_name: String,
}

/// An opening in the hall: its team, its next shift, the places that are free in shifts to come.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub opening: Opening,
    pub team_name: String,
    pub team_code: String,
    pub next_at: Option<Time>,
    pub shifts: i64,
    pub free: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct Shift {
    pub id: Uuid,
    pub opening_id: Uuid,
    pub team_id: Uuid,
    pub state: ShiftState,
    pub starts_at: Time,
    pub ends_at: Time,
    pub places: i64,
    /// Sign-ups that hold a place.
    pub taken: i64,
    /// Six digits, shown by whoever leads on the spot.
    pub check_code: String,
    pub reason: Option<String>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Shift {
    pub fn free(&self) -> i64 {
        (self.places - self.taken).max(0)
    }
}

pub async fn insert(tx: &mut Tx, o: &Opening) -> Result<()> {
    let statement = sql!(
        "INSERT INTO openings (id, code, team_id, organization_id, pairing_id, division_code, state, title, content, place, service_code, skills, min_age, approval, dangerous, risk_notice, insurance, insured_until, accompany, author_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(o.id)
        .bind(&o.code)
        .bind(o.team_id)
        .bind(o.organization_id)
        .bind(o.pairing_id)
        .bind(&o.division_code)
        .bind(o.state)
        .bind(&o.title)
        .bind(&o.content)
        .bind(&o.place)
        .bind(&o.service_code)
        .bind(&o.skills)
        .bind(o.min_age)
        .bind(o.approval)
        .bind(o.dangerous)
        .bind(&o.risk_notice)
        .bind(&o.insurance)
        .bind(o.insured_until)
        .bind(o.accompany)
        .bind(o.author_id)
        .bind(o.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes what may change. `false`: the version read is not the one stored any more.
pub async fn update(tx: &mut Tx, o: &Opening, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE openings SET state = $3, division_code = $4, title = $5, content = $6, place = $7, service_code = $8, skills = $9, min_age = $10, approval = $11, dangerous = $12, risk_notice = $13, insurance = $14, insured_until = $15, accompany = $16, reason = $17, updated_at = $18, version = version + 1 WHERE id = $1 AND version = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(o.id)
        .bind(o.version)
        .bind(o.state)
        .bind(&o.division_code)
        .bind(&o.title)
        .bind(&o.content)
        .bind(&o.place)
        .bind(&o.service_code)
        .bind(&o.skills)
        .bind(o.min_age)
        .bind(o.approval)
        .bind(o.dangerous)
        .bind(&o.risk_notice)
        .bind(&o.insurance)
        .bind(o.insured_until)
        .bind(o.accompany)
        .bind(&o.reason)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Opening>> {
    let statement = sql!("SELECT * FROM openings WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Opening>> {
    let statement = sql!("SELECT * FROM openings WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn of_team(tx: &mut Tx, team: Uuid) -> Result<Vec<Opening>> {
    let statement = sql!(
        "SELECT * FROM openings WHERE team_id = $1 ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'draft' THEN 1 ELSE 2 END, created_at DESC, id LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).fetch_all(c).await)
}

/// Openings by their ids, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Named>> {
    let statement = sql!(
        "SELECT p.*, t.name AS team_name FROM openings p JOIN teams t ON t.id = p.team_id WHERE p.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    of_ids!(tx, statement, ids)
}

/// Openings in order of id, behind `after`.
pub async fn page_after(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Named>> {
    let statement = sql!(
        "SELECT p.*, t.name AS team_name FROM openings p JOIN teams t ON t.id = p.team_id WHERE p.id > $1 ORDER BY p.id LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(after).bind(limit).fetch_all(c).await)
}

pub async fn ids_of_team(tx: &mut Tx, team: Uuid) -> Result<Vec<(Uuid,)>> {
    let statement = sql!("SELECT id FROM openings WHERE team_id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(team).fetch_all(c).await)
}

/// What the hall may be narrowed by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Narrowed<'a> {
    /// Prefix of a division code; empty: everywhere.
    pub area: &'a str,
    /// Empty: any.
    pub service: &'a str,
    pub with_room: bool,
    /// The next shift lies on a Saturday or Sunday.
    pub weekend: bool,
    /// The next shift begins at five in the afternoon or later.
    pub evening: bool,
}

/// Ids of open openings of teams that stand, with shifts from `now` on; what comes first. The day and the hour are
/// those of China, eight hours before UTC all year; the first day of the count, 1970-01-01, was a Thursday.
pub async fn hall(tx: &mut Tx, now: Time, narrowed: Narrowed<'_>) -> Result<Vec<(Uuid,)>> {
    let statement = sql!(
        "SELECT p.id FROM openings p JOIN teams t ON t.id = p.team_id LEFT JOIN organizations o ON o.id = p.organization_id JOIN (SELECT opening_id, MIN(starts_at) AS next_at, SUM(places - taken) AS free FROM shifts WHERE state = 'planned' AND starts_at > $1 GROUP BY opening_id) s ON s.opening_id = p.id WHERE p.state = 'open' AND t.state = 'active' AND (o.id IS NULL OR o.state = 'verified') AND substr(p.division_code, 1, length($2)) = $2 AND ($3 = '' OR p.service_code = $3) AND (s.free > 0 OR $4 = 0) AND ($5 = 0 OR ((s.next_at + 28800000000) / 86400000000 + 3) % 7 >= 5) AND ($6 = 0 OR (s.next_at + 28800000000) % 86400000000 >= 61200000000) ORDER BY s.next_at, p.id"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(now)
        .bind(narrowed.area)
        .bind(narrowed.service)
        .bind(i64::from(narrowed.with_room))
        .bind(i64::from(narrowed.weekend))
        .bind(i64::from(narrowed.evening))
        .fetch_all(c)
        .await)
}

/// Openings of the hall by the ids of one page, in their order.
pub async fn listed(tx: &mut Tx, now: Time, ids: &[Uuid]) -> Result<Vec<Listed>> {
    let mut rows = Vec::with_capacity(ids.len());
    let statement = sql!(
        "SELECT p.*, t.name AS team_name, t.code AS team_code, s.next_at, s.shifts, s.free FROM openings p JOIN teams t ON t.id = p.team_id JOIN (SELECT opening_id, MIN(starts_at) AS next_at, COUNT(*) AS shifts, CAST(SUM(places - taken) AS BIGINT) AS free FROM shifts WHERE state = 'planned' AND starts_at > $1 AND opening_id = $2 GROUP BY opening_id) s ON s.opening_id = p.id WHERE p.id = $2"
    );
    for id in ids {
        let row: Option<Listed> =
            on!(&mut *tx, |c| sqlx::query_as(statement).bind(now).bind(id).fetch_optional(c).await)?;
        rows.extend(row);
    }
    Ok(rows)
}

pub async fn insert_shift(tx: &mut Tx, s: &Shift) -> Result<()> {
    let statement = sql!(
        "INSERT INTO shifts (id, opening_id, team_id, state, starts_at, ends_at, places, check_code, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(s.id)
        .bind(s.opening_id)
        .bind(s.team_id)
        .bind(s.state)
        .bind(s.starts_at)
        .bind(s.ends_at)
        .bind(s.places)
        .bind(&s.check_code)
        .bind(s.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn shift(tx: &mut Tx, id: Uuid) -> Result<Option<Shift>> {
    let statement = sql!("SELECT * FROM shifts WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Locks a shift until the transaction ends, so that its places are given by one command at a time. On SQLite the
/// transaction already is the only writer.
pub async fn lock_shift(tx: &mut Tx, id: Uuid) -> Result<()> {
    if let Tx::Postgres(inner) = tx {
        // Only PostgreSQL has FOR UPDATE; without the mark, so that the check of all statements passes it by.
        sqlx::query("SELECT id FROM shifts WHERE id = $1 FOR UPDATE").bind(id).execute(&mut **inner).await?;
    }
    Ok(())
}

/// Takes a place. `false`: none is free, or the shift does not take place.
pub async fn take(tx: &mut Tx, shift: Uuid) -> Result<bool> {
    let statement = sql!("UPDATE shifts SET taken = taken + 1 WHERE id = $1 AND state = 'planned' AND taken < places");
    on!(tx, |c| sqlx::query(statement).bind(shift).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// Gives a place back.
pub async fn give(tx: &mut Tx, shift: Uuid) -> Result<()> {
    let statement = sql!("UPDATE shifts SET taken = taken - 1 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(shift).execute(c).await.map(|_| ()))
}

/// Sets the places; `false`: fewer than are taken.
pub async fn set_places(tx: &mut Tx, shift: Uuid, places: i64, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE shifts SET places = $2, updated_at = $3 WHERE id = $1 AND taken <= $2");
    on!(tx, |c| sqlx::query(statement)
        .bind(shift)
        .bind(places)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn cancel_shift(tx: &mut Tx, shift: Uuid, reason: &str, now: Time) -> Result<bool> {
    let statement =
        sql!("UPDATE shifts SET state = 'cancelled', reason = $2, updated_at = $3 WHERE id = $1 AND state = 'planned'");
    on!(tx, |c| sqlx::query(statement)
        .bind(shift)
        .bind(reason)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Shifts of an opening from a time on, in order.
pub async fn shifts_of(tx: &mut Tx, opening: Uuid, from: Time, limit: i64) -> Result<Vec<Shift>> {
    let statement =
        sql!("SELECT * FROM shifts WHERE opening_id = $1 AND ends_at >= $2 ORDER BY starts_at, id LIMIT $3");
    on!(tx, |c| sqlx::query_as(statement).bind(opening).bind(from).bind(limit).fetch_all(c).await)
}

/// Shifts that stand where more or fewer places are taken than sign-ups hold: always none.
pub async fn taken_check(tx: &mut Tx) -> Result<Vec<(Uuid, i64, i64)>> {
    let statement = sql!(
        "SELECT s.id, s.taken, COALESCE(c.held, 0) FROM shifts s LEFT JOIN (SELECT shift_id, COUNT(*) AS held FROM signups WHERE state NOT IN ('applied', 'waitlisted', 'declined', 'withdrawn', 'cancelled', 'late_cancel', 'excused', 'unrecorded') GROUP BY shift_id) c ON c.shift_id = s.id WHERE s.taken <> COALESCE(c.held, 0) LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}
