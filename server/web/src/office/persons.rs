//! 找人: what is looked for is sent, never part of an address; what was found stands masked under it.

use crate::base::form_fields::fill_from;
use crate::base::frame::Page;
use crate::base::get::{Get, form_key};
use crate::base::parts::panel;
use crate::base::post::Post;
use crate::base::states;
use crate::{Access, Route};
use app::components::{Badge, Cell, Crumb, Empty, EmptyKind, Field, Head, Link, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::response::Response;
use domain::form::office::persons as form;
use domain::href::href;
use domain::machine::Object;
use services::office::persons::{self, Findings, Found, SHOWN};
use services::{Ctx, base::draft};

const PATH: &str = "/persons";
/// Under which a search is kept that was found good: another one than the form's, so that a new visit begins empty.
const ASKED: &str = "asked";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(PATH, Access::Staff, page), Route::post(PATH, Access::Staff, find)]
}

fn table(ctx: &Ctx, findings: &Findings) -> Table {
    Table::of("找到的档案，姓名和电话已遮盖", findings.rows.iter())
        .column("对象和需求", |found: &&Found| {
            let name =
                if found.name.is_empty() { found.title.clone() } else { format!("{}，{}", found.name, found.title) };
            Cell::link(name, href(Object::Need, &found.code)).note(found.code.clone())
        })
        .column("电话", |found| Cell::text(found.phone.clone()))
        .column("街镇、村居", |found| Cell::text(ctx.services.place(&found.division_code)))
        .column("按什么找到的", |found| Cell::text(found.by.join("、")))
        .column("状态", |found| {
            Cell::badge(if found.urgent { Badge::urgent("急难") } else { states::need(found.state, None, None) })
        })
        .done()
}

fn results(ctx: &Ctx, findings: &Findings) -> RecordSection {
    if findings.rows.is_empty() {
        let empty = Empty::new(
            EmptyKind::NoMatch,
            "本辖区没有找到",
            "换一个写法再试：只填姓氏或名字、拼音，或者电话、身份证号的后4位加姓名。别的辖区的档案这里查不到。",
        )
        .action(Link::new("登记需求", "/needs/new"));
        return RecordSection::new("found", "查找结果", vec![Body::Empty(empty)]);
    }
    let title = format!("找到{}户", findings.rows.len());
    let mut body = Vec::new();
    if findings.more {
        body.push(Body::Text(format!("符合的不止{SHOWN}户，只列出前{SHOWN}户。请再加一个词，例如社区、电话后4位。")));
    }
    body.push(Body::Table(table(ctx, findings)));
    RecordSection::new("found", title, body)
}

async fn page(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let asked = get.named_draft(&form_key(PATH, ASKED)).await?;
        let mut fields = vec![Field::of(form::QUERY), Field::of(form::PURPOSE)];
        if let Some(asked) = &asked {
            fill_from(&mut fields, &asked.fields);
        }
        let mut form = panel(&get, "find", "找人", PATH, fields, "查找").await?;
        form.target = form.target.autosave(false);
        form.next = format!("只在本辖区的档案里查找，最多列出{SHOWN}户，姓名和电话先遮盖。每次查找都记录在案。");
        let mut sections = Vec::new();
        if let Some(draft) = asked {
            let findings = persons::find(ctx, &persons::read(&draft.fields)?).await?;
            sections.push(results(ctx, &findings));
        }
        let model = RecordModel {
            head: Head {
                crumbs: vec![Crumb::link("需求", "/desk/needs"), Crumb::here("找人")], ..Head::new("找人")
            },
            first: Some(form),
            sections,
            ..RecordModel::default()
        };
        Ok(Page::new("找人", move || record_page(model)))
    })
    .await
}

async fn find(post: Post) -> Response {
    post.run(
        "",
        |draft| format!("{PATH}?draft={draft}#found"),
        async |post, ctx: Ctx| {
            persons::read(&post.fields)?;
            // A new one each time: going back shows what was asked before.
            let id = draft::save(&ctx, None, &form_key(PATH, ASKED), &post.fields, &[]).await?;
            Ok(id.to_string())
        },
    )
    .await
}
