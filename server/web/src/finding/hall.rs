//! 需求大厅: searching, filtering and paging needs; each reader within its tier.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::states;
use crate::base::words::{card_line, due_badge, pager, running, waited};
use crate::finding::hall_query::{HallQuery, PATH};
use crate::finding::hall_words::understood;
use crate::{Access, Route};
use app::components::{
    Badge, Coverage, Empty, EmptyKind, Figure, Link, NeedCard, Pager, Reason, Search, Span, Tab, Tone,
};
use app::pages::hall::{HallModel, NearbyLink, UrgentBlock, hall_page};
use axum::response::{IntoResponse, Response};
use domain::calendar::Time;
use domain::clock::unclaimed_hours;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::NeedState;
use search::{Fallback, Hit, NeedQuery, Sort};
use services::finding::hall::{self, Card, CardLine, Viewer};
use services::finding::hall_address::HallAddress;
use services::finding::nearby;
use services::supply::organization::Organization;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(PATH, Access::Anyone, show), Route::get("/needs/suggest", Access::Anyone, suggest)]
}

/// Suggestions for what is being typed, within the reader's tier: JSON for the search box and for whoever asks.
async fn suggest(get: Get) -> Response {
    match nearby::suggest(&get.site.services, get.viewer(), get.value("q")).await {
        Ok(suggestions) => axum::Json(suggestions).into_response(),
        // The box goes on working without suggestions.
        Err(error) => {
            tracing::warn!(%error, "no suggestions");
            axum::Json(nearby::Suggestions::default()).into_response()
        }
    }
}

/// With fewer results than this, something near is offered.
const FEW: u64 = 3;

/// Needs on a page.
const SIZE: usize = 20;

async fn show(get: Get) -> Response {
    get.show_public(async {
        let services = &get.site.services;
        let now = services.now();
        let viewer = get.viewer();
        let query = HallQuery::read(&get.query);
        let page = get.page();
        let mut question = query.need_query(now, (page - 1) * SIZE, SIZE);
        let own = match viewer {
            Viewer::Member(ctx) => Some(services::supply::organization::by_id(ctx, ctx.organization()?).await?),
            _ => None,
        };
        let scope = match viewer {
            Viewer::Staff(ctx) => ctx.actor.scope.as_str(),
            _ => "",
        };
        if let Some(own) = &own {
            question.near = own.division_code.get(..6).unwrap_or_default().to_owned();
        }
        let found = hall::search(services, viewer, question).await?;
        let total = found.results.total;
        let nearby = if total < FEW && page == 1 {
            nearby::nearby(services, viewer, &query, &found.results).await?
        } else {
            Vec::new()
        };
        let cards = found
            .results
            .hits
            .iter()
            .zip(&found.cards)
            .map(|(hit, card)| need_card(hit, card, own.as_ref(), now))
            .collect::<Vec<_>>();
        let urgent = urgent(services, viewer, &query, page, now).await?;
        let filters = query.filters(&found.results.facets, scope, &services.divisions());
        let empty = cards.is_empty().then(|| nothing(&query, page));
        let counted = |count| hall::shown_count(services, viewer, count);
        let title = query.title(&services.divisions());
        let model = HallModel {
            search: Search {
                action: PATH.into(),
                query: query.text.clone(),
                label: "查找需求".into(),
                placeholder: "服务、对象、街镇或编号".into(),
                keep: query.without_text(),
                suggest: Some("/needs/suggest".into()),
            },
            understood: understood(&query, &found.results),
            nearby: nearby
                .into_iter()
                .map(|near| NearbyLink {
                    label: near.label,
                    count: counted(near.total),
                    href: HallQuery(near.address).href(),
                })
                .collect(),
            save: get
                .reader()
                .filter(|ctx| ctx.may(Command::SavedSearchCreate) && *query != HallAddress::default())
                .map(|_| format!("/searches/new?{}", query.query_string())),
            filters,
            urgent,
            count: counted(total),
            orders: query.orders().into_iter().map(|(label, href, on)| Tab::new(label, href, on)).collect(),
            cards,
            pager: if counted(total).is_none() || total == 0 {
                Pager::default()
            } else {
                pager(PATH, &query.pairs(), page, SIZE, total, "个")
            },
            empty,
            notice: Some(notice(&get, scope, &found)).filter(|text| !text.is_empty()),
            actions: actions(&get),
        };
        Ok(Page::new(title, move || hall_page(model)))
    })
    .await
}

/// Urgent needs in their block.
const URGENT: usize = 6;

/// Urgent needs with something open come before all others: on the first page of the hall as it is entered. With a
/// question or filters the list answers what was asked.
async fn urgent(
    services: &std::sync::Arc<services::Services>,
    viewer: Viewer<'_>,
    query: &HallQuery,
    page: usize,
    now: Time,
) -> services::Result<Option<UrgentBlock>> {
    if page != 1 || **query != HallAddress::default() {
        return Ok(None);
    }
    let wanted =
        NeedQuery { urgent_only: true, open_only: true, sort: Sort::Urgent, limit: URGENT, ..NeedQuery::default() };
    let found = hall::search(services, viewer, wanted).await?;
    Ok((found.results.total > 0).then(|| UrgentBlock {
        lines: found.cards.iter().map(|card| card_line(card, now)).collect(),
        all: (found.results.total > URGENT as u64)
            .then(|| (format!("全部{}个急难需求", found.results.total), "/needs?urgent=1".to_owned())),
    }))
}

fn actions(get: &Get) -> Vec<Link> {
    match get.reader() {
        Some(ctx) if ctx.may(Command::NeedCreate) => vec![Link::new("登记需求", "/needs/new").primary()],
        _ => Vec::new(),
    }
}

/// Services that are named as what was meant.
const MOST_MEANT: usize = 3;

/// What the reader should know of this list.
fn notice(get: &Get, scope: &str, found: &hall::Page) -> String {
    let results = &found.results;
    let mut sentences = Vec::new();
    if found.catching_up {
        sentences.push("搜索正在整理，最近的变动可能稍后才列出来。".into());
    }
    match get.viewer() {
        Viewer::Staff(_) => sentences.push(format!("只列出您辖区内的需求（{}）。", get.site.services.place(scope))),
        Viewer::Member(_) => {}
        Viewer::Public if get.reader().is_some_and(|ctx| ctx.role().is_organization()) => {
            sentences.push("贵机构核验通过后，可以看到街镇和情况说明，也可以认领。".into());
        }
        Viewer::Public => {
            sentences.push("公开的内容里没有姓名和住址。社会组织登录后可以看到街镇和情况说明。".into());
        }
    }
    let places = || results.meaning.places().map(|place| place.name.clone()).collect::<Vec<_>>().join("、");
    match results.fell_back {
        None => {}
        Some(Fallback::Elsewhere) => sentences.push(format!("{}的排在前面，后面是其他地方的。", places())),
        Some(Fallback::Meant) => {
            let names: Vec<String> = results.meaning.asked.sure().take(MOST_MEANT).map(hall::service_name).collect();
            sentences.push(format!("看来与{}有关。{}", names.join("、"), Fallback::Meant.words()));
        }
        Some(fallback) => sentences.push(fallback.words().into()),
    }
    let below = matches!(get.viewer(), Viewer::Public)
        && results.meaning.places().any(|place| place.codes.iter().any(|code| code.len() > 6));
    if below {
        sentences.push("公开的内容只到区，不按街镇列出困难家庭。".into());
    }
    if results.parsed.truncated {
        sentences.push(format!("查找的话太长，只用了前{}个字。", search::MAX_CHARS));
    }
    sentences.concat()
}

fn nothing(query: &HallQuery, page: usize) -> Empty {
    if page > 1 {
        return Empty::new(EmptyKind::NoMatch, "这一页没有需求", "可能刚刚有需求被承接，列表变短了。")
            .action(Link::new("回到第一页", query.href()));
    }
    if !query.has_choice() {
        return if query.text.is_empty() {
            Empty::new(EmptyKind::Nothing, "现在没有等待认领的需求", "街道公开新的需求后，会列在这里。")
        } else {
            Empty::new(
                EmptyKind::NoMatch,
                format!("没有找到“{}”", query.text),
                "换一个说法再找，例如把“送饭”换成“助餐”，或者不写文字，用左边的条件来选。",
            )
            .action(Link::new("查看全部需求", PATH))
        };
    }
    let empty = Empty::new(EmptyKind::NoMatch, "没有符合这些条件的需求", "去掉一个条件，或者换一个说法再找。");
    if query.text.is_empty() {
        empty.action(Link::new("清除全部条件", PATH))
    } else {
        empty.action(Link::new(format!("只找“{}”，不限条件", query.text), query.only_text()))
    }
}

/// Most characters of a summary on a card.
const SUMMARY_CHARS: usize = 90;

/// Lines with something open that are drawn on a card.
const MOST_LINES: usize = 2;

fn need_card(hit: &Hit, card: &Card, own: Option<&Organization>, now: Time) -> NeedCard {
    let public = card.public();
    let mut badges = Vec::new();
    if public.urgent && public.state == NeedState::Published {
        badges.push(Badge::urgent("急难"));
        if let Some(due) = running(public.due_at, now) {
            badges.push(due_badge(Some(due), false, now));
        }
    }
    badges.push(states::need(public.state, public.close_reason, Some(&public.lines)));
    let (place, summary) = match card {
        Card::Public(card) => (
            std::iter::once(card.place.clone()).chain(card.groups.iter().cloned()).collect::<Vec<_>>().join(" · "),
            Vec::new(),
        ),
        Card::Member(member) => {
            if let Some(words) = widened(public.urgent, member.escalation) {
                badges.push(Badge::clock(Tone::Wait, words));
            }
            let summary = if hit.passage_spans.is_empty() {
                Span::plain(shortened(&member.summary))
            } else {
                spans(&hit.passage, &hit.passage_spans)
            };
            (member.place.clone(), summary)
        }
    };
    NeedCard {
        href: href(Object::Need, &public.code),
        title: spans(&hit.title, &hit.title_spans),
        badges,
        place,
        summary,
        figures: figures(card, now),
        reasons: matched(hit).into_iter().chain(own.map(|own| reasons(card, own)).unwrap_or_default()).collect(),
    }
}

/// What the unclaimed queue has done for a need.
fn widened(urgent: bool, escalation: i64) -> Option<String> {
    let hours = unclaimed_hours(urgent);
    let step = usize::try_from(escalation).ok().filter(|step| *step > 0)?.min(hours.len());
    let hours = hours[step - 1];
    Some(if urgent { format!("{hours}小时没人认领") } else { format!("{}天没人认领", hours / 24) })
}

fn figures(card: &Card, now: Time) -> Vec<Figure> {
    let public = card.public();
    let plain = |term: &str, value: String| Figure { term: term.to_owned(), value, coverage: None };
    let Some(published) = public.published_at else { return Vec::new() };
    if public.state != NeedState::Published {
        return vec![plain("公开日期", domain::calendar::day_words(published.day()))];
    }
    let mut figures = vec![plain("已等待", waited(Some(published), now))];
    let open: Vec<&CardLine> = public.lines.iter().filter(|line| line.open() > 0).collect();
    for line in open.iter().take(MOST_LINES) {
        let term = if public.lines.len() == 1 { "还差".to_owned() } else { format!("{}还差", line.service) };
        let bar = (crate::base::words::coverage(line), crate::base::words::coverage_words(line));
        figures.push(Figure { term, value: line.open_words(), coverage: Some(bar) });
    }
    if open.is_empty() {
        let covered: u32 = 1;
        let bar = (Coverage { covered, pending: 0, open: 0 }, "全部已有人承接".to_owned());
        figures.push(Figure { term: "还差".to_owned(), value: "不差".to_owned(), coverage: Some(bar) });
    } else if open.len() > MOST_LINES {
        figures.push(plain("另外", format!("{}项", open.len() - MOST_LINES)));
    }
    figures
}

/// Why the search found it, where the words are others than those typed.
fn matched(hit: &Hit) -> Vec<Reason> {
    let said: Vec<String> = hit
        .why
        .iter()
        .filter(|why| why.found != why.typed)
        .map(|why| format!("“{}”符合“{}”", why.found, why.typed))
        .take(MOST_WHY)
        .collect();
    if said.is_empty() { Vec::new() } else { vec![Reason { fits: true, text: said.join("，") }] }
}

const MOST_WHY: usize = 3;

/// Why a need fits the organization, from what it registered.
fn reasons(card: &Card, own: &Organization) -> Vec<Reason> {
    let public = card.public();
    let offered: Vec<String> = own.services().iter().map(|code| hall::service_name(code)).collect();
    let (can, cannot): (Vec<&CardLine>, Vec<&CardLine>) =
        public.lines.iter().filter(|line| line.open() > 0).partition(|line| offered.contains(&line.service));
    let names = |lines: &[&CardLine]| lines.iter().map(|line| line.service.as_str()).collect::<Vec<_>>().join("、");
    let mut reasons = Vec::new();
    if !can.is_empty() {
        reasons.push(Reason { fits: true, text: format!("{}在贵机构登记的服务里", names(&can)) });
    } else if !cannot.is_empty() {
        reasons.push(Reason { fits: false, text: format!("贵机构没有登记{}", names(&cannot)) });
    }
    // Codes carry the district: XQ120102-….
    let district = public.code.get(2..8).unwrap_or_default();
    let areas = own.areas();
    if !areas.is_empty() && !areas.iter().any(|area| area.starts_with(district) || district.starts_with(area.as_str()))
    {
        reasons.push(Reason { fits: false, text: "不在贵机构登记的服务区域里".into() });
    }
    reasons
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SUMMARY_CHARS {
        return line;
    }
    let mut short: String = line.chars().take(SUMMARY_CHARS - 1).collect();
    short.push('…');
    short
}

/// A text cut where its marks begin and end.
fn spans(text: &str, marks: &[(u32, u32)]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut at = 0;
    for (start, end) in marks.iter().map(|(start, end)| (*start as usize, *end as usize)) {
        let (Some(before), Some(hit)) = (text.get(at..start), text.get(start..end)) else { break };
        if !before.is_empty() {
            out.push(Span { text: before.to_owned(), hit: false });
        }
        out.push(Span { text: hit.to_owned(), hit: true });
        at = end;
    }
    if let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        out.push(Span { text: rest.to_owned(), hit: false });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_cut_a_text_and_lose_nothing() {
        let cut = spans("每天送餐到家", &[(6, 12)]);
        let words: Vec<(&str, bool)> = cut.iter().map(|span| (span.text.as_str(), span.hit)).collect();
        assert_eq!(words, [("每天", false), ("送餐", true), ("到家", false)]);
        assert_eq!(spans("全", &[]).len(), 1);
        // A mark inside a character is no mark.
        assert_eq!(spans("全", &[(1, 2)]).len(), 1);
    }

    #[test]
    fn summaries_are_cut_at_characters() {
        assert_eq!(shortened("一\n二"), "一 二");
        assert_eq!(shortened(&"长".repeat(200)).chars().count(), SUMMARY_CHARS);
    }
}
