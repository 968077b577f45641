//! Shifts 班次 of an opening: planned, widened, called off.

use crate::base::draft::Fields;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::steps::openings::{self, about, stands};
use crate::steps::places::promote;
use crate::steps::shifts::{self, lock};
use crate::steps::teams::rights;
use crate::{Ctx, Error, Result, Services};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, Timelike};
use domain::calendar::Time;
use domain::field::{Check, only};
use domain::form::FieldDef;
use domain::form::volunteers::shift as form;
use domain::machine::Command;
use domain::opening::{MAX_MINUTES, MAX_SERIES, OpeningState, ShiftState};
use serde_json::json;
use storage::volunteers::opening::{self, Shift};
use uuid::Uuid;

/// Shifts to plan: one, or one a week on chosen days.
#[derive(Clone, Debug)]
pub struct Plan {
    pub times: Vec<(Time, Time)>,
    pub places: i64,
}

fn clock(check: &mut Check, field: FieldDef, fields: &Fields) -> Option<NaiveTime> {
    let text = domain::text::nfkc(field.value(fields)).replace('：', ":");
    let time = NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    if time.is_none() {
        check.wrong(field, format!("{}：填24小时制，例如9:00", field.label));
    }
    time
}

/// Reads the form: `from`, `until` (empty: one shift), `weekdays`* (1–7), `begins`, `ends` (earlier than `begins`:
/// over midnight), `places`.
pub fn read_plan(fields: &Fields, now: Time) -> Result<Plan> {
    let mut check = Check::new();
    let from = check.date(form::FROM, fields);
    let until = check.date(form::UNTIL, fields);
    let weekdays = form::WEEKDAYS.values(fields).filter_map(|day| day.parse().ok());
    let weekdays: Vec<u32> = weekdays.filter(|day| (1..=7).contains(day)).collect();
    let begins = clock(&mut check, form::BEGINS, fields);
    let ends = clock(&mut check, form::ENDS, fields);
    let places = check.whole(form::PLACES, fields).unwrap_or(1);
    let mut times = Vec::new();
    if let (Some(from), Some(begins), Some(ends)) = (from, begins, ends) {
        let until = until.unwrap_or(from);
        let at = |day: NaiveDate, time: NaiveTime| Time::at(day, time.hour(), time.minute());
        if begins == ends {
            check.wrong(form::ENDS, "结束时间和开始时间一样，请核对");
        } else if from > now.day() + Days::new(400) {
            check.wrong(form::FROM, "最多排到一年以后，请改近一些");
        } else if until < from {
            check.wrong(form::UNTIL, "每周重复到哪天：早于第一天，请核对");
        } else if until > from + Days::new(366) {
            check.wrong(form::UNTIL, "一次最多排一年，请改近一些");
        } else {
            for day in from.iter_days().take_while(|day| *day <= until) {
                let wanted = if from == until { true } else { weekdays.contains(&day.weekday().number_from_monday()) };
                if wanted {
                    let end = if ends > begins { day } else { day + Days::new(1) };
                    times.push((at(day, begins), at(end, ends)));
                }
            }
            if from != until && weekdays.is_empty() {
                check.wrong(form::WEEKDAYS, "排一段时间的，请选每周星期几");
            } else if times.is_empty() {
                check.wrong(form::WEEKDAYS, "这段时间里没有选中的星期几，请重新选择");
            } else if times.len() > MAX_SERIES {
                check.wrong(form::UNTIL, format!("一次最多排{MAX_SERIES}个班次，现在是{}个，请分几次", times.len()));
            } else if times[0].0 <= now {
                check.wrong(form::FROM, "开始时间已经过去，请填以后的时间");
            } else if times[0].0.minutes_until(times[0].1) > MAX_MINUTES {
                check.wrong(form::ENDS, format!("一个班次最长{}小时，请核对结束时间", MAX_MINUTES / 60));
            }
        }
    }
    check.done()?;
    Ok(Plan { times, places })
}

/// Six digits for the spot.
fn check_code(services: &Services) -> String {
    let mut bytes = [0_u8; 8];
    services.random.fill(&mut bytes);
    format!("{:06}", u64::from_le_bytes(bytes) % 1_000_000)
}

/// Plans shifts; those that stand already stay as they are. Returns how many are new.
#[boxed]
pub async fn plan(ctx: &Ctx, code: &str, plan: &Plan) -> Result<usize> {
    let mut work = Work::begin(ctx, Command::ShiftPlan).await?;
    let (row, team) = openings::load(&mut work, code).await?;
    stands(&mut work.tx, &team).await?;
    if !matches!(row.state, OpeningState::Draft | OpeningState::Open) {
        return Err(Error::rule(format!("岗位现在是“{}”，不能再排班次", row.state.label())));
    }
    let standing = opening::shifts_of(&mut work.tx, row.id, work.now, 2000).await?;
    let mut made = 0;
    for (starts_at, ends_at) in &plan.times {
        if standing.iter().any(|s| s.starts_at == *starts_at && s.state == ShiftState::Planned) {
            continue;
        }
        let shift = Shift {
            id: ctx.services.new_id(),
            opening_id: row.id,
            team_id: row.team_id,
            state: ShiftState::Planned,
            starts_at: *starts_at,
            ends_at: *ends_at,
            places: plan.places,
            taken: 0,
            check_code: check_code(&ctx.services),
            reason: None,
            created_at: work.now,
            updated_at: work.now,
        };
        match opening::insert_shift(&mut work.tx, &shift).await {
            Err(error) if error.is_unique() => return Err(Error::rule("有同事刚刚排了同一个时间，请刷新后再看")),
            other => other?,
        }
        work.created(shift.state, shift.id, about(&row, None)).await?;
        made += 1;
    }
    if made == 0 {
        return Err(Error::rule("这些时间都已经排过班次了"));
    }
    work.commit(code).await?;
    Ok(made)
}

/// 修改名额; more places let those who wait move up. Returns the opening's code.
#[boxed]
pub async fn set_places(ctx: &Ctx, id: Uuid, places: &str) -> Result<String> {
    let mut check = Check::new();
    let places = check.whole(form::PLACES, places);
    check.done()?;
    let places = places.unwrap_or(1);
    let mut work = Work::begin(ctx, Command::ShiftPlaces).await?;
    let (mut shift, row, team) = lock(&mut work, id).await?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    let step = work.leads(shift.state)?;
    if !opening::set_places(&mut work.tx, id, places, work.now).await? {
        let text = format!("已经有{}人占了名额，名额不能少于这个数", shift.taken);
        return Err(Error::wrong(form::PLACES, text));
    }
    let data = json!({ "opening": row.code, "from": shift.places, "to": places });
    let about = About { organization: row.organization_id, data: Some(data), ..About::default() };
    work.stepped(step, id, about).await?;
    shift.places = places;
    promote(&mut work, &shift, &row).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// 取消班次. Returns the opening's code.
#[boxed]
pub async fn cancel(ctx: &Ctx, id: Uuid, reason: &str) -> Result<String> {
    let reason = only(form::CANCEL, reason)?;
    let mut work = Work::begin(ctx, Command::ShiftCancel).await?;
    let (shift, row, team) = lock(&mut work, id).await?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    if shift.starts_at <= work.now {
        return Err(Error::rule("班次已经开始，不能取消。没有到岗的请在名单里登记"));
    }
    shifts::cancel(&mut work, &row, &shift, &reason).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}
