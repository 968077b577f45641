//! The unclaimed queue on its own page and on the desks: who waits, how far it looks, who was asked.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, day_near};
use crate::base::words::{address, clock_badge, pager, waited};
use crate::{Access, Route};
use app::components::{Badge, Cell, Crumb, Decision, Empty, EmptyKind, Head, Link, Tab, Table};
use app::pages::list::{ListModel, list_page};
use axum::response::Response;
use domain::clock::unclaimed_hours;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::CloseReason;
use services::aid::queue::{self, Unclaimed};
use services::base::offers::Offers;
use services::office::waiting;

pub(crate) const PATH: &str = "/desk/unclaimed";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(PATH, Access::Staff, show)]
}

const SIZE: usize = 20;

/// Invite from the line, or record that nobody can.
pub(crate) fn ways(offers: &Offers, code: &str, title: &str) -> Vec<Decision> {
    let mut ways = Vec::new();
    if offers.has(Command::AskSend) {
        ways.push(Decision::get("邀请组织", title, href_at(Object::Need, &code, "/candidates")));
    }
    if offers.has(Command::NeedProposeClose) {
        let close =
            href_at(Object::Need, &code, &format!("/close?close_reason={}", CloseReason::UnmetNoCapacity.as_str()));
        ways.push(Decision::get("记为未满足", title, close).quiet());
    }
    ways
}

/// What the queue does next with a need by itself.
fn next_step(need: &Unclaimed, get: &Get) -> String {
    let today = get.site.services.now().day();
    let hours = unclaimed_hours(need.urgent);
    let Some(at) = usize::try_from(need.escalation).ok().and_then(|step| hours.get(step)) else {
        return "由市民政局调度，或记为未满足".to_owned();
    };
    let at = need.published_at.plus_hours(*at);
    let at = if need.urgent { at.words_near(get.site.services.now()) } else { day_near(at.day(), today) };
    match (need.escalation, need.urgent) {
        (0, _) => format!("{at}起扩大到全区"),
        (1, _) => format!("{at}起扩大到相邻区，请区民政局协调"),
        (2, true) => format!("{at}起扩大到全市"),
        (2, false) => format!("{at}起扩大到全市，报市民政局"),
        _ => format!("{at}报市民政局"),
    }
}

pub(crate) const ALL: &str =
    "还有余量的需求，按等待时间排序。满3、7、14天自动扩大范围、通知合适的组织并上报，期满无人认领记为“未满足”。";
const URGENT: &str = "急难：12、20、24小时自动扩大范围，36小时报市民政局。";

pub(crate) fn table<'a>(get: &Get, caption: &str, needs: impl IntoIterator<Item = &'a Unclaimed>) -> Table {
    let services = &get.site.services;
    let now = services.now();
    Table::of(caption, needs)
        .column("需求", |need| {
            Cell::link(need.title.clone(), href(Object::Need, &need.code)).note(need.place.clone())
        })
        .column("还差", |need| Cell::text(need.open.clone()))
        .column("已等待", |need| {
            match waiting::of_unclaimed(services, need.published_at, need.urgent).filter(|_| need.urgent) {
                Some(running) => Cell::badge(clock_badge(&running, services)),
                None => Cell::text(waited(Some(need.published_at), now)),
            }
            .note(next_step(need, get))
        })
        .column("找到哪里", |need| {
            let asked = match (need.asked, need.answered) {
                (0, 0) => "还没有邀请".to_owned(),
                (0, n) => format!("{n}家没有接受"),
                (n, 0) => format!("{n}家在等回复"),
                (n, m) => format!("{n}家在等回复，{m}家没有接受"),
            };
            Cell::badge(match need.escalation {
                0 => Badge::plain("服务这里的"),
                3.. => Badge::care("全市"),
                _ => Badge::wait(need.reach().words()),
            })
            .note(asked)
        })
        .column("办理", |need| Cell::decisions(ways(&need.offers, &need.code, &need.title)))
        .caption_shown()
        .done()
}

pub(crate) fn nothing() -> Empty {
    Empty::new(EmptyKind::Nothing, "公开的需求都有组织承接", "还有余量没人认领的，会按急难程度和等待时间排在这里。")
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let step = get.value("step").parse().ok().filter(|step| (0..=4).contains(step));
        let size = i64::try_from(SIZE).unwrap_or(20);
        let offset = i64::try_from(get.page() - 1).unwrap_or_default() * size;
        let found = queue::list(ctx, step, offset, size).await?;
        let (urgent, others): (Vec<&Unclaimed>, Vec<&Unclaimed>) = found.rows.iter().partition(|need| need.urgent);
        let tabs = std::iter::once((None, "全部"))
            .chain((0..).map(Some).zip(["第一步之前", "到了街道", "到了区级", "找到全市", "到了市级"]))
            .filter(|(at, _)| at.is_none() || *at == step || found.count(*at) > 0)
            .map(|(at, label)| {
                let query: Vec<(&str, String)> = at.iter().map(|at| ("step", at.to_string())).collect();
                Tab::new(label, address(PATH, &[], &query), at == step).count(count(found.count(at)))
            })
            .collect();
        let total = count(found.count(step));
        let empty = found.rows.is_empty().then(|| match total {
            0 => nothing(),
            _ => Empty::new(EmptyKind::NoMatch, "这一页没有内容", "可能刚刚有组织认领，列表变短了。")
                .action(Link::new("回到第一页", PATH)),
        });
        let mut head = Head::new("无人认领").crumbs(vec![Crumb::link("今日待办", "/desk"), Crumb::here("无人认领")]);
        if ctx.may(Command::BatchPropose) {
            head = head.action(Link::new("批量匹配", "/batches"));
        }
        let model = ListModel {
            head,
            tabs,
            found: format!("{total}个需求还有余量"),
            first: (!urgent.is_empty()).then(|| ("急难，先办".to_owned(), table(&get, URGENT, urgent))),
            table: table(&get, ALL, others),
            pager: (total > SIZE as u64).then(|| pager(PATH, &get.query, get.page(), SIZE, total, "个")),
            empty,
            ..ListModel::default()
        };
        Ok(Page::new("无人认领", move || list_page(model)))
    })
    .await
}
