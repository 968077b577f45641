//! Consent 知情同意 as a record; withdrawal closes disclosure at once.

use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::needs::{entry, need_form};
use crate::{Ctx, Error, Fields, Result};
use domain::field::{Check, only};
use domain::form::needs::command::WITHDRAW_CONSENT;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::NeedKind;
use domain::organization::ConsentState;
use domain::permission::Record;
use storage::needs::consent::Consent;
use storage::needs::need::Need;
use uuid::Uuid;

/// Records a consent on an existing need.
#[boxed]
pub async fn record(ctx: &Ctx, code: &str, fields: &Fields) -> Result<()> {
    let mut check = Check::new();
    let input = need_form::consent_fields(fields, &mut check, ctx.now().day());
    check.done()?;
    let input = input.ok_or(Error::Internal("consent without mistakes and without value"))?;
    let mut work = Work::begin(ctx, Command::ConsentRecord).await?;
    let need = work.need(code).await?;
    work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
    if need.kind == NeedKind::Village {
        return Err(Error::rule("村的需求没有个人信息，不需要同意书"));
    }
    entry::record_consent(&mut work, &need, &input).await?;
    work.commit(code).await
}

/// Withdraws the live consent; from this moment nobody is shown the file's contact data.
#[boxed]
pub async fn withdraw(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(WITHDRAW_CONSENT, reason)?;
    let mut work = Work::begin(ctx, Command::ConsentWithdraw).await?;
    let need = work.need(code).await?;
    work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
    let consent = storage::needs::consent::latest(&mut work.tx, ctx.services.db.unseen(), need.id)
        .await?
        .ok_or_else(|| Error::rule("这条需求还没有登记同意"))?;
    let step = work.leads(consent.state)?;
    first(storage::needs::consent::withdraw(&mut work.tx, consent.id, work.now).await?, Object::Consent)?;
    work.stepped(step, consent.id, About { need: Some(&need), reason: Some(reason), ..About::default() }).await?;
    for pairing in
        storage::aid::pairing::of_need(&mut work.tx, need.id).await?.into_iter().filter(|p| p.state.is_running())
    {
        crate::base::notice::to_organization(
            &mut work,
            pairing.organization_id,
            "本人撤回了同意",
            "联系方式已经不再显示。请先停止上门，等街道联系",
            &href(Object::Pairing, &pairing.code),
        )
        .await?;
    }
    work.commit(code).await
}

/// By the clock: the street is told before a consent ends.
pub(crate) async fn warn(ctx: &Ctx, id: Uuid, need: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ConsentWarn).await?;
    let need = work.lock(need).await?;
    let Some(consent) = current(&mut work, &need, id).await? else { return Ok(()) };
    if consent.warned_at.is_some() {
        return Ok(());
    }
    work.authorize(&Record::default())?;
    first(storage::needs::consent::warned(&mut work.tx, id, work.now).await?, Object::Consent)?;
    let about = About { need: Some(&need), ..About::default() };
    work.stepped(work.leads(consent.state)?, id, about).await?;
    let title = format!("本人的同意{}到期", domain::calendar::day_words(consent.valid_until));
    let body = "到期以后不再显示联系方式。要继续服务的，请重新征得同意并登记";
    crate::base::notice::to_street(&mut work, &need.division_code, &title, body, &href(Object::Need, &need.code))
        .await?;
    work.commit("").await
}

/// By the clock: a consent is over; disclosure has ended with its last day already.
pub(crate) async fn expire(ctx: &Ctx, id: Uuid, need: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ConsentExpire).await?;
    let need = work.lock(need).await?;
    let Some(consent) = current(&mut work, &need, id).await? else { return Ok(()) };
    if consent.valid_until >= work.now.day() {
        return Ok(());
    }
    work.authorize(&Record::default())?;
    let step = work.leads(consent.state)?;
    first(storage::needs::consent::expire(&mut work.tx, id).await?, Object::Consent)?;
    let about = About { need: Some(&need), ..About::default() };
    work.stepped(step, id, about).await?;
    let page = href(Object::Need, &need.code);
    crate::base::notice::to_street(&mut work, &need.division_code, "本人的同意已到期", &need.title, &page).await?;
    for pairing in
        storage::aid::pairing::of_need(&mut work.tx, need.id).await?.into_iter().filter(|p| p.state.is_running())
    {
        let href = href(Object::Pairing, &pairing.code);
        let body = "联系方式已经不再显示，等街道重新征得同意";
        crate::base::notice::to_organization(&mut work, pairing.organization_id, "本人的同意已到期", body, &href)
            .await?;
    }
    work.commit("").await
}

/// A live consent as it stands under the need's lock.
async fn current(work: &mut Work<'_>, need: &Need, id: Uuid) -> Result<Option<Consent>> {
    let all = storage::needs::consent::by_id(&mut work.tx, work.ctx.services.db.unseen(), id).await?;
    Ok(all.filter(|consent| consent.need_id == need.id && consent.state == ConsentState::Live))
}
