//! Sign-in in its steps (password, code, new password), sessions, and proving oneself again.
//!
//! A session has a [`Stage`]; only a full one gives a [`Ctx`]. Each step forward gives the session a new token, so
//! that nothing known before it opens anything after it.

use crate::base::limits;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::people::steps::{event, event_by};
use crate::people::token::new_token;
pub use crate::people::token::token_hash;
use crate::people::{factor, password, post};
use crate::{Ctx, Error, Result, Services};
use domain::account::{Stage, wants_second_factor};
use domain::calendar::Time;
use domain::field::Check;
use domain::form::people::account::NAME;
use domain::form::people::password as secret;
use domain::machine::Command;
use domain::organization::AccountState;
use domain::permission::Record;
use domain::role::{Actor, Role};
use std::sync::Arc;
use storage::people::account::Account;
use storage::people::device;
use storage::people::session::{self, Session};
use uuid::Uuid;

/// Where a request comes from, as the site sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit<'a> {
    /// Address of the peer, or of the client that a trusted proxy names.
    pub address: &'a str,
    /// What the browser calls itself.
    pub agent: &'a str,
    /// Token of a browser that has signed in before; empty where it bears none.
    pub device: &'a str,
}

/// A session that was opened or went a step on.
#[derive(Clone, Debug)]
pub struct Opened {
    pub token: String,
    pub stage: Stage,
    /// For a browser that signs in here for the first time: by this it is known.
    pub device: Option<String>,
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
    pub session_id: Uuid,
    pub stage: Stage,
    /// When the person last proved who they are.
    pub confirmed_at: Option<Time>,
    /// Notices that wait for the reader.
    pub unread: i64,
    /// Whether a working list is remembered for the reader.
    pub keeps_views: bool,
}

/// Signs in with name and password: the same answer, cost and trail for unknown names, wrong passwords and
/// deactivated accounts. `old` is the token the browser sent, which opens nothing any more.
#[boxed]
pub async fn sign_in(
    services: &Arc<Services>,
    username: &str,
    password: &str,
    visit: Visit<'async_recursion>,
    old: Option<&str>,
) -> Result<Opened> {
    let mut check = Check::new();
    if username.trim().is_empty() {
        check.missing(NAME);
    } else if username.chars().count() > 100 {
        check.wrong(NAME, "账号太长，请核对");
    }
    if password.is_empty() {
        check.missing(secret::PRESENT);
    } else if password.chars().count() > password::MAX_CHARS {
        check.wrong(secret::PRESENT, format!("密码太长，最多{}个字符", password::MAX_CHARS));
    }
    check.done()?;
    let username = domain::text::nfkc(username).trim().to_lowercase();
    let counted = limits::sign_in(services, &username, visit.address, visit.device).await?;
    // A name that no account can have is not asked for: PostgreSQL takes no NUL at all.
    let found = if username.chars().any(char::is_control) {
        None
    } else {
        let mut tx = services.db.read().await?;
        storage::people::account::by_username(&mut tx, &username).await?
    };
    let now = services.now();
    let fits = services.passwords.fits(password, found.as_ref().map(|a| a.password_hash.as_str())).await?;
    let open = |a: &Account| a.state == AccountState::Active && a.role != Role::System;
    let found = match found {
        Some(found) if fits && open(&found) => found,
        other => {
            let actor = other.map_or_else(Actor::system, |found| found.actor());
            refused(services, actor, "password", visit).await?;
            return Err(Error::wrong(secret::PRESENT, "账号或密码不对，或账号已停用。连续输错5次要等一会儿再试"));
        }
    };
    // Hashed anew when the parameters have been raised since.
    let outdated = services.passwords.is_outdated(&found.password_hash);
    let renewed = if outdated { Some(services.passwords.hash(password).await?) } else { None };
    let token = new_token(services);
    let ctx = Ctx::new(services, found.actor(), "page");
    let mut work = Work::begin(&ctx, Command::SessionSignIn).await?;
    work.authorize(&Record::default())?;
    counted.was_right(&mut work.tx).await?;
    let proved = storage::people::factor::confirmed_at(&mut work.tx, found.id).await?.is_some();
    let stage = if proved { Stage::Code } else { after_code(services, &found, false) };
    if stage == Stage::Enrol {
        factor::wait(&mut work, found.id).await?;
    }
    if let Some(renewed) = renewed {
        storage::people::account::renew_hash(&mut work.tx, found.id, &found.password_hash, &renewed).await?;
    }
    if let Some(old) = old {
        session::end(&mut work.tx, &token_hash(old), now).await?;
    }
    let mut new = Session::open(token_hash(&token), services.new_id(), found.id, now, services.policy.session_hours);
    new.stage = stage;
    new.address = short(visit.address, 45);
    new.agent = short(visit.agent, 200);
    if stage != Stage::Full {
        new.confirmed_at = None;
    }
    session::insert(&mut work.tx, &new).await?;
    let device = match stage {
        Stage::Full => entered(&mut work, found.id, "password", visit).await?,
        _ => None,
    };
    work.commit("").await?;
    Ok(Opened { token, stage, device })
}

/// What a header says, without what would break a line of a log or a page.
fn short(text: &str, max: usize) -> String {
    domain::text::strip_invisible(text).chars().filter(|c| !c.is_control()).take(max).collect()
}

/// The stage of a session whose password was right, and whose code was, where there is one.
fn after_code(services: &Services, account: &Account, has_factor: bool) -> Stage {
    let policy = &services.policy;
    let too_old = policy.password_days > 0 && account.password_set_at.plus_days(policy.password_days) <= services.now();
    if policy.second_factor && wants_second_factor(account.role) && !has_factor {
        Stage::Enrol
    } else if account.must_change || too_old {
        Stage::Renew
    } else {
        Stage::Full
    }
}

/// A session between password and full, with its account.
struct Halfway {
    hash: Vec<u8>,
    session: Session,
    account: Account,
}

async fn halfway(services: &Services, token: &str, stage: Stage) -> Result<Halfway> {
    let hash = token_hash(token);
    let now = services.now();
    let mut tx = services.db.read().await?;
    let session = session::by_hash(&mut tx, &hash).await?.ok_or(Error::SignedOut)?;
    let account = storage::people::account::by_id(&mut tx, session.account_id).await?.ok_or(Error::SignedOut)?;
    if session.stage != stage || !is_open(services, &session, now) || account.state != AccountState::Active {
        return Err(Error::SignedOut);
    }
    Ok(Halfway { hash, session, account })
}

fn is_open(services: &Services, session: &Session, now: Time) -> bool {
    session.ended_at.is_none()
        && session.expires_at > now
        && session.seen_at.plus_minutes(services.policy.idle_minutes) > now
}

/// Takes a session a step on, under a new token.
async fn step(
    work: &mut Work<'_>,
    halfway: &Halfway,
    stage: Stage,
    by: &'static str,
    visit: Visit<'_>,
) -> Result<Opened> {
    let token = new_token(&work.ctx.services);
    let full = stage == Stage::Full;
    let next = Session {
        token_hash: token_hash(&token),
        stage,
        seen_at: work.now,
        confirmed_at: full.then_some(work.now),
        ..halfway.session.clone()
    };
    if !session::replace(&mut work.tx, &halfway.hash, &next).await? {
        return Err(Error::SignedOut);
    }
    let device = if full { entered(work, halfway.account.id, by, visit).await? } else { None };
    Ok(Opened { token, stage, device })
}

/// Second step: the code of the authenticator app, or a recovery code.
#[boxed]
pub async fn enter_code(
    services: &Arc<Services>,
    token: &str,
    typed: &str,
    visit: Visit<'async_recursion>,
) -> Result<Opened> {
    if typed.trim().is_empty() {
        return Err(Error::wrong(secret::CODE, "填写6位动态码，或一个恢复码"));
    }
    let halfway = halfway(services, token, Stage::Code).await?;
    let counted = limits::second(services, halfway.account.id).await?;
    let ctx = Ctx::new(services, halfway.account.actor(), "page");
    let mut work = Work::begin(&ctx, Command::SessionSignIn).await?;
    work.authorize(&Record::default())?;
    let Some(by) = factor::prove(&mut work, halfway.account.id, typed).await? else {
        drop(work);
        refused(services, halfway.account.actor(), "code", visit).await?;
        return Err(Error::wrong(secret::CODE, factor::WRONG));
    };
    counted.was_right(&mut work.tx).await?;
    let stage = after_code(services, &halfway.account, true);
    let opened = step(&mut work, &halfway, stage, by, visit).await?;
    work.commit("").await?;
    Ok(opened)
}

/// Second step of an account that has no second factor yet: the first code of the new one. Gives the recovery codes.
#[boxed]
pub async fn enrol(
    services: &Arc<Services>,
    token: &str,
    typed: &str,
    visit: Visit<'async_recursion>,
) -> Result<(Opened, Vec<String>)> {
    let halfway = halfway(services, token, Stage::Enrol).await?;
    let counted = limits::second(services, halfway.account.id).await?;
    let ctx = Ctx::new(services, halfway.account.actor(), "page");
    let mut work = Work::begin(&ctx, Command::AccountFactorSet).await?;
    let codes = factor::activate_in(&mut work, &halfway.account, typed).await?;
    counted.was_right(&mut work.tx).await?;
    let stage = after_code(services, &halfway.account, true);
    let opened = step(&mut work, &halfway, stage, "code", visit).await?;
    work.commit("").await?;
    Ok((opened, codes))
}

/// Third step where the password was chosen by somebody else or is too old: a new one.
#[boxed]
pub async fn renew(
    services: &Arc<Services>,
    token: &str,
    new: &str,
    again: &str,
    visit: Visit<'async_recursion>,
) -> Result<Opened> {
    let halfway = halfway(services, token, Stage::Renew).await?;
    let mut check = Check::new();
    post::check_new(services, &mut check, &halfway.account, new, again).await?;
    check.done()?;
    if services.passwords.fits(new, Some(&halfway.account.password_hash)).await? {
        return Err(Error::wrong(secret::NEW, "新密码和现在的一样，请换一个"));
    }
    let hash = services.passwords.hash(new).await?;
    let ctx = Ctx::new(services, halfway.account.actor(), "page");
    let mut work = Work::begin(&ctx, Command::AccountPassword).await?;
    work.authorize(&Record::default())?;
    storage::people::account::set_password(&mut work.tx, halfway.account.id, &hash, false, work.now).await?;
    session::end_all(&mut work.tx, halfway.account.id, Some(halfway.session.id), work.now).await?;
    work.stepped(work.leads(halfway.account.state)?, halfway.account.id, About::default()).await?;
    let opened = step(&mut work, &halfway, Stage::Full, "password", visit).await?;
    work.commit("").await?;
    Ok(opened)
}

/// Somebody is in. Gives a new browser what it is known by.
async fn entered(work: &mut Work<'_>, account: Uuid, by: &'static str, visit: Visit<'_>) -> Result<Option<String>> {
    storage::people::account::set_signed_in(&mut work.tx, account, work.now).await?;
    let data = serde_json::json!({ "by": by, "address": visit.address });
    event_by(work, Command::SessionSignIn, account, data).await?;
    let known =
        !visit.device.is_empty() && device::touch(&mut work.tx, &token_hash(visit.device), account, work.now).await?;
    if known {
        return Ok(None);
    }
    let token = new_token(&work.ctx.services);
    device::insert(&mut work.tx, &token_hash(&token), account, work.now).await?;
    Ok(Some(token))
}

/// Writes down a failed attempt; the same for accounts that exist and names that nobody has.
async fn refused(services: &Arc<Services>, actor: Actor, at: &'static str, visit: Visit<'_>) -> Result<()> {
    let account = actor.account_id.unwrap_or_default();
    let ctx = Ctx::new(services, actor, "page");
    let mut work = Work::begin(&ctx, Command::SessionRefuse).await?;
    work.authorize(&Record::default())?;
    let data = serde_json::json!({ "at": at, "address": visit.address });
    event(&mut work, account, data).await?;
    work.commit("").await
}

/// Minutes after a session has run out in which what was typed is still kept.
const LATE_MINUTES: i64 = 30;

/// Why a token opens nothing.
#[derive(Clone, Debug)]
pub enum NoSession {
    /// Never ours.
    Unknown,
    /// Ours once: this account's work may be kept for it.
    Ended { account_id: Uuid },
}

/// The account behind a session token.
#[boxed]
pub async fn resume(services: &Services, token: &str) -> Result<std::result::Result<SignedIn, NoSession>> {
    let hash = token_hash(token);
    let now = services.now();
    let mut tx = services.db.read().await?;
    let Some(found) = session::with_account(&mut tx, &hash).await? else { return Ok(Err(NoSession::Unknown)) };
    drop(tx);
    let session = found.session;
    if !is_open(services, &session, now) || found.account_state != AccountState::Active {
        // Work is kept for a short time for whoever was in and sat too long: not for whoever stood at the door, nor for a
        // session that somebody ended or a post that is no longer held.
        let idled = session.expires_at.min(session.seen_at.plus_minutes(services.policy.idle_minutes));
        let known = session.stage == Stage::Full
            && session.ended_at.is_none()
            && found.account_state == AccountState::Active
            && now < idled.plus_minutes(LATE_MINUTES);
        return Ok(Err(if known { NoSession::Ended { account_id: session.account_id } } else { NoSession::Unknown }));
    }
    if session.seen_at.minutes_until(now) >= 5 {
        let mut tx = services.db.write().await?;
        session::touch(&mut tx, &hash, now).await?;
        tx.commit().await?;
    }
    Ok(Ok(SignedIn {
        actor: Actor {
            account_id: Some(session.account_id),
            role: found.role,
            scope: found.scope,
            organization_id: found.organization_id,
        },
        display_name: found.display_name,
        username: found.username,
        organization_name: found.organization_name,
        verified: found.organization_state == Some(domain::organization::OrganizationState::Verified),
        session_id: session.id,
        stage: session.stage,
        confirmed_at: session.confirmed_at,
        unread: found.unread,
        keeps_views: found.keeps_views,
    }))
}

/// Ends the session of a token, however far it has come.
#[boxed]
pub async fn sign_out(services: &Arc<Services>, token: &str) -> Result<()> {
    let hash = token_hash(token);
    let mut tx = services.db.read().await?;
    let Some(session) = session::by_hash(&mut tx, &hash).await? else { return Ok(()) };
    let Some(found) = storage::people::account::by_id(&mut tx, session.account_id).await? else { return Ok(()) };
    drop(tx);
    if session.ended_at.is_some() {
        return Ok(());
    }
    let ctx = Ctx::new(services, found.actor(), "page");
    let mut work = Work::begin(&ctx, Command::SessionSignOut).await?;
    work.authorize(&Record::default())?;
    session::end(&mut work.tx, &hash, work.now).await?;
    event(&mut work, found.id, serde_json::json!({})).await?;
    work.commit("").await
}

/// Proves once more who is there, with the password or a code; the session gets a new token.
#[boxed]
pub async fn confirm(ctx: &Ctx, token: &str, typed: &str, visit: Visit<'async_recursion>) -> Result<Opened> {
    let id = ctx.account()?;
    if typed.is_empty() {
        return Err(Error::wrong(secret::PROOF, "填写密码或6位动态码"));
    }
    let services = &ctx.services;
    let halfway = halfway(services, token, Stage::Full).await?;
    if halfway.account.id != id {
        return Err(Error::SignedOut);
    }
    let counted = limits::second(services, id).await?;
    let by_password = typed.chars().count() <= password::MAX_CHARS
        && services.passwords.fits(typed, Some(&halfway.account.password_hash)).await?;
    let mut work = Work::begin(ctx, Command::SessionConfirm).await?;
    work.authorize(&Record::default())?;
    if !by_password && factor::prove_code(&mut work, id, typed).await?.is_none() {
        drop(work);
        refused(services, ctx.actor.clone(), "confirm", visit).await?;
        return Err(Error::wrong(secret::PROOF, "密码或动态码不对，请再试一次"));
    }
    counted.was_right(&mut work.tx).await?;
    let new = new_token(services);
    let next = Session {
        token_hash: token_hash(&new),
        seen_at: work.now,
        confirmed_at: Some(work.now),
        ..halfway.session.clone()
    };
    if !session::replace(&mut work.tx, &halfway.hash, &next).await? {
        return Err(Error::SignedOut);
    }
    let by = if by_password { "password" } else { "code" };
    event(&mut work, id, serde_json::json!({ "by": by, "address": visit.address })).await?;
    work.commit("").await?;
    Ok(Opened { token: new, stage: Stage::Full, device: None })
}

/// A session as its account sees it.
#[derive(Clone, Debug)]
pub struct Device {
    pub id: Uuid,
    /// Where it was opened from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    pub created_at: Time,
    pub seen_at: Time,
}

/// The own open sessions, the last used first.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Device>> {
    of(ctx, ctx.account()?).await
}

pub(crate) async fn of(ctx: &Ctx, account: Uuid) -> Result<Vec<Device>> {
    let now = ctx.now();
    let seen_after = now.plus_minutes(-ctx.services.policy.idle_minutes);
    let mut tx = ctx.services.db.read().await?;
    let open = session::open_of(&mut tx, account, seen_after, now).await?;
    Ok(open
        .into_iter()
        .map(|s| Device { id: s.id, address: s.address, agent: s.agent, created_at: s.created_at, seen_at: s.seen_at })
        .collect())
}

/// Ends one of the own sessions, or all but this one.
#[boxed]
pub async fn end(ctx: &Ctx, which: Option<Uuid>) -> Result<u64> {
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, Command::SessionSignOut).await?;
    work.authorize(&Record::default())?;
    let ended = match which {
        Some(id) => u64::from(session::end_one(&mut work.tx, account, id, work.now).await?),
        None => session::end_all(&mut work.tx, account, ctx.session_id, work.now).await?,
    };
    if ended == 0 && which.is_some() {
        return Err(Error::NotFound);
    }
    event(&mut work, account, serde_json::json!({ "ended": ended })).await?;
    work.commit("").await?;
    Ok(ended)
}
