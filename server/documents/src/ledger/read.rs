//! Reading sheets of any kind of ledger: the table is found, its lines are told apart, and each data row
//! is handed to the kind.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::NaiveDate;
use domain::division::Divisions;

use super::field::Field;
use super::grid::{Grid, Line, letters};
use super::header::{self, Header, Words, kind_of, year_of};
use super::issue::{Issue, Severity};
use super::place;
use super::reading::Reading;
use super::same::Place;
use super::{Ignored, Ledger, LedgerError, Outcome, Row, Sheet, Skipped, open};

/// Empty rows between two rows with content that are still listed one by one.
const LISTED_GAP: u32 = 1000;

/// A kind of ledger.
pub(crate) trait Kind {
    type Values;
    /// `needs`, `organizations`, `villages`, `members`.
    const NAME: &'static str;
    /// Header words.
    const WORDS: Words;
    /// Fields of which one must have a column.
    const KEYS: &'static [Field];
    /// Fields that should have a column each.
    const EXPECTED: &'static [Field];
    /// What this kind calls a field, where it is not the field's own label.
    const CALLED: &'static [(Field, &'static str)] = &[];

    /// Reads a row and compares it with the earlier ones.
    fn row(&mut self, reading: &mut Reading<'_>) -> Verdict<Self::Values>;
}

/// What a row turned out to be; issues are in the reading.
pub(crate) enum Verdict<V> {
    Values(V),
    /// The same as an earlier row.
    Duplicate(Place),
}

/// What is the same for all rows of a sheet.
pub(crate) struct Context<'a> {
    pub scope: &'a str,
    pub as_of: NaiveDate,
    pub divisions: &'a Divisions,
    pub header: Header,
    /// The year in the title.
    pub year: Option<i32>,
    /// Division of the whole sheet, where no column names one.
    pub fallback: Option<String>,
    /// Which sheet of the file, from 0.
    pub sheet: usize,
    pub called: &'static [(Field, &'static str)],
}

/// Takes the rows of the sheet with this number, in order, until it breaks off.
pub(crate) type Take<'a, V> = &'a mut dyn FnMut(usize, &str, Row<V>) -> ControlFlow<()>;

/// Opens a file and reads all of its sheets as one kind of ledger.
pub(crate) fn ledger<K: Kind>(
    kind: K,
    bytes: &[u8],
    file_name: &str,
    scope: &str,
    as_of: NaiveDate,
    divisions: &Divisions,
) -> Result<Ledger<K::Values>, LedgerError> {
    let mut rows: Vec<Vec<Row<K::Values>>> = Vec::new();
    let mut ledger = each(kind, bytes, file_name, scope, as_of, divisions, &mut |number, _, row| {
        rows.resize_with(rows.len().max(number + 1), Vec::new);
        rows[number].push(row);
        ControlFlow::Continue(())
    })?;
    for (sheet, rows) in ledger.sheets.iter_mut().zip(rows) {
        sheet.rows = rows;
    }
    Ok(ledger)
}

/// As [`ledger`], but hands out each row instead of keeping it.
pub(crate) fn each<K: Kind>(
    mut kind: K,
    bytes: &[u8],
    file_name: &str,
    scope: &str,
    as_of: NaiveDate,
    divisions: &Divisions,
    take: Take<'_, K::Values>,
) -> Result<Ledger<K::Values>, LedgerError> {
    if divisions.get(scope).is_none() {
        return Err(LedgerError::Scope);
    }
    let grids = open::open(bytes, file_name)?;
    let names: Vec<String> = grids.iter().map(|grid| grid.name.clone()).collect();
    let mut sheets = Vec::with_capacity(grids.len());
    for (number, grid) in grids.into_iter().enumerate() {
        let about = About { number, names: &names, scope, as_of, divisions };
        let (sheet, ended) = sheet(&mut kind, grid, &about, take);
        sheets.push(sheet);
        if ended.is_break() {
            break;
        }
    }
    if sheets.iter().all(|sheet| sheet.ignore.is_some()) {
        return Err(LedgerError::NoHeader);
    }
    Ok(Ledger { kind: K::NAME.to_owned(), scope: scope.to_owned(), as_of, sheets })
}

/// Which sheet, of which file, for whom.
struct About<'a> {
    number: usize,
    names: &'a [String],
    scope: &'a str,
    as_of: NaiveDate,
    divisions: &'a Divisions,
}

fn sheet<K: Kind>(
    kind: &mut K,
    mut grid: Grid,
    about: &About<'_>,
    take: Take<'_, K::Values>,
) -> (Sheet<K::Values>, ControlFlow<()>) {
    let About { number, names, scope, as_of, divisions } = *about;
    let mut sheet = Sheet {
        sheet: grid.name.clone(),
        ignore: None,
        header_rows: Vec::new(),
        columns: BTreeMap::new(),
        absent: Vec::new(),
        year_for_dates: None,
        counts: BTreeMap::new(),
        rows: Vec::new(),
    };
    let Some(header) = Header::find(&grid, K::WORDS, K::KEYS) else {
        sheet.ignore = Some(if grid.hidden { Ignored::HiddenNotALedger } else { Ignored::NotALedger });
        return (sheet, ControlFlow::Continue(()));
    };
    grid.fill_merged_down(header.last_row());
    let top = header.rows.first().copied().unwrap_or(1);
    let titles: Vec<String> = grid
        .lines
        .iter()
        .take_while(|line| line.row < top)
        .flat_map(|line| line.cells().map(|(_, cell)| cell.text()).collect::<Vec<_>>())
        .collect();
    sheet.year_for_dates = year_of(&titles);
    sheet.header_rows.clone_from(&header.rows);
    sheet.columns = header.fields.keys().map(|column| (letters(*column), header.code_of(*column))).collect();
    sheet.absent = K::EXPECTED.iter().copied().filter(|field| !header.has(*field)).collect();
    let named = header.has(Field::DivisionCode) || header.has(Field::Street);
    if !named && !header.has(Field::Village) && K::EXPECTED.contains(&Field::Summary) {
        sheet.absent.push(Field::DivisionCode);
    }
    let context = Context {
        scope,
        as_of,
        divisions,
        year: sheet.year_for_dates,
        fallback: (!named).then(|| place::of_sheet(&titles, &grid.name, scope, divisions)).flatten(),
        header,
        sheet: number,
        called: K::CALLED,
    };
    let lines = std::mem::take(&mut grid.lines);
    let Sheet { sheet: name, counts, .. } = &mut sheet;
    let mut give = |row: Row<K::Values>| {
        *counts.entry(row.result).or_default() += 1;
        take(number, name, row)
    };
    let mut last = 0;
    let ended = lines.into_iter().try_for_each(|line| {
        for blank in last + 1..line.row.min(last + LISTED_GAP) {
            give(skipped(blank, None, Skipped::Blank))?;
        }
        last = line.row;
        give(row(kind, &line, &grid, &context, names))
    });
    (sheet, ended)
}

fn row<K: Kind>(kind: &mut K, line: &Line, grid: &Grid, context: &Context<'_>, names: &[String]) -> Row<K::Values> {
    let header = &context.header;
    let reason = if header.rows.contains(&line.row) {
        Skipped::Header
    } else if line.row < header.last_row() {
        Skipped::Title
    } else {
        match kind_of(line, header, grid) {
            header::Kind::Data => return data(kind, line, context, names),
            header::Kind::Title => Skipped::Title,
            header::Kind::Header => Skipped::Header,
            header::Kind::Subtotal => Skipped::Subtotal,
            header::Kind::Blank => Skipped::Blank,
            header::Kind::Note => Skipped::Note,
        }
    };
    skipped(line.row, line.physical, reason)
}

fn data<K: Kind>(kind: &mut K, line: &Line, context: &Context<'_>, names: &[String]) -> Row<K::Values> {
    let mut reading = Reading::new(line, context);
    let verdict = kind.row(&mut reading);
    let mut row = Row {
        row: line.row,
        line: line.physical,
        result: Outcome::Ok,
        reason: None,
        duplicate_of: None,
        other_sheet: reading.other.filter(|sheet| *sheet != context.sheet).and_then(|sheet| names.get(sheet).cloned()),
        issues: reading.issues,
        values: None,
    };
    match verdict {
        Verdict::Duplicate(place) => {
            row.result = Outcome::Duplicate;
            row.duplicate_of = Some(place.row);
            row.other_sheet = (place.sheet != context.sheet).then(|| names.get(place.sheet).cloned()).flatten();
            row.issues.clear();
        }
        Verdict::Values(values) => {
            row.result = match row.issues.iter().map(|issue: &Issue| issue.severity).max() {
                None => Outcome::Ok,
                Some(Severity::Warning) => Outcome::Warning,
                Some(Severity::Error) => Outcome::Error,
            };
            row.values = (row.result != Outcome::Error).then_some(values);
        }
    }
    row
}

fn skipped<V>(row: u32, line: Option<u32>, reason: Skipped) -> Row<V> {
    Row {
        row,
        line,
        result: Outcome::Skipped,
        reason: Some(reason),
        duplicate_of: None,
        other_sheet: None,
        issues: Vec::new(),
        values: None,
    }
}
