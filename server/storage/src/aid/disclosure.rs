//! Single accesses to a minor's contact data, and the city's to a file.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::disclosure::DisclosureState;
use domain::pairing::Purpose;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Disclosure {
    pub id: Uuid,
    /// None where the file itself is asked for.
    pub pairing_id: Option<Uuid>,
    pub need_id: Uuid,
    pub asked_by: Uuid,
    pub purpose: Purpose,
    pub state: DisclosureState,
    pub asked_at: Time,
    pub expires_at: Time,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Time>,
    pub reason: Option<String>,
}

/// A request that waits for the office, in words.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub disclosure: Disclosure,
    pub asker_name: String,
    pub organization_name: String,
}

pub async fn insert(tx: &mut Tx, d: &Disclosure) -> Result<()> {
    let statement = sql!(
        "INSERT INTO disclosures (id, pairing_id, need_id, asked_by, purpose, state, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(d.id)
        .bind(d.pairing_id)
        .bind(d.need_id)
        .bind(d.asked_by)
        .bind(d.purpose)
        .bind(d.state)
        .bind(d.asked_at)
        .bind(d.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Disclosure>> {
    let statement = sql!("SELECT * FROM disclosures WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// The account's request on a pairing that waits or may be used.
pub async fn open_of(tx: &mut Tx, pairing: Uuid, account: Uuid) -> Result<Option<Disclosure>> {
    let statement =
        sql!("SELECT * FROM disclosures WHERE pairing_id = $1 AND asked_by = $2 AND state IN ('asked', 'approved')");
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).bind(account).fetch_optional(c).await)
}

/// Requests for the file of a need that wait or may be used.
pub async fn open_of_file(tx: &mut Tx, need: Uuid) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT d.*, a.display_name AS asker_name, '' AS organization_name FROM disclosures d JOIN accounts a ON a.id = d.asked_by WHERE d.need_id = $1 AND d.pairing_id IS NULL AND d.state IN ('asked', 'approved') ORDER BY d.asked_at"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

/// Waiting requests of a pairing.
pub async fn waiting_of(tx: &mut Tx, pairing: Uuid) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT d.*, a.display_name AS asker_name, o.name AS organization_name FROM disclosures d JOIN pairings p ON p.id = d.pairing_id JOIN accounts a ON a.id = d.asked_by JOIN organizations o ON o.id = p.organization_id WHERE d.pairing_id = $1 AND d.state = 'asked' ORDER BY d.asked_at"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}

/// Requests whose time has passed.
pub async fn past(tx: &mut Tx, now: Time) -> Result<Vec<Disclosure>> {
    let statement =
        sql!("SELECT * FROM disclosures WHERE state IN ('asked', 'approved') AND expires_at < $1 LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}

pub async fn update(tx: &mut Tx, d: &Disclosure, from: DisclosureState) -> Result<bool> {
    let statement = sql!(
        "UPDATE disclosures SET state = $3, expires_at = $4, decided_by = $5, decided_at = $6, reason = $7 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(d.id)
        .bind(from)
        .bind(d.state)
        .bind(d.expires_at)
        .bind(d.decided_by)
        .bind(d.decided_at)
        .bind(&d.reason)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}
