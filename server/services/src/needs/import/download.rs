//! The report as a file: every row with what became of it, why, and its cells as they were written.

use super::report::{Report, ReportRow, letters};
use super::{Import, load, piece, record};
use crate::boxed;
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Original, Outcome};
use domain::machine::Command;
use domain::organization::LedgerKind;
use domain::permission::authorize;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use uuid::Uuid;

/// What the report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Csv,
}

/// The report as a file: one line per row, `only` those with one result. For whom the cells are, they stand in it for as long
/// as the ledger is kept. An export: identity is proved shortly before.
#[boxed]
pub async fn report_file(ctx: &Ctx, id: Uuid, format: Format, only: Option<Outcome>) -> Result<(Import, Vec<u8>)> {
    ctx.fresh()?;
    let (import, report) = load(ctx, id).await?;
    let about = crate::base::trail::About {
        object: id,
        division: import.scope.clone(),
        ..crate::base::trail::About::default()
    };
    let wanted = |row: &ReportRow| only.is_none_or(|only| row.result == only);
    let data = report.rows.iter().filter(|row| wanted(row) && row.result != Outcome::Skipped).count();
    crate::base::trail::export(ctx, "import_report", data, about).await?;
    // The cells are for whoever brought them and for the office that keeps such files.
    let keeps = import.kind == LedgerKind::Organizations
        || import.account_id.is_some() && import.account_id == ctx.actor.account_id
        || authorize(&ctx.actor, Command::NeedMendFile, &record(&import.scope)).is_ok();
    let ledger = if keeps { piece::file(ctx, id).await.ok() } else { None };
    let (divisions, day) = (ctx.services.divisions(), ctx.now().day());
    let (name, scope, kind) = (import.file_name.clone(), import.scope.clone(), import.kind);
    let bytes = tokio::task::spawn_blocking(move || {
        let mut lines = Lines::of(&report);
        let mut cells: HashMap<usize, Vec<Original>> = HashMap::new();
        if let Some(ledger) = ledger {
            let places = places(&report, only);
            let options = ledger::Options { scope: &scope, as_of: day, divisions: &divisions, choice: &report.choice };
            let mut take = |sheet: &str, row: u32, original: Vec<Original>| {
                if let Some(at) = places.get(&(sheet, row)) {
                    cells.insert(*at, original);
                }
                ControlFlow::Continue(())
            };
            // A file that was read once is read again; if not, the rows stand without their cells.
            match kind {
                LedgerKind::Needs => drop(ledger::each_need(&ledger, &name, options, &mut |sheet, row| {
                    take(sheet, row.row, row.original)
                })),
                LedgerKind::Villages => drop(ledger::each_village(&ledger, &name, options, &mut |sheet, row| {
                    take(sheet, row.row, row.original)
                })),
                LedgerKind::Organizations => {
                    let options = ledger::Options { scope: "12", ..options };
                    drop(ledger::each_organization(&ledger, &name, options, &mut |sheet, row| {
                        take(sheet, row.row, row.original)
                    }));
                }
            }
        }
        for (at, row) in report.rows.iter().enumerate().filter(|(_, row)| only.is_none_or(|only| row.result == only)) {
            lines.add(row, cells.remove(&at).unwrap_or_default());
        }
        lines.written(format)
    });
    let bytes = bytes.await.map_err(|_| Error::Internal("report task"))?;
    Ok((import, bytes.ok_or(Error::Internal("report workbook"))?))
}

/// Where each row stands in the report.
fn places(report: &Report, only: Option<Outcome>) -> HashMap<(&str, u32), usize> {
    let rows = report.rows.iter().enumerate().filter(|(_, row)| only.is_none_or(|only| row.result == only));
    rows.map(|(at, row)| ((row.sheet.as_str(), row.row), at)).collect()
}

/// What every line begins with.
const FIRST: [&str; 6] = ["工作表", "行号", "结果", "为什么", "编号", "送审"];

/// The lines of the file: the columns of all sheets beside each other, those with the same head as one.
struct Lines {
    heads: Vec<String>,
    /// Sheet and column of the ledger, and the column here.
    columns: HashMap<(Arc<str>, String), usize>,
    sheets: HashMap<String, Arc<str>>,
    rows: Vec<Vec<String>>,
}

impl Lines {
    fn of(report: &Report) -> Self {
        let mut lines = Self {
            heads: FIRST.iter().map(ToString::to_string).collect(),
            columns: HashMap::new(),
            sheets: HashMap::new(),
            rows: Vec::new(),
        };
        for (sheet, columns) in &report.columns {
            let name: Arc<str> = Arc::from(sheet.as_str());
            lines.sheets.insert(sheet.clone(), Arc::clone(&name));
            for column in columns {
                let letter = letters(&column.column).to_owned();
                let head = if column.head.is_empty() { format!("{letter}列") } else { column.head.clone() };
                let taken = |lines: &Self, at: usize| {
                    lines.columns.iter().any(|((other, _), column)| *other == name && *column == at)
                };
                let at = lines.heads.iter().position(|other| *other == head);
                let at = match at.filter(|at| *at >= FIRST.len() && !taken(&lines, *at)) {
                    Some(at) => at,
                    None => {
                        let head = if at.is_some() { format!("{head}（{letter}列）") } else { head };
                        lines.heads.push(head);
                        lines.heads.len() - 1
                    }
                };
                lines.columns.insert((Arc::clone(&name), letter), at);
            }
        }
        lines.heads.push("其他单元格".to_owned());
        lines
    }

    fn add(&mut self, row: &ReportRow, cells: Vec<Original>) {
        let mut line = vec![String::new(); self.heads.len()];
        let review = match row.review.as_deref() {
            None => String::new(),
            Some("") => "已送审".to_owned(),
            Some(why) => format!("没有送成：{why}"),
        };
        let first = [
            row.sheet.clone(),
            row.row.to_string(),
            row.result.label().to_owned(),
            row.messages.join("；"),
            row.need_code.clone().unwrap_or_default(),
            review,
        ];
        for (to, from) in line.iter_mut().zip(first) {
            *to = from;
        }
        let sheet = self.sheets.get(&row.sheet).cloned();
        let last = self.heads.len() - 1;
        for cell in cells {
            let column =
                sheet.as_ref().and_then(|sheet| self.columns.get(&(Arc::clone(sheet), letters(&cell.cell).to_owned())));
            match column {
                // A form has several cells in one column.
                Some(at) if line[*at].is_empty() => line[*at] = cell.text,
                _ => {
                    if !line[last].is_empty() {
                        line[last].push('；');
                    }
                    line[last] += &[cell.cell.as_ref(), "：", cell.text.as_ref()].concat();
                }
            }
        }
        self.rows.push(line);
    }

    fn written(self, format: Format) -> Option<Vec<u8>> {
        let heads: Vec<&str> = self.heads.iter().map(String::as_str).collect();
        match format {
            Format::Xlsx => documents::sheet::texts("逐行结果", &heads, &self.rows).ok(),
            Format::Csv => Some(documents::sheet::csv(&heads, &self.rows)),
        }
    }
}
