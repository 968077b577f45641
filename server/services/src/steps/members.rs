//! Steps of members of a team that several commands share.

use crate::base::work::{About, Work, first};
use crate::steps::teams::about;
use crate::{Error, Result};
use domain::form::volunteers::training::MEMBERS;
use domain::machine::{Command, Object};
use domain::team::{MemberState, TeamState};
use domain::volunteer::VolunteerState;
use storage::Tx;
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

pub(crate) async fn step(work: &mut Work<'_>, row: &Team, member: &mut Member, reason: Option<String>) -> Result<()> {
    let own = work.command();
    step_by(work, row, member, own, reason).await
}

pub(crate) async fn step_by(
    work: &mut Work<'_>,
    row: &Team,
    member: &mut Member,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    let step = work.step_by(command, &mut member.state)?;
    member.decided_by = work.ctx.actor.account_id;
    member.decided_at = Some(work.now);
    member.reason.clone_from(&reason);
    if member.state != MemberState::Active {
        member.leads = false;
    }
    work.save(member, step, about(row, reason)).await
}

/// An independent team always has a leader; an organization's has its organization.
pub(crate) async fn stays_led(work: &mut Work<'_>, row: &Team, member: &Member) -> Result<()> {
    let leaders = team::leaders(&mut work.tx, row.id).await?;
    let alone = member.leads && leaders.len() < 2;
    if alone && row.organization_id.is_none() && matches!(row.state, TeamState::Active | TeamState::Applied) {
        return Err(Error::rule(format!("您是{}唯一的队长，请先指定另一位队长，或者解散服务队", row.name)));
    }
    Ok(())
}

/// Leaves every team, with a withdrawal of consent.
pub(crate) async fn leave_all(work: &mut Work<'_>, own: &Volunteer) -> Result<()> {
    for listed in team::of_volunteer(&mut work.tx, own.id).await? {
        let mut member = listed.member;
        let row = team::by_id(&mut work.tx, member.team_id).await?.ok_or(Error::NotFound)?;
        stays_led(work, &row, &member).await?;
        step_by(work, &row, &mut member, Command::MemberLeave, None).await?;
    }
    Ok(())
}

/// Takes away what names somebody who was entered from a list, has opened no account and is invited nowhere any more.
pub(crate) async fn forget(work: &mut Work<'_>, volunteer: Uuid) -> Result<()> {
    let Some(row) = storage::volunteers::volunteer::by_id(&mut work.tx, volunteer).await? else { return Ok(()) };
    let unknown = row.account_id.is_none() && row.state == VolunteerState::Active;
    if unknown && team::of_volunteer(&mut work.tx, volunteer).await?.is_empty() {
        let step = work.leads_by(Command::VolunteerWithdraw, row.state)?;
        first(storage::volunteers::volunteer::withdraw(&mut work.tx, row.id, work.now).await?, Object::Volunteer)?;
        let about =
            About { reason: Some("邀请没有结果，名单上的信息不再保留".into()), ..About::default() };
        work.stepped(step, row.id, about).await?;
    }
    Ok(())
}

/// Volunteers behind memberships of a team; all of them are members.
pub(crate) async fn volunteers_of(tx: &mut Tx, team: &Team, members: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for id in members {
        let member = storage::volunteers::team::member(tx, *id).await?;
        let member = member.filter(|m| m.team_id == team.id && m.state == MemberState::Active);
        let Some(member) = member else { return Err(Error::wrong(MEMBERS, "名单变了，请重新选择队员")) };
        if !found.contains(&member.volunteer_id) {
            found.push(member.volunteer_id);
        }
    }
    Ok(found)
}
