//! 服务评价: what a household says of a service, entered by its office after asking.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{panel, panel_of};
use crate::base::post::Post;
use crate::volunteers::my::span;
use crate::{Access, Route};
use app::components::{ActPanel, Button, Cell, Choice, Crumb, Decision, Empty, EmptyKind, Field, Head, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::{Time, day_words};
use domain::form::volunteers::evaluation as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::record::stars_words;
use services::volunteers::evaluation;
use services::volunteers::evaluation::Served;
use services::{Ctx, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const ASK: Access = Access::Commands(&[Command::EvaluationRecord]);
    vec![
        Route::get_at("/pairings/{code}/evaluations", ASK, show),
        Route::post_at("/pairings/{code}/evaluations", ASK, record),
        Route::post_at("/evaluations/{id}/void", ASK, void),
    ]
}

fn at(code: &str) -> String {
    href_at(Object::Pairing, &code, "/evaluations")
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let now = ctx.now();
        let (pairing, served) = evaluation::list(ctx, &code).await?;
        let model = RecordModel {
            head: Head::new("服务评价")
                .crumbs(vec![
                    Crumb::link("结对", "/pairings"),
                    Crumb::link(pairing.code.clone(), href(Object::Pairing, &code)),
                    Crumb::here("服务评价"),
                ])
                .lead("问过居民以后登记，志愿者本人看得到。志愿者在这里只有编号。"),
            sections: vec![services_section(&code, &served, now)],
            panels: panels(&get, &code, &served, now).await?,
            ..RecordModel::default()
        };
        Ok(Page::new("服务评价", move || record_page(model)))
    })
    .await
}

fn services_section(code: &str, served: &[Served], now: Time) -> RecordSection {
    let table = Table::of("志愿者的服务", served)
        .column("哪次服务", |s| Cell::strong(span(s.starts_at, s.ends_at, now)).note(s.title.clone()))
        .column("志愿者", |s| Cell::text(s.number.clone()))
        .number("时长", |s| Cell::text(domain::hours::words(s.minutes)))
        .column("评价", |s| match (s.stars, s.day) {
            (Some(stars), Some(day)) => Cell::text(format!("{}，{}问的", stars_words(stars), day_words(day)))
                .note(s.words.clone().unwrap_or_default()),
            _ => Cell::text("还没有评价"),
        })
        .column("办理", |s| {
            Cell::decisions(s.evaluation_id.map(|id| voiding(code, id, &s.number)).into_iter().collect())
        })
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有志愿者的服务记录", "志愿者的服务时间记录以后，可以在这里登记居民的评价。")
    });
    RecordSection::new("services", "志愿者的服务", vec![body])
}

/// Leads to the form for one.
fn voiding(code: &str, id: Uuid, about: &str) -> Decision {
    Decision::get("作废", about, format!("{}?void={id}#void-evaluation", at(code)))
}

async fn panels(get: &Get, code: &str, served: &[Served], now: Time) -> Result<Vec<ActPanel>> {
    let choice = |s: &Served, value: Uuid| {
        Choice::new(value.to_string(), format!("{}，{}", span(s.starts_at, s.ends_at, now), s.number))
    };
    let mut all = Vec::new();
    let open: Vec<Choice> =
        served.iter().filter(|s| s.evaluation_id.is_none()).map(|s| choice(s, s.signup_id)).collect();
    if !open.is_empty() {
        let stars = (1..=5).rev().map(|n: i64| Choice::new(n.to_string(), stars_words(n)));
        let fields = vec![
            Field::of(form::SIGNUP).choices(open),
            Field::of(form::STARS).choices(stars),
            Field::of(form::WORDS),
            Field::of(form::ASKED_HOW),
            Field::of(form::DAY).value(now.day().to_string()),
        ];
        let mut one = panel(get, "evaluation", "登记评价", &at(code), fields, "登记").await?;
        one.next = "记在志愿者的服务记录里，随服务记录一起报送。一次服务登记一次。".into();
        all.push(one);
    }
    let wanted = get.value("void").parse::<Uuid>().ok();
    if let (Some(id), Some(s)) = (wanted, served.iter().find(|s| wanted.is_some() && s.evaluation_id == wanted)) {
        let page = format!("{}?void={id}", at(code));
        let action = href_at(Object::Evaluation, &id, "/void");
        let fields = vec![Field::of(form::REASON)];
        let mut one = panel_of(get, (&page, "void-evaluation"), "作废评价", &action, fields, "作废").await?;
        one.text = format!("{}，{}", span(s.starts_at, s.ends_at, now), s.number);
        one.buttons = vec![Button::new("作废").secondary()];
        one.next = "登记错了的才作废，作废以后可以重新登记。".into();
        all.push(one);
    }
    Ok(all)
}

async fn record(Path(code): Path<String>, post: Post) -> Response {
    post.run("评价已登记", at, async |post, ctx: Ctx| {
        let input = evaluation::read(&post.fields, ctx.now().day())?;
        evaluation::record(&ctx, &code, &input).await?;
        Ok(code.clone())
    })
    .await
}

async fn void(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("评价已作废", at, async |post, ctx: Ctx| evaluation::void(&ctx, id, post.typed(form::REASON)).await).await
}
