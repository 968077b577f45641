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
