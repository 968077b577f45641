//! Steps of invitations that several commands share: sent, answered by a claim, taken back.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::finding::{fit, market};
use crate::steps::claims;
use crate::{Error, Result};
use domain::ask::{self as rules, ANSWER_WORKING_DAYS, AskState, OPEN_PER_LINE};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::NeedState;
use domain::permission::Record;
use domain::project::Measure;
use matching::Weights;
use serde_json::json;
use storage::aid::ask::{self, Ask};
use storage::needs::need::Need;
use uuid::Uuid;

/// Whom to invite for what.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub organization: Uuid,
    /// Lines of the need; empty: every open line that fits.
    pub lines: Vec<Uuid>,
}

/// Invites one organization inside a command; the need is locked. Checks anew
/// that it is verified, fits, and has capacity that no other invitation asks for.
pub(crate) async fn invite(
    work: &mut Work<'_>,
    need: &Need,
    wanted: &Wanted,
    note: &str,
    batch: Option<Uuid>,
) -> Result<Uuid> {
    work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
    if need.state != NeedState::Published {
        return Err(Error::rule(format!("这条需求现在是“{}”，不能再邀请", need.state.label())));
    }
    let organization =
        storage::supply::organization::by_id(&mut work.tx, wanted.organization).await?.ok_or(Error::NotFound)?;
    let name = organization.name.clone();
    let Some(mut supplier) = market::supplier_now(&mut work.tx, organization.id).await? else {
        return Err(Error::rule(format!("{name}现在是“{}”，不能邀请", organization.state.label())));
    };
    if storage::aid::claim::of_need(&mut work.tx, need.id)
        .await?
        .iter()
        .any(|claim| claim.organization_id == organization.id && claim.state.is_pending())
    {
        return Err(Error::rule(format!("{name}已经认领，正在等答复")));
    }
    if ask::open_of(&mut work.tx, need.id, organization.id).await?.is_some() {
        return Err(Error::rule(format!("已经邀请过{name}，正在等回复")));
    }
    // What open invitations ask for already is not free for a further one.
    supplier.room -= ask::open_count(&mut work.tx, organization.id).await?;
    for offer in &mut supplier.offers {
        if let Some(project) = offer.project {
            storage::supply::project::lock(&mut work.tx, project).await?;
            let (lines, units) = ask::asked_of(&mut work.tx, project).await?;
            if let matching::Free::Left { free, .. } = &mut offer.free {
                *free -= if offer.measure == Measure::Households { lines } else { units };
            }
        }
    }
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut work.tx, need.id).await?;
    let facts = fit::facts(need, &lines, &beneficiaries, work.now);
    let mut chosen = Vec::new();
    let mut closest: Option<matching::Why> = None;
    let mut crowded = false;
    for line in facts.lines.iter().filter(|line| wanted.lines.is_empty() || wanted.lines.contains(&line.id)) {
        let open = ask::open_for_line(&mut work.tx, line.id).await?;
        if usize::try_from(open).unwrap_or(usize::MAX) >= OPEN_PER_LINE {
            crowded = true;
            continue;
        }
        let mut best: Option<(u16, usize)> = None;
        for (at, offer) in supplier.offers.iter().enumerate() {
            match matching::score::fit(&facts, line, &supplier, offer, &Weights::default(), work.now.day()) {
                Ok(fit) if best.is_none_or(|(total, _)| fit.total > total) => best = Some((fit.total, at)),
                Ok(_) => {}
                Err(why) => closest = Some(closest.map_or(why, |other| other.max(why))),
            }
        }
        let Some((_, at)) = best else { continue };
        let offer = &mut supplier.offers[at];
        let mut quantity = line.open;
        if let matching::Free::Left { free, .. } = &mut offer.free {
            match offer.measure {
                Measure::Households => *free -= 1,
                Measure::Units => {
                    quantity = quantity.min(*free);
                    *free -= quantity;
                }
            }
        }
        chosen.push((line.id, offer.project, quantity));
    }
    if chosen.is_empty() {
        let place = work.ctx.services.place(need.division_code.get(..6).unwrap_or_default());
        return Err(Error::rule(match closest {
            _ if facts.lines.is_empty() => "这条需求的数量都有组织承接了".to_owned(),
            Some(why) => format!("{name}现在不能承接：{}", why.words(&place)),
            None if crowded => format!("已经有{OPEN_PER_LINE}家组织在等着回复，请先等一等"),
            None => format!("{name}不能承接选中的服务"),
        }));
    }
    let due = if need.is_urgent() {
        rules::urgent_due(need.published_at.unwrap_or(work.now), work.now)
    } else {
        work.ctx.services.calendar().due(work.now, ANSWER_WORKING_DAYS)
    };
    let row = Ask {
        id: work.ctx.services.new_id(),
        need_id: need.id,
        cycle: need.cycle,
        organization_id: organization.id,
        division_code: need.division_code.clone(),
        batch_id: batch,
        state: AskState::Sent,
        note: note.to_owned(),
        sent_by: work.ctx.actor.account_id,
        sent_at: work.now,
        due_at: due,
        answered_by: None,
        answered_at: None,
        reason_code: None,
        reason: None,
        claim_id: None,
    };
    match ask::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule(format!("已经邀请过{name}，正在等回复"))),
        other => other?,
    }
    // Whom the office asks it knows; which of its projects, would say the street.
    let projects = claims::projects(work, need, organization.id).await?;
    for (line, project, quantity) in &chosen {
        let project = &project.and(projects.get(line).copied());
        ask::insert_line(&mut work.tx, row.id, *line, *project, *quantity).await?;
    }
    let about = About {
        need: Some(need),
        organization: Some(organization.id),
        data: Some(json!({ "lines": chosen.len() })),
        ..About::default()
    };
    work.created(row.state, row.id, about).await?;
    let href = href(Object::Ask, &row.id);
    notice::to_organization(work, organization.id, "邀请贵机构承接一项需求", &need.title, &href).await?;
    Ok(row.id)
}

/// The invitation ends with the work's own command.
pub(crate) async fn answer(work: &mut Work<'_>, need: &Need, row: &mut Ask, reason: Option<String>) -> Result<()> {
    let own = work.command();
    answer_by(work, need, row, own, reason).await
}

async fn answer_by(
    work: &mut Work<'_>,
    need: &Need,
    row: &mut Ask,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    let step = work.step_by(command, &mut row.state)?;
    row.answered_by = work.ctx.actor.account_id;
    row.answered_at = Some(work.now);
    row.reason.clone_from(&reason);
    let about = About { need: Some(need), organization: Some(row.organization_id), reason, ..About::default() };
    work.save(row, step, about).await
}

/// The claim that an organization made answers its open invitation.
pub(crate) async fn answered_by(work: &mut Work<'_>, need: &Need, organization: Uuid, claim: Uuid) -> Result<()> {
    if let Some(mut row) = ask::open_of(&mut work.tx, need.id, organization).await? {
        row.claim_id = Some(claim);
        answer_by(work, need, &mut row, Command::AskAccept, None).await?;
    }
    Ok(())
}

/// Open invitations to an organization that lost its standing are taken back.
pub(crate) async fn withdraw_of(work: &mut Work<'_>, organization: Uuid, why: &str) -> Result<()> {
    let mut open = ask::of_organization(&mut work.tx, organization, AskState::Sent, 0, 10_000).await?;
    open.sort_by_key(|listed| (listed.ask.need_id, listed.ask.id));
    for listed in open {
        let need = work.lock(listed.ask.need_id).await?;
        let Some(mut row) = ask::by_id(&mut work.tx, listed.ask.id).await?.filter(|row| row.state == AskState::Sent)
        else {
            continue;
        };
        answer_by(work, &need, &mut row, Command::AskWithdraw, Some(why.to_owned())).await?;
        let href = href_at(Object::Need, &need.code, "/candidates");
        notice::to_street(work, &need.division_code, "邀请已收回：机构资格暂停", &need.title, &href).await?;
    }
    Ok(())
}

/// Open invitations fall with their need.
pub(crate) async fn withdraw_all(work: &mut Work<'_>, need: &Need, why: &str) -> Result<()> {
    for listed in ask::of_need(&mut work.tx, need.id).await? {
        let mut row = listed.ask;
        if row.state == AskState::Sent {
            answer_by(work, need, &mut row, Command::AskWithdraw, Some(why.to_owned())).await?;
            let href = href(Object::Ask, &row.id);
            notice::to_organization(work, row.organization_id, "邀请已收回", why, &href).await?;
        }
    }
    Ok(())
}
