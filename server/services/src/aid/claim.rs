//! Commands on claims 认领: units are reserved when submitted, decided by the street.

use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Conflict, Ctx, Error, Result};
use chrono::{Days, NaiveDate};
use domain::calendar::Time;
use domain::claim::{self as rules, ClaimState};
use domain::code::Prefix;
use domain::field::{Check, only};
use domain::form::aid::claim as form;
use domain::form::{FieldAt, Typed};
use domain::machine::{self, Command, Object};
use domain::need::{NeedState, URGENT_HOURS};
use domain::organization::OrganizationState;
use domain::permission::Record;
use serde_json::json;
use storage::aid::claim::Claim;
use storage::needs::need::{Line, Need};
use uuid::Uuid;

/// What an organization offers.
#[derive(Clone, Debug)]
pub struct Input {
    /// (line id, units); lines with 0 units are left out.
    pub lines: Vec<(Uuid, i64)>,
    pub plan: String,
    pub start_on: NaiveDate,
}

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

pub(crate) fn service_name(code: &str) -> String {
    domain::vocabulary::service(code).map_or_else(|| code.to_owned(), |service| service.short_name.to_owned())
}

pub(crate) fn record(claim: &Claim) -> Record<'_> {
    Record { division: Some(&claim.division_code), organization: Some(claim.organization_id), ..Record::default() }
}

/// Submits a claim: reserves the units or says when they were taken. A pending
/// claim of the same organization on the need is superseded by the new one.
#[boxed]
pub async fn submit(ctx: &Ctx, need_code: &str, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::ClaimSubmit).await?;
    let need = work.need(need_code).await?;
    let code = submit_in(&mut work, &need, input).await?;
    work.commit(&code).await?;
    Ok(code)
}

/// Submits inside a command; the need is locked.
pub(crate) async fn submit_in(work: &mut Work<'_>, need: &Need, input: &Input) -> Result<String> {
    let ctx = work.ctx;
    let organization_id = ctx.organization()?;
    work.authorize(Command::ClaimSubmit, &Record { organization: Some(organization_id), ..Record::default() })?;
    claimable(work, need)?;
    verified_now(work, organization_id).await?;
    // The earlier pending claim gives its units back before the new one takes.
    supersede_pending(work, need, Some(organization_id), "同一机构重新提交了认领").await?;
    room(work, organization_id).await?;
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    take(work, &lines, &input.lines).await?;
    let due = if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS)
    } else {
        ctx.services.calendar().due(work.now, rules::DECIDE_WORKING_DAYS)
    };
    let claim = Claim {
        id: ctx.services.new_id(),
        code: work.code(Prefix::Claim, &need.division_code).await?,
        need_id: need.id,
        cycle: need.cycle,
        organization_id,
        division_code: need.division_code.clone(),
        state: ClaimState::Submitted,
        plan: input.plan.clone(),
        start_on: input.start_on,
        submitted_by: ctx.actor.account_id,
        submitted_at: work.now,
        due_at: Some(due),
        question: None,
        answer: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        escalation: 0,
        lead_id: None,
        accepted_at: Some(work.now),
    };
    insert(work, need, &claim, &input.lines, Command::ClaimSubmit).await?;
    crate::aid::ask::answered_by(work, need, organization_id, claim.id).await?;
    notice::to_street(work, &need.division_code, "有新的认领要答复", &need.title, &format!("/claims/{}", claim.code))
        .await?;
    Ok(claim.code)
}

/// Whether units of a need may be claimed now.
pub(crate) fn claimable(work: &Work<'_>, need: &Need) -> Result<()> {
    match need.state {
        NeedState::Published => {}
        NeedState::Suspended | NeedState::Closed | NeedState::Merged => {
            return Err(Error::rule(format!("这条需求现在是“{}”，不能认领", need.state.label())));
        }
        _ => return Err(Error::NotFound),
    }
    if need.valid_until.is_some_and(|until| until < work.now.day()) {
        return Err(Error::rule("这条需求的有效期已过，不能认领"));
    }
    Ok(())
}

/// Whether an organization may claim now.
pub(crate) async fn verified_now(work: &mut Work<'_>, organization: Uuid) -> Result<()> {
    let organization =
        storage::supply::organization::by_id(&mut work.tx, organization).await?.ok_or(Error::NotFound)?;
    if organization.state != OrganizationState::Verified
        || organization.verified_until.is_some_and(|until| until < work.now.day())
    {
        return Err(Error::rule(format!("贵机构现在是“{}”，核验通过后才能认领", organization.state.label())));
    }
    Ok(())
}

/// Whether an organization may hold one more unfinished claim.
pub(crate) async fn room(work: &mut Work<'_>, organization: Uuid) -> Result<()> {
    let (live, completed) = storage::supply::organization::load_of(&mut work.tx, organization).await?;
    let cap = rules::cap(completed);
    if live >= cap {
        return Err(Error::rule(format!(
            "贵机构还有{live}件认领和结对没有办结，上限{cap}件。先办结一些，或请街道核验已完成的"
        )));
    }
    Ok(())
}

pub(crate) async fn take(work: &mut Work<'_>, lines: &[Line], wanted: &[(Uuid, i64)]) -> Result<()> {
    for (line_id, quantity) in wanted {
        let line = lines.iter().find(|line| line.id == *line_id).ok_or(Error::NotFound)?;
        if *quantity < 1 || !storage::needs::need::take(&mut work.tx, line.id, *quantity, work.now).await? {
            return Err(Error::Conflict(Conflict::Taken {
                service: service_name(&line.service_code),
                asked: *quantity,
                remaining: line.remaining(),
                unit: line.unit.clone(),
                at: line.taken_at,
            }));
        }
    }
    Ok(())
}

/// The project with room that each line of the need draws on, where the organization has one.
/// The lines as they were before the claim took its units.
async fn projects(
    work: &mut Work<'_>,
    need: &Need,
    organization: Uuid,
) -> Result<std::collections::HashMap<Uuid, Uuid>> {
    let Some(supplier) = crate::aid::matching::supplier_now(&mut work.tx, organization).await? else {
        return Ok(std::collections::HashMap::new());
    };
    let mut lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    for line in &mut lines {
        line.taken = 0;
    }
    let beneficiaries = storage::needs::need::beneficiaries(&mut work.tx, need.id).await?;
    let facts = crate::aid::matching::facts(need, &lines, &beneficiaries, work.now);
    let today = work.now.day();
    let found = lines
        .iter()
        .filter_map(|line| Some((line.id, crate::aid::matching::project_for(&facts, line.id, &supplier, today)?)));
    Ok(found.collect())
}

pub(crate) async fn insert(
    work: &mut Work<'_>,
    need: &Need,
    claim: &Claim,
    lines: &[(Uuid, i64)],
    command: Command,
) -> Result<()> {
    match storage::aid::claim::insert(&mut work.tx, claim).await {
        Err(error) if error.is_unique() => return Err(Error::rule("贵机构在这条需求上已有一件待答复的认领")),
        other => other?,
    }
    let projects = projects(work, need, claim.organization_id).await?;
    for (line, quantity) in lines {
        storage::aid::claim::insert_line(&mut work.tx, claim.id, *line, *quantity, projects.get(line).copied()).await?;
    }
    let units: Vec<_> = lines.iter().map(|(line, quantity)| json!({ "line": line, "quantity": quantity })).collect();
    let about = About {
        need: Some(need),
        organization: Some(claim.organization_id),
        data: Some(json!({ "claim": claim.code, "lines": units })),
        ..About::default()
    };
    work.created(command, claim.state, claim.id, about).await
}

/// Gives the units of a claim back to its need.
pub(crate) async fn give_back(work: &mut Work<'_>, claim_id: Uuid) -> Result<()> {
    for line in storage::aid::claim::lines(&mut work.tx, claim_id).await? {
        if !storage::needs::need::give_back(&mut work.tx, line.line_id, line.quantity).await? {
            return Err(Error::Internal("more units given back than taken"));
        }
    }
    Ok(())
}

/// A claim and its need for a decision: the need locked first.
pub(crate) async fn open(work: &mut Work<'_>, code: &str, command: Command) -> Result<(Claim, Need)> {
    let found =
        if domain::code::is_code(code) { storage::aid::claim::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let claim = storage::aid::claim::by_id(&mut work.tx, found.id).await?.ok_or(Error::NotFound)?;
    work.authorize(command, &record(&claim))?;
    Ok((claim, need))
}

pub(crate) async fn save(
    work: &mut Work<'_>,
    need: &Need,
    claim: &Claim,
    from: ClaimState,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    first(storage::aid::claim::update(&mut work.tx, claim, from).await?, Object::Claim)?;
    let about = About {
        need: Some(need),
        organization: Some(claim.organization_id),
        reason,
        data: Some(json!({ "claim": claim.code })),
    };
    work.stepped(command, from, claim.state, claim.id, about).await
}

/// The street asks for more; the clock now runs for the organization.
#[boxed]
pub async fn ask(ctx: &Ctx, code: &str, question: &str) -> Result<()> {
    let question = only(form::QUESTION, question)?;
    let mut work = Work::begin(ctx, Command::ClaimAsk).await?;
    let (claim, need) = open(&mut work, code, Command::ClaimAsk).await?;
    // The lead answers for all parts of a joint claim.
    let mut claim = match claim.lead_id {
        Some(lead) => storage::aid::claim::by_id(&mut work.tx, lead).await?.ok_or(Error::NotFound)?,
        None => claim,
    };
    let from = claim.state;
    claim.state = machine::step(from, Command::ClaimAsk)?;
    claim.question = Some(question.clone());
    claim.due_at = Some(ctx.services.calendar().due(work.now, rules::ANSWER_WORKING_DAYS));
    save(&mut work, &need, &claim, from, Command::ClaimAsk, Some(question)).await?;
    notice::to_organization(
        &mut work,
        claim.organization_id,
        "街道请补充认领说明",
        &need.title,
        &format!("/claims/{}", claim.code),
    )
    .await?;
    work.commit(code).await
}

#[boxed]
pub async fn answer(ctx: &Ctx, code: &str, answer: &str) -> Result<()> {
    let answer = only(form::ANSWER, answer)?;
    let mut work = Work::begin(ctx, Command::ClaimAnswer).await?;
    let (mut claim, need) = open(&mut work, code, Command::ClaimAnswer).await?;
    let from = claim.state;
    claim.state = machine::step(from, Command::ClaimAnswer)?;
    claim.answer = Some(answer);
    claim.due_at = Some(if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS)
    } else {
        ctx.services.calendar().due(work.now, rules::DECIDE_WORKING_DAYS)
    });
    save(&mut work, &need, &claim, from, Command::ClaimAnswer, None).await?;
    notice::to_street(&mut work, &need.division_code, "认领已补充说明", &need.title, &format!("/claims/{code}"))
        .await?;
    work.commit(code).await
}

/// 同意: the claim becomes a pairing. Returns the pairing's code.
#[boxed]
pub async fn approve(ctx: &Ctx, code: &str) -> Result<String> {
    let mut work = Work::begin(ctx, Command::ClaimApprove).await?;
    let (claim, need) = open(&mut work, code, Command::ClaimApprove).await?;
    if need.state != NeedState::Published {
        return Err(Error::rule(format!("需求现在是“{}”，恢复公开后才能同意认领", need.state.label())));
    }
    machine::step(claim.state, Command::ClaimApprove)?;
    let mut first_pairing = None;
    // A joint claim is decided as one: every part becomes a pairing of its own organization.
    for mut part in crate::aid::joint::parts(&mut work, &claim).await? {
        if !part.state.is_pending() {
            continue;
        }
        let organization =
            storage::supply::organization::by_id(&mut work.tx, part.organization_id).await?.ok_or(Error::NotFound)?;
        if organization.state != OrganizationState::Verified {
            let (name, state) = (organization.name, organization.state.label());
            return Err(Error::rule(format!("{name}现在是“{state}”，不能同意它的认领")));
        }
        let from = part.state;
        part.state = machine::step(from, Command::ClaimApprove)?;
        part.decided_by = ctx.actor.account_id;
        part.decided_at = Some(work.now);
        part.due_at = None;
        save(&mut work, &need, &part, from, Command::ClaimApprove, None).await?;
        let pairing = crate::aid::pairing::open_in(&mut work, &need, &part).await?;
        let href = format!("/pairings/{}", pairing.code);
        notice::to_organization(&mut work, part.organization_id, "认领已同意，请尽快联系", &need.title, &href).await?;
        first_pairing.get_or_insert(pairing.code);
    }
    let code = first_pairing.ok_or(Error::Internal("an approved claim without a part"))?;
    work.commit(&code).await?;
    Ok(code)
}

async fn end(ctx: &Ctx, code: &str, command: Command, reason: String) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let (mut claim, need) = open(&mut work, code, command).await?;
    if command == Command::ClaimDecline {
        machine::step(claim.state, command)?;
        for mut part in crate::aid::joint::parts(&mut work, &claim).await? {
            if part.state.is_pending() {
                end_in(&mut work, &need, &mut part, command, Some(reason.clone())).await?;
                let href = format!("/claims/{}", part.code);
                let title = "认领未获同意，可以看看类似需求";
                notice::to_organization(&mut work, part.organization_id, title, &need.title, &href).await?;
            }
        }
        return work.commit(code).await;
    }
    let known_to_street = claim.state != ClaimState::Forming;
    end_in(&mut work, &need, &mut claim, command, Some(reason)).await?;
    crate::aid::joint::part_ended(&mut work, &need, &claim).await?;
    if known_to_street && claim.lead_id.is_none() {
        notice::to_street(&mut work, &need.division_code, "认领已撤回", &need.title, &format!("/claims/{code}"))
            .await?;
    }
    work.commit(code).await
}

pub(crate) async fn end_in(
    work: &mut Work<'_>,
    need: &Need,
    claim: &mut Claim,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    let from = claim.state;
    claim.state = machine::step(from, command)?;
    claim.reason.clone_from(&reason);
    claim.decided_by = work.ctx.actor.account_id;
    claim.decided_at = Some(work.now);
    claim.due_at = None;
    save(work, need, claim, from, command, reason).await?;
    give_back(work, claim.id).await
}

#[boxed]
pub async fn decline(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    end(ctx, code, Command::ClaimDecline, only(form::DECLINE, reason)?).await
}

#[boxed]
pub async fn withdraw(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    end(ctx, code, Command::ClaimWithdraw, only(form::WITHDRAW, reason)?).await
}

/// Claims that fall because their need ended, or because the same organization
/// submitted again (`only`). Those who lose are told.
pub(crate) async fn supersede_pending(work: &mut Work<'_>, need: &Need, only: Option<Uuid>, why: &str) -> Result<()> {
    for mut claim in storage::aid::claim::of_need(&mut work.tx, need.id).await? {
        if !claim.state.is_pending() || only.is_some_and(|organization| claim.organization_id != organization) {
            continue;
        }
        end_in(work, need, &mut claim, Command::ClaimSupersede, Some(why.to_owned())).await?;
        if only.is_some() {
            crate::aid::joint::part_ended(work, need, &claim).await?;
        } else {
            notice::to_organization(
                work,
                claim.organization_id,
                "认领已被取代",
                &format!("{why}。可以看看类似需求"),
                &format!("/claims/{}", claim.code),
            )
            .await?;
        }
    }
    // With the need itself gone nobody is asked any more.
    if only.is_none() {
        crate::aid::ask::withdraw_all(work, need, why).await?;
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
        end_in(work, &need, &mut claim, Command::ClaimSupersede, Some(why.to_owned())).await?;
        crate::aid::joint::part_ended(work, &need, &claim).await?;
        let href = format!("/claims/{}", claim.code);
        notice::to_street(work, &need.division_code, "认领失效：机构资格暂停", &need.title, &href).await?;
    }
    Ok(())
}

/// The organization did not answer in time.
pub(crate) async fn expire(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ClaimExpire).await?;
    let Some((mut claim, need)) = overdue(&mut work, id, ClaimState::NeedsInfo).await? else { return Ok(()) };
    work.authorize(Command::ClaimExpire, &record(&claim))?;
    end_in(&mut work, &need, &mut claim, Command::ClaimExpire, Some("没有在期限内补充说明".into())).await?;
    crate::aid::joint::part_ended(&mut work, &need, &claim).await?;
    notice::to_organization(
        &mut work,
        claim.organization_id,
        "认领已过期",
        "没有在期限内补充说明，数量已退回",
        &format!("/claims/{}", claim.code),
    )
    .await?;
    work.commit("").await
}

/// The street did not decide in time: goes up, is never approved by itself.
pub(crate) async fn escalate(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ClaimEscalate).await?;
    let Some((mut claim, need)) = overdue(&mut work, id, ClaimState::Submitted).await? else { return Ok(()) };
    work.authorize(Command::ClaimEscalate, &record(&claim))?;
    if claim.escalation > 0 {
        return Ok(());
    }
    claim.escalation = 1;
    let from = claim.state;
    save(&mut work, &need, &claim, from, Command::ClaimEscalate, None).await?;
    notice::to_district(
        &mut work,
        &need.division_code,
        "认领超过期限没有答复",
        &need.title,
        &format!("/claims/{}", claim.code),
    )
    .await?;
    work.commit("").await
}

pub(crate) async fn overdue(work: &mut Work<'_>, id: Uuid, state: ClaimState) -> Result<Option<(Claim, Need)>> {
    let Some(found) = storage::aid::claim::by_id(&mut work.tx, id).await? else { return Ok(None) };
    let need = work.lock(found.need_id).await?;
    let claim = storage::aid::claim::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let late = claim.state == state && claim.due_at.is_some_and(|due: Time| due < work.now);
    Ok(late.then_some((claim, need)))
}

/// A claim that a transfer brings into being: approved at once, units carried over.
pub(crate) async fn carried_over(work: &mut Work<'_>, need: &Need, old: &Claim, to: Uuid) -> Result<Claim> {
    let lines: Vec<(Uuid, i64)> = storage::aid::claim::lines(&mut work.tx, old.id)
        .await?
        .into_iter()
        .map(|line| (line.line_id, line.quantity))
        .collect();
    let all = storage::needs::need::lines(&mut work.tx, need.id, old.cycle).await?;
    take(work, &all, &lines).await?;
    let mut claim = Claim {
        id: work.ctx.services.new_id(),
        code: work.code(Prefix::Claim, &need.division_code).await?,
        organization_id: to,
        state: ClaimState::Submitted,
        start_on: work.now.day(),
        submitted_by: None,
        submitted_at: work.now,
        due_at: None,
        question: None,
        answer: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        escalation: 0,
        lead_id: None,
        accepted_at: Some(work.now),
        ..old.clone()
    };
    insert(work, need, &claim, &lines, Command::ClaimSubmit).await?;
    let from = claim.state;
    claim.state = machine::step(from, Command::ClaimApprove)?;
    claim.decided_by = work.ctx.actor.account_id;
    claim.decided_at = Some(work.now);
    save(work, need, &claim, from, Command::ClaimApprove, Some("移交".into())).await?;
    Ok(claim)
}
