//! Ledgers as text: CSV in UTF-8 (with or without mark), UTF-16 and GB18030, with line breaks inside quotes.

use std::borrow::Cow;

use super::LedgerError;
use super::grid::{Cell, Grid, Line};
use super::open::{MAX_COLUMNS, RowBudget};

/// The only sheet of a text file; its name is the file's without the suffix.
pub(crate) fn read(bytes: &[u8], file_name: &str) -> Result<Grid, LedgerError> {
    let text = decode(bytes)?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(LedgerError::Empty);
    }
    // Exports of older systems call a web page .xls.
    if start.starts_with('<') {
        return Err(LedgerError::WebPage);
    }
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut grid = Grid::new(name, false, Vec::new());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut budget = RowBudget::new();
    let mut record = csv::StringRecord::new();
    let mut number = 0;
    let (mut physical, mut counted) = (1, 0);
    while reader.read_record(&mut record).map_err(|_| LedgerError::Broken)? {
        number += 1;
        let mut line = Line::new(number);
        if let Some(start) = record.position().and_then(|at| usize::try_from(at.byte()).ok()) {
            // The reader's own line number lags by one where lines end in CR LF.
            let breaks = text[start.min(text.len())..].bytes().take_while(|b| matches!(b, b'\r' | b'\n'));
            let start = start + breaks.count();
            physical += text[counted..start].bytes().filter(|b| *b == b'\n').count();
            counted = start;
            line.physical = u32::try_from(physical).ok();
        }
        for (column, field) in (0..MAX_COLUMNS).zip(&record) {
            let field = unwrap_formula(field);
            if !field.trim().is_empty() {
                line.push(column, Cell::Text(field.into()));
            }
        }
        if !line.is_empty() {
            budget.take()?;
            grid.lines.push(line);
        }
    }
    Ok(grid)
}

/// `="120114190001010016"` is how some systems keep Excel from eating digits.
fn unwrap_formula(field: &str) -> &str {
    let trimmed = field.trim();
    trimmed
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| !inner.contains('"'))
        .unwrap_or(field)
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, LedgerError> {
    let (encoding, body) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (encoding_rs::UTF_8, rest),
        [0xff, 0xfe, rest @ ..] => (encoding_rs::UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => (encoding_rs::UTF_16BE, rest),
        _ if std::str::from_utf8(bytes).is_ok() => (encoding_rs::UTF_8, bytes),
        _ => (encoding_rs::GB18030, bytes),
    };
    let (text, had_errors) = encoding.decode_without_bom_handling(body);
    if text.contains('\0') {
        return Err(LedgerError::NotAWorkbook);
    }
    if had_errors {
        // Text in neither encoding, or no text at all.
        let printable = text.chars().filter(|c| !c.is_control() && *c != '\u{fffd}').count();
        return Err(if printable * 10 < text.chars().count() * 9 {
            LedgerError::NotAWorkbook
        } else {
            LedgerError::Encoding
        });
    }
    Ok(text)
}

/// The sign that stands most often outside quotes in the first lines.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    for byte in text.bytes().take(64 << 10) {
        if byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(count) = counts.iter_mut().find(|(sign, _)| *sign == byte) {
            count.1 += 1;
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs() {
        assert_eq!(delimiter("a,b\n\"c;;;;\",d"), b',');
        assert_eq!(delimiter("a\tb\tc,d"), b'\t');
        assert_eq!(unwrap_formula("=\"0123\""), "0123");
        assert_eq!(unwrap_formula("=A1&\"\""), "=A1&\"\"");
    }

    #[test]
    fn encodings() {
        let (gb, _, _) = encoding_rs::GB18030.encode("姓名,住址\n某,示例里");
        for bytes in [gb.as_ref(), "姓名,住址\n某,示例里".as_bytes(), "\u{feff}姓名,住址\n某,示例里".as_bytes()]
        {
            let grid = read(bytes, "台账.csv").unwrap();
            assert_eq!(grid.lines[0].get(0), Some(&Cell::Text("姓名".into())));
            assert_eq!(grid.name, "台账");
        }
        assert_eq!(read(&[0, 1, 2, 3, 0xff], "x").unwrap_err(), LedgerError::NotAWorkbook);
        assert_eq!(read(b"<html>", "x.xls").unwrap_err(), LedgerError::WebPage);
    }
}
