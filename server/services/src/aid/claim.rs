//! Commands on claims 认领: units are reserved when submitted, decided by the street.

use crate::base::notice;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::claims::{self, about, load, overdue, record, service_name};
pub use crate::steps::claims_made::Input;
use crate::steps::{claims_ended, claims_made, pairings};
use crate::{Ctx, Error, Result};
use chrono::{Days, NaiveDate};
use domain::calendar::{Time, WorkingDays};
use domain::claim::{self as rules, ClaimState};
use domain::clock::{Name, Office, Running};
use domain::field::{Check, only};
use domain::form::aid::claim as form;
use domain::form::{FieldAt, Typed};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::{NeedState, URGENT_HOURS};
use domain::organization::OrganizationState;
use domain::permission::Record;
use storage::aid::claim::Claim;
use storage::needs::need::Line;
use uuid::Uuid;

/// The units of a line: "送餐，每周几餐".
pub fn quantity_label(line: &Line) -> String {
    format!("{}，{}几{}", service_name(&line.service_code), line.per.label(), line.unit)
}

/// Where the units of a line are typed.
pub fn quantity(line: &Line) -> FieldAt {
    form::QUANTITY.at(line.id).labelled(quantity_label(line)).within(0, line.quantity)
}

/// Reads the claim form.
pub fn read(fields: &crate::Fields, lines: &[Line], today: NaiveDate) -> Result<Input> {
    let mut check = Check::new();
    let mut chosen = Vec::new();
    for line in lines {
        let field = quantity(line);
        if matches!(field.value(fields).trim(), "" | "0") {
            continue;
        }
        if let Some(quantity) = check.whole(field, fields)
            && quantity > 0
        {
            chosen.push((line.id, quantity));
        }
    }
    if chosen.is_empty() && check.is_ok() {
        check.wrong(lines.first().map_or(form::QUANTITY.into(), quantity), "至少填一项要认领的数量");
    }
    let (plan, start_on) = check_plan(&mut check, fields, fields, today);
    check.done()?;
    Ok(Input { lines: chosen, plan, start_on })
}

fn check_plan<T: Typed + ?Sized>(check: &mut Check, plan: &T, start_on: &T, today: NaiveDate) -> (String, NaiveDate) {
    let plan = check.read(form::PLAN, plan);
    let start_on = check.date(form::START_ON, start_on);
    if let Some(day) = start_on {
        if day < today {
            check.wrong(form::START_ON, "开始日期已经过去，请填今天或以后的日期");
        } else if day > today + Days::new(180) {
            check.wrong(form::START_ON, "开始日期太远，请填半年以内的日期");
        }
    }
    (plan, start_on.unwrap_or(today))
}

/// Plan and start of an accepted invitation.
pub(crate) fn read_plan(plan: &str, start_on: &str, today: NaiveDate) -> Result<(String, NaiveDate)> {
    let mut check = Check::new();
    let read = check_plan(&mut check, plan, start_on, today);
    check.done()?;
    Ok(read)
}

/// Submits a claim: reserves the units or says when they were taken. A pending
/// claim of the same organization on the need is superseded by the new one.
#[boxed]
pub async fn submit(ctx: &Ctx, need_code: &str, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::ClaimSubmit).await?;
    let need = work.need(need_code).await?;
    work.authorize(&Record { organization: Some(ctx.organization()?), ..Record::default() })?;
    let code = claims_made::submit(&mut work, &need, input).await?;
    work.commit(&code).await?;
    Ok(code)
}

/// The street asks for more; the clock now runs for the organization.
#[boxed]
pub async fn ask(ctx: &Ctx, code: &str, question: &str) -> Result<()> {
    let question = only(form::QUESTION, question)?;
    let mut work = Work::begin(ctx, Command::ClaimAsk).await?;
    let (claim, need) = load(&mut work, code).await?;
    // The lead answers for all parts of a joint claim.
    let mut claim = match claim.lead_id {
        Some(lead) => storage::aid::claim::by_id(&mut work.tx, lead).await?.ok_or(Error::NotFound)?,
        None => claim,
    };
    let step = work.step(&mut claim.state)?;
    claim.question = Some(question.clone());
    claim.due_at = Some(ctx.services.calendar().due(work.now, rules::ANSWER_WORKING_DAYS));
    work.save(&claim, step, about(&need, &claim, Some(question))).await?;
    notice::to_organization(
        &mut work,
        claim.organization_id,
        "街道请补充认领说明",
        &need.title,
        &href(Object::Claim, &claim.code),
    )
    .await?;
    work.commit(code).await
}

#[boxed]
pub async fn answer(ctx: &Ctx, code: &str, answer: &str) -> Result<()> {
    let answer = only(form::ANSWER, answer)?;
    let mut work = Work::begin(ctx, Command::ClaimAnswer).await?;
    let (mut claim, need) = load(&mut work, code).await?;
    let step = work.step(&mut claim.state)?;
    claim.answer = Some(answer);
    claim.due_at = Some(if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS)
    } else {
        ctx.services.calendar().due(work.now, rules::DECIDE_WORKING_DAYS)
    });
    work.save(&claim, step, about(&need, &claim, None)).await?;
    notice::to_street(&mut work, &need.division_code, "认领已补充说明", &need.title, &href(Object::Claim, &code))
        .await?;
    work.commit(code).await
}

/// 同意: the claim becomes a pairing. Returns the pairing's code.
#[boxed]
pub async fn approve(ctx: &Ctx, code: &str) -> Result<String> {
    let mut work = Work::begin(ctx, Command::ClaimApprove).await?;
    let (claim, need) = load(&mut work, code).await?;
    if need.state != NeedState::Published {
        return Err(Error::rule(format!("需求现在是“{}”，恢复公开后才能同意认领", need.state.label())));
    }
    work.acts_on(claim.state)?;
    let mut first_pairing = None;
    // A joint claim is decided as one: every part becomes a pairing of its own organization.
    for mut part in claims::parts(&mut work, &claim).await? {
        if !part.state.is_pending() {
            continue;
        }
        let organization =
            storage::supply::organization::by_id(&mut work.tx, part.organization_id).await?.ok_or(Error::NotFound)?;
        if organization.state != OrganizationState::Verified {
            let (name, state) = (organization.name, organization.state.label());
            return Err(Error::rule(format!("{name}现在是“{state}”，不能同意它的认领")));
        }
        let step = work.step(&mut part.state)?;
        part.decided_by = ctx.actor.account_id;
        part.decided_at = Some(work.now);
        part.due_at = None;
        work.save(&part, step, about(&need, &part, None)).await?;
        let pairing = pairings::begin(&mut work, &need, &part).await?;
        let href = href(Object::Pairing, &pairing.code);
        notice::to_organization(&mut work, part.organization_id, "认领已同意，请尽快联系", &need.title, &href).await?;
        first_pairing.get_or_insert(pairing.code);
    }
    let code = first_pairing.ok_or(Error::Internal("an approved claim without a part"))?;
    work.commit(&code).await?;
    Ok(code)
}

async fn end(ctx: &Ctx, code: &str, command: Command, reason: String) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let (mut claim, need) = load(&mut work, code).await?;
    if command == Command::ClaimDecline {
        work.acts_on(claim.state)?;
        for mut part in claims::parts(&mut work, &claim).await? {
            if part.state.is_pending() {
                claims_ended::end(&mut work, &need, &mut part, Some(reason.clone())).await?;
                let href = href(Object::Claim, &part.code);
                let title = "认领未获同意，可以看看类似需求";
                notice::to_organization(&mut work, part.organization_id, title, &need.title, &href).await?;
            }
        }
        return work.commit(code).await;
    }
    let known_to_street = claim.state != ClaimState::Forming;
    claims_ended::end(&mut work, &need, &mut claim, Some(reason)).await?;
    claims_ended::part_ended(&mut work, &need, &claim).await?;
    if known_to_street && claim.lead_id.is_none() {
        notice::to_street(&mut work, &need.division_code, "认领已撤回", &need.title, &href(Object::Claim, &code))
            .await?;
    }
    work.commit(code).await
}

#[boxed]
pub async fn decline(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    end(ctx, code, Command::ClaimDecline, only(form::DECLINE, reason)?).await
}

#[boxed]
pub async fn withdraw(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    end(ctx, code, Command::ClaimWithdraw, only(form::WITHDRAW, reason)?).await
}

/// The organization did not answer in time.
pub(crate) async fn expire(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ClaimExpire).await?;
    let Some((mut claim, need)) = overdue(&mut work, id, ClaimState::NeedsInfo).await? else { return Ok(()) };
    work.authorize(&record(&claim))?;
    claims_ended::end(&mut work, &need, &mut claim, Some("没有在期限内补充说明".into())).await?;
    claims_ended::part_ended(&mut work, &need, &claim).await?;
    notice::to_organization(
        &mut work,
        claim.organization_id,
        "认领已过期",
        "没有在期限内补充说明，数量已退回",
        &href(Object::Claim, &claim.code),
    )
    .await?;
    work.commit("").await
}

/// Steps that an undecided claim goes up by itself: the district, the city.
const LAST_STEP: i64 = 2;

/// How many of its steps an undecided claim has come to.
pub(crate) fn level(claim: &Claim, urgent: bool, now: Time, calendar: &WorkingDays) -> i64 {
    let running = Running::new(Name::ClaimDecision, claim.submitted_at, claim.due_at, urgent, calendar);
    match running.and_then(|running| running.raised(now, calendar)) {
        Some(Office::City) => LAST_STEP,
        Some(Office::District) => 1,
        _ => 0,
    }
}

/// The street did not decide in time: goes up to the district, then to the city; is never approved by itself.
pub(crate) async fn escalate(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ClaimEscalate).await?;
    let Some((mut claim, need)) = overdue(&mut work, id, ClaimState::Submitted).await? else { return Ok(()) };
    work.authorize(&record(&claim))?;
    let level = level(&claim, need.is_urgent(), work.now, &ctx.services.calendar());
    if claim.escalation >= level {
        return Ok(());
    }
    claim.escalation = level;
    let step = work.leads(claim.state)?;
    work.save(&claim, step, about(&need, &claim, None)).await?;
    let (title, href) = ("认领超过期限没有答复", href(Object::Claim, &claim.code));
    if level == LAST_STEP {
        notice::to_city(&mut work, title, &need.title, &href).await?;
    }
    notice::to_district(&mut work, &need.division_code, title, &need.title, &href).await?;
    work.commit("").await
}
