//! 意外情况: reporting one from a shift, the office's answer; what a volunteer sees of a household.

use crate::base::frame::{Page, render};
use crate::base::get::Get;
use crate::base::parts::panel;
use crate::base::post::Post;
use crate::volunteers::my::span;
use crate::volunteers::volunteer::OWN;
use crate::{Access, Route};
use app::components::{Badge, Crumb, Fact, FactLine, Field, Head, Link};
use app::pages::door::{DoorModel, door_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::form::volunteers::incident as form;
use domain::href::{href, href_at};
use domain::incident::IncidentState;
use domain::machine::{Command, Object};
use services::volunteers::incident;
use services::{Ctx, Error};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const REPORT: Access = Access::Commands(&[Command::IncidentReport]);
    const HANDLE: Access = Access::Commands(&[Command::IncidentHandle]);
    vec![
        Route::get_at("/shifts/{id}/incident", REPORT, ask),
        Route::post_at("/shifts/{id}/incident", REPORT, report),
        Route::get_at("/incidents/{id}", HANDLE, show),
        Route::post_at("/incidents/{id}/handle", HANDLE, handle),
        Route::post_at("/signups/{id}/household", OWN, household),
    ]
}

/// Where whoever reports came from and goes back to.
fn back(ctx: &Ctx, id: Uuid) -> String {
    if ctx.role() == domain::role::Role::Volunteer { "/my".into() } else { href(Object::Shift, &id) }
}

async fn ask(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        incident::may_report(ctx, id).await?;
        let to = back(ctx, id);
        let fields = vec![Field::of(form::KIND), Field::of(form::WORDS)];
        let mut report =
            panel(&get, "incident", "报告街道", &href_at(Object::Shift, &id, "/incident"), fields, "马上报告").await?;
        report.links = vec![Link::new("不报告，返回", to.clone())];
        report.next = "提交以后马上排在街道工作台的最前面，24小时内处理并答复您。".into();
        let facts = vec![
            Fact::lines("有危险", vec![FactLine::Note("先离开，再打".into()), FactLine::Phone("110".into())]),
            Fact::lines("有人受伤、发病", vec![FactLine::Note("马上打".into()), FactLine::Phone("120".into())]),
        ];
        let model = RecordModel {
            head: Head::new("报告意外情况").crumbs(vec![Crumb::link("班次", to), Crumb::here("报告意外情况")]),
            sections: vec![RecordSection::new("first", "先做什么", vec![Body::Facts(facts)])],
            panels: vec![report],
            dock: Some(("报告街道".into(), "#incident".into())),
            ..RecordModel::default()
        };
        Ok(Page::new("报告意外情况", move || record_page(model)))
    })
    .await
}

async fn report(Path(id): Path<Uuid>, post: Post) -> Response {
    let to = match post.ctx() {
        Ok(ctx) => back(&ctx, id),
        Err(_) => "/login".into(),
    };
    post.run(
        "已报告街道，请保持电话畅通",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            incident::report(&ctx, id, post.typed(form::KIND), post.typed(form::WORDS)).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = incident::view(ctx, id).await?;
        let i = &view.incident;
        let now = ctx.now();
        let open = i.state == IncidentState::Reported;
        let mut facts = vec![
            Fact::new("岗位", view.opening.title.clone()),
            Fact::new("服务队", view.team.name.clone()),
            Fact::new("班次", span(view.shift.starts_at, view.shift.ends_at, now)),
            Fact::new("报告时间", i.reported_at.words_near(now)),
        ];
        if let Some(answer) = &i.answer {
            facts.push(
                Fact::new("处理", answer.clone()).note(i.handled_at.map(|at| at.words_near(now)).unwrap_or_default()),
            );
        }
        let mut panels = Vec::new();
        if open {
            let fields = vec![Field::of(form::ANSWER)];
            panels.push(
                panel(&get, "handle", "处理", &href_at(Object::Incident, &id, "/handle"), fields, "处理好了").await?,
            );
        }
        let badge = if open { Badge::urgent(i.state.label()) } else { Badge::good(i.state.label()) };
        let model = RecordModel {
            head: Head {
                crumbs: vec![Crumb::link("今日待办", "/desk"), Crumb::here("意外情况")],
                badges: vec![badge],
                ..Head::new(i.kind.label())
            },
            sections: vec![
                RecordSection::new("words", "情况", vec![Body::Text(view.words.clone())]),
                RecordSection::new("facts", "在哪里", vec![Body::Facts(facts)]),
            ],
            panels,
            ..RecordModel::default()
        };
        Ok(Page::new("意外情况", move || record_page(model)))
    })
    .await
}

async fn handle(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已登记处理结果",
        move |_| href(Object::Incident, &id),
        async |post, ctx: Ctx| {
            incident::handle(&ctx, id, post.typed(form::ANSWER)).await?;
            Ok(String::new())
        },
    )
    .await
}

/// Shown once in the answer, kept nowhere: the address has no page of its own.
async fn household(Path(id): Path<Uuid>, post: Post) -> Response {
    let outcome = async {
        let ctx = post.ctx()?;
        Ok::<_, Error>((incident::household(&ctx, id).await?, ctx.now()))
    };
    match outcome.await {
        Ok((seen, now)) => {
            let notes = if seen.health_notes.is_empty() { "没有".to_owned() } else { seen.health_notes.clone() };
            let mut facts = vec![
                Fact::new("时间", span(seen.shift.starts_at, seen.shift.ends_at, now)),
                Fact::new("怎样称呼", seen.called.clone()),
                Fact::new("地址", seen.address.clone()),
                Fact::new("要注意的", notes),
                Fact::new("集合", seen.opening.place.clone()),
            ];
            if seen.opening.accompany {
                facts.push(Fact::new("陪同", "第一次由机构工作人员陪同，请等人到齐再去。"));
            }
            let model = DoorModel {
                head: Head::new("上门信息").lead("只为这一次服务，班次结束以后就看不到了。"),
                notice: Some("不要抄给别人，不要发到群里。这次查看已经记下来，街道看得到。".into()),
                facts,
                links: vec![
                    Link::new("回到我的服务", "/my").primary(),
                    Link::new("出了意外，报告街道", href_at(Object::Shift, &seen.shift.id, "/incident")),
                ],
                ..DoorModel::default()
            };
            let page = Page::new("上门信息", move || door_page(model));
            let mut response = render(&post.site, &post.request, page).await;
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => crate::base::refusal::failure(&post.site, &post.request, error, Some("/my".into())).await,
    }
}
