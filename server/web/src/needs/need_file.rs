//! 档案 of a household: opened for a purpose, in the answer itself; corrected by its own office on the same page.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{panel, target};
use crate::base::post::Post;
use crate::{Access, Route};
use app::components::{Choice, Contact, Crumb, Fact, Field, Head, Reveal};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::aid::pairing::PURPOSE;
use domain::form::needs::{SEALED, mend as form};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::pairing::Purpose;
use services::Result;
use services::aid::need_file::{self, Closed, Opened, Way};
use services::base::draft::Fields;

pub(crate) fn routes() -> Vec<Route> {
    const OPEN: Access = Access::Commands(&[Command::NeedDisclose]);
    const MEND: Access = Access::Commands(&[Command::NeedMendFile]);
    vec![
        Route::get_at("/needs/{code}/file", OPEN, show),
        Route::post_at("/needs/{code}/file", OPEN, open),
        Route::post_at("/needs/{code}/mend", MEND, mend),
    ]
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async { page(&get, need_file::closed(get.ctx()?, &code).await?, None).await }).await
}

/// The whole file, in the answer itself.
async fn open(Path(code): Path<String>, post: Post) -> Response {
    post.shown(href_at(Object::Need, &code, "/file"), async |get, ctx| {
        // Whether there is such a file comes before what is wrong with the form.
        let closed = need_file::closed(ctx, &code).await?;
        let purpose: Purpose = post.chosen(PURPOSE)?;
        let opened = need_file::open(ctx, &code, purpose).await?;
        page(get, closed, Some(opened)).await
    })
    .await
}

/// `opened`: the file, in the answer to whoever asked for it alone.
async fn page(get: &Get, closed: Closed, opened: Option<Opened>) -> Result<Page> {
    let (ctx, code) = (get.ctx()?, closed.code.as_str());
    let head = Head {
        crumbs: vec![Crumb::link(closed.title.clone(), href(Object::Need, code)), Crumb::here("档案")],
        notes: vec![closed.code.clone()],
        ..Head::new("档案")
    };
    let mut model = RecordModel { head, ..RecordModel::default() };
    let corrected: Vec<Fact> =
        closed.corrected.iter().map(|(at, by)| Fact::new(at.words_near(ctx.now()), by.clone())).collect();
    // What was typed and not taken stands in its draft; the file itself stays shut until it is asked for.
    let typed = get.draft("mend").await?.map(|draft| draft.fields);
    let known = opened.as_ref().map(|opened| &opened.fields).or(typed.as_ref()).filter(|_| closed.mends);
    if let Some(fields) = known {
        model.first = Some(mend_panel(get, code, fields).await?);
    }
    match &opened {
        Some(opened) => {
            let mut told = vec![("同意的凭据", opened.evidence.as_str())];
            if !closed.mends {
                told.splice(0..0, SEALED.iter().map(|field| (field.label, field.value(&opened.fields))));
            }
            let told = told.into_iter().filter(|(_, value)| !value.is_empty());
            let facts = told.map(|(label, value)| Fact::new(label, value.to_owned())).collect();
            let note = "这次查看已经记入访问日志。离开或刷新这一页，信息就会遮住。".into();
            model.contact = Some(Contact { title: "密封档案".into(), facts, call: None, reveal: None, note });
        }
        None if known.is_none() => {
            let contact = Contact {
                title: "密封档案".into(),
                facts: Vec::new(),
                call: None,
                reveal: reveal(get, code, closed.way),
                note: note(closed.way).into(),
            };
            model.contact = Some(contact);
        }
        None => {}
    }
    if !corrected.is_empty() {
        model.sections.push(RecordSection::new("corrected", "更正过的记录", vec![Body::Facts(corrected)]));
    }
    Ok(Page::new(format!("档案{}", closed.code), move || record_page(model)))
}

async fn mend_panel(get: &Get, code: &str, fields: &Fields) -> Result<app::components::ActPanel> {
    let mut all: Vec<Field> = SEALED.iter().map(|field| Field::of(*field).value(field.value(fields))).collect();
    all.push(Field::of(form::WHY));
    let action = href_at(Object::Need, code, "/mend");
    let mut mend = panel(get, "mend", "查看和更正档案", &action, all, "更正").await?;
    mend.text = "没有变的留着。更正以后，结对的组织下次查看时看到新的内容。".into();
    mend.next = "每次打开、更正都记录在案，原来的内容加密留存。".into();
    Ok(mend)
}

/// The way to a file that is shut: a purpose, or a request.
pub(crate) fn reveal(get: &Get, code: &str, way: Way) -> Option<Reveal> {
    let (name, label) = match way {
        Way::Open => ("file", "查看档案"),
        Way::Ask => ("access", "申请查看一次"),
        Way::Waiting => return None,
    };
    Some(Reveal {
        target: target(get, name, &href_at(Object::Need, code, &format!("/{name}#contact")), None),
        label: label.into(),
        purposes: Purpose::FILE.iter().map(|purpose| Choice::new(purpose.as_str(), purpose.label())).collect(),
    })
}

/// What the reader of a shut file should know.
pub(crate) fn note(way: Way) -> &'static str {
    match way {
        Way::Open => "选了用途才打开，每次都会记录，街道看得到。",
        Way::Ask => "市级不保存档案。申请后由街镇、区或市级的另一位工作人员批准，24小时内能看一次。",
        Way::Waiting => "已申请查看，等另一位工作人员批准。",
    }
}

async fn mend(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "档案已更正",
        |code| href(Object::Need, code),
        async |post, ctx| {
            need_file::mend(&ctx, &code, &post.fields).await?;
            Ok(code.clone())
        },
    )
    .await
}
