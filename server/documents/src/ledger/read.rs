//! Reading sheets of any kind of ledger: the table or form is found, its columns are understood, its lines are told
//! apart, and each household's lines are handed to the kind.

use std::cell::RefCell;
use std::ops::ControlFlow;

use chrono::NaiveDate;
use domain::division::Divisions;
use domain::text;

use super::candidate::{self, Around};
use super::choice::Choice;
use super::codes::{self, CodeTable};
use super::context::Context;
use super::field::Field;
use super::form;
use super::grid::Grid;
use super::heads::{self, Heads};
use super::kind::{Found, Kind};
use super::mapping::{self, ColumnMapping, Proposal};
use super::place;
use super::rows;
use super::table::{self, Table};
use super::titles;
use super::{Ignored, Ledger, LedgerError, Row, Sheet, open};

/// For whom and how a file is read.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub scope: &'a str,
    pub as_of: NaiveDate,
    pub divisions: &'a Divisions,
    pub choice: &'a Choice,
}

/// Takes the rows of the sheet with this number, in order, until it breaks off.
pub(crate) type Take<'a, V> = &'a mut dyn FnMut(usize, &str, Row<V>) -> ControlFlow<()>;

/// Opens a file and reads all of its sheets as one kind of ledger.
pub(crate) fn ledger<K: Kind>(
    kind: K,
    bytes: &[u8],
    file_name: &str,
    reader: Reader<'_>,
) -> Result<Ledger<K::Values>, LedgerError> {
    let mut rows: Vec<Vec<Row<K::Values>>> = Vec::new();
    let mut ledger = each(kind, bytes, file_name, reader, &mut |number, _, row| {
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
    reader: Reader<'_>,
    take: Take<'_, K::Values>,
) -> Result<Ledger<K::Values>, LedgerError> {
    if reader.divisions.get(reader.scope).is_none() {
        return Err(LedgerError::Scope);
    }
    let heads = Heads::of(K::NAME);
    let mut sheets: Vec<Found> =
        open::open(bytes, file_name)?.into_iter().flat_map(|grid| parts::<K>(grid, &heads, reader)).collect();
    let tables: Vec<CodeTable> =
        sheets.iter().filter(|sheet| !sheet.ledger).flat_map(|sheet| codes::tables_of(&sheet.grid)).collect();
    // A head in codes is only known once the table of codes is.
    if !tables.is_empty() {
        for sheet in sheets.iter_mut().filter(|sheet| !sheet.ledger && sheet.table.is_some()) {
            sheet.ledger = is_ledger::<K>(sheet, &heads, reader, &tables);
        }
    }
    let names: Vec<String> = sheets.iter().filter(|sheet| !sheet.part).map(|sheet| sheet.grid.name.clone()).collect();
    let mut read: Vec<Sheet<K::Values>> = Vec::with_capacity(names.len());
    for found in sheets {
        let part = found.part;
        let number = if part { read.len().saturating_sub(1) } else { read.len() };
        let about = About { number, names: &names, file: file_name, reader, heads: &heads, tables: &tables };
        let (sheet, ended) = sheet(&mut kind, found, &about, take);
        match read.last_mut() {
            Some(last) if part => last.go_on(sheet),
            _ => read.push(sheet),
        }
        if ended.is_break() {
            break;
        }
    }
    if read.iter().all(|sheet| sheet.ignore.is_some()) {
        return Err(LedgerError::NoHeader);
    }
    Ok(Ledger { kind: K::NAME.to_owned(), scope: reader.scope.to_owned(), as_of: reader.as_of, sheets: read })
}

/// What the columns of each sheet were taken for, whether it is a ledger or not.
pub(crate) fn columns<K: Kind>(
    bytes: &[u8],
    file_name: &str,
    reader: Reader<'_>,
) -> Result<Vec<(String, Vec<ColumnMapping>)>, LedgerError> {
    let heads = Heads::of(K::NAME);
    let found = open::open(bytes, file_name)?.into_iter().flat_map(|grid| parts::<K>(grid, &heads, reader));
    Ok(found
        .filter_map(|found| {
            let columns = proposal::<K>(&found, &heads, reader, &[], Vec::new())?.columns;
            Some((found.grid.name, columns))
        })
        .collect())
}

/// Most tables of one sheet.
const MOST_TABLES: usize = 20;

/// The tables of a sheet under each other, each with its own head; most sheets have one.
fn parts<K: Kind>(mut grid: Grid, heads: &Heads, reader: Reader<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut from = grid.lines.first().map_or(0, |line| line.row);
    // Each try costs a copy of what is below.
    for _ in 0..MOST_TABLES {
        let Some(row) = table::next_head(&grid, heads, from) else { break };
        from = row;
        let (upper, lower) = grid.cut(row);
        let (one, other) = (look::<K>(upper, heads, reader), look::<K>(lower.clone(), heads, reader));
        if !one.ledger || !other.ledger || one.form.is_some() {
            continue;
        }
        let after = found.last().map_or(0, |last: &Found| last.grid.lines.last().map_or(0, |line| line.row));
        found.push(Found { part: !found.is_empty(), after, ..one });
        grid = lower;
    }
    let after = found.last().map_or(0, |last| last.grid.lines.last().map_or(0, |line| line.row));
    let last = look::<K>(grid, heads, reader);
    found.push(Found { part: !found.is_empty(), after, ..last });
    found
}

fn look<K: Kind>(mut grid: Grid, heads: &Heads, reader: Reader<'_>) -> Found {
    let form = form::find(&grid, heads);
    let table = if form.is_some() { None } else { Table::find(&grid, heads).or_else(|| without_heads(&grid)) };
    if let Some(table) = &table {
        grid.fill_merged_down(table.last_row());
    }
    let mut found = Found { grid, form, table, ledger: false, part: false, after: 0 };
    found.ledger = is_ledger::<K>(&found, heads, reader, &[]);
    found
}

/// A table whose columns have no heads: everything is told by what stands in them.
fn without_heads(grid: &Grid) -> Option<Table> {
    let dense = grid.lines.iter().take(20).filter(|line| line.cells().count() >= 4).count();
    (dense >= 1).then(Table::default)
}

fn is_ledger<K: Kind>(found: &Found, heads: &Heads, reader: Reader<'_>, tables: &[CodeTable]) -> bool {
    proposal::<K>(found, heads, reader, tables, Vec::new()).is_some_and(|proposal| K::is_ledger(&proposal.plan))
}

fn proposal<K: Kind>(
    found: &Found,
    heads: &Heads,
    reader: Reader<'_>,
    tables: &[CodeTable],
    legend: Vec<(String, String)>,
) -> Option<Proposal> {
    let fields = heads.fields();
    let kind = candidate::Kind { name: K::NAME, heads, fields: &fields };
    let around = Around {
        scope: reader.scope,
        divisions: reader.divisions,
        tables,
        choice: reader.choice,
        legend,
        as_of: reader.as_of,
    };
    match (&found.form, &found.table) {
        (Some(form), _) => Some(mapping::propose(&found.grid, &form.table, &form.lines, &kind, &around)),
        (None, Some(table)) => {
            let from = found.grid.lines.partition_point(|line| line.row <= table.last_row());
            Some(mapping::propose(&found.grid, table, &found.grid.lines[from..], &kind, &around))
        }
        (None, None) => None,
    }
}

/// Which sheet, of which file, for whom.
struct About<'a> {
    number: usize,
    names: &'a [String],
    /// Name of the file.
    file: &'a str,
    reader: Reader<'a>,
    heads: &'a Heads,
    tables: &'a [CodeTable],
}

fn sheet<K: Kind>(
    kind: &mut K,
    mut found: Found,
    about: &About<'_>,
    take: Take<'_, K::Values>,
) -> (Sheet<K::Values>, ControlFlow<()>) {
    let Reader { scope, as_of, divisions, .. } = about.reader;
    let mut sheet = Sheet::named(&found.grid.name);
    let top = match (&found.form, &found.table) {
        (Some(form), _) => form.top(),
        (None, Some(table)) => table.rows.first().copied().unwrap_or(0),
        (None, None) => 0,
    };
    let titles = titles::above(&found.grid, top);
    let legend = titles.iter().flat_map(|title| heads::legend(title)).collect();
    // What codes mean may stand in a note above or at the foot.
    let mut tables = about.tables.to_vec();
    tables.extend(codes::noted(&titles));
    tables.extend(codes::noted(&titles::at_foot(&found.grid)));
    let Some(Proposal { plan, columns, fingerprint }) =
        proposal::<K>(&found, about.heads, about.reader, &tables, legend)
    else {
        sheet.ignore = Some(if found.grid.hidden { Ignored::HiddenNotALedger } else { Ignored::NotALedger });
        return (sheet, ControlFlow::Continue(()));
    };
    sheet.mapping = columns;
    sheet.fingerprint = Some(fingerprint);
    if !K::is_ledger(&plan) {
        sheet.ignore = Some(if found.grid.hidden { Ignored::HiddenNotALedger } else { Ignored::NotALedger });
        return (sheet, ControlFlow::Continue(()));
    }
    sheet.year_for_dates = titles.iter().find_map(|title| heads::year_in(&text::squeeze(title)));
    sheet.header_rows.clone_from(&plan.rows);
    if found.form.is_none() {
        sheet.columns = plan
            .columns
            .keys()
            .filter_map(|column| Some((super::grid::letters(*column), plan.code_of(*column)?)))
            .collect();
    }
    let said = titles::Said::of(&titles, &found.grid.name, about.file, &plan);
    sheet.absent = K::EXPECTED.iter().copied().filter(|field| !plan.has(*field) && !said.says(*field)).collect();
    let named = [Field::DivisionCode, Field::Street, Field::Village].iter().any(|field| plan.has(*field));
    let fallback = place::of_sheet(&titles, &found.grid.name, scope, divisions);
    if !named && fallback.is_none() && !plan.has(Field::Address) && K::EXPECTED.contains(&Field::Summary) {
        sheet.absent.push(Field::DivisionCode);
    }
    let lacks: Vec<Field> = sheet.absent.iter().copied().filter(|field| K::REQUIRED.contains(field)).collect();
    sheet.sentences = sheet.absent.iter().map(|field| missing(*field, K::CALLED, lacks.contains(field))).collect();
    if found.grid.hidden && !about.reader.choice.hidden_sheets.contains(&found.grid.name) {
        sheet.sentences =
            vec!["这张工作表是隐藏的，没有导入。要导入的，请在表格里取消隐藏，或在列对应里选上".to_owned()];
    }
    let context = Context {
        scope,
        as_of,
        divisions,
        heads: about.heads,
        plan,
        year: sheet.year_for_dates,
        from_1904: found.grid.from_1904,
        fallback,
        section: RefCell::default(),
        said,
        lacks,
        sheet: about.number,
        called: K::CALLED,
    };
    let counts = &mut sheet.counts;
    let name = &sheet.sheet;
    let mut give = |row: Row<K::Values>| {
        *counts.entry(row.result).or_default() += 1;
        take(about.number, name, row)
    };
    let hidden = found.grid.hidden && !about.reader.choice.hidden_sheets.contains(&found.grid.name);
    let ended = rows::rows(kind, &mut found, &context, about.names, hidden, &mut give);
    (sheet, ended)
}

/// One sentence for a column that is not there, and the way out.
fn missing(field: Field, called: &[(Field, &'static str)], required: bool) -> String {
    let label = called.iter().find(|(of, _)| *of == field).map_or(field.label(), |(_, label)| *label);
    let way = "请在列对应里选出哪一列是它，或在表里补上这一列再上传";
    if required {
        format!("没有“{label}”这一列，这张表的各行都不能导入：{way}")
    } else {
        format!("没有“{label}”这一列：{way}，也可以导入后再补")
    }
}
