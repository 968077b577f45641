//! Consent 知情同意.

use crate::sealed::{Place, Sealer};
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::organization::{ConsentChannel, ConsentState};
use sqlx::FromRow;
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
    found
        .map(|mut consent| {
            consent.evidence = sealer.open_text(Place::new("consents", "evidence", &consent.id), &consent.evidence)?;
            Ok(consent)
        })
        .transpose()
}

pub async fn withdraw(tx: &mut Tx, id: Uuid, now: Time) -> Result<bool> {
    let statement = sql!("UPDATE consents SET state = 'withdrawn', withdrawn_at = $2 WHERE id = $1 AND state = 'live'");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}
