//! 志愿岗位: the hall, and one opening with its shifts.

use crate::base::finder::{Finder, SIZE, districts};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{decide, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::address;
use crate::finding::hall_words::heard;
use crate::volunteers::my::span;
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Decision, Empty, EmptyKind, Fact, FactLine, Field, Head, Link, Table,
};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::{Time, day_words};
use domain::form::volunteers::{opening as form, shift as shift_form};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::opening::{OpeningState, ShiftState};
use domain::role::Role;
use domain::vocabulary::ServiceGroup;
use services::finding::hall::service_name;
use services::volunteers::opening::{self, Opening, OpeningView, Shift, Wanted};
use services::volunteers::shift;
use services::volunteers::signup::Signup;
use services::{Ctx, Result};

pub(crate) fn routes() -> Vec<Route> {
    const LEAD: Access = Access::Commands(&[Command::OpeningCreate]);
    vec![
        Route::get("/openings", Access::Anyone, hall),
        Route::get_at("/openings/{code}", Access::Anyone, show),
        Route::post_at("/openings/{code}/shifts", LEAD, plan),
        Route::post_at("/openings/{code}/open", LEAD, publish),
        Route::post_at("/openings/{code}/close", LEAD, close),
        Route::post_at("/openings/{code}/cancel", LEAD, cancel),
    ]
}

/// `还有3个名额（共8个）`, `名额已满，可以候补`
pub(crate) fn places_words(shift: &Shift) -> String {
    match shift.free() {
        0 => format!("{}个名额已满，可以候补", shift.places),
        free => format!("还有{free}个名额（共{}个）", shift.places),
    }
}

fn place(services: &services::Services, row: &Opening) -> String {
    services.place(&row.division_code)
}

async fn hall(get: Get) -> Response {
    get.show_public(async {
        let services = &get.site.services;
        let wanted = Wanted {
            text: Finder::text(&get),
            service: get.value("service").to_owned(),
            area: get.value("area").to_owned(),
            when: get.value("when").to_owned(),
            with_room: get.value("room") == "1",
        };
        let found = opening::hall(services, &wanted, (get.page() - 1) * SIZE, SIZE).await?;
        let now = services.now();
        let table = Table::of("正在招募的志愿岗位", &found.rows)
            .column("岗位", |row| {
                let o = &row.opening;
                Cell::link(o.title.clone(), href(Object::Opening, &o.code)).note(row.team_name.clone())
            })
            .column("服务", |row| {
                Cell::text(service_name(&row.opening.service_code)).note(place(services, &row.opening))
            })
            .column("最近一次", |row| {
                let more = if row.shifts > 1 { format!("另有{}个班次", row.shifts - 1) } else { String::new() };
                Cell::text(row.next_at.map(|at| at.words_near(now)).unwrap_or_default()).note(more)
            })
            .column("名额", |row| {
                Cell::text(if row.free > 0 {
                    format!("还有{}个名额", row.free)
                } else {
                    "已满，可以候补".to_owned()
                })
            })
            .done();
        let mut head = Head::new("志愿岗位").lead("选一个时间合适的，点进去报名。不收费，不计分，不用拍照打卡。");
        match get.reader().map(Ctx::role) {
            None => head = head.action(Link::new("登记为志愿者", "/volunteers/join").primary()),
            Some(Role::Volunteer) => head = head.action(Link::new("我的服务", "/my").primary()),
            Some(_) => {}
        }
        let head = head.action(Link::new("服务队", "/teams"));
        let list = ListModel { head, notice: found.found.as_ref().and_then(heard), table, ..ListModel::default() };
        let offered = [ServiceGroup::B, ServiceGroup::C].into_iter().flat_map(ServiceGroup::categories);
        let offered = offered.map(|s| (s.code.to_owned(), s.short_name.to_owned())).collect();
        let nothing = Empty::new(EmptyKind::Nothing, "现在没有招募的岗位", "加入一支服务队，有新岗位时队长会告诉您。")
            .action(Link::new("找服务队", "/teams"));
        let model = Finder::new(&get, "/openings")
            .wanted("名额", "room", "还有名额")
            .one_of("时间", "when", WHEN.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec())
            .one_of("服务", "service", offered)
            .one_of("在哪个区", "area", districts(&get))
            .around(
                list,
                ("查找岗位", "做什么、在哪里或服务队"),
                "个岗位",
                u64::try_from(found.total).unwrap_or_default(),
                nothing,
            );
        Ok(Page::new("志愿岗位", move || list_page(model)))
    })
    .await
}

const WHEN: [(&str, &str); 2] = [("weekend", "周末"), ("evening", "晚上")];

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let services = &get.site.services;
        let view = opening::view(services, get.reader(), &code).await?;
        let row = &view.opening;
        let now = services.now();
        let mut sections = vec![
            RecordSection::new("what", "做什么", vec![Body::Text(row.content.clone())]),
            RecordSection::new("facts", "岗位", vec![Body::Facts(facts(&get, &view))]),
            shifts(&get, &view, now),
        ];
        if row.dangerous {
            let insured = row.insured_until.map(day_words).unwrap_or_default();
            let facts = vec![
                Fact::new("风险和防护", row.risk_notice.clone()),
                Fact::new("保险", row.insurance.clone()).note(format!("到{insured}")),
            ];
            sections.insert(1, RecordSection::new("risk", "有危险的岗位，请先看", vec![Body::Facts(facts)]));
        }
        let panels = panels(&get, &view).await?;
        let dock = panels.first().map(|panel| (panel.title.clone(), format!("#{}", panel.id)));
        let mut badges = vec![states::opening(row.state)];
        if row.dangerous {
            badges.push(Badge::care("有危险，看风险告知"));
        }
        let mut head = Head {
            crumbs: vec![Crumb::link("志愿岗位", "/openings"), Crumb::here(row.code.clone())],
            badges,
            notes: vec![view.team.name.clone(), place(services, row)],
            ..Head::new(row.title.clone())
        };
        if view.offers.has(Command::OpeningEdit) {
            head = head.action(Link::new("修改", href_at(Object::Opening, &code, "/edit")));
        }
        let notice =
            row.reason.clone().filter(|_| row.state == OpeningState::Cancelled).map(|why| format!("已取消：{why}"));
        let title = row.title.clone();
        let model = RecordModel { head, notice, sections, panels, dock, ..RecordModel::default() };
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

fn facts(get: &Get, view: &OpeningView) -> Vec<Fact> {
    let row = &view.opening;
    let team = FactLine::Link { label: view.team.name.clone(), href: href(Object::Team, &view.team.code) };
    let mut all = vec![
        Fact::new("服务", service_name(&row.service_code)),
        Fact::new("集合地点", if row.place.is_empty() { "入队以后能看到".to_owned() } else { row.place.clone() })
            .note(place(&get.site.services, row)),
        Fact::lines(
            "服务队",
            vec![team, FactLine::Note(view.organization_name.clone().unwrap_or_else(|| "独立的服务队".into()))],
        ),
    ];
    let skills = row.skills();
    if !skills.is_empty() {
        all.push(Fact::new("要会", skills.iter().map(|s| s.label()).collect::<Vec<_>>().join("、")));
    }
    all.push(Fact::new("年龄", if row.min_age > 0 { format!("满{}岁", row.min_age) } else { "不限".into() }));
    all.push(Fact::new("报名", if row.approval { "队长答复后录用" } else { "按报名先后录用，满了排候补" }));
    if row.pairing_id.is_some() {
        let mut fact = Fact::new("到居民家里", "只招队员，满16岁。具体地址只在服务前一天到结束时给录用的人看。");
        if row.accompany {
            fact = fact.note("第一次由机构工作人员陪同。");
        }
        all.push(fact);
    }
    if let Some(code) = &view.pairing {
        all.push(Fact::lines("结对", vec![FactLine::Link { label: code.clone(), href: href(Object::Pairing, &code) }]));
    }
    all
}

fn shifts(get: &Get, view: &OpeningView, now: Time) -> RecordSection {
    let table = Table::of("班次", &view.shifts)
        .column("时间", |(s, _)| Cell::strong(span(s.starts_at, s.ends_at, now)))
        .column("名额", |(s, own)| match (own, s.state) {
            (Some(own), _) => Cell::badge(states::signup(own.state, 0)).note(places_words(s)),
            (None, ShiftState::Cancelled) => {
                Cell::badge(Badge::plain("已取消")).note(s.reason.clone().unwrap_or_default())
            }
            (None, ShiftState::Planned) => Cell::text(places_words(s)),
        })
        .column("办理", |(s, own)| Cell::decisions(shift_ways(get, view, s, own.as_ref(), now)))
        .done();
    let body = Body::table_or(table, || {
        let text = if view.leads {
            "在“安排班次”里填时间和名额。"
        } else {
            "队伍排好时间以后会列在这里。"
        };
        Empty::new(EmptyKind::Nothing, "还没有排班次", text)
    });
    let mut section = RecordSection::new("shifts", "班次", vec![body]);
    if !view.shifts.is_empty() {
        section.link = Some(("放进手机日历".into(), href_at(Object::Opening, &view.opening.code, "/calendar.ics")));
    }
    section
}

fn shift_ways(get: &Get, view: &OpeningView, s: &Shift, own: Option<&Signup>, now: Time) -> Vec<Decision> {
    let words = span(s.starts_at, s.ends_at, now);
    let open = view.opening.state == OpeningState::Open && s.state == ShiftState::Planned && s.starts_at > now;
    let role = get.reader().map(Ctx::role);
    let mut ways = Vec::new();
    if view.leads {
        ways.push(Decision::get("名单", words.clone(), href(Object::Shift, &s.id)));
    }

    match own {
        Some(own) if own.state.is_ahead() && s.starts_at > now => {
            ways.push(Decision::get("取消报名", words.clone(), href_at(Object::Signup, &own.id, "/cancel")).quiet());
        }
        None if open && role == Some(Role::Volunteer) => {
            let label = if s.free() > 0 { "报名" } else { "排候补" };
            ways.insert(0, decide(get, label, &words, &href_at(Object::Shift, &s.id, "/signup")).primary());
        }
        _ => {}
    }
    ways
}

async fn panels(get: &Get, view: &OpeningView) -> Result<Vec<ActPanel>> {
    let row = &view.opening;
    let at = |name: &str| href_at(Object::Opening, &row.code, &format!("/{name}"));
    let mut all = Vec::new();
    if get.reader().is_none() && row.state == OpeningState::Open {
        all.push(ActPanel {
            id: "join".into(),
            title: "想参加".into(),
            text: "登记为志愿者以后回到这一页报名，两分钟填完。".into(),
            links: vec![
                Link::new("登记为志愿者", "/volunteers/join").primary(),
                Link::new("我有账号，登录", address("/login", &[], &[("next", href(Object::Opening, &row.code))])),
            ],
            ..ActPanel::default()
        });
    }
    if view.offers.has(Command::OpeningOpen) && !view.shifts.is_empty() {
        let words = if row.state == OpeningState::Draft { "发布岗位" } else { "重新招募" };
        let mut open = panel(get, "open", words, &at("open"), Vec::new(), words).await?;
        open.next = "发布以后马上在“志愿岗位”里看得到，志愿者可以报名。".into();
        all.push(open);
    }
    if view.leads && matches!(row.state, OpeningState::Draft | OpeningState::Open) {
        all.push(plan_panel(get, &at("shifts")).await?);
    }
    if view.offers.has(Command::OpeningClose) {
        let mut close = panel(get, "close", "停止招募", &at("close"), Vec::new(), "停止招募").await?;
        close.buttons = vec![Button::new("停止招募").secondary()];
        close.next = "已经报名的照常参加，可以重新招募。".into();
        all.push(close);
    }
    if view.offers.has(Command::OpeningCancel) {
        let fields = vec![Field::of(form::CANCEL)];
        let mut cancel = panel(get, "cancel", "取消岗位", &at("cancel"), fields, "取消岗位").await?;
        cancel.buttons = vec![Button::new("取消岗位").secondary()];
        cancel.next = "还没开始的班次都取消，不能恢复。".into();
        all.push(cancel);
    }
    Ok(all)
}

async fn plan_panel(get: &Get, action: &str) -> Result<ActPanel> {
    let days = ["一", "二", "三", "四", "五", "六", "日"];
    let weekdays = (1..=7).zip(days).map(|(n, day)| Choice::new(n.to_string(), format!("周{day}")));
    let mut fields: Vec<Field> =
        [shift_form::FROM, shift_form::BEGINS, shift_form::ENDS, shift_form::PLACES, shift_form::UNTIL]
            .map(Field::of)
            .to_vec();
    fields.push(Field::of(shift_form::WEEKDAYS).choices(weekdays));
    let mut plan = panel(get, "plan", "安排班次", action, fields, "安排").await?;
    plan.next = format!("一次最多排{}个。已经排过的时间不会重复。", domain::opening::MAX_SERIES);
    Ok(plan)
}

/// Runs a command on an opening and goes back to its page.
async fn run<F>(post: Post, code: String, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx, &str) -> Result<()>,
{
    let to = href(Object::Opening, &code);
    post.run(
        said,
        move |_| to.clone(),
        async |post, ctx| {
            command(post, &ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn plan(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "班次已排好", async |post, ctx, code| {
        let plan = shift::read_plan(&post.fields, ctx.now())?;
        shift::plan(ctx, code, &plan).await.map(|_| ())
    })
    .await
}

async fn publish(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "岗位已发布", async |_, ctx, code| opening::publish(ctx, code).await).await
}

async fn close(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已停止招募", async |_, ctx, code| opening::close(ctx, code).await).await
}

async fn cancel(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "岗位已取消", async |post, ctx, code| {
        opening::cancel(ctx, code, post.typed(form::CANCEL)).await
    })
    .await
}
