//! What came of a pairing: the report, the rework, the completion after somebody else's check.

use super::{open, record, save, void_planned};
use crate::base::notice;
use crate::base::work::Work;
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::delivery::DeliveryState;
use domain::field::only;
use domain::form::aid::pairing as form;
use domain::machine::{self, Command};
use domain::pairing::{self as rules, Outcome};
use domain::permission::Separation;
use domain::verification::{VerificationResult, VerificationState};
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;

/// 报告结果: what was done, by the organization.
#[boxed]
pub async fn report(ctx: &Ctx, code: &str, outcome: Outcome, text: &str) -> Result<()> {
    let text = only(form::REPORT, text)?;
    let mut work = Work::begin(ctx, Command::PairingReport).await?;
    let (mut pairing, need) = open(&mut work, code, Command::PairingReport, |_| Vec::new()).await?;
    crate::base::gate::hold(&mut work, &need, &[(form::REPORT.into(), &text)]).await?;
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingReport)?;
    let deliveries = storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await?;
    let done = deliveries.iter().any(|d| matches!(d.state, DeliveryState::Recorded | DeliveryState::Confirmed));
    if outcome != Outcome::None && !done {
        return Err(Error::wrong(form::OUTCOME, "还没有一条服务记录，请先记录服务，或选择“没有完成”"));
    }
    pairing.outcome = Some(outcome);
    pairing.report = Some(text);
    pairing.reported_by = ctx.actor.account_id;
    pairing.reported_at = Some(work.now);
    pairing.due_at = Some(ctx.services.calendar().due(work.now, rules::VERIFY_WORKING_DAYS));
    save(&mut work, &need, &pairing, from, Command::PairingReport, None).await?;
    notice::to_street(
        &mut work,
        &need.division_code,
        "结果已报告，请指派核验",
        &need.title,
        &format!("/pairings/{code}"),
    )
    .await?;
    work.commit(code).await
}

/// 退回继续帮扶.
#[boxed]
pub async fn rework(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::REWORK, reason)?;
    let mut work = Work::begin(ctx, Command::PairingRework).await?;
    let (mut pairing, need) = open(&mut work, code, Command::PairingRework, |_| Vec::new()).await?;
    no_open_verification(&mut work, &pairing).await?;
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingRework)?;
    pairing.due_at = None;
    save(&mut work, &need, &pairing, from, Command::PairingRework, Some(reason)).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "核验后请继续帮扶",
        &need.title,
        &format!("/pairings/{code}"),
    )
    .await?;
    work.commit(code).await
}

pub(super) async fn no_open_verification(work: &mut Work<'_>, pairing: &Pairing) -> Result<Vec<Verification>> {
    let all = storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await?;
    if all.iter().any(|v| v.state == VerificationState::Assigned) {
        return Err(Error::rule("核验还没有做完，请等核验结果"));
    }
    Ok(all)
}

/// Verifications of the present report: those assigned since it was made.
fn of_report<'a>(pairing: &Pairing, all: &'a [Verification]) -> Vec<&'a Verification> {
    all.iter().filter(|v| !v.recheck && pairing.reported_at.is_some_and(|at| v.assigned_at >= at)).collect()
}

/// 确认办结: the approver is neither reporter nor verifier. The result is the
/// verifier's, never the provider's.
#[boxed]
pub async fn complete(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingComplete).await?;
    let (mut pairing, mut need) =
        open(&mut work, code, Command::PairingComplete, |p| vec![(p.reported_by, Separation::Reporter)]).await?;
    let verifications = storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await?;
    let verified =
        of_report(&pairing, &verifications).into_iter().rev().find(|v| v.state == VerificationState::Verified).cloned();
    if let Some(v) = &verified {
        let mut who = record(&pairing);
        who.others = vec![(Some(v.assignee_id), Separation::Verifier)];
        work.authorize(Command::PairingComplete, &who)?;
    }
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingComplete)?;
    no_open_verification(&mut work, &pairing).await?;
    let result = match verified.and_then(|v| v.result) {
        Some(VerificationResult::NotMet) => {
            return Err(Error::rule("核验结果是“没有满足”，请退回继续帮扶，或终止结对"));
        }
        Some(result) => result,
        None => return Err(Error::rule("还没有核验结果，不能办结。请先指派核验")),
    };
    pairing.result = Some(result.as_str().to_owned());
    pairing.completed_by = ctx.actor.account_id;
    pairing.ended_at = Some(work.now);
    pairing.due_at = None;
    save(&mut work, &need, &pairing, from, Command::PairingComplete, None).await?;
    void_planned(&mut work, &need, &pairing).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "结对已办结",
        &need.title,
        &format!("/pairings/{code}"),
    )
    .await?;
    crate::needs::need::close_if_done(&mut work, &mut need).await?;
    if domain::verification::is_sampled(pairing.id, ctx.services.policy.recheck_seed) {
        crate::aid::verification::recheck_in(&mut work, &need, &pairing).await?;
    }
    work.commit(code).await
}

/// After three failed verifications: counted apart, never as success.
#[boxed]
pub async fn close_unverified(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::CLOSE_UNVERIFIED, reason)?;
    let mut work = Work::begin(ctx, Command::PairingCloseUnverified).await?;
    let (mut pairing, mut need) =
        open(&mut work, code, Command::PairingCloseUnverified, |p| vec![(p.reported_by, Separation::Reporter)]).await?;
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingCloseUnverified)?;
    let all = no_open_verification(&mut work, &pairing).await?;
    let failed = of_report(&pairing, &all).into_iter().filter(|v| v.state == VerificationState::CannotVerify).count();
    if failed < usize::try_from(rules::VERIFY_ATTEMPTS).unwrap_or(3) {
        return Err(Error::rule(format!("三次未能核验后才能这样办结，现在是{failed}次")));
    }
    pairing.result = Some("unverified".to_owned());
    pairing.completed_by = ctx.actor.account_id;
    pairing.ended_at = Some(work.now);
    pairing.due_at = None;
    pairing.reason = Some(reason.clone());
    save(&mut work, &need, &pairing, from, Command::PairingCloseUnverified, Some(reason)).await?;
    void_planned(&mut work, &need, &pairing).await?;
    crate::needs::need::close_if_done(&mut work, &mut need).await?;
    work.commit(code).await
}
