//! A claim that is handed in: by its organization, with an accepted invitation, or carried over by a transfer.

use crate::base::notice;
use crate::base::work::Work;
use crate::steps::claims::{about, claimable, insert, room, take, verified_now};
use crate::steps::{asks, claims_ended};
use crate::{Error, Result};
use chrono::NaiveDate;
use domain::claim::{self as rules, ClaimState};
use domain::code::Prefix;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::URGENT_HOURS;
use storage::aid::claim::Claim;
use storage::needs::need::Need;
use uuid::Uuid;

/// What an organization offers.
#[derive(Clone, Debug)]
pub struct Input {
    /// (line id, units); lines with 0 units are left out.
    pub lines: Vec<(Uuid, i64)>,
    pub plan: String,
    pub start_on: NaiveDate,
}

/// Submits inside a command; the need is locked.
pub(crate) async fn submit(work: &mut Work<'_>, need: &Need, input: &Input) -> Result<String> {
    let ctx = work.ctx;
    let organization_id = ctx.organization()?;
    claimable(work, need)?;
    verified_now(work, organization_id).await?;
    // The earlier pending claim gives its units back before the new one takes.
    claims_ended::supersede_pending(work, need, Some(organization_id), "同一机构重新提交了认领").await?;
    room(work, organization_id).await?;
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    take(work, &lines, &input.lines).await?;
    let due = if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS)
    } else {
        ctx.services.calendar().due(work.now, rules::DECIDE_WORKING_DAYS)
    };
    let claim = Claim {
        id: ctx.services.new_id(),
        code: work.code(Prefix::Claim, &need.division_code).await?,
        need_id: need.id,
        cycle: need.cycle,
        organization_id,
        division_code: need.division_code.clone(),
        state: ClaimState::Submitted,
        plan: input.plan.clone(),
        start_on: input.start_on,
        submitted_by: ctx.actor.account_id,
        submitted_at: work.now,
        due_at: Some(due),
        question: None,
        answer: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        escalation: 0,
        lead_id: None,
        accepted_at: Some(work.now),
    };
    insert(work, need, &claim, &input.lines, Command::ClaimSubmit).await?;
    asks::answered_by(work, need, organization_id, claim.id).await?;
    notice::to_street(work, &need.division_code, "有新的认领要答复", &need.title, &href(Object::Claim, &claim.code))
        .await?;
    Ok(claim.code)
}

/// A claim that a transfer brings into being: approved at once, with the (line, units) that the old one gave up.
pub(crate) async fn carried_over(
    work: &mut Work<'_>,
    need: &Need,
    old: &Claim,
    to: Uuid,
    lines: &[(Uuid, i64)],
) -> Result<Claim> {
    if lines.is_empty() {
        return Err(Error::rule("约定的服务都已经做完，没有可以移交的。请由原机构报告结果"));
    }
    let all = storage::needs::need::lines(&mut work.tx, need.id, old.cycle).await?;
    take(work, &all, lines).await?;
    let mut claim = Claim {
        id: work.ctx.services.new_id(),
        code: work.code(Prefix::Claim, &need.division_code).await?,
        organization_id: to,
        state: ClaimState::Submitted,
        start_on: work.now.day(),
        submitted_by: None,
        submitted_at: work.now,
        due_at: None,
        question: None,
        answer: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        escalation: 0,
        lead_id: None,
        accepted_at: Some(work.now),
        ..old.clone()
    };
    insert(work, need, &claim, lines, Command::ClaimSubmit).await?;
    let step = work.step_by(Command::ClaimApprove, &mut claim.state)?;
    claim.decided_by = work.ctx.actor.account_id;
    claim.decided_at = Some(work.now);
    work.save(&claim, step, about(need, &claim, Some("移交".into()))).await?;
    Ok(claim)
}
