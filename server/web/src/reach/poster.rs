//! 求助海报: a sheet for each street, village or community, whose code opens the form for that place.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::qr::qr;
use crate::{Access, Route};
use app::components::{Crumb, Head, Line, Link, Mark};
use app::pages::reach::{Poster, PosterModel, posters_page};
use axum::response::Response;
use domain::division::{Level, prefix};
use domain::machine::Command;
use services::Error;

pub(crate) const PATH: &str = "/requests/posters";

/// Every poster of the list, one after the other.
const ALL: &str = "all";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(PATH, Access::Staff, show)]
}

fn poster(get: &Get, code: &str) -> Option<Poster> {
    let site = &get.site;
    let place = site.services.place(code);
    let to = site.settings.address(&format!("{}?place={}", super::words::ASK, prefix(code)));
    let code = qr(&to, format!("求助登记的二维码，{place}"))?;
    Some(Poster { place, qr: code, address: to, hotline: site.settings.hotline.clone() })
}

/// The places of the reader's scope, or the sheets to print.
async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let divisions = ctx.services.divisions();
        let own = divisions.get(&ctx.actor.scope).ok_or(Error::NotFound)?;
        let below = divisions.children(&own.code12).filter(|d| d.is_current()).map(|d| d.code12.clone());
        let mut places: Vec<String> = below.collect();
        if own.level != Level::City {
            places.insert(0, own.code12.clone());
        }
        let asked = get.value("place");
        let posters: Vec<Poster> = match asked {
            "" => Vec::new(),
            ALL => places.iter().filter_map(|code| poster(&get, code)).collect(),
            one => {
                let found = divisions.current(one).filter(|d| ctx.actor.covers(&d.code12)).ok_or(Error::NotFound)?;
                poster(&get, &found.code12).into_iter().collect()
            }
        };
        let lines = if posters.is_empty() {
            places
                .iter()
                .map(|code| Line {
                    title: ctx.services.place(code),
                    href: format!("{PATH}?place={}", prefix(code)),
                    mark: Mark::Text("一张".into()),
                    note: String::new(),
                })
                .collect()
        } else {
            Vec::new()
        };
        let up = if ctx.may(Command::HelpTake) {
            Crumb::link("求助", "/requests")
        } else {
            Crumb::link("今日待办", "/desk")
        };
        let mut head = Head::new("求助海报")
            .crumbs(vec![up, Crumb::here("求助海报")])
            .lead("贴在楼道、社区和办事窗口。扫码打开求助登记，住的地方已经填好，求助直接到那里的街道。");
        if posters.is_empty() {
            head = head.action(Link::new(format!("全部{}张", places.len()), format!("{PATH}?place={ALL}")).primary());
        } else {
            head = head.action(Link::new("换一个地方", PATH));
        }
        let model = PosterModel { head, lines, posters };
        Ok(Page::new("求助海报", move || posters_page(model)))
    })
    .await
}
