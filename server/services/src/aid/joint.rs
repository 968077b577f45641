//! Joint claims 联合认领: a lead and members take a need together. Each member's share is a claim of its
//! own, reserved at once and counted like every other; it waits as `forming` until its organization has
//! agreed, and all of them are handed in together when the last one has. What one member refuses goes
//! back to the need, and the lead decides whether the rest goes on.

use crate::aid::claim::{quantity_label, read_plan};
use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::claims::{
    about, claimable, insert, load, name_of, overdue, parts, record, room, service_name, take, verified_now,
};
use crate::steps::{asks, claims_ended};
use crate::{Ctx, Error, Fields, Result};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::claim::{self as rules, ClaimState};
use domain::code::Prefix;
use domain::field::Check;
use domain::form::FieldAt;
use domain::form::aid::claim as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::{NeedState, URGENT_HOURS};
use domain::permission::Record;
use domain::uscc::Uscc;
use serde_json::json;
use storage::aid::claim::Claim;
use storage::needs::need::{Line, Need};
use uuid::Uuid;

/// Most members beside the lead.
pub const MEMBERS: usize = 3;

/// The units of one organization: (line id, units).
type Units = Vec<(Uuid, i64)>;

/// What organizations offer together.
#[derive(Clone, Debug)]
pub struct Input {
    /// The lead's own part.
    pub lines: Units,
    /// Each member with its part.
    pub members: Vec<(Uscc, Units)>,
    pub plan: String,
    pub start_on: NaiveDate,
}

/// Where the units of a line are typed that part `n` takes: 0 is the lead, then the members.
pub fn quantity(n: usize, line: &Line) -> FieldAt {
    form::PART.at(n).at(line.id).labelled(quantity_label(line)).within(0, line.quantity)
}

/// Reads the form of a joint claim.
pub fn read(fields: &Fields, lines: &[Line], today: NaiveDate) -> Result<Input> {
    let mut check = Check::new();
    let mut totals = vec![0_i64; lines.len()];
    let mut part = |check: &mut Check, n: usize, whose: &str| -> Units {
        let mut chosen = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let field = quantity(n, line);
            if matches!(field.value(fields).trim(), "" | "0") {
                continue;
            }
            if let Some(quantity) = check.whole(field.of(whose), fields)
                && quantity > 0
            {
                totals[at] += quantity;
                chosen.push((line.id, quantity));
            }
        }
        chosen
    };
    let first = |n: usize| lines.first().map_or(form::PART.at(n), |line| quantity(n, line));
    let own = part(&mut check, 0, "贵机构");
    let mut members: Vec<(Uscc, Units)> = Vec::new();
    for n in 1..=MEMBERS {
        let member = form::MEMBER.at(n);
        let typed = member.value(fields);
        let whose = format!("第{n}家");
        let units = part(&mut check, n, &whose);
        if typed.trim().is_empty() {
            if !units.is_empty() {
                check.wrong(member, format!("填写{whose}的统一社会信用代码，或去掉它的数量"));
            }
            continue;
        }
        match Uscc::parse(typed) {
            Err(error) => check.wrong(member, error.to_string()),
            Ok(code) if members.iter().any(|(other, _)| *other == code) => {
                check.wrong(member, "这家已经填过，一家只填一次");
            }
            Ok(code) => {
                if units.is_empty() && check.is_ok() {
                    check.wrong(first(n), format!("填写{whose}承接的数量"));
                }
                members.push((code, units));
            }
        }
    }
    if own.is_empty() && check.is_ok() {
        check.wrong(first(0), "牵头的机构也要承接一部分，填写贵机构的数量");
    }
    if members.is_empty() && check.is_ok() {
        check.wrong(form::MEMBER.at(1), "至少填一家一起承接的组织；自己承接的，用“认领”就可以");
    }
    for (line, total) in lines.iter().zip(&totals) {
        if *total > line.remaining() && check.is_ok() {
            check.wrong(
                quantity(0, line),
                format!(
                    "{}一共填了{total}{}，只剩{}{}",
                    service_name(&line.service_code),
                    line.unit,
                    line.remaining(),
                    line.unit
                ),
            );
        }
    }
    let plan = read_plan(form::PLAN.value(fields), form::START_ON.value(fields), today);
    if let Err(Error::Invalid(mistakes)) = &plan {
        check.extend(mistakes.clone());
    }
    check.done()?;
    let (plan, start_on) = plan?;
    Ok(Input { lines: own, members, plan, start_on })
}

/// Forms a joint claim: every part is reserved, every member is asked. Returns the lead's code.
#[boxed]
pub async fn form(ctx: &Ctx, need_code: &str, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::ClaimForm).await?;
    let need = work.need(need_code).await?;
    let lead = ctx.organization()?;
    work.authorize(&Record { organization: Some(lead), ..Record::default() })?;
    claimable(&work, &need)?;
    verified_now(&mut work, lead).await?;
    let mut members = Vec::new();
    for (n, (code, units)) in input.members.iter().enumerate() {
        let field = form::MEMBER.at(n + 1);
        let found = storage::supply::organization::by_uscc(&mut work.tx, code.as_str()).await?;
        let Some(found) = found.filter(|o| o.state == domain::organization::OrganizationState::Verified) else {
            return Err(Error::wrong(field, "没有找到这家已核验的组织，请核对代码"));
        };
        if found.id == lead {
            return Err(Error::wrong(field, "这是贵机构自己的代码，请填另一家"));
        }
        let busy = storage::aid::claim::of_need(&mut work.tx, need.id)
            .await?
            .iter()
            .any(|c| c.organization_id == found.id && c.state.is_pending());
        if busy {
            return Err(Error::wrong(field, format!("{}在这条需求上已有一件认领", found.name)));
        }
        members.push((found.id, units));
    }
    // The earlier pending claim gives its units back before the new one takes.
    claims_ended::supersede_pending(&mut work, &need, Some(lead), "同一机构发起了联合认领").await?;
    room(&mut work, lead).await?;
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    let due = due(&work, &need);
    let own = part(&mut work, &need, &lines, input, None, lead, &input.lines, due).await?;
    asks::answered_by(&mut work, &need, lead, own.id).await?;
    for (organization, units) in members {
        let member = part(&mut work, &need, &lines, input, Some(own.id), organization, units, due).await?;
        let href = href(Object::Claim, &member.code);
        notice::to_organization(&mut work, organization, "请贵机构一起认领一项需求", &need.title, &href).await?;
    }
    work.commit(&own.code).await?;
    Ok(own.code)
}

/// Until when the members answer.
fn due(work: &Work<'_>, need: &Need) -> Time {
    if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS / 2)
    } else {
        work.ctx.services.calendar().due(work.now, rules::JOIN_WORKING_DAYS)
    }
}

#[expect(clippy::too_many_arguments, reason = "what the parts of one joint claim share, and what each has of its own")]
async fn part(
    work: &mut Work<'_>,
    need: &Need,
    lines: &[Line],
    input: &Input,
    lead: Option<Uuid>,
    organization: Uuid,
    units: &Units,
    due: Time,
) -> Result<Claim> {
    take(work, lines, units).await?;
    let row = Claim {
        id: work.ctx.services.new_id(),
        code: work.code(Prefix::Claim, &need.division_code).await?,
        need_id: need.id,
        cycle: need.cycle,
        organization_id: organization,
        division_code: need.division_code.clone(),
        state: ClaimState::Forming,
        plan: input.plan.clone(),
        start_on: input.start_on,
        // Whoever agrees for the member stands here later.
        submitted_by: if lead.is_none() { work.ctx.actor.account_id } else { None },
        submitted_at: work.now,
        due_at: Some(due),
        question: None,
        answer: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        escalation: 0,
        lead_id: lead,
        accepted_at: lead.is_none().then_some(work.now),
    };
    let own = work.command();
    insert(work, need, &row, units, own).await?;
    Ok(row)
}

/// 同意参加: with the last one who agrees the claim is handed in.
#[boxed]
pub async fn join(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ClaimJoin).await?;
    let (mut row, need) = load(&mut work, code).await?;
    let step = work.leads(row.state)?;
    if row.accepted_at.is_some() {
        return Err(Error::rule("贵机构已经同意参加，不用再点"));
    }
    in_time(&work, &row)?;
    claimable(&work, &need)?;
    verified_now(&mut work, row.organization_id).await?;
    room(&mut work, row.organization_id).await?;
    row.accepted_at = Some(work.now);
    row.submitted_by = ctx.actor.account_id;
    first(storage::aid::claim::accept(&mut work.tx, &row).await?, Object::Claim)?;
    let about = About {
        need: Some(&need),
        organization: Some(row.organization_id),
        data: Some(json!({ "claim": row.code })),
        ..About::default()
    };
    work.stepped(step, row.id, about).await?;
    asks::answered_by(&mut work, &need, row.organization_id, row.id).await?;
    let all = parts(&mut work, &row).await?;
    let waiting = all.iter().any(|p| p.state == ClaimState::Forming && p.accepted_at.is_none());
    let refused = all.iter().any(|p| !p.state.is_pending());
    if !waiting && !refused {
        hand_in(&mut work, &need, all).await?;
    } else if let Some(lead) = all.first() {
        let href = href(Object::Claim, &lead.code);
        let title = if waiting {
            "联合认领：有组织同意参加"
        } else {
            "联合认领：都答复了，请决定是否提交"
        };
        notice::to_organization(&mut work, lead.organization_id, title, &need.title, &href).await?;
    }
    work.commit(code).await
}

/// The lead hands in what is left after a member refused.
#[boxed]
pub async fn go_on(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ClaimSubmit).await?;
    let (row, need) = load(&mut work, code).await?;
    work.acts_on(row.state)?;
    if row.lead_id.is_some() {
        return Err(Error::rule("由牵头的组织提交，贵机构不用办"));
    }
    claimable(&work, &need)?;
    let all = parts(&mut work, &row).await?;
    if let Some(open) = all.iter().find(|p| p.state == ClaimState::Forming && p.accepted_at.is_none()) {
        let name = name_of(&mut work, open.organization_id).await?;
        return Err(Error::rule(format!("{name}还没有答复。等它答复，或到期以后再提交")));
    }
    hand_in(&mut work, &need, all).await?;
    work.commit(code).await
}

fn in_time(work: &Work<'_>, row: &Claim) -> Result<()> {
    if row.due_at.is_some_and(|due| due < work.now) {
        Err(Error::rule("答复的时间已过，数量已退回。可以请牵头的组织再发起一次"))
    } else {
        Ok(())
    }
}

/// All parts become one submitted claim; the street's clock runs for the lead's.
async fn hand_in(work: &mut Work<'_>, need: &Need, all: Vec<Claim>) -> Result<()> {
    let street = if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS)
    } else {
        work.ctx.services.calendar().due(work.now, rules::DECIDE_WORKING_DAYS)
    };
    let mut lead_code = String::new();
    for mut part in all.into_iter().filter(|part| part.state == ClaimState::Forming) {
        let step = work.step_by(Command::ClaimSubmit, &mut part.state)?;
        part.due_at = part.lead_id.is_none().then_some(street);
        work.save(&part, step, about(need, &part, None)).await?;
        if part.lead_id.is_none() {
            lead_code.clone_from(&part.code);
        } else {
            let href = href(Object::Claim, &part.code);
            notice::to_organization(work, part.organization_id, "联合认领已提交，等街道答复", &need.title, &href)
                .await?;
        }
    }
    let href = href(Object::Claim, &lead_code);
    notice::to_street(work, &need.division_code, "有新的联合认领要答复", &need.title, &href).await
}

/// Time is up: a member that said nothing is out; without a lead's decision the whole is out.
pub(crate) async fn expire(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ClaimExpire).await?;
    let Some((mut row, need)) = overdue(&mut work, id, ClaimState::Forming).await? else { return Ok(()) };
    work.authorize(&record(&row))?;
    if row.lead_id.is_some() && row.accepted_at.is_some() {
        // It has agreed; what becomes of it is the lead's to say, or goes with the lead.
        return Ok(());
    }
    if row.lead_id.is_none() && row.due_at.is_some_and(|due| due.plus_days(1) > work.now) {
        // One more day in which the lead can go on with those who agreed.
        return Ok(());
    }
    let why = if row.lead_id.is_some() { "没有在期限内答复" } else { "没有在期限内提交" };
    claims_ended::end(&mut work, &need, &mut row, Some(why.into())).await?;
    claims_ended::part_ended(&mut work, &need, &row).await?;
    let href = href(Object::Claim, &row.code);
    notice::to_organization(&mut work, row.organization_id, "联合认领已过期，数量已退回", &need.title, &href).await?;
    work.commit("").await
}

/// One part of a joint claim for its sides.
#[derive(Clone, Debug)]
pub struct Part {
    pub claim: Claim,
    pub organization: String,
    pub lines: Vec<storage::aid::claim::ClaimLine>,
}

/// The parts of a joint claim, the lead's first; empty for a claim of one organization alone.
pub(crate) async fn view(tx: &mut storage::Tx, claim: &Claim) -> Result<Vec<Part>> {
    let all = storage::aid::claim::parts(tx, claim.lead_id.unwrap_or(claim.id)).await?;
    if all.len() < 2 {
        return Ok(Vec::new());
    }
    let organizations: Vec<Uuid> = all.iter().map(|claim| claim.organization_id).collect();
    let claims: Vec<Uuid> = all.iter().map(|claim| claim.id).collect();
    let organizations = storage::supply::organization::by_ids(tx, &organizations).await?;
    let lines = storage::aid::claim::lines_of(tx, &claims).await?;
    all.into_iter()
        .map(|claim| {
            let organization = organizations.iter().find(|o| o.id == claim.organization_id).ok_or(Error::NotFound)?;
            let lines = lines.iter().filter(|line| line.claim_id == claim.id).cloned().collect();
            Ok(Part { claim, organization: organization.name.clone(), lines })
        })
        .collect()
}

/// Whether the lead may go on with those who agreed: somebody is out, and nobody is waited for.
pub fn may_go_on(parts: &[Part]) -> bool {
    waits_for_lead(parts.iter().map(|part| &part.claim))
}

/// As [`may_go_on`]; the lead's claim first.
pub(crate) fn waits_for_lead<'a>(mut parts: impl Iterator<Item = &'a Claim> + Clone) -> bool {
    let all = parts.clone();
    let Some(lead) = parts.next() else { return false };
    lead.state == ClaimState::Forming
        && all.clone().any(|c| !c.state.is_pending())
        && !all.clone().any(|c| c.state == ClaimState::Forming && c.accepted_at.is_none())
}

/// Whether a need can be claimed jointly by the reader's organization at all.
pub fn offers(need: NeedState, lines: &[Line]) -> bool {
    need == NeedState::Published && lines.iter().any(|line| line.remaining() > 1) || lines.len() > 1
}
