//! What a household says of what was done. Its words are sealed.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::help::{Came, Helped, Speaker, VoiceState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Voice {
    pub id: Uuid,
    pub help_id: Uuid,
    pub state: VoiceState,
    pub came: Came,
    pub helped: Option<Helped>,
    pub speaker: Speaker,
    /// The records tell of a visit.
    pub disputes: bool,
    /// Sealed; read with [`words`].
    words: Option<Vec<u8>>,
    pub said_at: Time,
    pub due_at: Time,
    pub heard_by: Option<Uuid>,
    pub heard_at: Option<Time>,
    pub answer: String,
}

impl Voice {
    /// A new one; [`insert`] seals the words.
    pub fn new(id: Uuid, help_id: Uuid, speaker: Speaker, said: (Came, Option<Helped>), at: (Time, Time)) -> Self {
        Self {
            id,
            help_id,
            state: VoiceState::Noted,
            came: said.0,
            helped: said.1,
            speaker,
            disputes: false,
            words: None,
            said_at: at.0,
            due_at: at.1,
            heard_by: None,
            heard_at: None,
            answer: String::new(),
        }
    }
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, v: &Voice, words: &str) -> Result<()> {
    let sealed = sealer.seal(Place::new("help_voices", "words", &v.id), &words)?;
    let statement = sql!(
        "INSERT INTO help_voices (id, help_id, state, came, helped, speaker, disputes, words, said_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(v.id)
        .bind(v.help_id)
        .bind(v.state)
        .bind(v.came)
        .bind(v.helped)
        .bind(v.speaker)
        .bind(v.disputes)
        .bind(&sealed)
        .bind(v.said_at)
        .bind(v.due_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub fn words(sealer: &Sealer, v: &Voice) -> Result<String> {
    match &v.words {
        Some(sealed) => sealer.open(Place::new("help_voices", "words", &v.id), sealed),
        None => Ok(String::new()),
    }
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Voice>> {
    let statement = sql!("SELECT * FROM help_voices WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Of a request, the latest first.
pub async fn of_help(tx: &mut Tx, help: Uuid) -> Result<Vec<Voice>> {
    let statement = sql!("SELECT * FROM help_voices WHERE help_id = $1 ORDER BY said_at DESC, id LIMIT 50");
    on!(tx, |c| sqlx::query_as(statement).bind(help).fetch_all(c).await)
}

pub async fn update(tx: &mut Tx, v: &Voice, from: VoiceState) -> Result<bool> {
    let statement = sql!(
        "UPDATE help_voices SET state = $3, heard_by = $4, heard_at = $5, answer = $6 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(v.id)
        .bind(from)
        .bind(v.state)
        .bind(v.heard_by)
        .bind(v.heard_at)
        .bind(&v.answer)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}
