//! 今天的上门: the round of a day to tick, many visits recorded with one form; who goes, place by place.

use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{day_near, target_of};
use crate::base::post::Post;
use crate::base::states;
use crate::{Access, Route};
use app::components::{Badge, Empty, EmptyKind, Field, Glyph, Head, Line, Link, Mark, Mistake, Tab};
use app::pages::rounds::{
    Assign, DayTurner, PlaceRound, RoundRow, RoundsModel, RowState, Said, ServiceRound, rounds_page,
};
use axum::response::Response;
use chrono::{Datelike, Days, NaiveDate};
use domain::calendar::day_words;
use domain::delivery::{CONFIRM_WORKING_DAYS, DeliveryState};
use domain::field::FieldError;
use domain::form::Fields;
use domain::form::aid::round as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::role::Role;
use services::aid::delivery::Goes;
use services::aid::rounds::{self, Key, Round, Stop, Who};
use services::base::draft::{self, Draft};
use services::{Ctx, Result};
use std::collections::BTreeMap;

pub(crate) const PATH: &str = "/pairings/rounds";
const DOOR: Access = Access::Commands(&[Command::DeliveryRecord]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(PATH, Access::Organization, show),
        Route::post(PATH, DOOR, record),
        Route::post("/pairings/rounds/goes", Access::Commands(&[Command::DeliveryAssign]), assign),
    ]
}

/// The day and whose visits a page is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub day: NaiveDate,
    /// `all`, `me` or an account's id.
    pub whose: String,
    pub who: Who,
}

impl Asked {
    pub fn of(get: &Get, ctx: &Ctx) -> Result<Self> {
        Self::new(ctx, get.value("day"), get.value("who"))
    }

    /// Who works on the round begins with the own, who leads with everybody's.
    pub fn new(ctx: &Ctx, day: &str, who: &str) -> Result<Self> {
        let whose = match who {
            "" if ctx.role() == Role::OrgWorker => "me",
            "" => "all",
            other => other,
        };
        let who = match whose {
            "all" => Who::All,
            "me" => Who::Worker(ctx.account()?),
            id => Who::Worker(id.parse().map_err(|_| services::Error::NotFound)?),
        };
        let day = day.parse().ok().filter(|day: &NaiveDate| (2020..2100).contains(&day.year()));
        Ok(Self { day: day.unwrap_or_else(|| ctx.now().day()), whose: whose.to_owned(), who })
    }

    /// The address of a view of another day, of the same people.
    pub fn at(&self, view: &str, day: NaiveDate) -> String {
        format!("{PATH}{view}?day={day}&who={}", self.whose)
    }

    pub fn views(&self, here: &str) -> Vec<Tab> {
        [("按天", ""), ("这一周", "/week"), ("打印单", "/sheet")]
            .map(|(label, view)| Tab::new(label, self.at(view, self.day), view == here))
            .to_vec()
    }

    pub fn whose(&self, view: &str, ctx: &Ctx, round: &Round) -> Vec<Tab> {
        let to = |whose: &str| format!("{PATH}{view}?day={}&who={whose}", self.day);
        let own = ctx.actor.account_id;
        let mut all =
            vec![Tab::new("全部", to("all"), self.whose == "all"), Tab::new("我的", to("me"), self.whose == "me")];
        for (id, name) in round.colleagues.iter().filter(|(id, _)| Some(*id) != own) {
            let id = id.to_string();
            all.push(Tab::new(name.clone(), to(&id), self.whose == id));
        }
        all
    }

    pub fn turner(&self, view: &str, step: u64, words: (&str, &str)) -> DayTurner {
        DayTurner {
            before: Some((words.0.to_owned(), self.at(view, self.day - Days::new(step)))),
            after: Some((words.1.to_owned(), self.at(view, self.day + Days::new(step)))),
            action: format!("{PATH}{view}"),
            day: self.day.to_string(),
            hidden: vec![("who".into(), self.whose.clone())],
        }
    }

    /// Page and name of the round's form.
    fn form(&self) -> String {
        format!("{}#round", self.at("", self.day))
    }
}

/// Nothing falls on these days: why, and where it is planned.
pub(crate) fn nothing(asked: &Asked, round: &Round, when: &str) -> Option<Empty> {
    if !round.stops.is_empty() {
        return None;
    }
    Some(if round.households == 0 {
        Empty::new(
            EmptyKind::Nothing,
            "还没有在帮扶的结对",
            "街道同意认领、登记首次联系以后，要上门的户会按村居排在这里。",
        )
        .action(Link::new("去需求大厅", "/needs"))
    } else if asked.who == Who::All {
        let text = format!(
            "机构有{}件在帮扶的结对，{when}都没有安排。在结对页的“安排上门”定好日子，就会按村居排在这里。",
            round.households
        );
        Empty::new(EmptyKind::Nothing, format!("{when}没有上门"), text)
            .action(Link::new("去我的结对安排上门", "/pairings?state=active"))
    } else {
        let text = "没有分给这位同事的上门，也没有由这位同事服务的户。看看全部，或在“换人”里分一下。";
        Empty::new(EmptyKind::NoMatch, format!("{when}没有这位同事的上门"), text)
            .action(Link::new("看全部", format!("{PATH}?day={}&who=all", asked.day)))
    })
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let asked = Asked::of(&get, ctx)?;
        let round = rounds::day(ctx, asked.day, asked.who).await?;
        let named = get.named_draft(&asked.form()).await?;
        // What a form came to is told once; what was left unsent comes back.
        let left = get.draft_of(&asked.form()).await?.filter(|draft| !is_told(draft));
        let draft = named.or(left);
        let today = ctx.now().day();
        let title = if asked.day == today { "今天的上门" } else { "那天的上门" };
        let mut head = Head::new(title);
        head.notes = vec![format!("{} {}", day_words(asked.day), weekday(asked.day))];
        if !round.stops.is_empty() {
            let sheet = format!("{}#open", asked.at("/sheet", asked.day));
            head = head.action(Link::new("这一趟的电话和住址", sheet).glyph(Glyph::Eye));
        }
        let (mut services, mistakes) = services_of(ctx, &asked, &round, draft.as_ref());
        let waits = round.stops.iter().any(|stop| stop.is_open() && (stop.key.visit || asked.day <= today));
        if !waits {
            for service in &mut services {
                service.times.clear();
            }
        }
        let confirm_by = ctx.services.calendar().due(ctx.now(), CONFIRM_WORKING_DAYS);
        let model = RoundsModel {
            head,
            views: asked.views(""),
            whose: asked.whose("", ctx, &round),
            days: asked.turner("", 1, ("前一天", "后一天")),
            said: said(&round, draft.as_ref()),
            mistakes,
            target: target_of(&get, asked.form(), PATH, draft.as_ref())
                .with("day", asked.day.to_string())
                .with("who", asked.whose.clone()),
            services,
            button: waits.then(|| if asked.day > today { "保存改动" } else { "提交记录" }.to_owned()),
            next: format!(
                "没勾也没选原因的先不记，可以晚些再来。记下的，社区或街道{}前确认。",
                confirm_by.words_near(ctx.now())
            ),
            earlier: earlier(&asked, &round, today),
            empty: nothing(&asked, &round, &when_words(asked.day, today)),
        };
        // What the desk counts as well: what is to be made today, and what of earlier days nobody has recorded.
        let earlier: usize =
            round.unrecorded.iter().map(|(_, visits)| usize::try_from(*visits).unwrap_or_default()).sum();
        let waiting = earlier + round.stops.iter().filter(|stop| stop.is_open() && stop.open.is_none()).count();
        let counts = if asked.day == today && waiting > 0 { vec![(PATH, count(waiting))] } else { Vec::new() };
        Ok(Page::new(title, move || rounds_page(model)).counts(counts))
    })
    .await
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

pub(crate) fn weekday(day: NaiveDate) -> String {
    let at = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
    format!("周{}", ["一", "二", "三", "四", "五", "六", "日"][at])
}

fn when_words(day: NaiveDate, today: NaiveDate) -> String {
    if day == today { "今天".to_owned() } else { format!("{}月{}日", day.month(), day.day()) }
}

fn earlier(asked: &Asked, round: &Round, today: NaiveDate) -> Vec<Line> {
    if asked.day != today {
        return Vec::new();
    }
    round
        .unrecorded
        .iter()
        .map(|(day, visits)| Line {
            title: day_near(*day, today),
            href: asked.at("", *day),
            mark: Mark::Text(format!("{visits}次")),
            note: "计划过、还没有记录。打开那天补记，日期和时间照实填。".into(),
        })
        .collect()
}

/// Whether a draft says what a form came to.
fn is_told(draft: &Draft) -> bool {
    draft.fields.iter().any(|(name, _)| name.starts_with("good.") || name.starts_with("bad."))
}

/// What the rows of the last form came to.
fn said(round: &Round, draft: Option<&Draft>) -> Vec<Said> {
    let fields = draft.map(|draft| draft.fields.as_slice()).unwrap_or_default();
    fields
        .iter()
        .filter_map(|(name, words)| {
            let (good, key) = match name.split_once('.')? {
                ("good", key) => (true, key),
                ("bad", key) => (false, key),
                _ => return None,
            };
            let key = Key::parse(key)?;
            let stop = round.stops.iter().find(|stop| stop.key == key);
            let stop = stop.or_else(|| round.stops.iter().find(|stop| stop.key.pairing == key.pairing));
            let unit =
                stop.map(|stop| stop.line.unit.clone()).filter(|_| words.starts_with("已记") && ends_in_digit(words));
            Some(Said {
                name: stop.map_or_else(|| key.pairing.clone(), Stop::name),
                href: href(Object::Pairing, &key.pairing),
                words: format!("{words}{}", unit.unwrap_or_default()),
                good,
            })
        })
        .collect()
}

fn ends_in_digit(words: &str) -> bool {
    words.ends_with(|c: char| c.is_ascii_digit())
}

/// `B01-120102012011`; of visits that any day of their period will do for `B01-120102012011-any`.
fn place_key(stop: &Stop) -> String {
    let any = if stop.open.is_some() { "-any" } else { "" };
    format!("{}-{}{any}", stop.line.service_code, stop.division_code)
}

/// `12户14餐`
pub(crate) fn amounts<'a>(stops: impl IntoIterator<Item = &'a Stop>) -> String {
    let mut households: Vec<&str> = Vec::new();
    let mut units: BTreeMap<&str, i64> = BTreeMap::new();
    for stop in stops {
        if !households.contains(&stop.key.pairing.as_str()) {
            households.push(&stop.key.pairing);
        }
        *units.entry(&stop.line.unit).or_default() += stop.units;
    }
    let units: Vec<String> = units.into_iter().map(|(unit, n)| format!("{n}{unit}")).collect();
    format!("{}户{}", households.len(), units.join("、"))
}

/// The place's own name: `鲁山道街道`.
pub(crate) fn place_name(ctx: &Ctx, division: &str) -> String {
    let place = ctx.services.place(division);
    place.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// How a line stands, in two words: `少3餐`, `如约`, `今天开始`.
pub(crate) fn standing(stop: &Stop, today: NaiveDate) -> (String, bool) {
    let account = &stop.line.account;
    if let Some((open, until)) = stop.open {
        let until = day_near(until, today);
        let until = until.split(' ').next().unwrap_or_default();
        let ahead = format!("{until}前还差{open}{}", stop.line.unit);
        let short = account.short > 0;
        return (if short { format!("少{}{}，{ahead}", account.short, stop.line.unit) } else { ahead }, short);
    }
    if account.short > 0 {
        (format!("少{}{}", account.short, stop.line.unit), true)
    } else if stop.line.from >= today {
        ("今天开始".to_owned(), false)
    } else {
        ("如约".to_owned(), false)
    }
}

/// Stops by the place where they are.
type Places<'a> = Vec<(String, Vec<&'a Stop>)>;

/// The stops of a day by service, the one with most to do first, and in each by place: first what falls on the day, then what
/// any day of its period will do for.
fn by_service(stops: &[Stop]) -> Vec<(String, Places<'_>)> {
    let mut services: Vec<(String, Places<'_>)> = Vec::new();
    for stop in stops {
        let code = &stop.line.service_code;
        let at = services.iter().position(|(other, _)| other == code).unwrap_or_else(|| {
            services.push((code.clone(), Vec::new()));
            services.len() - 1
        });
        let places = &mut services[at].1;
        let same = |rows: &[&Stop]| rows.first().is_none_or(|first| first.open.is_some() == stop.open.is_some());
        match places.iter_mut().find(|(division, rows)| *division == stop.division_code && same(rows)) {
            Some((_, rows)) => rows.push(stop),
            None => places.push((stop.division_code.clone(), vec![stop])),
        }
    }
    for (_, places) in &mut services {
        places.sort_by_key(|(_, rows)| rows.iter().any(|stop| stop.open.is_some()));
    }
    let of_day =
        |places: &Places<'_>| places.iter().flat_map(|(_, rows)| rows).filter(|stop| stop.open.is_none()).count();
    services.sort_by_key(|(_, places)| std::cmp::Reverse(of_day(places)));
    services
}

fn services_of(ctx: &Ctx, asked: &Asked, round: &Round, draft: Option<&Draft>) -> (Vec<ServiceRound>, Vec<Mistake>) {
    let today = ctx.now().day();
    let typed: Fields = draft.map(|draft| draft.fields.clone()).unwrap_or_default();
    let wrong = draft.map(|draft| draft.mistakes.as_slice()).unwrap_or_default();
    let mut services = Vec::new();
    for (code, places) in by_service(&round.stops) {
        let all = || places.iter().flat_map(|(_, rows)| rows.iter().copied());
        let short: i64 = all().map(|stop| stop.line.account.short).sum();
        let unit = all().next().map(|stop| stop.line.unit.clone()).unwrap_or_default();
        let service = all().next().map(|stop| stop.line.service.clone()).unwrap_or_default();
        let mut times = Vec::new();
        if asked.day <= today {
            times = vec![
                Field::of(form::DONE_ON.at(&code)).value(asked.day.to_string()),
                Field::of(form::FROM.at(&code)),
                Field::of(form::UNTIL.at(&code)),
            ];
        }
        let ready: Vec<PlaceRound> = places
            .iter()
            .map(|(division, rows)| place(ctx, asked, round, (&typed, wrong), (&place_key(rows[0]), division, rows)))
            .collect();
        services.push(ServiceRound {
            title: match all().filter(|stop| stop.open.is_none()).collect::<Vec<_>>() {
                of_day if of_day.is_empty() => service,
                of_day => format!("{service}，{}", amounts(of_day)),
            },
            note: if short > 0 { format!("到昨天共少{short}{unit}") } else { "到昨天都如约".into() },
            places: ready,
            times,
            id: code,
        });
    }
    // Fields that can be typed into, with what was typed and what is wrong.
    let mut mistakes = {
        let fields = services.iter_mut().flat_map(|service| {
            let rows = service.places.iter_mut().flat_map(|place| &mut place.rows);
            let more = rows.flat_map(|row| match &mut row.state {
                RowState::Open { more, .. } => more.iter_mut(),
                RowState::Recorded(_) => [].iter_mut(),
            });
            more.chain(service.times.iter_mut())
        });
        fill(fields, draft)
    };
    mistakes.retain(|mistake| !attach(&mut services, draft, &mistake.text));
    for service in &services {
        mistakes.extend(Mistake::of(&service.times));
        for row in service.places.iter().flat_map(|place| &place.rows) {
            if let RowState::Open { more, error, .. } = &row.state {
                mistakes.extend(Mistake::of(more));
                mistakes.extend(error.as_ref().map(|text| Mistake {
                    target: form::WHY.at(&row.key).name.into_owned(),
                    text: format!("{}：{text}", row.name),
                }));
            }
        }
    }
    (services, mistakes)
}

/// Puts a mistake of a choice to its row or place; the fields have theirs already.
fn attach(services: &mut [ServiceRound], draft: Option<&Draft>, text: &str) -> bool {
    let Some(field) = draft.and_then(|draft| draft.mistakes.iter().find(|m| m.message == text)) else { return false };
    for place in services.iter_mut().flat_map(|service| &mut service.places) {
        if form::GOES.at(&place.key).name == field.field
            && let Some(assign) = &mut place.assign
        {
            assign.error = Some(text.to_owned());
            return true;
        }
        for row in &mut place.rows {
            if form::WHY.at(&row.key).name == field.field
                && let RowState::Open { error, .. } = &mut row.state
            {
                *error = Some(text.to_owned());
                return true;
            }
        }
    }
    false
}

fn place(
    ctx: &Ctx,
    asked: &Asked,
    round: &Round,
    (typed, wrong): (&Fields, &[FieldError]),
    (key, division, stops): (&str, &str, &[&Stop]),
) -> PlaceRound {
    let today = ctx.now().day();
    let waiting: Vec<&&Stop> = stops.iter().filter(|stop| stop.is_open()).collect();
    let first = stops.iter().filter_map(|stop| stop.at.as_deref()).min();
    let from = first.map(|at| format!("，{at}起")).unwrap_or_default();
    let mut going: Vec<String> = Vec::new();
    for words in stops.iter().filter_map(|stop| stop.going.as_ref()).map(|going| going.words.clone()) {
        if !going.contains(&words) {
            going.push(words);
        }
    }
    let planned = waiting.iter().any(|stop| stop.key.visit);
    let any_day = stops.iter().all(|stop| stop.open.is_some());
    let note = if any_day {
        format!("{}户，没有安排日子，这几天哪天去都行", stops.len())
    } else {
        format!("{}{from}", amounts(stops.iter().copied()))
    };
    PlaceRound {
        name: place_name(ctx, division),
        note,
        any_day,
        // Nobody ticks visits together that were not planned.
        together: waiting.len() > 1 && asked.day <= today && !any_day,
        ticked: form::ALL_DONE.at(key).value(typed) == form::ALL_DONE.tick_value(),
        rows: stops.iter().map(|stop| row(ctx, asked, (typed, wrong), stop)).collect(),
        assign: planned.then(|| assign_of(round, stops, key, typed)),
        going: going.join("，"),
        key: key.to_owned(),
    }
}

fn assign_of(round: &Round, stops: &[&Stop], key: &str, typed: &Fields) -> Assign {
    let mut groups = vec![(
        "同事".to_owned(),
        round.colleagues.iter().map(|(id, name)| (Goes::Worker(*id).value(), name.clone())).collect::<Vec<_>>(),
    )];
    if !round.shifts.is_empty() {
        let shifts = round.shifts.iter().map(|shift| (Goes::Shift(shift.id).value(), rounds::shift_words(shift)));
        groups.push(("志愿者班次".to_owned(), shifts.collect()));
    }
    let now = stops.iter().find_map(|stop| stop.going.as_ref()).map(|going| going.goes.value());
    let chosen = form::GOES.at(key).value(typed);
    Assign {
        action: "/pairings/rounds/goes".into(),
        groups,
        chosen: if chosen.is_empty() { now.unwrap_or_default() } else { chosen.to_owned() },
        error: None,
    }
}

fn row(ctx: &Ctx, asked: &Asked, (typed, wrong): (&Fields, &[FieldError]), stop: &Stop) -> RoundRow {
    let today = ctx.now().day();
    let star = stop.key.text();
    let (account, short) = standing(stop, today);
    let state = match &stop.visit {
        Some(visit) if visit.state != DeliveryState::Planned => RowState::Recorded(recorded(ctx, stop, visit)),
        // Nothing is planned, and it is not the day yet.
        None if asked.day > today => RowState::Recorded(Badge::plain("没有安排日子")),
        _ => {
            let mut more = Vec::new();
            if asked.day <= today {
                let units = Field::of(form::UNITS.at(&star)).value(stop.units.to_string());
                more.push(units.unit(stop.line.unit.clone()));
            }
            if stop.key.visit {
                more.push(Field::of(form::MOVE_TO.at(&star)));
            }
            more.push(Field::of(form::NOTE.at(&star)));
            // Asked where the same service stands recorded on that day.
            let again = form::AGAIN.at(&star).name;
            if typed.iter().any(|(name, _)| *name == again) || wrong.iter().any(|mistake| mistake.field == again) {
                more.insert(0, Field::of(form::AGAIN.at(&star)));
            }
            RowState::Open {
                tick: asked.day <= today,
                ticked: form::DONE.at(&star).value(typed) == form::DONE.tick_value(),
                why: form::WHY.at(&star).value(typed).to_owned(),
                planned: stop.key.visit,
                more,
                error: None,
            }
        }
    };
    let mut note = vec![stop.at.clone().unwrap_or_default(), stop.requirements.clone()];
    note.retain(|part| !part.is_empty());
    let (name, title) = if stop.mask.is_empty() {
        (stop.need_title.clone(), String::new())
    } else {
        (stop.mask.clone(), stop.need_title.clone())
    };
    RoundRow {
        key: star,
        href: href(Object::Pairing, &stop.key.pairing),
        name,
        title,
        note: note.join("\u{3000}"),
        amount: format!("{}{}", stop.units, stop.line.unit),
        account,
        short,
        state,
    }
}

/// `10:20已记1餐`
fn recorded(ctx: &Ctx, stop: &Stop, visit: &services::aid::view::Delivery) -> Badge {
    if let Some(reason) = visit.miss_reason {
        return Badge::unmet(reason.label());
    }
    let units = format!("{}{}", visit.units.unwrap_or(1), stop.line.unit);
    if visit.state == DeliveryState::Recorded
        && let Some(at) = visit.recorded_at
    {
        return Badge::wait(format!("{}已记{units}", at.words_near(ctx.now())));
    }
    let state = states::delivery(visit.state, false);
    Badge { text: format!("{}{units}", state.text), ..state }
}

async fn record(post: Post) -> Response {
    let (day, who) = (post.value("day").to_owned(), post.value("who").to_owned());
    post.run(
        "",
        move |id| format!("{PATH}?day={}&who={}&draft={id}#result", tidy(&day), tidy(&who)),
        async |post, ctx| {
            let asked = Asked::new(&ctx, post.value("day"), post.value("who"))?;
            let (outcomes, mistakes) = rounds::record(&ctx, &post.fields).await?;
            let mut kept: Fields = Vec::new();
            for outcome in &outcomes {
                let star = outcome.key.text();
                match &outcome.result {
                    Ok(words) => kept.push((format!("good.{star}"), words.clone())),
                    Err(words) => {
                        kept.push((format!("bad.{star}"), words.clone()));
                        // What was typed into it stays.
                        let own = |name: &str| name.split_once('.').is_some_and(|(_, of)| of == star);
                        kept.extend(post.fields.iter().filter(|(name, _)| own(name)).cloned());
                    }
                }
            }
            draft::save(&ctx, None, &asked.form(), &kept, &mistakes).await.map(|id| id.to_string())
        },
    )
    .await
}

/// A value that goes into an address again: a day, a word, an id.
fn tidy(value: &str) -> String {
    value.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(36).collect()
}

async fn assign(post: Post) -> Response {
    let (day, who) = (post.value("day").to_owned(), post.value("who").to_owned());
    post.run(
        "已换好谁去",
        move |id| format!("{PATH}?day={}&who={}&draft={id}#round", tidy(&day), tidy(&who)),
        async |post, ctx| {
            let asked = Asked::new(&ctx, post.value("day"), post.value("who"))?;
            rounds::assign(&ctx, &post.fields, post.value("place")).await?;
            // What was ticked meanwhile stays.
            let kept: Fields = post.fields.iter().filter(|(name, _)| !name.starts_with("goes.")).cloned().collect();
            draft::save(&ctx, None, &asked.form(), &kept, &[]).await.map(|id| id.to_string())
        },
    )
    .await
}
