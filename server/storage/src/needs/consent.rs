//! Consent 知情同意.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::needs::need_file::{self, NeedFile};
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::organization::{ConsentChannel, ConsentState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Consent {
    pub id: Uuid,
    pub need_id: Uuid,
    pub state: ConsentState,
    pub by_guardian: bool,
    pub channel: ConsentChannel,
    /// For what, in the words that were read to the person.
    pub purpose: String,
    /// Where the evidence lies (number of the paper, of the recording).
    pub evidence: String,
    pub given_on: NaiveDate,
    pub valid_until: NaiveDate,
    pub recorded_by: Option<Uuid>,
    pub recorded_at: Time,
    pub withdrawn_at: Option<Time>,
    /// When the street was told that it ends soon.
    pub warned_at: Option<Time>,
}

impl Consent {
    pub fn is_live(&self, today: NaiveDate) -> bool {
        self.state == ConsentState::Live && self.given_on <= today && today <= self.valid_until
    }
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, k: &Consent) -> Result<()> {
    let evidence = sealer.seal_text(Place::new("consents", "evidence", &k.id), &k.evidence)?;
    let statement = sql!(
        "INSERT INTO consents (id, need_id, state, by_guardian, channel, purpose, evidence, given_on, valid_until, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(k.id)
        .bind(k.need_id)
        .bind(k.state)
        .bind(k.by_guardian)
        .bind(k.channel)
        .bind(&k.purpose)
        .bind(evidence)
        .bind(k.given_on)
        .bind(k.valid_until)
        .bind(k.recorded_by)
        .bind(k.recorded_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// The latest consent of a need.
pub async fn latest(tx: &mut Tx, sealer: &Sealer, need: Uuid) -> Result<Option<Consent>> {
    let statement = sql!("SELECT * FROM consents WHERE need_id = $1 ORDER BY recorded_at DESC, id DESC LIMIT 1");
    let found: Option<Consent> = on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_optional(c).await)?;
    found.map(|consent| opened(sealer, consent)).transpose()
}

pub async fn by_id(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<Consent>> {
    let statement = sql!("SELECT * FROM consents WHERE id = $1");
    let found: Option<Consent> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    found.map(|consent| opened(sealer, consent)).transpose()
}

/// A household's sealed file and its latest consent as a statement that is about more gives them, still sealed.
#[derive(Clone, Debug, FromRow)]
pub struct Held {
    payload: Option<Vec<u8>>,
    consent_id: Option<Uuid>,
    consent_state: Option<ConsentState>,
    consent_by_guardian: Option<bool>,
    consent_channel: Option<ConsentChannel>,
    consent_purpose: Option<String>,
    consent_evidence: Option<String>,
    consent_given_on: Option<NaiveDate>,
    consent_valid_until: Option<NaiveDate>,
    consent_recorded_by: Option<Uuid>,
    consent_recorded_at: Option<Time>,
    consent_withdrawn_at: Option<Time>,
    consent_warned_at: Option<Time>,
}

impl Held {
    /// Opens both. `need`: whose they are.
    pub fn open(&self, sealer: &Sealer, need: Uuid) -> Result<(Option<Consent>, Option<NeedFile>)> {
        let stored = || {
            Some(Consent {
                id: self.consent_id?,
                need_id: need,
                state: self.consent_state?,
                by_guardian: self.consent_by_guardian?,
                channel: self.consent_channel?,
                purpose: self.consent_purpose.clone()?,
                evidence: self.consent_evidence.clone()?,
                given_on: self.consent_given_on?,
                valid_until: self.consent_valid_until?,
                recorded_by: self.consent_recorded_by,
                recorded_at: self.consent_recorded_at?,
                withdrawn_at: self.consent_withdrawn_at,
                warned_at: self.consent_warned_at,
            })
        };
        let consent = stored().map(|consent| opened(sealer, consent)).transpose()?;
        let file = self.payload.as_ref().map(|payload| need_file::open(sealer, need, payload)).transpose()?;
        Ok((consent, file))
    }
}

/// The latest consent of a need, and its file.
pub async fn with_file(tx: &mut Tx, sealer: &Sealer, need: Uuid) -> Result<(Option<Consent>, Option<NeedFile>)> {
    let statement = sql!(
        "SELECT f.payload, k.id AS consent_id, k.state AS consent_state, k.by_guardian AS consent_by_guardian, k.channel AS consent_channel, k.purpose AS consent_purpose, k.evidence AS consent_evidence, k.given_on AS consent_given_on, k.valid_until AS consent_valid_until, k.recorded_by AS consent_recorded_by, k.recorded_at AS consent_recorded_at, k.withdrawn_at AS consent_withdrawn_at, k.warned_at AS consent_warned_at FROM needs n LEFT JOIN need_files f ON f.need_id = n.id AND f.anonymised_at IS NULL LEFT JOIN consents k ON k.id = (SELECT l.id FROM consents l WHERE l.need_id = n.id ORDER BY l.recorded_at DESC, l.id DESC LIMIT 1) WHERE n.id = $1"
    );
    let held: Option<Held> = on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_optional(c).await)?;
    held.map_or(Ok((None, None)), |held| held.open(sealer, need))
}

fn opened(sealer: &Sealer, mut consent: Consent) -> Result<Consent> {
    consent.evidence = sealer.open_text(Place::new("consents", "evidence", &consent.id), &consent.evidence)?;
    Ok(consent)
}

pub async fn withdraw(tx: &mut Tx, id: Uuid, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE consents SET state = 'withdrawn', withdrawn_at = $2 WHERE id = $1 AND state = 'live'");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}

/// Live consents that end on `until` or before and of which nobody was told: ids of consent and need.
pub async fn ending(tx: &mut Tx, until: NaiveDate) -> Result<Vec<(Uuid, Uuid)>> {
    let statement = sql!(
        "SELECT id, need_id FROM consents WHERE state = 'live' AND warned_at IS NULL AND valid_until <= $1 LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(until).fetch_all(c).await)
}

/// Live consents that ended before `today`: ids of consent and need.
pub async fn ended(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(Uuid, Uuid)>> {
    let statement = sql!("SELECT id, need_id FROM consents WHERE state = 'live' AND valid_until < $1 LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(today).fetch_all(c).await)
}

pub async fn warned(tx: &mut Tx, id: Uuid, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE consents SET warned_at = $2 WHERE id = $1 AND state = 'live' AND warned_at IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}

pub async fn expire(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let statement = sql!("UPDATE consents SET state = 'expired' WHERE id = $1 AND state = 'live'");
    on!(tx, |c| sqlx::query(statement).bind(id).execute(c).await.map(|r| r.rows_affected() == 1))
}
