//! 台账导入: choose a file, say what its columns are, read what becomes of each row, take the good ones in, send the drafts
//! for review.

use crate::base::download::{attachment, workbook};
use crate::base::form_fields::fill_all;
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::target;
use crate::base::post::Post;
use crate::base::states;
use crate::needs::import_map;
use crate::needs::import_report::{asked, report_page};
use crate::needs::import_steps::{at, columns_at};
use crate::{Access, Route};
use app::components::{
    Button, Cell, Choice, Crumb, Empty, EmptyKind, Fact, Field, FieldGroup, Glyph, Head, Link, Table,
};
use app::pages::form::FormModel;
use app::pages::import::{ImportModel, import_page, import_report_page, map_page};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use documents::ledger::{self};
use domain::form::FieldDef;
use domain::form::needs::import as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::organization::{ImportState, LedgerKind};
use services::needs::import::{self, Format, Import};
use services::{Ctx, Error, Result};
use uuid::Uuid;

const DOOR: Access = Access::Commands(&[Command::ImportUpload]);
/// Who keeps organizations; an organization's own people do not come here.
const ORGANIZATIONS: Access = Access::Commands(&[Command::OrganizationVerify]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/import", DOOR, form),
        Route::post("/import", DOOR, upload),
        Route::get("/import/template.xlsx", DOOR, template),
        Route::get("/import/organizations.xlsx", ORGANIZATIONS, organization_template),
        Route::get("/import/villages.xlsx", DOOR, village_template),
        Route::get_at("/import/{id}", DOOR, report),
        Route::get_at("/import/{id}/columns", DOOR, columns),
        Route::post_at("/import/{id}/columns", DOOR, say_columns),
        Route::post_at("/import/{id}/forget", DOOR, forget),
        Route::get_at("/import/{id}/report.xlsx", DOOR, report_file),
        Route::get_at("/import/{id}/report.csv", DOOR, report_csv),
        Route::post_at("/import/{id}/apply", DOOR, apply),
        Route::post_at("/import/{id}/renew", DOOR, renew),
        Route::post_at("/import/{id}/submit", DOOR, submit),
        Route::post_at("/import/{id}/discard", DOOR, discard),
    ]
}

/// How often the page of a work under way is fetched again, in seconds.
const AGAIN: &str = "2";

async fn form(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let past = import::list(ctx).await?;
        let both = import::may(ctx, LedgerKind::Organizations).is_ok();
        let wanted: LedgerKind = get.value("kind").parse().unwrap_or(LedgerKind::Needs);
        let kinds = LedgerKind::ALL.iter().filter(|kind| import::may(ctx, **kind).is_ok());
        let kinds = kinds.map(|kind| Choice::new(kind.as_str(), kind.label()));
        let first = vec![Field::of(form::KIND).choices(kinds).value(wanted.as_str())];
        let head = Head::new("台账导入")
            .lead("先检查，再导入。检查不会改动任何数据。")
            .crumbs(vec![Crumb::link("今日待办", "/desk"), Crumb::here("台账导入")])
            .action(Link::new("下载空白需求台账", "/import/template.xlsx").glyph(Glyph::Download));
        let form = upload_form(&get, head, "/import", first, (form::FILE, "不超过32兆。只导入本辖区的行。")).await?;
        let mut sections = vec![rules(), village_rules()];
        if both {
            sections.push(organization_rules());
        }
        sections.push(history(ctx, "台账", "/import", &past));
        let model = ImportModel { form, sections };
        Ok(Page::new("台账导入", move || import_page(model)))
    })
    .await
}

/// The form that takes a file, under other fields. `file`: its field, and what is said of it.
pub(crate) async fn upload_form(
    get: &Get,
    head: Head,
    at: &str,
    mut fields: Vec<Field>,
    file: (FieldDef, &str),
) -> Result<FormModel> {
    let draft = get.draft("upload").await?;
    let accept = ".xlsx,.xls,.csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned();
    let hint = format!("Excel（.xlsx、.xls）或CSV，{}", file.1);
    fields.push(Field::of(file.0).accept(accept).hint(hint));
    fill_all(&mut fields, draft.as_ref());
    Ok(FormModel {
        head,
        target: target(get, "upload", at, draft.as_ref()).multipart(),
        groups: vec![FieldGroup::new("", fields).into()],
        buttons: vec![Button::new("上传并检查")],
        next: "检查以后逐行列出能不能用、哪一格要改、怎么改。".into(),
        ..FormModel::default()
    })
}

fn rules() -> RecordSection {
    RecordSection::new(
        "rules",
        "需求台账怎样写",
        vec![Body::Facts(vec![
            Fact::new("必填的列", "区划代码或街镇、村居，对象类别，需求类别，需求摘要；个案还要姓名和身份证号"),
            Fact::new("身份证号", "设为文本格式。设成数字会丢掉末几位，检查时会指出"),
            Fact::new("需求摘要", "公开前会检查，里面不要写姓名、电话和住址"),
            Fact::new("重复的行", "同一编号同一人，或同一人同样的服务，只导入一次"),
            Fact::new("导入以后", "成为草稿，补全后送审，不会直接公开"),
        ])],
    )
}

fn village_rules() -> RecordSection {
    let facts = vec![
        Fact::new("必填的列", "村名或区划代码，认定类型（困难村、经济薄弱村）"),
        Fact::new("要帮的事", "写在帮扶需求类别和需求说明里；没有写的，导入后在草稿里补"),
        Fact::new("导入以后", "每个村的需求是一份草稿，补全后送审；村的公开页按村名"),
    ];
    RecordSection {
        link: Some(("下载空白村帮扶台账".into(), "/import/villages.xlsx".into())),
        ..RecordSection::new("village-rules", "村帮扶台账怎样写", vec![Body::Facts(facts)])
    }
}

fn organization_rules() -> RecordSection {
    let facts = vec![
        Fact::new("必填的列", "统一社会信用代码、机构名称；没有写服务类别、服务区域的，开通账号后由机构补"),
        Fact::new("代码", "逐位核对校验码，前两位是51、52、53或59；已经登记过的代码不再导入"),
        Fact::new("由谁导入", "住所所在的区；住所没有写区的，看登记机关"),
        Fact::new("年检、等级", "记在机构页上，核验时核对；不合格的能导入，不能通过核验"),
        Fact::new("导入以后", "是“待核验”，核验通过才能认领。机构的负责人在机构页邀请"),
    ];
    RecordSection {
        link: Some(("下载空白社会组织台账".into(), "/import/organizations.xlsx".into())),
        ..RecordSection::new("organization-rules", "社会组织台账怎样写", vec![Body::Facts(facts)])
    }
}

/// What was uploaded before. `what`: 台账 of offices, 名册 of a team. `at`: the address under which each stands.
pub(crate) fn history(ctx: &Ctx, what: &str, at: &str, past: &[Import]) -> RecordSection {
    let now = ctx.now();
    let table = Table::of(format!("以前上传的{what}，新的在前"), past)
        .column("文件", |import| {
            let file = Cell::link(import.file_name.clone(), format!("{at}/{}", import.id));
            match import.team_id {
                Some(_) => file,
                None => file.note(format!("{}，{}", import.kind.label(), ctx.services.place(&import.scope))),
            }
        })
        .column("检查结果", |import| {
            Cell::text(format!(
                "共{}行，可导入{}，有误{}，重复{}",
                import.rows_total, import.rows_good, import.rows_bad, import.rows_duplicate
            ))
        })
        .column("状态", |import| Cell::badge(states::import(import)))
        .number("上传于", |import| Cell::text(import.created_at.words_near(now)))
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有导入过", "上传以后，每次检查和导入的结果都留在这里。")
    });
    RecordSection::new("past", "以前上传的", vec![body])
}

async fn upload(post: Post) -> Response {
    post.run("", leads, async |post, ctx| {
        let (name, bytes) = post.file.clone().ok_or_else(|| Error::wrong(form::FILE, "选择一个台账文件"))?;
        let kind = match post.typed(form::KIND) {
            "" => LedgerKind::Needs,
            _ => post.chosen(form::KIND)?,
        };
        let id = import::receive(&ctx, kind, &name, bytes, ledger::Choice::default()).await?;
        checked(&ctx, id).await
    })
    .await
}

/// Where a file leads that was just handed in or is to be checked anew: to its columns when there is something to say of
/// them, else to its rows. What cannot be read at all is given back to the form.
async fn checked(ctx: &Ctx, id: Uuid) -> Result<String> {
    match import::begin(ctx, id).await {
        Some(Err(error @ Error::Invalid(_))) => {
            let (_, report) = import::load(ctx, id).await?;
            if report.columns.is_empty() {
                import::discard(&ctx.without_form(), id).await?;
                return Err(error);
            }
            Ok(columns_at(id))
        }
        Some(Err(error)) => Err(error),
        Some(Ok(())) => {
            let (open, report) = import::load(ctx, id).await?;
            let known = import::known_since(ctx, &open, &report).await?.is_some();
            // Where every row is known already there is nothing to ask.
            let nothing = open.rows_good == 0 && open.rows_duplicate == 0;
            let unsure = nothing || import::uses(&report).iter().any(import::ColumnUse::is_doubtful);
            Ok(if unsure && !known { columns_at(id) } else { at(id) })
        }
        None => Ok(at(id)),
    }
}

/// The page that a sent form leads to; of one that was sent before the import's own.
fn leads(result: &str) -> String {
    if result.starts_with('/') { result.to_owned() } else { href(Object::Import, result) }
}

async fn report(get: Get, Path(id): Path<Uuid>) -> Response {
    let mut running = false;
    let mut response = get
        .show(async {
            let ctx = get.ctx()?;
            let (open, report) = import::load(ctx, id).await?;
            running = open.job.is_some() && get.value("still").is_empty();
            let model = report_page(&get, ctx, &open, &report).await?;
            Ok(Page::new(open.file_name, move || import_report_page(model)))
        })
        .await;
    if running && response.status().is_success() {
        // Works without scripts; the page says how to stop it.
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static(AGAIN));
    }
    response
}

async fn renew(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已记下",
        move |_| format!("{}?result=duplicate", at(id)),
        async |post, ctx| {
            let numbers: Vec<usize> = form::ROWS.values(&post.fields).filter_map(|at| at.parse().ok()).collect();
            Ok(import::renew(&ctx, id, &numbers, post.value("answer") == "yes").await?.to_string())
        },
    )
    .await
}

async fn apply(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "",
        move |_| at(id),
        async |_, ctx| {
            import::order_apply(&ctx, id).await?;
            begun(&ctx, id).await
        },
    )
    .await
}

/// Begins a work; why it stopped, where it did, stands on the page of the import.
async fn begun(ctx: &Ctx, id: Uuid) -> Result<String> {
    match import::begin(ctx, id).await {
        Some(Err(error @ (Error::Storage(_) | Error::Internal(_)))) => Err(error),
        _ => Ok(id.to_string()),
    }
}

async fn submit(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "",
        move |_| at(id),
        async |post, ctx| {
            let chosen = || form::ROWS.values(&post.fields).map(ToOwned::to_owned).collect();
            let codes = post.value("all").is_empty().then(chosen);
            import::order_submit(&ctx, id, codes).await?;
            begun(&ctx, id).await
        },
    )
    .await
}

async fn discard(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已放弃这份台账，没有导入任何内容",
        |_| "/import".to_owned(),
        async |_, ctx| {
            import::discard(&ctx, id).await?;
            Ok(String::new())
        },
    )
    .await
}

/// What the columns of the file are, and saying otherwise.
async fn columns(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let (open, report) = import::load(ctx, id).await?;
        let open_to_change = matches!(open.state, ImportState::Uploaded | ImportState::Checked)
            && open.job.is_none()
            && open.rows_imported == 0;
        if report.columns.is_empty() || !open_to_change {
            return Ok(Answer::To(at(id)));
        }
        let known = import::known_since(ctx, &open, &report).await?;
        let crumbs =
            vec![Crumb::link("台账导入", "/import"), Crumb::link(open.file_name.clone(), at(id)), Crumb::here("对列")];
        let model = import_map::model(&get, (&at(id), crumbs), &open, &report, known);
        Ok(Answer::Page(Page::new("各列是什么", move || map_page(model))))
    })
    .await
}

async fn say_columns(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("", leads, async |post, ctx| {
        let (_, report) = import::load(&ctx, id).await?;
        let said = import_map::said(&report, &post.fields)?;
        let hidden: Vec<usize> = (0..report.hidden.len())
            .filter(|at| form::HIDDEN.at(at).value(&post.fields) == form::HIDDEN.tick_value())
            .collect();
        import::say(&ctx, id, &said, &hidden).await?;
        Ok(match import::begin(&ctx, id).await {
            Some(Err(Error::Invalid(_))) => columns_at(id),
            _ => at(id),
        })
    })
    .await
}

async fn forget(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "不再照以前的对法",
        move |_| columns_at(id),
        async |_, ctx| {
            import::forget(&ctx, id).await?;
            begun(&ctx, id).await
        },
    )
    .await
}

async fn template(get: Get) -> Response {
    get.show(async { Ok(Answer::Raw(workbook("需求台账模板.xlsx", import::template(LedgerKind::Needs)?))) }).await
}

async fn village_template(get: Get) -> Response {
    get.show(async { Ok(Answer::Raw(workbook("村帮扶台账模板.xlsx", import::template(LedgerKind::Villages)?))) }).await
}

async fn organization_template(get: Get) -> Response {
    get.show(async {
        let bytes = import::template(LedgerKind::Organizations)?;
        Ok(Answer::Raw(workbook("社会组织台账模板.xlsx", bytes)))
    })
    .await
}

async fn report_file(get: Get, Path(id): Path<Uuid>) -> Response {
    report_as(get, id, Format::Xlsx).await
}

async fn report_csv(get: Get, Path(id): Path<Uuid>) -> Response {
    report_as(get, id, Format::Csv).await
}

async fn report_as(get: Get, id: Uuid, format: Format) -> Response {
    get.show(async {
        let only = asked(&get);
        let (open, bytes) = import::report_file(get.ctx()?, id, format, only).await?;
        let stem = open.file_name.rsplit_once('.').map_or(open.file_name.as_str(), |(stem, _)| stem);
        Ok(Answer::Raw(match format {
            Format::Xlsx => workbook(&format!("{stem}逐行结果.xlsx"), bytes),
            Format::Csv => attachment(&format!("{stem}逐行结果.csv"), "report.csv", "text/csv; charset=utf-8", bytes),
        }))
    })
    .await
}
