//! Invitations, and new passwords by link: what is handed over opens once and for a short time; nobody chooses
//! another one's password.

use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::people::account::{Person, Reach};
use crate::people::{password, post, steps, token};
use crate::{Ctx, Error, Result, Services};
use domain::account::{Hand, InvitationState};
use domain::calendar::Time;
use domain::field::Check;
use domain::form::people::account as form;
use domain::form::people::password::{AGAIN, NEW};
use domain::machine::{Command, Object};
use domain::organization::AccountState;
use domain::permission::Record;
use domain::role::{Actor, Role};
use std::sync::Arc;
use storage::people::account::Account;
use storage::people::invitation::{self, Invitation};
use uuid::Uuid;

/// The post somebody is invited to.
#[derive(Clone, Debug)]
pub struct Post {
    pub role: Role,
    pub scope: String,
    pub organization_id: Option<Uuid>,
    pub display_name: String,
}

/// What a link that opens nothing is answered with.
fn closed() -> Error {
    Error::rule("这个链接已经用过、已收回或已过期。请联系给您链接的管理员，重新发一个")
}

/// Invites; gives the token of the link, which is never shown again.
#[boxed]
pub async fn create(ctx: &Ctx, post: &Post) -> Result<String> {
    let reach = Reach::of(ctx)?;
    let mut check = Check::new();
    let display_name = check.read(form::DISPLAY_NAME, &post.display_name);
    post::check_post(&ctx.services, &mut check, post.role, &post.scope, post.organization_id);
    if post.role == Role::Volunteer {
        check.wrong(form::ROLE, "志愿者自己在“我要做志愿者”里登记，不用邀请");
    } else if !reach.roles.contains(&post.role) {
        check.wrong(form::ROLE, "这个岗位不由您邀请");
    } else if post.role.is_staff() && !post.scope.starts_with(&reach.scope) {
        check.wrong(form::SCOPE, "管辖范围不在您的辖区内，请核对区划代码");
    }
    let mut work = Work::begin(ctx, Command::InvitationCreate).await?;
    post::check_apart(&mut work.tx, &mut check, post.role, &display_name).await?;
    check.done()?;
    let division_code = match post.organization_id {
        Some(id) => storage::supply::organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?.division_code,
        None => post.scope.clone(),
    };
    let record = Record { division: Some(&division_code), organization: post.organization_id, ..Record::default() };
    work.authorize(&record)?;
    let token = token::new_token(&ctx.services);
    let row = Invitation {
        id: ctx.services.new_id(),
        token_hash: token::token_hash(&token),
        role: post.role,
        scope: post.scope.clone(),
        division_code,
        organization_id: post.organization_id,
        display_name,
        state: InvitationState::Open,
        created_by: ctx.actor.account_id,
        created_at: work.now,
        expires_at: work.now.plus_days(ctx.services.policy.invitation_days),
        account_id: None,
    };
    invitation::insert(&mut work.tx, &row).await?;
    let data = serde_json::json!({ "role": row.role, "scope": row.scope });
    let about = About { organization: row.organization_id, data: Some(data), ..About::default() };
    work.created(row.state, row.id, about).await?;
    work.commit("").await?;
    Ok(token)
}

/// An invitation as whoever may know of it sees it: without what opens it.
#[derive(Clone, Debug)]
pub struct Invited {
    pub id: Uuid,
    pub role: Role,
    pub scope: String,
    pub display_name: String,
    pub expires_at: Time,
    /// For the one who is invited.
    pub organization_name: Option<String>,
}

impl From<Invitation> for Invited {
    fn from(i: Invitation) -> Self {
        Self {
            id: i.id,
            role: i.role,
            scope: i.scope,
            display_name: i.display_name,
            expires_at: i.expires_at,
            organization_name: None,
        }
    }
}

/// Open invitations within reach.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Invited>> {
    let reach = Reach::of(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    let roles = reach.role_words();
    let open = invitation::open_of(&mut tx, &reach.scope, reach.organization, &roles, ctx.now()).await?;
    Ok(open.into_iter().map(Invited::from).collect())
}

/// Takes an invitation back.
#[boxed]
pub async fn revoke(ctx: &Ctx, id: Uuid) -> Result<()> {
    let reach = Reach::of(ctx)?;
    let mut work = Work::begin(ctx, Command::InvitationRevoke).await?;
    let found = invitation::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    if !reach.roles.contains(&found.role) {
        return Err(Error::NotFound);
    }
    let record =
        Record { division: Some(&found.division_code), organization: found.organization_id, ..Record::default() };
    work.authorize(&record)?;
    let step = work.leads(found.state)?;
    first(invitation::close(&mut work.tx, id, step.to, None).await?, Object::Invitation)?;
    let about = About { organization: found.organization_id, ..About::default() };
    work.stepped(step, id, about).await?;
    work.commit("").await
}

/// The invitation behind a link, as long as it is open.
#[boxed]
pub async fn look(services: &Services, token: &str) -> Result<Invited> {
    let mut tx = services.db.read().await?;
    let found = behind(services, &mut tx, token).await?;
    let organization = match found.organization_id {
        Some(id) => storage::supply::organization::by_id(&mut tx, id).await?,
        None => None,
    };
    Ok(Invited { organization_name: organization.map(|o| o.name), ..found.into() })
}

async fn behind(services: &Services, tx: &mut storage::Tx, token: &str) -> Result<Invitation> {
    let found = invitation::by_hash(tx, &token::token_hash(token)).await?;
    found.filter(|i| i.state == InvitationState::Open && i.expires_at > services.now()).ok_or_else(closed)
}

/// Accepts an invitation: the person chooses name and password. The link is spent.
#[boxed]
pub async fn accept(
    services: &Arc<Services>,
    token: &str,
    username: &str,
    display_name: &str,
    new: &str,
    again: &str,
) -> Result<Uuid> {
    let found = behind(services, &mut services.db.read().await?, token).await?;
    let mut check = Check::new();
    let username = post::check_username(&mut check, username);
    let name = check.read(form::DISPLAY_NAME, display_name);
    let words = post::context(services, &username, &name, &found.scope, found.organization_id).await?;
    password::check(&mut check, NEW, new, post::least_chars(services, found.role), &words);
    if new != again {
        check.wrong(AGAIN, "两次输入的密码不一样，请再输入一次");
    }
    let mut tx = services.db.read().await?;
    post::check_apart(&mut tx, &mut check, found.role, &name).await?;
    drop(tx);
    check.done()?;
    let hash = services.passwords.hash(new).await?;
    // Nobody is signed in yet: the platform opens the account on the inviter's word, which the events tell.
    let ctx = Ctx::new(services, Actor::system(), "page");
    let mut work = Work::begin(&ctx, Command::InvitationAccept).await?;
    work.authorize(&Record::default())?;
    let (role, scope) = (found.role, found.scope.as_str());
    let id = steps::insert(&mut work, &username, &name, role, scope, found.organization_id, &hash, false).await?;
    if let Some(by) = found.created_by {
        storage::people::hand::insert(&mut work.tx, id, by, Hand::Made, work.now).await?;
    }
    let step = work.leads(found.state)?;
    if !invitation::close(&mut work.tx, found.id, step.to, Some(id)).await? {
        return Err(closed());
    }
    let data = serde_json::json!({ "account": id, "invited_by": found.created_by });
    let about = About { organization: found.organization_id, data: Some(data), ..About::default() };
    work.stepped(step, found.id, about).await?;
    work.commit("").await?;
    Ok(id)
}

/// The account behind a link to a new password, as long as it is open.
#[boxed]
pub async fn look_password(services: &Services, token: &str) -> Result<Person> {
    Ok(owner(services, token).await?.into())
}

async fn owner(services: &Services, token: &str) -> Result<Account> {
    let mut tx = services.db.read().await?;
    let link = storage::people::invitation::link(&mut tx, &token::token_hash(token)).await?;
    let link = link.filter(|l| l.used_at.is_none() && l.expires_at > services.now()).ok_or_else(closed)?;
    let found = storage::people::account::by_id(&mut tx, link.account_id).await?;
    found.filter(|a| a.state == AccountState::Active).ok_or_else(closed)
}

/// Chooses a new password by link. The second factor stays; every session ends.
#[boxed]
pub async fn choose_password(services: &Arc<Services>, token: &str, new: &str, again: &str) -> Result<()> {
    let found = owner(services, token).await?;
    let mut check = Check::new();
    post::check_new(services, &mut check, &found, new, again).await?;
    check.done()?;
    let hash = services.passwords.hash(new).await?;
    let ctx = Ctx::new(services, found.actor(), "page");
    let mut work = Work::begin(&ctx, Command::AccountPassword).await?;
    if !invitation::use_link(&mut work.tx, &token::token_hash(token), work.now).await? {
        return Err(closed());
    }
    steps::set_password(&mut work, &found, &hash, false, Some(serde_json::json!({ "by": "link" }))).await?;
    work.commit("").await
}
