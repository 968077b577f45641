//! 日历: the volunteer's month, the secret address for calendar programs, iCalendar files.

use crate::base::frame::{Page, render};
use crate::base::get::{Answer, Get};
use crate::base::parts::{decide, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::address;
use crate::volunteers::my::span;
use crate::volunteers::volunteer::OWN;
use crate::{Access, Route};
use app::components::{ActPanel, Badge, Button, Cell, Crumb, Empty, EmptyKind, Fact, Head, Link, Table};
use app::pages::door::{DoorModel, door_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use chrono::{Datelike, Months, NaiveDate};
use documents::ical::{Entry, calendar};
use domain::calendar::Time;
use domain::href::{href, href_at};
use domain::machine::Object;
use domain::opening::ShiftState;
use domain::signup::SignupState;
use services::volunteers::calendar_feed::{self, Month};
use services::volunteers::signup::Listed;
use services::volunteers::{opening, signup};
use services::{Ctx, Result};

const PAGE: &str = "/my/calendar";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(PAGE, OWN, show),
        Route::post("/my/calendar/renew", OWN, renew),
        Route::post("/my/calendar/revoke", OWN, revoke),
        Route::get("/my/calendar.ics", OWN, own_file),
        Route::get_at("/calendar/{token}", Access::Anyone, feed),
        Route::get_at("/openings/{code}/calendar.ics", Access::Anyone, opening_file),
    ]
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let now = ctx.now();
        let first = calendar_feed::month_of(get.value("month"), now.day());
        let month = calendar_feed::month(ctx, first).await?;
        let title = format!("{}年{}月的班次", first.year(), first.month());
        let to = |first: NaiveDate| address(PAGE, &[], &[("month", first.format("%Y-%m").to_string())]);
        let mut head = Head::new(title.clone())
            .crumbs(vec![Crumb::link("我的服务", "/my"), Crumb::here("日历")])
            .action(Link::new("上个月", to(first - Months::new(1))))
            .action(Link::new("下个月", to(first + Months::new(1))));
        if first != calendar_feed::month_of("", now.day()) {
            head = head.action(Link::new("回到本月", PAGE));
        }
        let model = RecordModel {
            head,
            sections: vec![shifts(&get, &month, now)],
            panels: vec![subscription(&get, &month, now).await?],
            ..RecordModel::default()
        };
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

fn shifts(get: &Get, month: &Month, now: Time) -> RecordSection {
    let waits = |listed: &Listed| listed.signup.state == SignupState::Accepted && listed.signup.starts_at > now;
    let table = Table::of("这个月的班次", &month.shifts)
        .column("时间", |listed| Cell::strong(span(listed.signup.starts_at, listed.signup.ends_at, now)))
        .column("岗位", |listed| {
            Cell::link(listed.opening_title.clone(), href(Object::Opening, &listed.opening_code))
                .note(listed.place.clone())
        })
        .column("状态", |listed| {
            let s = &listed.signup;
            Cell::badge(states::signup(s.state, 0)).note(s.reason.clone().unwrap_or_default())
        })
        .column_if(month.shifts.iter().any(waits), "办理", |listed| {
            let to = href_at(Object::Signup, &listed.signup.id, "/confirm");
            let way = waits(listed).then(|| decide(get, "确认参加", &listed.opening_title, &to));
            Cell::decisions(way.into_iter().collect())
        })
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "这个月没有班次", "看看别的月份，或者找一个时间合适的岗位报名。")
            .action(Link::new("找岗位", "/openings"))
    });
    RecordSection::new("shifts", "这个月的班次", vec![body])
}

async fn subscription(get: &Get, month: &Month, now: Time) -> Result<ActPanel> {
    let button = if month.feed.is_some() { "换一个订阅地址" } else { "生成订阅地址" };
    let mut one = panel(get, "feed", "放进手机日历", "/my/calendar/renew", Vec::new(), button).await?;
    one.text = "日历程序按这个地址自动更新班次，不用登录。里面有岗位、时间和集合地点，没有居民的住址。".into();
    one.links = vec![Link::new("只下载一次", "/my/calendar.ics")];
    match month.feed {
        Some(at) => {
            one.facts = vec![Fact::new("订阅地址", format!("{}生成", at.words_near(now)))];
            one.buttons =
                vec![Button::new(button).secondary(), Button::new("停用").quiet().action("/my/calendar/revoke")];
            one.next = "地址只在生成时显示一次。换了或停用以后，原来的地址马上打不开。".into();
        }
        None => one.next = "谁有地址谁就看得到您的班次，请不要发给别人。可以随时换掉或停用。".into(),
    }
    Ok(one)
}

/// The address, shown once: only its hash is kept.
async fn renew(post: Post) -> Response {
    let outcome = async {
        let ctx = post.ctx()?;
        calendar_feed::renew(&ctx).await
    };
    match outcome.await {
        Ok(token) => {
            let base = post.site.settings.public_url.trim_end_matches('/');
            let url = format!("{base}/calendar/{token}");
            let opens = url.split_once("://").map(|(_, rest)| format!("webcal://{rest}")).unwrap_or_default();
            let model = DoorModel {
                head: Head {
                    badges: vec![Badge::good("已生成")],
                    ..Head::new("订阅地址").lead("只显示这一次，离开这一页就看不到了。")
                },
                notice: Some("谁有这个地址谁就看得到您的班次，请不要发给别人。".into()),
                facts: vec![
                    Fact::new("地址", url),
                    Fact::new("怎样用", "在日历程序里选“订阅日历”或“通过网址添加”，粘贴上面的地址。"),
                ],
                links: vec![Link::new("在手机日历里打开", opens).primary(), Link::new("回到日历", PAGE)],
                ..DoorModel::default()
            };
            let page = Page::new("订阅地址", move || door_page(model));
            let mut response = render(&post.site, &post.request, page).await;
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => crate::base::refusal::failure(&post.site, &post.request, error, Some(PAGE.into())).await,
    }
}

async fn revoke(post: Post) -> Response {
    post.run(
        "订阅地址已停用",
        |_| PAGE.to_owned(),
        async |_, ctx: Ctx| {
            calendar_feed::revoke(&ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

fn file(name: &str, text: String) -> Answer {
    Answer::Raw(crate::base::download::attachment(
        name,
        "shifts.ics",
        "text/calendar; charset=utf-8",
        text.into_bytes(),
    ))
}

/// Shifts with a place, and those that fell through as such.
fn entries(base: &str, all: &[Listed]) -> Vec<Entry> {
    all.iter()
        .filter(|l| l.signup.state.holds_place() || l.signup.state == SignupState::Cancelled)
        .map(|l| Entry {
            uid: format!("{}@duijie", l.signup.shift_id),
            changed: l.signup.decided_at.unwrap_or(l.signup.applied_at).0,
            starts: l.signup.starts_at.0,
            ends: l.signup.ends_at.0,
            title: l.opening_title.clone(),
            place: l.place.clone(),
            text: l.team_name.clone(),
            url: format!("{base}/my"),
            cancelled: !l.signup.state.holds_place(),
        })
        .collect()
}

async fn own_file(get: Get) -> Response {
    get.show(async {
        let mine = signup::mine(get.ctx()?, 0, 100).await?;
        let base = get.site.settings.public_url.trim_end_matches('/');
        Ok(file("我的志愿服务.ics", calendar("我的志愿服务", &entries(base, &mine.ahead))))
    })
    .await
}

/// What a calendar program fetches: nobody is signed in, the address itself is the secret.
async fn feed(get: Get, Path(token): Path<String>) -> Response {
    get.show(async {
        let all = calendar_feed::by_token(&get.site.services, &token).await?;
        let base = get.site.settings.public_url.trim_end_matches('/');
        Ok(file("我的志愿服务.ics", calendar("我的志愿服务", &entries(base, &all))))
    })
    .await
}

/// The shifts of an opening, for a calendar that asks again from time to time: cancelled ones as cancelled.
async fn opening_file(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let view = opening::view(&get.site.services, get.reader(), &code).await?;
        let base = get.site.settings.public_url.trim_end_matches('/');
        let entries: Vec<Entry> = view
            .shifts
            .iter()
            .map(|(s, _)| Entry {
                uid: format!("{}@duijie", s.id),
                changed: s.updated_at.0,
                starts: s.starts_at.0,
                ends: s.ends_at.0,
                title: view.opening.title.clone(),
                place: view.opening.place.clone(),
                text: view.team.name.clone(),
                url: format!("{base}/openings/{code}"),
                cancelled: s.state == ShiftState::Cancelled,
            })
            .collect();
        Ok(file("志愿岗位.ics", calendar(&view.opening.title, &entries)))
    })
    .await
}
