//! Commands on pairings 结对: first contact, pauses, every end before the result.

mod contact;
mod give_back;
mod outcome;

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::steps::pairings::{self, about, load, lock, lost_standing, no_open_verification, record};
use crate::{Ctx, Error, Result};
use domain::field::{only, only_some};
use domain::form::aid::pairing as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::NeedState;
use domain::pairing::{self as rules, PairingState};
use serde_json::json;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;
use uuid::Uuid;

pub use crate::steps::contact::Closed;
pub use contact::{Access, Contact, Masked, disclose};
pub(crate) use contact::{access, accesses, masked};
pub use give_back::{GiveBack, give_back, give_back_field, read_give_back};
pub(crate) use outcome::is_checked;
pub use outcome::{
    LineReport, Report, check_report, close_unverified, complete, read_report, report, rework, take_back,
};

/// 首次联系: how the first contact went; service begins.
#[boxed]
pub async fn start(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    let note = only_some(form::NOTE, note)?;
    let mut work = Work::begin(ctx, Command::PairingStart).await?;
    let (mut pairing, need) = load(&mut work, code).await?;
    if need.state != NeedState::Published {
        return Err(Error::rule(format!("需求现在是“{}”，恢复公开后才能开始服务", need.state.label())));
    }
    let step = work.step(&mut pairing.state)?;
    pairing.started_at = Some(work.now);
    pairing.due_at = None;
    work.save(&pairing, step, about(&need, &pairing, note)).await?;
    notice::to_street(&mut work, &need.division_code, "组织已首次联系", &need.title, &href(Object::Pairing, &code))
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
        work.becomes(Command::PairingRelease);
        work.authorize(&record(&pairing))?;
        pairings::release(&mut work, &need, pairing, "提醒后仍没有首次联系").await?;
        return work.commit("").await;
    }
    work.authorize(&record(&pairing))?;
    pairing.reminded_at = Some(work.now);
    pairing.due_at = Some(if need.is_urgent() {
        work.now.plus_hours(4)
    } else {
        ctx.services.calendar().due(work.now, rules::REMINDER_WORKING_DAYS)
    });
    let step = work.leads(pairing.state)?;
    work.save(&pairing, step, about(&need, &pairing, None)).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "请尽快首次联系，逾期将退回待认领",
        &need.title,
        &href(Object::Pairing, &pairing.code),
    )
    .await?;
    work.commit("").await
}

/// The street gives one more working day.
#[boxed]
pub async fn grace(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingGrace).await?;
    let (mut pairing, need) = load(&mut work, code).await?;
    let step = work.leads(pairing.state)?;
    pairing.due_at = Some(ctx.services.calendar().due(work.now, 1));
    work.save(&pairing, step, about(&need, &pairing, None)).await?;
    notice::to_organization(
        &mut work,
        pairing.organization_id,
        "首次联系的期限延长了1个工作日",
        &need.title,
        &href(Object::Pairing, &code),
    )
    .await?;
    work.commit(code).await
}

/// 退回待认领 by the street.
#[boxed]
pub async fn release(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::RELEASE, reason)?;
    let mut work = Work::begin(ctx, Command::PairingRelease).await?;
    let (pairing, need) = load(&mut work, code).await?;
    pairings::release(&mut work, &need, pairing, &reason).await?;
    work.commit(code).await
}

async fn simple(ctx: &Ctx, code: &str, command: Command, reason: Option<String>) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let (mut pairing, need) = load(&mut work, code).await?;
    let step = work.step(&mut pairing.state)?;
    pairing.reason.clone_from(&reason);
    if command == Command::PairingResume {
        if let Some(state) = lost_standing(&mut work.tx, pairing.organization_id).await? {
            return Err(Error::rule(format!("承接的机构现在是“{}”，不能恢复服务。请安排移交", state.label())));
        }
        pairing.due_at = None;
    }
    work.save(&pairing, step, about(&need, &pairing, reason)).await?;
    tell_other_side(&mut work, &need, &pairing, command.label()).await?;
    work.commit(code).await
}

/// The street has let the two days pass: said to the district, once.
pub(crate) async fn hand_over_late(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingRemind).await?;
    let (mut pairing, need) = lock(&mut work, id).await?;
    work.authorize(&record(&pairing))?;
    let late = pairing.state == PairingState::Paused && pairing.due_at.is_some_and(|due| due < work.now);
    if !late || pairing.reminded_at.is_some() {
        return Ok(());
    }
    let step = work.leads(pairing.state)?;
    pairing.reminded_at = Some(work.now);
    work.save(&pairing, step, about(&need, &pairing, None)).await?;
    let href = href(Object::Pairing, &pairing.code);
    notice::to_district(&mut work, &need.division_code, "机构资格暂停两天，结对还没有移交", &need.title, &href).await?;
    work.commit("").await
}

async fn tell_other_side(work: &mut Work<'_>, need: &Need, pairing: &Pairing, what: &str) -> Result<()> {
    let href = href(Object::Pairing, &pairing.code);
    let title = format!("结对：{what}");
    if work.ctx.actor.role.is_organization() {
        notice::to_street(work, &need.division_code, &title, &need.title, &href).await
    } else {
        notice::to_organization(work, pairing.organization_id, &title, &need.title, &href).await
    }
}

/// 继续帮扶: the street has looked at a pairing that was silent; its quiet span begins anew.
#[boxed]
pub async fn go_on(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    simple(ctx, code, Command::PairingGoOn, Some(only(form::GO_ON, reason)?)).await
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
    let (pairing, need) = load(&mut work, code).await?;
    let step = work.leads(pairing.state)?;
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
        work.stepped(step, pairing.id, about).await?;
    }
    work.commit(code).await
}

/// 终止结对 by either side; what is left returns to the need.
#[boxed]
pub async fn terminate(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::TERMINATE, reason)?;
    let mut work = Work::begin(ctx, Command::PairingTerminate).await?;
    let (pairing, need) = load(&mut work, code).await?;
    no_open_verification(&mut work, &pairing).await?;
    let told = pairing.clone();
    pairings::terminate(&mut work, &need, pairing, &reason).await?;
    if ctx.actor.role.is_organization() {
        tell_other_side(&mut work, &need, &told, Command::PairingTerminate.label()).await?;
    }
    work.commit(code).await
}
