//! Commands on pairings 结对: first contact, pauses, every end before the result.

mod contact;
mod outcome;

use crate::boxed;
pub use contact::{Access, Closed, Contact, Masked, disclose};
pub(crate) use contact::{closed, household, masked};
use outcome::no_open_verification;
pub use outcome::{close_unverified, complete, report, rework};

use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::{Ctx, Error, Result};
use domain::code::Prefix;
use domain::delivery::DeliveryState;
use domain::field::{only, only_some};
use domain::form::aid::pairing as form;
use domain::machine::{self, Command, Object};
use domain::need::{NeedState, URGENT_HOURS};
use domain::organization::OrganizationState;
use domain::pairing::{self as rules, PairingState};
use domain::permission::{Record, Separation};
use domain::verification::VerificationState;
use serde_json::json;
use storage::aid::claim::Claim;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;
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
    storage::aid::pairing::insert(&mut work.tx, &pairing).await?;
    let about = About {
        need: Some(need),
        organization: Some(pairing.organization_id),
        data: Some(json!({ "pairing": pairing.code })),
        ..About::default()
    };
    work.created(Command::PairingOpen, pairing.state, pairing.id, about).await?;
    if let Some(account) = claim.submitted_by {
        storage::aid::pairing::add_worker(&mut work.tx, pairing.id, account, work.now).await?;
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
    let found =
        if domain::code::is_code(code) { storage::aid::pairing::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    let (pairing, need) = lock(work, found.id).await?;
    let mut who = record(&pairing);
    who.others = others(&pairing);
    work.authorize(command, &who)?;
    Ok((pairing, need))
}

pub(crate) async fn lock(work: &mut Work<'_>, id: Uuid) -> Result<(Pairing, Need)> {
    let found = storage::aid::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let pairing = storage::aid::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
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
    first(storage::aid::pairing::update(&mut work.tx, pairing, from).await?, Object::Pairing)?;
    let mut data = json!({ "pairing": pairing.code });
    if let (Some(result), true) = (&pairing.result, pairing.state == PairingState::Completed) {
        data["result"] = json!(result);
    }
    let about = About { need: Some(need), organization: Some(pairing.organization_id), reason, data: Some(data) };
    work.stepped(command, from, pairing.state, pairing.id, about).await
}

/// 首次联系: how the first contact went; service begins.
#[boxed]
pub async fn start(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    let note = only_some(form::NOTE, note)?;
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
#[boxed]
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
    crate::aid::claim::give_back(work, pairing.claim_id).await?;
    void_planned(work, need, pairing).await?;
    if let Some(transfer) = storage::aid::transfer::pending_of(&mut work.tx, pairing.id).await?
        && pairing.state != PairingState::Transferred
    {
        crate::aid::transfer::lapse_in(work, need, pairing, &transfer).await?;
    }
    Ok(())
}

pub(crate) async fn void_planned(work: &mut Work<'_>, need: &Need, pairing: &Pairing) -> Result<()> {
    for mut delivery in storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await? {
        if delivery.state == DeliveryState::Planned {
            let from = delivery.state;
            delivery.state = machine::step(from, Command::DeliveryVoid)?;
            delivery.reason = Some("结对已结束".to_owned());
            delivery.decided_at = Some(work.now);
            first(storage::aid::delivery::update(&mut work.tx, &delivery, from).await?, Object::Delivery)?;
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
#[boxed]
pub async fn release(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::RELEASE, reason)?;
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
    if command == Command::PairingResume {
        if let Some(state) = lost_standing(&mut work.tx, pairing.organization_id).await? {
            return Err(Error::rule(format!("承接的机构现在是“{}”，不能恢复服务。请安排移交", state.label())));
        }
        pairing.due_at = None;
    }
    save(&mut work, &need, &pairing, from, command, reason).await?;
    tell_other_side(&mut work, &need, &pairing, command.label()).await?;
    work.commit(code).await
}

/// The state of an organization that may not serve at the moment.
pub(crate) async fn lost_standing(tx: &mut storage::Tx, organization: Uuid) -> Result<Option<OrganizationState>> {
    let row = storage::supply::organization::by_id(tx, organization).await?.ok_or(Error::NotFound)?;
    Ok(Some(row.state).filter(|state| matches!(state, OrganizationState::Suspended | OrganizationState::Revoked)))
}

/// The street has let the two days pass: said to the district, once.
pub(crate) async fn hand_over_late(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingRemind).await?;
    let (mut pairing, need) = lock(&mut work, id).await?;
    work.authorize(Command::PairingRemind, &record(&pairing))?;
    let late = pairing.state == PairingState::Paused && pairing.due_at.is_some_and(|due| due < work.now);
    if !late || pairing.reminded_at.is_some() {
        return Ok(());
    }
    pairing.reminded_at = Some(work.now);
    save(&mut work, &need, &pairing, PairingState::Paused, Command::PairingRemind, None).await?;
    let href = format!("/pairings/{}", pairing.code);
    notice::to_district(&mut work, &need.division_code, "机构资格暂停两天，结对还没有移交", &need.title, &href).await?;
    work.commit("").await
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

#[boxed]
pub async fn pause(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    simple(ctx, code, Command::PairingPause, Some(only(form::PAUSE, reason)?)).await
}

#[boxed]
pub async fn resume(ctx: &Ctx, code: &str) -> Result<()> {
    simple(ctx, code, Command::PairingResume, None).await
}

/// Names another worker of the organization for this household.
#[boxed]
pub async fn assign_worker(ctx: &Ctx, code: &str, account: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingAssignWorker).await?;
    let (pairing, need) = open(&mut work, code, Command::PairingAssignWorker, |_| Vec::new()).await?;
    machine::step(pairing.state, Command::PairingAssignWorker)?;
    let found = storage::people::account::by_id(&mut work.tx, account).await?;
    if found.is_none_or(|a| a.organization_id != Some(pairing.organization_id)) {
        return Err(Error::wrong(form::WORKER, "选择本机构的工作人员"));
    }
    if storage::aid::pairing::add_worker(&mut work.tx, pairing.id, account, work.now).await? {
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

/// 终止结对 by either side; what is left returns to the need.
#[boxed]
pub async fn terminate(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::TERMINATE, reason)?;
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
    for v in storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await? {
        if v.state == VerificationState::Assigned && !v.recheck {
            crate::aid::verification::drop_in(work, need, &pairing, v, why).await?;
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
    first(storage::aid::pairing::update(&mut work.tx, pairing, pairing.state).await?, Object::Pairing)
}
