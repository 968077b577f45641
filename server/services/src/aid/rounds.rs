//! The rounds of an organization 今天的上门: every household of some days in the order of the way, and many visits
//! recorded, moved, left out or given to somebody with one form. Each is a command of its own ([`delivery`]), with a
//! token made of the form's and its own: a second tap records nothing twice.

use crate::aid::delivery::{self, Done, Goes, Visit};
use crate::aid::masks::named;
use crate::aid::promise::{self, Line};
use crate::base::trail;
use crate::boxed;
use crate::steps::contact;
use crate::{Ctx, Error, Fields, Result};
use chrono::{Days, NaiveDate, NaiveTime, Timelike};
use domain::delivery::{DeliveryState, MissReason, RECORD_DAYS, SkipReason};
use domain::field::{Check, FieldError};
use domain::form::aid::delivery as single;
use domain::form::aid::round as form;
use domain::need::Frequency;
use domain::permission::Refusal;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Behind;
use uuid::Uuid;

/// What a row's token is spent on.
const RECORDS: u128 = 0;
const ASSIGNS: u128 = 1;

/// Whose visits are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Who {
    #[default]
    All,
    /// An account of the organization: what it was given, and what nobody was given of the households it is named for.
    Worker(Uuid),
}

/// Which visit a row stands for; its text is the star of the form's fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub pairing: String,
    /// A planned visit, or a line of which nothing is planned.
    pub visit: bool,
    pub id: Uuid,
}

impl Key {
    /// `JD120102-26-000087_v_0198…`
    pub fn text(&self) -> String {
        format!("{}_{}_{}", self.pairing, if self.visit { 'v' } else { 'l' }, self.id.simple())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let (pairing, kind, id) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
        let known = domain::code::is_code(pairing) && ["v", "l"].contains(&kind) && parts.next().is_none();
        known.then(|| Self { pairing: pairing.to_owned(), visit: kind == "v", id })
    }

    /// Spent by this row of a form that is sent once; a page gone back to may still record what it gave to somebody.
    fn once(&self, ctx: &Ctx, purpose: u128) -> Ctx {
        let own = ctx.once.map(|once| Uuid::from_u128(once.as_u128() ^ self.id.as_u128() ^ purpose));
        ctx.clone().with_once(own)
    }
}

/// Who goes, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Going {
    pub goes: Goes,
    pub words: String,
}

/// One service at one household on one day.
#[derive(Clone, Debug)]
pub struct Stop {
    pub key: Key,
    pub day: NaiveDate,
    /// Street or town.
    pub division_code: String,
    pub need_title: String,
    /// `李*`; empty where the reader may not know it.
    pub mask: String,
    /// What whoever goes has to mind.
    pub requirements: String,
    pub line: Line,
    /// Units that fall on this day.
    pub units: i64,
    /// `HH:MM`
    pub at: Option<String>,
    /// None of a line of which nothing is planned for the day.
    pub visit: Option<Delivery>,
    /// Of a line without a plan what its period still asks for: units, and its last day.
    pub open: Option<(i64, NaiveDate)>,
    pub going: Option<Going>,
}

impl Stop {
    /// Whether it waits to be recorded.
    pub fn is_open(&self) -> bool {
        self.visit.as_ref().is_none_or(|visit| visit.state == DeliveryState::Planned)
    }

    /// `李*：低糖午餐`
    pub fn name(&self) -> String {
        named(&self.mask, &self.need_title)
    }
}

/// The visits of some days.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// By place, hour and door.
    pub stops: Vec<Stop>,
    /// Earlier days on which planned visits are not recorded yet: how many.
    pub unrecorded: Vec<(NaiveDate, i64)>,
    /// Households with a running service, whether anything falls on these days or not.
    pub households: usize,
    /// Colleagues who may go.
    pub colleagues: Vec<(Uuid, String)>,
    /// Volunteers' shifts of the first day.
    pub shifts: Vec<storage::aid::round::Shift>,
}

/// A day's round.
#[boxed]
pub async fn day(ctx: &Ctx, day: NaiveDate, who: Who) -> Result<Round> {
    load(ctx, day, day, who).await
}

/// A week's, from its Monday.
#[boxed]
pub async fn week(ctx: &Ctx, monday: NaiveDate, who: Who) -> Result<Round> {
    load(ctx, monday, monday + Days::new(6), who).await
}

/// Volunteers' shifts that begin on a day.
#[boxed]
pub async fn shifts(ctx: &Ctx, day: NaiveDate) -> Result<Vec<storage::aid::round::Shift>> {
    let organization = ctx.organization()?;
    let (from, before) = delivery::span(day);
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::aid::round::shifts(&mut tx, organization, from, before).await?)
}

async fn load(ctx: &Ctx, from: NaiveDate, to: NaiveDate, who: Who) -> Result<Round> {
    let organization = ctx.organization()?;
    if !ctx.role().is_organization() {
        return Err(Error::Forbidden(Refusal::Role));
    }
    let today = ctx.now().day();
    let mut tx = ctx.services.db.read().await?;
    let colleagues: Vec<(Uuid, String)> = storage::people::account::of_organization(&mut tx, organization)
        .await?
        .into_iter()
        .map(|account| (account.id, account.display_name))
        .collect();
    if let Who::Worker(id) = who
        && !colleagues.iter().any(|(other, _)| *other == id)
    {
        return Err(Error::NotFound);
    }
    let other = match who {
        Who::Worker(id) => Some(id),
        Who::All => None,
    };
    let rows = storage::aid::pairing::behind_active(&mut tx, organization, ctx.actor.account_id, other).await?;
    let mut round = Round { colleagues, households: rows.len(), ..Round::default() };
    if rows.is_empty() {
        return Ok(round);
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.pairing.id).collect();
    // What had fallen due by yesterday is what is missing; the plan of the first day says how much falls on it.
    let yesterday = today - Days::new(1);
    let so_far = promise::read(&mut tx, &ids, yesterday, today).await?;
    let planned = promise::read(&mut tx, &ids, from, from.max(today)).await?;
    let mut visits: HashMap<(Uuid, Uuid), Vec<Delivery>> = HashMap::new();
    for visit in storage::aid::round::visits(&mut tx, organization, from, to).await? {
        visits.entry((visit.pairing_id, visit.line_id)).or_default().push(visit);
    }
    let (start, _) = delivery::span(from);
    let (_, end) = delivery::span(to);
    let shifts = storage::aid::round::shifts(&mut tx, organization, start, end).await?;
    let names: HashMap<Uuid, &str> = round.colleagues.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let mut doors: HashMap<&str, String> = HashMap::new();
    let mut masked = false;
    for row in &rows {
        let pairing = &row.pairing;
        let household = contact::behind(ctx, row)?;
        // Once closed, an organization keeps not even the masked parts.
        let mut mask = String::new();
        if household.closed.is_none() {
            mask = domain::disclosure::mask_name(&household.file().name);
            doors.insert(pairing.code.as_str(), natural(&household.file().address));
        }
        let lines = so_far.get(&pairing.id).map(|promise| promise.lines.as_slice()).unwrap_or_default();
        for line in lines {
            let of_day = planned
                .get(&pairing.id)
                .and_then(|promise| promise.lines.iter().find(|other| other.line_id == line.line_id));
            let of_line = visits.remove(&(pairing.id, line.line_id)).unwrap_or_default();
            for stop in stops(row, line, of_day, of_line, (from, to), today) {
                let going = stop.visit.as_ref().and_then(|visit| going(visit, &names, &shifts));
                if !is_of(who, &stop, going.as_ref(), row.named_other) {
                    continue;
                }
                masked |= !mask.is_empty();
                round.stops.push(Stop { mask: mask.clone(), going, ..stop });
            }
        }
    }
    round.unrecorded = storage::aid::round::unrecorded(&mut tx, organization, today.min(from)).await?;
    let first = delivery::span(from);
    round.shifts = shifts.into_iter().filter(|shift| shift.starts_at >= first.0 && shift.starts_at < first.1).collect();
    drop(tx);
    round.stops.sort_by_cached_key(|stop| {
        let door = doors.get(stop.key.pairing.as_str()).cloned().unwrap_or_default();
        (stop.day, stop.division_code.clone(), stop.at.clone(), door, stop.name(), stop.key.text())
    });
    // In the order of the villages; which one a household lives in is told with its address, when that is opened.
    for stop in &mut round.stops {
        stop.division_code = format!("{:0<12}", stop.division_code.chars().take(9).collect::<String>());
    }
    if masked {
        let about = trail::About { organization: Some(organization), ..trail::About::default() };
        trail::read(ctx, "masked_round", &from.to_string(), about).await?;
    }
    Ok(round)
}

/// The rows of one line: its visits of these days, and the day itself where nothing is planned and something is due.
fn stops(
    row: &Behind,
    line: &Line,
    of_day: Option<&Line>,
    visits: Vec<Delivery>,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Vec<Stop> {
    let stop = |day: NaiveDate, key: Key| Stop {
        key,
        day,
        division_code: row.need_division.clone(),
        need_title: row.need_title.clone(),
        mask: String::new(),
        requirements: row.need_requirements.clone(),
        // The period is that of these days, the account yesterday's.
        line: Line { running: of_day.and_then(|of_day| of_day.running), ..line.clone() },
        units: of_day.map_or(1, |line| line.share),
        at: None,
        visit: None,
        open: None,
        going: None,
    };
    let mut all: Vec<Stop> = visits
        .into_iter()
        .map(|visit| {
            let key = Key { pairing: row.pairing.code.clone(), visit: true, id: visit.id };
            let day = visit.done_on.unwrap_or(visit.planned_on);
            let units = visit.units.unwrap_or_else(|| of_day.map_or(1, |line| line.share));
            Stop { units, at: visit.planned_at.clone(), visit: Some(visit), ..stop(day, key) }
        })
        .collect();
    let key = || Key { pairing: row.pairing.code.clone(), visit: false, id: line.line_id };
    if line.per == Frequency::Day {
        // Each day is a period of its own; a week looks ahead only.
        let units = of_day.map_or(line.share, |of_day| of_day.share.max(line.share));
        for day in from.iter_days().take_while(|day| *day <= to) {
            let due = line.from <= day && day <= line.to && (day >= today || from == to);
            if due && !all.iter().any(|stop| stop.day == day) {
                all.push(Stop { units, ..stop(day, key()) });
            }
        }
    } else if let Some(running) = of_day.and_then(|line| line.running)
        && all.is_empty()
        && !running.planned
        && running.open > 0
    {
        all.push(Stop { open: Some((running.open, running.to)), ..stop(from, key()) });
    }
    all
}

fn is_of(who: Who, stop: &Stop, going: Option<&Going>, named: bool) -> bool {
    let Who::Worker(id) = who else { return true };
    match going.map(|going| going.goes) {
        Some(Goes::Worker(other)) => other == id,
        Some(Goes::Shift(_)) => false,
        Some(Goes::Nobody) | None => named || stop.visit.as_ref().is_some_and(|visit| visit.recorded_by == Some(id)),
    }
}

fn going(visit: &Delivery, names: &HashMap<Uuid, &str>, shifts: &[storage::aid::round::Shift]) -> Option<Going> {
    if let Some(id) = visit.goes_id {
        let name = names.get(&id).copied().unwrap_or("已离开的同事");
        return Some(Going { goes: Goes::Worker(id), words: name.to_owned() });
    }
    let id = visit.shift_id?;
    let words = shifts.iter().find(|shift| shift.id == id).map_or_else(|| "志愿者班次".to_owned(), shift_words);
    Some(Going { goes: Goes::Shift(id), words })
}

/// `志愿者2人，送餐 11:00`
pub fn shift_words(shift: &storage::aid::round::Shift) -> String {
    let at = shift.starts_at.local();
    format!("志愿者{}人，{} {:02}:{:02}", shift.taken, shift.title, at.hour(), at.minute())
}

/// An address as doors follow each other: numbers by their value.
fn natural(address: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in address.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            let _ = write!(out, "{digits:0>6}");
            digits.clear();
        }
        out.push(c);
    }
    out
}

/// What one row came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub key: Key,
    /// What was recorded, or why not.
    pub result: Result<String, String>,
}

/// What is to be done with a row.
enum Act {
    Done(Done),
    Missed(MissReason, String),
    Skip(String),
    Move(NaiveDate, String),
}

/// The rows of a form, in its order: those of a place under the place's star, and those that were touched alone.
fn keys(fields: &Fields) -> Vec<(String, Key)> {
    fields.iter().filter_map(|(name, value)| Some((form::ROW.key(name)?.to_owned(), Key::parse(value)?))).collect()
}

/// Reads what each row of a round asks for, every mistake at its field. A row that was neither ticked nor explained
/// is left alone.
fn read(fields: &Fields, today: NaiveDate) -> Result<Vec<(Key, Act)>> {
    let mut check = Check::new();
    let mut acts = Vec::new();
    let mut seen = HashSet::new();
    let rows: Vec<_> = keys(fields).into_iter().filter(|(_, key)| seen.insert(key.clone())).collect();
    // How many of each service were made: the time of a way is shared by its households.
    let ticked = |place: &str, key: &Key| {
        let own = form::DONE.at(key.text()).value(fields) == form::DONE.tick_value();
        let all = form::ALL_DONE.at(place).value(fields) == form::ALL_DONE.tick_value();
        (own || all) && form::WHY.at(key.text()).value(fields).is_empty()
    };
    let mut made: BTreeMap<&str, i64> = BTreeMap::new();
    for (place, key) in &rows {
        *made.entry(service_of(place)).or_default() += i64::from(ticked(place, key));
    }
    let mut times: HashMap<&str, (NaiveDate, Option<String>, Option<i64>)> = HashMap::new();
    for (service, count) in &made {
        times.insert(service, time(&mut check, fields, service, (*count).max(1), today));
    }
    for (place, key) in &rows {
        let star = key.text();
        let note = check.read(form::NOTE.at(&star), fields);
        let why = form::WHY.at(&star).value(fields);
        if why.is_empty() {
            if ticked(place, key) {
                let units = check.whole(form::UNITS.at(&star), fields).unwrap_or(1);
                let (done_on, at, minutes) = times.get(service_of(place)).cloned().unwrap_or((today, None, None));
                let again = form::AGAIN.at(&star).value(fields) == form::AGAIN.tick_value();
                acts.push((key.clone(), Act::Done(Done { done_on, at, units, minutes, note, again })));
            }
            continue;
        }
        let to = check.date(form::MOVE_TO.at(&star), fields);
        if let Ok(reason) = why.parse::<MissReason>() {
            acts.push((
                key.clone(),
                match to.filter(|_| reason.is_postponed()) {
                    Some(day) if key.visit => Act::Move(day, reason.label().to_owned()),
                    _ => Act::Missed(reason, note),
                },
            ));
        } else if let (Ok(reason), true) = (why.parse::<SkipReason>(), key.visit) {
            let more = if note.is_empty() { String::new() } else { format!("：{note}") };
            acts.push((key.clone(), Act::Skip(format!("{}{more}", reason.label()))));
        } else {
            check.wrong(form::WHY.at(&star), "选择列表里的原因");
        }
    }
    check.done()?;
    Ok(acts)
}

/// `B01` of `B01-120102012011`
fn service_of(place: &str) -> &str {
    place.split('-').next().unwrap_or(place)
}

/// When the visits of a service were made: the day, from when, and the minutes of each of `count` households.
fn time(
    check: &mut Check,
    fields: &Fields,
    service: &str,
    count: i64,
    today: NaiveDate,
) -> (NaiveDate, Option<String>, Option<i64>) {
    let done_on = check.date(form::DONE_ON.optional().at(service), fields).unwrap_or(today);
    if done_on > today {
        check.wrong(form::DONE_ON.at(service), "服务日期在今天之后，请核对");
    } else if done_on < today - Days::new(RECORD_DAYS) {
        check.wrong(form::DONE_ON.at(service), format!("服务日期超过{RECORD_DAYS}天，请先向街道说明情况"));
    }
    let mut clock = |field: domain::form::FieldAt| {
        let typed = field.value(fields).trim().to_owned();
        let read = NaiveTime::parse_from_str(&typed, "%H:%M").ok();
        if read.is_none() && !typed.is_empty() {
            check.wrong(field, "填24小时制，例如11:30");
        }
        read
    };
    let from = clock(form::FROM.at(service));
    let until = clock(form::UNTIL.at(service));
    let minutes = match (from, until) {
        (Some(from), Some(until)) if until <= from => {
            check.wrong(form::UNTIL.at(service), "结束时间要晚于开始时间");
            None
        }
        (Some(from), Some(until)) => Some(((until - from).num_minutes() / count).max(1)),
        _ => None,
    };
    (done_on, from.map(|at| at.format("%H:%M").to_string()), minutes)
}

/// Records a round: one command a row, one answer a row. Nothing is recorded while a field of the form is wrong.
#[boxed]
pub async fn record(ctx: &Ctx, fields: &Fields) -> Result<(Vec<Outcome>, Vec<FieldError>)> {
    ctx.organization()?;
    let acts = read(fields, ctx.now().day())?;
    if acts.is_empty() {
        // Of no field: it is said above them all.
        return Err(Error::Invalid(vec![FieldError::new(
            "",
            "还没有勾选，也没有选原因。做了的勾一下，没做成的选原因",
        )]));
    }
    let (mut outcomes, mut mistakes) = (Vec::new(), Vec::new());
    for (key, act) in acts {
        let words = said(&act);
        let result = match give(&key.once(ctx, RECORDS), &key, act).await {
            Ok(()) | Err(Error::AlreadyDone { .. }) => Ok(words),
            // A place that can be written to no more is no answer about a row.
            Err(error @ (Error::Storage(_) | Error::Internal(_) | Error::SignedOut)) => return Err(error),
            Err(Error::Invalid(wrong)) => {
                let sentence = Error::Invalid(wrong.clone()).sentence(ctx.now());
                mistakes.extend(wrong.into_iter().map(|mistake| at_row(mistake, &key)));
                Err(sentence)
            }
            Err(error) => Err(error.sentence(ctx.now())),
        };
        outcomes.push(Outcome { key, result });
    }
    Ok((outcomes, mistakes))
}

/// A mistake of one visit's form where it stands in the round's.
fn at_row(mut mistake: FieldError, key: &Key) -> FieldError {
    let star = key.text();
    let field = if mistake.field == single::NOTE.name {
        form::NOTE.at(star)
    } else if mistake.field == single::UNITS.name {
        form::UNITS.at(star)
    } else if mistake.field == single::AGAIN.name {
        form::AGAIN.at(star)
    } else if mistake.field == single::MOVE_TO.name {
        form::MOVE_TO.at(star)
    } else {
        form::WHY.at(star)
    };
    mistake.field = field.name.into_owned();
    mistake
}

fn said(act: &Act) -> String {
    match act {
        Act::Done(done) => format!("已记{}", done.units),
        Act::Missed(reason, _) => format!("已记没做成：{}", reason.label()),
        Act::Skip(reason) => format!("这次不去：{reason}"),
        Act::Move(day, _) => format!("改到{}", domain::calendar::day_words(*day)),
    }
}

async fn give(ctx: &Ctx, key: &Key, act: Act) -> Result<()> {
    let visit = match act {
        Act::Skip(reason) => return delivery::cancel(ctx, &key.pairing, key.id, &reason).await,
        Act::Move(day, reason) => return delivery::move_to(ctx, &key.pairing, key.id, day, &reason).await,
        Act::Done(done) => Visit::Done(done),
        Act::Missed(reason, note) => Visit::Missed(reason, note),
    };
    if key.visit {
        delivery::record(ctx, &key.pairing, key.id, &visit).await
    } else {
        delivery::record_unplanned(ctx, &key.pairing, key.id, &visit).await
    }
}

/// Says who goes to the planned visits of one place of a form.
#[boxed]
pub async fn assign(ctx: &Ctx, fields: &Fields, place: &str) -> Result<usize> {
    ctx.organization()?;
    let goes = Goes::parse(form::GOES.at(place).value(fields))
        .ok_or_else(|| Error::wrong(form::GOES.at(place), "选择谁去"))?;
    let at_place = |error: Error| match error {
        Error::Invalid(wrong) => Error::Invalid(
            wrong.into_iter().map(|mistake| FieldError::new(form::GOES.at(place).name, mistake.message)).collect(),
        ),
        other => other,
    };
    let mut given = 0;
    for (_, key) in keys(fields).into_iter().filter(|(of, key)| of == place && key.visit) {
        match delivery::assign(&key.once(ctx, ASSIGNS), &key.pairing, key.id, goes).await {
            Ok(()) | Err(Error::AlreadyDone { .. }) => given += 1,
            // Recorded meanwhile: nobody has to go.
            Err(Error::Conflict(crate::Conflict::Illegal(_))) => {}
            Err(error) => return Err(at_place(error)),
        }
    }
    Ok(given)
}

/// The contact data of a day's round, each opened and written down as on its own page: by pairing's code, or why not.
#[boxed]
pub async fn open(
    ctx: &Ctx,
    round: &Round,
    purpose: domain::pairing::Purpose,
) -> Result<HashMap<String, Result<crate::aid::pairing::Contact, String>>> {
    let mut all = HashMap::new();
    for stop in &round.stops {
        if all.contains_key(&stop.key.pairing) {
            continue;
        }
        let opened = match crate::aid::pairing::disclose(&ctx.clone().with_once(None), &stop.key.pairing, purpose).await
        {
            Ok(contact) => Ok(contact),
            Err(error @ (Error::Storage(_) | Error::Internal(_) | Error::Unrecorded)) => return Err(error),
            Err(error) => Err(error.sentence(ctx.now())),
        };
        all.insert(stop.key.pairing.clone(), opened);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_and_spend_tokens_of_their_own() {
        let key = |n: u128, visit| Key { pairing: "JD120102-26-000087".into(), visit, id: Uuid::from_u128(n) };
        for key in [key(7, true), key(8, false)] {
            assert_eq!(Key::parse(&key.text()), Some(key));
        }
        for bad in ["", "JD120102-26-000087", "JD120102-26-000087_v_x", "x_v_00000000000000000000000000000007"] {
            assert_eq!(Key::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn doors_follow_each_other_by_their_numbers() {
        let mut doors = ["示例里10号楼2门", "示例里9号楼11门", "示例里9号楼2门"].map(|door| (natural(door), door));
        doors.sort();
        assert_eq!(doors.map(|(_, door)| door), ["示例里9号楼2门", "示例里9号楼11门", "示例里10号楼2门"]);
    }
}
