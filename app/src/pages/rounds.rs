//! The rounds of an organization: a day to tick, a week to read, a sheet to print.

use crate::components::{
    Badge, DayMark, Empty, EmptyState, ErrorSummary, Field, FieldView, FormTarget, Glyph, Head, Icon, Line, Lines,
    Link, LinkButton, Mistake, Notice, PageHead, PostForm, Section, StateBadge, Tab, Tabs, Tone,
};
use domain::delivery::{MissReason, SkipReason};
use domain::form::aid::pairing::PURPOSE;
use domain::form::aid::round::{ALL_DONE, DONE, GOES, ROW, WHY};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct RoundsModel {
    pub head: Head,
    /// Day, week, sheet.
    pub views: Vec<Tab>,
    /// Everybody's, mine, a colleague's.
    pub whose: Vec<Tab>,
    /// The days beside this one, and its date to be changed.
    pub days: DayTurner,
    /// What the form sent before came to.
    pub said: Vec<Said>,
    pub mistakes: Vec<Mistake>,
    pub target: FormTarget,
    pub services: Vec<ServiceRound>,
    /// Whether anything can be recorded on this day.
    pub button: Option<String>,
    /// What happens next and when.
    pub next: String,
    /// Earlier days with visits that are not recorded.
    pub earlier: Vec<Line>,
    pub empty: Option<Empty>,
}

/// To the day or week before and after.
#[derive(Clone, Debug, Default)]
pub struct DayTurner {
    pub before: Option<(String, String)>,
    pub after: Option<(String, String)>,
    /// Where a chosen day is shown, the day shown now, and what travels along.
    pub action: String,
    pub day: String,
    pub hidden: Vec<(String, String)>,
}

/// What became of one row.
#[derive(Clone, Debug)]
pub struct Said {
    pub name: String,
    pub href: String,
    pub words: String,
    pub good: bool,
}

/// One service of a day.
#[derive(Clone, Debug)]
pub struct ServiceRound {
    /// Its code: id of the section.
    pub id: String,
    /// "助餐，12户14餐"
    pub title: String,
    /// "到昨天共少6餐"
    pub note: String,
    pub places: Vec<PlaceRound>,
    /// The day, from when and until when it was done; empty where nothing can be recorded.
    pub times: Vec<Field>,
}

/// The households of one place.
#[derive(Clone, Debug)]
pub struct PlaceRound {
    /// Star of the form's fields.
    pub key: String,
    /// "鲁山道街道"
    pub name: String,
    /// "5户6餐，11:00起"
    pub note: String,
    /// Visits that any day of their period will do for: none is missing where none is ticked.
    pub any_day: bool,
    /// One tick for all of it: offered where several wait.
    pub together: bool,
    pub ticked: bool,
    pub rows: Vec<RoundRow>,
    /// "服务人员1号岗，志愿者1人"; empty where nobody is named.
    pub going: String,
    /// Who may be sent instead; none where nothing is planned.
    pub assign: Option<Assign>,
}

#[derive(Clone, Debug)]
pub struct Assign {
    pub action: String,
    /// Groups of choices: (heading, value and words).
    pub groups: Vec<(String, Vec<(String, String)>)>,
    pub chosen: String,
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct RoundRow {
    /// Star of the form's fields.
    pub key: String,
    pub href: String,
    /// "李*"
    pub name: String,
    /// The need's own title.
    pub title: String,
    /// "11:30　软烂少盐"
    pub note: String,
    /// "1餐"
    pub amount: String,
    /// "少3餐", "如约"
    pub account: String,
    pub short: bool,
    pub state: RowState,
}

#[derive(Clone, Debug)]
pub enum RowState {
    Open {
        /// Whether it can be ticked as done (not before its day).
        tick: bool,
        ticked: bool,
        /// The reason chosen.
        why: String,
        /// Whether it was planned: only then can it be moved or left out.
        planned: bool,
        /// Quantity, another day, a remark.
        more: Vec<Field>,
        error: Option<String>,
    },
    Recorded(Badge),
}

pub fn rounds_page(model: RoundsModel) -> AnyView {
    let said = (!model.said.is_empty()).then(|| said_view(model.said));
    let services = model.services.into_iter().map(service_view).collect_view();
    let first = model.button.as_ref().map(|label| {
        view! { <button class="visually-hidden" tabindex="-1" aria-hidden="true">{label.clone()}</button> }
    });
    let bottom = model.button.map(|label| {
        view! {
            <div class="act bottom no-print"><button class="button wide">{label}</button><b class="tally" aria-live="polite"></b></div>
            <p class="muted">{model.next}</p>
        }
    });
    let body = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! {
            <PostForm target=model.target class="rounds flow" id="round">
                {first}
                <ErrorSummary mistakes=model.mistakes/>
                {services}
                {bottom}
            </PostForm>
        }
        .into_any(),
    };
    let earlier = (!model.earlier.is_empty()).then(|| {
        view! { <Section id="earlier" title="前几天还没记的"><Lines lines=model.earlier/></Section> }
    });
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            <Tabs label="怎么看" tabs=model.views/>
            <Whose tabs=model.whose/>
            <Turner days=model.days/>
            {said}
            <div class="sections">{body}{earlier}</div>
        </div>
    }
    .into_any()
}

#[component]
fn Whose(tabs: Vec<Tab>) -> impl IntoView {
    (tabs.len() > 1).then(|| {
        let links = tabs.into_iter().map(|tab| {
            view! { <a class="option" href=tab.href aria-current=tab.current.then_some("true")>{tab.label}</a> }
        });
        view! { <nav class="row whose no-print" aria-label="看谁的">{links.collect_view()}</nav> }
    })
}

#[component]
fn Turner(days: DayTurner) -> impl IntoView {
    let link = |side: Option<(String, String)>, glyph: Glyph| {
        side.map(|(label, href)| view! { <LinkButton link=Link::new(label, href).glyph(glyph).emphasis(crate::components::Emphasis::Quiet)/> })
    };
    let hidden = days
        .hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <div class="row turner no-print">
            {link(days.before, Glyph::Previous)}
            {link(days.after, Glyph::Next)}
            <form method="get" action=days.action class="row">
                {hidden}
                <label class="visually-hidden" for="day">"看哪一天"</label>
                <input id="day" name="day" type="date" value=days.day/>
                <button class="button secondary">"去这一天"</button>
            </form>
        </div>
    }
    .into_any()
}

fn said_view(said: Vec<Said>) -> AnyView {
    let bad = said.iter().filter(|row| !row.good).count();
    let title = match bad {
        0 => format!("{}户都记好了", said.len()),
        bad => format!("{}户记好了，{bad}户没有记上", said.len() - bad),
    };
    let lines = said
        .into_iter()
        .map(|row| Line {
            title: row.name,
            href: row.href,
            mark: crate::components::Mark::Badge(if row.good {
                Badge::good(row.words)
            } else {
                Badge::care(row.words)
            }),
            note: String::new(),
        })
        .collect::<Vec<_>>();
    let tone = if bad == 0 { Tone::Good } else { Tone::Wait };
    view! {
        <section class="panel flow" id="result" role="status" aria-labelledby="result-title">
            <h2 id="result-title">{title.clone()}</h2>
            {(bad > 0).then(|| view! { <Notice text="没有记上的还在下面，改好再提交一次；记好的不会再记。" tone/> })}
            <details open={bad > 0}><summary class="button quiet">"逐户看"</summary><Lines lines/></details>
        </section>
    }
    .into_any()
}

fn service_view(service: ServiceRound) -> AnyView {
    let title_id = format!("service-{}", service.id);
    let places = service.places.into_iter().map(place_view).collect_view();
    let times = (!service.times.is_empty()).then(|| {
        let fields = service.times.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
        view! { <div class="field-row no-print">{fields}</div> }
    });
    view! {
        <section class="panel flow" aria-labelledby=title_id.clone()>
            <div class="row apart"><h2 id=title_id.clone()>{service.title}</h2>{(!service.note.is_empty()).then(|| view! { <p class="muted">{service.note}</p> })}</div>
            {places}
            {times}
        </section>
    }
    .into_any()
}

fn place_view(place: PlaceRound) -> AnyView {
    let all = place.together.then(|| {
        let (name, value) = (ALL_DONE.at(&place.key).name.into_owned(), ALL_DONE.tick_value());
        view! {
            <label class="option all"><input type="checkbox" name=name value=value checked=place.ticked/>"除写明原因的，都做了"<span class="visually-hidden">{format!("，{}", place.name)}</span></label>
        }
    });
    let row_name = ROW.at(&place.key).name.into_owned();
    let rows = place.rows.into_iter().map(|row| row_view(row, &row_name)).collect_view();
    let assign = place.assign.map(|assign| assign_view(assign, &place.key, &place.name));
    let going = (!place.any_day).then(|| {
        let going =
            if place.going.is_empty() { "还没有定谁去".to_owned() } else { format!("谁去：{}", place.going) };
        view! { <div class="row going"><span class="muted">{going}</span>{assign}</div> }
    });
    let class = if place.any_day { "stop any" } else { "stop" };
    view! {
        <fieldset class=class>
            <legend class="visually-hidden">{place.name.clone()}</legend>
            <div class="row apart"><h3>{place.name}"\u{3000}"<span class="muted">{place.note}</span></h3>{all}</div>
            <ol class="stops">{rows}</ol>
            {going}
        </fieldset>
    }
    .into_any()
}

fn assign_view(assign: Assign, key: &str, place: &str) -> AnyView {
    let chosen = assign.chosen;
    let groups = assign.groups.into_iter().map(|(heading, choices)| {
        let options = choices.into_iter().map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        });
        view! { <optgroup label=heading>{options.collect_view()}</optgroup> }
    });
    let groups = groups.collect_view();
    let name = GOES.at(key).name.into_owned();
    let open = assign.error.is_some();
    let error = assign.error.map(|text| view! { <p class="error"><Icon glyph=Glyph::Info/>{text}</p> });
    view! {
        <details class="no-print" open=open>
            <summary class="button quiet">"换人"<span class="visually-hidden">{format!("：{place}")}</span></summary>
            {error}
            <div class="row">
                <label class="visually-hidden" for=name.clone()>{format!("{place}谁去")}</label>
                <select id=name.clone() name=name><option value="">"不指定"</option>{groups}</select>
                <button class="button secondary" name="place" value=key.to_owned() formaction=assign.action>"整个街道换成这位"</button>
            </div>
            <p class="muted">"换成同事的，同时指定为这几户的服务人员；每次查看联系方式仍要写明用途。"</p>
        </details>
    }
    .into_any()
}

fn row_view(row: RoundRow, row_name: &str) -> AnyView {
    let what = view! {
        <div class="what"><a href=row.href>{row.name.clone()}</a>"\u{3000}"{row.title.clone()}{(!row.note.is_empty()).then(|| view! { <p class="muted">{row.note}</p> })}</div>
    };
    let account = if row.short {
        view! { <b class="unmet short">{row.account}</b> }.into_any()
    } else {
        view! { <span class="muted">{row.account}</span> }.into_any()
    };
    let spoken = if row.name.is_empty() { row.title } else { row.name };
    match row.state {
        RowState::Recorded(badge) => {
            let glyph = if matches!(badge.tone, Tone::Unmet | Tone::Plain) { Glyph::Dash } else { Glyph::Check };
            view! {
                <li class="recorded">
                    <span class="tick"><Icon glyph/></span>{what}<span>{row.amount}<br/>{account}</span><StateBadge badge/>
                </li>
            }
            .into_any()
        }
        RowState::Open { tick, ticked, why, planned, more, error } => {
            let ahead = !tick;
            let input = tick.then(|| {
                let (name, value) = (DONE.at(&row.key).name.into_owned(), DONE.tick_value());
                view! { <input type="checkbox" name=name value=value checked=ticked/> }
            });
            let marks = view! { <Icon glyph=Glyph::Check/><Icon glyph=Glyph::Dash/> };
            let tick = if input.is_some() {
                view! { <label class="tick">{input}{marks}<span class="visually-hidden">{format!("{spoken}，{}做了", row.amount)}</span></label> }.into_any()
            } else {
                view! { <span class="tick">{marks}</span> }.into_any()
            };
            let open = error.is_some() || more.iter().any(|field| field.error.is_some());
            let error = error.map(|text| view! { <p class="error"><Icon glyph=Glyph::Info/>{text}</p> });
            let fields = more.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
            view! {
                <li class=open.then_some("wrong")>
                    <input type="hidden" name=row_name.to_owned() value=row.key.clone()/>
                    {tick}{what}<span>{row.amount}<br/>{account}</span>
                    {why_view(&row.key, &spoken, &why, planned, ahead)}
                    {error}
                    <details class="no-print" open=open><summary class="muted">"更多"<span class="visually-hidden">{format!("：{spoken}改数量、改期、备注")}</span></summary><div class="field-row">{fields}</div></details>
                </li>
            }
            .into_any()
        }
    }
}

fn why_view(key: &str, name: &str, why: &str, planned: bool, ahead: bool) -> AnyView {
    let option = |value: &'static str, label: &'static str| {
        let selected = value == why;
        view! { <option value=value selected=selected>{label}</option> }
    };
    // Before its day a visit is moved or left out, and nothing else.
    let missed = MissReason::ALL.iter().filter(|reason| !ahead || reason.is_postponed());
    let missed = missed.map(|reason| option(reason.as_str(), reason.label())).collect_view();
    let skips = planned.then(|| {
        let skips = SkipReason::ALL.iter().map(|reason| option(reason.as_str(), reason.label())).collect_view();
        view! { <optgroup label="这次不去，不算上门">{skips}</optgroup> }
    });
    let at = WHY.at(key).name.into_owned();
    view! {
        <select id=at.clone() name=at aria-label=format!("{name}没做成的原因")>
            <option value="">{if ahead { "要改期或不去？选原因" } else { "没做成？选原因" }}</option>
            <optgroup label={if ahead { "改期，再填改到哪天" } else { "去了，没做成" }}>{missed}</optgroup>
            {skips}
        </select>
    }
    .into_any()
}

/// A week, household by household.
#[derive(Clone, Debug, Default)]
pub struct WeekModel {
    pub head: Head,
    pub views: Vec<Tab>,
    pub whose: Vec<Tab>,
    pub days: DayTurner,
    /// "安排71次，已做12次，还有57次；2次没做成。"
    pub verdict: String,
    /// Weekday, day of the month, whether it is today.
    pub columns: Vec<(String, String, bool)>,
    pub places: Vec<(String, Vec<WeekRow>)>,
    /// Each day with what falls on it.
    pub by_day: Vec<Line>,
    pub empty: Option<Empty>,
}

#[derive(Clone, Debug)]
pub struct WeekRow {
    pub name: String,
    pub href: String,
    pub service: String,
    /// A mark and its words for each day; none where nothing falls on it.
    pub days: Vec<Option<(DayMark, String)>>,
    /// "1/5"
    pub done: String,
    pub account: String,
    pub short: bool,
}

pub fn week_page(model: WeekModel) -> AnyView {
    let todays: Vec<bool> = model.columns.iter().map(|(_, _, today)| *today).collect();
    let heads = model.columns.into_iter().map(|(weekday, day, today)| {
        view! { <th scope="col" class=today.then_some("today")>{weekday}<br/>{day}</th> }
    });
    let heads = heads.collect_view();
    let bodies = model.places.into_iter().map(|(place, rows)| {
        let rows = rows.into_iter().map(|row| week_row(row, &todays)).collect_view();
        view! { <tbody><tr><th scope="rowgroup" colspan="10">{place}</th></tr>{rows}</tbody> }
    });
    let bodies = bodies.collect_view();
    let body = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! {
            <p class="verdict">{model.verdict}</p>
            <div class="minor"><div class="table week" tabindex="0" role="region" aria-label="这一周，按户"><table>
                <caption class="visually-hidden">"每户每天的计划和记录"</caption>
                <thead><tr><th scope="col">"户"</th>{heads}<th scope="col" class="num">"本期"</th><th scope="col" class="num wide-only">"到昨天"</th></tr></thead>
                {bodies}
            </table></div>
            <ul class="legend minor" aria-label="图例">{[DayMark::Confirmed, DayMark::Recorded, DayMark::Missed, DayMark::Planned].map(|mark| {
                let (tone, glyph) = mark.look();
                view! { <li class=tone><Icon glyph/>{mark.word()}</li> }
            }).collect_view()}</ul></div>
            <Section id="days" title="按天"><Lines lines=model.by_day/></Section>
        }
        .into_any(),
    };
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            <Tabs label="怎么看" tabs=model.views/>
            <Whose tabs=model.whose/>
            <Turner days=model.days/>
            {body}
        </div>
    }
    .into_any()
}

fn week_row(row: WeekRow, todays: &[bool]) -> AnyView {
    let days = row.days.into_iter().zip(todays).map(|(day, today)| {
        let today = if *today { " today" } else { "" };
        match day {
            Some((mark, words)) => {
                let (tone, glyph) = mark.look();
                view! { <td class=format!("{tone}{today}")><Icon glyph/><span class="visually-hidden">{words}</span></td> }
                    .into_any()
            }
            None => view! { <td class=today.trim().to_owned()></td> }.into_any(),
        }
    });
    let days = days.collect_view();
    let account =
        if row.short { view! { <b class="short">{row.account}</b> }.into_any() } else { row.account.into_any() };
    view! {
        <tr><th scope="row"><a href=row.href>{row.name}</a><br/><span class="muted">{row.service}</span></th>{days}<td class="num">{row.done}</td><td class="num wide-only">{account}</td></tr>
    }
    .into_any()
}

/// The round on paper.
#[derive(Clone, Debug, Default)]
pub struct RoundSheet {
    pub head: Head,
    pub views: Vec<Tab>,
    pub days: DayTurner,
    /// "助餐，12户14餐；探访，1户1次"
    pub title: String,
    /// "2026年12月1日 周二　津邻社会工作服务中心"
    pub beside: String,
    pub places: Vec<SheetPlace>,
    /// Whether names, telephones and doors were opened.
    pub opened: bool,
    /// Opens them, for a purpose.
    pub reveal: Option<FormTarget>,
    pub purposes: Vec<(String, String)>,
    /// Why some stay closed.
    pub closed: Vec<String>,
    pub empty: Option<Empty>,
}

#[derive(Clone, Debug)]
pub struct SheetPlace {
    pub name: String,
    pub note: String,
    pub rows: Vec<SheetRow>,
}

#[derive(Clone, Debug)]
pub struct SheetRow {
    pub number: usize,
    pub name: String,
    pub title: String,
    /// "助餐1餐"
    pub amount: String,
    pub note: String,
    /// Telephones and the door, where they were opened.
    pub phones: Vec<String>,
    pub address: String,
}

pub fn sheet_page(model: RoundSheet) -> AnyView {
    let places = model.places.into_iter().map(|place| {
        let rows = place.rows.into_iter().map(|row| sheet_row(row, model.opened)).collect_view();
        let span = if model.opened { "7" } else { "6" };
        view! { <tbody><tr><th scope="rowgroup" colspan=span>{place.name}"\u{3000}"<span class="muted">{place.note}</span></th></tr>{rows}</tbody> }
    });
    let places = places.collect_view();
    let reveal = model.reveal.map(|target| {
        let purposes = model.purposes.into_iter().enumerate().map(|(i, (value, label))| {
            view! { <label><input type="radio" name=PURPOSE.name value=value checked={i == 0}/>{label}</label> }
        });
        let purposes = purposes.collect_view();
        view! {
            <details class="no-print panel" id="open">
                <summary class="button secondary"><Icon glyph=Glyph::Lock/>"查看并印上姓名、电话和门牌"</summary>
                <PostForm target class="flow">
                    <fieldset class="flow"><legend>{PURPOSE.label}</legend><div class="choices">{purposes}</div></fieldset>
                    <button class="button secondary">"查看这一趟"</button>
                    <p class="muted"><Icon glyph=Glyph::Lock/>"每一户的这次查看都记入访问日志，街道看得到。"</p>
                </PostForm>
            </details>
        }
    });
    let footer = if model.opened {
        "含个人信息。只供这一趟上门使用，当天交回销毁，不拍照、不转发。"
    } else {
        "回来后照这张单子记：整个街道做完勾一下，没做成的选原因。纸单当天交回销毁。"
    };
    let body = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! {
            <article class="sheet round flow">
                <div class="row apart"><h2>{model.title}</h2><p>{model.beside}</p></div>
                {(!model.closed.is_empty()).then(|| view! { <ul class="points">{model.closed.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul> })}
                <div class="table"><table>
                    <caption class="visually-hidden">"去的顺序、做什么、做了没有"</caption>
                    <thead><tr><th scope="col">"序"</th><th scope="col">"户"</th>{model.opened.then(|| view! { <th scope="col">"电话和门牌"</th> })}<th scope="col">"做什么"</th><th scope="col">"做了"</th><th scope="col">"没做成的原因"</th><th scope="col">"几点"</th></tr></thead>
                    {places}
                </table></div>
                <ul class="signatures"><li>"服务人员"</li><li>"社区"</li></ul>
                <p class="muted">{footer}</p>
            </article>
        }
        .into_any(),
    };
    view! {
        <div class="page flow">
            <div class="no-print flow"><PageHead head=model.head/><Tabs label="怎么看" tabs=model.views/><Turner days=model.days/>{reveal}</div>
            {body}
        </div>
    }
    .into_any()
}

fn sheet_row(row: SheetRow, opened: bool) -> AnyView {
    let contact = opened.then(|| {
        let phones = row.phones.into_iter().map(|phone| {
            view! { <a href=format!("tel:{phone}")>{phone.clone()}</a><br/> }
        });
        view! { <td>{phones.collect_view()}{row.address}</td> }
    });
    view! {
        <tr><td>{row.number.to_string()}</td><th scope="row">{row.name}</th>{contact}<td>{row.amount}"\u{3000}"{row.title}{(!row.note.is_empty()).then(|| view! { <br/><span class="muted">{row.note}</span> })}</td><td><div class="box"></div></td><td></td><td></td></tr>
    }
    .into_any()
}
