//! 保存期限 for the security administrator: how long what is kept, what is due now, and taking it away.

use crate::base::download::attachment;
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::panel;
use crate::base::post::Post;
use crate::{Access, Route};
use app::components::{Cell, Choice, Field, Head, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::record::attachment::FILE;
use domain::form::record::retention as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::retention::Kind;
use services::Error;
use services::base::attachment::Owner;
use services::record::retention;
use uuid::Uuid;

const DOOR: Access = Access::Commands(&[Command::RetentionRun]);
const FILES: Access = Access::Commands(&[Command::AttachmentAdd]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/retention", DOOR, show),
        Route::post("/retention/set", DOOR, set),
        Route::post("/retention/run", DOOR, run),
        Route::post_at("/needs/{code}/attachments", FILES, add),
        Route::get_at("/attachments/{id}", FILES, open),
        Route::post_at("/attachments/{id}/remove", FILES, remove),
    ]
}

async fn show(get: Get) -> Response {
    get.show(async {
        let due = retention::preview(get.ctx()?).await?;
        let table = Table::of("保存期限", &due)
            .column("内容", |due| Cell::strong(due.kind.label()).note(due.kind.effect()))
            .column("保存", |due| Cell::text(format!("{}{}个月", due.kind.since(), due.months)))
            .column("早于这一天的到期", |due| Cell::text(domain::calendar::day_words(due.before.day())))
            .number("现在到期", |due| Cell::text(due.count.to_string()))
            .done();
        let kinds = Kind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.label()));
        let fields = vec![Field::of(form::KIND).choices(kinds), Field::of(form::MONTHS)];
        let change = panel(&get, "set", "修改期限", "/retention/set", fields, "保存").await?;
        let total: i64 = due.iter().map(|due| due.count).sum();
        let mut panels = vec![change];
        if total > 0 {
            let confirm = Field::of(form::SURE);
            let title = format!("删去到期的{total}项");
            let mut take = panel(&get, "run", &title, "/retention/run", vec![confirm], "现在删去").await?;
            take.text = "平台每天也会自动执行一次。审计记录、需求、服务记录和统计都不受影响。".into();
            panels.push(take);
        }
        let model = RecordModel {
            head: Head {
                notes: vec!["只显示数量，不显示任何个案。".into()], ..Head::new("保存期限")
            },
            sections: vec![RecordSection::new("rules", "期限和到期数量", vec![Body::Table(table)])],
            panels,
            ..RecordModel::default()
        };
        Ok(Page::new("保存期限", move || record_page(model)))
    })
    .await
}

async fn set(post: Post) -> Response {
    post.run(
        "已修改保存期限",
        |_| "/retention".to_owned(),
        async |post, ctx| {
            let kind = post.chosen(form::KIND)?;
            retention::set(&ctx, kind, post.typed(form::MONTHS)).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn run(post: Post) -> Response {
    post.run(
        "已删去到期的内容",
        |_| "/retention".to_owned(),
        async |post, ctx| {
            if !form::SURE.ticked(&post.fields) {
                return Err(Error::wrong(form::SURE, "请先核对数量并勾选确认"));
            }
            retention::run(&ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

/// The attachments of a need for the office in charge, each with its removal, and the way to add one.
pub(crate) async fn of_need(
    get: &Get,
    need: &services::aid::view::StaffNeed,
) -> services::Result<(RecordSection, Option<app::components::ActPanel>)> {
    let now = get.site.services.now();
    let table = Table::of("附件", &need.attachments)
        .column("文件", |file| {
            let size = format!("{}千字节", (file.size + 1023) / 1024);
            Cell::link(file.name.clone(), href(Object::Attachment, &file.id)).note(size)
        })
        .column("上传", |file| Cell::text(file.added_at.words_near(now)))
        .column("办理", |file| {
            let to = href_at(Object::Attachment, &file.id, "/remove");
            Cell::decisions(vec![crate::base::parts::decide(get, "删去", &file.name, &to)])
        })
        .done();
    let body = if table.is_empty() { Body::Text("还没有附件。".into()) } else { Body::Table(table) };
    let accept = ".jpg,.jpeg,.png,.webp,.pdf".to_owned();
    let field = Field::of(FILE)
        .accept(accept)
        .hint("不超过10兆。照片里的拍摄地点、时间会自动去掉；加密保存，每次打开都有记录。");
    let action = href_at(Object::Need, &need.need.code, "/attachments");
    let mut add = panel(get, "attach", "上传同意书等凭据", &action, vec![field], "上传").await?;
    add.target = add.target.multipart();
    Ok((RecordSection::new("attachments", "附件", vec![body]), Some(add)))
}

async fn add(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "附件已加密保存",
        |_| href_at(Object::Need, &code, "#attachments"),
        async |post, ctx| {
            let Some((name, bytes)) = &post.file else { return Err(Error::wrong(FILE, "请选择照片或PDF")) };
            let id = services::base::attachment::add(&ctx, &Owner::Need(code.clone()), name, bytes.clone()).await?;
            Ok(id.to_string())
        },
    )
    .await
}

async fn open(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        // No other site shows a private picture as its own, not even without reading it.
        if !matches!(get.request.fetched_from.as_str(), "none" | "same-origin") {
            return Err(Error::Forbidden(domain::permission::Refusal::Role));
        }
        let (file, bytes) = services::base::attachment::open(get.ctx()?, id).await?;
        let plain = format!("{}.{}", file.id.simple(), file.name.rsplit('.').next().unwrap_or("bin"));
        Ok(Answer::Raw(attachment(&file.name, &plain, &file.kind, bytes)))
    })
    .await
}

async fn remove(Path(id): Path<Uuid>, post: Post) -> Response {
    let back = post.value("back").to_owned();
    let back = if crate::base::ways::is_local(&back) { back } else { "/desk".to_owned() };
    post.run(
        "附件已删去，删去的记录还在",
        |_| back.clone(),
        async |_, ctx| {
            services::base::attachment::remove(&ctx, id).await?;
            Ok(String::new())
        },
    )
    .await
}
