//! What came of a pairing: the report, the rework, the completion after somebody else's check.

use crate::aid::promise::{self, Promise};
use crate::base::notice;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::deliveries::{insert, planned};
use crate::steps::pairings::{about, load, load_apart, no_open_verification, record, void_planned};
use crate::steps::{needs, promises, verifications};
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::delivery::DeliveryState;
use domain::field::{Check, only};
use domain::form::FieldAt;
use domain::form::aid::pairing as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::pairing::{self as rules, Outcome, ShortReason};
use domain::permission::Separation;
use domain::verification::{VerificationResult, VerificationState};
use serde_json::json;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::{Pairing, ReportLine};
use storage::aid::verification::Verification;
use storage::needs::need::Need;
use uuid::Uuid;

/// What an organization reports of one line.
#[derive(Clone, Debug)]
pub struct LineReport {
    pub line_id: Uuid,
    pub outcome: Outcome,
    /// Why it was not done in full.
    pub reason: Option<ShortReason>,
    pub note: String,
}

/// 结果报告, line by line, and in words.
#[derive(Clone, Debug)]
pub struct Report {
    pub lines: Vec<LineReport>,
    pub text: String,
}

/// Reads the report form: `outcome.LINE`, `short_reason.LINE`, `short_note.LINE`, `report`.
pub fn read_report(fields: &crate::Fields, lines: &[Uuid]) -> Result<Report> {
    let mut check = Check::new();
    let mut all = Vec::new();
    for line in lines {
        let outcome: Option<Outcome> = check.choice(form::OUTCOME.at(line), fields);
        let reason: Option<ShortReason> = check.choice(form::SHORT_REASON.at(line), fields);
        let note = check.read(form::SHORT_NOTE.at(line), fields);
        if let Some(outcome) = outcome {
            let full = outcome == Outcome::Full;
            all.push(LineReport { line_id: *line, outcome, reason: reason.filter(|_| !full), note });
        }
    }
    let text = check.read(form::REPORT, fields);
    check.done()?;
    Ok(Report { lines: all, text })
}

/// What stands against a report: each line said, nothing called done in full that is not, a reason for what is missing.
fn against(report: &Report, promise: &Promise) -> Result<()> {
    let mut check = Check::new();
    for line in &promise.lines {
        let (service, unit, account) = (&line.service, &line.unit, line.account);
        let outcome = form::OUTCOME.at(line.line_id).of(service);
        let Some(said) = report.lines.iter().find(|said| said.line_id == line.line_id) else {
            check.missing(outcome);
            continue;
        };
        let recorded = account.done + account.waiting;
        let lacking = account.agreed - recorded;
        match said.outcome {
            Outcome::Full if lacking > 0 => check.wrong(
                outcome,
                format!(
                    "{service}约定{}{unit}，记录了{recorded}{unit}，还差{lacking}{unit}，不能选“全部完成”",
                    account.agreed
                ),
            ),
            Outcome::Partial if recorded == 0 => {
                check.wrong(outcome, format!("{service}还没有一条服务记录，请先记录服务，或选“没有完成”"));
            }
            Outcome::None if recorded > 0 => {
                check.wrong(outcome, format!("{service}已经记录了{recorded}{unit}，请选“部分完成”"));
            }
            _ => {}
        }
        if said.outcome != Outcome::Full && said.reason.is_none() {
            let reason = form::SHORT_REASON.at(line.line_id).of(service);
            check.wrong(reason, format!("{service}没有做满，请选择原因"));
        }
        if said.reason == Some(ShortReason::Other) && said.note.is_empty() {
            let note = form::SHORT_NOTE.at(line.line_id).of(service);
            check.wrong(note, format!("{service}的原因选了“其他”，请写明是什么原因"));
        }
    }
    Ok(check.done()?)
}

/// The planned visits that a report ends.
const REPORTED: &str = "随结果报告结束";

/// A report is looked at before it is made: what it says must stand, and the reader hears what ends with it. Returns
/// the planned visits that are still open.
#[boxed]
pub async fn check_report(ctx: &Ctx, code: &str, report: &Report) -> Result<Vec<Delivery>> {
    let mut work = Work::begin(ctx, Command::PairingReport).await?;
    let (pairing, need) = load(&mut work, code).await?;
    work.acts_on(pairing.state)?;
    work.hold(&need, &texts(report)).await?;
    against(report, &promise::of_pairing(&mut work.tx, &pairing, work.now).await?)?;
    let all = storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await?;
    Ok(all.into_iter().filter(|d| d.state == DeliveryState::Planned).collect())
}

fn texts(report: &Report) -> Vec<(FieldAt, &str)> {
    let notes = report.lines.iter().map(|line| (form::SHORT_NOTE.at(line.line_id), line.note.as_str()));
    std::iter::once((form::REPORT.into(), report.text.as_str())).chain(notes).collect()
}

/// 报告结果: what was done, by the organization, held against the account. What was planned ends with it.
#[boxed]
pub async fn report(ctx: &Ctx, code: &str, report: &Report) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingReport).await?;
    let (mut pairing, need) = load(&mut work, code).await?;
    let step = work.step(&mut pairing.state)?;
    work.hold(&need, &texts(report)).await?;
    let active = Pairing { state: step.from, ..pairing.clone() };
    let promise = promise::of_pairing(&mut work.tx, &active, work.now).await?;
    against(report, &promise)?;
    let rows: Vec<ReportLine> = report
        .lines
        .iter()
        .filter(|said| promise.lines.iter().any(|line| line.line_id == said.line_id))
        .map(|line| ReportLine {
            pairing_id: pairing.id,
            line_id: line.line_id,
            outcome: line.outcome,
            reason: line.reason,
            note: line.note.clone(),
        })
        .collect();
    storage::aid::pairing::write_report(&mut work.tx, pairing.id, &rows).await?;
    pairing.outcome = Some(Outcome::of(rows.iter().map(|row| row.outcome)));
    pairing.report = Some(report.text.clone());
    pairing.reported_by = ctx.actor.account_id;
    pairing.reported_at = Some(work.now);
    pairing.due_at = Some(ctx.services.calendar().due(work.now, rules::VERIFY_WORKING_DAYS));
    let mut about = about(&need, &pairing, None);
    let lines: Vec<_> =
        rows.iter().map(|r| json!({ "line": r.line_id, "outcome": r.outcome, "reason": r.reason })).collect();
    about.data = Some(json!({ "pairing": pairing.code, "lines": lines }));
    work.save(&pairing, step, about).await?;
    void_planned(&mut work, &need, &pairing, REPORTED).await?;
    notice::to_street(
        &mut work,
        &need.division_code,
        "结果已报告，请指派核验",
        &need.title,
        &href(Object::Pairing, &code),
    )
    .await?;
    work.commit(code).await
}

/// Why a report cannot be taken back any more: somebody has begun to check it.
pub(crate) fn is_checked(pairing: &Pairing, all: &[Verification]) -> bool {
    of_report(pairing, all).iter().any(|v| v.state != VerificationState::Assigned || v.begun_at.is_some())
}

/// 收回报告: as long as no verifier has begun, everything is again as it was: the visits that ended with the report
/// are planned again, and the contact is open.
#[boxed]
pub async fn take_back(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingTakeBack).await?;
    let (mut pairing, need) = load(&mut work, code).await?;
    let step = work.step(&mut pairing.state)?;
    let all = storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await?;
    if is_checked(&pairing, &all) {
        return Err(Error::rule("核验已经开始，不能收回报告。要接着做的，请街道“退回继续帮扶”"));
    }
    let why = "组织收回了结果报告";
    let open: Vec<Verification> = of_report(&pairing, &all).into_iter().cloned().collect();
    for verification in open {
        let assignee = verification.assignee_id;
        verifications::drop_open(&mut work, &need, &pairing, verification, why).await?;
        notice::to_account(&mut work, assignee, "不用核验了：组织收回了结果报告", &need.title, "/desk").await?;
    }
    plan_again(&mut work, &need, &pairing, None).await?;
    storage::aid::pairing::write_report(&mut work.tx, pairing.id, &[]).await?;
    pairing.outcome = None;
    pairing.report = None;
    pairing.reported_by = None;
    pairing.reported_at = None;
    pairing.due_at = None;
    work.save(&pairing, step, about(&need, &pairing, None)).await?;
    let href = href(Object::Pairing, &code);
    notice::to_street(&mut work, &need.division_code, "组织收回了结果报告，接着帮扶", &need.title, &href).await?;
    work.commit(code).await
}

/// What was planned and ended with the report is planned again; from a day on, where days have gone by.
async fn plan_again(work: &mut Work<'_>, need: &Need, pairing: &Pairing, from: Option<NaiveDate>) -> Result<()> {
    let mut again = std::collections::BTreeSet::new();
    for ended in storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await? {
        let with_it = ended.state == DeliveryState::Voided && ended.reason.as_deref() == Some(REPORTED);
        let in_time = from.is_none_or(|from| ended.planned_on >= from);
        let visit = (ended.line_id, ended.planned_on, ended.planned_at.clone());
        if with_it && ended.decided_at == pairing.reported_at && in_time && again.insert(visit) {
            let row = Delivery {
                goes_id: ended.goes_id,
                shift_id: ended.shift_id,
                ..planned(work, pairing, ended.line_id, ended.planned_on, ended.planned_at)
            };
            insert(work, need, pairing, &row, Command::DeliveryPlan).await?;
        }
    }
    Ok(())
}

/// 退回继续帮扶.
#[boxed]
pub async fn rework(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::REWORK, reason)?;
    let mut work = Work::begin(ctx, Command::PairingRework).await?;
    let (mut pairing, need) = load(&mut work, code).await?;
    no_open_verification(&mut work, &pairing).await?;
    let step = work.step(&mut pairing.state)?;
    pairing.due_at = None;
    work.save(&pairing, step, about(&need, &pairing, Some(reason))).await?;
    let today = work.now.day();
    plan_again(&mut work, &need, &pairing, Some(today)).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "核验后请继续帮扶",
        &need.title,
        &href(Object::Pairing, &code),
    )
    .await?;
    work.commit(code).await
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
    let (mut pairing, mut need) = load_apart(&mut work, code, |p| vec![(p.reported_by, Separation::Reporter)]).await?;
    let verifications = storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await?;
    let verified =
        of_report(&pairing, &verifications).into_iter().rev().find(|v| v.state == VerificationState::Verified).cloned();
    if let Some(v) = &verified {
        let mut who = record(&pairing);
        who.others = vec![(Some(v.assignee_id), Separation::Verifier)];
        work.authorize(&who)?;
    }
    let step = work.step(&mut pairing.state)?;
    no_open_verification(&mut work, &pairing).await?;
    let result = match verified.as_ref().and_then(|v| v.result) {
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
    work.save(&pairing, step, about(&need, &pairing, None)).await?;
    void_planned(&mut work, &need, &pairing, "结对已结束").await?;
    if let Some(verified) = &verified {
        for line in storage::aid::verification::lines_of_pairing(&mut work.tx, pairing.id).await? {
            if line.verification_id == verified.id {
                storage::aid::claim::find(&mut work.tx, pairing.claim_id, line.line_id, line.result, line.units)
                    .await?;
            }
        }
    }
    promises::settle(&mut work, &need, &pairing).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "结对已办结",
        &need.title,
        &href(Object::Pairing, &code),
    )
    .await?;
    needs::close_if_done(&mut work, &mut need).await?;
    if domain::verification::is_sampled(pairing.id, ctx.services.policy.recheck_seed) {
        verifications::recheck(&mut work, &need, &pairing).await?;
    }
    work.commit(code).await
}

/// After three failed verifications: counted apart, never as success.
#[boxed]
pub async fn close_unverified(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::CLOSE_UNVERIFIED, reason)?;
    let mut work = Work::begin(ctx, Command::PairingCloseUnverified).await?;
    let (mut pairing, mut need) = load_apart(&mut work, code, |p| vec![(p.reported_by, Separation::Reporter)]).await?;
    let step = work.step(&mut pairing.state)?;
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
    work.save(&pairing, step, about(&need, &pairing, Some(reason))).await?;
    void_planned(&mut work, &need, &pairing, "结对已结束").await?;
    promises::settle(&mut work, &need, &pairing).await?;
    needs::close_if_done(&mut work, &mut need).await?;
    work.commit(code).await
}
