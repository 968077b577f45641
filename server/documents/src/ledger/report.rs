//! The row-by-row report of an import as a workbook: what became of each row, which cell, how to mend it.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{Ledger, LedgerError, Outcome, Row, Sheet};

/// Rows that one sheet of the report holds.
const MAX_REPORT_ROWS: u32 = 1_000_000;

/// The report as .xlsx bytes: sheet, row, result, field, cell, message. Skipped rows are left out.
/// It names cells and reasons, never anybody's data.
///
/// # Errors
/// [`LedgerError::Write`] when the workbook cannot be built.
pub fn report_xlsx<V>(ledger: &Ledger<V>) -> Result<Vec<u8>, LedgerError> {
    build(ledger).map_err(|_| LedgerError::Write)
}

/// One line of a report that was kept without the rows' values.
#[derive(Debug, Clone, Copy)]
pub struct ReportLine<'a> {
    pub sheet: &'a str,
    pub row: u32,
    pub result: Outcome,
    /// Services and place, for recognising the row.
    pub what: &'a str,
    /// One sentence: column, cell, mend. Empty when there is nothing to say.
    pub message: &'a str,
}

/// A kept report as .xlsx bytes, one line per message. Everything is written as
/// text, so that nothing in it can be a formula.
///
/// # Errors
/// [`LedgerError::Write`] when the workbook cannot be built.
pub fn lines_xlsx<'a>(lines: impl IntoIterator<Item = ReportLine<'a>>) -> Result<Vec<u8>, LedgerError> {
    build_lines(lines).map_err(|_| LedgerError::Write)
}

fn build_lines<'a>(lines: impl IntoIterator<Item = ReportLine<'a>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("逐行结果")?;
    let heads = [("工作表", 20.0), ("行号", 8.0), ("结果", 16.0), ("街镇和服务", 32.0), ("说明和改法", 90.0)];
    for (column, (label, width)) in (0u16..).zip(heads) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, label, &bold)?;
    }
    for (at, line) in (1..MAX_REPORT_ROWS).zip(lines) {
        sheet.write_string(at, 0, line.sheet)?;
        sheet.write_number(at, 1, line.row)?;
        sheet.write_string(at, 2, line.result.label())?;
        sheet.write_string(at, 3, line.what)?;
        sheet.write_string(at, 4, line.message)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

fn build<V>(ledger: &Ledger<V>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("导入结果")?;
    for (column, (label, width)) in (0u16..).zip([
        ("工作表", 20.0),
        ("行号", 8.0),
        ("结果", 16.0),
        ("列", 14.0),
        ("单元格", 10.0),
        ("说明和改法", 80.0),
    ]) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, label, &bold)?;
    }
    let mut at = 1;
    for read in &ledger.sheets {
        for row in read.rows.iter().filter(|row| row.result != Outcome::Skipped) {
            for [field, cell, message] in lines(read, row) {
                if at >= MAX_REPORT_ROWS {
                    break;
                }
                sheet.write_string(at, 0, &read.sheet)?;
                sheet.write_number(at, 1, row.row)?;
                sheet.write_string(at, 2, row.result.label())?;
                sheet.write_string(at, 3, field)?;
                sheet.write_string(at, 4, cell)?;
                sheet.write_string(at, 5, message)?;
                at += 1;
            }
        }
    }
    let totals = book.add_worksheet();
    totals.set_name("合计")?;
    totals.set_column_width(0, 20)?;
    for (row, (outcome, count)) in (0u32..).zip(ledger.counts()) {
        totals.write_string(row, 0, outcome.label())?;
        totals.write_number(row, 1, u32::try_from(count).unwrap_or(u32::MAX))?;
    }
    book.save_to_buffer()
}

/// One line per issue, or one for the row.
fn lines<V>(sheet: &Sheet<V>, row: &Row<V>) -> Vec<[String; 3]> {
    if let Some(of) = row.duplicate_of {
        let place = match &row.other_sheet {
            Some(other) => format!("工作表“{other}”第{of}行"),
            None => format!("第{of}行"),
        };
        return vec![[String::new(), String::new(), format!("与{place}重复，不再导入")]];
    }
    if row.issues.is_empty() {
        return vec![[String::new(), String::new(), String::new()]];
    }
    let issue = |issue: &super::Issue| {
        let message = match (&row.other_sheet, issue.of) {
            (Some(other), Some(_)) => format!("（工作表“{other}”）{}", issue.message()),
            _ => issue.message(),
        };
        [
            issue.column.clone().unwrap_or_else(|| issue.field.label().to_owned()),
            issue.cell.clone().unwrap_or_default(),
            message,
        ]
    };
    debug_assert!(sheet.ignore.is_none());
    row.issues.iter().map(issue).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};

    #[test]
    fn a_kept_report_holds_text_only() {
        let line = ReportLine {
            sheet: "=1+1",
            row: 7,
            result: Outcome::Error,
            what: "@SUM(A1)",
            message: "“姓名”（B7）没有填写，请补上",
        };
        let bytes = lines_xlsx([line]).unwrap();
        let mut book = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("逐行结果").unwrap();
        assert_eq!(range.get_value((1, 0)), Some(&Data::String("=1+1".into())));
        assert_eq!(range.get_value((1, 3)), Some(&Data::String("@SUM(A1)".into())));
        assert_eq!(range.get_value((1, 1)), Some(&Data::Float(7.0)));
        assert!(book.worksheet_formula("逐行结果").is_ok_and(|formulas| formulas.is_empty()));
    }
}
