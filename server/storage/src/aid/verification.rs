//! Verifications 核验.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::verification::{FailReason, Method, VerificationResult, VerificationState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Verification {
    pub id: Uuid,
    pub pairing_id: Uuid,
    pub need_id: Uuid,
    pub division_code: String,
    /// Sampled re-check by another street, after completion.
    pub recheck: bool,
    pub attempt: i64,
    pub state: VerificationState,
    pub assignee_id: Uuid,
    pub assigned_by: Option<Uuid>,
    pub assigned_at: Time,
    pub due_at: Time,
    pub method: Option<Method>,
    pub result: Option<VerificationResult>,
    pub fail_reason: Option<FailReason>,
    pub note: String,
    pub done_at: Option<Time>,
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
    let statement = sql!(
        "INSERT INTO verifications (id, pairing_id, need_id, division_code, recheck, attempt, state, assignee_id, assigned_by, assigned_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(v.id)
        .bind(v.pairing_id)
        .bind(v.need_id)
        .bind(&v.division_code)
        .bind(v.recheck)
        .bind(v.attempt)
        .bind(v.state)
        .bind(v.assignee_id)
        .bind(v.assigned_by)
        .bind(v.assigned_at)
        .bind(v.due_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes what may change, from the state that was read. `false`: somebody was first.
pub async fn update(tx: &mut Tx, v: &Verification, from: VerificationState) -> Result<bool> {
    let statement = sql!(
        "UPDATE verifications SET state = $3, assignee_id = $4, method = $5, result = $6, fail_reason = $7, note = $8, done_at = $9 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(v.id)
        .bind(from)
        .bind(v.state)
        .bind(v.assignee_id)
        .bind(v.method)
        .bind(v.result)
        .bind(v.fail_reason)
        .bind(&v.note)
        .bind(v.done_at)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Verification>> {
    let statement = sql!("SELECT * FROM verifications WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Verifications of a pairing with the names of those they were given to, oldest first.
pub async fn named(tx: &mut Tx, pairing: Uuid) -> Result<Vec<Named>> {
    let statement = sql!(
        "SELECT v.*, a.display_name AS assignee_name FROM verifications v JOIN accounts a ON a.id = v.assignee_id WHERE v.pairing_id = $1 ORDER BY v.assigned_at, v.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
}

pub async fn of_pairing(tx: &mut Tx, pairing: Uuid) -> Result<Vec<Verification>> {
    let statement = sql!("SELECT * FROM verifications WHERE pairing_id = $1 ORDER BY assigned_at, id");
    on!(tx, |c| sqlx::query_as(statement).bind(pairing).fetch_all(c).await)
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
