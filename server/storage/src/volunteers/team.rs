//! Teams 志愿服务队 and their members.

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::team::{MemberState, TeamState};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Team {
    pub id: Uuid,
    pub code: String,
    pub state: TeamState,
    pub name: String,
    pub about: String,
    /// None for an independent team.
    pub organization_id: Option<Uuid>,
    /// Home; of an independent team the division of the office that supervises it.
    pub division_code: String,
    /// JSON list of service codes.
    pub service_codes: String,
    pub reason: Option<String>,
    pub founded_by: Option<Uuid>,
    pub decided_by: Option<Uuid>,
    pub due_at: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
    pub version: i64,
}

impl Team {
    pub fn services(&self) -> Vec<String> {
        serde_json::from_str(&self.service_codes).unwrap_or_default()
    }
}

/// A team in a list.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub team: Team,
    pub organization_name: Option<String>,
    pub members: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct Member {
    pub id: Uuid,
    pub team_id: Uuid,
    pub volunteer_id: Uuid,
    pub account_id: Option<Uuid>,
    pub state: MemberState,
    pub leads: bool,
    /// What was written with the application.
    pub note: String,
    pub reason: Option<String>,
    pub applied_at: Time,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Time>,
}

/// A member in a list, by number.
#[derive(Clone, Debug, FromRow)]
pub struct Listing {
    #[sqlx(flatten)]
    pub member: Member,
    pub number: String,
    pub team_code: String,
    pub team_name: String,
}

pub async fn insert(tx: &mut Tx, t: &Team) -> Result<()> {
    let statement = sql!(
        "INSERT INTO teams (id, code, state, name, about, organization_id, division_code, service_codes, founded_by, due_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(t.id)
        .bind(&t.code)
        .bind(t.state)
        .bind(&t.name)
        .bind(&t.about)
        .bind(t.organization_id)
        .bind(&t.division_code)
        .bind(&t.service_codes)
        .bind(t.founded_by)
        .bind(t.due_at)
        .bind(t.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes what may change. `false`: the version read is not the one stored any more.
pub async fn update(tx: &mut Tx, t: &Team, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE teams SET state = $3, name = $4, about = $5, service_codes = $6, reason = $7, decided_by = $8, due_at = $9, updated_at = $10, version = version + 1 WHERE id = $1 AND version = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(t.id)
        .bind(t.version)
        .bind(t.state)
        .bind(&t.name)
        .bind(&t.about)
        .bind(&t.service_codes)
        .bind(&t.reason)
        .bind(t.decided_by)
        .bind(t.due_at)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Team>> {
    let statement = sql!("SELECT * FROM teams WHERE code = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(code).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Team>> {
    let statement = sql!("SELECT * FROM teams WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Teams that take members, of a scope, whose name or organization holds a word (in lower case), by size.
pub async fn hall(tx: &mut Tx, scope: &str, pattern: &str, offset: i64, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT t.*, o.name AS organization_name, (SELECT COUNT(*) FROM team_members m WHERE m.team_id = t.id AND m.state = 'active') AS members FROM teams t LEFT JOIN organizations o ON o.id = t.organization_id WHERE t.state = 'active' AND (o.id IS NULL OR o.state = 'verified') AND t.division_code >= $1 AND t.division_code < $2 AND lower(t.name || ' ' || COALESCE(o.name, '') || ' ' || t.code) LIKE $3 ESCAPE '!' ORDER BY t.name, t.id LIMIT $4 OFFSET $5"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(pattern)
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)
}

pub async fn count_hall(tx: &mut Tx, scope: &str, pattern: &str) -> Result<i64> {
    let statement = sql!(
        "SELECT COUNT(*) FROM teams t LEFT JOIN organizations o ON o.id = t.organization_id WHERE t.state = 'active' AND (o.id IS NULL OR o.state = 'verified') AND t.division_code >= $1 AND t.division_code < $2 AND lower(t.name || ' ' || COALESCE(o.name, '') || ' ' || t.code) LIKE $3 ESCAPE '!'"
    );
    let (n,): (i64,) =
        on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(pattern).fetch_one(c).await)?;
    Ok(n)
}

/// Teams of an organization that are not over.
pub async fn of_organization(tx: &mut Tx, organization: Uuid) -> Result<Vec<Team>> {
    let statement = sql!("SELECT * FROM teams WHERE organization_id = $1 AND state = 'active' ORDER BY name, id");
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Independent teams of a scope in a state, what is due first.
pub async fn supervised(tx: &mut Tx, scope: &str, state: TeamState, limit: i64) -> Result<Vec<Team>> {
    let statement = sql!(
        "SELECT * FROM teams WHERE organization_id IS NULL AND state = $1 AND division_code >= $2 AND division_code < $3 ORDER BY due_at NULLS LAST, name, id LIMIT $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(state).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)
}

/// Independent teams of a scope that ask to be founded, and those that stand, what is due first.
pub async fn under(tx: &mut Tx, scope: &str) -> Result<Vec<Team>> {
    let statement = sql!(
        "SELECT * FROM teams WHERE organization_id IS NULL AND state IN ('applied', 'active') AND division_code >= $1 AND division_code < $2 ORDER BY due_at NULLS LAST, name, id LIMIT 250"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// Teams that an account leads.
pub async fn led_by(tx: &mut Tx, account: Uuid) -> Result<Vec<Team>> {
    let statement = sql!(
        "SELECT t.* FROM teams t JOIN team_members m ON m.team_id = t.id WHERE m.account_id = $1 AND m.state = 'active' AND m.leads = TRUE AND t.state = 'active' ORDER BY t.name, t.id"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(account).fetch_all(c).await)
}

/// Accounts of those who lead a team.
pub async fn leaders(tx: &mut Tx, team: Uuid) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT account_id FROM team_members WHERE team_id = $1 AND state = 'active' AND leads = TRUE AND account_id IS NOT NULL ORDER BY decided_at, id"
    );
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(team).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn insert_member(tx: &mut Tx, m: &Member) -> Result<()> {
    let statement = sql!(
        "INSERT INTO team_members (id, team_id, volunteer_id, account_id, state, leads, note, applied_at, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(m.id)
        .bind(m.team_id)
        .bind(m.volunteer_id)
        .bind(m.account_id)
        .bind(m.state)
        .bind(m.leads)
        .bind(&m.note)
        .bind(m.applied_at)
        .bind(m.decided_by)
        .bind(m.decided_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Writes a step from the state that was read. `false`: somebody was first.
pub async fn update_member(tx: &mut Tx, m: &Member, from: MemberState) -> Result<bool> {
    let statement = sql!(
        "UPDATE team_members SET state = $3, leads = $4, reason = $5, decided_by = $6, decided_at = $7 WHERE id = $1 AND state = $2"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(m.id)
        .bind(from)
        .bind(m.state)
        .bind(m.leads)
        .bind(&m.reason)
        .bind(m.decided_by)
        .bind(m.decided_at)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

pub async fn member(tx: &mut Tx, id: Uuid) -> Result<Option<Member>> {
    let statement = sql!("SELECT * FROM team_members WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// The account that a volunteer has opened stands with every membership from now on.
pub async fn set_account(tx: &mut Tx, volunteer: Uuid, account: Uuid) -> Result<()> {
    let statement = sql!("UPDATE team_members SET account_id = $2 WHERE volunteer_id = $1 AND account_id IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(volunteer).bind(account).execute(c).await.map(|_| ()))
}

/// Invitations from before a time that nobody has answered.
pub async fn unanswered(tx: &mut Tx, before: Time) -> Result<Vec<Member>> {
    let statement = sql!(
        "SELECT * FROM team_members WHERE state = 'invited' AND applied_at < $1 ORDER BY applied_at, id LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(before).fetch_all(c).await)
}

/// A volunteer's application or membership in a team, as long as it runs.
pub async fn membership(tx: &mut Tx, team: Uuid, volunteer: Uuid) -> Result<Option<Member>> {
    let statement = sql!(
        "SELECT * FROM team_members WHERE team_id = $1 AND volunteer_id = $2 AND state IN ('invited', 'applied', 'active')"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(volunteer).fetch_optional(c).await)
}

/// As [`membership`], by the volunteer's account.
pub async fn membership_of(tx: &mut Tx, team: Uuid, account: Uuid) -> Result<Option<Member>> {
    let statement = sql!(
        "SELECT m.* FROM team_members m JOIN volunteers v ON v.id = m.volunteer_id WHERE m.team_id = $1 AND v.account_id = $2 AND m.state IN ('invited', 'applied', 'active')"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(account).fetch_optional(c).await)
}

pub async fn members(tx: &mut Tx, team: Uuid, state: MemberState, offset: i64, limit: i64) -> Result<Vec<Listing>> {
    let statement = sql!(
        "SELECT m.*, v.number, t.code AS team_code, t.name AS team_name FROM team_members m JOIN volunteers v ON v.id = m.volunteer_id JOIN teams t ON t.id = m.team_id WHERE m.team_id = $1 AND m.state = $2 ORDER BY m.leads DESC, m.applied_at, m.id LIMIT $3 OFFSET $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(team).bind(state).bind(limit).bind(offset).fetch_all(c).await)
}

/// Applications, invitations and members of a team, at most `limit` of each; members behind `offset`.
pub async fn roll(tx: &mut Tx, team: Uuid, offset: i64, limit: i64) -> Result<Vec<Listing>> {
    let statement = sql!(
        "SELECT * FROM (SELECT m.*, v.number, t.code AS team_code, t.name AS team_name FROM team_members m JOIN volunteers v ON v.id = m.volunteer_id JOIN teams t ON t.id = m.team_id WHERE m.team_id = $1 AND m.state = 'applied' ORDER BY m.applied_at, m.id LIMIT $2) AS a UNION ALL SELECT * FROM (SELECT m.*, v.number, t.code AS team_code, t.name AS team_name FROM team_members m JOIN volunteers v ON v.id = m.volunteer_id JOIN teams t ON t.id = m.team_id WHERE m.team_id = $1 AND m.state = 'invited' ORDER BY m.applied_at, m.id LIMIT $2) AS b UNION ALL SELECT * FROM (SELECT m.*, v.number, t.code AS team_code, t.name AS team_name FROM team_members m JOIN volunteers v ON v.id = m.volunteer_id JOIN teams t ON t.id = m.team_id WHERE m.team_id = $1 AND m.state = 'active' ORDER BY m.leads DESC, m.applied_at, m.id LIMIT $2 OFFSET $3) AS c"
    );
    let mut rows: Vec<Listing> =
        on!(tx, |c| sqlx::query_as(statement).bind(team).bind(limit).bind(offset).fetch_all(c).await)?;
    rows.sort_by_key(|row| (!row.member.leads, row.member.applied_at, row.member.id));
    Ok(rows)
}

/// Of some teams those that somebody applies to: (team, how many, the first application).
pub async fn applied_to(tx: &mut Tx, teams: &[Uuid]) -> Result<Vec<(Uuid, i64, Time)>> {
    let statement = sql!(
        "SELECT team_id, COUNT(*), MIN(applied_at) FROM team_members WHERE team_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) AND state = 'applied' GROUP BY team_id"
    );
    of_ids!(tx, statement, teams)
}

pub async fn count_members(tx: &mut Tx, team: Uuid) -> Result<Vec<(MemberState, i64)>> {
    let statement = sql!("SELECT state, COUNT(*) FROM team_members WHERE team_id = $1 GROUP BY state");
    on!(tx, |c| sqlx::query_as(statement).bind(team).fetch_all(c).await)
}

/// A volunteer's applications and memberships that run.
pub async fn of_volunteer(tx: &mut Tx, volunteer: Uuid) -> Result<Vec<Listing>> {
    let statement = sql!(
        "SELECT m.*, v.number, t.code AS team_code, t.name AS team_name FROM team_members m JOIN volunteers v ON v.id = m.volunteer_id JOIN teams t ON t.id = m.team_id WHERE m.volunteer_id = $1 AND m.state IN ('invited', 'applied', 'active') ORDER BY t.name, m.id LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(volunteer).fetch_all(c).await)
}
