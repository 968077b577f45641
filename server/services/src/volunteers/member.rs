//! Members 队员 of a team: applying, being invited, answering, leaving, leading.

use crate::base::notice;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::members::{forget, new_member, stays_led, step};
use crate::steps::places::give_up_all;
use crate::steps::teams::{about, by_code, rights, tell};
use crate::steps::volunteers::{me, own_record};
use crate::{Ctx, Error, Result};
use domain::field::only;
use domain::form::volunteers::team as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::permission::Record;
use domain::team::{INVITATION_DAYS, MemberState, TeamState};
use domain::volunteer::ADULT_AGE;
use storage::volunteers::team::{self, Member, Team};
use uuid::Uuid;

/// 申请入队, with a few words.
#[boxed]
pub async fn join(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    let note = only(form::NOTE, note)?;
    let mut work = Work::begin(ctx, Command::MemberApply).await?;
    let own = me(&mut work).await?;
    work.authorize(&own_record(&own))?;
    let row = by_code(&mut work.tx, code).await?;
    if row.state != TeamState::Active {
        return Err(Error::rule(format!("这支服务队现在是“{}”，不能申请入队", row.state.label())));
    }
    let member = Member { note, ..new_member(&work, &row, &own, MemberState::Applied) };
    match team::insert_member(&mut work.tx, &member).await {
        Err(error) if error.is_unique() => return Err(Error::rule("您已经申请过，或者已经是队员")),
        other => other?,
    }
    work.created(member.state, member.id, about(&row, None)).await?;
    tell(&mut work, &row, "有人申请入队", &row.name, &href_at(Object::Team, &code, "#applied")).await?;
    work.commit(code).await
}

/// A member with the team, for a command that the actor may give.
async fn open_member(work: &mut Work<'_>, id: Uuid) -> Result<(Member, Team)> {
    let found = team::member(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let row = team::by_id(&mut work.tx, found.team_id).await?.ok_or(Error::NotFound)?;
    let who = Record { volunteer: found.account_id, ..rights(&mut work.tx, &row).await? };
    work.authorize(&who)?;
    Ok((found, row))
}

async fn tell_member(work: &mut Work<'_>, row: &Team, member: &Member, title: &str) -> Result<()> {
    if let Some(account) = member.account_id {
        notice::to_account(work, account, title, &row.name, &href(Object::Team, &row.code)).await?;
    }
    Ok(())
}

/// 接收 or 不接收 an application. Returns the team's code.
#[boxed]
pub async fn answer(ctx: &Ctx, id: Uuid, accept: bool, reason: &str) -> Result<String> {
    let command = if accept { Command::MemberAccept } else { Command::MemberDecline };
    let reason = if accept { None } else { Some(only(form::DECLINE, reason)?) };
    let mut work = Work::begin(ctx, command).await?;
    let (mut member, row) = open_member(&mut work, id).await?;
    step(&mut work, &row, &mut member, reason).await?;
    let title = if accept { "已加入服务队" } else { "入队申请没有通过" };
    tell_member(&mut work, &row, &member, title).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// 退出服务队, or takes an application back.
#[boxed]
pub async fn leave(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::MemberLeave).await?;
    let own = me(&mut work).await?;
    let row = by_code(&mut work.tx, code).await?;
    let mut member = team::membership(&mut work.tx, row.id, own.id).await?.ok_or(Error::NotFound)?;
    work.authorize(&own_record(&own))?;
    stays_led(&mut work, &row, &member).await?;
    step(&mut work, &row, &mut member, None).await?;
    give_up_all(&mut work, own.id, Some(row.id)).await?;
    work.commit(code).await
}

/// 移出, with a reason that the member reads. Returns the team's code.
#[boxed]
pub async fn remove(ctx: &Ctx, id: Uuid, reason: &str) -> Result<String> {
    let reason = only(form::REMOVE, reason)?;
    let mut work = Work::begin(ctx, Command::MemberRemove).await?;
    let (mut member, row) = open_member(&mut work, id).await?;
    stays_led(&mut work, &row, &member).await?;
    step(&mut work, &row, &mut member, Some(reason.clone())).await?;
    give_up_all(&mut work, member.volunteer_id, Some(row.id)).await?;
    if let Some(account) = member.account_id {
        let href = href(Object::Team, &row.code);
        notice::to_account(&mut work, account, &format!("已移出{}", row.name), &reason, &href).await?;
    }
    forget(&mut work, member.volunteer_id).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// Names a member a leader, or no leader any more. Returns the team's code.
#[boxed]
pub async fn lead(ctx: &Ctx, id: Uuid, leads: bool) -> Result<String> {
    let mut work = Work::begin(ctx, Command::MemberLead).await?;
    let (mut member, row) = open_member(&mut work, id).await?;
    if leads {
        let own =
            storage::volunteers::volunteer::by_id(&mut work.tx, member.volunteer_id).await?.ok_or(Error::NotFound)?;
        let file = storage::volunteers::volunteer::file(ctx.services.db.unseen(), &own)?;
        let age = file.birth.map_or(0, |birth| domain::volunteer::age_on(birth, work.now.day()));
        if age < ADULT_AGE || own.account_id.is_none() {
            return Err(Error::rule(format!("队长要满{ADULT_AGE}岁，并且有自己的账号")));
        }
    } else {
        stays_led(&mut work, &row, &member).await?;
    }
    member.leads = leads;
    step(&mut work, &row, &mut member, None).await?;
    let title = if leads { "您是队长了" } else { "您不再是队长" };
    tell_member(&mut work, &row, &member, title).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// 接受邀请: a member from a list agrees.
#[boxed]
pub async fn agree(ctx: &Ctx, id: Uuid) -> Result<String> {
    let mut work = Work::begin(ctx, Command::MemberAgree).await?;
    let own = me(&mut work).await?;
    let mut member = team::member(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    if member.volunteer_id != own.id {
        return Err(Error::NotFound);
    }
    work.authorize(&own_record(&own))?;
    let row = team::by_id(&mut work.tx, member.team_id).await?.ok_or(Error::NotFound)?;
    if row.state != TeamState::Active {
        return Err(Error::rule(format!("这支服务队现在是“{}”，不能加入", row.state.label())));
    }
    step(&mut work, &row, &mut member, None).await?;
    tell(&mut work, &row, "有人接受了入队邀请", &row.name, &href_at(Object::Team, &row.code, "#members")).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// An invitation that nobody has answered in time; whoever was entered for it alone is taken out again.
pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::MemberLapse).await?;
    let mut member = team::member(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    if member.applied_at.plus_days(INVITATION_DAYS) > work.now {
        return Ok(());
    }
    work.authorize(&Record::default())?;
    let row = team::by_id(&mut work.tx, member.team_id).await?.ok_or(Error::NotFound)?;
    step(&mut work, &row, &mut member, None).await?;
    forget(&mut work, member.volunteer_id).await?;
    work.commit("").await
}
