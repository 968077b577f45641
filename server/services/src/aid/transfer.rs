//! Transfers 移交: offered → accepted → approved; lapses to no change.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::steps::transfers::step;
use crate::steps::{claims_made, pairings};
use crate::{Ctx, Error, Result};
use domain::field::{Check, only_some};
use domain::form::aid::transfer as form;
use domain::href::href;
use domain::machine::{self, Command, Object};
use domain::organization::OrganizationState;
use domain::pairing::{PairingState, TRANSFER_HOURS, TransferState};
use domain::permission::Record;
use serde_json::json;
use storage::aid::pairing::Pairing;
use storage::aid::transfer::Transfer;
use storage::needs::need::Need;
use uuid::Uuid;

/// Offers a running pairing to another verified organization.
#[boxed]
pub async fn offer(ctx: &Ctx, pairing_code: &str, to_uscc: &str, reason: &str) -> Result<()> {
    let mut check = Check::new();
    let reason = check.read(form::REASON, reason);
    let uscc = domain::uscc::Uscc::parse(to_uscc);
    if let Err(error) = &uscc {
        check.wrong(form::TO, format!("接手机构的统一社会信用代码：{error}"));
    }
    check.done()?;
    let mut work = Work::begin(ctx, Command::TransferOffer).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    machine::step(pairing.state, Command::PairingTransfer)?;
    if ctx.role().is_staff() {
        let owner = storage::supply::organization::by_id(&mut work.tx, pairing.organization_id)
            .await?
            .ok_or(Error::NotFound)?;
        if owner.state == OrganizationState::Verified {
            return Err(Error::rule("移交由承接的机构提出。只有机构资格暂停、取消或到期时，街道可以代为安排"));
        }
    }
    let found = match &uscc {
        Ok(uscc) => storage::supply::organization::by_uscc(&mut work.tx, uscc.as_str()).await?,
        Err(_) => None,
    };
    let to = found
        .filter(|o| o.state == OrganizationState::Verified && o.id != pairing.organization_id)
        .ok_or_else(|| Error::wrong(form::TO, "没有找到这家已核验的机构，请核对代码"))?;
    if storage::aid::transfer::pending_of(&mut work.tx, pairing.id).await?.is_some() {
        return Err(Error::rule("这件结对已有一次移交在等待答复"));
    }
    let row = Transfer {
        id: ctx.services.new_id(),
        pairing_id: pairing.id,
        to_organization_id: to.id,
        state: TransferState::Offered,
        reason: reason.clone(),
        offered_by: ctx.actor.account_id,
        offered_at: work.now,
        expires_at: work.now.plus_hours(TRANSFER_HOURS),
        decided_at: None,
    };
    storage::aid::transfer::insert(&mut work.tx, &row).await?;
    let about = About {
        need: Some(&need),
        organization: Some(pairing.organization_id),
        reason: Some(reason),
        data: Some(json!({ "pairing": pairing.code, "to": to.id })),
    };
    work.created(row.state, row.id, about).await?;
    notice::to_organization(&mut work, to.id, "有结对请贵机构接手，36小时内有效", &need.title, "/desk").await?;
    work.commit(pairing_code).await
}

async fn load(work: &mut Work<'_>, id: Uuid) -> Result<(Transfer, Pairing, Need)> {
    let found = storage::aid::transfer::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let (pairing, need) = pairings::lock(work, found.pairing_id).await?;
    let transfer = storage::aid::transfer::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    Ok((transfer, pairing, need))
}

fn in_time(work: &Work<'_>, transfer: &Transfer) -> Result<()> {
    if transfer.expires_at < work.now {
        Err(Error::rule("这次移交超过36小时没有办完，已经失效，结对没有变化"))
    } else {
        Ok(())
    }
}

/// The receiving organization's answer.
#[boxed]
pub async fn answer(ctx: &Ctx, id: Uuid, accept: bool) -> Result<()> {
    let command = if accept { Command::TransferAccept } else { Command::TransferDecline };
    let mut work = Work::begin(ctx, command).await?;
    let (transfer, pairing, need) = load(&mut work, id).await?;
    work.authorize(&Record { organization: Some(transfer.to_organization_id), ..Record::default() })?;
    in_time(&work, &transfer)?;
    step(&mut work, &need, &pairing, &transfer, None).await?;
    let href = href(Object::Pairing, &pairing.code);
    if accept {
        notice::to_street(&mut work, &need.division_code, "有移交要答复", &need.title, &href).await?;
    } else {
        notice::to_organization(&mut work, pairing.organization_id, "对方没有接受移交", &need.title, &href).await?;
    }
    work.commit("").await
}

/// The office's decision. Approved: the old pairing ends, a new one begins with
/// the same units. Returns the code of the pairing to look at.
#[boxed]
pub async fn decide(ctx: &Ctx, id: Uuid, approve: bool, reason: &str) -> Result<String> {
    let command = if approve { Command::TransferApprove } else { Command::TransferRefuse };
    let reason = only_some(form::REFUSE.required(!approve), reason)?;
    let mut work = Work::begin(ctx, command).await?;
    let (transfer, pairing, need) = load(&mut work, id).await?;
    work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
    in_time(&work, &transfer)?;
    step(&mut work, &need, &pairing, &transfer, reason).await?;
    let mut code = pairing.code.clone();
    if approve {
        // The receiver may have lost its standing since it accepted.
        let receiver = storage::supply::organization::by_id(&mut work.tx, transfer.to_organization_id)
            .await?
            .ok_or(Error::NotFound)?;
        if receiver.state != OrganizationState::Verified {
            return Err(Error::rule(format!("接手的机构现在是“{}”，不能同意移交", receiver.state.label())));
        }
        let claim = storage::aid::claim::by_id(&mut work.tx, pairing.claim_id).await?.ok_or(Error::NotFound)?;
        let (mut old, given) = pairings::transferred(&mut work, &need, pairing, &transfer.reason).await?;
        let new_claim =
            claims_made::carried_over(&mut work, &need, &claim, transfer.to_organization_id, &given).await?;
        let new = pairings::begin(&mut work, &need, &new_claim).await?;
        pairings::set_successor(&mut work, &mut old, new.id).await?;
        notice::to_organization(
            &mut work,
            old.organization_id,
            "移交已完成",
            &need.title,
            &href(Object::Pairing, &old.code),
        )
        .await?;
        notice::to_organization(
            &mut work,
            new.organization_id,
            "移交已完成，请尽快首次联系",
            &need.title,
            &href(Object::Pairing, &new.code),
        )
        .await?;
        code = new.code;
    } else {
        notice::to_organization(
            &mut work,
            pairing.organization_id,
            "街道没有同意移交",
            &need.title,
            &href(Object::Pairing, &pairing.code),
        )
        .await?;
    }
    work.commit(&code).await?;
    Ok(code)
}

/// 36 hours without an end change nothing.
pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::TransferLapse).await?;
    let (transfer, pairing, need) = load(&mut work, id).await?;
    work.authorize(&Record::default())?;
    if !matches!(transfer.state, TransferState::Offered | TransferState::Accepted) || transfer.expires_at >= work.now {
        return Ok(());
    }
    step(&mut work, &need, &pairing, &transfer, None).await?;
    if pairing.state != PairingState::Transferred {
        notice::to_organization(
            &mut work,
            pairing.organization_id,
            "移交已失效，结对没有变化",
            &need.title,
            &href(Object::Pairing, &pairing.code),
        )
        .await?;
    }
    work.commit("").await
}
