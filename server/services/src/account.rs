//! Accounts: sign-in, sessions, passwords.

use crate::work::{About, Work};
use crate::{Clock, Ctx, Error, Random, Result, Services};
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::{PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::calendar::Time;
use domain::field::Check;
use domain::machine::{self, Command};
use domain::organization::AccountState;
use domain::permission::Record;
use domain::role::{Actor, Role};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::account::{self, Account, Session};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Argon2id, 19 MiB, two passes, one lane (OWASP's floor).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Wrong passwords after which an account rests, and for how long (minutes).
const LOCK_AFTER: i64 = 5;
const LOCK_MINUTES: i64 = 15;

/// Hashing is slow on purpose: it runs beside the event loop, few at a time.
pub struct Passwords {
    random: Arc<dyn Random>,
    slots: Arc<Semaphore>,
    params: Params,
}

impl Passwords {
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self {
            random,
            slots: Arc::new(Semaphore::new(2)),
            params: Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default(),
        }
    }

    fn argon(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    /// Hash of a password as a PHC string.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let mut salt = [0_u8; 16];
        self.random.fill(&mut salt);
        let (argon, password) = (self.argon(), password.to_owned());
        self.run(move || {
            argon
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash: PasswordHash| hash.to_string())
                .map_err(|_| Error::Internal("password hash"))
        })
        .await?
    }

    /// Whether a password fits a stored hash. Takes as long for no hash at all.
    pub async fn fits(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        // Hash of nothing in particular, so that unknown accounts cost the same.
        const NOBODY: &str =
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let (argon, password, stored) = (self.argon(), password.to_owned(), hash.unwrap_or(NOBODY).to_owned());
        let known = hash.is_some();
        let fits = self
            .run(move || {
                PasswordHash::new(&stored).is_ok_and(|hash| argon.verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(fits && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| Error::Internal("password slots"))?;
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_| Error::Internal("password task"))
    }
}

/// A signed-in account.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub actor: Actor,
    pub display_name: String,
    pub username: String,
    pub organization_name: Option<String>,
    /// The organization is verified at the moment.
    pub verified: bool,
}

/// Hash under which a session token is stored.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Signs in. Returns the session token; the same answer for unknown accounts,
/// wrong passwords and deactivated accounts.
pub async fn sign_in(services: &Arc<Services>, username: &str, password: &str) -> Result<String> {
    let mut check = Check::new();
    if username.trim().is_empty() {
        check.add("username", "填写账号");
    }
    if password.is_empty() {
        check.add("password", "填写密码");
    } else if password.chars().count() > 256 {
        check.add("password", "密码太长，最多256个字符");
    }
    check.done()?;
    let username = domain::text::nfkc(username).trim().to_lowercase();
    // A name that no account can have is not asked for: PostgreSQL takes no NUL at all.
    let found = if username.chars().any(char::is_control) {
        None
    } else {
        let mut tx = services.db.read().await?;
        account::by_username(&mut tx, &username).await?
    };
    let now = services.now();
    let refused = || Error::field("password", "账号或密码不对，或账号已停用。连续输错5次会锁定15分钟");
    if found.as_ref().is_some_and(|a| a.locked_until.is_some_and(|until| until > now)) {
        // Costs the same as a real try, so that a lock tells nothing by its speed.
        services.passwords.fits(password, None).await?;
        return Err(refused());
    }
    let fits = services.passwords.fits(password, found.as_ref().map(|a| a.password_hash.as_str())).await?;
    let Some(found) = found else { return Err(refused()) };
    let ctx = Ctx::new(services, found.actor(), "page");
    if !fits || found.state != AccountState::Active || found.role == Role::System {
        let failures = found.failures + 1;
        let mut work = Work::begin(&ctx, Command::SessionRefuse).await?;
        let locked = (failures >= LOCK_AFTER).then(|| now.plus_minutes(LOCK_MINUTES));
        account::set_failures(&mut work.tx, found.id, if locked.is_some() { 0 } else { failures }, locked).await?;
        session_event(&mut work, Command::SessionRefuse, found.id).await?;
        work.commit("").await?;
        return Err(refused());
    }
    let mut bytes = [0_u8; 32];
    services.random.fill(&mut bytes);
    let token = hex::encode(bytes);
    let mut work = Work::begin(&ctx, Command::SessionSignIn).await?;
    account::set_failures(&mut work.tx, found.id, 0, None).await?;
    let session = Session {
        token_hash: token_hash(&token),
        account_id: found.id,
        created_at: now,
        seen_at: now,
        expires_at: now.plus_hours(services.policy.session_hours),
        ended_at: None,
    };
    account::insert_session(&mut work.tx, &session).await?;
    session_event(&mut work, Command::SessionSignIn, found.id).await?;
    work.commit("").await?;
    Ok(token)
}

async fn session_event(work: &mut Work<'_>, command: Command, account: Uuid) -> Result<()> {
    storage::event::append(
        &mut work.tx,
        &storage::event::NewEvent {
            at: work.now,
            actor_id: work.ctx.actor.account_id,
            actor_role: work.ctx.actor.role,
            origin: work.ctx.origin,
            object: machine::Object::Session,
            object_id: account,
            need_id: None,
            division_code: String::new(),
            organization_id: work.ctx.actor.organization_id,
            command,
            from_state: None,
            to_state: "done",
            reason: None,
            data: serde_json::json!({}),
        },
    )
    .await?;
    Ok(())
}

/// Why a token opens nothing.
#[derive(Clone, Debug)]
pub enum NoSession {
    /// Never ours.
    Unknown,
    /// Ours once: this account's work may be kept for it.
    Ended { account_id: Uuid },
}

/// The account behind a session token.
pub async fn resume(services: &Services, token: &str) -> Result<std::result::Result<SignedIn, NoSession>> {
    let hash = token_hash(token);
    let now = services.now();
    let mut tx = services.db.read().await?;
    let Some(session) = account::session(&mut tx, &hash).await? else { return Ok(Err(NoSession::Unknown)) };
    let idle = session.seen_at.plus_minutes(services.policy.idle_minutes);
    let Some(found) = account::by_id(&mut tx, session.account_id).await? else { return Ok(Err(NoSession::Unknown)) };
    if session.ended_at.is_some() || session.expires_at <= now || idle <= now || found.state != AccountState::Active {
        return Ok(Err(NoSession::Ended { account_id: found.id }));
    }
    let organization = match found.organization_id {
        Some(id) => storage::organization::by_id(&mut tx, id).await?,
        None => None,
    };
    let verified = organization.as_ref().is_some_and(|o| o.state == domain::organization::OrganizationState::Verified);
    let organization_name = organization.map(|o| o.name);
    drop(tx);
    if session.seen_at.minutes_until(now) >= 5 {
        let mut tx = services.db.write().await?;
        account::touch_session(&mut tx, &hash, now).await?;
        tx.commit().await?;
    }
    Ok(Ok(SignedIn {
        actor: found.actor(),
        display_name: found.display_name,
        username: found.username,
        organization_name,
        verified,
    }))
}

pub async fn sign_out(ctx: &Ctx, token: &str) -> Result<()> {
    let account_id = ctx.account()?;
    let mut work = Work::begin(ctx, Command::SessionSignOut).await?;
    account::end_session(&mut work.tx, &token_hash(token), work.now).await?;
    session_event(&mut work, Command::SessionSignOut, account_id).await?;
    work.commit("").await
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub username: String,
    pub password: String,
    pub display_name: String,
    pub role: Role,
    pub scope: String,
    pub organization_id: Option<Uuid>,
}

/// Words that make a password guessable here.
const CONTEXT_WORDS: &[&str] =
    &["duijie", "tianjin", "minzheng", "民政", "天津", "救急难", "password", "12345678", "88888888", "qwerty"];

fn check_password(check: &mut Check, field: &str, password: &str, username: &str) {
    let count = password.chars().count();
    if count < 12 {
        check.add(field, format!("密码只有{count}个字符，至少12个，可以用几个词连成一句"));
    } else if count > 256 {
        check.add(field, "密码太长，最多256个字符");
    }
    let lower = password.to_lowercase();
    let distinct: std::collections::BTreeSet<char> = lower.chars().collect();
    if distinct.len() < 5
        || (username.len() >= 3 && lower.contains(username))
        || CONTEXT_WORDS.iter().any(|word| lower.contains(word))
    {
        check.add(field, "密码太容易猜到：不要用账号名、“民政”“天津”一类的词、连续或重复的字符");
    }
}

/// Creates an account; checks that role, scope and organization belong together.
pub async fn create(ctx: &Ctx, new: &NewAccount) -> Result<Uuid> {
    let mut check = Check::new();
    let username = domain::text::nfkc(&new.username).trim().to_lowercase();
    if !(3..=40).contains(&username.chars().count())
        || !username.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    {
        check.add("username", "账号用3到40个小写字母、数字、点、横线或下划线");
    }
    let display_name = check.line("display_name", "显示名", &new.display_name, 40);
    check_password(&mut check, "password", &new.password, &username);
    match new.role.scope_digits() {
        Some(digits) => {
            let divisions = ctx.services.divisions();
            if new.scope.len() != digits || divisions.get(&new.scope).is_none() {
                check.add("scope", format!("{}的管辖范围要填{digits}位区划代码", new.role.label()));
            }
        }
        None if !new.scope.is_empty() => check.add("scope", format!("{}不填管辖范围", new.role.label())),
        None => {}
    }
    if new.role.is_organization() != new.organization_id.is_some() {
        check.add(
            "organization",
            if new.role.is_organization() {
                "填写所属社会组织的统一社会信用代码"
            } else {
                "工作人员账号不填社会组织"
            },
        );
    }
    if new.role == Role::System {
        check.add("role", "不能建立平台自身的账号");
    }
    check.done()?;
    let password_hash = ctx.services.passwords.hash(&new.password).await?;
    insert(ctx, new, username, display_name, password_hash).await
}

/// Creates an account with a hash made before (the demo makes one hash for all).
pub async fn create_hashed(ctx: &Ctx, new: &NewAccount, password_hash: String) -> Result<Uuid> {
    insert(ctx, new, new.username.clone(), new.display_name.clone(), password_hash).await
}

async fn insert(
    ctx: &Ctx,
    new: &NewAccount,
    username: String,
    display_name: String,
    password_hash: String,
) -> Result<Uuid> {
    let mut work = Work::begin(ctx, Command::AccountCreate).await?;
    work.authorize(Command::AccountCreate, &Record::default())?;
    let row = Account {
        id: ctx.services.new_id(),
        username,
        password_hash,
        display_name,
        role: new.role,
        scope: new.scope.clone(),
        organization_id: new.organization_id,
        state: AccountState::Active,
        failures: 0,
        locked_until: None,
        created_at: work.now,
        updated_at: work.now,
    };
    match account::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::field("username", "这个账号名已经有人用了，请换一个")),
        other => other?,
    }
    work.created(
        Command::AccountCreate,
        AccountState::Active,
        row.id,
        About { organization: new.organization_id, ..About::default() },
    )
    .await?;
    work.commit("").await?;
    Ok(row.id)
}

/// Changes the own password; ends every session of the account.
pub async fn change_password(ctx: &Ctx, current: &str, new: &str, again: &str) -> Result<()> {
    let id = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    let found = account::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let mut check = Check::new();
    check_password(&mut check, "new_password", new, &found.username);
    if new != again {
        check.add("again", "两次输入的新密码不一样");
    }
    if !ctx.services.passwords.fits(current, Some(&found.password_hash)).await? {
        check.add("current_password", "现在的密码不对");
    }
    check.done()?;
    set_password(ctx, &found, new).await
}

async fn set_password(ctx: &Ctx, found: &Account, new: &str) -> Result<()> {
    let hash = ctx.services.passwords.hash(new).await?;
    let mut work = Work::begin(ctx, Command::AccountPassword).await?;
    work.authorize(Command::AccountPassword, &Record::default())?;
    account::set_password(&mut work.tx, found.id, &hash, work.now).await?;
    account::end_sessions(&mut work.tx, found.id, work.now).await?;
    work.stepped(Command::AccountPassword, found.state, found.state, found.id, About::default()).await?;
    work.commit("").await
}

/// Sets a password from the command line (lost password); ends every session.
pub async fn reset_password(ctx: &Ctx, username: &str, new: &str) -> Result<()> {
    let mut tx = ctx.services.db.read().await?;
    let found = account::by_username(&mut tx, username).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let mut check = Check::new();
    check_password(&mut check, "password", new, &found.username);
    check.done()?;
    set_password(ctx, &found, new).await
}

/// Deactivates or reactivates an account; its sessions end at once.
pub async fn set_active(ctx: &Ctx, username: &str, active: bool) -> Result<()> {
    let command = if active { Command::AccountReactivate } else { Command::AccountDeactivate };
    let mut work = Work::begin(ctx, command).await?;
    work.authorize(command, &Record::default())?;
    let found = account::by_username(&mut work.tx, username).await?.ok_or(Error::NotFound)?;
    let to = machine::step(found.state, command)?;
    account::set_state(&mut work.tx, found.id, to, work.now).await?;
    account::end_sessions(&mut work.tx, found.id, work.now).await?;
    work.stepped(command, found.state, to, found.id, About::default()).await?;
    work.commit("").await
}

pub async fn list(ctx: &Ctx) -> Result<Vec<Account>> {
    domain::permission::authorize(&ctx.actor, Command::AccountCreate, &Record::default())?;
    let mut tx = ctx.services.db.read().await?;
    Ok(account::all(&mut tx).await?)
}

/// Whether nobody can sign in yet.
pub async fn is_empty(services: &Services) -> Result<bool> {
    let mut tx = services.db.read().await?;
    Ok(account::all(&mut tx).await?.is_empty())
}

/// A clock that stands where it was put; for demo data and tests.
pub struct ManualClock(std::sync::atomic::AtomicI64);

impl ManualClock {
    pub fn at(time: Time) -> Self {
        Self(std::sync::atomic::AtomicI64::new(time.0))
    }

    pub fn set(&self, time: Time) {
        self.0.store(time.0, std::sync::atomic::Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}
