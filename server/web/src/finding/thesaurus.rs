//! 词库: which words find one another. The city's staff change it, after seeing what a change does to a query.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::panel;
use crate::base::post::Post;
use crate::base::words::{address, pager};
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Crumb, Empty, EmptyKind, Fact, Field, Head, Line, Link, Mark, Search, Tab, Table,
    thousands,
};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::finding::GroupState;
use domain::form::finding::thesaurus as form;
use domain::machine::Command;
use services::finding::thesaurus::{self, Entry};
use services::{Ctx, Error, Result};

const LIST: &str = "/thesaurus";
/// Groups on a page.
const SIZE: usize = 50;

pub(crate) fn routes() -> Vec<Route> {
    const EDIT: Access = Access::Commands(&[Command::ThesaurusChange]);
    vec![
        Route::get(LIST, EDIT, list),
        Route::get("/thesaurus/new", EDIT, new),
        Route::post("/thesaurus", Access::Commands(&[Command::ThesaurusAdd]), add),
        Route::post("/thesaurus/preview", EDIT, preview),
        Route::get_at("/thesaurus/{group}", EDIT, show),
        Route::post_at("/thesaurus/{group}/change", EDIT, change),
        Route::post_at("/thesaurus/{group}/remove", Access::Commands(&[Command::ThesaurusRemove]), remove),
        Route::post_at("/thesaurus/{group}/restore", Access::Commands(&[Command::ThesaurusRestore]), restore),
    ]
}

/// A key as a part of an address.
fn slug(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn key_of(slug: &str) -> Result<String> {
    URL_SAFE_NO_PAD.decode(slug).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Error::NotFound)
}

fn badge(entry: &Entry) -> Badge {
    match (entry.state, entry.version, &entry.shipped) {
        (GroupState::Removed, ..) => Badge::unmet("已停用"),
        (GroupState::Active, 0, _) => Badge::plain("随软件提供"),
        (GroupState::Active, _, None) => Badge::good("本市增加"),
        (GroupState::Active, _, Some(_)) => Badge::info("本市改过"),
    }
}

/// Tabs: which groups.
fn shown(entry: &Entry, which: &str) -> bool {
    match which {
        "own" => entry.version > 0 && entry.state == GroupState::Active,
        "removed" => entry.state == GroupState::Removed,
        _ => true,
    }
}

async fn list(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let all = thesaurus::list(ctx).await?;
        let which = get.value("state");
        let text = get.value("q").trim().to_owned();
        let found: Vec<&Entry> = all
            .iter()
            .filter(|entry| shown(entry, which))
            .filter(|entry| text.is_empty() || entry.group.line().contains(&text) || entry.group.section == text)
            .collect();
        let page = get.page();
        let table = Table::of("词库", found.iter().skip((page - 1) * SIZE).take(SIZE))
            .column("词", |entry| {
                let group = &entry.group;
                Cell::link(group.head().to_owned(), format!("{LIST}/{}", slug(&group.key))).note(group.section.clone())
            })
            .column("意思相同", |entry| Cell::text(entry.group.words.get(1..).unwrap_or_default().join("、")))
            .column("另外也找", |entry| Cell::text(entry.group.finds.join("、")))
            .column("来源", |entry| Cell::badge(badge(entry)))
            .done();
        let query: Vec<(String, String)> = [("q", text.as_str()), ("state", which)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let tab = |label: &str, value: &str| {
            let total = all.iter().filter(|entry| shown(entry, value)).count();
            Tab::new(
                format!("{label}（{total}）"),
                address(LIST, &query, &[("state", value.to_owned())]),
                which == value,
            )
        };
        let total = u64::try_from(found.len()).unwrap_or_default();
        let model = ListModel {
            head: Head {
                notes: vec!["查找时，一组里的词互相找得到。改动马上生效，并记入日志。".into()],
                actions: vec![Link::new("增加一组词", "/thesaurus/new").primary()],
                ..Head::new("词库")
            },
            search: Some(Search {
                action: LIST.into(),
                query: text.clone(),
                label: "在词库里找".into(),
                placeholder: "一个词，例如送饭".into(),
                keep: query.iter().filter(|(name, _)| name == "state").cloned().collect(),
                suggest: None,
            }),
            tabs: vec![tab("全部", ""), tab("本市增改", "own"), tab("已停用", "removed")],
            found: format!("{}组词", thousands(total)),
            empty: table.is_empty().then(|| {
                Empty::new(EmptyKind::NoMatch, "词库里没有这样的词", "可以增加一组词。")
                    .action(Link::new("查看全部", LIST))
            }),
            table,
            pager: (total > 0).then(|| pager(LIST, &query, page, SIZE, total, "组")),
            ..ListModel::default()
        };
        Ok(Page::new("词库", move || list_page(model)))
    })
    .await
}

fn line_field(line: &str) -> Field {
    Field::of(form::LINE)
        .value(line)
        .hint("用空格隔开，第一个用来显示。“>”后面写单方面也要找的词，例如：透析 血透 > 陪诊")
}

fn try_field() -> Field {
    Field::of(form::TRY)
}

/// What the group, as it is being typed, does to a query.
async fn effect(ctx: &Ctx, key: &str, panel: &ActPanel) -> Result<Vec<RecordSection>> {
    let value =
        |name: &str| panel.fields.iter().find(|field| field.name == name).map_or("", |field| field.value.trim());
    let (line, text) = (value(form::LINE.name), value(form::TRY.name));
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let preview = match thesaurus::preview(ctx, key, Some(line), text).await {
        Ok(preview) => preview,
        // The form says what is wrong with the words when they are saved.
        Err(Error::Invalid(mistakes)) => {
            let text = mistakes.into_iter().map(|mistake| mistake.message).collect::<Vec<_>>().join("；");
            return Ok(vec![RecordSection::new("effect", "改了以后", vec![Body::Text(text)])]);
        }
        Err(error) => return Err(error),
    };
    let now = ctx.now();
    let codes =
        |page: &services::finding::hall::Page| page.results.hits.iter().map(|hit| hit.code.clone()).collect::<Vec<_>>();
    let before = codes(&preview.before);
    let lines = |page: &services::finding::hall::Page, known: &[String]| -> Vec<Line> {
        page.cards
            .iter()
            .map(|card| {
                let mut line = crate::base::words::card_line(card, now);
                if !known.contains(&card.public().code) {
                    line.mark = Mark::Badge(Badge::good("新找到"));
                }
                line
            })
            .collect()
    };
    let after_lines = lines(&preview.after, &before);
    let before_lines = lines(&preview.before, &before);
    let section = |id: &str, title: String, lines: Vec<Line>| {
        let body = if lines.is_empty() { Body::Text("没有找到".into()) } else { Body::Lines(lines) };
        RecordSection::new(id, title, vec![body])
    };
    Ok(vec![
        section("after", format!("改了以后，“{text}”找到{}个", thousands(preview.after.results.total)), after_lines),
        section("before", format!("现在，“{text}”找到{}个", thousands(preview.before.results.total)), before_lines),
    ])
}

fn preview_button() -> Button {
    Button::new("看看改了以后找到什么").secondary().action("/thesaurus/preview")
}

async fn new(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let mut form =
            panel(&get, "edit", "增加一组词", LIST, vec![line_field(get.value("words")), try_field()], "增加").await?;
        form.buttons.push(preview_button());
        form.next = "增加以后马上生效。".into();
        let sections = effect(ctx, "", &form).await?;
        Ok(record("增加一组词", Vec::new(), sections, vec![form]))
    })
    .await
}

fn record(title: &str, badges: Vec<Badge>, mut sections: Vec<RecordSection>, panels: Vec<ActPanel>) -> Page {
    if sections.is_empty() {
        let how = "写好词，再写一句试一试的话，点“看看改了以后找到什么”，就能比较改动前后找到的需求。".to_owned();
        sections.push(RecordSection::new("how", "改动会怎样", vec![Body::Text(how)]));
    }
    let model = RecordModel {
        head: Head { crumbs: vec![Crumb::link("词库", LIST), Crumb::here(title)], badges, ..Head::new(title) },
        sections,
        panels,
        ..RecordModel::default()
    };
    Page::new(title, move || record_page(model))
}

async fn show(get: Get, Path(group): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let entry = thesaurus::by_key(ctx, &key_of(&group)?).await?;
        let at = |step: &str| format!("{LIST}/{group}/{step}");
        let version = entry.version.to_string();
        let mut panels = Vec::new();
        let mut sections = Vec::new();
        if entry.state == GroupState::Active {
            let fields = vec![line_field(&entry.group.line()), try_field()];
            let mut edit = panel(&get, "edit", "修改这组词", &at("change"), fields, "保存修改").await?;
            edit.target = edit.target.with("version", version.clone()).with("key", entry.group.key.clone());
            edit.buttons.push(preview_button());
            edit.next = "保存以后马上生效。".into();
            sections.extend(effect(ctx, &entry.group.key, &edit).await?);
            panels.push(edit);
            let mut stop = panel(&get, "stop", "停用这组词", &at("remove"), Vec::new(), "停用").await?;
            stop.target = stop.target.with("version", version);
            stop.buttons = vec![Button::new("停用").secondary()];
            stop.next = "停用以后，这些词不再互相找到；可以恢复。".into();
            panels.push(stop);
        } else {
            let mut back = panel(&get, "restore", "恢复这组词", &at("restore"), Vec::new(), "恢复").await?;
            back.target = back.target.with("version", version);
            panels.push(back);
        }
        let mut facts = vec![
            Fact::new("意思相同", entry.group.words.join("、")),
            Fact::new(
                "另外也找",
                if entry.group.finds.is_empty() { "没有".to_owned() } else { entry.group.finds.join("、") },
            ),
        ];
        if let Some(shipped) = entry.shipped.as_ref().filter(|line| **line != entry.group.line()) {
            facts.push(Fact::new("随软件提供的是", shipped.clone()));
        }
        if let Some(at) = entry.updated_at {
            facts.push(Fact::new("改于", at.words_near(ctx.now())));
        }
        sections.insert(0, RecordSection::new("words", entry.group.section.clone(), vec![Body::Facts(facts)]));
        let title = format!("词组：{}", entry.group.head());
        Ok(record(&title, vec![badge(&entry)], sections, panels))
    })
    .await
}

/// Changes nothing: keeps what was typed and shows the page again, which then says what it would do.
async fn preview(post: Post) -> Response {
    match post.ctx() {
        Ok(ctx) => post.back_with(&ctx, &[]).await,
        Err(error) => crate::base::refusal::failure(&post.site, &post.request, error, None).await,
    }
}

async fn add(post: Post) -> Response {
    let to = |key: &str| format!("{LIST}/{}", slug(key));
    post.run("已增加，马上生效", to, async |post, ctx: Ctx| thesaurus::add(&ctx, post.typed(form::LINE)).await).await
}

fn version(post: &Post) -> i64 {
    post.value("version").parse().unwrap_or(-1)
}

async fn change(Path(group): Path<String>, post: Post) -> Response {
    let back = format!("{LIST}/{group}");
    post.run(
        "已修改，马上生效",
        move |_| back.clone(),
        async |post, ctx: Ctx| {
            thesaurus::change(&ctx, &key_of(&group)?, version(post), post.typed(form::LINE)).await?;
            Ok(group.clone())
        },
    )
    .await
}

async fn remove(Path(group): Path<String>, post: Post) -> Response {
    let back = format!("{LIST}/{group}");
    post.run(
        "已停用",
        move |_| back.clone(),
        async |post, ctx: Ctx| {
            thesaurus::remove(&ctx, &key_of(&group)?, version(post)).await?;
            Ok(group.clone())
        },
    )
    .await
}

async fn restore(Path(group): Path<String>, post: Post) -> Response {
    let back = format!("{LIST}/{group}");
    post.run(
        "已恢复，马上生效",
        move |_| back.clone(),
        async |post, ctx: Ctx| {
            thesaurus::restore(&ctx, &key_of(&group)?, version(post)).await?;
            Ok(group.clone())
        },
    )
    .await
}
