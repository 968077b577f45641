//! Steps of needs that several commands share: ended with everything on them, closed with the last pairing, opened again.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::finding::fit;
use crate::steps::{claims_ended, pairings};
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::ask::AskState;
use domain::calendar::Time;
use domain::form::needs::command::REOPEN_UNTIL;
use domain::machine::Command;
use domain::need::{self as rules, CloseReason, NeedState};
use domain::pairing::PairingState;
use domain::verification::LineResult;
use matching::Supplier;
use serde_json::json;
use std::sync::Arc;
use storage::needs::need::{Line, Need};

pub(crate) fn review_due(need: &Need, ctx: &Ctx, now: Time) -> Time {
    if need.is_urgent() {
        now.plus_hours(rules::URGENT_HOURS)
    } else {
        ctx.services.calendar().due(now, REVIEW_WORKING_DAYS)
    }
}

/// Organizations told of an urgent need as it is published, the best fit first.
const TOLD: usize = 100;

/// Tells those that could serve an urgent need, and its street how many they are.
pub(crate) async fn announce(work: &mut Work<'_>, need: &Need, market: &[Arc<Supplier>]) -> Result<()> {
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut work.tx, need.id).await?;
    let facts = fit::facts(need, &lines, &beneficiaries, work.now);
    let fitting = fit::reached(&facts, market, work.now.day());
    notice::urgent(work, need, &fitting[..fitting.len().min(TOLD)]).await
}

/// Ends a need: its pending claims fall, its running pairings end, nothing
/// planned becomes delivered.
pub(crate) async fn end(work: &mut Work<'_>, need: &mut Need, reason: CloseReason, note: Option<String>) -> Result<()> {
    let own = work.command();
    end_by(work, need, own, reason, note).await
}

/// As [`end`], by a command that follows from the work's.
pub(crate) async fn end_by(
    work: &mut Work<'_>,
    need: &mut Need,
    command: Command,
    reason: CloseReason,
    note: Option<String>,
) -> Result<()> {
    let step = work.step_by(command, &mut need.state)?;
    need.close_reason = Some(reason);
    need.close_note.clone_from(&note);
    need.closed_at = Some(work.now);
    need.due_at = None;
    work.save_need(need).await?;
    let mut data = json!({ "close_reason": reason.as_str() });
    if reason.is_unmet() {
        data["tried"] = tried(work, need).await?;
    }
    let about = About { need: Some(need), reason: note.clone(), data: Some(data), ..About::default() };
    work.stepped(step, need.id, about).await?;
    withdraw_proposals(work, need).await?;
    let words = format!("需求已结案：{}", reason.label());
    claims_ended::supersede_pending(work, need, None, &words).await?;
    for pairing in storage::aid::pairing::of_need(&mut work.tx, need.id).await? {
        if pairing.state.is_running() {
            pairings::terminate(work, need, pairing, &words).await?;
        }
    }
    Ok(())
}

/// What waited for a second account about a need that has ended waits no more.
pub(crate) async fn withdraw_proposals(work: &mut Work<'_>, need: &Need) -> Result<()> {
    if let Some(open) = storage::needs::closing::open_of(&mut work.tx, need.id).await? {
        storage::needs::closing::decide(&mut work.tx, open.id, None, work.now, false).await?;
    }
    if let Some(open) = storage::needs::amendment::open_of(&mut work.tx, need.id).await? {
        storage::needs::amendment::decide(&mut work.tx, open.id, None, work.now, false).await?;
    }
    Ok(())
}

/// Closes a need whose last unit was completed. Called with the approver's
/// command still open.
pub(crate) async fn close_if_done(work: &mut Work<'_>, need: &mut Need) -> Result<bool> {
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    if need.state != NeedState::Published || lines.iter().any(|line| line.remaining() > 0) {
        return Ok(false);
    }
    let pending =
        storage::aid::claim::of_need(&mut work.tx, need.id).await?.iter().any(|claim| claim.state.is_pending());
    let pairings: Vec<_> = storage::aid::pairing::of_need(&mut work.tx, need.id)
        .await?
        .into_iter()
        .filter(|p| p.cycle == need.cycle)
        .collect();
    if pending || pairings.iter().any(|p| p.state.is_running()) {
        return Ok(false);
    }
    let results: Vec<&str> =
        pairings.iter().filter(|p| p.state == PairingState::Completed).filter_map(|p| p.result.as_deref()).collect();
    let ended = storage::aid::promise::ended_lines(&mut work.tx, need.id, need.cycle).await?;
    // Met in full, or what was missing came back and was done since.
    let is_met = |line: &Line| {
        let mut mine =
            ended.iter().filter(|(of, state, ..)| *of == line.id && *state == PairingState::Completed).peekable();
        mine.peek().is_some()
            && mine.all(|(_, _, result, found, lapsed)| match found {
                Some(LineResult::Met) => result.as_deref() != Some("unverified"),
                Some(LineResult::Partial | LineResult::NotMet) => *lapsed == 0,
                Some(LineResult::CannotSay) | None => false,
            })
    };
    let reason = if results.is_empty() {
        return Ok(false);
    } else if lines.iter().all(is_met) {
        CloseReason::MetFull
    } else if results.iter().any(|result| matches!(*result, "met" | "partial")) {
        CloseReason::MetPartial
    } else {
        // Only unverified results: not a success, whatever was reported.
        CloseReason::UnmetCannotContact
    };
    end_by(work, need, Command::NeedClose, reason, Some("全部结对已办结".into())).await?;
    Ok(true)
}

pub(crate) async fn reopen(work: &mut Work<'_>, need: &mut Need, reason: String, valid_until: NaiveDate) -> Result<()> {
    let step = work.step_by(Command::NeedReopen, &mut need.state)?;
    if need.closed_at.is_some_and(|at| at.plus_days(rules::REOPEN_DAYS) < work.now) {
        return Err(Error::rule("结案已超过90天，不能重新打开。请重新登记需求"));
    }
    if valid_until <= work.now.day() {
        return Err(Error::wrong(REOPEN_UNTIL, "有效期要晚于今天"));
    }
    let old = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    need.cycle += 1;
    need.close_reason = None;
    need.close_note = None;
    need.closed_at = None;
    need.published_at = None;
    need.escalation = 0;
    need.valid_until = Some(valid_until);
    need.submitter_id = work.ctx.actor.account_id;
    need.submitted_at = Some(work.now);
    need.due_at = Some(review_due(need, work.ctx, work.now));
    work.save_need(need).await?;
    for line in old.into_iter().filter(|line| line.made_up_of.is_none()) {
        let row = Line {
            id: work.ctx.services.new_id(),
            cycle: need.cycle,
            taken: 0,
            taken_at: None,
            starts_on: None,
            ends_on: None,
            open_from: None,
            ..line
        };
        storage::needs::need::insert_line(&mut work.tx, &row).await?;
    }
    let about = About {
        need: Some(need),
        reason: Some(reason),
        data: Some(json!({ "cycle": need.cycle })),
        ..About::default()
    };
    work.stepped(step, need.id, about).await?;
    notice::of_need(work, need, Command::NeedReopen).await
}

/// Working days for the review of a need that is not urgent.
pub const REVIEW_WORKING_DAYS: u32 = 3;

/// What was tried for a need before it is recorded as unmet, for the event that records it.
async fn tried(work: &mut Work<'_>, row: &Need) -> Result<serde_json::Value> {
    let asks = storage::aid::ask::of_need(&mut work.tx, row.id).await?;
    let of = |state: AskState| asks.iter().filter(|l| l.ask.cycle == row.cycle && l.ask.state == state).count();
    Ok(json!({
        "waited_days": row.published_at.map(|at| at.minutes_until(work.now) / (24 * 60)),
        "steps": row.escalation,
        "asked": asks.iter().filter(|l| l.ask.cycle == row.cycle).count(),
        "declined": of(AskState::Declined),
        "lapsed": of(AskState::Lapsed),
    }))
}
