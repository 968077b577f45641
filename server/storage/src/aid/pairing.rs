//! Pairings 结对 and their named workers.

use crate::FromRow;
use crate::base::listing::{Filter, List};
use crate::needs::consent::Held;
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::disclosure::DisclosureState;
use domain::need::{AgeBand, NeedKind, NeedState, Urgency};
use domain::organization::OrganizationState;
use domain::pairing::{Outcome, PairingState, ShortReason, TransferState};
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

/// A pairing with what its page says of the records around it.
#[derive(Clone, Debug, FromRow)]
pub struct Whole {
    #[sqlx(flatten)]
    pub pairing: Pairing,
    pub need_code: String,
    pub need_kind: NeedKind,
    pub need_title: String,
    pub need_requirements: String,
    pub need_urgency: Urgency,
    pub need_state: NeedState,
    pub need_age_band: Option<AgeBand>,
    pub plan: String,
    pub start_on: NaiveDate,
    pub submitted_at: Time,
    pub organization_name: String,
    pub organization_state: OrganizationState,
    pub successor_code: Option<String>,
    /// A transfer that is not over, and to whom.
    pub transfer_id: Option<Uuid>,
    pub transfer_state: Option<TransferState>,
    pub transfer_reason: Option<String>,
    pub transfer_until: Option<Time>,
    pub transfer_to: Option<String>,
    /// Volunteers' services on record without an evaluation, and all of them.
    pub unevaluated: i64,
    pub served: i64,
    /// The reader's request for the contact data that waits or may be used, and how long.
    pub access_state: Option<DisclosureState>,
    pub access_until: Option<Time>,
    #[sqlx(flatten)]
    pub held: Held,
}

/// A pairing of an organization with the household behind it and what decides whether its contact data may be opened.
#[derive(Clone, Debug, FromRow)]
pub struct Behind {
    #[sqlx(flatten)]
    pub pairing: Pairing,
    pub need_kind: NeedKind,
    pub need_title: String,
    pub need_requirements: String,
    pub need_division: String,
    pub need_state: NeedState,
    pub need_age_band: Option<AgeBand>,
    pub organization_state: OrganizationState,
    /// Whether the reader is named for it, and whether the account whose visits are looked at is.
    pub named: bool,
    pub named_other: bool,
    /// As in [`Whole`].
    pub access_state: Option<DisclosureState>,
    pub access_until: Option<Time>,
    #[sqlx(flatten)]
    pub held: Held,
}

/// 结对, as an office or an organization works through them.
pub const LIST: List = List {
    columns: "p.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, o.name AS organization_name",
    from: "pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id",
    state: "p.state",
    id: "p.id",
    filters: &[
        (Filter::Place, "p.division_code >= {0} AND p.division_code < {1}"),
        (Filter::Own, "p.organization_id = {0}"),
        (Filter::State, "p.state = {0}"),
        (Filter::Words, "lower(p.code || ' ' || n.code || ' ' || n.title || ' ' || o.name) LIKE {0} ESCAPE '!'"),
        (
            Filter::Service,
            "EXISTS (SELECT 1 FROM claim_lines x JOIN need_lines l ON l.id = x.line_id WHERE x.claim_id = p.claim_id AND l.service_code = {0})",
        ),
        (Filter::Group, "EXISTS (SELECT 1 FROM need_beneficiaries b WHERE b.need_id = n.id AND b.category_code = {0})"),
        (Filter::Organization, "lower(o.name) LIKE {0} ESCAPE '!'"),
        (Filter::Urgent, "n.urgency = 'urgent'"),
        (Filter::Overdue, "p.due_at < {0}"),
        (Filter::From, "p.opened_at >= {0}"),
        (Filter::Until, "p.opened_at < {0}"),
    ],
    sorts: &[
        ("title", "n.title"),
        ("organization", "o.name"),
        ("place", "p.division_code"),
        ("due", "p.due_at"),
        ("opened", "p.opened_at"),
    ],
    order: "p.due_at NULLS LAST, p.opened_at DESC",
};

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

pub async fn whole(tx: &mut Tx, code: &str, reader: Option<Uuid>) -> Result<Option<Whole>> {
    let statement = sql!(
        "SELECT p.*, n.code AS need_code, n.kind AS need_kind, n.title AS need_title, n.requirements AS need_requirements, n.urgency AS need_urgency, n.state AS need_state, n.age_band AS need_age_band, c.plan, c.start_on, c.submitted_at, o.name AS organization_name, o.state AS organization_state, (SELECT q.code FROM pairings q WHERE q.id = p.successor_id) AS successor_code, t.id AS transfer_id, t.state AS transfer_state, t.reason AS transfer_reason, t.expires_at AS transfer_until, x.name AS transfer_to, (SELECT COUNT(*) FROM openings w JOIN shifts h ON h.opening_id = w.id JOIN signups s ON s.shift_id = h.id JOIN service_records r ON r.signup_id = s.id AND r.state = 'valid' WHERE w.pairing_id = p.id) AS served, (SELECT COUNT(*) FROM openings w JOIN shifts h ON h.opening_id = w.id JOIN signups s ON s.shift_id = h.id JOIN service_records r ON r.signup_id = s.id AND r.state = 'valid' LEFT JOIN evaluations e ON e.signup_id = s.id AND e.state = 'recorded' WHERE w.pairing_id = p.id AND e.id IS NULL) AS unevaluated, a.state AS access_state, a.expires_at AS access_until, f.payload, k.id AS consent_id, k.state AS consent_state, k.by_guardian AS consent_by_guardian, k.channel AS consent_channel, k.purpose AS consent_purpose, k.evidence AS consent_evidence, k.given_on AS consent_given_on, k.valid_until AS consent_valid_until, k.recorded_by AS consent_recorded_by, k.recorded_at AS consent_recorded_at, k.withdrawn_at AS consent_withdrawn_at, k.warned_at AS consent_warned_at FROM pairings p JOIN needs n ON n.id = p.need_id JOIN claims c ON c.id = p.claim_id JOIN organizations o ON o.id = p.organization_id LEFT JOIN transfers t ON t.pairing_id = p.id AND t.state IN ('offered', 'accepted') LEFT JOIN organizations x ON x.id = t.to_organization_id LEFT JOIN disclosures a ON a.pairing_id = p.id AND a.asked_by = $2 AND a.state IN ('asked', 'approved') LEFT JOIN need_files f ON f.need_id = n.id AND f.anonymised_at IS NULL LEFT JOIN consents k ON k.id = (SELECT l.id FROM consents l WHERE l.need_id = n.id ORDER BY l.recorded_at DESC, l.id DESC LIMIT 1) WHERE p.code = $1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(code).bind(reader).fetch_optional(c).await)
}

/// Accounts of a pairing's organization: (id, display name, named for the pairing, still in use), in order of naming.
pub async fn people(tx: &mut Tx, pairing: Uuid, organization: Uuid) -> Result<Vec<(Uuid, String, bool, bool)>> {
    let statement = sql!(
        "SELECT a.id, a.display_name, w.pairing_id IS NOT NULL, a.state = 'active' FROM accounts a LEFT JOIN pairing_workers w ON w.account_id = a.id AND w.pairing_id = $1 WHERE a.organization_id = $2 OR w.pairing_id IS NOT NULL ORDER BY w.assigned_at NULLS LAST, a.display_name"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).bind(organization).fetch_all(c).await)
}

/// Those of some codes that are an organization's, with the households behind them, in no order.
pub async fn behind(tx: &mut Tx, organization: Uuid, reader: Option<Uuid>, codes: &[&str]) -> Result<Vec<Behind>> {
    let statement = sql!(
        "SELECT p.*, n.kind AS need_kind, n.title AS need_title, n.requirements AS need_requirements, n.division_code AS need_division, n.state AS need_state, n.age_band AS need_age_band, o.state AS organization_state, EXISTS (SELECT 1 FROM pairing_workers w WHERE w.pairing_id = p.id AND w.account_id = $2) AS named, EXISTS (SELECT 1 FROM pairing_workers w WHERE w.pairing_id = p.id AND w.account_id = $3) AS named_other, a.state AS access_state, a.expires_at AS access_until, f.payload, k.id AS consent_id, k.state AS consent_state, k.by_guardian AS consent_by_guardian, k.channel AS consent_channel, k.purpose AS consent_purpose, k.evidence AS consent_evidence, k.given_on AS consent_given_on, k.valid_until AS consent_valid_until, k.recorded_by AS consent_recorded_by, k.recorded_at AS consent_recorded_at, k.withdrawn_at AS consent_withdrawn_at, k.warned_at AS consent_warned_at FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id LEFT JOIN disclosures a ON a.pairing_id = p.id AND a.asked_by = $2 AND a.state IN ('asked', 'approved') LEFT JOIN need_files f ON f.need_id = n.id AND f.anonymised_at IS NULL LEFT JOIN consents k ON k.id = (SELECT l.id FROM consents l WHERE l.need_id = n.id ORDER BY l.recorded_at DESC, l.id DESC LIMIT 1) WHERE p.organization_id = $1 AND p.code IN ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43)"
    );
    of_ids!(tx, statement, codes, organization, reader, reader)
}

/// The active pairings of an organization with the households behind them, by place. `other`: whose visits are looked at.
pub async fn behind_active(
    tx: &mut Tx,
    organization: Uuid,
    reader: Option<Uuid>,
    other: Option<Uuid>,
) -> Result<Vec<Behind>> {
    let statement = sql!(
        "SELECT p.*, n.kind AS need_kind, n.title AS need_title, n.requirements AS need_requirements, n.division_code AS need_division, n.state AS need_state, n.age_band AS need_age_band, o.state AS organization_state, EXISTS (SELECT 1 FROM pairing_workers w WHERE w.pairing_id = p.id AND w.account_id = $2) AS named, EXISTS (SELECT 1 FROM pairing_workers w WHERE w.pairing_id = p.id AND w.account_id = $3) AS named_other, a.state AS access_state, a.expires_at AS access_until, f.payload, k.id AS consent_id, k.state AS consent_state, k.by_guardian AS consent_by_guardian, k.channel AS consent_channel, k.purpose AS consent_purpose, k.evidence AS consent_evidence, k.given_on AS consent_given_on, k.valid_until AS consent_valid_until, k.recorded_by AS consent_recorded_by, k.recorded_at AS consent_recorded_at, k.withdrawn_at AS consent_withdrawn_at, k.warned_at AS consent_warned_at FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id LEFT JOIN disclosures a ON a.pairing_id = p.id AND a.asked_by = $2 AND a.state IN ('asked', 'approved') LEFT JOIN need_files f ON f.need_id = n.id AND f.anonymised_at IS NULL LEFT JOIN consents k ON k.id = (SELECT l.id FROM consents l WHERE l.need_id = n.id ORDER BY l.recorded_at DESC, l.id DESC LIMIT 1) WHERE p.organization_id = $1 AND p.state = 'active' ORDER BY p.division_code, p.code"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(reader).bind(other).fetch_all(c).await)
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

/// Pairings of a scope that an office has something to do about: no first contact though it was reminded or the time is
/// over; a reported result; a pause with a clock (the organization may not serve any more) that nobody hands over.
pub async fn to_do(tx: &mut Tx, scope: &str, now: Time, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT p.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, o.name AS organization_name FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.division_code >= $1 AND p.division_code < $2 AND ((p.state = 'pending_start' AND (p.reminded_at IS NOT NULL OR p.due_at < $3)) OR p.state = 'reported' OR (p.state = 'paused' AND p.due_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.pairing_id = p.id AND t.state IN ('offered', 'accepted')))) ORDER BY p.due_at NULLS LAST, p.opened_at DESC, p.id LIMIT $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(now).bind(limit).fetch_all(c).await)
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

/// Accounts named for a pairing: (id, display name).
pub async fn workers(tx: &mut Tx, pairing: Uuid) -> Result<Vec<(Uuid, String)>> {
    let statement = sql!(
        "SELECT a.id, a.display_name FROM pairing_workers w JOIN accounts a ON a.id = w.account_id WHERE w.pairing_id = $1 ORDER BY w.assigned_at"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}
