//! Invitations 邀请 with their lines.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use domain::ask::{AskState, DeclineReason};
use domain::calendar::Time;
use domain::need::{Frequency, NeedKind, Urgency};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Ask {
    pub id: Uuid,
    pub need_id: Uuid,
    pub cycle: i64,
    pub organization_id: Uuid,
    pub division_code: String,
    pub batch_id: Option<Uuid>,
    pub state: AskState,
    pub note: String,
    pub sent_by: Option<Uuid>,
    pub sent_at: Time,
    pub due_at: Time,
    pub answered_by: Option<Uuid>,
    pub answered_at: Option<Time>,
    pub reason_code: Option<DeclineReason>,
    pub reason: Option<String>,
    pub claim_id: Option<Uuid>,
}

/// An invited line with what it is of.
#[derive(Clone, Debug, FromRow)]
pub struct InvitedLine {
    pub ask_id: Uuid,
    pub line_id: Uuid,
    pub project_id: Option<Uuid>,
    pub quantity: i64,
    pub service_code: String,
    pub unit: String,
    pub per: Frequency,
    /// Units still open now.
    pub remaining: i64,
    /// Title of the project that it would draw on.
    pub project_title: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub ask: Ask,
    pub need_code: String,
    pub need_title: String,
    pub need_urgency: Urgency,
    pub need_kind: NeedKind,
    pub organization_name: String,
    pub claim_code: Option<String>,
}

pub async fn insert(tx: &mut Tx, i: &Ask) -> Result<()> {
    let statement = sql!(
        "INSERT INTO asks (id, need_id, cycle, organization_id, division_code, batch_id, state, note, sent_by, sent_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(i.id)
        .bind(i.need_id)
        .bind(i.cycle)
        .bind(i.organization_id)
        .bind(&i.division_code)
        .bind(i.batch_id)
        .bind(i.state)
        .bind(&i.note)
        .bind(i.sent_by)
        .bind(i.sent_at)
        .bind(i.due_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn insert_line(tx: &mut Tx, ask: Uuid, line: Uuid, project: Option<Uuid>, quantity: i64) -> Result<()> {
    let statement = sql!("INSERT INTO ask_lines (ask_id, line_id, project_id, quantity) VALUES ($1, $2, $3, $4)");
    on!(tx, |c| sqlx::query(statement).bind(ask).bind(line).bind(project).bind(quantity).execute(c).await.map(|_| ()))
}

/// Writes an answer, or its absence. `false`: somebody was first.
pub async fn answer(tx: &mut Tx, i: &Ask, from: AskState) -> Result<bool> {
    let statement = sql!(
        "UPDATE asks SET state = $3, answered_by = $4, answered_at = $5, reason_code = $6, reason = $7, claim_id = $8 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(i.id)
        .bind(from)
        .bind(i.state)
        .bind(i.answered_by)
        .bind(i.answered_at)
        .bind(i.reason_code)
        .bind(&i.reason)
        .bind(i.claim_id)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Ask>> {
    let statement = sql!("SELECT * FROM asks WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// The open invitation of an organization on a need.
pub async fn open_of(tx: &mut Tx, need: Uuid, organization: Uuid) -> Result<Option<Ask>> {
    let statement = sql!("SELECT * FROM asks WHERE need_id = $1 AND organization_id = $2 AND state = 'sent'");
    on!(tx, |c| sqlx::query_as(statement).bind(need).bind(organization).fetch_optional(c).await)
}

/// Whether a claim answers an invitation.
pub async fn of_claim(tx: &mut Tx, claim: Uuid) -> Result<Option<Ask>> {
    let statement = sql!("SELECT * FROM asks WHERE claim_id = $1 ORDER BY sent_at DESC LIMIT 1");
    on!(tx, |c| sqlx::query_as(statement).bind(claim).fetch_optional(c).await)
}

pub async fn lines(tx: &mut Tx, ask: Uuid) -> Result<Vec<InvitedLine>> {
    let statement = sql!(
        "SELECT i.ask_id, i.line_id, i.project_id, i.quantity, l.service_code, l.unit, l.per, l.quantity - l.taken AS remaining, j.title AS project_title FROM ask_lines i JOIN need_lines l ON l.id = i.line_id LEFT JOIN projects j ON j.id = i.project_id WHERE i.ask_id = $1 ORDER BY l.position"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(ask).fetch_all(c).await)
}

/// Open invitations for one line of a need.
pub async fn open_for_line(tx: &mut Tx, line: Uuid) -> Result<i64> {
    let statement = sql!(
        "SELECT COUNT(*) FROM ask_lines l JOIN asks i ON i.id = l.ask_id WHERE l.line_id = $1 AND i.state = 'sent'"
    );
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(line).fetch_one(c).await)?;
    Ok(count)
}

/// Lines and units that open invitations ask of a project.
pub async fn asked_of(tx: &mut Tx, project: Uuid) -> Result<(i64, i64)> {
    let statement = sql!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM ask_lines l JOIN asks i ON i.id = l.ask_id WHERE l.project_id = $1 AND i.state = 'sent'"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(project).fetch_one(c).await)
}

/// Open invitations of an organization.
pub async fn open_count(tx: &mut Tx, organization: Uuid) -> Result<i64> {
    let statement = sql!("SELECT COUNT(*) FROM asks WHERE organization_id = $1 AND state = 'sent'");
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_one(c).await)?;
    Ok(count)
}

pub async fn of_need(tx: &mut Tx, need: Uuid) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT i.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, n.kind AS need_kind, o.name AS organization_name, c.code AS claim_code FROM asks i JOIN needs n ON n.id = i.need_id JOIN organizations o ON o.id = i.organization_id LEFT JOIN claims c ON c.id = i.claim_id WHERE i.need_id = $1 ORDER BY i.sent_at DESC, i.id LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

pub async fn of_organization(
    tx: &mut Tx,
    organization: Uuid,
    state: AskState,
    offset: i64,
    limit: i64,
) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT i.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, n.kind AS need_kind, o.name AS organization_name, c.code AS claim_code FROM asks i JOIN needs n ON n.id = i.need_id JOIN organizations o ON o.id = i.organization_id LEFT JOIN claims c ON c.id = i.claim_id WHERE i.organization_id = $1 AND i.state = $2 ORDER BY i.due_at, i.id LIMIT $3 OFFSET $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(state).bind(limit).bind(offset).fetch_all(c).await)
}

pub async fn in_scope(tx: &mut Tx, scope: &str, state: AskState, offset: i64, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT i.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, n.kind AS need_kind, o.name AS organization_name, c.code AS claim_code FROM asks i JOIN needs n ON n.id = i.need_id JOIN organizations o ON o.id = i.organization_id LEFT JOIN claims c ON c.id = i.claim_id WHERE i.division_code >= $1 AND i.division_code < $2 AND i.state = $3 ORDER BY i.sent_at DESC, i.id LIMIT $4 OFFSET $5"
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

pub async fn count_of_organization(tx: &mut Tx, organization: Uuid) -> Result<Vec<(AskState, i64)>> {
    let statement = sql!("SELECT state, COUNT(*) FROM asks WHERE organization_id = $1 GROUP BY state");
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

pub async fn count_in_scope(tx: &mut Tx, scope: &str) -> Result<Vec<(AskState, i64)>> {
    let statement =
        sql!("SELECT state, COUNT(*) FROM asks WHERE division_code >= $1 AND division_code < $2 GROUP BY state");
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// Open invitations whose time has run out.
pub async fn overdue(tx: &mut Tx, now: Time) -> Result<Vec<Ask>> {
    let statement = sql!("SELECT * FROM asks WHERE state = 'sent' AND due_at < $1 ORDER BY due_at LIMIT 500");
    on!(tx, |c| sqlx::query_as(statement).bind(now).fetch_all(c).await)
}
