//! Claims 认领 and the units they take.

use crate::FromRow;
use crate::base::listing::{Filter, List};
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::need::{Frequency, Urgency};
use domain::pairing::PairingState;
use domain::promise::{GivenUp, Settlement};
use domain::verification::LineResult;
use uuid::Uuid;

row! {
    #[derive(Clone, Debug, FromRow)]
    pub struct Claim in "claims" while state: ClaimState {
        new id: Uuid,
        new code: String,
        new need_id: Uuid,
        new cycle: i64,
        new organization_id: Uuid,
        new division_code: String,
        kept state: ClaimState,
        new plan: String,
        new start_on: NaiveDate,
        new submitted_by: Option<Uuid>,
        new submitted_at: Time,
        kept due_at: Option<Time>,
        later question: Option<String>,
        later answer: Option<String>,
        kept decided_by: Option<Uuid>,
        kept decided_at: Option<Time>,
        later reason: Option<String>,
        later escalation: i64,
        /// The lead's claim, for the part of a member of a joint claim.
        new lead_id: Option<Uuid>,
        /// When the organization itself agreed to its part.
        new accepted_at: Option<Time>,
    }
}

/// A claim in a list, with what the reader needs beside it.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub claim: Claim,
    pub need_code: String,
    pub need_title: String,
    pub need_urgency: Urgency,
    pub organization_name: String,
}

/// A claim on its need's page: whose it is, and the pairing that came of it.
#[derive(Clone, Debug, FromRow)]
pub struct OnNeed {
    #[sqlx(flatten)]
    pub claim: Claim,
    pub organization_name: String,
    pub pairing_id: Option<Uuid>,
    pub pairing_code: Option<String>,
    pub pairing_state: Option<PairingState>,
    pub pairing_opened_at: Option<Time>,
    pub pairing_result: Option<String>,
}

/// A claimed line in words.
#[derive(Clone, Debug, FromRow)]
pub struct ClaimLine {
    pub claim_id: Uuid,
    pub line_id: Uuid,
    pub quantity: i64,
    pub service_code: String,
    pub unit: String,
    pub per: Frequency,
    pub line_quantity: i64,
    pub position: i64,
    /// Units of the need's line that the claim's line still takes.
    pub held: i64,
}

impl ClaimLine {
    pub fn amount(&self) -> domain::need::Amount {
        domain::need::Amount { quantity: self.quantity, unit: self.unit.clone(), per: self.per }
    }
}

/// 认领, as an office or an organization works through them.
pub const LIST: List = List {
    columns: "c.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, o.name AS organization_name",
    from: "claims c JOIN needs n ON n.id = c.need_id JOIN organizations o ON o.id = c.organization_id",
    state: "c.state",
    id: "c.id",
    filters: &[
        (Filter::Place, "c.division_code >= {0} AND c.division_code < {1}"),
        (Filter::Own, "c.organization_id = {0}"),
        (Filter::State, "c.state = {0}"),
        (Filter::Words, "lower(c.code || ' ' || n.code || ' ' || n.title || ' ' || o.name) LIKE {0} ESCAPE '!'"),
        (
            Filter::Service,
            "EXISTS (SELECT 1 FROM claim_lines x JOIN need_lines l ON l.id = x.line_id WHERE x.claim_id = c.id AND l.service_code = {0})",
        ),
        (Filter::Group, "EXISTS (SELECT 1 FROM need_beneficiaries b WHERE b.need_id = n.id AND b.category_code = {0})"),
        (Filter::Organization, "lower(o.name) LIKE {0} ESCAPE '!'"),
        (Filter::Urgent, "n.urgency = 'urgent'"),
        (Filter::Overdue, "c.due_at < {0}"),
        (Filter::From, "c.submitted_at >= {0}"),
        (Filter::Until, "c.submitted_at < {0}"),
    ],
    sorts: &[
        ("title", "n.title"),
        ("organization", "o.name"),
        ("place", "c.division_code"),
        ("due", "c.due_at"),
        ("submitted", "c.submitted_at"),
    ],
    order: "c.due_at NULLS LAST, c.submitted_at DESC",
};

pub async fn insert(tx: &mut Tx, k: &Claim) -> Result<()> {
    k.insert(tx).await
}

/// `project`: the one whose capacity the line draws on, if any.
/// Which project a line of a claim draws on.
pub async fn draw_on(tx: &mut Tx, claim: Uuid, line: Uuid, project: Uuid) -> Result<()> {
    let statement = sql!("UPDATE claim_lines SET project_id = $3 WHERE claim_id = $1 AND line_id = $2");
    on!(tx, |c| sqlx::query(statement).bind(claim).bind(line).bind(project).execute(c).await.map(|_| ()))
}

pub async fn insert_line(tx: &mut Tx, claim: Uuid, line: Uuid, quantity: i64, project: Option<Uuid>) -> Result<()> {
    let statement =
        sql!("INSERT INTO claim_lines (claim_id, line_id, quantity, project_id, held) VALUES ($1, $2, $3, $4, $3)");
    on!(tx, |c| sqlx::query(statement).bind(claim).bind(line).bind(quantity).bind(project).execute(c).await.map(|_| ()))
}

/// Units of the need's line that a line of a claim takes from now on.
pub async fn hold(tx: &mut Tx, claim: Uuid, line: Uuid, held: i64) -> Result<()> {
    let statement = sql!("UPDATE claim_lines SET held = $3 WHERE claim_id = $1 AND line_id = $2");
    on!(tx, |c| sqlx::query(statement).bind(claim).bind(line).bind(held).execute(c).await.map(|_| ()))
}

/// What a line of a claim has given back while the rest goes on.
pub async fn give_up(tx: &mut Tx, claim: Uuid, line: Uuid, given_up: &[GivenUp]) -> Result<()> {
    let json = serde_json::to_string(given_up).map_err(|_| crate::Error::Json("claim_lines"))?;
    let statement = sql!("UPDATE claim_lines SET given_up = $3 WHERE claim_id = $1 AND line_id = $2");
    on!(tx, |c| sqlx::query(statement).bind(claim).bind(line).bind(&json).execute(c).await.map(|_| ()))
}

/// What the verifier found of a line of a claim, and the units received where that was partial.
pub async fn find(tx: &mut Tx, claim: Uuid, line: Uuid, result: LineResult, received: Option<i64>) -> Result<()> {
    let statement = sql!("UPDATE claim_lines SET result = $3, received = $4 WHERE claim_id = $1 AND line_id = $2");
    on!(tx, |c| sqlx::query(statement).bind(claim).bind(line).bind(result).bind(received).execute(c).await.map(|_| ()))
}

/// What a line of a claim came to when its pairing ended.
pub async fn settle(tx: &mut Tx, claim: Uuid, line: Uuid, s: &Settlement, day: NaiveDate) -> Result<()> {
    let statement = sql!(
        "UPDATE claim_lines SET held = $3, agreed = $4, delivered = $5, short = $6, ahead = $7, returned = $8, settled_on = $9 WHERE claim_id = $1 AND line_id = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(claim)
        .bind(line)
        .bind(s.held)
        .bind(s.agreed)
        .bind(s.delivered)
        .bind(s.short)
        .bind(s.ahead)
        .bind(s.returned)
        .bind(day)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes what may change, from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, k: &Claim, from: ClaimState) -> Result<bool> {
    k.change(tx, from).await
}

/// Notes that a member agreed to its part. `false`: somebody was first.
pub async fn accept(tx: &mut Tx, k: &Claim) -> Result<bool> {
    let statement = sql!(
        "UPDATE claims SET accepted_at = $2, submitted_by = $3 WHERE id = $1 AND state = 'forming' AND accepted_at IS NULL"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(k.id)
        .bind(k.accepted_at)
        .bind(k.submitted_by)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// The parts of a joint claim, the lead's first. A claim of one organization alone is its only part.
pub async fn parts(tx: &mut Tx, lead: Uuid) -> Result<Vec<Claim>> {
    let statement =
        sql!("SELECT * FROM claims WHERE id = $1 OR lead_id = $1 ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, code");
    on!(tx, |c| sqlx::query_as(statement).bind(lead).fetch_all(c).await)
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Claim>> {
    let statement = sql!("SELECT * FROM claims WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Claim>> {
    let statement = sql!("SELECT * FROM claims WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn of_need(tx: &mut Tx, need: Uuid) -> Result<Vec<Claim>> {
    let statement = sql!("SELECT * FROM claims WHERE need_id = $1 ORDER BY submitted_at, id");
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

/// Claims of a need with their pairings, oldest first.
pub async fn on_need(tx: &mut Tx, need: Uuid) -> Result<Vec<OnNeed>> {
    let statement = sql!(
        "SELECT c.*, o.name AS organization_name, p.id AS pairing_id, p.code AS pairing_code, p.state AS pairing_state, p.opened_at AS pairing_opened_at, p.result AS pairing_result FROM claims c JOIN organizations o ON o.id = c.organization_id LEFT JOIN pairings p ON p.claim_id = c.id WHERE c.need_id = $1 ORDER BY c.submitted_at, c.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

pub async fn lines(tx: &mut Tx, claim: Uuid) -> Result<Vec<ClaimLine>> {
    let statement = sql!(
        "SELECT cl.claim_id, cl.line_id, cl.quantity, l.service_code, l.unit, l.per, l.quantity AS line_quantity, l.position, cl.held FROM claim_lines cl JOIN need_lines l ON l.id = cl.line_id WHERE cl.claim_id = $1 ORDER BY l.position"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(claim).fetch_all(c).await)
}

/// As [`lines`], of some claims.
pub async fn lines_of(tx: &mut Tx, claims: &[Uuid]) -> Result<Vec<ClaimLine>> {
    let statement = sql!(
        "SELECT cl.claim_id, cl.line_id, cl.quantity, l.service_code, l.unit, l.per, l.quantity AS line_quantity, l.position, cl.held FROM claim_lines cl JOIN need_lines l ON l.id = cl.line_id WHERE cl.claim_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) ORDER BY cl.claim_id, l.position"
    );
    of_ids!(tx, statement, claims)
}

/// Claims of an organization that wait for an answer, or for its own.
pub async fn pending_of(tx: &mut Tx, organization: Uuid) -> Result<Vec<Claim>> {
    let statement = sql!(
        "SELECT * FROM claims WHERE organization_id = $1 AND state IN ('forming', 'submitted', 'needs_info') ORDER BY submitted_at, id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Claims in a state whose clock has run out.
pub async fn overdue(tx: &mut Tx, state: ClaimState, now: Time) -> Result<Vec<Claim>> {
    let statement = sql!("SELECT * FROM claims WHERE state = $1 AND due_at < $2 ORDER BY due_at LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(state).bind(now).fetch_all(c).await)
}
