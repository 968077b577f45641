//! Ends of claims before they were decided: withdrawn, superseded, fallen with the need, the organization or the lead.

use crate::Result;
use crate::base::notice;
use crate::base::work::Work;
use crate::steps::asks;
use crate::steps::claims::{about, give_back, name_of};
use domain::claim::ClaimState;
use domain::href::href;
use domain::machine::{Command, Object};
use storage::aid::claim::Claim;
use storage::needs::need::Need;
use uuid::Uuid;

/// The claim ends with the work's own command; its units are free again.
pub(crate) async fn end(work: &mut Work<'_>, need: &Need, claim: &mut Claim, reason: Option<String>) -> Result<()> {
    let own = work.command();
    end_by(work, need, claim, own, reason).await
}

async fn end_by(
    work: &mut Work<'_>,
    need: &Need,
    claim: &mut Claim,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    let step = work.step_by(command, &mut claim.state)?;
    claim.reason.clone_from(&reason);
    claim.decided_by = work.ctx.actor.account_id;
    claim.decided_at = Some(work.now);
    claim.due_at = None;
    work.save(claim, step, about(need, claim, reason)).await?;
    give_back(work, claim.id).await
}

/// Claims that fall because their need ended, or because the same organization
/// submitted again (`only`). Those who lose are told.
pub(crate) async fn supersede_pending(work: &mut Work<'_>, need: &Need, only: Option<Uuid>, why: &str) -> Result<()> {
    for mut claim in storage::aid::claim::of_need(&mut work.tx, need.id).await? {
        if !claim.state.is_pending() || only.is_some_and(|organization| claim.organization_id != organization) {
            continue;
        }
        end_by(work, need, &mut claim, Command::ClaimSupersede, Some(why.to_owned())).await?;
        if only.is_some() {
            part_ended(work, need, &claim).await?;
        } else {
            notice::to_organization(
                work,
                claim.organization_id,
                "认领已被取代",
                &format!("{why}。可以看看类似需求"),
                &href(Object::Claim, &claim.code),
            )
            .await?;
        }
    }
    // With the need itself gone nobody is asked any more.
    if only.is_none() {
        asks::withdraw_all(work, need, why).await?;
    }
    Ok(())
}

/// Open claims of an organization that lost its standing fall; their units are free again.
pub(crate) async fn fall_of(work: &mut Work<'_>, organization: Uuid, why: &str) -> Result<()> {
    let mut open = storage::aid::claim::pending_of(&mut work.tx, organization).await?;
    open.sort_by_key(|claim| (claim.need_id, claim.id));
    for found in open {
        let need = work.lock(found.need_id).await?;
        let Some(mut claim) =
            storage::aid::claim::by_id(&mut work.tx, found.id).await?.filter(|c| c.state.is_pending())
        else {
            continue;
        };
        end_by(work, &need, &mut claim, Command::ClaimSupersede, Some(why.to_owned())).await?;
        part_ended(work, &need, &claim).await?;
        let href = href(Object::Claim, &claim.code);
        notice::to_street(work, &need.division_code, "认领失效：机构资格暂停", &need.title, &href).await?;
    }
    Ok(())
}

/// A member's part has ended before the street decided: the lead is told, and decides about the rest.
pub(crate) async fn part_ended(work: &mut Work<'_>, need: &Need, ended: &Claim) -> Result<()> {
    // Without its lead a joint claim falls: the members' parts go back to the need.
    let Some(lead) = ended.lead_id else { return fall(work, need, ended).await };
    let Some(lead) = storage::aid::claim::by_id(&mut work.tx, lead).await?.filter(|lead| lead.state.is_pending())
    else {
        return Ok(());
    };
    let name = name_of(work, ended.organization_id).await?;
    let href = href(Object::Claim, &lead.code);
    let title = format!("{name}不参加联合认领，它的数量已退回");
    notice::to_organization(work, lead.organization_id, &title, &need.title, &href).await?;
    if lead.state != ClaimState::Forming {
        notice::to_street(work, &need.division_code, "联合认领里有组织退出，数量已退回", &need.title, &href).await?;
    }
    Ok(())
}

pub(crate) async fn fall(work: &mut Work<'_>, need: &Need, lead: &Claim) -> Result<()> {
    for mut part in storage::aid::claim::parts(&mut work.tx, lead.id).await? {
        if part.id == lead.id || !part.state.is_pending() {
            continue;
        }
        let why = "牵头的组织结束了联合认领".to_owned();
        end_by(work, need, &mut part, Command::ClaimSupersede, Some(why)).await?;
        let href = href(Object::Claim, &part.code);
        notice::to_organization(work, part.organization_id, "联合认领已结束，数量已退回", &need.title, &href).await?;
    }
    Ok(())
}
