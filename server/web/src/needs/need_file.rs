//! 档案 of a household, whole, for its own office: read and corrected on one page.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::panel;
use crate::base::post::Post;
use crate::{Access, Route};
use app::components::{Crumb, Fact, Field, Head};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::needs::{SEALED, mend as form};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::needs::own_file;

pub(crate) fn routes() -> Vec<Route> {
    const MEND: Access = Access::Commands(&[Command::NeedMendFile]);
    vec![Route::get_at("/needs/{code}/file", MEND, show), Route::post_at("/needs/{code}/file", MEND, mend)]
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let file = own_file::open(ctx, &code).await?;
        let mut fields: Vec<Field> =
            SEALED.iter().map(|field| Field::of(*field).value(field.value(&file.fields))).collect();
        fields.push(Field::of(form::WHY));
        let action = href_at(Object::Need, &code, "/file");
        let mut mend = panel(&get, "mend", "查看和更正档案", &action, fields, "更正").await?;
        mend.text = "没有变的留着。更正以后，结对的组织下次查看时看到新的内容。".into();
        mend.next = "每次打开、更正都记录在案，原来的内容加密留存。".into();
        let facts: Vec<Fact> =
            file.corrected.iter().map(|(at, by)| Fact::new(at.words_near(ctx.now()), by.clone())).collect();
        let mut sections = Vec::new();
        if !facts.is_empty() {
            sections.push(RecordSection::new("corrected", "更正过的记录", vec![Body::Facts(facts)]));
        }
        let head = Head {
            crumbs: vec![Crumb::link(file.title.clone(), href(Object::Need, &code)), Crumb::here("档案")],
            notes: vec![file.code.clone()],
            ..Head::new("档案")
        };
        let model = RecordModel { head, first: Some(mend), sections, ..RecordModel::default() };
        Ok(Page::new(format!("档案{}", file.code), move || record_page(model)))
    })
    .await
}

async fn mend(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "档案已更正",
        |code| href(Object::Need, code),
        async |post, ctx| {
            own_file::mend(&ctx, &code, &post.fields).await?;
            Ok(code.clone())
        },
    )
    .await
}
