//! Commands on delivery entries 服务记录. Nothing confirmed is edited: a
//! correction is a new entry that supersedes the old one.

use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::deliveries::{insert, planned};
use crate::steps::{pairings, promises};
use crate::{Ctx, Error, Result};
use chrono::{Days, NaiveDate};
use domain::calendar::Time;
use domain::delivery::{CONFIRM_WORKING_DAYS, DeliveryState, MissReason, RECORD_DAYS};
use domain::field::{Check, only};
use domain::form::aid::delivery as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::pairing::PairingState;
use domain::permission::{Record, Separation};
use serde_json::json;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;
use uuid::Uuid;

/// A series of planned visits.
#[derive(Clone, Debug)]
pub struct Plan {
    pub line_id: Uuid,
    pub days: Vec<NaiveDate>,
    /// `HH:MM`
    pub at: Option<String>,
}

/// At most this many visits are planned in one go.
const PLAN_MAX: usize = 120;

/// Reads the plan form: `line`, `from`, `until`, `weekdays` (1–7, several), `at`.
pub fn read_plan(fields: &crate::Fields, today: NaiveDate) -> Result<Plan> {
    use chrono::Datelike;
    let mut check = Check::new();
    let line_id: Option<Uuid> = check.choice(form::LINE, fields);
    let from = check.date(form::FROM, fields);
    let until = check.date(form::UNTIL, fields);
    let weekdays: Vec<u32> = form::WEEKDAYS
        .values(fields)
        .filter_map(|value| value.parse().ok())
        .filter(|day| (1..=7).contains(day))
        .collect();
    let at = form::AT.value(fields).trim();
    let at = if at.is_empty() {
        None
    } else if chrono::NaiveTime::parse_from_str(at, "%H:%M").is_ok() {
        Some(at.to_owned())
    } else {
        check.wrong(form::AT, "几点：填24小时制，例如15:30");
        None
    };
    let mut days = Vec::new();
    if let Some(from) = from {
        let until = until.unwrap_or(from);
        if from < today {
            check.wrong(form::FROM, "开始日期已经过去，请填今天或以后的日期");
        } else if until < from {
            check.wrong(form::UNTIL, format!("结束日期早于开始日期，请改到{}之后", domain::calendar::day_words(from)));
        } else if until > from + Days::new(400) {
            check.wrong(form::UNTIL, "一次最多安排一年，请改近一些");
        } else {
            let single = until == from;
            days = from
                .iter_days()
                .take_while(|day| *day <= until)
                .filter(|day| single || weekdays.is_empty() || weekdays.contains(&day.weekday().number_from_monday()))
                .collect();
            if days.is_empty() {
                check.wrong(form::WEEKDAYS, "这段时间里没有选中的星期几，请重新选择");
            } else if days.len() > PLAN_MAX {
                check.wrong(form::UNTIL, format!("一次最多安排{PLAN_MAX}次，现在是{}次，请分几次安排", days.len()));
            }
        }
    }
    check.done()?;
    Ok(Plan { line_id: line_id.unwrap_or_default(), days, at })
}

/// Plans visits.
#[boxed]
pub async fn plan(ctx: &Ctx, pairing_code: &str, plan: &Plan) -> Result<usize> {
    let mut work = Work::begin(ctx, Command::DeliveryPlan).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    may_deliver(&pairing)?;
    has_line(&mut work, &pairing, plan.line_id).await?;
    let existing = storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await?;
    let mut made = 0;
    for day in &plan.days {
        // The same visit is not planned twice.
        if existing.iter().any(|d| {
            d.line_id == plan.line_id
                && d.planned_on == *day
                && d.planned_at == plan.at
                && d.state == DeliveryState::Planned
        }) {
            continue;
        }
        let row = planned(&work, &pairing, plan.line_id, *day, plan.at.clone());
        insert(&mut work, &need, &pairing, &row, Command::DeliveryPlan).await?;
        made += 1;
    }
    work.commit(pairing_code).await?;
    Ok(made)
}

fn may_deliver(pairing: &Pairing) -> Result<()> {
    if pairing.state == PairingState::Active {
        Ok(())
    } else if pairing.state == PairingState::PendingStart {
        Err(Error::rule("先登记首次联系，才能安排和记录服务"))
    } else {
        Err(Error::rule(format!("结对现在是“{}”，不能安排或记录服务", pairing.state.label())))
    }
}

async fn has_line(work: &mut Work<'_>, pairing: &Pairing, line: Uuid) -> Result<()> {
    if storage::aid::claim::lines(&mut work.tx, pairing.claim_id).await?.iter().any(|l| l.line_id == line) {
        Ok(())
    } else {
        Err(Error::wrong(form::LINE, "选择这件结对承接的服务"))
    }
}

/// What an event of an entry that stands already says.
fn about<'a>(need: &'a Need, pairing: &Pairing, row: &Delivery, reason: Option<String>) -> About<'a> {
    let data = json!({ "pairing": pairing.code, "units": row.units, "minutes": row.minutes });
    About { need: Some(need), organization: Some(pairing.organization_id), reason, data: Some(data) }
}

/// What happened on a visit that was made.
#[derive(Clone, Debug)]
pub struct Done {
    pub done_on: NaiveDate,
    /// `HH:MM`, where it is known.
    pub at: Option<String>,
    pub units: i64,
    /// Of one household; unknown of a round whose times were not given.
    pub minutes: Option<i64>,
    pub note: String,
    /// The same service stands recorded on that day already, and this is another time.
    pub again: bool,
}

/// What happened on a planned visit.
#[derive(Clone, Debug)]
pub enum Visit {
    Done(Done),
    Missed(MissReason, String),
}

/// Reads the visit form: `result` (`done` or a miss reason), `minutes`, `units`,
/// `note`, `done_on` (today when it is not sent).
pub fn read_visit(fields: &crate::Fields, today: NaiveDate) -> Result<Visit> {
    let mut check = Check::new();
    let note = check.read(form::NOTE, fields);
    let result = form::RESULT.value(fields);
    if let Ok(reason) = result.parse::<MissReason>() {
        check.done()?;
        return Ok(Visit::Missed(reason, note));
    }
    if result != "done" {
        check.missing(form::RESULT);
    }
    let minutes = check.whole(form::MINUTES, fields);
    let units = check.whole(form::UNITS.optional(), fields);
    let done_on = check.date(form::DONE_ON.optional(), fields);
    if let Some(day) = done_on {
        if day > today {
            check.wrong(form::DONE_ON, "服务日期在今天之后，请核对");
        } else if day < today - Days::new(RECORD_DAYS) {
            check.wrong(form::DONE_ON, format!("服务日期超过{RECORD_DAYS}天，请先向街道说明情况"));
        }
    }
    check.done()?;
    Ok(Visit::Done(Done {
        done_on: done_on.unwrap_or(today),
        at: None,
        units: units.unwrap_or(1),
        minutes,
        note,
        again: form::AGAIN.ticked(fields),
    }))
}

/// What a visit is recorded as.
fn recording(visit: &Visit) -> Command {
    if matches!(visit, Visit::Done(_)) { Command::DeliveryRecord } else { Command::DeliveryMiss }
}

/// Records a planned visit, made or missed.
#[boxed]
pub async fn record(ctx: &Ctx, pairing_code: &str, delivery: Uuid, visit: &Visit) -> Result<()> {
    let mut work = Work::begin(ctx, recording(visit)).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    may_deliver(&pairing)?;
    let row = storage::aid::delivery::by_id(&mut work.tx, delivery)
        .await?
        .filter(|d| d.pairing_id == pairing.id)
        .ok_or(Error::NotFound)?;
    if row.planned_on > work.now.day() {
        return Err(Error::rule("这次服务的日子还没到，到了那天再记录。要改期的，填改到哪天"));
    }
    note_visit(&mut work, &need, &pairing, row, visit).await?;
    work.commit(pairing_code).await
}

async fn note_visit(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    mut row: Delivery,
    visit: &Visit,
) -> Result<()> {
    row.recorded_by = work.ctx.actor.account_id;
    row.recorded_at = Some(work.now);
    let note = match visit {
        Visit::Done(done) => &done.note,
        Visit::Missed(_, note) => note,
    };
    work.hold(need, &[(form::NOTE.into(), note)]).await?;
    let step = work.step(&mut row.state)?;
    if let Visit::Done(done) = visit
        && !done.again
    {
        another(work, &row, done.done_on).await?;
    }
    match visit {
        Visit::Done(done) => fill(&mut row, done, work),
        Visit::Missed(reason, note) => {
            row.miss_reason = Some(*reason);
            row.note.clone_from(note);
        }
    }
    let reason = row.miss_reason.map(|reason| reason.label().to_owned());
    work.save(&row, step, about(need, pairing, &row, reason)).await
}

/// The same service of the same day is asked about: never refused silently, never taken twice by a second tap.
async fn another(work: &mut Work<'_>, row: &Delivery, day: NaiveDate) -> Result<()> {
    let same: Vec<Delivery> = storage::aid::delivery::of_pairing(&mut work.tx, row.pairing_id)
        .await?
        .into_iter()
        .filter(|d| d.id != row.id && d.line_id == row.line_id && d.done_on == Some(day) && !d.superseded)
        .filter(|d| d.state != DeliveryState::Voided)
        .collect();
    let Some(latest) = same.iter().filter_map(|d| d.recorded_at).max() else { return Ok(()) };
    let when = if latest.day() == day { latest.words_near(work.now) } else { domain::calendar::day_words(day) };
    Err(Error::wrong(
        form::AGAIN,
        format!("{when}已记过{}次，这是另一次吗？是另一次的请勾选，不是的不用再记", same.len()),
    ))
}

fn fill(row: &mut Delivery, done: &Done, work: &Work<'_>) {
    row.done_on = Some(done.done_on);
    row.units = Some(done.units);
    row.done_at.clone_from(&done.at);
    row.minutes = done.minutes;
    row.note.clone_from(&done.note);
    row.due_at = Some(work.ctx.services.calendar().due(work.now, CONFIRM_WORKING_DAYS));
}

/// Records a visit that was not planned: plans it and records it in one go.
#[boxed]
pub async fn record_unplanned(ctx: &Ctx, pairing_code: &str, line: Uuid, visit: &Visit) -> Result<()> {
    let mut work = Work::begin(ctx, recording(visit)).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    may_deliver(&pairing)?;
    has_line(&mut work, &pairing, line).await?;
    let day = if let Visit::Done(done) = visit { done.done_on } else { work.now.day() };
    let row = planned(&work, &pairing, line, day, None);
    insert(&mut work, &need, &pairing, &row, Command::DeliveryPlan).await?;
    note_visit(&mut work, &need, &pairing, row, visit).await?;
    work.commit(pairing_code).await
}

/// Corrects a recorded, disputed or confirmed entry by a new one.
#[boxed]
pub async fn correct(ctx: &Ctx, pairing_code: &str, delivery: Uuid, done: &Done, reason: &str) -> Result<()> {
    let reason = only(form::CORRECT, reason)?;
    let mut work = Work::begin(ctx, Command::DeliveryCorrect).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    may_deliver(&pairing)?;
    let mut old = storage::aid::delivery::by_id(&mut work.tx, delivery)
        .await?
        .filter(|d| d.pairing_id == pairing.id)
        .ok_or(Error::NotFound)?;
    if old.superseded
        || !matches!(old.state, DeliveryState::Recorded | DeliveryState::Disputed | DeliveryState::Confirmed)
    {
        return Err(Error::rule(format!(
            "这条记录现在是“{}”，不能更正",
            if old.superseded { "已被更正" } else { old.state.label() }
        )));
    }
    first(storage::aid::delivery::supersede(&mut work.tx, old.id).await?, Object::Delivery)?;
    old.superseded = true;
    if old.state != DeliveryState::Confirmed {
        let step = work.step_by(Command::DeliveryVoid, &mut old.state)?;
        old.reason = Some(reason.clone());
        work.save(&old, step, about(&need, &pairing, &old, Some(reason.clone()))).await?;
    }
    let mut row = planned(&work, &pairing, old.line_id, old.planned_on, old.planned_at.clone());
    row.state = DeliveryState::Recorded;
    row.supersedes = Some(old.id);
    row.recorded_by = ctx.actor.account_id;
    row.recorded_at = Some(work.now);
    row.reason = Some(reason);
    fill(&mut row, done, &work);
    let own = work.command();
    insert(&mut work, &need, &pairing, &row, own).await?;
    work.commit(pairing_code).await
}

/// Confirms or disputes; never by the account that recorded.
#[boxed]
pub async fn decide(ctx: &Ctx, delivery: Uuid, confirm: bool, reason: &str) -> Result<String> {
    let command = if confirm { Command::DeliveryConfirm } else { Command::DeliveryDispute };
    let reason = if confirm { None } else { Some(only(form::DISPUTE.required(true), reason)?) };
    let mut work = Work::begin(ctx, command).await?;
    let code = decide_in(&mut work, delivery, reason).await?;
    work.commit(&code).await?;
    Ok(code)
}

async fn decide_in(work: &mut Work<'_>, delivery: Uuid, reason: Option<String>) -> Result<String> {
    let found = storage::aid::delivery::by_id(&mut work.tx, delivery).await?.ok_or(Error::NotFound)?;
    let (pairing, need) = pairings::lock(work, found.pairing_id).await?;
    let mut row = storage::aid::delivery::by_id(&mut work.tx, delivery).await?.ok_or(Error::NotFound)?;
    let who = Record {
        division: Some(&row.division_code),
        others: vec![(row.recorded_by, Separation::Recorder)],
        ..Record::default()
    };
    work.authorize(&who)?;
    let step = work.step(&mut row.state)?;
    row.decided_by = work.ctx.actor.account_id;
    row.decided_at = Some(work.now);
    row.due_at = None;
    row.reason.clone_from(&reason);
    work.save(&row, step, about(&need, &pairing, &row, reason)).await?;
    if row.state == DeliveryState::Disputed {
        crate::base::notice::to_organization(
            work,
            pairing.organization_id,
            "服务记录有异议，请核对更正",
            &need.title,
            &href(Object::Pairing, &pairing.code),
        )
        .await?;
    }
    Ok(pairing.code)
}

/// Confirms several records at once: all of them or none.
#[boxed]
pub async fn confirm_all(ctx: &Ctx, deliveries: &[Uuid]) -> Result<usize> {
    let mut work = Work::begin(ctx, Command::DeliveryConfirm).await?;
    for delivery in deliveries {
        decide_in(&mut work, *delivery, None).await?;
    }
    work.commit("").await?;
    Ok(deliveries.len())
}

/// Moves a planned visit to another day, from today on; the hour stays.
#[boxed]
pub async fn move_to(ctx: &Ctx, pairing_code: &str, delivery: Uuid, day: NaiveDate, reason: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::DeliveryMove).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    may_deliver(&pairing)?;
    let all = storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await?;
    let mut row = all.iter().find(|d| d.id == delivery).cloned().ok_or(Error::NotFound)?;
    let step = work.step(&mut row.state)?;
    let today = work.now.day();
    if day < today || day > today + Days::new(400) {
        return Err(Error::wrong(form::MOVE_TO, "改到今天或以后、一年以内的日子"));
    }
    let taken = |d: &Delivery| {
        d.id != row.id && d.line_id == row.line_id && d.planned_on == day && d.state == DeliveryState::Planned
    };
    if day == row.planned_on || all.iter().any(taken) {
        return Err(Error::wrong(form::MOVE_TO, "那天已经安排了这项服务，换一天"));
    }
    let data = json!({ "pairing": pairing.code, "from": row.planned_on, "to": day });
    row.planned_on = day;
    // Whoever was to go then may not be free now.
    row.shift_id = None;
    let about = About {
        need: Some(&need),
        organization: Some(pairing.organization_id),
        reason: Some(reason.to_owned()),
        data: Some(data),
    };
    work.save(&row, step, about).await?;
    work.commit(pairing_code).await
}

/// Who goes on a planned visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// Not said.
    Nobody,
    /// An account of the organization.
    Worker(Uuid),
    /// The volunteers of a shift of that day.
    Shift(Uuid),
}

impl Goes {
    /// As a form sends it: `account:…`, `shift:…`, empty.
    pub fn value(self) -> String {
        match self {
            Self::Nobody => String::new(),
            Self::Worker(id) => format!("account:{id}"),
            Self::Shift(id) => format!("shift:{id}"),
        }
    }

    pub fn parse(value: &str) -> Option<Self> {
        match value.split_once(':') {
            _ if value.is_empty() => Some(Self::Nobody),
            Some(("account", id)) => id.parse().ok().map(Self::Worker),
            Some(("shift", id)) => id.parse().ok().map(Self::Shift),
            _ => None,
        }
    }
}

/// Says who goes. A worker is named for the household with it, so that it can be reached.
#[boxed]
pub async fn assign(ctx: &Ctx, pairing_code: &str, delivery: Uuid, goes: Goes) -> Result<()> {
    let mut work = Work::begin(ctx, Command::DeliveryAssign).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    may_deliver(&pairing)?;
    let mut row = storage::aid::delivery::by_id(&mut work.tx, delivery)
        .await?
        .filter(|d| d.pairing_id == pairing.id)
        .ok_or(Error::NotFound)?;
    let step = work.step(&mut row.state)?;
    (row.goes_id, row.shift_id) = match goes {
        Goes::Nobody => (None, None),
        Goes::Worker(id) => (Some(id), None),
        Goes::Shift(id) => (None, Some(id)),
    };
    let data = json!({ "pairing": pairing.code, "account": row.goes_id, "shift": row.shift_id });
    match goes {
        Goes::Nobody => {}
        Goes::Worker(id) => {
            let found = storage::people::account::by_id(&mut work.tx, id).await?;
            if found.is_none_or(|account| account.organization_id != Some(pairing.organization_id)) {
                return Err(Error::wrong(form::GOES, "选择本机构的工作人员"));
            }
            if storage::aid::pairing::add_worker(&mut work.tx, pairing.id, id, work.now).await? {
                let named = work.leads_by(Command::PairingAssignWorker, pairing.state)?;
                let data = Some(json!({ "pairing": pairing.code, "account": id }));
                let organization = Some(pairing.organization_id);
                work.stepped(named, pairing.id, About { need: Some(&need), organization, data, ..About::default() })
                    .await?;
            }
        }
        Goes::Shift(id) => {
            let (from, before) = span(row.planned_on);
            if !storage::aid::round::shift(&mut work.tx, pairing.organization_id, id, from, before).await? {
                return Err(Error::wrong(form::GOES, "选择本机构那一天的班次"));
            }
        }
    }
    let about =
        About { need: Some(&need), organization: Some(pairing.organization_id), data: Some(data), ..About::default() };
    work.save(&row, step, about).await?;
    work.commit(pairing_code).await
}

/// A day from its first to past its last moment.
pub(crate) fn span(day: NaiveDate) -> (Time, Time) {
    (Time::at(day, 0, 0), Time::at(day + Days::new(1), 0, 0))
}

/// Takes back a planned visit.
#[boxed]
pub async fn cancel(ctx: &Ctx, pairing_code: &str, delivery: Uuid, reason: &str) -> Result<()> {
    let reason = only(form::CANCEL, reason)?;
    let mut work = Work::begin(ctx, Command::DeliveryVoid).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    let mut row = storage::aid::delivery::by_id(&mut work.tx, delivery)
        .await?
        .filter(|d| d.pairing_id == pairing.id)
        .ok_or(Error::NotFound)?;
    let step = work.step(&mut row.state)?;
    row.reason = Some(reason.clone());
    row.decided_by = ctx.actor.account_id;
    row.decided_at = Some(work.now);
    row.due_at = None;
    let was_recorded = step.from != DeliveryState::Planned;
    work.save(&row, step, about(&need, &pairing, &row, Some(reason))).await?;
    if was_recorded && !pairing.state.is_running() {
        // What the ended pairing had on record is less by this.
        promises::settle(&mut work, &need, &pairing).await?;
    }
    work.commit(pairing_code).await
}
