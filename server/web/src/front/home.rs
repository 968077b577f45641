//! The front page.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::words::{card_line, running, waited};
use crate::{Access, Route};
use app::pages::home::{HomeFigure, HomeFigures, HomeModel, home_page};
use axum::response::Response;
use domain::gate::small::Shown;
use search::{NeedQuery, Sort};
use services::finding::hall::{self, Viewer};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/", Access::Anyone, home)]
}

/// Where the counted rows are.
const WAITING: &str = "/needs?state=open&state=partial";

/// Lines of each list.
const SHOWN: usize = 4;

async fn home(get: Get) -> Response {
    get.show_public(async {
        let services = &get.site.services;
        let now = services.now();
        let figures = hall::figures(services).await?;
        // The front page is about the whole city, also for an office that works in one street.
        let viewer = match get.viewer() {
            Viewer::Staff(_) => Viewer::Public,
            viewer => viewer,
        };
        let open = NeedQuery { open_only: true, limit: SHOWN, ..NeedQuery::default() };
        // More than are shown: first those whose hours still run, the soonest first.
        let urgent = NeedQuery { urgent_only: true, sort: Sort::Urgent, limit: 60, ..open.clone() };
        let mut urgent = hall::search(services, viewer, urgent).await?;
        urgent.cards.sort_by_key(|card| match running(card.public().due_at, now) {
            Some(due) => (false, Some(due)),
            None => (true, card.public().published_at),
        });
        urgent.cards.truncate(SHOWN);
        let waiting = hall::search(services, viewer, NeedQuery { sort: Sort::Waiting, ..open }).await?;
        let longest = waiting
            .cards
            .first()
            .map(|card| format!("等得最久的{}", waited(card.public().published_at, now)))
            .unwrap_or_default();
        let k = services.policy.small_cell_k;
        let (figures, total) = figures.shown(k);
        let count = |shown: Shown| shown.count().and_then(|count| u64::try_from(count).ok());
        let figure = |shown: Shown, note: &str, href: &str| HomeFigure {
            count: count(shown),
            note: note.to_owned(),
            href: href.to_owned(),
        };
        let model = HomeModel {
            examples: ["送餐上门", "陪诊", "学业辅导", "助浴"]
                .map(|words| (words.to_owned(), crate::base::words::address("/needs", &[], &[("q", words.to_owned())])))
                .to_vec(),
            hotline: Some((get.site.settings.hotline.clone(), get.site.settings.hotline_name.clone()))
                .filter(|(number, _)| !number.is_empty()),
            figures: HomeFigures {
                period: "今年".into(),
                total: count(total),
                few: Shown::Few.words(k),
                as_of: now.words(),
                met: figure(figures.met, "都由机构以外的人核验", "/needs?state=met"),
                unmet: figure(figures.unmet, "每一个都记下原因", "/needs?state=unmet"),
                in_progress: figure(figures.in_progress, "已有组织承接", "/needs?state=covered"),
                waiting: figure(figures.waiting, &longest, WAITING),
                other: figure(figures.other, "搬走、撤回、已另有救助", "/needs?state=ended"),
            },
            urgent_total: urgent.results.total,
            urgent: urgent.cards.iter().map(|card| card_line(card, now)).collect(),
            urgent_href: "/needs?urgent=1".into(),
            waiting: waiting.cards.iter().map(|card| card_line(card, now)).collect(),
            waiting_href: format!("{WAITING}&sort=waiting"),
        };
        Ok(Page::new("首页", move || home_page(model)))
    })
    .await
}
