//! Steps of pairings that several commands share: begun for an approved claim, written, ended before the result.

use crate::base::notice;
use crate::base::work::{About, Work, first};
pub(crate) use crate::steps::pairing_events::about;
use crate::steps::{claims, promises, transfers, verifications};
use crate::{Error, Result};
use domain::code::Prefix;
use domain::delivery::DeliveryState;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::URGENT_HOURS;
use domain::organization::OrganizationState;
use domain::pairing::{self as rules, PairingState};
use domain::permission::{Record, Separation};
use domain::verification::VerificationState;
use serde_json::json;
use storage::aid::claim::Claim;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;
use storage::needs::need::Need;
use uuid::Uuid;

pub(crate) fn record(pairing: &Pairing) -> Record<'_> {
    Record { division: Some(&pairing.division_code), organization: Some(pairing.organization_id), ..Record::default() }
}

/// A pairing by its code, with its need, for the work's command: the need locked first.
pub(crate) async fn load(work: &mut Work<'_>, code: &str) -> Result<(Pairing, Need)> {
    load_apart(work, code, |_| Vec::new()).await
}

/// As [`load`], for a command that whoever is named by `others` must not give.
pub(crate) async fn load_apart(
    work: &mut Work<'_>,
    code: &str,
    others: impl FnOnce(&Pairing) -> Vec<(Option<Uuid>, Separation)>,
) -> Result<(Pairing, Need)> {
    let found =
        if domain::code::is_code(code) { storage::aid::pairing::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    let (pairing, need) = lock(work, found.id).await?;
    let mut who = record(&pairing);
    who.others = others(&pairing);
    work.authorize(&who)?;
    Ok((pairing, need))
}

/// A pairing and its need, the need locked first.
pub(crate) async fn lock(work: &mut Work<'_>, id: Uuid) -> Result<(Pairing, Need)> {
    let found = storage::aid::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let pairing = storage::aid::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    Ok((pairing, need))
}

/// A pairing for an approved claim.
pub(crate) async fn begin(work: &mut Work<'_>, need: &Need, claim: &Claim) -> Result<Pairing> {
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
    work.created_by(Command::PairingOpen, pairing.state, pairing.id, about).await?;
    if let Some(account) = claim.submitted_by {
        storage::aid::pairing::add_worker(&mut work.tx, pairing.id, account, work.now).await?;
    }
    claims::draw_anew(work, need, claim).await?;
    Ok(pairing)
}

pub(crate) async fn release(work: &mut Work<'_>, need: &Need, mut pairing: Pairing, why: &str) -> Result<()> {
    let step = work.step_by(Command::PairingRelease, &mut pairing.state)?;
    ended(work, &mut pairing, why, "office");
    work.save(&pairing, step, about(need, &pairing, Some(why.to_owned()))).await?;
    finish(work, need, &pairing).await?;
    notice::to_organization(
        work,
        pairing.organization_id,
        "结对已退回待认领",
        &need.title,
        &href(Object::Pairing, &pairing.code),
    )
    .await?;
    notice::to_street(work, &need.division_code, "结对已退回待认领", &need.title, &href(Object::Pairing, &pairing.code))
        .await
}

fn ended(work: &Work<'_>, pairing: &mut Pairing, why: &str, side: &str) {
    pairing.ended_at = Some(work.now);
    pairing.ended_by = work.ctx.actor.account_id;
    pairing.end_side = Some(side.to_owned());
    pairing.reason = Some(why.to_owned());
    pairing.due_at = None;
}

/// After an end before completion: what was planned is voided, units go back, open verifications and transfers fall.
/// Returns (line, units) that are open again.
async fn finish(work: &mut Work<'_>, need: &Need, pairing: &Pairing) -> Result<Vec<(Uuid, i64)>> {
    void_planned(work, need, pairing, "结对已结束").await?;
    let given = promises::settle(work, need, pairing).await?;
    if let Some(transfer) = storage::aid::transfer::pending_of(&mut work.tx, pairing.id).await?
        && pairing.state != PairingState::Transferred
    {
        transfers::lapse(work, need, pairing, &transfer).await?;
    }
    Ok(given)
}

/// Planned visits end with a pairing, or with its report.
pub(crate) async fn void_planned(work: &mut Work<'_>, need: &Need, pairing: &Pairing, why: &str) -> Result<()> {
    void_planned_of(work, need, pairing, why, |_| true).await
}

/// As [`void_planned`], of some visits.
pub(crate) async fn void_planned_of(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    why: &str,
    these: impl Fn(&Delivery) -> bool,
) -> Result<()> {
    for mut delivery in storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await? {
        if delivery.state == DeliveryState::Planned && these(&delivery) {
            let step = work.step_by(Command::DeliveryVoid, &mut delivery.state)?;
            delivery.reason = Some(why.to_owned());
            delivery.decided_at = Some(work.now);
            first(storage::aid::delivery::update(&mut work.tx, &delivery, step.from).await?, Object::Delivery)?;
            let about = About {
                need: Some(need),
                organization: Some(pairing.organization_id),
                reason: delivery.reason.clone(),
                data: Some(json!({ "pairing": pairing.code })),
            };
            work.stepped(step, delivery.id, about).await?;
        }
    }
    Ok(())
}

pub(crate) async fn terminate(work: &mut Work<'_>, need: &Need, mut pairing: Pairing, why: &str) -> Result<()> {
    let step = work.step_by(Command::PairingTerminate, &mut pairing.state)?;
    let by_organization = work.ctx.actor.role.is_organization();
    ended(work, &mut pairing, why, if by_organization { "organization" } else { "office" });
    work.save(&pairing, step, about(need, &pairing, Some(why.to_owned()))).await?;
    finish(work, need, &pairing).await?;
    for v in storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await? {
        if v.state == VerificationState::Assigned && !v.recheck {
            verifications::drop_open(work, need, &pairing, v, why).await?;
        }
    }
    if !by_organization {
        notice::to_organization(
            work,
            pairing.organization_id,
            "结对已终止",
            why,
            &href(Object::Pairing, &pairing.code),
        )
        .await?;
    }
    Ok(())
}

/// The old side of an approved transfer, with (line, units) that it gives up.
pub(crate) async fn transferred(
    work: &mut Work<'_>,
    need: &Need,
    mut pairing: Pairing,
    why: &str,
) -> Result<(Pairing, Vec<(Uuid, i64)>)> {
    let step = work.step_by(Command::PairingTransfer, &mut pairing.state)?;
    ended(work, &mut pairing, why, "organization");
    work.save(&pairing, step, about(need, &pairing, Some(why.to_owned()))).await?;
    let given = finish(work, need, &pairing).await?;
    Ok((pairing, given))
}

pub(crate) async fn set_successor(work: &mut Work<'_>, pairing: &mut Pairing, successor: Uuid) -> Result<()> {
    pairing.successor_id = Some(successor);
    first(storage::aid::pairing::update(&mut work.tx, pairing, pairing.state).await?, Object::Pairing)
}

/// The state of an organization that may not serve at the moment.
pub(crate) async fn lost_standing(tx: &mut storage::Tx, organization: Uuid) -> Result<Option<OrganizationState>> {
    let row = storage::supply::organization::by_id(tx, organization).await?.ok_or(Error::NotFound)?;
    Ok(Some(row.state).filter(|state| matches!(state, OrganizationState::Suspended | OrganizationState::Revoked)))
}

pub(crate) async fn no_open_verification(work: &mut Work<'_>, pairing: &Pairing) -> Result<Vec<Verification>> {
    let all = storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await?;
    if all.iter().any(|v| v.state == VerificationState::Assigned) {
        return Err(Error::rule("核验还没有做完，请等核验结果"));
    }
    Ok(all)
}
