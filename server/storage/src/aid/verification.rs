//! Verifications 核验.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::verification::{FailReason, LineResult, Method, VerificationResult, VerificationState};
use uuid::Uuid;

row! {
    #[derive(Clone, Debug, FromRow)]
    pub struct Verification in "verifications" while state: VerificationState {
        new id: Uuid,
        new pairing_id: Uuid,
        new need_id: Uuid,
        new division_code: String,
        /// Sampled re-check by another street, after completion.
        new recheck: bool,
        new attempt: i64,
        kept state: VerificationState,
        kept assignee_id: Uuid,
        new assigned_by: Option<Uuid>,
        new assigned_at: Time,
        new due_at: Time,
        later method: Option<Method>,
        later result: Option<VerificationResult>,
        later fail_reason: Option<FailReason>,
        later note: String,
        later done_at: Option<Time>,
        /// When the verifier opened the contact data.
        read begun_at: Option<Time>,
    }
}

row! {
    /// What was found of one line.
    #[derive(Clone, Debug, PartialEq, Eq, FromRow)]
    pub struct FoundLine in "verification_lines" {
        new verification_id: Uuid,
        new line_id: Uuid,
        new result: LineResult,
        /// Units received, where that was partial.
        new units: Option<i64>,
        /// Why it counts as met against the account.
        new why: String,
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub verification: Verification,
    pub pairing_code: String,
    pub need_title: String,
    pub organization_name: String,
    pub assignee_name: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct Named {
    #[sqlx(flatten)]
    pub verification: Verification,
    pub assignee_name: String,
}

pub async fn insert(tx: &mut Tx, v: &Verification) -> Result<()> {
    v.insert(tx).await
}

/// Writes what may change, from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, v: &Verification, from: VerificationState) -> Result<bool> {
    v.change(tx, from).await
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Verification>> {
    let statement = sql!("SELECT * FROM verifications WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Verifications of a pairing with the names of those they were given to, oldest first, and what was found of its lines.
pub async fn named(tx: &mut Tx, pairing: Uuid) -> Result<(Vec<Named>, Vec<FoundLine>)> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        named: Named,
        line_id: Option<Uuid>,
        line_result: Option<LineResult>,
        line_units: Option<i64>,
        line_why: Option<String>,
    }
    let statement = sql!(
        "SELECT v.*, a.display_name AS assignee_name, vl.line_id, vl.result AS line_result, vl.units AS line_units, vl.why AS line_why FROM verifications v JOIN accounts a ON a.id = v.assignee_id LEFT JOIN verification_lines vl ON vl.verification_id = v.id LEFT JOIN need_lines l ON l.id = vl.line_id WHERE v.pairing_id = $1 ORDER BY v.assigned_at, v.id, l.position"
    );
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)?;
    let (mut all, mut found): (Vec<Named>, Vec<FoundLine>) = (Vec::new(), Vec::new());
    for row in rows {
        let verification_id = row.named.verification.id;
        if let (Some(line_id), Some(result)) = (row.line_id, row.line_result) {
            let why = row.line_why.unwrap_or_default();
            found.push(FoundLine { verification_id, line_id, result, units: row.line_units, why });
        }
        if all.last().is_none_or(|last| last.verification.id != verification_id) {
            all.push(row.named);
        }
    }
    Ok((all, found))
}

pub async fn of_pairing(tx: &mut Tx, pairing: Uuid) -> Result<Vec<Verification>> {
    let statement = sql!("SELECT * FROM verifications WHERE pairing_id = $1 ORDER BY assigned_at, id");
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}

pub async fn insert_line(tx: &mut Tx, l: &FoundLine) -> Result<()> {
    l.insert(tx).await
}

/// What was found of the lines of a pairing, of all its verifications.
pub async fn lines_of_pairing(tx: &mut Tx, pairing: Uuid) -> Result<Vec<FoundLine>> {
    let statement = sql!(
        "SELECT vl.* FROM verification_lines vl JOIN verifications v ON v.id = vl.verification_id JOIN need_lines l ON l.id = vl.line_id WHERE v.pairing_id = $1 ORDER BY v.assigned_at, v.id, l.position"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}

/// Notes that the verifier has begun, if there is an open verification of the pairing by the account.
pub async fn begin(tx: &mut Tx, pairing: Uuid, account: Uuid, now: Time) -> Result<()> {
    let statement = sql!(
        "UPDATE verifications SET begun_at = $3 WHERE pairing_id = $1 AND assignee_id = $2 AND state = 'assigned' AND begun_at IS NULL"
    );
    on!(tx, |c| sqlx::query(statement).bind(pairing).bind(account).bind(now).execute(c).await.map(|_| ()))
}

/// What an office's desk goes by: open verifications assigned to an account, and all those of the reported pairings of a
/// scope, oldest first.
pub async fn to_do(tx: &mut Tx, account: Uuid, scope: &str) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT v.*, p.code AS pairing_code, n.title AS need_title, o.name AS organization_name, a.display_name AS assignee_name FROM (SELECT w.id FROM verifications w WHERE w.assignee_id = $1 AND w.state = 'assigned' UNION SELECT w.id FROM verifications w JOIN pairings q ON q.id = w.pairing_id WHERE q.division_code >= $2 AND q.division_code < $3 AND q.state = 'reported') AS k JOIN verifications v ON v.id = k.id JOIN pairings p ON p.id = v.pairing_id JOIN needs n ON n.id = v.need_id JOIN organizations o ON o.id = p.organization_id JOIN accounts a ON a.id = v.assignee_id ORDER BY v.assigned_at, v.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(account).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

pub async fn in_scope(
    tx: &mut Tx,
    scope: &str,
    state: VerificationState,
    offset: i64,
    limit: i64,
) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT v.*, p.code AS pairing_code, n.title AS need_title, o.name AS organization_name, a.display_name AS assignee_name FROM verifications v JOIN pairings p ON p.id = v.pairing_id JOIN needs n ON n.id = v.need_id JOIN organizations o ON o.id = p.organization_id JOIN accounts a ON a.id = v.assignee_id WHERE v.division_code >= $1 AND v.division_code < $2 AND v.state = $3 ORDER BY v.due_at, v.id LIMIT $4 OFFSET $5"
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

pub async fn count_by_state(tx: &mut Tx, scope: &str) -> Result<Vec<(VerificationState, i64)>> {
    let statement = sql!(
        "SELECT state, COUNT(*) FROM verifications WHERE division_code >= $1 AND division_code < $2 GROUP BY state"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}
