//! Commands on pairings 结对: first contact, pauses, report, completion, every end.

use crate::notice;
use crate::work::{About, Work, first};
use crate::{Ctx, Error, Result};
use domain::code::Prefix;
use domain::delivery::DeliveryState;
use domain::disclosure::DisclosureState;
use domain::field::Check;
use domain::machine::{self, Command, Object};
use domain::need::{NeedKind, NeedState, URGENT_HOURS};
use domain::pairing::{self as rules, Outcome, PairingState, Purpose};
use domain::permission::{Record, Separation};
use domain::verification::{VerificationResult, VerificationState};
use serde_json::json;
use storage::claim::Claim;
use storage::need::Need;
use storage::pairing::Pairing;
use storage::verification::Verification;
use uuid::Uuid;

pub(crate) fn record(pairing: &Pairing) -> Record<'_> {
    Record { division: Some(&pairing.division_code), organization: Some(pairing.organization_id), ..Record::default() }
}

/// A pairing for an approved claim.
pub(crate) async fn open_in(work: &mut Work<'_>, need: &Need, claim: &Claim) -> Result<Pairing> {
    let due = if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS)
    } else {
        work.ctx.services.calendar().due(work.now, rules::FIRST_CONTACT_WORKING_DAYS)
    };
    let pairing = Pairing {
        id: work.ctx.services.new_id(),
        code: work.code(Prefix::Pairing, &need.division_code).await?,
        claim_id: claim.id,
        need_id: need.id,
        cycle: need.cycle,
        organization_id: claim.organization_id,
        division_code: need.division_code.clone(),
        state: PairingState::PendingStart,
        opened_at: work.now,
        due_at: Some(due),
        reminded_at: None,
        started_at: None,
        outcome: None,
        report: None,
        reported_by: None,
        reported_at: None,
        result: None,
        completed_by: None,
        ended_at: None,
        ended_by: None,
        end_side: None,
        reason: None,
        successor_id: None,
    };
    storage::pairing::insert(&mut work.tx, &pairing).await?;
    let about = About {
        need: Some(need),
        organization: Some(pairing.organization_id),
        data: Some(json!({ "pairing": pairing.code })),
        ..About::default()
    };
    work.created(Command::PairingOpen, pairing.state, pairing.id, about).await?;
    if let Some(account) = claim.submitted_by {
        storage::pairing::add_worker(&mut work.tx, pairing.id, account, work.now).await?;
    }
    Ok(pairing)
}

/// A pairing and its need for a command: the need locked first.
pub(crate) async fn open(
    work: &mut Work<'_>,
    code: &str,
    command: Command,
    others: impl FnOnce(&Pairing) -> Vec<(Option<Uuid>, Separation)>,
) -> Result<(Pairing, Need)> {
    let found = if domain::code::is_code(code) { storage::pairing::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    let (pairing, need) = lock(work, found.id).await?;
    let mut who = record(&pairing);
    who.others = others(&pairing);
    work.authorize(command, &who)?;
    Ok((pairing, need))
}

pub(crate) async fn lock(work: &mut Work<'_>, id: Uuid) -> Result<(Pairing, Need)> {
    let found = storage::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let pairing = storage::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    Ok((pairing, need))
}

async fn save(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    from: PairingState,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    first(storage::pairing::update(&mut work.tx, pairing, from).await?, Object::Pairing)?;
    let mut data = json!({ "pairing": pairing.code });
    if let (Some(result), true) = (&pairing.result, pairing.state == PairingState::Completed) {
        data["result"] = json!(result);
    }
    let about = About { need: Some(need), organization: Some(pairing.organization_id), reason, data: Some(data) };
    work.stepped(command, from, pairing.state, pairing.id, about).await
}

fn reason_of(reason: &str) -> Result<String> {
    let mut check = Check::new();
    let text = check.text("reason", "原因", reason, 500);
    crate::gate::general(&mut check, "reason", "原因", &text);
    check.done()?;
    Ok(text)
}

/// 首次联系: how the first contact went; service begins.
pub async fn start(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    let mut check = Check::new();
    let note = check.text_or_empty("note", "联系情况", note, 500);
    crate::gate::general(&mut check, "note", "联系情况", note.as_deref().unwrap_or_default());
    check.done()?;
    let mut work = Work::begin(ctx, Command::PairingStart).await?;
    let (mut pairing, need) = open(&mut work, code, Command::PairingStart, |_| Vec::new()).await?;
    if need.state != NeedState::Published {
        return Err(Error::rule(format!("需求现在是“{}”，恢复公开后才能开始服务", need.state.label())));
    }
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingStart)?;
    pairing.started_at = Some(work.now);
    pairing.due_at = None;
    save(&mut work, &need, &pairing, from, Command::PairingStart, note).await?;
    notice::to_street(&mut work, &need.division_code, "组织已首次联系", &need.title, &format!("/pairings/{code}"))
        .await?;
    work.commit(code).await
}

/// One reminder before the units go back.
pub(crate) async fn remind_or_release(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingRemind).await?;
    let (mut pairing, need) = lock(&mut work, id).await?;
    if pairing.state != PairingState::PendingStart || pairing.due_at.is_none_or(|due| due >= work.now) {
        return Ok(());
    }
    if pairing.reminded_at.is_some() {
        work.authorize(Command::PairingRelease, &record(&pairing))?;
        release_in(&mut work, &need, pairing, "提醒后仍没有首次联系").await?;
        return work.commit("").await;
    }
    work.authorize(Command::PairingRemind, &record(&pairing))?;
    pairing.reminded_at = Some(work.now);
    pairing.due_at = Some(if need.is_urgent() {
        work.now.plus_hours(4)
    } else {
        ctx.services.calendar().due(work.now, rules::REMINDER_WORKING_DAYS)
    });
    let from = pairing.state;
    save(&mut work, &need, &pairing, from, Command::PairingRemind, None).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "请尽快首次联系，逾期将退回待认领",
        &need.title,
        &format!("/pairings/{}", pairing.code),
    )
    .await?;
    work.commit("").await
}

/// The street gives one more working day.
pub async fn grace(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingGrace).await?;
    let (mut pairing, need) = open(&mut work, code, Command::PairingGrace, |_| Vec::new()).await?;
    let from = pairing.state;
    machine::step(from, Command::PairingGrace)?;
    pairing.due_at = Some(ctx.services.calendar().due(work.now, 1));
    save(&mut work, &need, &pairing, from, Command::PairingGrace, None).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "首次联系的期限延长了1个工作日",
        &need.title,
        &format!("/pairings/{code}"),
    )
    .await?;
    work.commit(code).await
}

async fn release_in(work: &mut Work<'_>, need: &Need, mut pairing: Pairing, why: &str) -> Result<()> {
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingRelease)?;
    ended(work, &mut pairing, why, "office");
    save(work, need, &pairing, from, Command::PairingRelease, Some(why.to_owned())).await?;
    finish(work, need, &pairing).await?;
    notice::to_organization(
        work,
        pairing.organization_id,
        "结对已退回待认领",
        &need.title,
        &format!("/pairings/{}", pairing.code),
    )
    .await?;
    notice::to_street(
        work,
        &need.division_code,
        "结对已退回待认领",
        &need.title,
        &format!("/pairings/{}", pairing.code),
    )
    .await
}

fn ended(work: &Work<'_>, pairing: &mut Pairing, why: &str, side: &str) {
    pairing.ended_at = Some(work.now);
    pairing.ended_by = work.ctx.actor.account_id;
    pairing.end_side = Some(side.to_owned());
    pairing.reason = Some(why.to_owned());
    pairing.due_at = None;
}

/// After an end before completion: units go back, what was planned is voided,
/// open verifications and transfers fall.
async fn finish(work: &mut Work<'_>, need: &Need, pairing: &Pairing) -> Result<()> {
    crate::claim::give_back(work, pairing.claim_id).await?;
    void_planned(work, need, pairing).await?;
    if let Some(transfer) = storage::transfer::pending_of(&mut work.tx, pairing.id).await?
        && pairing.state != PairingState::Transferred
    {
        crate::transfer::lapse_in(work, need, pairing, &transfer).await?;
    }
    Ok(())
}

pub(crate) async fn void_planned(work: &mut Work<'_>, need: &Need, pairing: &Pairing) -> Result<()> {
    for mut delivery in storage::delivery::of_pairing(&mut work.tx, pairing.id).await? {
        if delivery.state == DeliveryState::Planned {
            let from = delivery.state;
            delivery.state = machine::step(from, Command::DeliveryVoid)?;
            delivery.reason = Some("结对已结束".to_owned());
            delivery.decided_at = Some(work.now);
            first(storage::delivery::update(&mut work.tx, &delivery, from).await?, Object::Delivery)?;
            let about = About {
                need: Some(need),
                organization: Some(pairing.organization_id),
                reason: delivery.reason.clone(),
                data: Some(json!({ "pairing": pairing.code })),
            };
            work.stepped(Command::DeliveryVoid, from, delivery.state, delivery.id, about).await?;
        }
    }
    Ok(())
}

/// 退回待认领 by the street.
pub async fn release(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason)?;
    let mut work = Work::begin(ctx, Command::PairingRelease).await?;
    let (pairing, need) = open(&mut work, code, Command::PairingRelease, |_| Vec::new()).await?;
    release_in(&mut work, &need, pairing, &reason).await?;
    work.commit(code).await
}

async fn simple(ctx: &Ctx, code: &str, command: Command, reason: Option<String>) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let (mut pairing, need) = open(&mut work, code, command, |_| Vec::new()).await?;
    let from = pairing.state;
    pairing.state = machine::step(from, command)?;
    pairing.reason.clone_from(&reason);
    save(&mut work, &need, &pairing, from, command, reason).await?;
    tell_other_side(&mut work, &need, &pairing, command.label()).await?;
    work.commit(code).await
}

async fn tell_other_side(work: &mut Work<'_>, need: &Need, pairing: &Pairing, what: &str) -> Result<()> {
    let href = format!("/pairings/{}", pairing.code);
    let title = format!("结对：{what}");
    if work.ctx.actor.role.is_organization() {
        notice::to_street(work, &need.division_code, &title, &need.title, &href).await
    } else {
        notice::to_organization(work, pairing.organization_id, &title, &need.title, &href).await
    }
}

pub async fn pause(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    simple(ctx, code, Command::PairingPause, Some(reason_of(reason)?)).await
}

pub async fn resume(ctx: &Ctx, code: &str) -> Result<()> {
    simple(ctx, code, Command::PairingResume, None).await
}

/// Names another worker of the organization for this household.
pub async fn assign_worker(ctx: &Ctx, code: &str, account: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingAssignWorker).await?;
    let (pairing, need) = open(&mut work, code, Command::PairingAssignWorker, |_| Vec::new()).await?;
    machine::step(pairing.state, Command::PairingAssignWorker)?;
    let found = storage::account::by_id(&mut work.tx, account).await?;
    if found.is_none_or(|a| a.organization_id != Some(pairing.organization_id)) {
        return Err(Error::field("account", "选择本机构的工作人员"));
    }
    if storage::pairing::add_worker(&mut work.tx, pairing.id, account, work.now).await? {
        let about = About {
            need: Some(&need),
            organization: Some(pairing.organization_id),
            data: Some(json!({ "pairing": pairing.code, "account": account })),
            ..About::default()
        };
        work.stepped(Command::PairingAssignWorker, pairing.state, pairing.state, pairing.id, about).await?;
    }
    work.commit(code).await
}

/// 报告结果: what was done, by the organization.
pub async fn report(ctx: &Ctx, code: &str, outcome: Outcome, text: &str) -> Result<()> {
    let mut check = Check::new();
    let text = check.text("report", "结果说明", text, 2000);
    crate::gate::general(&mut check, "report", "结果说明", &text);
    check.done()?;
    let mut work = Work::begin(ctx, Command::PairingReport).await?;
    let (mut pairing, need) = open(&mut work, code, Command::PairingReport, |_| Vec::new()).await?;
    crate::gate::hold(&mut work, &need, &[("report", "结果说明", &text)]).await?;
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingReport)?;
    let deliveries = storage::delivery::of_pairing(&mut work.tx, pairing.id).await?;
    let done = deliveries.iter().any(|d| matches!(d.state, DeliveryState::Recorded | DeliveryState::Confirmed));
    if outcome != Outcome::None && !done {
        return Err(Error::field("outcome", "还没有一条服务记录，请先记录服务，或选择“没有完成”"));
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
pub async fn rework(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason)?;
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

async fn no_open_verification(work: &mut Work<'_>, pairing: &Pairing) -> Result<Vec<Verification>> {
    let all = storage::verification::of_pairing(&mut work.tx, pairing.id).await?;
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
pub async fn complete(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingComplete).await?;
    let (mut pairing, mut need) =
        open(&mut work, code, Command::PairingComplete, |p| vec![(p.reported_by, Separation::Reporter)]).await?;
    let verifications = storage::verification::of_pairing(&mut work.tx, pairing.id).await?;
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
    crate::need::close_if_done(&mut work, &mut need).await?;
    if domain::verification::is_sampled(pairing.id, ctx.services.policy.recheck_seed) {
        crate::verification::recheck_in(&mut work, &need, &pairing).await?;
    }
    work.commit(code).await
}

/// After three failed verifications: counted apart, never as success.
pub async fn close_unverified(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason)?;
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
    crate::need::close_if_done(&mut work, &mut need).await?;
    work.commit(code).await
}

/// 终止结对 by either side; what is left returns to the need.
pub async fn terminate(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason)?;
    let mut work = Work::begin(ctx, Command::PairingTerminate).await?;
    let (pairing, need) = open(&mut work, code, Command::PairingTerminate, |_| Vec::new()).await?;
    no_open_verification(&mut work, &pairing).await?;
    let told = pairing.clone();
    terminate_in(&mut work, &need, pairing, &reason).await?;
    if ctx.actor.role.is_organization() {
        tell_other_side(&mut work, &need, &told, Command::PairingTerminate.label()).await?;
    }
    work.commit(code).await
}

pub(crate) async fn terminate_in(work: &mut Work<'_>, need: &Need, mut pairing: Pairing, why: &str) -> Result<()> {
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingTerminate)?;
    let by_organization = work.ctx.actor.role.is_organization();
    ended(work, &mut pairing, why, if by_organization { "organization" } else { "office" });
    save(work, need, &pairing, from, Command::PairingTerminate, Some(why.to_owned())).await?;
    finish(work, need, &pairing).await?;
    for v in storage::verification::of_pairing(&mut work.tx, pairing.id).await? {
        if v.state == VerificationState::Assigned && !v.recheck {
            crate::verification::drop_in(work, need, &pairing, v, why).await?;
        }
    }
    if !by_organization {
        notice::to_organization(
            work,
            pairing.organization_id,
            "结对已终止",
            why,
            &format!("/pairings/{}", pairing.code),
        )
        .await?;
    }
    Ok(())
}

/// The old side of an approved transfer.
pub(crate) async fn transferred_in(
    work: &mut Work<'_>,
    need: &Need,
    mut pairing: Pairing,
    why: &str,
) -> Result<Pairing> {
    let from = pairing.state;
    pairing.state = machine::step(from, Command::PairingTransfer)?;
    ended(work, &mut pairing, why, "organization");
    save(work, need, &pairing, from, Command::PairingTransfer, Some(why.to_owned())).await?;
    finish(work, need, &pairing).await?;
    Ok(pairing)
}

pub(crate) async fn set_successor(work: &mut Work<'_>, pairing: &mut Pairing, successor: Uuid) -> Result<()> {
    pairing.successor_id = Some(successor);
    first(storage::pairing::update(&mut work.tx, pairing, pairing.state).await?, Object::Pairing)
}

/// What the paired organization's named workers may see of one household, and
/// only while they need it (tier L2).
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub phone: String,
    pub other_phones: Vec<String>,
    pub address: String,
    pub health_notes: String,
    pub guardian: String,
}

/// The same, masked: what stands on the page before anybody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    pub name: String,
    pub phone: String,
    /// Why it cannot be opened; none when it can.
    pub closed: Option<Closed>,
}

/// Why contact data cannot be opened now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// A village has no file.
    Village,
    /// The pairing's state.
    Pairing(PairingState),
    /// After the report only whoever checks it calls.
    Reported,
    Need(NeedState),
    /// Not recorded, over, or withdrawn.
    NoConsent,
    /// A minor's, and nobody's but a guardian's consent counts.
    NoGuardian,
    /// The days of this pairing are over.
    Days(i64),
    NotNamed,
    /// A minor's: every access is approved.
    Approval,
    /// Asked for, not yet answered.
    Waiting,
}

impl Closed {
    /// In words for the reader.
    pub fn words(&self) -> String {
        match self {
            Self::Village => "村的需求没有个人档案，请联系村委会或街镇".into(),
            Self::Pairing(state) => format!("结对现在是“{}”，不再显示联系方式", state.label()),
            Self::Reported => "结果已经报告，等待核验，机构不再需要联系方式".into(),
            Self::Need(state) => format!("需求现在是“{}”，暂不显示联系方式", state.label()),
            Self::NoConsent => "还没有本人同意的记录，或同意已到期、已撤回。请街道先登记同意".into(),
            Self::NoGuardian => "不满14周岁的，要有监护人书面同意的记录。请街道先登记".into(),
            Self::Days(days) => {
                format!("结对或最近一次登记同意已过{days}天，联系方式不再显示。还要继续的，请街道重新征得同意并登记")
            }
            Self::NotNamed => "只有指定的服务人员能查看，请机构负责人先指定您".into(),
            Self::Approval => "未成年人的联系方式，每次查看都要先由街道批准".into(),
            Self::Waiting => "已申请查看，等街道批准".into(),
        }
    }
}

/// Opens the contact data of a household for a stated purpose. Logged with
/// purpose; the street sees it. A minor's takes an approved access, once.
pub async fn disclose(ctx: &Ctx, code: &str, purpose: Purpose) -> Result<Contact> {
    let mut work = Work::begin(ctx, Command::PairingDisclose).await?;
    let (pairing, need) = open(&mut work, code, Command::PairingDisclose, |_| Vec::new()).await?;
    match closed(&mut work.tx, ctx, &pairing, &need).await? {
        None => {}
        Some(why) => return Err(Error::rule(why.words())),
    }
    let file = storage::need_file::load(&mut work.tx, ctx.services.db.sealer(), need.id)
        .await?
        .ok_or_else(|| Error::rule("这条需求还没有登记档案"))?;
    if minor(&need, &file, work.now.day()) {
        crate::disclosure::use_in(&mut work, &need, &pairing).await?;
    }
    let about = About {
        need: Some(&need),
        organization: Some(pairing.organization_id),
        reason: Some(purpose.label().to_owned()),
        data: Some(json!({ "pairing": pairing.code, "purpose": purpose.as_str() })),
    };
    work.stepped(Command::PairingDisclose, pairing.state, pairing.state, pairing.id, about).await?;
    work.commit(code).await?;
    Ok(Contact {
        name: file.name,
        phone: file.phone,
        other_phones: file.other_phones,
        address: file.address,
        health_notes: file.health_notes,
        guardian: file.guardian,
    })
}

fn minor(need: &Need, file: &storage::need_file::NeedFile, day: chrono::NaiveDate) -> bool {
    let band = need.age_band.is_some_and(domain::need::AgeBand::is_minor);
    domain::disclosure::is_minor(&file.id_number, band, day)
}

/// Decides whether the actor may open the contact data now.
pub(crate) async fn closed(tx: &mut storage::Tx, ctx: &Ctx, pairing: &Pairing, need: &Need) -> Result<Option<Closed>> {
    let organization = ctx.actor.role.is_organization();
    let now = ctx.now();
    if need.kind == NeedKind::Village {
        return Ok(Some(Closed::Village));
    }
    if machine::step(pairing.state, Command::PairingDisclose).is_err() {
        return Ok(Some(Closed::Pairing(pairing.state)));
    }
    if pairing.state == PairingState::Reported && organization {
        return Ok(Some(Closed::Reported));
    }
    if need.state != NeedState::Published {
        return Ok(Some(Closed::Need(need.state)));
    }
    let sealer = ctx.services.db.sealer();
    let consent = storage::consent::latest(tx, sealer, need.id).await?;
    let Some(consent) = consent.filter(|consent| consent.is_live(now.day())) else {
        return Ok(Some(Closed::NoConsent));
    };
    let file = storage::need_file::load(tx, sealer, need.id).await?.unwrap_or_default();
    let band = need.age_band.is_some_and(domain::need::AgeBand::is_minor);
    if !consent.by_guardian && domain::disclosure::needs_guardian(&file.id_number, band, now.day()) {
        return Ok(Some(Closed::NoGuardian));
    }
    // A renewed consent renews the days.
    let since = pairing.opened_at.max(consent.recorded_at);
    let days = ctx.services.policy.disclosure_days;
    if organization && since.plus_days(days) < now {
        return Ok(Some(Closed::Days(days)));
    }
    if organization {
        let named = storage::pairing::workers(tx, pairing.id).await?;
        if !named.iter().any(|(id, _)| Some(*id) == ctx.actor.account_id) {
            return Ok(Some(Closed::NotNamed));
        }
    }
    if minor(need, &file, now.day()) {
        let open = match ctx.actor.account_id {
            Some(account) => storage::disclosure::open_of(tx, pairing.id, account).await?,
            None => None,
        };
        return Ok(match open {
            Some(access) if access.expires_at < now => Some(Closed::Approval),
            Some(access) if access.state == DisclosureState::Approved => None,
            Some(_) => Some(Closed::Waiting),
            None => Some(Closed::Approval),
        });
    }
    Ok(None)
}

/// The masked contact that a pairing page shows to its two sides.
pub async fn masked(ctx: &Ctx, pairing: &Pairing, need: &Need) -> Result<Masked> {
    let mut tx = ctx.services.db.read().await?;
    let closed = closed(&mut tx, ctx, pairing, need).await?;
    // Once closed, an organization keeps not even the masked parts.
    if closed.is_some() && ctx.actor.role.is_organization() {
        return Ok(Masked { name: String::new(), phone: String::new(), closed });
    }
    let file = storage::need_file::load(&mut tx, ctx.services.db.sealer(), need.id).await?.unwrap_or_default();
    let phone = domain::phone::Phone::parse(&file.phone).map(|phone| phone.masked()).unwrap_or_default();
    let name = domain::disclosure::mask_name(&file.name);
    drop(tx);
    if !name.is_empty() {
        let about = crate::trail::About {
            object: pairing.id,
            division: pairing.division_code.clone(),
            organization: Some(pairing.organization_id),
            ..crate::trail::About::default()
        };
        crate::trail::read(ctx, "masked_contact", &pairing.code, about).await?;
    }
    Ok(Masked { name, phone, closed })
}
