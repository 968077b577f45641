//! A week of the rounds: a row for each household and service, a column for each day, and the days with what falls on them.

use crate::aid::rounds::{Asked, nothing, place_name, standing, weekday};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::day_near;
use crate::{Access, Route};
use app::components::{DayMark, Head, Line, Mark};
use app::pages::rounds::{WeekModel, WeekRow, week_page};
use axum::response::Response;
use chrono::{Datelike, Days, NaiveDate};
use domain::calendar::day_words;
use domain::delivery::DeliveryState;
use domain::href::href;
use domain::machine::Object;
use services::Ctx;
use services::aid::rounds::{self, Round, Stop};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/pairings/rounds/week", Access::Organization, show)]
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let asked = Asked::of(&get, ctx)?;
        let monday = asked.day - Days::new(u64::from(asked.day.weekday().num_days_from_monday()));
        let round = rounds::week(ctx, monday, asked.who).await?;
        let today = ctx.now().day();
        let days: Vec<NaiveDate> = monday.iter_days().take(7).collect();
        let title = if days.contains(&today) { "这一周的上门" } else { "那一周的上门" };
        let mut head = Head::new(title);
        head.notes = vec![format!("{} 周一到 {} 周日", day_words(monday), day_words(days[6]))];
        let model = WeekModel {
            head,
            views: asked.views("/week"),
            whose: asked.whose("/week", ctx, &round),
            days: asked.turner("/week", 7, ("上一周", "下一周")),
            verdict: verdict(&round),
            columns: days
                .iter()
                .map(|day| (weekday(*day).replace('周', ""), day.day().to_string(), *day == today))
                .collect(),
            places: places(ctx, &round, &days, today),
            by_day: by_day(&asked, &round, &days, today),
            empty: nothing(&asked, &round, "这一周"),
        };
        Ok(Page::new(title, move || week_page(model)))
    })
    .await
}

fn mark(stop: &Stop) -> Option<(DayMark, &'static str)> {
    match stop.visit.as_ref().map(|visit| visit.state) {
        None if stop.open.is_some() => None,
        None | Some(DeliveryState::Planned) => Some((DayMark::Planned, "计划")),
        Some(DeliveryState::Recorded | DeliveryState::Disputed) => Some((DayMark::Recorded, "待确认")),
        Some(DeliveryState::Confirmed) => Some((DayMark::Confirmed, "已确认")),
        Some(DeliveryState::Missed) => Some((DayMark::Missed, "没做成")),
        Some(DeliveryState::Voided) => None,
    }
}

/// `安排71次：已做12次，还有57次，2次没做成。3户到昨天共少6次以上。`
fn verdict(round: &Round) -> String {
    let of = |wanted: &[DayMark]| {
        let marks = round.stops.iter().filter_map(mark);
        marks.filter(|(mark, _)| wanted.contains(mark)).count()
    };
    let done = of(&[DayMark::Confirmed, DayMark::Recorded]);
    let (ahead, missed) = (of(&[DayMark::Planned]), of(&[DayMark::Missed]));
    let mut said = format!("安排{}次：已做{done}次，还有{ahead}次", done + ahead + missed);
    if missed > 0 {
        said = format!("{said}，{missed}次没做成");
    }
    let mut short: Vec<&str> = Vec::new();
    for stop in round.stops.iter().filter(|stop| stop.line.account.short > 0) {
        if !short.contains(&stop.key.pairing.as_str()) {
            short.push(&stop.key.pairing);
        }
    }
    said + &if short.is_empty() {
        "。到昨天都如约。".to_owned()
    } else {
        format!("。{}户到昨天有少的。", short.len())
    }
}

fn places(ctx: &Ctx, round: &Round, days: &[NaiveDate], today: NaiveDate) -> Vec<(String, Vec<WeekRow>)> {
    let mut places: Vec<(&str, Vec<Vec<&Stop>>)> = Vec::new();
    let mut stops: Vec<&Stop> = round.stops.iter().collect();
    // The order of the way within a place, whatever the day.
    stops.sort_by(|a, b| a.division_code.cmp(&b.division_code));
    for stop in stops {
        let at = match places.iter().position(|(division, _)| *division == stop.division_code) {
            Some(at) => at,
            None => {
                places.push((&stop.division_code, Vec::new()));
                places.len() - 1
            }
        };
        let same = |row: &Vec<&Stop>| {
            row.first()
                .is_some_and(|first| first.key.pairing == stop.key.pairing && first.line.line_id == stop.line.line_id)
        };
        match places[at].1.iter_mut().find(|row| same(row)) {
            Some(row) => row.push(stop),
            None => places[at].1.push(vec![stop]),
        }
    }
    places
        .into_iter()
        .map(|(division, rows)| {
            (place_name(ctx, division), rows.into_iter().map(|row| week_row(&row, days, today)).collect())
        })
        .collect()
}

fn week_row(stops: &[&Stop], days: &[NaiveDate], today: NaiveDate) -> WeekRow {
    let first = stops[0];
    let (account, short) = standing(first, today);
    let done = first.line.running.map_or_else(String::new, |running| {
        format!("{}/{}", running.units - running.open.min(running.units), running.units)
    });
    WeekRow {
        name: first.name(),
        href: href(Object::Pairing, &first.key.pairing),
        service: format!("{}，{}", first.line.service, first.line.amount),
        days: days
            .iter()
            .map(|day| {
                let stop = stops.iter().find(|stop| stop.day == *day)?;
                mark(stop).map(|(mark, words)| (mark, format!("{words}{}{}", stop.units, stop.line.unit)))
            })
            .collect(),
        done,
        account,
        short,
    }
}

fn by_day(asked: &Asked, round: &Round, days: &[NaiveDate], today: NaiveDate) -> Vec<Line> {
    days.iter()
        .filter_map(|day| {
            let stops: Vec<&Stop> =
                round.stops.iter().filter(|stop| stop.day == *day && mark(stop).is_some()).collect();
            if stops.is_empty() {
                return None;
            }
            let mut services: Vec<(&str, usize)> = Vec::new();
            for stop in &stops {
                match services.iter_mut().find(|(service, _)| *service == stop.line.service) {
                    Some((_, n)) => *n += 1,
                    None => services.push((&stop.line.service, 1)),
                }
            }
            let note = services.iter().map(|(service, n)| format!("{service}{n}户")).collect::<Vec<_>>().join("，");
            Some(Line {
                title: day_near(*day, today),
                href: asked.at("", *day),
                mark: Mark::Text(format!("{}次", stops.len())),
                note,
            })
        })
        .collect()
}
