//! Accounts: opening, changing and closing them, and the own password.
//!
//! Who manages whose stands in [`managed_by`] and the table of permissions; nobody manages the own account.

use crate::base::kin::{KIN_DAYS, kin};
use crate::base::limits;
use crate::base::offers::Offers;
use crate::base::work::{About, Work};
use crate::boxed;
pub use crate::people::post::least_chars;
use crate::people::post::{check_apart, check_new, check_post, check_username, context};
use crate::people::steps::{insert, set_password};
use crate::people::token::{new_token, token_hash};
use crate::people::{password, session, steps};
use crate::{Clock, Ctx, Error, Result, Services};
use domain::account::{Hand, managed_by, may_become};
use domain::calendar::Time;
use domain::field::{Check, only_some};
use domain::form::people::{account as form, password as secret};
use domain::machine::Command;
use domain::organization::AccountState;
use domain::permission::{Record, Separation, authorize};
use domain::role::Role;
use storage::people::account::{self, Account, Filter, OpenWork};
use storage::people::hand;
use uuid::Uuid;

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

/// Creates an account with a password that somebody else chose: it is changed at the first sign-in.
#[boxed]
pub async fn create(ctx: &Ctx, new: &NewAccount) -> Result<Uuid> {
    let services = &ctx.services;
    let mut check = Check::new();
    let username = check_username(&mut check, &new.username);
    let display_name = check.read(form::DISPLAY_NAME, &new.display_name);
    check_post(services, &mut check, new.role, &new.scope, new.organization_id);
    let words = context(services, &username, &display_name, &new.scope, new.organization_id).await?;
    password::check(&mut check, secret::PRESENT, &new.password, least_chars(services, new.role), &words);
    let mut tx = services.db.read().await?;
    check_apart(&mut tx, &mut check, new.role, &display_name).await?;
    drop(tx);
    check.done()?;
    let hash = services.passwords.hash(&new.password).await?;
    let mut work = Work::begin(ctx, Command::AccountCreate).await?;
    work.authorize(&Record::default())?;
    let id =
        insert(&mut work, &username, &display_name, new.role, &new.scope, new.organization_id, &hash, true).await?;
    in_hand(&mut work, id, Hand::Made).await?;
    work.commit("").await?;
    Ok(id)
}

/// Creates an account with a hash made before (the demo makes one hash for all).
#[boxed]
pub async fn create_hashed(ctx: &Ctx, new: &NewAccount, hash: String) -> Result<Uuid> {
    let mut work = Work::begin(ctx, Command::AccountCreate).await?;
    work.authorize(&Record::default())?;
    let (name, scope) = (new.display_name.as_str(), new.scope.as_str());
    let id = insert(&mut work, &new.username, name, new.role, scope, new.organization_id, &hash, false).await?;
    work.commit("").await?;
    Ok(id)
}

/// Changes the own password; ends every session of the account.
#[boxed]
pub async fn change_password(ctx: &Ctx, current: &str, new: &str, again: &str) -> Result<()> {
    let id = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    let found = account::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let mut check = Check::new();
    check_new(&ctx.services, &mut check, &found, new, again).await?;
    if current.is_empty() {
        check.missing(secret::CURRENT);
    }
    check.done()?;
    let counted = limits::second(&ctx.services, id).await?;
    if !ctx.services.passwords.fits(current, Some(&found.password_hash)).await? {
        return Err(Error::wrong(secret::CURRENT, "现在的密码不对"));
    }
    let hash = ctx.services.passwords.hash(new).await?;
    let mut work = Work::begin(ctx, Command::AccountPassword).await?;
    counted.was_right(&mut work.tx).await?;
    set_password(&mut work, &found, &hash, false, None).await?;
    work.commit("").await
}

/// Sets a password from the command line (no administrator can sign in): it is changed at the next sign-in.
#[boxed]
pub async fn reset_password(ctx: &Ctx, username: &str, new: &str) -> Result<()> {
    let found = named(ctx, username).await?;
    let mut check = Check::new();
    let words =
        context(&ctx.services, &found.username, &found.display_name, &found.scope, found.organization_id).await?;
    password::check(&mut check, secret::PRESENT, new, least_chars(&ctx.services, found.role), &words);
    check.done()?;
    let hash = ctx.services.passwords.hash(new).await?;
    let mut work = Work::begin(ctx, Command::AccountPassword).await?;
    set_password(&mut work, &found, &hash, true, None).await?;
    work.commit("").await
}

/// An account by the name it signs in with.
#[boxed]
pub async fn named(ctx: &Ctx, username: &str) -> Result<Account> {
    authorize(&ctx.actor, Command::AccountCreate, &Record::default())?;
    let mut tx = ctx.services.db.read().await?;
    account::by_username(&mut tx, username).await?.ok_or(Error::NotFound)
}

/// Every account, for the command line.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Account>> {
    authorize(&ctx.actor, Command::AccountCreate, &Record::default())?;
    let mut tx = ctx.services.db.read().await?;
    Ok(account::all(&mut tx).await?)
}

/// Whether nobody can sign in yet.
#[boxed]
pub async fn is_empty(services: &Services) -> Result<bool> {
    let mut tx = services.db.read().await?;
    Ok(account::all(&mut tx).await?.is_empty())
}

/// Whose accounts an actor manages: those of these roles, within this scope or of this organization.
#[derive(Clone, Debug)]
pub struct Reach {
    pub roles: Vec<Role>,
    pub scope: String,
    pub organization: Option<Uuid>,
}

impl Reach {
    pub fn of(ctx: &Ctx) -> Result<Self> {
        let roles = managed_by(ctx.role());
        if roles.is_empty() {
            return Err(Error::Forbidden(domain::permission::Refusal::Role));
        }
        Ok(Self { roles, scope: ctx.actor.scope.clone(), organization: ctx.actor.organization_id })
    }

    /// The roles as a statement reads them: `,street,district,`.
    pub(crate) fn role_words(&self) -> String {
        self.roles.iter().fold(String::from(","), |text, role| text + role.as_str() + ",")
    }
}

/// An account as its managers see it: without anything that opens it.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    pub role: Role,
    pub scope: String,
    pub organization_id: Option<Uuid>,
    pub state: AccountState,
    pub signed_in_at: Option<Time>,
    pub created_at: Time,
}

impl From<Account> for Person {
    fn from(a: Account) -> Self {
        Self {
            id: a.id,
            username: a.username,
            display_name: a.display_name,
            role: a.role,
            scope: a.scope,
            organization_id: a.organization_id,
            state: a.state,
            signed_in_at: a.signed_in_at,
            created_at: a.created_at,
        }
    }
}

/// A line of the list of accounts.
#[derive(Clone, Debug)]
pub struct Line {
    pub account: Person,
    pub organization_name: Option<String>,
    pub factor_at: Option<Time>,
}

/// A page of the accounts within reach.
#[derive(Clone, Debug)]
pub struct Page {
    pub rows: Vec<Line>,
    pub active: i64,
    pub deactivated: i64,
}

/// Accounts of a state whose name, shown name or organization holds a word.
#[boxed]
pub async fn page(ctx: &Ctx, state: AccountState, word: &str, offset: i64, limit: i64) -> Result<Page> {
    let reach = Reach::of(ctx)?;
    let word: String = domain::text::tidy(&domain::text::nfkc(word)).chars().take(40).collect();
    let filter = |state| Filter {
        state,
        scope: reach.scope.clone(),
        organization: reach.organization,
        roles: reach.role_words(),
        word: word.clone(),
    };
    let mut tx = ctx.services.db.read().await?;
    let rows = account::list(&mut tx, &filter(state), offset, limit).await?;
    Ok(Page {
        rows: rows
            .into_iter()
            .map(|row| Line {
                account: row.account.into(),
                organization_name: row.organization_name,
                factor_at: row.factor_at,
            })
            .collect(),
        active: account::count(&mut tx, &filter(AccountState::Active)).await?,
        deactivated: account::count(&mut tx, &filter(AccountState::Deactivated)).await?,
    })
}

/// What the manager of an account sees of it.
#[derive(Clone, Debug)]
pub struct Managed {
    pub account: Person,
    pub organization_name: Option<String>,
    pub factor_at: Option<Time>,
    pub sessions: Vec<session::Device>,
    /// Until when wrong passwords make it wait.
    pub blocked_until: Option<Time>,
    /// Somebody made or reset it, and nobody else has met the person.
    pub in_hand: bool,
    /// Work that would be left lying.
    pub work: Vec<OpenWork>,
    pub offers: Offers,
    division: String,
}

/// What the decision needs of an account.
fn record<'a>(a: &Account, division: &'a str) -> Record<'a> {
    Record {
        division: Some(division),
        organization: a.organization_id,
        others: vec![(Some(a.id), Separation::Oneself)],
        ..Record::default()
    }
}

/// Where an account belongs: its scope, or the home of its organization.
async fn division(tx: &mut storage::Tx, a: &Account) -> Result<String> {
    match a.organization_id {
        Some(id) => {
            Ok(storage::supply::organization::by_id(tx, id).await?.map(|o| o.division_code).unwrap_or_default())
        }
        None => Ok(a.scope.clone()),
    }
}

/// An account within reach; every other does not exist.
async fn within(tx: &mut storage::Tx, ctx: &Ctx, id: Uuid) -> Result<(Account, String)> {
    let reach = Reach::of(ctx)?;
    let found = account::by_id(tx, id).await?.ok_or(Error::NotFound)?;
    let division = division(tx, &found).await?;
    let inside = reach.roles.contains(&found.role)
        && division.starts_with(&reach.scope)
        && reach.organization.is_none_or(|own| found.organization_id == Some(own));
    if inside { Ok((found, division)) } else { Err(Error::NotFound) }
}

/// One account within reach, with what can be done about it.
#[boxed]
pub async fn managed(ctx: &Ctx, id: Uuid) -> Result<Managed> {
    let mut tx = ctx.services.db.read().await?;
    let (account, division) = within(&mut tx, ctx, id).await?;
    let organization_name = match account.organization_id {
        Some(id) => storage::supply::organization::by_id(&mut tx, id).await?.map(|o| o.name),
        None => None,
    };
    let factor_at = storage::people::factor::confirmed_at(&mut tx, id).await?;
    let work = account::open_work(&mut tx, id).await?;
    let in_hand = !hand::open_of(&mut tx, id, ctx.now().plus_days(-KIN_DAYS)).await?.is_empty();
    let blocked_until = limits::blocked(&mut tx, &account.username, id, ctx.now()).await?;
    drop(tx);
    let who = record(&account, &division);
    let offers = Offers::of(&ctx.actor, account.state, |_| who.clone()).with(&ctx.actor, &[Command::SessionEnd], &who);
    let offers =
        offers.unless(Command::AccountVouch, !in_hand).unless(Command::AccountUnblock, blocked_until.is_none());
    drop(who);
    let sessions = session::of(ctx, id).await?;
    Ok(Managed {
        account: account.into(),
        organization_name,
        factor_at,
        sessions,
        blocked_until,
        in_hand,
        work,
        offers,
        division,
    })
}

impl Managed {
    /// Division that decides whose account it is.
    pub fn division(&self) -> &str {
        &self.division
    }
}

/// Opens a command on an account within reach.
async fn open(ctx: &Ctx, id: Uuid, command: Command) -> Result<(Work<'_>, Account)> {
    let mut work = Work::begin(ctx, command).await?;
    let (found, division) = within(&mut work.tx, ctx, id).await?;
    work.authorize(&record(&found, &division))?;
    Ok((work, found))
}

fn about(found: &Account, reason: Option<String>, data: serde_json::Value) -> About<'static> {
    About { organization: found.organization_id, reason, data: Some(data), ..About::default() }
}

/// Another post for an account: shown name, role, scope. Its sessions end at once.
#[boxed]
pub async fn change(ctx: &Ctx, id: Uuid, name: &str, role: Role, scope: &str) -> Result<()> {
    let (mut work, found) = open(ctx, id, Command::AccountChange).await?;
    let step = work.leads(found.state)?;
    let mut check = Check::new();
    let name = check.read(form::DISPLAY_NAME, name);
    check_post(&ctx.services, &mut check, role, scope, found.organization_id);
    if !may_become(found.role, role) || !managed_by(ctx.role()).contains(&role) {
        check.wrong(form::ROLE, "不能改成这个岗位：三员、工作人员和社会组织的账号不能互相转换，请另开账号");
    } else if role.is_staff() && !scope.starts_with(&ctx.actor.scope) {
        check.wrong(form::SCOPE, "管辖范围不在您的辖区内，请核对区划代码");
    }
    check_apart(&mut work.tx, &mut check, role, &name).await?;
    check.done()?;
    account::set_post(&mut work.tx, id, &name, role, scope, work.now).await?;
    storage::people::session::end_all(&mut work.tx, id, None, work.now).await?;
    let data = serde_json::json!({
        "from": { "role": found.role, "scope": found.scope },
        "to": { "role": role, "scope": scope },
    });
    work.stepped(step, id, about(&found, None, data)).await?;
    work.commit("").await
}

/// Closes an account, or opens it again; its sessions end at once.
#[boxed]
pub async fn set_open(ctx: &Ctx, id: Uuid, active: bool, reason: &str) -> Result<()> {
    let command = if active { Command::AccountReactivate } else { Command::AccountDeactivate };
    let reason = only_some(form::DEACTIVATE.required(!active), reason)?;
    let (mut work, found) = open(ctx, id, command).await?;
    let step = work.leads(found.state)?;
    account::set_state(&mut work.tx, id, step.to, work.now).await?;
    storage::people::session::end_all(&mut work.tx, id, None, work.now).await?;
    work.stepped(step, id, about(&found, reason, serde_json::json!({}))).await?;
    work.commit("").await
}

/// As [`set_open`] from the command line, by name.
#[boxed]
pub async fn set_active(ctx: &Ctx, username: &str, active: bool) -> Result<()> {
    let id = named(ctx, username).await?.id;
    set_open(ctx, id, active, "由运行维护人员在命令行办理").await
}

/// Notes that the actor had somebody's account in hand.
async fn in_hand(work: &mut Work<'_>, id: Uuid, kind: Hand) -> Result<()> {
    match work.ctx.actor.account_id {
        Some(by) => Ok(hand::insert(&mut work.tx, id, by, kind, work.now).await?),
        None => Ok(()),
    }
}

/// Refuses whoever has done the other half of what opens an account: a new password and a new second factor are given
/// by two persons.
async fn not_both(work: &mut Work<'_>, id: Uuid, other: Hand) -> Result<()> {
    let Some(own) = work.ctx.actor.account_id else { return Ok(()) };
    let by = hand::by(&mut work.tx, id, other, work.now.plus_days(-KIN_DAYS)).await?;
    let kin = kin(&mut work.tx, own, work.now).await?;
    if by.iter().any(|by| *by == own || kin.contains(by)) {
        let what = other.label();
        return Err(Error::rule(format!("{KIN_DAYS}天内您给这个账号{what}，这一步要由另一位管理员来办")));
    }
    Ok(())
}

/// 当面核实: a second administrator has met whom the account belongs to; from now on it counts for itself.
#[boxed]
pub async fn vouch(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::AccountVouch).await?;
    let (found, division) = within(&mut work.tx, ctx, id).await?;
    let hands = hand::open_of(&mut work.tx, id, work.now.plus_days(-KIN_DAYS)).await?;
    let mut who = record(&found, &division);
    who.others.extend(hands.iter().map(|by| (Some(*by), Separation::Lineage)));
    who.others.push((Some(id), Separation::Lineage));
    work.authorize(&who)?;
    if hands.is_empty() {
        return Err(Error::rule("这个账号不用核实：没有别人刚开通或重设过它"));
    }
    let step = work.leads(found.state)?;
    hand::vouch(&mut work.tx, id, ctx.account()?, work.now).await?;
    work.stepped(step, id, about(&found, None, serde_json::json!({}))).await?;
    work.commit("").await
}

/// Lets an account sign in again at once, where wrong passwords make it wait.
#[boxed]
pub async fn unblock(ctx: &Ctx, id: Uuid) -> Result<()> {
    let (mut work, found) = open(ctx, id, Command::AccountUnblock).await?;
    let step = work.leads(found.state)?;
    limits::forget(&mut work.tx, &found.username, id).await?;
    work.stepped(step, id, about(&found, None, serde_json::json!({}))).await?;
    work.commit("").await
}

/// Forgets the second factor of an account whose telephone and recovery codes are lost; it sets up a new one at the
/// next sign-in. Its sessions end at once.
#[boxed]
pub async fn reset_factor(ctx: &Ctx, id: Uuid) -> Result<()> {
    let (mut work, found) = open(ctx, id, Command::AccountFactorReset).await?;
    let step = work.leads(found.state)?;
    not_both(&mut work, id, Hand::Link).await?;
    in_hand(&mut work, id, Hand::Factor).await?;
    storage::people::factor::remove(&mut work.tx, id).await?;
    storage::people::session::end_all(&mut work.tx, id, None, work.now).await?;
    limits::forget(&mut work.tx, &found.username, id).await?;
    work.stepped(step, id, about(&found, None, serde_json::json!({}))).await?;
    work.commit("").await
}

/// Signs an account out on every device.
#[boxed]
pub async fn end_sessions(ctx: &Ctx, id: Uuid) -> Result<u64> {
    let (mut work, _) = open(ctx, id, Command::SessionEnd).await?;
    let ended = storage::people::session::end_all(&mut work.tx, id, None, work.now).await?;
    steps::event(&mut work, id, serde_json::json!({ "ended": ended })).await?;
    work.commit("").await?;
    Ok(ended)
}

/// Makes a link with which the person chooses a new password; earlier links open nothing any more.
#[boxed]
pub async fn password_link(ctx: &Ctx, id: Uuid) -> Result<String> {
    let (mut work, found) = open(ctx, id, Command::AccountPasswordLink).await?;
    let step = work.leads(found.state)?;
    not_both(&mut work, id, Hand::Factor).await?;
    in_hand(&mut work, id, Hand::Link).await?;
    let token = new_token(&ctx.services);
    let link = storage::people::invitation::PasswordLink {
        token_hash: token_hash(&token),
        account_id: id,
        created_by: ctx.actor.account_id,
        created_at: work.now,
        expires_at: work.now.plus_minutes(ctx.services.policy.reset_minutes),
        used_at: None,
    };
    storage::people::invitation::insert_link(&mut work.tx, &link).await?;
    work.stepped(step, id, about(&found, None, serde_json::json!({}))).await?;
    work.commit("").await?;
    Ok(token)
}

/// A clock that stands where it was put; for demo data and tests.
pub struct ManualClock {
    now: std::sync::atomic::AtomicI64,
    up: std::sync::Mutex<Option<crate::Uptime>>,
}

impl ManualClock {
    pub fn at(time: Time) -> Self {
        Self { now: std::sync::atomic::AtomicI64::new(time.0), up: std::sync::Mutex::default() }
    }

    pub fn set(&self, time: Time) {
        self.now.store(time.0, std::sync::atomic::Ordering::Relaxed);
    }

    /// Says how long the machine has been up since a start.
    pub fn set_uptime(&self, boot: &str, seconds: i64) {
        *self.up.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some(crate::Uptime { boot: boot.to_owned(), seconds });
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.now.load(std::sync::atomic::Ordering::Relaxed))
    }

    fn uptime(&self) -> Option<crate::Uptime> {
        self.up.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}
