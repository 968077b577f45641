//! Consent 知情同意 as a record; withdrawal closes disclosure at once.

use crate::need_form::{self, CONSENT_PURPOSE, ConsentInput};
use crate::work::{About, Work, first};
use crate::{Ctx, Error, Fields, Result};
use domain::field::Check;
use domain::machine::{self, Command, Object};
use domain::need::NeedKind;
use domain::organization::ConsentState;
use domain::permission::Record;
use storage::consent::Consent;
use storage::need::Need;

pub(crate) async fn record_in(work: &mut Work<'_>, need: &Need, input: &ConsentInput) -> Result<()> {
    let row = Consent {
        id: work.ctx.services.new_id(),
        need_id: need.id,
        state: ConsentState::Live,
        by_guardian: input.by_guardian,
        channel: input.channel,
        purpose: CONSENT_PURPOSE.to_owned(),
        evidence: input.evidence.clone(),
        given_on: input.given_on,
        valid_until: input.valid_until,
        recorded_by: work.ctx.actor.account_id,
        recorded_at: work.now,
        withdrawn_at: None,
    };
    storage::consent::insert(&mut work.tx, work.ctx.services.db.sealer(), &row).await?;
    work.created(Command::ConsentRecord, row.state, row.id, About { need: Some(need), ..About::default() }).await
}

/// Records a consent on an existing need.
pub async fn record(ctx: &Ctx, code: &str, fields: &Fields) -> Result<()> {
    let mut check = Check::new();
    let input = need_form::consent_fields(fields, &mut check, ctx.now().day());
    check.done()?;
    let input = input.ok_or(Error::Internal("consent without mistakes and without value"))?;
    let mut work = Work::begin(ctx, Command::ConsentRecord).await?;
    let need = work.need(code).await?;
    work.authorize(Command::ConsentRecord, &Record { division: Some(&need.division_code), ..Record::default() })?;
    if need.kind == NeedKind::Village {
        return Err(Error::rule("村的需求没有个人信息，不需要同意书"));
    }
    record_in(&mut work, &need, &input).await?;
    work.commit(code).await
}

/// Withdraws the live consent; from this moment nobody is shown the file's contact data.
pub async fn withdraw(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let mut check = Check::new();
    let reason = check.text("reason", "撤回的情况", reason, 300);
    crate::gate::general(&mut check, "reason", "撤回的情况", &reason);
    check.done()?;
    let mut work = Work::begin(ctx, Command::ConsentWithdraw).await?;
    let need = work.need(code).await?;
    work.authorize(Command::ConsentWithdraw, &Record { division: Some(&need.division_code), ..Record::default() })?;
    let consent = storage::consent::latest(&mut work.tx, ctx.services.db.sealer(), need.id)
        .await?
        .ok_or_else(|| Error::rule("这条需求还没有登记同意"))?;
    let to = machine::step(consent.state, Command::ConsentWithdraw)?;
    first(storage::consent::withdraw(&mut work.tx, consent.id, work.now).await?, Object::Consent)?;
    work.stepped(
        Command::ConsentWithdraw,
        consent.state,
        to,
        consent.id,
        About { need: Some(&need), reason: Some(reason), ..About::default() },
    )
    .await?;
    for pairing in storage::pairing::of_need(&mut work.tx, need.id).await?.into_iter().filter(|p| p.state.is_running())
    {
        crate::notice::to_organization(
            &mut work,
            pairing.organization_id,
            "本人撤回了同意",
            "联系方式已经不再显示。请先停止上门，等街道联系",
            &format!("/pairings/{}", pairing.code),
        )
        .await?;
    }
    work.commit(code).await
}
