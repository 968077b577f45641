//! Requests of persons about their own data.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::rights::{Asker, RightsChannel, RightsKind, RightsState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Request {
    pub id: Uuid,
    pub code: String,
    pub need_id: Uuid,
    pub division_code: String,
    pub kind: RightsKind,
    pub asker: Asker,
    pub channel: RightsChannel,
    /// Sealed; read with [`words`].
    words: Vec<u8>,
    pub state: RightsState,
    pub received_on: NaiveDate,
    pub due_at: Time,
    pub reminded_at: Option<Time>,
    pub recorded_by: Option<Uuid>,
    pub recorded_at: Time,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Time>,
    pub answer: Option<String>,
}

/// A new request.
pub struct New<'a> {
    pub id: Uuid,
    pub code: &'a str,
    pub need_id: Uuid,
    pub division_code: &'a str,
    pub kind: RightsKind,
    pub asker: Asker,
    pub channel: RightsChannel,
    pub words: &'a str,
    pub state: RightsState,
    pub received_on: NaiveDate,
    pub due_at: Time,
    pub recorded_by: Option<Uuid>,
    pub recorded_at: Time,
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, r: &New<'_>) -> Result<()> {
    let words = sealer.seal(Place::new("rights_requests", "words", &r.id), &r.words)?;
    let statement = sql!(
        "INSERT INTO rights_requests (id, code, need_id, division_code, kind, asker, channel, words, state, received_on, due_at, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(r.id)
        .bind(r.code)
        .bind(r.need_id)
        .bind(r.division_code)
        .bind(r.kind)
        .bind(r.asker)
        .bind(r.channel)
        .bind(&words)
        .bind(r.state)
        .bind(r.received_on)
        .bind(r.due_at)
        .bind(r.recorded_by)
        .bind(r.recorded_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// What was asked, in the person's words.
pub fn words(sealer: &Sealer, request: &Request) -> Result<String> {
    // Erased with the household.
    if request.words.is_empty() {
        return Ok(String::new());
    }
    sealer.open(Place::new("rights_requests", "words", &request.id), &request.words)
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Request>> {
    let statement = sql!("SELECT * FROM rights_requests WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn of_need(tx: &mut Tx, need: Uuid) -> Result<Vec<Request>> {
    let statement = sql!("SELECT * FROM rights_requests WHERE need_id = $1 ORDER BY recorded_at DESC");
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

/// Requests of a scope: open ones first by due date, then the latest decided.
pub async fn in_scope(tx: &mut Tx, scope: &str, limit: i64) -> Result<Vec<Request>> {
    let statement = sql!(
        "SELECT * FROM rights_requests WHERE division_code >= $1 AND division_code < $2 ORDER BY CASE state WHEN 'received' THEN 0 ELSE 1 END, due_at, id LIMIT $3"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)
}

/// Open requests past their due date that nobody was reminded of.
pub async fn late(tx: &mut Tx, now: Time) -> Result<Vec<Request>> {
    let statement = sql!(
        "SELECT * FROM rights_requests WHERE state = 'received' AND due_at < $1 AND reminded_at IS NULL LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}

/// Writes what may change; refuses when another writer was first.
pub async fn update(tx: &mut Tx, r: &Request, from: RightsState) -> Result<bool> {
    let statement = sql!(
        "UPDATE rights_requests SET state = $3, reminded_at = $4, decided_by = $5, decided_at = $6, answer = $7 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(r.id)
        .bind(from)
        .bind(r.state)
        .bind(r.reminded_at)
        .bind(r.decided_by)
        .bind(r.decided_at)
        .bind(&r.answer)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}
