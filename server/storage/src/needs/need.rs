//! Needs 需求 with their lines and beneficiary categories. Cards only.

use crate::FromRow;
use crate::base::listing::{Filter, List};
use crate::needs::consent::Held;
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::need::{AgeBand, CloseReason, Frequency, NeedKind, NeedState, Sex, Source, Urgency};
use uuid::Uuid;

row! {
    #[derive(Clone, Debug, Default, FromRow)]
    pub struct Need in "needs" while version: i64, also "version = version + 1" {
        new id: Uuid,
        new code: String,
        kept kind: NeedKind,
        /// Twelve digits: a street (`…000`) or a village.
        kept division_code: String,
        kept title: String,
        kept description: String,
        kept requirements: String,
        kept aid_given: String,
        kept gap: String,
        kept age_band: Option<AgeBand>,
        kept sex: Option<Sex>,
        kept urgency: Urgency,
        kept source: Source,
        kept source_no: Option<String>,
        /// Who in the office handles it; nobody outside reads it.
        kept responsible_person: String,
        kept valid_until: Option<NaiveDate>,
        kept state: NeedState,
        later close_reason: Option<CloseReason>,
        later close_note: Option<String>,
        /// Counts re-openings; lines of earlier cycles stay as they were.
        kept cycle: i64,
        new author_id: Option<Uuid>,
        later submitter_id: Option<Uuid>,
        later publisher_id: Option<Uuid>,
        new created_at: Time,
        later submitted_at: Option<Time>,
        later published_at: Option<Time>,
        later closed_at: Option<Time>,
        /// When the present state's next step is due.
        kept due_at: Option<Time>,
        /// Steps of the unclaimed queue taken: 0 to 3.
        later escalation: i64,
        later merged_into: Option<Uuid>,
        new import_id: Option<Uuid>,
        kept updated_at: Time,
        read version: i64,
    }
}

impl Need {
    pub fn is_urgent(&self) -> bool {
        self.urgency == Urgency::Urgent
    }
}

row! {
    #[derive(Clone, Debug, PartialEq, Eq, FromRow)]
    pub struct Line in "need_lines" {
        new id: Uuid,
        new need_id: Uuid,
        new cycle: i64,
        new position: i64,
        new service_code: String,
        new quantity: i64,
        new unit: String,
        new per: Frequency,
        new starts_on: Option<NaiveDate>,
        new ends_on: Option<NaiveDate>,
        new note: String,
        /// The line whose missed units it carries.
        new made_up_of: Option<Uuid>,
        /// From when units that came back are open again.
        read open_from: Option<NaiveDate>,
        /// Units reserved by pending claims or held by pairings.
        read taken: i64,
        read taken_at: Option<Time>,
    }
}

impl Line {
    pub fn remaining(&self) -> i64 {
        domain::need::remaining(self.quantity, self.taken)
    }

    pub fn amount(&self) -> domain::need::Amount {
        domain::need::Amount { quantity: self.quantity, unit: self.unit.clone(), per: self.per }
    }
}

row! {
    #[derive(Clone, Debug, PartialEq, Eq, FromRow)]
    pub struct Beneficiary in "need_beneficiaries" {
        new need_id: Uuid,
        new category_code: String,
        new decided_on: Option<NaiveDate>,
        new decided_by: String,
    }
}

/// A need with what its page says of the records around it.
#[derive(Clone, Debug, FromRow)]
pub struct Whole {
    #[sqlx(flatten)]
    pub need: Need,
    pub author_name: Option<String>,
    /// Code of the need that it was merged into.
    pub merged_code: Option<String>,
    /// A proposal to close that waits for a second account, with who made it.
    pub closing_reason: Option<CloseReason>,
    pub closing_note: Option<String>,
    pub closing_evidence: Option<String>,
    pub closing_by: Option<Uuid>,
    pub closing_name: Option<String>,
    pub closing_at: Option<Time>,
    pub closing_due: Option<Time>,
    /// A correction of what is published that waits for a second account, with who made it.
    pub amendment_changes: Option<String>,
    pub amendment_reason: Option<String>,
    pub amendment_by: Option<Uuid>,
    pub amendment_name: Option<String>,
    pub amendment_at: Option<Time>,
    pub amendment_due: Option<Time>,
    /// Open requests of the city for the file.
    pub file_requests: i64,
    /// Nothing where the reader's office does not cover the need.
    #[sqlx(flatten)]
    pub held: Held,
}

/// A line with one of the claims on it, ever; a line without claims stands by itself.
#[derive(Clone, Debug, FromRow)]
pub struct Claimed {
    #[sqlx(flatten)]
    pub line: Line,
    pub claim_id: Option<Uuid>,
    pub claim_state: Option<ClaimState>,
    /// Units that the claim asks for.
    pub claimed: Option<i64>,
    /// Units of the line that the claim still takes.
    pub held: Option<i64>,
}

impl Claimed {
    /// Whether a pairing came of the claim.
    pub fn is_served(&self) -> bool {
        self.claim_state == Some(ClaimState::Approved) && self.claimed.is_some_and(|units| units > 0)
    }
}

/// 需求, as an office works through them.
pub const LIST: List = List {
    columns: "n.*",
    from: "needs n",
    state: "n.state",
    id: "n.id",
    filters: &[
        (Filter::Place, "n.division_code >= {0} AND n.division_code < {1}"),
        (Filter::State, "n.state = {0}"),
        (
            Filter::Words,
            "lower(n.code || ' ' || n.title || ' ' || n.description || ' ' || n.responsible_person) LIKE {0} ESCAPE '!'",
        ),
        (
            Filter::Service,
            "EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.service_code = {0})",
        ),
        (Filter::Group, "EXISTS (SELECT 1 FROM need_beneficiaries b WHERE b.need_id = n.id AND b.category_code = {0})"),
        (
            Filter::Organization,
            "EXISTS (SELECT 1 FROM pairings p JOIN organizations o ON o.id = p.organization_id WHERE p.need_id = n.id AND lower(o.name) LIKE {0} ESCAPE '!')",
        ),
        (Filter::Responsible, "n.responsible_person = {0}"),
        (Filter::Urgent, "n.urgency = 'urgent'"),
        (Filter::Overdue, "n.due_at < {0}"),
        (Filter::From, "n.created_at >= {0}"),
        (Filter::Until, "n.created_at < {0}"),
    ],
    sorts: &[
        ("title", "n.title"),
        ("code", "n.code"),
        ("place", "n.division_code"),
        ("waited", "n.published_at"),
        ("created", "n.created_at"),
        ("responsible", "n.responsible_person"),
        ("valid", "n.valid_until"),
        ("due", "n.due_at"),
    ],
    order: "n.due_at NULLS LAST, n.updated_at DESC",
};

/// Who handles needs in a scope, by name.
pub async fn responsible(tx: &mut Tx, scope: &str, limit: i64) -> Result<Vec<String>> {
    let statement = sql!(
        "SELECT DISTINCT responsible_person FROM needs WHERE division_code >= $1 AND division_code < $2 AND responsible_person <> '' ORDER BY responsible_person LIMIT $3"
    );
    on!(tx, |c| sqlx::query_scalar(statement).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)
}

/// Locks a need against other writers until the transaction ends, so that
/// everything that belongs to it is changed one command at a time. On SQLite
/// the transaction already is the only writer.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    if let Tx::Postgres(inner) = tx {
        // Only PostgreSQL has FOR UPDATE; without the mark, so that the check of all statements passes it by.
        sqlx::query("SELECT id FROM needs WHERE id = $1 ORDER BY id FOR UPDATE").bind(id).execute(&mut **inner).await?;
    }
    Ok(())
}

pub async fn insert(tx: &mut Tx, n: &Need) -> Result<()> {
    n.insert(tx).await
}

/// Writes everything that may change. `false` when another writer was first:
/// the version read is not the one stored any more.
pub async fn update(tx: &mut Tx, n: &Need, now: Time) -> Result<bool> {
    Need { updated_at: now, ..n.clone() }.change(tx, n.version).await
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Need>> {
    let statement = sql!("SELECT * FROM needs WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Need>> {
    let statement = sql!("SELECT * FROM needs WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// A need for its page; its sealed file and its consent only for an office whose `scope` covers it.
pub async fn whole(tx: &mut Tx, code: &str, scope: Option<&str>) -> Result<Option<Whole>> {
    let statement = sql!(
        "SELECT n.*, a.display_name AS author_name, m.code AS merged_code, k.reason AS closing_reason, k.note AS closing_note, k.evidence AS closing_evidence, k.proposed_by AS closing_by, b.display_name AS closing_name, k.proposed_at AS closing_at, k.due_at AS closing_due, w.changes AS amendment_changes, w.reason AS amendment_reason, w.proposed_by AS amendment_by, v.display_name AS amendment_name, w.proposed_at AS amendment_at, w.due_at AS amendment_due, (SELECT COUNT(*) FROM disclosures d WHERE d.need_id = n.id AND d.pairing_id IS NULL AND d.state IN ('asked', 'approved')) AS file_requests, f.payload, q.id AS consent_id, q.state AS consent_state, q.by_guardian AS consent_by_guardian, q.channel AS consent_channel, q.purpose AS consent_purpose, q.evidence AS consent_evidence, q.given_on AS consent_given_on, q.valid_until AS consent_valid_until, q.recorded_by AS consent_recorded_by, q.recorded_at AS consent_recorded_at, q.withdrawn_at AS consent_withdrawn_at, q.warned_at AS consent_warned_at FROM needs n LEFT JOIN accounts a ON a.id = n.author_id LEFT JOIN needs m ON m.id = n.merged_into LEFT JOIN closings k ON k.need_id = n.id AND k.decided_at IS NULL LEFT JOIN accounts b ON b.id = k.proposed_by LEFT JOIN amendments w ON w.need_id = n.id AND w.decided_at IS NULL LEFT JOIN accounts v ON v.id = w.proposed_by LEFT JOIN need_files f ON f.need_id = n.id AND f.anonymised_at IS NULL AND n.division_code >= $2 AND n.division_code < $3 LEFT JOIN consents q ON q.id = (SELECT l.id FROM consents l WHERE l.need_id = n.id ORDER BY l.recorded_at DESC, l.id DESC LIMIT 1) AND n.division_code >= $2 AND n.division_code < $3 WHERE n.code = $1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(code).bind(scope).bind(scope.map(scope_end)).fetch_optional(c).await)
}

/// Needs by their ids, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Need>> {
    let statement = sql!(
        "SELECT * FROM needs WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    of_ids!(tx, statement, ids)
}

/// A need of the unclaimed queue, with its invitations (waiting for an answer, and come to nothing) and what is open of it.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub need: Need,
    pub asked: i64,
    pub answered: i64,
    /// Of each line with open units, in order; one at least.
    pub open: Vec<domain::need::Amount>,
}

/// A line with open units of a need of the queue.
#[derive(FromRow)]
struct WaitingLine {
    #[sqlx(flatten)]
    need: Need,
    asked: i64,
    answered: i64,
    open_units: i64,
    open_unit: String,
    open_per: Frequency,
}

/// Published needs in a scope with open units, the urgent ones first, then by urgency-weighted waiting as
/// [`domain::need::waiting_weight`] has it; `step`: those of one step of the queue.
pub async fn unclaimed(
    tx: &mut Tx,
    scope: &str,
    step: Option<i64>,
    now: Time,
    offset: i64,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let statement = sql!(
        "SELECT n.*, l.quantity - l.taken AS open_units, l.unit AS open_unit, l.per AS open_per FROM (SELECT n.*, (SELECT COUNT(*) FROM asks i WHERE i.need_id = n.id AND i.cycle = n.cycle AND i.state = 'sent') AS asked, (SELECT COUNT(*) FROM asks i WHERE i.need_id = n.id AND i.cycle = n.cycle AND i.state IN ('declined', 'lapsed')) AS answered FROM needs n WHERE n.division_code >= $1 AND n.division_code < $2 AND n.state = 'published' AND ($3 < 0 OR n.escalation = $3) AND EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity) ORDER BY CASE WHEN n.urgency = 'urgent' THEN 0 ELSE 1 END, CASE WHEN n.urgency = 'urgent' THEN (($4 - n.published_at) / 3600000000 + 1) * 8 ELSE ($4 - n.published_at) / 3600000000 END DESC, n.published_at, n.id LIMIT $5 OFFSET $6) AS n JOIN need_lines l ON l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity ORDER BY CASE WHEN n.urgency = 'urgent' THEN 0 ELSE 1 END, CASE WHEN n.urgency = 'urgent' THEN (($4 - n.published_at) / 3600000000 + 1) * 8 ELSE ($4 - n.published_at) / 3600000000 END DESC, n.published_at, n.id, l.position"
    );
    let lines: Vec<WaitingLine> = on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(step.unwrap_or(-1))
        .bind(now)
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)?;
    let mut all: Vec<Waiting> = Vec::new();
    for line in lines {
        let open = domain::need::Amount { quantity: line.open_units, unit: line.open_unit, per: line.open_per };
        match all.last_mut() {
            Some(last) if last.need.id == line.need.id => last.open.push(open),
            _ => all.push(Waiting { need: line.need, asked: line.asked, answered: line.answered, open: vec![open] }),
        }
    }
    Ok(all)
}

/// Needs of a scope that an office has something to do about, at most `limit` of each kind: in either of two states (none
/// where empty), and published ones with open units that have come to the office of a step (street 1, district 2, city 3)
/// and whom nobody is asked for. An urgent one looks further once more before it comes to the city.
pub async fn to_do(tx: &mut Tx, scope: &str, states: [&str; 2], step: i64, limit: i64) -> Result<Vec<Need>> {
    let statement = sql!(
        "SELECT * FROM (SELECT * FROM needs WHERE division_code >= $1 AND division_code < $2 AND state = $3 ORDER BY due_at NULLS LAST, updated_at DESC, id LIMIT $6) AS a UNION ALL SELECT * FROM (SELECT * FROM needs WHERE division_code >= $1 AND division_code < $2 AND state = $4 ORDER BY due_at NULLS LAST, updated_at DESC, id LIMIT $6) AS b UNION ALL SELECT * FROM (SELECT n.* FROM needs n WHERE n.division_code >= $1 AND n.division_code < $2 AND n.state = 'published' AND CASE WHEN n.urgency = 'urgent' AND n.escalation >= 3 THEN n.escalation - 1 ELSE n.escalation END = $5 AND EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity) AND NOT EXISTS (SELECT 1 FROM asks i WHERE i.need_id = n.id AND i.state = 'sent') ORDER BY n.urgency DESC, n.published_at, n.id LIMIT $6) AS c"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(states[0])
        .bind(states[1])
        .bind(step)
        .bind(limit)
        .fetch_all(c)
        .await)
}

/// How many published needs in a scope still have open units: (step of the queue, count).
pub async fn count_unclaimed(tx: &mut Tx, scope: &str) -> Result<Vec<(i64, i64)>> {
    let statement = sql!(
        "SELECT n.escalation, COUNT(*) FROM needs n WHERE n.division_code >= $1 AND n.division_code < $2 AND n.state = 'published' AND EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity) GROUP BY n.escalation ORDER BY n.escalation"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

pub async fn count_by_state(tx: &mut Tx, scope: &str) -> Result<Vec<(NeedState, i64)>> {
    let statement =
        sql!("SELECT state, COUNT(*) FROM needs WHERE division_code >= $1 AND division_code < $2 GROUP BY state");
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// (close reason, count) of needs closed since `from`.
pub async fn count_closed(tx: &mut Tx, scope: &str, from: Time) -> Result<Vec<(Option<CloseReason>, i64)>> {
    let statement = sql!(
        "SELECT close_reason, COUNT(*) FROM needs WHERE division_code >= $1 AND division_code < $2 AND state = 'closed' AND published_at IS NOT NULL AND closed_at >= $3 GROUP BY close_reason"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(from).fetch_all(c).await)
}

/// Ids after `after` in order of id, for rebuilding the search index.
pub async fn page_after(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Need>> {
    let statement = sql!("SELECT * FROM needs WHERE id > $1 ORDER BY id LIMIT $2");
    on!(tx, |c| sqlx::query_as(statement).bind(after).bind(limit).fetch_all(c).await)
}

/// Published needs whose validity has ended before `day`.
pub async fn past_validity(tx: &mut Tx, day: NaiveDate) -> Result<Vec<Need>> {
    let statement = sql!("SELECT * FROM needs WHERE state = 'published' AND valid_until < $1 LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(day).fetch_all(c).await)
}

/// Published needs with open units, urgent or not, that have waited since before `before`
/// and have taken fewer than `level` steps.
pub async fn waiting_since(tx: &mut Tx, before: Time, level: i64, urgent: bool) -> Result<Vec<Need>> {
    let statement = sql!(
        "SELECT n.* FROM needs n WHERE n.state = 'published' AND n.published_at < $1 AND n.escalation < $2 AND n.urgency = $3 AND EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity) ORDER BY n.published_at, n.id LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(before)
        .bind(level)
        .bind(if urgent { Urgency::Urgent } else { Urgency::Normal })
        .fetch_all(c)
        .await)
}

/// Urgent needs that came with an import and are not public yet.
pub async fn urgent_of_import(tx: &mut Tx, import: Uuid) -> Result<Vec<Need>> {
    let statement = sql!(
        "SELECT * FROM needs WHERE import_id = $1 AND urgency = 'urgent' AND state IN ('draft', 'in_review', 'returned') ORDER BY code LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(import).fetch_all(c).await)
}

pub async fn insert_line(tx: &mut Tx, l: &Line) -> Result<()> {
    l.insert(tx).await
}

/// Lines of a draft are written anew at each save; nothing refers to them yet.
pub async fn delete_lines(tx: &mut Tx, need: Uuid, cycle: i64) -> Result<()> {
    let statement = sql!("DELETE FROM need_lines WHERE need_id = $1 AND cycle = $2");
    on!(tx, |c| sqlx::query(statement).bind(need).bind(cycle).execute(c).await.map(|_| ()))
}

pub async fn lines(tx: &mut Tx, need: Uuid, cycle: i64) -> Result<Vec<Line>> {
    let statement = sql!("SELECT * FROM need_lines WHERE need_id = $1 AND cycle = $2 ORDER BY position");
    on!(tx, |c| sqlx::query_as(statement).bind(need).bind(cycle).fetch_all(c).await)
}

/// Corrects a line of a published need; `false` when that would be less than was taken of it meanwhile.
pub async fn amend_line(tx: &mut Tx, line: &Line) -> Result<bool> {
    let statement = sql!(
        "UPDATE need_lines SET quantity = $2, unit = $3, starts_on = $4, ends_on = $5, note = $6 WHERE id = $1 AND taken <= $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(line.id)
        .bind(line.quantity)
        .bind(&line.unit)
        .bind(line.starts_on)
        .bind(line.ends_on)
        .bind(&line.note)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// As [`lines`], with the claims on each, oldest first.
pub async fn lines_claimed(tx: &mut Tx, need: Uuid, cycle: i64) -> Result<Vec<Claimed>> {
    let statement = sql!(
        "SELECT l.*, c.id AS claim_id, c.state AS claim_state, cl.quantity AS claimed, cl.held FROM need_lines l LEFT JOIN claim_lines cl ON cl.line_id = l.id LEFT JOIN claims c ON c.id = cl.claim_id WHERE l.need_id = $1 AND l.cycle = $2 ORDER BY l.position, c.submitted_at, c.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).bind(cycle).fetch_all(c).await)
}

/// Lines of the present cycle of several needs, each need's in order.
pub async fn lines_of(tx: &mut Tx, needs: &[Uuid]) -> Result<Vec<Line>> {
    let statement = sql!(
        "SELECT l.* FROM need_lines l JOIN needs n ON n.id = l.need_id AND n.cycle = l.cycle WHERE n.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) ORDER BY l.need_id, l.position"
    );
    of_ids!(tx, statement, needs)
}

/// Lines of several needs at once (ids as JSON would differ between engines,
/// so the range of ids of one page is used).
pub async fn lines_between(tx: &mut Tx, first: Uuid, last: Uuid) -> Result<Vec<Line>> {
    let statement = sql!("SELECT * FROM need_lines WHERE need_id >= $1 AND need_id <= $2 ORDER BY need_id, position");
    on!(tx, |c| sqlx::query_as(statement).bind(first).bind(last).fetch_all(c).await)
}

/// Takes units of a line if that many are still open: at most one of any
/// number of concurrent takers gets the last unit.
pub async fn take(tx: &mut Tx, line: Uuid, quantity: i64, now: Time) -> Result<bool> {
    let statement =
        sql!("UPDATE need_lines SET taken = taken + $2, taken_at = $3 WHERE id = $1 AND taken + $2 <= quantity");
    on!(tx, |c| sqlx::query(statement)
        .bind(line)
        .bind(quantity)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Gives units of a line back; open again from a day where a pairing had served them.
pub async fn give_back(tx: &mut Tx, line: Uuid, quantity: i64, from: Option<NaiveDate>) -> Result<bool> {
    let statement = sql!(
        "UPDATE need_lines SET taken = taken - $2, open_from = COALESCE($3, open_from) WHERE id = $1 AND taken >= $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(line)
        .bind(quantity)
        .bind(from)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn insert_beneficiary(tx: &mut Tx, b: &Beneficiary) -> Result<()> {
    b.insert(tx).await
}

pub async fn delete_beneficiaries(tx: &mut Tx, need: Uuid) -> Result<()> {
    let statement = sql!("DELETE FROM need_beneficiaries WHERE need_id = $1");
    on!(tx, |c| sqlx::query(statement).bind(need).execute(c).await.map(|_| ()))
}

/// Beneficiary categories of several needs, each need's in order.
pub async fn beneficiaries_of(tx: &mut Tx, needs: &[Uuid]) -> Result<Vec<Beneficiary>> {
    let statement = sql!(
        "SELECT * FROM need_beneficiaries WHERE need_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) ORDER BY need_id, category_code"
    );
    of_ids!(tx, statement, needs)
}

pub async fn beneficiaries(tx: &mut Tx, need: Uuid) -> Result<Vec<Beneficiary>> {
    let statement = sql!("SELECT * FROM need_beneficiaries WHERE need_id = $1 ORDER BY category_code");
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

pub async fn beneficiaries_between(tx: &mut Tx, first: Uuid, last: Uuid) -> Result<Vec<Beneficiary>> {
    let statement =
        sql!("SELECT * FROM need_beneficiaries WHERE need_id >= $1 AND need_id <= $2 ORDER BY need_id, category_code");
    on!(tx, |c| sqlx::query_as(statement).bind(first).bind(last).fetch_all(c).await)
}

/// Units per line as the lines of claims add up to, for checking `taken`:
/// (line, stored, counted).
pub async fn taken_check(tx: &mut Tx) -> Result<Vec<(Uuid, i64, i64)>> {
    let statement = sql!(
        "SELECT l.id, l.taken, CAST(COALESCE(k.held, 0) AS BIGINT) FROM need_lines l LEFT JOIN (SELECT line_id, SUM(held) AS held FROM claim_lines GROUP BY line_id) k ON k.line_id = l.id WHERE l.taken <> COALESCE(k.held, 0) LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// Units that pending claims reserve, of a page of needs: (line, units).
pub async fn pending_between(tx: &mut Tx, first: Uuid, last: Uuid) -> Result<Vec<(Uuid, i64)>> {
    let statement = sql!(
        "SELECT cl.line_id, CAST(SUM(cl.quantity) AS BIGINT) FROM claim_lines cl JOIN claims c ON c.id = cl.claim_id WHERE c.need_id >= $1 AND c.need_id <= $2 AND c.state IN ('forming', 'submitted', 'needs_info') GROUP BY cl.line_id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(first).bind(last).fetch_all(c).await)
}

/// Households of a street whose needs were published once, with each of their
/// categories and services: for the small-cell rule.
pub async fn sharing(tx: &mut Tx, street: &str) -> Result<Vec<(Uuid, String, String)>> {
    let statement = sql!(
        "SELECT DISTINCT n.id, b.category_code, l.service_code FROM needs n JOIN need_beneficiaries b ON b.need_id = n.id JOIN need_lines l ON l.need_id = n.id AND l.cycle = n.cycle WHERE n.kind = 'household' AND n.published_at IS NOT NULL AND n.state <> 'merged' AND n.division_code >= $1 AND n.division_code < $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(street).bind(scope_end(street)).fetch_all(c).await)
}

/// As [`sharing`], of some needs in any state: each with its categories and the services of its present cycle.
pub async fn shares_of(tx: &mut Tx, needs: &[Uuid]) -> Result<Vec<(Uuid, Option<String>, Option<String>)>> {
    let statement = sql!(
        "SELECT DISTINCT n.id, b.category_code, l.service_code FROM needs n LEFT JOIN need_beneficiaries b ON b.need_id = n.id LEFT JOIN need_lines l ON l.need_id = n.id AND l.cycle = n.cycle WHERE n.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    of_ids!(tx, statement, needs)
}

/// Ids of the households that [`sharing`] counts in a street.
pub async fn counted_in(tx: &mut Tx, street: &str) -> Result<Vec<(Uuid,)>> {
    let statement = sql!(
        "SELECT id FROM needs WHERE kind = 'household' AND published_at IS NOT NULL AND division_code >= $1 AND division_code < $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(street).bind(scope_end(street)).fetch_all(c).await)
}
