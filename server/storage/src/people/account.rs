//! Accounts, and form tokens spent once.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::organization::AccountState;
use domain::role::{Actor, Role};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Account {
    pub id: Uuid,
    pub username: String,
    pub password_hash: String,
    pub display_name: String,
    pub role: Role,
    pub scope: String,
    pub organization_id: Option<Uuid>,
    pub state: AccountState,
    /// Somebody else chose the password: it is changed at the next sign-in.
    pub must_change: bool,
    pub password_set_at: Time,
    pub signed_in_at: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Account {
    pub fn actor(&self) -> Actor {
        Actor {
            account_id: Some(self.id),
            role: self.role,
            scope: self.scope.clone(),
            organization_id: self.organization_id,
        }
    }
}

pub async fn insert(tx: &mut Tx, a: &Account) -> Result<()> {
    let statement = sql!(
        "INSERT INTO accounts (id, username, password_hash, display_name, role, scope, organization_id, state, must_change, password_set_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(a.id)
        .bind(&a.username)
        .bind(&a.password_hash)
        .bind(&a.display_name)
        .bind(a.role)
        .bind(&a.scope)
        .bind(a.organization_id)
        .bind(a.state)
        .bind(a.must_change)
        .bind(a.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn by_username(tx: &mut Tx, username: &str) -> Result<Option<Account>> {
    let statement = sql!("SELECT * FROM accounts WHERE username = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(username).fetch_optional(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Account>> {
    let statement = sql!("SELECT * FROM accounts WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

pub async fn all(tx: &mut Tx) -> Result<Vec<Account>> {
    let statement = sql!("SELECT * FROM accounts ORDER BY role, scope, username");
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

pub async fn of_organization(tx: &mut Tx, organization: Uuid) -> Result<Vec<Account>> {
    let statement =
        sql!("SELECT * FROM accounts WHERE organization_id = $1 AND state = 'active' ORDER BY display_name");
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// Active staff whose scope lies at or below `scope`, for assigning a verification.
pub async fn staff_within(tx: &mut Tx, scope: &str) -> Result<Vec<Account>> {
    let statement = sql!(
        "SELECT * FROM accounts WHERE role IN ('village_worker', 'street', 'district') AND scope >= $1 AND scope < $2 AND state = 'active' ORDER BY role DESC, scope, display_name LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(crate::scope_end(scope)).fetch_all(c).await)
}

pub async fn set_state(tx: &mut Tx, id: Uuid, state: AccountState, now: Time) -> Result<()> {
    let statement = sql!("UPDATE accounts SET state = $2, updated_at = $3 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(state).bind(now).execute(c).await.map(|_| ()))
}

pub async fn set_password(tx: &mut Tx, id: Uuid, hash: &str, must_change: bool, now: Time) -> Result<()> {
    let statement = sql!(
        "UPDATE accounts SET password_hash = $2, must_change = $3, password_set_at = $4, updated_at = $4 WHERE id = $1"
    );
    on!(tx, |c| sqlx::query(statement).bind(id).bind(hash).bind(must_change).bind(now).execute(c).await.map(|_| ()))
}

/// The same password hashed anew with the present parameters.
pub async fn renew_hash(tx: &mut Tx, id: Uuid, old: &str, new: &str) -> Result<()> {
    let statement = sql!("UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(old).bind(new).execute(c).await.map(|_| ()))
}

pub async fn set_signed_in(tx: &mut Tx, id: Uuid, now: Time) -> Result<()> {
    let statement = sql!("UPDATE accounts SET signed_in_at = $2 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|_| ()))
}

/// Another post: shown name, role, scope.
pub async fn set_post(tx: &mut Tx, id: Uuid, name: &str, role: Role, scope: &str, now: Time) -> Result<()> {
    let statement = sql!("UPDATE accounts SET display_name = $2, role = $3, scope = $4, updated_at = $5 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(name)
        .bind(role)
        .bind(scope)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Which accounts a list shows: of one state, within somebody's reach, holding a word.
#[derive(Clone, Debug)]
pub struct Filter {
    pub state: AccountState,
    /// Staff at or below this scope; empty for everybody's.
    pub scope: String,
    /// The members of this organization alone.
    pub organization: Option<Uuid>,
    /// Roles with a comma before and after each: `,street,district,`.
    pub roles: String,
    /// Part of the name or the shown name, in lower case; empty for all.
    pub word: String,
}

/// An account with its organization, for a list.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub account: Account,
    pub organization_name: Option<String>,
    /// Home of the organization.
    pub organization_division: Option<String>,
    pub factor_at: Option<Time>,
}

pub async fn list(tx: &mut Tx, f: &Filter, offset: i64, limit: i64) -> Result<Vec<Listed>> {
    let statement = sql!(
        "SELECT a.*, o.name AS organization_name, o.division_code AS organization_division, f.confirmed_at AS factor_at FROM accounts a LEFT JOIN organizations o ON o.id = a.organization_id LEFT JOIN second_factors f ON f.account_id = a.id WHERE a.state = $1 AND COALESCE(o.division_code, a.scope) >= $2 AND COALESCE(o.division_code, a.scope) < $3 AND (a.organization_id = $4 OR $4 IS NULL) AND $5 LIKE '%,' || a.role || ',%' AND (lower(a.username) LIKE $6 ESCAPE '!' OR lower(a.display_name) LIKE $6 ESCAPE '!' OR lower(COALESCE(o.name, '')) LIKE $6 ESCAPE '!') ORDER BY COALESCE(o.division_code, a.scope), o.name, a.role, a.username LIMIT $7 OFFSET $8"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(f.state)
        .bind(&f.scope)
        .bind(crate::scope_end(&f.scope))
        .bind(f.organization)
        .bind(&f.roles)
        .bind(pattern(&f.word))
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)
}

pub async fn count(tx: &mut Tx, f: &Filter) -> Result<i64> {
    let statement = sql!(
        "SELECT COUNT(*) FROM accounts a LEFT JOIN organizations o ON o.id = a.organization_id WHERE a.state = $1 AND COALESCE(o.division_code, a.scope) >= $2 AND COALESCE(o.division_code, a.scope) < $3 AND (a.organization_id = $4 OR $4 IS NULL) AND $5 LIKE '%,' || a.role || ',%' AND (lower(a.username) LIKE $6 ESCAPE '!' OR lower(a.display_name) LIKE $6 ESCAPE '!' OR lower(COALESCE(o.name, '')) LIKE $6 ESCAPE '!')"
    );
    let (n,): (i64,) = on!(tx, |c| sqlx::query_as(statement)
        .bind(f.state)
        .bind(&f.scope)
        .bind(crate::scope_end(&f.scope))
        .bind(f.organization)
        .bind(&f.roles)
        .bind(pattern(&f.word))
        .fetch_one(c)
        .await)?;
    Ok(n)
}

/// A word as a pattern: its own wildcards mean themselves.
fn pattern(word: &str) -> String {
    let mut out = String::from("%");
    for c in word.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// Whether an active account of another role bears this shown name and one of the two is an administrator's.
pub async fn is_elsewhere(tx: &mut Tx, name: &str, role: Role, administrator: bool) -> Result<bool> {
    let statement = sql!(
        "SELECT COUNT(*) FROM accounts WHERE display_name = $1 AND role <> $2 AND state = 'active' AND ($3 OR role IN ('system_admin', 'security_admin', 'audit_admin'))"
    );
    let (n,): (i64,) =
        on!(tx, |c| sqlx::query_as(statement).bind(name).bind(role).bind(administrator).fetch_one(c).await)?;
    Ok(n > 0)
}

/// Work that lies with an account.
#[derive(Clone, Debug, FromRow)]
pub struct OpenWork {
    /// `verification`, `pairing` or `draft`.
    pub kind: String,
    /// Code of the pairing or need.
    pub code: String,
}

/// What would be left lying when this account is gone: verifications assigned to it, running pairings it is named
/// for, needs it has begun or must revise. At most 100.
pub async fn open_work(tx: &mut Tx, id: Uuid) -> Result<Vec<OpenWork>> {
    let statement = sql!(
        "SELECT 'verification' AS kind, p.code AS code FROM verifications v JOIN pairings p ON p.id = v.pairing_id WHERE v.assignee_id = $1 AND v.state = 'assigned' UNION ALL SELECT 'pairing', p.code FROM pairing_workers w JOIN pairings p ON p.id = w.pairing_id WHERE w.account_id = $1 AND p.state IN ('pending_start', 'active', 'paused', 'reported') UNION ALL SELECT 'draft', n.code FROM needs n WHERE n.author_id = $1 AND n.state IN ('draft', 'returned') ORDER BY 1, 2 LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_all(c).await)
}

#[derive(Clone, Debug, FromRow)]
pub struct Once {
    pub account_id: Uuid,
    pub command: String,
    pub result: String,
}

/// Spends a form's token. Returns what the first submit gave when it is spent already.
pub async fn spend(tx: &mut Tx, token: Uuid, account: Uuid, command: &str, now: Time) -> Result<Option<Once>> {
    let insert = sql!(
        "INSERT INTO once_tokens (token, account_id, command, used_at) VALUES ($1, $2, $3, $4) ON CONFLICT (token) DO NOTHING"
    );
    let done = on!(&mut *tx, |c| sqlx::query(insert)
        .bind(token)
        .bind(account)
        .bind(command)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    if done == 1 {
        return Ok(None);
    }
    let select = sql!("SELECT account_id, command, result FROM once_tokens WHERE token = $1");
    on!(tx, |c| sqlx::query_as(select).bind(token).fetch_optional(c).await)
}

/// Whether a form's token has been spent.
pub async fn is_spent(tx: &mut Tx, token: Uuid) -> Result<bool> {
    let statement = sql!("SELECT COUNT(*) FROM once_tokens WHERE token = $1");
    let count: i64 = on!(tx, |c| sqlx::query_scalar(statement).bind(token).fetch_one(c).await)?;
    Ok(count > 0)
}

pub async fn spent_for(tx: &mut Tx, token: Uuid, result: &str) -> Result<()> {
    let statement = sql!("UPDATE once_tokens SET result = $2 WHERE token = $1");
    on!(tx, |c| sqlx::query(statement).bind(token).bind(result).execute(c).await.map(|_| ()))
}

/// Forgets form tokens, sessions, drafts, counters of attempts and password links older than `before`.
pub async fn tidy(tx: &mut Tx, before: Time) -> Result<()> {
    let tokens = sql!("DELETE FROM once_tokens WHERE used_at < $1");
    on!(&mut *tx, |c| sqlx::query(tokens).bind(before).execute(c).await.map(|_| ()))?;
    let sessions = sql!("DELETE FROM sessions WHERE expires_at < $1");
    on!(&mut *tx, |c| sqlx::query(sessions).bind(before).execute(c).await.map(|_| ()))?;
    let drafts = sql!("DELETE FROM drafts WHERE updated_at < $1");
    on!(&mut *tx, |c| sqlx::query(drafts).bind(before).execute(c).await.map(|_| ()))?;
    let limits = sql!("DELETE FROM sign_in_limits WHERE updated_at < $1");
    on!(&mut *tx, |c| sqlx::query(limits).bind(before).execute(c).await.map(|_| ()))?;
    let links = sql!("DELETE FROM password_links WHERE expires_at < $1");
    on!(tx, |c| sqlx::query(links).bind(before).execute(c).await.map(|_| ()))
}
