//! Ledgers as text: CSV in UTF-8 (with or without mark), UTF-16 and GB18030, with line breaks inside quotes.
//!
//! A quote that is never closed and a character of which half is missing cost the line in which they stand, and nothing
//! else: no word of one line ever goes into the record of another household.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::LedgerError;
use super::super::grid::{Cell, Grid, Line};
use super::{MAX_COLUMNS, RowBudget};

/// Most lines of the file that one quoted cell may take.
const MAX_LINES_OF_A_CELL: usize = 60;
/// Bytes of the whole file that may be looked at a second time for the end of a quoted cell.
const JOINED: usize = 64 << 20;
/// Lines from the top that are looked at to tell how many cells a record has.
const MEASURED: usize = 12;
/// Most lines of one cell among those.
const GOES_ON: usize = 4;

/// The only sheet of a text file; its name is the file's without the suffix.
pub(crate) fn read(bytes: &[u8], file_name: &str) -> Result<Grid, LedgerError> {
    let text = decode(bytes)?;
    if text.trim_start().is_empty() {
        return Err(LedgerError::Empty);
    }
    let mut grid = Grid::new(sheet_name(file_name), false, Vec::new());
    let sign = delimiter(&text);
    let lines: Vec<&str> = if text.contains('\n') { text.split('\n').collect() } else { text.split('\r').collect() };
    let lines: Vec<&str> = lines.into_iter().map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let width = usual_width(&lines, sign);
    let mut budget = RowBudget::new();
    let (mut at, mut number, mut effort) = (0, 0, JOINED);
    while at < lines.len() {
        // Excel counts a line without anything too, a reader of records does not; the contract numbers records.
        if lines[at].is_empty() {
            at += 1;
            continue;
        }
        number += 1;
        let record = record(&lines[at..], sign, width, &mut effort);
        let mut line = Line::new(number);
        line.physical = u32::try_from(at + 1).ok();
        line.open_quote = record.open_quote.and_then(|column| u16::try_from(column).ok());
        for (column, field) in (0..MAX_COLUMNS).zip(&record.fields) {
            let field = unwrap_formula(field);
            if !field.trim().is_empty() {
                line.push(column, Cell::Text(field.into()));
            }
        }
        if !line.is_empty() {
            budget.take()?;
            grid.lines.push(line);
        }
        at += record.lines;
    }
    Ok(grid)
}

/// The file's name without folder and suffix.
pub(super) fn sheet_name(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A record and how many lines it takes.
struct Record<'a> {
    fields: Vec<Cow<'a, str>>,
    lines: usize,
    /// The first cell whose quote is never closed.
    open_quote: Option<usize>,
}

/// Reads the record that begins at the first line.
fn record<'a>(lines: &[&'a str], sign: char, width: usize, effort: &mut usize) -> Record<'a> {
    let first = lines[0];
    if !first.contains('"') {
        let fields = first.split(sign).map(Cow::Borrowed).collect();
        return Record { fields, lines: 1, open_quote: None };
    }
    let single = fields_of(first, sign);
    if single.open_quote.is_none() {
        return single;
    }
    // A cell goes on in the next lines, or its quote was never closed. It goes on only if it ends properly, and if no
    // line that it would swallow looks like a record of its own.
    let most = lines.len().min(MAX_LINES_OF_A_CELL);
    let mut joined = first.to_owned();
    for (count, next) in lines.iter().enumerate().take(most).skip(1) {
        let alone = fields_of(next, sign);
        // Two halves of a record have one cell more than a record; two records have many more.
        let cells = alone.fields.len();
        let two = single.fields.len() + cells > width + 1;
        let own_record = width >= 4 && (cells >= width && single.fields.len() > 1 || cells * 10 >= width * 7 && two);
        if own_record {
            break;
        }
        joined.push('\n');
        joined.push_str(next);
        // Only a line with a quote can close one.
        if !next.contains('"') {
            continue;
        }
        match effort.checked_sub(joined.len()) {
            Some(left) => *effort = left,
            None => break,
        }
        let whole = fields_of(&joined, sign);
        if whole.open_quote.is_none() {
            let fields = whole.fields.into_iter().map(|field| Cow::Owned(field.into_owned())).collect::<Vec<_>>();
            // A record that became longer than all others swallowed something.
            if fields.len() > width.max(single.fields.len()) && width >= 4 {
                break;
            }
            return Record { fields, lines: count + 1, open_quote: None };
        }
    }
    single
}

/// Cuts one text at the signs outside quotes. A quote that is not closed in it is a sign like any other.
fn fields_of(text: &str, sign: char) -> Record<'_> {
    let mut fields = Vec::new();
    let mut open_quote = None;
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\u{feff}']);
        if let Some(inside) = trimmed.strip_prefix('"') {
            if let Some((field, after)) = quoted(inside, sign) {
                fields.push(field);
                match after {
                    Some(after) => rest = after,
                    None => break,
                }
                continue;
            }
            // An inch sign or a stray pair of quotes is harmless; a single one may have swallowed the next line.
            let until = rest.find(sign).unwrap_or(rest.len());
            if rest[..until].matches('"').count() % 2 == 1 {
                open_quote = open_quote.or(Some(fields.len()));
            }
        }
        match rest.split_once(sign) {
            Some((field, after)) => {
                fields.push(Cow::Borrowed(field));
                rest = after;
            }
            None => {
                fields.push(Cow::Borrowed(rest));
                break;
            }
        }
    }
    Record { fields, lines: 1, open_quote }
}

/// A quoted cell behind its first quote, and what follows the sign after it; none if it does not end properly.
fn quoted(inside: &str, sign: char) -> Option<(Cow<'_, str>, Option<&str>)> {
    let mut from = 0;
    let mut doubled = false;
    loop {
        let at = from + inside[from..].find('"')?;
        let after = &inside[at + 1..];
        if after.starts_with('"') {
            doubled = true;
            from = at + 2;
            continue;
        }
        let field = if doubled { Cow::Owned(inside[..at].replace("\"\"", "\"")) } else { Cow::Borrowed(&inside[..at]) };
        let plain = after.trim_start_matches(' ');
        if plain.is_empty() {
            return Some((field, None));
        }
        return plain.strip_prefix(sign).map(|after| (field, Some(after)));
    }
}

/// How many cells a record has: what most of the first lines have, so that one with stray commas misleads nobody; the
/// larger of two. Lines of a single cell are titles.
fn usual_width(lines: &[&str], sign: char) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    // Lines that go on with a quoted cell of the one before are no records of their own.
    let mut inside = 0;
    for line in lines.iter().filter(|line| !line.is_empty()).take(MEASURED) {
        if inside > 0 {
            inside = if line.matches('"').count() % 2 == 1 { 0 } else { inside - 1 };
            continue;
        }
        let record = fields_of(line, sign);
        if record.open_quote.is_some() {
            inside = GOES_ON;
        } else if record.fields.len() > 1 {
            *counts.entry(record.fields.len()).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(width, lines)| (*lines, *width)).map_or(1, |(width, _)| width)
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

/// The text, with a replacement character where a character is broken.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, LedgerError> {
    let whole = |encoding: &'static encoding_rs::Encoding, body| encoding.decode_without_bom_handling(body).0;
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => whole(encoding_rs::UTF_8, rest),
        [0xff, 0xfe, rest @ ..] => whole(encoding_rs::UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => whole(encoding_rs::UTF_16BE, rest),
        _ if std::str::from_utf8(bytes).is_ok() => whole(encoding_rs::UTF_8, bytes),
        // Text of another system, or with a character cut in half: the encoding in which fewer are broken.
        _ => {
            let candidates = [whole(encoding_rs::GB18030, bytes), whole(encoding_rs::UTF_8, bytes)];
            let [gb, utf8] = candidates;
            if broken_in(&utf8) < broken_in(&gb) { utf8 } else { gb }
        }
    };
    if text.contains('\0') {
        return Err(LedgerError::NotAWorkbook);
    }
    let broken = broken_in(&text);
    if broken > 0 {
        let all = text.chars().count();
        let printable = text.chars().filter(|c| !c.is_control() && *c != '\u{fffd}').count();
        if printable * 10 < all * 9 {
            return Err(LedgerError::NotAWorkbook);
        }
        // One in twenty is no accident of a cut character.
        if broken * 20 > all {
            return Err(LedgerError::Encoding);
        }
    }
    Ok(text)
}

fn broken_in(text: &str) -> usize {
    text.chars().filter(|c| *c == '\u{fffd}').count()
}

/// The sign that stands most often outside quotes in the first lines.
fn delimiter(text: &str) -> char {
    let mut counts = [(',', 0), ('\t', 0), (';', 0), ('|', 0), ('，', 0)];
    for line in text.lines().take(200) {
        let mut quoted = false;
        for c in line.chars().take(4 << 10) {
            if c == '"' {
                quoted = !quoted;
            } else if !quoted && let Some(count) = counts.iter_mut().find(|(sign, _)| *sign == c) {
                count.1 += 1;
            }
        }
    }
    // The wide comma stands in sentences too: only where there is nothing else.
    if counts[..4].iter().all(|(_, count)| *count == 0) {
        return if counts[4].1 > 0 { '，' } else { ',' };
    }
    counts[..4].iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs() {
        assert_eq!(delimiter("a,b\n\"c;;;;\",d"), ',');
        assert_eq!(delimiter("a\tb\tc,d"), '\t');
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
    }

    fn rows(text: &str) -> Vec<(Vec<String>, bool)> {
        let grid = read(text.as_bytes(), "x.csv").unwrap();
        grid.lines
            .iter()
            .map(|line| (line.cells().map(|(_, cell)| cell.text()).collect(), line.open_quote.is_some()))
            .collect()
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_line() {
        let text = "a,b,c,d,e\n1,x,\"open,y,z\n2,x,\"closed, with comma\",y,z\n3,x,\"two\nlines\",y,z\n4,x,\"say \"\"no\"\"\",y,z\n5,\"open,x,y,z\n6,x,x,y,z\n";
        let rows = rows(text);
        assert_eq!(
            rows.iter().map(|(_, open)| *open).collect::<Vec<_>>(),
            [false, true, false, false, false, true, false]
        );
        assert_eq!(rows[1].0, ["1", "x", "\"open", "y", "z"]);
        assert_eq!(rows[2].0[2], "closed, with comma");
        assert_eq!(rows[3].0[2], "two\nlines");
        assert_eq!(rows[4].0[2], "say \"no\"");
        assert_eq!(rows[6].0, ["6", "x", "x", "y", "z"]);
        for (number, (row, _)) in rows.iter().enumerate().skip(1) {
            assert_eq!(row[0], number.to_string());
        }
    }

    #[test]
    fn cells_of_two_lines_in_every_record_are_no_records() {
        let text = "a,b,c,d,e\n1,x,\"two\nlines\",y,z\n2,x,\"two, or\nthree\nlines\",y,z\n3,x,\"two\nlines\",y,z\n";
        let rows = rows(text);
        assert_eq!(rows.len(), 4, "{rows:?}");
        assert!(rows.iter().all(|(row, open)| row.len() == 5 && !open), "{rows:?}");
    }

    #[test]
    fn a_line_with_stray_commas_does_not_let_another_swallow_the_next() {
        let rows = rows("a,b,c,d,e\n1,x,,,,,,,,,,y\n2,x,\"two\nlines\"\",y,z\n3,x,\"say\",y,z\n4,x,x,y,z\n");
        assert!(rows.iter().all(|(row, _)| !row.concat().contains("two") || !row.concat().contains("say")), "{rows:?}");
        assert!(rows.iter().any(|(row, _)| row[0] == "3" && row[2] == "say"), "{rows:?}");
    }
}
