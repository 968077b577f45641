//! Pairings 结对 and their named workers.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::need::Urgency;
use domain::pairing::{Outcome, PairingState, ShortReason};
use uuid::Uuid;

row! {
    #[derive(Clone, Debug, FromRow)]
    pub struct Pairing in "pairings" while state: PairingState {
        new id: Uuid,
        new code: String,
        new claim_id: Uuid,
        new need_id: Uuid,
        new cycle: i64,
        new organization_id: Uuid,
        new division_code: String,
        kept state: PairingState,
        new opened_at: Time,
        kept due_at: Option<Time>,
        later reminded_at: Option<Time>,
        later started_at: Option<Time>,
        later outcome: Option<Outcome>,
        later report: Option<String>,
        later reported_by: Option<Uuid>,
        later reported_at: Option<Time>,
        /// `met`, `partial`, `not_met` or `unverified` once completed.
        later result: Option<String>,
        later completed_by: Option<Uuid>,
        later ended_at: Option<Time>,
        later ended_by: Option<Uuid>,
        /// `organization` or `office`: which side ended it.
        later end_side: Option<String>,
        later reason: Option<String>,
        later successor_id: Option<Uuid>,
    }
}

row! {
    /// What the organization reported of one line.
    #[derive(Clone, Debug, PartialEq, Eq, FromRow)]
    pub struct ReportLine in "report_lines" {
        new pairing_id: Uuid,
        new line_id: Uuid,
        new outcome: Outcome,
        /// Why it was not done in full.
        new reason: Option<ShortReason>,
        new note: String,
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub pairing: Pairing,
    pub need_code: String,
    pub need_title: String,
    pub need_urgency: Urgency,
    pub organization_name: String,
}

pub async fn insert(tx: &mut Tx, p: &Pairing) -> Result<()> {
    p.insert(tx).await
}

/// Writes what may change, from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, p: &Pairing, from: PairingState) -> Result<bool> {
    p.change(tx, from).await
}

/// Writes the lines of a report in place of an earlier one's.
pub async fn write_report(tx: &mut Tx, pairing: Uuid, lines: &[ReportLine]) -> Result<()> {
    let statement = sql!("DELETE FROM report_lines WHERE pairing_id = $1");
    on!(&mut *tx, |c| sqlx::query(statement).bind(pairing).execute(c).await.map(|_| ()))?;
    for line in lines {
        line.insert(tx).await?;
    }
    Ok(())
}

pub async fn report_lines(tx: &mut Tx, pairing: Uuid) -> Result<Vec<ReportLine>> {
    let statement = sql!("SELECT * FROM report_lines WHERE pairing_id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Pairing>> {
    let statement = sql!("SELECT * FROM pairings WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

/// Pairings by their codes, in no order.
pub async fn by_codes(tx: &mut Tx, codes: &[&str]) -> Result<Vec<Pairing>> {
    let statement = sql!(
        "SELECT * FROM pairings WHERE code IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    of_ids!(tx, statement, codes)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Pairing>> {
    let statement = sql!("SELECT * FROM pairings WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn of_claim(tx: &mut Tx, claim: Uuid) -> Result<Option<Pairing>> {
    let statement = sql!("SELECT * FROM pairings WHERE claim_id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(claim).fetch_optional(c).await)
}

pub async fn of_need(tx: &mut Tx, need: Uuid) -> Result<Vec<Pairing>> {
    let statement = sql!("SELECT * FROM pairings WHERE need_id = $1 ORDER BY opened_at, id");
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

pub async fn in_scope(tx: &mut Tx, scope: &str, state: PairingState, offset: i64, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT p.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, o.name AS organization_name FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.division_code >= $1 AND p.division_code < $2 AND p.state = $3 ORDER BY p.due_at NULLS LAST, p.opened_at DESC, p.id LIMIT $4 OFFSET $5"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(state)
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)
}

pub async fn of_organization(
    tx: &mut Tx,
    organization: Uuid,
    state: PairingState,
    offset: i64,
    limit: i64,
) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT p.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, o.name AS organization_name FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.organization_id = $1 AND p.state = $2 ORDER BY p.due_at NULLS LAST, p.opened_at DESC, p.id LIMIT $3 OFFSET $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(state).bind(limit).bind(offset).fetch_all(c).await)
}

pub async fn count_in_scope(tx: &mut Tx, scope: &str) -> Result<Vec<(PairingState, i64)>> {
    let statement =
        sql!("SELECT state, COUNT(*) FROM pairings WHERE division_code >= $1 AND division_code < $2 GROUP BY state");
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

pub async fn count_of_organization(tx: &mut Tx, organization: Uuid) -> Result<Vec<(PairingState, i64)>> {
    let statement = sql!("SELECT state, COUNT(*) FROM pairings WHERE organization_id = $1 GROUP BY state");
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Pairings still waiting for the first contact after the clock ran out.
pub async fn overdue_start(tx: &mut Tx, now: Time) -> Result<Vec<Pairing>> {
    let statement =
        sql!("SELECT * FROM pairings WHERE state = 'pending_start' AND due_at < $1 ORDER BY due_at LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}

/// Pairings that an organization without standing left and that nobody has handed over in time.
pub async fn not_handed_over(tx: &mut Tx, now: Time) -> Result<Vec<Pairing>> {
    let statement = sql!(
        "SELECT p.* FROM pairings p JOIN organizations o ON o.id = p.organization_id WHERE p.state = 'paused' AND p.due_at < $1 AND p.reminded_at IS NULL AND o.state IN ('suspended', 'revoked') ORDER BY p.due_at LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}

/// Running pairings of an organization, for suspension.
pub async fn running_of(tx: &mut Tx, organization: Uuid) -> Result<Vec<Pairing>> {
    let statement = sql!(
        "SELECT * FROM pairings WHERE organization_id = $1 AND state IN ('pending_start', 'active', 'paused', 'reported') ORDER BY opened_at"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

pub async fn add_worker(tx: &mut Tx, pairing: Uuid, account: Uuid, now: Time) -> Result<bool> {
    let statement = sql!(
        "INSERT INTO pairing_workers (pairing_id, account_id, assigned_at) VALUES ($1, $2, $3) ON CONFLICT (pairing_id, account_id) DO NOTHING"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(pairing)
        .bind(account)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Accounts named for several pairings: (pairing, account, display name).
pub async fn workers_of(tx: &mut Tx, pairings: &[Uuid]) -> Result<Vec<(Uuid, Uuid, String)>> {
    let statement = sql!(
        "SELECT w.pairing_id, a.id, a.display_name FROM pairing_workers w JOIN accounts a ON a.id = w.account_id WHERE w.pairing_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) ORDER BY w.assigned_at"
    );
    of_ids!(tx, statement, pairings)
}

/// Accounts named for a pairing: (id, display name).
pub async fn workers(tx: &mut Tx, pairing: Uuid) -> Result<Vec<(Uuid, String)>> {
    let statement = sql!(
        "SELECT a.id, a.display_name FROM pairing_workers w JOIN accounts a ON a.id = w.account_id WHERE w.pairing_id = $1 ORDER BY w.assigned_at"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}
