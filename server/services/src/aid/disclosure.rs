//! Single accesses to a minor's contact data, and the city's to a file: asked for
//! with a purpose, approved by another person, used once within a day.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::steps::contact::{self, Closed, about};
use crate::steps::pairings;
use crate::{Ctx, Error, Result};
use domain::disclosure::{APPROVAL_HOURS, ASK_WORKING_DAYS, DisclosureState};
use domain::form::aid::pairing::REFUSE_DISCLOSURE;
use domain::href::{href, href_at};
use domain::machine::{self, Command, Object};
use domain::pairing::Purpose;
use domain::permission::{Record, Separation};
use serde_json::json;
use storage::aid::disclosure::Disclosure;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;
use uuid::Uuid;

/// Asks to see a minor's contact data once.
#[boxed]
pub async fn ask(ctx: &Ctx, pairing_code: &str, purpose: Purpose) -> Result<()> {
    let mut work = Work::begin(ctx, Command::DisclosureAsk).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    let closed = contact::closed(&mut work.tx, ctx, &pairing, &need).await?;
    match closed {
        Some(Closed::Approval) => {}
        Some(why) => return Err(Error::rule(why.words())),
        None => return Err(Error::rule("这件结对不用批准就能查看")),
    }
    let row = Disclosure {
        id: ctx.services.new_id(),
        pairing_id: Some(pairing.id),
        need_id: need.id,
        asked_by: ctx.account()?,
        purpose,
        state: DisclosureState::Asked,
        asked_at: work.now,
        expires_at: ctx.services.calendar().due(work.now, ASK_WORKING_DAYS),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    match storage::aid::disclosure::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule("已经申请过，请等街道批准")),
        other => other?,
    }
    let about = About {
        need: Some(&need),
        organization: Some(pairing.organization_id),
        reason: Some(purpose.label().to_owned()),
        data: Some(json!({ "pairing": pairing.code, "purpose": purpose.as_str() })),
    };
    work.created(row.state, row.id, about).await?;
    let href = href_at(Object::Pairing, &pairing.code, "#disclosure");
    notice::to_street(&mut work, &need.division_code, "有人申请查看未成年人的联系方式", &need.title, &href).await?;
    work.commit(pairing_code).await
}

/// Asks to see the file of a need once: the city, which keeps none.
#[boxed]
pub async fn ask_file(ctx: &Ctx, need_code: &str, purpose: Purpose) -> Result<()> {
    if !Purpose::FILE.contains(&purpose) {
        return Err(Error::wrong(domain::form::aid::pairing::PURPOSE, "请选择为什么要看档案"));
    }
    let mut work = Work::begin(ctx, Command::DisclosureAsk).await?;
    let need = work.need(need_code).await?;
    work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
    if ctx.role().keeps_files() {
        return Err(Error::rule("本辖区的档案不用申请，选好用途就能查看"));
    }
    machine::step(need.state, Command::NeedDisclose)?;
    let row = Disclosure {
        id: ctx.services.new_id(),
        pairing_id: None,
        need_id: need.id,
        asked_by: ctx.account()?,
        purpose,
        state: DisclosureState::Asked,
        asked_at: work.now,
        expires_at: ctx.services.calendar().due(work.now, ASK_WORKING_DAYS),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    match storage::aid::disclosure::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule("已经申请过，请等另一位工作人员批准")),
        other => other?,
    }
    let about = About { reason: Some(purpose.label().to_owned()), ..about(&need, None, &row) };
    work.created(row.state, row.id, about).await?;
    let href = href_at(Object::Need, need_code, "#disclosure");
    notice::to_street(&mut work, &need.division_code, "市级申请查看一户的档案", &need.title, &href).await?;
    work.commit(need_code).await
}

/// Approves or refuses; the approver is not the one who asked. Returns the address of the pairing or need.
#[boxed]
pub async fn decide(ctx: &Ctx, id: Uuid, approve: bool, reason: &str) -> Result<String> {
    let command = if approve { Command::DisclosureApprove } else { Command::DisclosureRefuse };
    let reason = if approve { None } else { Some(domain::field::only(REFUSE_DISCLOSURE.required(true), reason)?) };
    let mut work = Work::begin(ctx, command).await?;
    let found = storage::aid::disclosure::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let (pairing, need) = locked(&mut work, &found).await?;
    let mut row = storage::aid::disclosure::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let record = Record {
        division: Some(&need.division_code),
        others: vec![(Some(row.asked_by), Separation::Asker)],
        ..Record::default()
    };
    work.authorize(&record)?;
    let step = work.step(&mut row.state)?;
    if row.expires_at < work.now {
        return Err(Error::rule("这次申请已经过期，请重新申请"));
    }
    row.decided_by = ctx.actor.account_id;
    row.decided_at = Some(work.now);
    row.reason = reason;
    if approve {
        row.expires_at = work.now.plus_hours(APPROVAL_HOURS);
    }
    work.save(&row, step, about(&need, pairing.as_ref(), &row)).await?;
    let title = if approve { "已批准查看，24小时内可看一次" } else { "没有批准查看" };
    let to = match &pairing {
        Some(pairing) => href(Object::Pairing, &pairing.code),
        None => href(Object::Need, &need.code),
    };
    match &pairing {
        Some(pairing) => {
            notice::to_organization(&mut work, pairing.organization_id, title, &need.title, &to).await?;
        }
        None => notice::to_account(&mut work, row.asked_by, title, &need.title, &to).await?,
    }
    work.commit(&to).await?;
    Ok(to)
}

/// The pairing, where there is one, and the need of an access, locked.
async fn locked(work: &mut Work<'_>, row: &Disclosure) -> Result<(Option<Pairing>, Need)> {
    match row.pairing_id {
        Some(pairing) => pairings::lock(work, pairing).await.map(|(pairing, need)| (Some(pairing), need)),
        None => Ok((None, work.lock(row.need_id).await?)),
    }
}

/// By the clock: unanswered or unused.
pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::DisclosureLapse).await?;
    let found = storage::aid::disclosure::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let (pairing, need) = locked(&mut work, &found).await?;
    let Some(mut row) = storage::aid::disclosure::by_id(&mut work.tx, id).await? else { return Err(Error::NotFound) };
    if row.expires_at >= work.now || !machine::allows(row.state, work.command()) {
        return Ok(());
    }
    work.authorize(&Record::default())?;
    let step = work.step(&mut row.state)?;
    work.save(&row, step, about(&need, pairing.as_ref(), &row)).await?;
    work.commit("").await
}
