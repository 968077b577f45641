//! 对列: each column of a ledger with three values, what it was taken for, how sure that is, and a list to choose otherwise.

use crate::base::get::Get;
use crate::base::parts::decide;
use crate::needs::import_steps::{ignored, steps};
use app::components::{Badge, Button, Crumb, FormTarget, Glyph, Head, Tone};
use app::pages::import::{MapColumn, MapGroup, MapModel};
use documents::ledger::Field;
use domain::calendar::Time;
use domain::form::needs::import as form;
use services::base::draft::Fields;
use services::needs::import::{ColumnUse, Import, Report, uses};
use services::{Error, Result};

/// Leaves a column as it was taken: a tick of a matrix, several answers in one cell.
const AS_IT_IS: &str = "=";
const UNUSED: &str = "";

fn name(number: usize) -> String {
    form::COLUMN.at(number).name.into_owned()
}

/// What a column is taken for, as the list says it.
fn value(column: &ColumnUse<'_>) -> &'static str {
    match column.field() {
        Some(field) => field.code(),
        None if column.is_unused() => UNUSED,
        None => AS_IT_IS,
    }
}

/// The columns that somebody chose otherwise.
pub(crate) fn said(report: &Report, fields: &Fields) -> Result<Vec<(usize, Option<Field>)>> {
    let mut said = Vec::new();
    for (number, column) in uses(report).iter().enumerate() {
        let at = name(number);
        let Some((_, chosen)) = fields.iter().find(|(sent, _)| *sent == at) else { continue };
        if chosen == value(column) || chosen == AS_IT_IS {
            continue;
        }
        let field = match chosen.as_str() {
            UNUSED => None,
            code => Some(Field::named(code).ok_or_else(|| Error::wrong(form::COLUMN, "从列表里选这一列是什么"))?),
        };
        said.push((number, field));
    }
    Ok(said)
}

/// The page at `at`, under these crumbs. A team's list is of the kind `members`.
pub(crate) fn model(
    get: &Get,
    (at, crumbs): (&str, Vec<Crumb>),
    open: &Import,
    report: &Report,
    known: Option<Time>,
) -> MapModel {
    let columns = uses(report);
    let kind = if open.team_id.is_some() { "members" } else { open.kind.as_str() };
    let fields = documents::ledger::fields(kind);
    let several = report.columns.len() > 1;
    let drawn = |wanted: &dyn Fn(&ColumnUse<'_>) -> bool| -> Vec<MapColumn> {
        let own = columns.iter().enumerate().filter(|(_, column)| wanted(column));
        own.map(|(number, column)| drawn(number, column, &fields, several)).collect()
    };
    let doubtful = drawn(&|column| column.is_doubtful());
    let understood = drawn(&|column| !column.is_doubtful() && !column.is_unused());
    let unused = drawn(&|column| column.is_unused());
    let group = |id, words: &str, caption, columns: Vec<MapColumn>| MapGroup {
        id,
        title: format!("{words}，{}列", columns.len()),
        caption,
        columns,
    };
    let rows = open.rows_total;
    let button = if rows > 0 { format!("照这样检查{rows}行") } else { "照这样检查".to_owned() };
    let missing = ignored(report);
    let mut notices = Vec::new();
    if !open.job_failure.is_empty() {
        notices.push(format!("{}。在下面选出各列再检查。", open.job_failure.trim_end_matches('。')));
    }
    let forget = known.filter(|_| open.team_id.is_none()).map(|since| {
        let words = format!("这种表头{}对过，已经照办。", since.words_near(get.site.services.now()));
        (words, decide(get, "不再照办", "这种表头的对法", &format!("{at}/forget")))
    });
    MapModel {
        head: Head { crumbs, notes: vec![open.file_name.clone()], ..Head::new("这些列是什么") },
        steps: steps(open, report, &format!("{at}/columns")),
        notices,
        missing,
        target: FormTarget::new(format!("{at}/columns"), get.once()).with("form", get.request.path.clone()),
        groups: vec![
            group("look", "请看一眼", "没有把握的列", doubtful),
            group("known", "认出来了", "有把握的列", understood),
            group("unused", "没有用的", "没有用的列，原文留在草稿里", unused),
        ],
        hidden: report
            .hidden
            .iter()
            .enumerate()
            .map(|(at, sheet)| (form::HIDDEN.at(at).name.into_owned(), sheet.clone()))
            .collect(),
        buttons: vec![Button::new(button)],
        next: "只检查，不导入。同样的表头下次直接照办。".into(),
        forget,
    }
}

fn drawn(number: usize, column: &ColumnUse<'_>, fields: &[Field], several: bool) -> MapColumn {
    let own = value(column);
    let mut options: Vec<(String, String, bool)> = Vec::new();
    if own == AS_IT_IS {
        let names = column.column.fields.iter().filter_map(|code| Some(Field::named(code)?.label()));
        let names: Vec<&str> = names.chain(column.column.label.as_deref()).collect();
        options.push((AS_IT_IS.to_owned(), names.join("、"), true));
    }
    options.push((UNUSED.to_owned(), "不用".to_owned(), own == UNUSED));
    options.extend(fields.iter().map(|field| (field.code().to_owned(), field.label().to_owned(), field.code() == own)));
    // What was chosen by its code alone is of another kind of ledger.
    if let Some(field) = column.field().filter(|field| !fields.contains(field)) {
        options.push((field.code().to_owned(), field.label().to_owned(), true));
    }
    let understood = column.filled.saturating_sub(column.doubts);
    let sure = match (column.is_unused(), column.filled) {
        (true, 0) => Badge::plain("整列是空的"),
        (true, _) => Badge::plain("没有用"),
        (false, 0) => Badge::plain("整列是空的"),
        (false, _) if column.column.remembered => Badge::good(format!("照上次，{understood}行")),
        (false, _) if column.column.chosen => Badge::good(format!("您选的，{understood}行")),
        (false, _) if column.is_doubtful() => Badge::tag(Tone::Wait, Glyph::Info, format!("读懂{understood}行")),
        (false, _) => Badge::good(format!("{understood}行")),
    };
    let mut note = Vec::new();
    if column.doubts > 0 && !column.is_unused() {
        note.push(format!("{}行要核对，原文留在草稿里", column.doubts));
    }
    if column.column.hidden {
        note.push("表格里隐藏的列".to_owned());
    }
    let sheet = if several { format!("，{}", column.sheet) } else { String::new() };
    MapColumn {
        name: name(number),
        head: column.column.head.clone(),
        place: format!("{}列{sheet}", column.column.column),
        values: column.column.samples.clone(),
        note: note.join("；"),
        options,
        sure,
    }
}
