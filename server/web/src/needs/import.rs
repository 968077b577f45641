//! 台账导入: choose a file, read the dry run row by row, take the good rows as drafts.

use crate::base::download::workbook;
use crate::base::form_fields::fill_all;
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::{count, panel, target};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::{address, clock_badge, pager};
use crate::{Access, Route};
use app::components::{
    ActPanel, Button, Cell, Crumb, Empty, EmptyKind, Fact, Field, FieldGroup, Glyph, Head, Line, Link, Mark, Stat, Tab,
    Table,
};
use app::pages::form::FormModel;
use app::pages::import::{ImportModel, ImportReportModel, import_page, import_report_page};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::response::Response;
use documents::ledger::Outcome;
use domain::form::FieldDef;
use domain::form::needs::import as form;
use domain::machine::Command;
use domain::organization::{ImportState, LedgerKind};
use services::needs::import::Import;
use services::needs::import::{self, Report, ReportRow};
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
        Route::get_at("/import/{id}", DOOR, report),
        Route::get_at("/import/{id}/report.xlsx", DOOR, report_file),
        Route::post_at("/import/{id}/apply", DOOR, apply),
        Route::post_at("/import/{id}/map", DOOR, map),
        Route::post_at("/import/{id}/discard", DOOR, discard),
    ]
}

/// Rows of the report on one page.
const SIZE: usize = 50;

async fn form(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let past = import::list(ctx).await?;
        let both = import::may(ctx, LedgerKind::Organizations).is_ok();
        let mut first = Vec::new();
        if both {
            let wanted: LedgerKind = get.value("kind").parse().unwrap_or(LedgerKind::Needs);
            first.push(Field::of(form::KIND).value(wanted.as_str()));
        }
        let head = Head::new("台账导入")
            .lead("先检查，再导入。检查不会改动任何数据。")
            .crumbs(vec![Crumb::link("今日待办", "/desk"), Crumb::here("台账导入")])
            .action(Link::new("下载空白需求台账", "/import/template.xlsx").glyph(Glyph::Download));
        let form = upload_form(&get, head, "/import", first, (form::FILE, "不超过32兆。只导入本辖区的行。")).await?;
        let mut sections = vec![rules()];
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
        .column("状态", |import| Cell::badge(states::import(import.state)))
        .number("上传于", |import| Cell::text(import.created_at.words_near(now)))
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有导入过", "上传以后，每次检查和导入的结果都留在这里。")
    });
    RecordSection::new("past", "以前上传的", vec![body])
}

async fn upload(post: Post) -> Response {
    post.run(
        "检查完了，看看每一行",
        |id| format!("/import/{id}"),
        async |post, ctx| {
            let (name, bytes) = post.file.clone().ok_or_else(|| Error::wrong(form::FILE, "选择一个台账文件"))?;
            let kind = match post.typed(form::KIND) {
                "" => LedgerKind::Needs,
                _ => post.chosen(form::KIND)?,
            };
            Ok(import::upload(&ctx, kind, &name, bytes).await?.to_string())
        },
    )
    .await
}

/// Tabs in order, with the query value of each.
const TABS: [(Outcome, &str); 4] =
    [(Outcome::Error, "error"), (Outcome::Warning, "warning"), (Outcome::Duplicate, "duplicate"), (Outcome::Ok, "ok")];

async fn report(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let (import, report) = import::load(ctx, id).await?;
        let head = Head {
            crumbs: vec![Crumb::link("台账导入", "/import"), Crumb::here(import.file_name.clone())],
            badges: vec![states::import(import.state)],
            beside: vec![format!("{}上传", import.created_at.words_near(ctx.now()))],
            notes: vec![
                import.kind.label().to_owned(),
                ctx.services.place(&import.scope),
                format!("共{}行", import.rows_total),
            ],
            ..Head::new(import.file_name.clone())
        }
        .action(Link::new("下载逐行结果", format!("/import/{id}/report.xlsx")).glyph(Glyph::Download));
        let apply = apply_panel(&get, &import).await?;
        let urgent = import::urgent(ctx, id).await?;
        let line = |need: &services::aid::view::Need| Line {
            title: need.title.clone(),
            href: format!("/needs/{}", need.code),
            mark: services::office::waiting::of_need(&ctx.services, need)
                .map_or(Mark::None, |running| Mark::Badge(clock_badge(&running, &ctx.services))),
            note: format!("{}，{}", ctx.services.place(&need.division_code), need.state.label()),
        };
        let urgent = urgent.iter().map(line).collect();
        let mut model =
            ImportReportModel { urgent, ..report_model(&get, head, &report, notice(&import, &report), apply) };
        model.columns = columns(&report);
        if import.state == ImportState::Checked {
            let field = Field::of(form::MAP);
            let title = "列认得不对，在这里改";
            let button = "按改后的列重新检查";
            model.map = Some(panel(&get, "map", title, &format!("/import/{id}/map"), vec![field], button).await?);
        }
        Ok(Page::new(import.file_name, move || import_report_page(model)))
    })
    .await
}

/// The rows with the chosen result, a page of them.
pub(crate) fn report_model(
    get: &Get,
    head: Head,
    report: &Report,
    notice: Option<String>,
    apply: Option<ActPanel>,
) -> ImportReportModel {
    let wanted = TABS.iter().find(|(_, name)| *name == get.value("result"));
    let chosen =
        wanted.or_else(|| TABS.iter().find(|(outcome, _)| report.count(*outcome) > 0)).copied().unwrap_or(TABS[3]);
    let path = &get.request.path;
    let (tabs, stats) = tabs_and_stats(report, chosen.1, |name| address(path, &[], &[("result", name.to_owned())]));
    let all: Vec<&ReportRow> = report.rows.iter().filter(|row| row.result == chosen.0).collect();
    let (page, total) = (get.page(), size(all.len()));
    let table = Table::of(format!("{}的行", chosen.0.label()), all.into_iter().skip((page - 1) * SIZE).take(SIZE))
        .column("行号", |row| Cell::strong(row.row.to_string()))
        .column("工作表、内容", |row| row_content(row))
        .column("说明和改法", |row| row_said(row))
        .done();
    ImportReportModel {
        head,
        notice,
        urgent: Vec::new(),
        stats,
        progress: None,
        tabs,
        empty: table.is_empty().then(|| Empty::new(EmptyKind::NoMatch, "没有这一类的行", "看看别的结果。")),
        table,
        pager: (total > size(SIZE)).then(|| pager(path, &get.query, page, SIZE, total, "行")),
        apply,
        columns: None,
        map: None,
    }
}

/// What each column of the file was taken for, those that are not read at the end of their sheet.
fn columns(report: &Report) -> Option<Table> {
    let columns = report.columns.iter().flat_map(|(sheet, columns)| {
        let (read, unread): (Vec<_>, Vec<_>) = columns.iter().partition(|column| !column.fields.is_empty());
        read.into_iter().chain(unread).map(move |column| {
            let fields = column.fields.iter().filter_map(|code| Some(documents::ledger::Field::named(code)?.label()));
            let names: Vec<&str> = fields.chain(column.label.as_deref()).collect();
            (sheet, column, names)
        })
    });
    let table = Table::of("这些列认作什么", columns)
        .column("列", |(_, column, _)| Cell::strong(column.column.clone()))
        .column("表头、工作表", |(sheet, column, _)| Cell::text(column.head.clone()).note((*sheet).clone()))
        .column("认作", |(.., names)| {
            Cell::text(if names.is_empty() {
                "没有读，原文留在草稿里".to_owned()
            } else {
                names.join("、")
            })
        })
        .column("把握", |(_, column, names)| {
            Cell::text(match (names.is_empty(), column.chosen, column.confidence) {
                (true, ..) => "",
                (_, true, _) => "您选的",
                (_, _, 0..55) => "请看一眼",
                _ => "有把握",
            })
        })
        .caption_shown()
        .done();
    (!table.is_empty()).then_some(table)
}

fn size(n: usize) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

/// What stands in a row; one that became a draft leads to it.
fn row_content(row: &ReportRow) -> Cell {
    match &row.need_code {
        Some(code) if row.result != Outcome::Duplicate => Cell::link(code.clone(), format!("/needs/{code}")),
        _ => Cell::text(row.sheet.clone()),
    }
    .note(row.what.clone())
}

/// What is said about a row; of a duplicate, with the way to what is there already.
fn row_said(row: &ReportRow) -> Cell {
    let said = row.messages.join("；");
    match (&row.need_code, &row.organization) {
        (Some(code), _) if row.result == Outcome::Duplicate => Cell::link(said, format!("/needs/{code}")),
        (None, Some(id)) => Cell::link(said, format!("/organizations/{id}")),
        _ => Cell::text(said),
    }
}

/// The rows by result: tabs, and tiles that lead to them. `to`: the address of a result.
fn tabs_and_stats(report: &Report, chosen: &str, to: impl Fn(&str) -> String) -> (Vec<Tab>, Vec<Stat>) {
    let tabs = TABS
        .iter()
        .map(|(outcome, name)| Tab::new(outcome.label(), to(name), *name == chosen).count(size(report.count(*outcome))))
        .collect();
    let stats = TABS
        .iter()
        .map(|(outcome, name)| {
            let note = match outcome {
                Outcome::Error => "改好后重新上传",
                Outcome::Warning => "导入后再核对",
                Outcome::Duplicate => "不会再次导入",
                _ => "没有问题",
            };
            Stat::new(outcome.label(), size(report.count(*outcome)), note, to(name))
        })
        .collect();
    (tabs, stats)
}

fn notice(import: &Import, report: &Report) -> Option<String> {
    if import.state == ImportState::Applied {
        let count = import.rows_imported;
        return Some(match import.kind {
            LedgerKind::Needs => format!("已导入{count}条为草稿，到“需求”里补全后送审。"),
            LedgerKind::Organizations => {
                format!("已登记{count}家，到“社会组织”里逐家核验，通过后在机构页“邀请负责人”。")
            }
        });
    }
    ignored(report)
}

/// Sheets that were not read.
pub(crate) fn ignored(report: &Report) -> Option<String> {
    if report.ignored.is_empty() {
        return None;
    }
    let sheets = report.ignored.iter().map(|(sheet, why)| format!("“{sheet}”{why}")).collect::<Vec<_>>().join("；");
    Some(format!("工作表{sheets}。"))
}

async fn apply_panel(get: &Get, import: &Import) -> Result<Option<ActPanel>> {
    if import.state != ImportState::Checked {
        return Ok(None);
    }
    let at = |name: &str| format!("/import/{}/{name}", import.id);
    let good = count(import.rows_good);
    let discard = Button::new("放弃这份台账").secondary().action(at("discard"));
    let (button, text) = match import.kind {
        LedgerKind::Needs => {
            (format!("导入{good}条为草稿"), format!("{good}条成为草稿，由经办人补全后送审。有误和重复的行不导入。"))
        }
        LedgerKind::Organizations => (
            format!("登记{good}家社会组织"),
            format!("{good}家成为“待核验”，由区民政局核验。有误和重复的行不导入，已经登记的不改动。"),
        ),
    };
    let mut apply = panel(get, "apply", "导入能导入的行", &at("apply"), Vec::new(), &button).await?;
    if good == 0 {
        apply.title = "没有能导入的行".into();
        apply.text = "按说明改好以后重新上传。".into();
        apply.buttons = vec![discard];
    } else {
        apply.text = text;
        apply.buttons.push(discard);
        apply.next = "整份一起导入：要么都成，要么都不成。同一行以后再传也不会重复。".into();
    }
    Ok(Some(apply))
}

async fn apply(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("已导入", move |_| format!("/import/{id}"), async |_, ctx| Ok(import::apply(&ctx, id).await?.to_string()))
        .await
}

async fn map(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "按改后的列检查完了",
        |id| format!("/import/{id}"),
        async |post, ctx| Ok(import::remap(&ctx, id, post.typed(form::MAP)).await?.to_string()),
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

async fn template(get: Get) -> Response {
    get.show(async { Ok(Answer::Raw(workbook("需求台账模板.xlsx", import::template(LedgerKind::Needs)?))) }).await
}

async fn organization_template(get: Get) -> Response {
    get.show(async {
        let bytes = import::template(LedgerKind::Organizations)?;
        Ok(Answer::Raw(workbook("社会组织台账模板.xlsx", bytes)))
    })
    .await
}

async fn report_file(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let (import, bytes) = import::report_xlsx(get.ctx()?, id).await?;
        let stem = import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
        Ok(Answer::Raw(workbook(&format!("{stem}逐行结果.xlsx"), bytes)))
    })
    .await
}
