//! What is done with a working list: ticked rows together with a result for each, the list as a file, how it is remembered.

use crate::base::download;
use crate::base::frame::Page;
use crate::base::get::{Get, form_key};
use crate::base::parts::panel_of;
use crate::base::post::Post;
use crate::office::lists::{Which, load, spec};
use crate::office::working_list::{Spec, cell_text};
use crate::{Access, Route};
use app::components::{Badge, Cell, Crumb, Fact, Field, FlashKind, Head, Link, Table, thousands};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::response::Response;
use domain::field::Check;
use domain::form::office::{list_export as form, together};
use domain::href::href;
use domain::machine::Object;
use services::base::draft::{self, Fields};
use services::office::lists::ListQuery;
use services::office::{list_export, list_view};
use services::{Ctx, Error, Result};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/lists/remember", Access::SignedIn, remember),
        Route::post("/lists/together", Access::Staff, act),
        Route::get(RESULT, Access::Staff, result),
        Route::get(EXPORT, Access::SignedIn, export_form),
        Route::post(EXPORT, Access::SignedIn, export),
    ]
}

const RESULT: &str = "/lists/result";
const EXPORT: &str = "/lists/export";
/// Rows that are worked on together at most.
const MOST: usize = 100;

async fn remember(post: Post) -> Response {
    let path = Which::of(post.value("list")).map(Which::path);
    let to = path.as_ref().map_or_else(|_| "/desk".to_owned(), |path| (*path).to_owned());
    let said = if post.value("query").is_empty() { "已恢复原样" } else { "已记住，下次打开就是这样" };
    post.run(
        said,
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            // Read and written again: only what an address may hold is kept.
            let pairs: Vec<(String, String)> = serde_urlencoded::from_str(post.value("query"))
                .map_err(|_| Error::rule("条件无法识别，请重新打开页面"))?;
            let kept: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "q" && name != "page").collect();
            list_view::remember(&ctx, path?, &serde_urlencoded::to_string(kept).unwrap_or_default()).await?;
            Ok(String::new())
        },
    )
    .await
}

/// One ticked row; what came of it.
async fn one(ctx: &Ctx, does: &str, key: &str, person: &str) -> Result<&'static str> {
    // Each row is a command of its own; what was done already says so itself.
    let ctx = ctx.clone().with_once(None);
    match does {
        "submit" => services::needs::need::submit(&ctx, key).await.map(|()| "已送审"),
        "assign" => services::needs::need::assign(&ctx, key, person).await.map(|()| "已改经办人"),
        "confirm" => {
            let id = key.parse().map_err(|_| Error::NotFound)?;
            services::aid::delivery::decide(&ctx, id, true, "").await.map(|_| "已确认")
        }
        _ => Err(Error::NotFound),
    }
}

async fn act(post: Post) -> Response {
    let back = Some(post.value("back").to_owned()).filter(|back| crate::base::ways::is_local(back));
    let picked: Vec<String> = post
        .fields
        .iter()
        .filter(|(name, _)| name == "pick")
        .map(|(_, key)| key.clone())
        .filter(|key| !key.is_empty())
        .collect();
    let to = back.clone().unwrap_or_else(|| "/desk".into());
    if picked.is_empty() {
        return post.go(&to, FlashKind::Notice, "还没有选中任何一行，请先在左边勾选");
    }
    let does = post.value("do").to_owned();
    let person = post.typed(together::ASSIGNED).trim().to_owned();
    if does == "assign" && person.is_empty() {
        return post.go(&to, FlashKind::Notice, "请先填写新的经办人");
    }
    post.run(
        "",
        |id| format!("{RESULT}?draft={id}"),
        async |_, ctx: Ctx| {
            let mut outcome: Fields = vec![("back".into(), back.clone().unwrap_or_default())];
            for key in picked.iter().take(MOST) {
                let (mark, said) = match one(&ctx, &does, key, &person).await {
                    Ok(said) => ("done", said.to_owned()),
                    Err(error @ (Error::Storage(_) | Error::Internal(_) | Error::SignedOut | Error::Unconfirmed)) => {
                        return Err(error);
                    }
                    Err(error) => ("left", error.sentence(ctx.now())),
                };
                outcome.push((format!("{mark}.{key}"), said));
            }
            for key in picked.iter().skip(MOST) {
                outcome.push((format!("left.{key}"), format!("一次最多办{MOST}行，请再选一次")));
            }
            let id = draft::save(&ctx, None, &form_key(RESULT, "outcome"), &outcome, &[]).await?;
            Ok(id.to_string())
        },
    )
    .await
}

/// What came of each row.
async fn result(get: Get) -> Response {
    get.show(async {
        let draft = get.named_draft(&form_key(RESULT, "outcome")).await?.ok_or(Error::NotFound)?;
        let back = draft.fields.iter().find(|(name, _)| name == "back").map_or("", |(_, back)| back.as_str());
        let rows: Vec<(bool, &str, &str)> = draft
            .fields
            .iter()
            .filter_map(|(name, said)| {
                let (mark, key) = name.split_once('.')?;
                Some((mark == "done", key, said.as_str()))
            })
            .collect();
        let done = rows.iter().filter(|(is_done, ..)| *is_done).count();
        let found = format!("{}行：办好{}行，没有办{}行", rows.len(), done, rows.len() - done);
        let table = Table::of("每一行的结果", rows)
            .column("编号", |(_, key, _)| {
                if domain::code::is_code(key) {
                    Cell::link(*key, href(Object::Need, key))
                } else {
                    Cell::text("服务记录")
                }
            })
            .column("结果", |(is_done, ..)| {
                Cell::badge(if *is_done { Badge::good("已办") } else { Badge::care("没有办") })
            })
            .column("说明", |(.., said)| Cell::text(*said))
            .done();
        let mut head = Head { crumbs: vec![Crumb::here("一起办的结果")], ..Head::new("一起办的结果") };
        if !back.is_empty() {
            head = head.action(Link::new("返回列表", back).primary());
        }
        let model = ListModel { head, found, table, ..ListModel::default() };
        Ok(Page::new("一起办的结果", move || list_page(model)))
    })
    .await
}

/// The list, its declaration, and what is asked of it by the fields of an address.
fn asked(ctx: &Ctx, pairs: &[(String, String)]) -> Result<(Which, Spec, ListQuery)> {
    let path = pairs.iter().find(|(name, _)| name == "list").map_or("", |(_, path)| path.as_str());
    let which = Which::of(path)?;
    let mut query = ListQuery::read(pairs);
    query.page = 1;
    Ok((which, spec(which, ctx), query))
}

async fn export_form(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let (which, spec, query) = asked(ctx, &get.query)?;
        let state = spec.state(&query);
        let total = load(which, ctx, &query, state).await?.total(state);
        let heads: Vec<&str> = spec.chosen(&query).iter().map(|at| spec.columns[*at].head).collect();
        let mut fields = vec![Field::of(form::PURPOSE), Field::of(form::FORMAT).value("xlsx")];
        if which == Which::Needs && list_export::may_have_persons(ctx) {
            fields.push(Field::of(form::PERSONAL));
        }
        let pairs: Vec<_> = get.query.iter().filter(|(name, _)| name != "draft").cloned().collect();
        let address = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        let here = format!("{EXPORT}?{address}");
        let mut form = panel_of(&get, (&here, "export"), "导出", EXPORT, fields, "导出").await?;
        form.target = form.target.with("query", address).autosave(false);
        form.next = "文件里的文字都是文本，不含公式。只有您在列表里看得到的行和列。".into();
        form.links =
            vec![Link::new("返回列表", crate::base::words::address(spec.path, &pairs, &[("list", String::new())]))];
        let facts = vec![
            Fact::new("列表", format!("{}，{}", spec.title, spec.words_of(state))),
            Fact::new("行数", format!("{}行", thousands(total))),
            Fact::new("列", heads.join("、")),
        ];
        let title = format!("导出{}", spec.title);
        let model = RecordModel {
            head: Head {
                crumbs: vec![Crumb::link(spec.title, spec.path), Crumb::here("导出")],
                ..Head::new(title.clone())
            },
            sections: vec![RecordSection::new("what", "导出什么", vec![Body::Facts(facts)])],
            first: Some(form),
            ..RecordModel::default()
        };
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

async fn export(post: Post) -> Response {
    let made = async {
        let ctx = post.ctx()?;
        ctx.fresh()?;
        make(&post, &ctx).await
    };
    match made.await {
        Ok(response) => response,
        Err(error) => post.failed(error).await,
    }
}

async fn make(post: &Post, ctx: &Ctx) -> Result<Response> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(post.value("query")).map_err(|_| Error::rule("条件无法识别，请重新打开页面"))?;
    let (which, spec, mut query) = asked(ctx, &pairs)?;
    let mut check = Check::new();
    let purpose = check.read(form::PURPOSE, &post.fields);
    let format: Option<String> = check.choice(form::FORMAT, &post.fields);
    check.done()?;
    let personal = !post.typed(form::PERSONAL).is_empty();
    if personal && (which != Which::Needs || !list_export::may_have_persons(ctx)) {
        return Err(Error::NotFound);
    }
    let state = spec.state(&query);
    let chosen = spec.chosen(&query);
    let mut heads: Vec<&str> = chosen.iter().map(|at| spec.columns[*at].head).collect();
    if personal {
        heads.extend(list_export::PERSON_HEADS);
    }
    query.size = list_export::PORTION;
    let mut rows: Vec<Vec<String>> = Vec::new();
    loop {
        let loaded = load(which, ctx, &query, state).await?;
        let got = loaded.rows.len();
        let keys: Vec<String> = loaded.rows.iter().map(|row| row.key.clone()).collect();
        let persons = if personal { list_export::persons(ctx, &keys).await? } else { Vec::new() };
        let mut persons = persons.into_iter();
        rows.extend(loaded.rows.iter().map(|row| {
            let mut cells: Vec<String> = chosen.iter().map(|at| cell_text(&row.cells[*at])).collect();
            cells.extend(persons.next().into_iter().flatten());
            cells
        }));
        if rows.len() > list_export::MOST {
            return Err(Error::wrong(
                form::PURPOSE,
                format!(
                    "符合条件的超过{}行，请先加几个条件，分几次导出",
                    thousands(u64::try_from(list_export::MOST).unwrap_or_default())
                ),
            ));
        }
        if got < list_export::PORTION {
            break;
        }
        query.page += 1;
    }
    list_export::recorded(ctx, spec.path, rows.len(), purpose, personal).await?;
    let name = format!("{}{}", spec.title, ctx.now().day().format("%Y%m%d"));
    let title = spec.title;
    let heads: Vec<String> = heads.into_iter().map(ToOwned::to_owned).collect();
    let as_csv = format.as_deref() == Some("csv");
    let bytes = tokio::task::spawn_blocking(move || {
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        if as_csv { Ok(documents::sheet::csv(&heads, &rows)) } else { documents::sheet::texts(title, &heads, &rows) }
    })
    .await
    .map_err(|_| Error::Internal("list export task"))?
    .map_err(|_| Error::Internal("list export workbook"))?;
    Ok(if as_csv {
        download::attachment(&format!("{name}.csv"), "list.csv", "text/csv; charset=utf-8", bytes)
    } else {
        download::workbook(&format!("{name}.xlsx"), bytes)
    })
}
