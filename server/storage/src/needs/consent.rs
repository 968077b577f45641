//! Consent 知情同意.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::organization::{ConsentChannel, ConsentState};
use std::collections::HashMap;
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

/// The latest consent of each of several needs.
pub async fn latest_of(tx: &mut Tx, sealer: &Sealer, needs: &[Uuid]) -> Result<HashMap<Uuid, Consent>> {
    let statement = sql!(
        "SELECT * FROM consents WHERE need_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) ORDER BY recorded_at, id"
    );
    let rows: Result<Vec<Consent>> = of_ids!(tx, statement, needs);
    // The last of each need stays.
    rows?.into_iter().map(|consent| Ok((consent.need_id, opened(sealer, consent)?))).collect()
}

pub async fn by_id(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Option<Consent>> {
    let statement = sql!("SELECT * FROM consents WHERE id = $1");
    let found: Option<Consent> = on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)?;
    found.map(|consent| opened(sealer, consent)).transpose()
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
