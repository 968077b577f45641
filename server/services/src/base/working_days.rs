//! The calendar of working days 工作日历: what ships, and what the city lays over it when the yearly notice is out. Days
//! by which something is due stand as they were counted; a change counts for what begins after it.

use crate::base::work::Work;
use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use chrono::{Datelike, Days, NaiveDate};
use domain::calendar::{Exception, WorkingDays, shipped, source_of};
use domain::field::Check;
use domain::machine::Command;
use domain::permission::{Record, authorize};
use serde_json::json;
use std::collections::BTreeMap;
use storage::Db;
use storage::base::working_day::{self, WorkingDay};
use uuid::Uuid;

/// Most days that one form changes.
const MAX_SPAN: u64 = 31;

/// A day of the calendar, as it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub day: NaiveDate,
    /// None: by the day of the week again, though something else ships.
    pub works: Option<bool>,
    /// What the city wrote, or the name that ships.
    pub source: String,
    /// Changed by the city.
    pub own: bool,
}

fn laid_over(rows: Vec<WorkingDay>) -> BTreeMap<NaiveDate, Day> {
    let ships = |e: Exception| (e.day, Day { day: e.day, works: Some(e.works), source: e.name, own: false });
    let mut all: BTreeMap<NaiveDate, Day> = shipped().into_iter().map(ships).collect();
    for row in rows {
        let works = match row.kind.as_str() {
            "work" => Some(true),
            "rest" => Some(false),
            _ => None,
        };
        all.insert(row.day, Day { day: row.day, works, source: row.source, own: true });
    }
    all
}

async fn load(db: &Db) -> Result<BTreeMap<NaiveDate, Day>> {
    let mut tx = db.read().await?;
    Ok(laid_over(working_day::all(&mut tx).await?))
}

/// Takes up what the database holds now.
#[boxed]
pub async fn refresh(services: &Services) -> Result<()> {
    let all = load(&services.db).await?;
    services.replace_calendar(WorkingDays::new(all.values().filter_map(|d| Some((d.day, d.works?)))));
    Ok(())
}

/// A year as the page shows it.
#[derive(Clone, Debug)]
pub struct Year {
    pub year: i32,
    pub days: Vec<Day>,
    /// Where the shipped days come from.
    pub source: Option<&'static str>,
}

/// The days of a year that do not go by the day of the week, for the city's staff.
#[boxed]
pub async fn year(ctx: &Ctx, year: i32) -> Result<Year> {
    authorize(&ctx.actor, Command::ReferenceDays, &Record::default())?;
    let days = load(&ctx.services.db).await?.into_values().filter(|d| d.day.year() == year).collect();
    Ok(Year { year, days, source: source_of(year) })
}

/// Changes the days from one to another (the same where `until` is empty). `kind`: `rest`, `work` or `plain`; `source`:
/// the holiday and the notice that says so. Returns the year of the first day.
#[boxed]
pub async fn set(ctx: &Ctx, from: &str, until: &str, kind: &str, source: &str) -> Result<i32> {
    let mut check = Check::new();
    let from = check.day("from", "从哪天", from);
    let until = check.day_or_empty("until", "到哪天", until).or(from);
    if !matches!(kind, "rest" | "work" | "plain") {
        check.add("kind", "选择放假、上班，还是按星期几");
    }
    let source = check.line("source", "依据", source, 100);
    if let (Some(from), Some(until)) = (from, until) {
        if until < from {
            check.add("until", "到哪天早于从哪天，请核对");
        } else if until > from + Days::new(MAX_SPAN) {
            check.add("until", format!("一次最多改{MAX_SPAN}天，请核对年份"));
        }
        let this = ctx.now().day().year();
        if !(this - 1..=this + 2).contains(&from.year()) {
            check.add("from", format!("只改{}年到{}年的，请核对年份", this - 1, this + 2));
        }
    }
    check.done()?;
    let (Some(from), Some(until)) = (from, until) else { return Err(Error::Internal("checked days are there")) };
    let mut work = Work::begin(ctx, Command::ReferenceDays).await?;
    work.authorize(Command::ReferenceDays, &Record::default())?;
    for day in from.iter_days().take_while(|day| *day <= until) {
        let row = WorkingDay {
            day,
            kind: kind.to_owned(),
            source: source.clone(),
            updated_by: ctx.actor.account_id,
            updated_at: work.now,
        };
        working_day::set(&mut work.tx, &row).await?;
    }
    let data = json!({ "from": from, "until": until, "kind": kind, "source": source });
    work.noted(Command::ReferenceDays, Uuid::nil(), "set", data).await?;
    work.commit(&from.year().to_string()).await?;
    refresh(&ctx.services).await?;
    Ok(from.year())
}
