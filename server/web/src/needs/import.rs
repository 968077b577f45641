//! 台账导入: choose a file, say what its columns are, read what becomes of each row, take the good ones in, send the drafts
//! for review.

use crate::base::download::{attachment, workbook};
use crate::base::form_fields::fill_all;
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::{count, panel, target};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::{address, clock_badge, pager};
use crate::needs::import_map;
use crate::needs::import_steps::{ignored, steps};
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Emphasis, Empty, EmptyKind, Fact, Field, FieldGroup, FormTarget,
    Glyph, Head, Line, Link, Mark, Stat, Tab, Table,
};
use app::pages::form::FormModel;
use app::pages::import::{
    ImportModel, ImportReportModel, ImportRow, Progress, RowsForm, import_page, import_report_page, map_page,
};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use documents::ledger::{self, Outcome};
use domain::form::FieldDef;
use domain::form::needs::import as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::organization::{ImportState, LedgerKind};
use services::needs::import::{self, Difference, Format, Import, Report, ReportRow};
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

/// Rows of the report on one page.
const SIZE: usize = 50;
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

fn at(id: Uuid) -> String {
    href(Object::Import, &id)
}

fn columns_at(id: Uuid) -> String {
    href_at(Object::Import, &id, "/columns")
}

/// Tabs in order, with the query value of each; none: every row.
const TABS: [(Option<Outcome>, &str); 6] = [
    (None, "all"),
    (Some(Outcome::Error), "error"),
    (Some(Outcome::Warning), "warning"),
    (Some(Outcome::Duplicate), "duplicate"),
    (Some(Outcome::Ok), "ok"),
    (Some(Outcome::Skipped), "skipped"),
];

/// The result that the address asks for; without a wish the first that needs somebody.
fn wanted(get: &Get, report: &Report) -> (Option<Outcome>, &'static str) {
    let asked = TABS.iter().find(|(_, name)| *name == get.value("result"));
    // Drafts are gone on with; before there are any, what has to be mended comes first.
    let drafts = report.drafts().next().is_some();
    let first = |with_drafts: bool| {
        let has = |outcome: Outcome| report.count(outcome) > 0;
        let is_draft = |outcome: Outcome| matches!(outcome, Outcome::Ok | Outcome::Warning);
        TABS.iter().find(|(outcome, _)| outcome.is_some_and(|one| has(one) && (!with_drafts || is_draft(one))))
    };
    asked.or_else(|| first(drafts)).copied().unwrap_or(TABS[0])
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

async fn report_page(get: &Get, ctx: &Ctx, open: &Import, report: &Report) -> Result<ImportReportModel> {
    let head = Head {
        crumbs: vec![Crumb::link("台账导入", "/import"), Crumb::here(open.file_name.clone())],
        badges: vec![states::import(open)],
        beside: vec![format!("{}上传", open.created_at.words_near(ctx.now()))],
        notes: vec![open.file_name.clone(), open.kind.label().to_owned(), ctx.services.place(&open.scope)],
        ..Head::new(title(open, report))
    };
    let (mut head, mut notices) = (head, ignored(report));
    if !open.job_failure.is_empty() {
        notices.insert(0, open.job_failure.clone());
    }
    if open.state == ImportState::Uploaded {
        if open.job.is_none() && !report.columns.is_empty() {
            head = head.action(Link::new("说明各列是什么", columns_at(open.id)).primary());
        }
        return Ok(ImportReportModel {
            head,
            steps: steps(open, report, &columns_at(open.id)),
            notices,
            progress: progress(get, ctx, open),
            apply: discard_panel(get, open).await?,
            ..ImportReportModel::default()
        });
    }
    let file = |ending: &str| format!("{}/report.{ending}", at(open.id));
    head = head
        .action(Link::new("下载逐行结果", file("xlsx")).glyph(Glyph::Download))
        .action(Link::new("CSV", file("csv")).glyph(Glyph::Download));
    if open.rows_bad > 0 {
        let only = format!("{}?result=error", file("xlsx"));
        head = head.action(Link::new("只下载有误的行", only).glyph(Glyph::Download));
    }
    let urgent = import::urgent(ctx, open.id).await?;
    let line = |need: &services::aid::view::Need| Line {
        title: need.title.clone(),
        href: href(Object::Need, &need.code),
        mark: services::office::waiting::of_need(&ctx.services, need)
            .map_or(Mark::None, |running| Mark::Badge(clock_badge(&running, &ctx.services))),
        note: format!("{}，{}", ctx.services.place(&need.division_code), need.state.label()),
    };
    if open.state == ImportState::Applied && open.kind != LedgerKind::Organizations {
        head = head.action(Link::new("看全部草稿", "/desk/needs?state=draft"));
    }
    if open.state == ImportState::Applied && open.kind == LedgerKind::Organizations {
        notices
            .insert(0, format!("已登记{}家，到“社会组织”里逐家核验，通过后在机构页“邀请负责人”。", open.rows_imported));
    }
    let unsent = report.rows.iter().filter(|row| row.review.as_deref().is_some_and(|why| !why.is_empty())).count();
    let sent = report.rows.iter().filter(|row| row.review.as_deref() == Some("")).count();
    if sent + unsent > 0 {
        notices.insert(0, format!("已送审{sent}份，没有送成{unsent}份，原因写在各行里。"));
    }
    let mut model = ImportReportModel {
        urgent: urgent.iter().map(line).collect(),
        steps: steps(open, report, &columns_at(open.id)),
        progress: progress(get, ctx, open),
        choose: renew_form(get, open, report).or_else(|| submit_form(get, open, report)),
        ..report_model(get, head, report, notices, apply_panel(get, open).await?)
    };
    if open.job.is_some() || model.choose.is_none() {
        model.choose = None;
        model.rows.iter_mut().for_each(|row| row.pick = None);
    }
    Ok(model)
}

/// What came out, in a sentence.
fn title(open: &Import, report: &Report) -> String {
    let (total, good) = (open.rows_total, open.rows_good);
    match (open.state, open.kind) {
        (ImportState::Uploaded, _) if open.job.is_some() => "正在检查".into(),
        (ImportState::Uploaded, _) => "这份台账没有读成".into(),
        (ImportState::Checked, _) if total == 0 => "没有找到一行数据".into(),
        (ImportState::Checked, _) if good == 0 => format!("{total}行，没有能导入的"),
        (ImportState::Checked, LedgerKind::Needs | LedgerKind::Villages) => format!("{total}行，{good}行能建草稿"),
        (ImportState::Checked, LedgerKind::Organizations) => format!("{total}行，{good}家能登记"),
        (ImportState::Applied, LedgerKind::Needs | LedgerKind::Villages) => {
            format!("已导入{}条为草稿", report.drafts().count())
        }
        (ImportState::Applied, LedgerKind::Organizations) => format!("已登记{}家社会组织", open.rows_imported),
        (ImportState::Discarded, _) => "已放弃这份台账".into(),
    }
}

/// How far the work is, and how fast.
fn progress(get: &Get, ctx: &Ctx, open: &Import) -> Option<Progress> {
    let job = open.job?;
    let done = count(open.job_done);
    let all = (open.job_total > 0).then(|| count(open.job_total));
    let seconds = open.job_started_at.map_or(0, |started| (ctx.now().0 - started.0) / 1_000_000).max(0);
    let rate = open.job_done.checked_div(seconds).unwrap_or_default();
    let mut says = match (done, rate) {
        (0, _) => format!("正在打开文件，已经{seconds}秒。"),
        (_, 0) => format!("已经{seconds}秒。"),
        (_, rate) => format!("每秒约{rate}行，已经{seconds}秒。"),
    };
    if let Some(left) = all.and_then(|all| i64::try_from(all.saturating_sub(done)).ok()?.checked_div(rate))
        && done > 0
    {
        says += &["还要", &(left + 1).to_string(), "秒左右。"].concat();
    }
    says.push_str("可以离开这一页，做完站内信告诉您；这一页一直在。");
    let link = if get.value("still").is_empty() {
        Link::new("不要自动刷新", format!("{}?still=1", at(open.id)))
    } else {
        Link::new("看看做到哪里了", at(open.id))
    };
    let done = all.map_or(done, |all| done.min(all));
    Some(Progress { title: format!("正在{}", job.label()), done, all, says, link: link.emphasis(Emphasis::Quiet) })
}

/// The rows with the chosen result, a page of them.
pub(crate) fn report_model(
    get: &Get,
    head: Head,
    report: &Report,
    notices: Vec<String>,
    apply: Option<ActPanel>,
) -> ImportReportModel {
    let chosen = wanted(get, report);
    let path = &get.request.path;
    let to = |name: &str| address(path, &[], &[("result", name.to_owned())]);
    let (tabs, stats) = tabs_and_stats(report, chosen.1, to);
    let all: Vec<(usize, &ReportRow)> = report
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| chosen.0.is_none_or(|outcome| row.result == outcome))
        .collect();
    let (page, total) = (get.page(), size(all.len()));
    let rows: Vec<ImportRow> =
        all.into_iter().skip((page - 1) * SIZE).take(SIZE).map(|(at, row)| report_row(at, row)).collect();
    ImportReportModel {
        head,
        notices,
        stats,
        tabs,
        empty: rows.is_empty().then(|| Empty::new(EmptyKind::NoMatch, "没有这一类的行", "看看别的结果。")),
        rows,
        pager: (total > size(SIZE)).then(|| pager(path, &get.query, page, SIZE, total, "行")),
        apply,
        ..ImportReportModel::default()
    }
}

fn size(n: usize) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

/// `at`: the number of the row in the report.
fn report_row(at: usize, row: &ReportRow) -> ImportRow {
    let badge = match (row.result, &row.need_code, row.organization) {
        (Outcome::Ok | Outcome::Warning, Some(_), _) if row.review.as_deref() == Some("") => Badge::good("已送审"),
        (Outcome::Ok | Outcome::Warning, Some(_), _) => Badge::good("草稿"),
        (Outcome::Ok | Outcome::Warning, _, Some(_)) => Badge::good("已登记"),
        (Outcome::Ok, ..) => Badge::good(row.result.label()),
        (Outcome::Warning, ..) => Badge::info(row.result.label()),
        (Outcome::Error, ..) => Badge::care(row.result.label()),
        (Outcome::Duplicate, ..) => Badge::unmet(row.result.label()),
        (Outcome::Skipped, ..) => Badge::plain(row.result.label()),
    };
    let mut why = row.messages.clone();
    if !row.differences.is_empty() {
        let all: Vec<String> = row.differences.iter().map(Difference::words).collect();
        let done = match row.renewed {
            None => "",
            Some(true) => "。已更新",
            Some(false) => "。没有更新",
        };
        why.push(format!("和现在的不同：{}{done}", all.join("，")));
    }
    if why.is_empty() {
        why.push("都读懂了".to_owned());
    }
    if let Some(review) = row.review.as_deref().filter(|why| !why.is_empty()) {
        why.push(format!("没有送成审核：{review}"));
    }
    let link = match (&row.need_code, row.organization) {
        (Some(code), _) => Some((format!("打开{code}"), href(Object::Need, code))),
        (None, Some(id)) => Some(("打开机构".to_owned(), href(Object::Organization, &id))),
        (None, None) => None,
    };
    let is_draft = matches!(row.result, Outcome::Ok | Outcome::Warning) && row.review.as_deref() != Some("");
    ImportRow {
        row: format!("第{}行", row.row),
        sheet: row.sheet.clone(),
        what: row.what.clone(),
        badge,
        why: why.join("；"),
        link,
        pick: if row.is_open_question() { Some(at.to_string()) } else { row.need_code.clone().filter(|_| is_draft) },
    }
}

/// The rows by result: tabs, and tiles that lead to them. `to`: the address of a result.
fn tabs_and_stats(report: &Report, chosen: &str, to: impl Fn(&str) -> String) -> (Vec<Tab>, Vec<Stat>) {
    let counted = |outcome: Option<Outcome>| outcome.map_or(report.rows.len(), |outcome| report.count(outcome));
    let label = |outcome: Option<Outcome>| outcome.map_or("全部", Outcome::label);
    let tabs = TABS
        .iter()
        .map(|(outcome, name)| Tab::new(label(*outcome), to(name), *name == chosen).count(size(counted(*outcome))))
        .collect();
    let stats = TABS[1..]
        .iter()
        .map(|(outcome, name)| {
            let note = match outcome {
                Some(Outcome::Error) => "改好只传这些行",
                Some(Outcome::Warning) => "导入后再核对",
                Some(Outcome::Duplicate) => "不会再次导入",
                Some(Outcome::Skipped) => "标题、小计、空行等",
                _ => "没有问题",
            };
            Stat::new(label(*outcome), size(counted(*outcome)), note, to(name))
        })
        .collect();
    (tabs, stats)
}

/// Giving up a file that could not be read.
async fn discard_panel(get: &Get, open: &Import) -> Result<Option<ActPanel>> {
    if open.job.is_some() {
        return Ok(None);
    }
    let to = format!("{}/discard", at(open.id));
    let mut discard = panel(get, "discard", "换一份文件", &to, Vec::new(), "放弃这份台账").await?;
    discard.text = "放弃以后可以重新上传，没有导入任何内容。".into();
    Ok(Some(discard))
}

async fn apply_panel(get: &Get, open: &Import) -> Result<Option<ActPanel>> {
    if open.state != ImportState::Checked || open.job.is_some() {
        return Ok(None);
    }
    let to = |name: &str| format!("{}/{name}", at(open.id));
    let good = count(open.rows_good);
    let discard = Button::new("放弃这份台账").secondary().action(to("discard"));
    let (button, text) = match open.kind {
        LedgerKind::Needs | LedgerKind::Villages => {
            (format!("导入{good}条为草稿"), format!("{good}条成为草稿，由经办人补全后送审。有误和重复的行不导入。"))
        }
        LedgerKind::Organizations => (
            format!("登记{good}家社会组织"),
            format!("{good}家成为“待核验”，由区民政局核验。有误和重复的行不导入，已经登记的不改动。"),
        ),
    };
    let mut apply = panel(get, "apply", "导入能导入的行", &to("apply"), Vec::new(), &button).await?;
    apply.links.push(Link::new("看每一列认作什么", columns_at(open.id)));
    if good == 0 {
        apply.title = "没有能导入的行".into();
        apply.text = match (open.rows_total, open.rows_duplicate) {
            (0, _) => "这份文件里没有读到一行数据。请打开“看每一列认作什么”，选出各列；或下载空白台账，照着填好再上传。",
            (all, duplicate) if all == duplicate => "每一行都已经导入过，不用再做什么。",
            _ => "每一行为什么不能导入写在下面。是整列认错的，请打开“看每一列认作什么”改；是内容有误的，改好以后重新上传。",
        }
        .into();
        apply.buttons = vec![discard];
    } else if open.rows_imported > 0 {
        apply.title = "接着导入".into();
        apply.text = format!("已导入{}行后停了下来。接着导入其余的行，已导入的不会重复。", open.rows_imported);
        apply.buttons = vec![Button::new("接着导入")];
    } else {
        apply.text = text;
        apply.buttons.push(discard);
        apply.next = "同一行以后再传也不会重复。".into();
    }
    Ok(Some(apply))
}

/// Sending drafts for review together.
fn submit_form(get: &Get, open: &Import, report: &Report) -> Option<RowsForm> {
    let elsewhere = matches!(wanted(get, report).0, Some(Outcome::Error | Outcome::Duplicate | Outcome::Skipped));
    if open.state != ImportState::Applied || open.kind == LedgerKind::Organizations || elsewhere {
        return None;
    }
    let left = report.drafts().filter(|row| row.review.as_deref() != Some("")).count();
    if left == 0 {
        return None;
    }
    let target = FormTarget::new(format!("{}/submit", at(open.id)), get.once()).with("form", get.request.path.clone());
    let all = Button::new(format!("把{left}份草稿都送审")).secondary().sends("all", "1");
    Some(RowsForm {
        target,
        buttons: vec![Button::new("把选中的送审"), all],
        next: "由另一位同事审核。还没有填全的不会送出，缺什么写在各行里；急难的先送。".into(),
    })
}

/// What rows say otherwise than the files of the needs that they became before: taken over or not.
fn renew_form(get: &Get, open: &Import, report: &Report) -> Option<RowsForm> {
    if wanted(get, report).0 != Some(Outcome::Duplicate) || !report.rows.iter().any(ReportRow::is_open_question) {
        return None;
    }
    let target = FormTarget::new(format!("{}/renew", at(open.id)), get.once()).with("form", get.request.path.clone());
    Some(RowsForm {
        target,
        buttons: vec![
            Button::new("更新选中的").sends("answer", "yes"),
            Button::new("选中的不更新").secondary().sends("answer", "no"),
        ],
        next: "更新把表里的电话、住址、家庭人口和监护人写进档案，记录在案；公开的文字不变。".into(),
    })
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
        let only = TABS.iter().find(|(_, name)| *name == get.value("result")).and_then(|(outcome, _)| *outcome);
        let (open, bytes) = import::report_file(get.ctx()?, id, format, only).await?;
        let stem = open.file_name.rsplit_once('.').map_or(open.file_name.as_str(), |(stem, _)| stem);
        Ok(Answer::Raw(match format {
            Format::Xlsx => workbook(&format!("{stem}逐行结果.xlsx"), bytes),
            Format::Csv => attachment(&format!("{stem}逐行结果.csv"), "report.csv", "text/csv; charset=utf-8", bytes),
        }))
    })
    .await
}
