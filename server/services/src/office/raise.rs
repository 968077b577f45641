//! The running of the clock table: reminds at half time, says that something is late, takes it up from street to
//! district to city. How far each clock was heeded is its mark; nothing is said twice.

use crate::aid::claim;
use crate::base::notice;
use crate::base::work::{About, Work};
use crate::office::waiting::Line;
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::clock::{Moment, Name, Office, Who};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::permission::Record;
use serde_json::json;
use std::collections::BTreeMap;
use storage::aid::waiting::{self, Mark};
use uuid::Uuid;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    pub steps: usize,
    pub failed: usize,
}

/// Counts a step that was taken.
pub(crate) fn note(done: &mut Done, clock: &str, outcome: Result<()>) {
    match outcome {
        Ok(()) => done.steps += 1,
        // Somebody did it first: that is what the check inside is for.
        Err(Error::Conflict(_) | Error::NotFound) => {}
        Err(error) => {
            done.failed += 1;
            tracing::error!(clock, %error, "a clock's step failed");
        }
    }
}

/// Lines of one transaction.
const PORTION: usize = 200;

/// Who hears something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ear {
    Organization(Uuid),
    Account(Uuid),
    /// The office of exactly this scope.
    Office(String),
}

/// Whether a step is taken and said by a command of its own.
fn has_own_step(name: Name, office: Office) -> bool {
    match name {
        // The claim and the need carry their step in a column; their commands tell whom it reaches.
        Name::ClaimDecision => office > Office::Street,
        Name::NeedUnclaimed => true,
        Name::HandOver => office == Office::District,
        Name::Rights => office < Office::City,
        _ => false,
    }
}

/// Whom a moment of a line is told.
fn ears(line: &Line, moment: Moment) -> Vec<Ear> {
    let row = &line.row;
    // Where the street is not known yet, its district sees to it.
    let street = |digits| if digits == 9 && row.division_code.get(6..9) == Some("000") { 6 } else { digits };
    let office =
        |digits: usize| Ear::Office(row.division_code.get(..street(digits)).unwrap_or(&row.division_code).to_owned());
    let must = |late: bool| match line.running.clock().must {
        Who::Organization => row.organization_id.map(Ear::Organization).into_iter().collect(),
        Who::Assignee => row.account_id.map(Ear::Account).into_iter().collect(),
        // That it is late the office hears with the step upwards.
        Who::Street | Who::District if late => Vec::new(),
        Who::Village if late => vec![office(12)],
        Who::Street => vec![office(9)],
        Who::Village => vec![office(12), office(9)],
        Who::District => vec![office(6)],
        Who::Team | Who::Volunteer => Vec::new(),
    };
    match moment {
        Moment::Remind => must(false),
        Moment::Late => must(true),
        Moment::Up(step) if has_own_step(row.clock, step) => Vec::new(),
        Moment::Up(step) => vec![office(step.digits())],
    }
}

/// Everything whose next moment may have come.
async fn found(ctx: &Ctx) -> Result<Vec<Line>> {
    let now = ctx.now();
    let mut tx = ctx.services.db.read().await?;
    let mut rows = waiting::unheeded(&mut tx, now).await?;
    let yesterday = now.day() - chrono::Days::new(1);
    let mut grouped = waiting::visits(&mut tx, "", Some(yesterday), now).await?;
    for clock in [Name::Visit, Name::Confirmation, Name::Correction] {
        if grouped.iter().any(|row| row.clock == clock) {
            let marks = waiting::marks(&mut tx, clock).await?;
            let heeded = |mark: &Mark, since: Time| mark.since == since && mark.next_at > now;
            grouped.retain(|row| {
                row.clock != clock || !marks.get(&row.object_id).is_some_and(|mark| heeded(mark, row.since))
            });
        }
    }
    rows.extend(grouped);
    rows.extend(waiting::quiet(&mut tx, "", None, (now, true)).await?);
    Ok(rows.into_iter().filter_map(|row| Line::of(&ctx.services, row)).collect())
}

/// One run: each line whose next moment has come is told to whom it concerns, and marked.
pub(crate) async fn run(ctx: &Ctx) -> Result<Done> {
    let lines = found(ctx).await?;
    let mut done = Done::default();
    for portion in lines.chunks(PORTION) {
        done.steps += heed(ctx, portion).await?;
    }
    Ok(done)
}

async fn heed(ctx: &Ctx, lines: &[Line]) -> Result<usize> {
    let calendar = ctx.services.calendar();
    let mut work = Work::begin(ctx, Command::ClockRaise).await?;
    work.authorize(&Record::default())?;
    waiting::hold_run(&mut work.tx).await?;
    let mut told: BTreeMap<(Ear, Moment, Name), Vec<&Line>> = BTreeMap::new();
    let mut steps = 0;
    for line in lines {
        let row = &line.row;
        let moments = line.running.moments(&calendar);
        let passed = moments.iter().filter(|(at, _)| *at < work.now).count();
        let old = waiting::mark_of(&mut work.tx, row.clock, row.object_id).await?;
        let old = old.filter(|mark| mark.since == row.since);
        let heeded = old.map_or(0, |mark| usize::try_from(mark.level).unwrap_or(0));
        let next = moments.get(passed).map(|(at, _)| *at);
        // A quiet pairing is looked at again every day: a new silence begins with the next record.
        let rest = if row.clock == Name::Quiet { work.now.plus_days(1) } else { Time(i64::MAX) };
        let mark = Mark {
            object_id: row.object_id,
            since: row.since,
            level: i64::try_from(passed.max(heeded)).unwrap_or_default(),
            next_at: next.unwrap_or(rest),
        };
        if old != Some(mark) {
            let now = work.now;
            waiting::set_mark(&mut work.tx, row.clock, &mark, now).await?;
        }
        let new: Vec<Moment> = moments.iter().take(passed).skip(heeded).map(|(_, moment)| *moment).collect();
        let overdue = new.iter().any(|moment| *moment != Moment::Remind);
        for moment in &new {
            // A reminder that comes together with the lateness says nothing more.
            if *moment == Moment::Remind && overdue {
                continue;
            }
            for ear in ears(line, *moment) {
                told.entry((ear, *moment, row.clock)).or_default().push(line);
            }
        }
        let up = new.iter().filter_map(|moment| if let Moment::Up(office) = moment { Some(*office) } else { None });
        if let Some(office) = up.filter(|office| !has_own_step(row.clock, *office)).max() {
            record(&mut work, line, office).await?;
        }
        steps += usize::from(!new.is_empty());
    }
    for ((ear, moment, name), lines) in told {
        tell(&mut work, &ear, moment, name, &lines).await?;
    }
    work.commit("").await?;
    Ok(steps)
}

/// The history of the need says that it went up.
async fn record(work: &mut Work<'_>, line: &Line, office: Office) -> Result<()> {
    let need = match line.row.need_id {
        Some(id) => storage::needs::need::by_id(&mut work.tx, id).await?,
        None => None,
    };
    let about = About {
        need: need.as_ref(),
        organization: line.row.organization_id,
        reason: Some(format!("{}逾期，{}已知道", line.row.clock.label(), office.words())),
        data: Some(json!({ "clock": line.row.clock, "object": line.running.clock().object, "to": office.words() })),
    };
    work.noted(line.row.object_id, "raised", about).await
}

/// One notice of a line; one of many where there are many of a kind.
async fn tell(work: &mut Work<'_>, ear: &Ear, moment: Moment, name: Name, lines: &[&Line]) -> Result<()> {
    let Some(first) = lines.first() else { return Ok(()) };
    let label = name.label();
    let until = first.running.due.words_near(work.now);
    let title = match (moment, lines.len()) {
        (Moment::Remind, 1) => format!("请办理：{label}，{until}前"),
        (Moment::Remind, n) => format!("请办理：{label}{n}件，最早的{until}前"),
        (_, 1) => format!("逾期没有办：{label}"),
        (_, n) => format!("逾期没有办：{label}{n}件"),
    };
    let (body, href) = match lines {
        [one] => (one.row.title.clone(), one.href()),
        many => {
            let titles: Vec<&str> = many.iter().take(3).map(|line| line.row.title.as_str()).collect();
            (titles.join("；"), if moment == Moment::Remind { "/desk".to_owned() } else { "/desk/overdue".to_owned() })
        }
    };
    match ear {
        Ear::Organization(id) => notice::to_organization(work, *id, &title, &body, &href).await,
        Ear::Account(id) => notice::to_account(work, *id, &title, &body, &href).await,
        Ear::Office(scope) => notice::to_scope(work, scope, &title, &body, &href).await,
    }
}

pub(crate) const CLAIMS: &str = "clock: undecided claims";

/// Claims that nobody has decided in time: each as far up as its time has come.
pub(crate) async fn claims(ctx: &Ctx) -> Result<Done> {
    let (now, calendar) = (ctx.now(), ctx.services.calendar());
    let mut tx = ctx.services.db.read().await?;
    let late = storage::aid::claim::overdue(&mut tx, ClaimState::Submitted, now).await?;
    let ids: Vec<Uuid> = late.iter().map(|claim| claim.need_id).collect();
    let needs = storage::needs::need::by_ids(&mut tx, &ids).await?;
    drop(tx);
    let mut done = Done::default();
    for row in late {
        let urgent = needs.iter().any(|need| need.id == row.need_id && need.is_urgent());
        if claim::level(&row, urgent, now, &calendar) > row.escalation {
            note(&mut done, CLAIMS, claim::escalate(ctx, row.id).await);
        }
    }
    Ok(done)
}

/// Published needs whose validity ends in 14 and in 3 days: their street is told.
pub(crate) async fn validity(ctx: &Ctx) -> Result<Done> {
    let days = domain::clock::VALIDITY_DAYS;
    let first = days.iter().copied().max().unwrap_or_default();
    let now = ctx.now();
    let until = now.plus_days(first).day();
    let found = waiting::ending(&mut ctx.services.db.read().await?, until, now).await?;
    if found.is_empty() {
        return Ok(Done::default());
    }
    let mut work = Work::begin(ctx, Command::ClockRaise).await?;
    work.authorize(&Record::default())?;
    waiting::hold_run(&mut work.tx).await?;
    let mut done = Done::default();
    for (id, code, title, division, last_day) in found {
        // Until the end of the last day.
        let due = Time::at(last_day, 0, 0).plus_days(1);
        let times = || days.iter().map(|days| due.plus_days(-days));
        let passed = times().filter(|at| *at <= work.now).count();
        let next_at = times().filter(|at| *at > work.now).min().unwrap_or(due.plus_days(1));
        let level = i64::try_from(passed).unwrap_or_default();
        let old = waiting::mark_of(&mut work.tx, Name::NeedValidity, id).await?.filter(|mark| mark.since == due);
        let mark = Mark { object_id: id, since: due, level, next_at };
        let now = work.now;
        waiting::set_mark(&mut work.tx, Name::NeedValidity, &mark, now).await?;
        if old.map_or(0, |old| old.level) < level && due > now {
            let left = (last_day - now.day()).num_days();
            let said = format!("有效期还剩{left}天，还在公开，请看要不要延长");
            notice::to_street(&mut work, &division, &said, &title, &href(Object::Need, &code)).await?;
            done.steps += 1;
        }
    }
    work.commit("").await?;
    Ok(done)
}

/// Volunteers whose shift begins within a day hear so once.
pub(crate) async fn tomorrow(ctx: &Ctx) -> Result<Done> {
    let now = ctx.now();
    let found =
        storage::volunteers::signup::beginning(&mut ctx.services.db.read().await?, now, now.plus_days(1)).await?;
    if found.is_empty() {
        return Ok(Done::default());
    }
    let mut work = Work::begin(ctx, Command::ClockRaise).await?;
    work.authorize(&Record::default())?;
    waiting::hold_run(&mut work.tx).await?;
    let mut done = Done::default();
    for one in found {
        if waiting::mark_of(&mut work.tx, Name::ShiftTomorrow, one.id).await?.is_some() {
            continue;
        }
        let mark = Mark { object_id: one.id, since: one.starts_at, level: 1, next_at: Time(i64::MAX) };
        waiting::set_mark(&mut work.tx, Name::ShiftTomorrow, &mark, now).await?;
        let body = format!("{}，{}", one.title, one.starts_at.words_near(now));
        notice::to_account(&mut work, one.account_id, "明天有班次，请按时到", &body, "/my").await?;
        done.steps += 1;
    }
    work.commit("").await?;
    Ok(done)
}
