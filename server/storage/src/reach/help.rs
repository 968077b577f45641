//! Requests for help 求助. Who asks, for whom, how to reach them and their words are sealed.

use crate::FromRow;
use crate::base::sealed::{MarkKind, Place, Sealer};
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::help::{Agreed, AidKind, ForWhom, HelpChannel, HelpClose, HelpState, WatchLevel, WatchSign};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is sealed of a request.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HelpFile {
    pub name: String,
    /// Where the person lives, as it was typed.
    pub place: String,
    pub phone: String,
    pub asker: String,
    pub agreed: Option<Agreed>,
    pub words: String,
}

/// Private values stay out of logs and panics.
impl std::fmt::Debug for HelpFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HelpFile(…)")
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct Help {
    pub id: Uuid,
    pub code: String,
    /// The number on the slip, with which whoever asked looks for it.
    pub slip: String,
    pub division_code: String,
    pub state: HelpState,
    pub whom: ForWhom,
    pub channel: HelpChannel,
    pub urgent: bool,
    /// The words may be those of somebody who will harm themselves.
    pub despair: bool,
    /// Sealed; read with [`file`].
    payload: Option<Vec<u8>>,
    pub asked_at: Time,
    /// When it came into its state.
    pub since: Time,
    pub due_at: Time,
    pub entered_by: Option<Uuid>,
    pub handled_by: Option<Uuid>,
    pub aid: Option<AidKind>,
    pub office: Option<String>,
    /// What the slip's page says.
    pub answer: String,
    pub answered_at: Option<Time>,
    pub why: Option<HelpClose>,
    pub need_id: Option<Uuid>,
    pub updated_at: Time,
    /// Of whom is watched over.
    pub level: Option<WatchLevel>,
    /// Codes of [`WatchSign`], with commas.
    signs: String,
}

impl Help {
    pub fn signs(&self) -> Vec<WatchSign> {
        self.signs.split(',').filter_map(|sign| sign.parse().ok()).collect()
    }

    pub fn set_signs(&mut self, signs: &[WatchSign]) {
        self.signs = signs.iter().map(|sign| sign.as_str()).collect::<Vec<_>>().join(",");
    }
}

/// A new request.
pub struct New<'a> {
    pub id: Uuid,
    pub code: &'a str,
    pub slip: &'a str,
    pub division_code: &'a str,
    pub whom: ForWhom,
    pub channel: HelpChannel,
    pub urgent: bool,
    pub despair: bool,
    pub file: &'a HelpFile,
    /// By what the same words are found again.
    pub same: &'a str,
    pub at: Time,
    pub due_at: Time,
    pub entered_by: Option<Uuid>,
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, h: &New<'_>) -> Result<()> {
    let payload = sealer.seal(Place::new("help_requests", "payload", &h.id), h.file)?;
    let same = sealer.mark(MarkKind::Request, h.same);
    let statement = sql!(
        "INSERT INTO help_requests (id, code, slip, division_code, state, whom, channel, urgent, despair, payload, same, asked_at, since, due_at, entered_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $12)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(h.id)
        .bind(h.code)
        .bind(h.slip)
        .bind(h.division_code)
        .bind(HelpState::Received)
        .bind(h.whom)
        .bind(h.channel)
        .bind(h.urgent)
        .bind(h.despair)
        .bind(&payload)
        .bind(&same)
        .bind(h.at)
        .bind(h.due_at)
        .bind(h.entered_by)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Nothing of it where the person's data are gone.
pub fn file(sealer: &Sealer, h: &Help) -> Result<HelpFile> {
    match &h.payload {
        Some(sealed) => sealer.open(Place::new("help_requests", "payload", &h.id), sealed),
        None => Ok(HelpFile::default()),
    }
}

/// The open request with the same words since a time.
pub async fn same(tx: &mut Tx, sealer: &Sealer, words: &str, since: Time) -> Result<Option<Help>> {
    let [one, two] = sealer.marks(MarkKind::Request, words);
    let statement = sql!(
        "SELECT * FROM help_requests WHERE same IN ($1, $2) AND asked_at >= $3 ORDER BY asked_at DESC, id LIMIT 1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(one).bind(two).bind(since).fetch_optional(c).await)
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Help>> {
    let statement = sql!("SELECT * FROM help_requests WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Help>> {
    let statement = sql!("SELECT * FROM help_requests WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn by_slip(tx: &mut Tx, slip: &str) -> Result<Option<Help>> {
    let statement = sql!("SELECT * FROM help_requests WHERE slip = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(slip).fetch_optional(c).await)
}

/// Requests of a scope in a state (empty: in any): what waits first, despair before all, then by due date.
pub async fn in_scope(tx: &mut Tx, scope: &str, state: &str, offset: i64, limit: i64) -> Result<Vec<Help>> {
    let statement = sql!(
        "SELECT * FROM help_requests WHERE division_code >= $1 AND division_code < $2 AND ($5 = '' OR state = $5) ORDER BY CASE WHEN state IN ('received', 'accepted', 'routed', 'watched') THEN 0 ELSE 1 END, CASE WHEN state = 'received' AND despair THEN 0 ELSE 1 END, due_at, id LIMIT $3 OFFSET $4"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(limit)
        .bind(offset)
        .bind(state)
        .fetch_all(c)
        .await)
}

/// What an account has asked for others, the latest first.
pub async fn entered_by(tx: &mut Tx, account: Uuid, limit: i64) -> Result<Vec<Help>> {
    let statement = sql!("SELECT * FROM help_requests WHERE entered_by = $1 ORDER BY asked_at DESC, id LIMIT $2");
    on!(tx, |c| sqlx::query_as(statement).bind(account).bind(limit).fetch_all(c).await)
}

/// (state, how many) of a scope.
pub async fn counts(tx: &mut Tx, scope: &str) -> Result<Vec<(HelpState, i64)>> {
    let statement = sql!(
        "SELECT state, COUNT(*) FROM help_requests WHERE division_code >= $1 AND division_code < $2 GROUP BY state"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// Writes what may change; refuses when another writer was first.
pub async fn update(tx: &mut Tx, h: &Help, from: HelpState) -> Result<bool> {
    let statement = sql!(
        "UPDATE help_requests SET state = $3, division_code = $4, since = $5, due_at = $6, handled_by = $7, aid = $8, office = $9, answer = $10, answered_at = $11, why = $12, need_id = $13, level = $14, signs = $15, updated_at = $5 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(h.id)
        .bind(from)
        .bind(h.state)
        .bind(&h.division_code)
        .bind(h.since)
        .bind(h.due_at)
        .bind(h.handled_by)
        .bind(h.aid)
        .bind(&h.office)
        .bind(&h.answer)
        .bind(h.answered_at)
        .bind(h.why)
        .bind(h.need_id)
        .bind(h.level)
        .bind(&h.signs)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// The next planned visit of a need, from a day on: day and time.
pub async fn next_visit(tx: &mut Tx, need: Uuid, from: NaiveDate) -> Result<Option<(NaiveDate, Option<String>)>> {
    let statement = sql!(
        "SELECT d.planned_on, d.planned_at FROM deliveries d JOIN pairings p ON p.id = d.pairing_id WHERE p.need_id = $1 AND d.state = 'planned' AND d.planned_on >= $2 AND p.state = 'active' ORDER BY d.planned_on, d.planned_at LIMIT 1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).bind(from).fetch_optional(c).await)
}

/// How many visits the records of a need tell of since a day.
pub async fn recorded(tx: &mut Tx, need: Uuid, since: NaiveDate) -> Result<i64> {
    let statement = sql!(
        "SELECT COUNT(*) FROM deliveries d JOIN pairings p ON p.id = d.pairing_id WHERE p.need_id = $1 AND d.state IN ('recorded', 'confirmed') AND d.superseded = FALSE AND d.done_on >= $2"
    );
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(need).bind(since).fetch_one(c).await)?;
    Ok(count)
}

/// How many of [`outlived`] there are.
pub async fn count_outlived(tx: &mut Tx, before: Time) -> Result<i64> {
    let statement = sql!(
        "SELECT COUNT(*) FROM help_requests WHERE state IN ('advised', 'closed') AND payload IS NOT NULL AND updated_at < $1"
    );
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(before).fetch_one(c).await)?;
    Ok(count)
}

/// Ended requests without a need whose persons have outlived their time.
pub async fn outlived(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Help>> {
    let statement = sql!(
        "SELECT * FROM help_requests WHERE state IN ('advised', 'closed') AND payload IS NOT NULL AND updated_at < $1 ORDER BY updated_at, id LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(before).bind(limit).fetch_all(c).await)
}

/// Takes away what names anybody.
pub async fn forget(tx: &mut Tx, id: Uuid) -> Result<()> {
    for statement in [
        sql!("UPDATE help_requests SET payload = NULL, same = NULL WHERE id = $1"),
        sql!("UPDATE help_voices SET words = NULL WHERE help_id = $1"),
        sql!(
            "DELETE FROM drafts WHERE EXISTS (SELECT 1 FROM help_requests h WHERE h.id = $1 AND drafts.form LIKE '/requests/' || h.code || '%')"
        ),
    ] {
        on!(&mut *tx, |c| sqlx::query(statement).bind(id).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
