//! Incidents 意外情况 on shifts. The words are sealed: they may name anybody.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::incident::{IncidentKind, IncidentState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Incident {
    pub id: Uuid,
    pub shift_id: Uuid,
    pub team_id: Uuid,
    /// Decides which street hears of it.
    pub division_code: String,
    pub state: IncidentState,
    pub kind: IncidentKind,
    /// Sealed; read with [`words`].
    words: Option<Vec<u8>>,
    pub reported_by: Option<Uuid>,
    pub reported_at: Time,
    pub due_at: Time,
    pub handled_by: Option<Uuid>,
    pub handled_at: Option<Time>,
    pub answer: Option<String>,
}

impl Incident {
    /// A new row; [`insert`] seals the words.
    pub fn new(
        id: Uuid,
        shift: (Uuid, Uuid),
        division_code: String,
        kind: IncidentKind,
        by: Option<Uuid>,
        now: Time,
    ) -> Self {
        Self {
            id,
            shift_id: shift.0,
            team_id: shift.1,
            division_code,
            state: IncidentState::Reported,
            kind,
            words: None,
            reported_by: by,
            reported_at: now,
            due_at: now.plus_hours(domain::incident::ANSWER_HOURS),
            handled_by: None,
            handled_at: None,
            answer: None,
        }
    }
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, i: &Incident, words: &str) -> Result<()> {
    let sealed = sealer.seal(Place::new("incidents", "words", &i.id), &words)?;
    let statement = sql!(
        "INSERT INTO incidents (id, shift_id, team_id, division_code, state, kind, words, reported_by, reported_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(i.id)
        .bind(i.shift_id)
        .bind(i.team_id)
        .bind(&i.division_code)
        .bind(i.state)
        .bind(i.kind)
        .bind(&sealed)
        .bind(i.reported_by)
        .bind(i.reported_at)
        .bind(i.due_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// What happened, in the reporter's words.
pub fn words(sealer: &Sealer, i: &Incident) -> Result<String> {
    i.words
        .as_ref()
        .map_or_else(|| Ok(String::new()), |sealed| sealer.open(Place::new("incidents", "words", &i.id), sealed))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Incident>> {
    let statement = sql!("SELECT * FROM incidents WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// 已处理, with an answer. `false`: somebody was first.
pub async fn handle(tx: &mut Tx, id: Uuid, by: Option<Uuid>, answer: &str, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE incidents SET state = 'handled', handled_by = $2, handled_at = $3, answer = $4 WHERE id = $1 AND state = 'reported'"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(by)
        .bind(now)
        .bind(answer)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}
