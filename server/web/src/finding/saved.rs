//! 保存的查找: the searches that an organization keeps and is told of, to list, rename and delete.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, decide, panel};
use crate::base::post::Post;
use crate::finding::hall_query::HallQuery;
use crate::{Access, Route};
use app::components::{ActPanel, Cell, Crumb, Empty, EmptyKind, Fact, Field, Head, Link, Table, thousands};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::finding::saved::NAME;
use domain::machine::Command;
use services::Ctx;
use services::finding::hall_address::HallAddress;
use services::finding::saved_search;
use uuid::Uuid;

const LIST: &str = "/searches";

pub(crate) fn routes() -> Vec<Route> {
    const KEEP: Access = Access::Commands(&[Command::SavedSearchCreate]);
    vec![
        Route::get(LIST, KEEP, list),
        Route::get("/searches/new", KEEP, new),
        Route::post(LIST, KEEP, create),
        Route::get_at("/searches/{id}", KEEP, show),
        Route::post_at("/searches/{id}/rename", Access::Commands(&[Command::SavedSearchRename]), rename),
        Route::post_at("/searches/{id}/delete", Access::Commands(&[Command::SavedSearchDelete]), delete),
    ]
}

/// `送餐，河东区，助餐`
fn words(get: &Get, address: &HallAddress) -> String {
    let query = HallQuery(address.clone());
    let mut words: Vec<String> =
        (!address.text.is_empty()).then(|| format!("“{}”", address.text)).into_iter().collect();
    words.extend(query.chips(&get.site.services.divisions()).into_iter().map(|chip| chip.label));
    if words.is_empty() { "全部需求".to_owned() } else { words.join("，") }
}

async fn list(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let kept = saved_search::list(ctx).await?;
        let now = ctx.now();
        let table = Table::of("保存的查找", &kept)
            .column("查找", |kept| {
                let address = HallAddress::parse(&kept.search.query);
                let said = words(&get, &address);
                Cell::link(kept.search.name.clone(), HallQuery(address).href()).note(said)
            })
            .number("通知过的需求", |kept| Cell::text(format!("{}个", thousands(count(kept.told)))))
            .column("保存于", |kept| Cell::text(kept.search.created_at.words_near(now)))
            .column("办理", |kept| {
                let search = &kept.search;
                Cell::decisions(vec![
                    app::components::Decision::get("改名", search.name.clone(), format!("{LIST}/{}", search.id)),
                    decide(&get, "删除", &search.name, &format!("{LIST}/{}/delete", search.id)),
                ])
            })
            .done();
        let empty = kept.is_empty().then(|| {
            Empty::new(
                EmptyKind::Nothing,
                "还没有保存的查找",
                "在需求大厅查找以后，点“保存这个查找”。以后有新的需求符合，会发站内信。",
            )
            .action(Link::new("到需求大厅", "/needs").primary())
        });
        let model = ListModel {
            head: Head {
                crumbs: vec![Crumb::link("工作台", "/desk"), Crumb::here("保存的查找")],
                notes: vec!["有新公开的需求符合时，给贵机构发站内信".into()],
                ..Head::new("保存的查找")
            },
            found: format!("{}个保存的查找", kept.len()),
            table,
            empty,
            ..ListModel::default()
        };
        Ok(Page::new("保存的查找", move || list_page(model)))
    })
    .await
}

fn name() -> Field {
    Field::of(NAME)
}

async fn new(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let draft = get.draft("keep").await?;
        let kept = draft.as_ref().and_then(|draft| draft.fields.iter().find(|(name, _)| name == "query"));
        let address = kept.map_or_else(|| HallAddress::read(&get.query), |(_, query)| HallAddress::parse(query));
        let suggested: String = words(&get, &address).replace(['“', '”'], "").chars().take(40).collect();
        let fields = vec![name().value(suggested)];
        let mut keep = panel(&get, "keep", "保存这个查找", LIST, fields, "保存").await?;
        keep.target = keep.target.with("query", address.query_string());
        keep.next = "以后有新公开的需求符合，就给贵机构发站内信。".into();
        keep.links = vec![Link::new("返回大厅", HallQuery(address.clone()).href())];
        let page =
            services::finding::hall::search(&ctx.services, get.viewer(), address.need_query(ctx.now(), 0, 5)).await?;
        let lines: Vec<_> = page.cards.iter().map(|card| crate::base::words::card_line(card, ctx.now())).collect();
        let facts = vec![
            Fact::new("要找的", words(&get, &address)),
            Fact::new("现在符合的", format!("{}个需求", thousands(page.results.total))),
        ];
        let mut body = vec![Body::Facts(facts)];
        if !lines.is_empty() {
            body.push(Body::Lines(lines));
        }
        Ok(record("保存这个查找", vec![RecordSection::new("what", "会通知什么", body)], vec![keep]))
    })
    .await
}

fn record(title: &str, sections: Vec<RecordSection>, panels: Vec<ActPanel>) -> Page {
    let model = RecordModel {
        head: Head { crumbs: vec![Crumb::link("保存的查找", LIST), Crumb::here(title)], ..Head::new(title) },
        sections,
        panels,
        ..RecordModel::default()
    };
    Page::new(title, move || record_page(model))
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let search = saved_search::by_id(ctx, id).await?;
        let address = HallAddress::parse(&search.query);
        let fields = vec![name().value(search.name.clone())];
        let rename = panel(&get, "rename", "改名", &format!("{LIST}/{id}/rename"), fields, "保存").await?;
        let facts = vec![
            Fact::new("要找的", words(&get, &address)),
            Fact::new("保存于", search.created_at.words_near(ctx.now())),
        ];
        let mut section = RecordSection::new("what", "查找什么", vec![Body::Facts(facts)]);
        section.link = Some(("现在就查找".into(), HallQuery(address).href()));
        Ok(record(&search.name, vec![section], vec![rename]))
    })
    .await
}

async fn create(post: Post) -> Response {
    post.run(
        "已保存，有新需求符合会发站内信",
        |_| LIST.to_owned(),
        async |post, ctx: Ctx| {
            // Read and written again: only what the hall knows is kept.
            let query = HallAddress::parse(post.value("query")).query_string();
            let id = saved_search::create(&ctx, post.typed(NAME), &query).await?;
            Ok(id.to_string())
        },
    )
    .await
}

async fn rename(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "名称已改",
        |_| LIST.to_owned(),
        async |post, ctx: Ctx| {
            saved_search::rename(&ctx, id, post.typed(NAME)).await?;
            Ok(id.to_string())
        },
    )
    .await
}

async fn delete(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已删除，不再通知",
        |_| LIST.to_owned(),
        async |_, ctx: Ctx| {
            saved_search::delete(&ctx, id).await?;
            Ok(id.to_string())
        },
    )
    .await
}
