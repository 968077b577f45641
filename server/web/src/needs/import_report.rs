//! What became of each row of a ledger: counts, rows by result, and what is done next with them.

use crate::base::get::Get;
use crate::base::parts::{count, panel};
use crate::base::states;
use crate::base::words::{address, clock_badge, pager};
use crate::needs::import_steps::{at, columns_at, ignored, steps};
use app::components::{
    ActPanel, Badge, Button, Crumb, Emphasis, Empty, EmptyKind, FormTarget, Glyph, Head, Line, Link, Mark, Stat, Tab,
};
use app::pages::import::{ImportReportModel, ImportRow, Progress, RowsForm};
use documents::ledger::Outcome;
use domain::href::href;
use domain::machine::Object;
use domain::organization::{ImportState, LedgerKind};
use services::needs::import::{self, Difference, Import, Report, ReportRow};
use services::{Ctx, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of the report on one page.
const SIZE: usize = 50;

/// Tabs in order, with the query value of each; none: every row.
const TABS: [(Option<Outcome>, &str); 6] = [
    (None, "all"),
    (Some(Outcome::Error), "error"),
    (Some(Outcome::Warning), "warning"),
    (Some(Outcome::Duplicate), "duplicate"),
    (Some(Outcome::Ok), "ok"),
    (Some(Outcome::Skipped), "skipped"),
];

/// The result that the address names.
pub(crate) fn asked(get: &Get) -> Option<Outcome> {
    TABS.iter().find(|(_, name)| *name == get.value("result")).and_then(|(outcome, _)| *outcome)
}

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

pub(crate) async fn report_page(get: &Get, ctx: &Ctx, open: &Import, report: &Report) -> Result<ImportReportModel> {
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
    let mut notices = notices;
    notices.extend(shared(report));
    let several = report.columns.len() > 1;
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
        all.into_iter().skip((page - 1) * SIZE).take(SIZE).map(|(at, row)| report_row(at, row, several)).collect();
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
/// Wrong rows from which on a cause that nearly all of them share is said once above them.
const MANY: usize = 5;

/// The cause that nearly all wrong rows share.
fn shared(report: &Report) -> Option<String> {
    let wrong = report.count(Outcome::Error);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in report.rows.iter().filter(|row| row.result == Outcome::Error) {
        let causes: BTreeSet<String> = row.messages.iter().map(|words| without_cell(words)).collect();
        for cause in causes {
            *counts.entry(cause).or_default() += 1;
        }
    }
    let (cause, rows) = counts.into_iter().max_by_key(|(_, rows)| *rows)?;
    (rows >= MANY && rows * 10 >= wrong * 8).then(|| format!("{rows}行都是同一个原因：{cause}。"))
}

/// A sentence without the cell it is about: “区划”（C5）不在… for any row.
fn without_cell(words: &str) -> String {
    let mut rest = words;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('（') {
        out.push_str(before);
        let cell = after.split_once('）').filter(|(cell, _)| {
            let digits = cell.trim_start_matches(|c: char| c.is_ascii_uppercase());
            digits.len() < cell.len() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        rest = match cell {
            Some((_, after)) => after,
            None => {
                out.push('（');
                after
            }
        };
    }
    out + rest
}

/// `several`: the file has more sheets than one, so that a row's number alone says too little.
fn report_row(at: usize, row: &ReportRow, several: bool) -> ImportRow {
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
        sheet: if several { row.sheet.clone() } else { String::new() },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_the_same_in_every_row() {
        assert_eq!(without_cell("“区划”（C5）不在您的辖区内"), "“区划”不在您的辖区内");
        assert_eq!(without_cell("“期限（天）”（AB12）不是数"), "“期限（天）”不是数");
        assert_eq!(without_cell("没有写（必填"), "没有写（必填");
    }
}
