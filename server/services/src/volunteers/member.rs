//! Members 队员 of a team: applying, being invited, answering, leaving, leading.

use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::volunteers::team::{about, by_code, reason_of, rights, tell};
use crate::volunteers::volunteer::{me, own_record};
use crate::{Ctx, Error, Result};
use domain::field::Check;
use domain::machine::{self, Command, Object};
use domain::permission::Record;
use domain::team::{INVITATION_DAYS, MemberState, TeamState};
use domain::volunteer::{ADULT_AGE, VolunteerState};
use storage::volunteers::team::{self, Member, Team};
use storage::volunteers::volunteer::Volunteer;
use uuid::Uuid;

pub(crate) fn new_member(work: &Work<'_>, row: &Team, own: &Volunteer, state: MemberState) -> Member {
    Member {
        id: work.ctx.services.new_id(),
        team_id: row.id,
        volunteer_id: own.id,
        account_id: own.account_id,
        state,
        leads: false,
        note: String::new(),
        reason: None,
        applied_at: work.now,
        decided_by: None,
        decided_at: (state == MemberState::Active).then_some(work.now),
    }
}

/// 申请入队, with a few words.
#[boxed]
pub async fn join(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    let mut check = Check::new();
    let note = check.text_or_empty("note", "想说的话", note, 200).unwrap_or_default();
    crate::base::gate::general(&mut check, "note", "想说的话", &note);
    check.done()?;
    let mut work = Work::begin(ctx, Command::MemberApply).await?;
    let own = me(&mut work).await?;
    work.authorize(Command::MemberApply, &own_record(&own))?;
    let row = by_code(&mut work.tx, code).await?;
    if row.state != TeamState::Active {
        return Err(Error::rule(format!("这支服务队现在是“{}”，不能申请入队", row.state.label())));
    }
    let member = Member { note, ..new_member(&work, &row, &own, MemberState::Applied) };
    match team::insert_member(&mut work.tx, &member).await {
        Err(error) if error.is_unique() => return Err(Error::rule("您已经申请过，或者已经是队员")),
        other => other?,
    }
    work.created(Command::MemberApply, member.state, member.id, about(&row, None)).await?;
    tell(&mut work, &row, "有人申请入队", &row.name, &format!("/teams/{code}#applied")).await?;
    work.commit(code).await
}

/// A member with the team, for a command that the actor may give.
async fn open_member(work: &mut Work<'_>, id: Uuid, command: Command) -> Result<(Member, Team)> {
    let found = team::member(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let row = team::by_id(&mut work.tx, found.team_id).await?.ok_or(Error::NotFound)?;
    let who = Record { volunteer: found.account_id, ..rights(&mut work.tx, &row).await? };
    work.authorize(command, &who)?;
    Ok((found, row))
}

async fn step_member(
    work: &mut Work<'_>,
    row: &Team,
    member: &mut Member,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    let from = member.state;
    member.state = machine::step(from, command)?;
    member.decided_by = work.ctx.actor.account_id;
    member.decided_at = Some(work.now);
    member.reason.clone_from(&reason);
    if member.state != MemberState::Active {
        member.leads = false;
    }
    first(team::update_member(&mut work.tx, member, from).await?, Object::Member)?;
    work.stepped(command, from, member.state, member.id, about(row, reason)).await
}

async fn tell_member(work: &mut Work<'_>, row: &Team, member: &Member, title: &str) -> Result<()> {
    if let Some(account) = member.account_id {
        notice::to_account(work, account, title, &row.name, &format!("/teams/{}", row.code)).await?;
    }
    Ok(())
}

/// 接收 or 不接收 an application. Returns the team's code.
#[boxed]
pub async fn answer(ctx: &Ctx, id: Uuid, accept: bool, reason: &str) -> Result<String> {
    let command = if accept { Command::MemberAccept } else { Command::MemberDecline };
    let reason = if accept { None } else { Some(reason_of(reason)?) };
    let mut work = Work::begin(ctx, command).await?;
    let (mut member, row) = open_member(&mut work, id, command).await?;
    step_member(&mut work, &row, &mut member, command, reason).await?;
    let title = if accept { "已加入服务队" } else { "入队申请没有通过" };
    tell_member(&mut work, &row, &member, title).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// An independent team always has a leader; an organization's has its organization.
async fn stays_led(work: &mut Work<'_>, row: &Team, member: &Member) -> Result<()> {
    let leaders = team::leaders(&mut work.tx, row.id).await?;
    let alone = member.leads && leaders.len() < 2;
    if alone && row.organization_id.is_none() && matches!(row.state, TeamState::Active | TeamState::Applied) {
        return Err(Error::rule(format!("您是{}唯一的队长，请先指定另一位队长，或者解散服务队", row.name)));
    }
    Ok(())
}

/// 退出服务队, or takes an application back.
#[boxed]
pub async fn leave(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::MemberLeave).await?;
    let own = me(&mut work).await?;
    let row = by_code(&mut work.tx, code).await?;
    let mut member = team::membership(&mut work.tx, row.id, own.id).await?.ok_or(Error::NotFound)?;
    work.authorize(Command::MemberLeave, &own_record(&own))?;
    stays_led(&mut work, &row, &member).await?;
    step_member(&mut work, &row, &mut member, Command::MemberLeave, None).await?;
    work.commit(code).await
}

/// Leaves every team, with a withdrawal of consent.
pub(crate) async fn leave_all(work: &mut Work<'_>, own: &Volunteer) -> Result<()> {
    for listed in team::of_volunteer(&mut work.tx, own.id).await? {
        let mut member = listed.member;
        let row = team::by_id(&mut work.tx, member.team_id).await?.ok_or(Error::NotFound)?;
        stays_led(work, &row, &member).await?;
        step_member(work, &row, &mut member, Command::MemberLeave, None).await?;
    }
    Ok(())
}

/// 移出, with a reason that the member reads. Returns the team's code.
#[boxed]
pub async fn remove(ctx: &Ctx, id: Uuid, reason: &str) -> Result<String> {
    let reason = reason_of(reason)?;
    let mut work = Work::begin(ctx, Command::MemberRemove).await?;
    let (mut member, row) = open_member(&mut work, id, Command::MemberRemove).await?;
    stays_led(&mut work, &row, &member).await?;
    step_member(&mut work, &row, &mut member, Command::MemberRemove, Some(reason.clone())).await?;
    if let Some(account) = member.account_id {
        let href = format!("/teams/{}", row.code);
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
    let (mut member, row) = open_member(&mut work, id, Command::MemberLead).await?;
    if leads {
        let own =
            storage::volunteers::volunteer::by_id(&mut work.tx, member.volunteer_id).await?.ok_or(Error::NotFound)?;
        let file = storage::volunteers::volunteer::file(ctx.services.db.sealer(), &own)?;
        let age = file.birth.map_or(0, |birth| domain::volunteer::age_on(birth, work.now.day()));
        if age < ADULT_AGE || own.account_id.is_none() {
            return Err(Error::rule(format!("队长要满{ADULT_AGE}岁，并且有自己的账号")));
        }
    } else {
        stays_led(&mut work, &row, &member).await?;
    }
    member.leads = leads;
    step_member(&mut work, &row, &mut member, Command::MemberLead, None).await?;
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
    work.authorize(Command::MemberAgree, &own_record(&own))?;
    let row = team::by_id(&mut work.tx, member.team_id).await?.ok_or(Error::NotFound)?;
    if row.state != TeamState::Active {
        return Err(Error::rule(format!("这支服务队现在是“{}”，不能加入", row.state.label())));
    }
    step_member(&mut work, &row, &mut member, Command::MemberAgree, None).await?;
    tell(&mut work, &row, "有人接受了入队邀请", &row.name, &format!("/teams/{}#members", row.code)).await?;
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
    work.authorize(Command::MemberLapse, &Record::default())?;
    let row = team::by_id(&mut work.tx, member.team_id).await?.ok_or(Error::NotFound)?;
    step_member(&mut work, &row, &mut member, Command::MemberLapse, None).await?;
    forget(&mut work, member.volunteer_id).await?;
    work.commit("").await
}

/// Takes away what names somebody who was entered from a list, has opened no account and is invited nowhere any more.
async fn forget(work: &mut Work<'_>, volunteer: Uuid) -> Result<()> {
    let Some(row) = storage::volunteers::volunteer::by_id(&mut work.tx, volunteer).await? else { return Ok(()) };
    let unknown = row.account_id.is_none() && row.state == VolunteerState::Active;
    if unknown && team::of_volunteer(&mut work.tx, volunteer).await?.is_empty() {
        let to = machine::step(row.state, Command::VolunteerWithdraw)?;
        first(storage::volunteers::volunteer::withdraw(&mut work.tx, row.id, work.now).await?, Object::Volunteer)?;
        let about =
            About { reason: Some("邀请没有结果，名单上的信息不再保留".into()), ..About::default() };
        work.stepped(Command::VolunteerWithdraw, row.state, to, row.id, about).await?;
    }
    Ok(())
}
