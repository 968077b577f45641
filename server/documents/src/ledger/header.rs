//! Finding the table in a sheet: the header of one or two lines, and what each other line is.

use std::collections::{BTreeMap, BTreeSet};

use domain::text;

use super::field::Field;
use super::grid::{Cell, Grid, Line, is_nil};
use super::words::plain;

/// Lines from the top among which a header is looked for.
const SEARCHED: usize = 60;
/// Fewest fields that make a header.
const FEWEST: usize = 4;

/// Reads (group, label) as a field.
pub(crate) type Words = fn(&str, &str) -> Option<Field>;

/// Where the columns of a sheet are.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// One or two row numbers.
    pub rows: Vec<u32>,
    /// Columns by place.
    pub fields: BTreeMap<u16, Field>,
    /// Squeezed header texts of each column, for telling a repeated header.
    words: BTreeMap<u16, Vec<String>>,
}

impl Header {
    /// The best header among the first lines; none if the sheet is no ledger of this kind.
    /// `key` holds the fields of which one must be there.
    pub fn find(grid: &Grid, words: Words, key: &[Field]) -> Option<Self> {
        let mut best: Option<Self> = None;
        for (at, line) in grid.lines.iter().enumerate().take(SEARCHED) {
            let single = Self::of(grid, line, None, words);
            if single.fields.len() < 2 {
                continue;
            }
            let below = grid.lines.get(at + 1).filter(|next| next.row == line.row + 1);
            let double = below.map(|below| Self::of(grid, line, Some(below), words));
            for header in [Some(single), double].into_iter().flatten() {
                let found = header.fields.len();
                if found >= FEWEST
                    && header.fields.values().any(|field| key.contains(field))
                    && best.as_ref().is_none_or(|best| found > best.fields.len())
                {
                    best = Some(header);
                }
            }
        }
        best
    }

    fn of(grid: &Grid, top: &Line, below: Option<&Line>, words: Words) -> Self {
        let mut header = Self {
            rows: std::iter::once(top.row).chain(below.map(|line| line.row)).collect(),
            fields: BTreeMap::new(),
            words: BTreeMap::new(),
        };
        let groups = groups(grid, top);
        let columns: BTreeSet<u16> = top
            .cells()
            .map(|(c, _)| c)
            .chain(below.into_iter().flat_map(|line| line.cells().map(|(c, _)| c)))
            .collect();
        let mut seen = BTreeSet::new();
        for column in columns {
            let own = top.get(column).map(Cell::text).unwrap_or_default();
            let under = below.and_then(|line| line.get(column)).map(Cell::text).unwrap_or_default();
            let group = groups.get(&column).cloned().unwrap_or_default();
            let texts: Vec<String> =
                [&own, &under].into_iter().map(|t| text::squeeze(t)).filter(|t| !t.is_empty()).collect();
            header.words.insert(column, texts);
            let field = if under.is_empty() { words("", &own) } else { words(&group, &under) };
            // Several years' inspections stand side by side; every other field has one column.
            if let Some(field) = field
                && (seen.insert(field) || field == Field::Inspections)
            {
                header.fields.insert(column, field);
            }
        }
        header
    }

    pub fn column(&self, field: Field) -> Option<u16> {
        self.fields.iter().find(|(_, f)| **f == field).map(|(column, _)| *column)
    }

    /// All columns of a field that may have several, with the year in their header.
    pub fn years(&self, field: Field) -> Vec<(u16, i32)> {
        let of_column =
            |column: &u16| self.words.get(column).and_then(|words| words.iter().find_map(|word| year_in(word)));
        self.fields
            .iter()
            .filter(|(_, f)| **f == field)
            .filter_map(|(column, _)| Some((*column, of_column(column)?)))
            .collect()
    }

    /// The field's name, with the year where there is a column for each.
    pub fn code_of(&self, column: u16) -> String {
        let Some(field) = self.fields.get(&column) else { return String::new() };
        match self.years(*field).iter().find(|(of, _)| *of == column && *field == Field::Inspections) {
            Some((_, year)) => format!("inspection_{year}"),
            None => field.code().to_owned(),
        }
    }

    pub fn has(&self, field: Field) -> bool {
        self.column(field).is_some()
    }

    /// The last row of the header.
    pub fn last_row(&self) -> u32 {
        self.rows.last().copied().unwrap_or(0)
    }

    /// True for a header that stands again further down.
    fn repeats(&self, line: &Line) -> bool {
        let same = line
            .cells()
            .filter(|(column, cell)| {
                let text = text::squeeze(&cell.text());
                !text.is_empty() && self.words.get(column).is_some_and(|words| words.contains(&text))
            })
            .count();
        same >= 3
    }
}

/// The text above each column: a cell of the upper line, spread over its merged width, or over the
/// empty cells to its right where nothing is merged.
fn groups(grid: &Grid, top: &Line) -> BTreeMap<u16, String> {
    let mut groups = BTreeMap::new();
    let cells: Vec<(u16, &Cell)> = top.cells().collect();
    for (at, (column, cell)) in cells.iter().enumerate() {
        let next = cells.get(at + 1).map_or(column + 8, |(next, _)| *next);
        let width = if grid.has_merges() { grid.width_of(top.row, *column) } else { next - column };
        for covered in *column..column.saturating_add(width) {
            groups.insert(covered, cell.text());
        }
    }
    groups
}

/// What a line below the header is, other than data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Data,
    Title,
    Header,
    Subtotal,
    Blank,
    Note,
}

/// Words with which notes and signatures under a table begin.
const NOTE_WORDS: &[&str] = &[
    "注:",
    "注：",
    "注1",
    "备注:",
    "说明",
    "填表说明",
    "填报说明",
    "审核人",
    "填表人",
    "填报人",
    "制表人",
    "制表:",
    "审批人",
    "负责人",
    "单位负责人",
    "分管领导",
    "联系电话:",
    "填报单位",
    "填报日期",
    "经办人:",
    "※",
    "*注",
];

/// Tells what a line below the header is.
pub(crate) fn kind_of(line: &Line, header: &Header, grid: &Grid) -> Kind {
    let inside: Vec<(u16, Field, &Cell)> = header
        .fields
        .iter()
        .filter_map(|(column, field)| Some((*column, *field, line.get(*column)?)))
        .filter(|(_, _, cell)| !cell.is_nil())
        .collect();
    let first = line.cells().find(|(_, cell)| !cell.is_nil());
    let first_text = first.map(|(_, cell)| text::squeeze(&cell.text())).unwrap_or_default();
    // A note may begin in a column that bears another field; a sum stands in front of its numbers.
    let has_id = inside.iter().any(|(_, field, _)| *field == Field::IdNumber);
    if header.repeats(line) {
        return Kind::Header;
    }
    if !has_id && line.cells().take(6).any(|(_, cell)| is_sum(cell)) {
        return Kind::Subtotal;
    }
    if inside.iter().all(|(_, field, _)| *field == Field::Seq) && !is_wide(&first_text, first, line, grid) {
        let outside = line.cells().any(|(column, cell)| !header.fields.contains_key(&column) && !is_nil(&cell.text()));
        return if outside { Kind::Note } else { Kind::Blank };
    }
    let texts = line.cells().filter(|(_, cell)| !cell.is_nil()).count();
    if NOTE_WORDS.iter().any(|word| first_text.starts_with(&text::squeeze(word))) && !has_id {
        return Kind::Note;
    }
    if texts == 1 && is_wide(&first_text, first, line, grid) {
        return if is_title(&first_text) { Kind::Title } else { Kind::Note };
    }
    Kind::Data
}

fn is_sum(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    let squeezed = text::squeeze(text);
    let plain = plain(&squeezed);
    plain.chars().count() <= 20
        && (["小计", "合计", "总计", "共计", "累计"].iter().any(|word| plain.ends_with(word))
            || ["合计", "总计"].iter().any(|word| plain.starts_with(word)))
}

/// A text over several columns: merged sideways, or too long for the sequence number or a name.
fn is_wide(text: &str, first: Option<(u16, &Cell)>, line: &Line, grid: &Grid) -> bool {
    let Some((column, Cell::Text(_))) = first else {
        return false;
    };
    grid.width_of(line.row, column) >= 3 || text::char_count(text) >= 12
}

fn is_title(text: &str) -> bool {
    ["台账", "续表", "统计表", "汇总表", "登记表", "明细表", "名单", "一览表"].iter().any(|word| text.contains(word))
}

/// The year in the titles above the header: `武清区2026年第四季度…`.
pub(crate) fn year_of(titles: &[String]) -> Option<i32> {
    titles.iter().find_map(|title| year_in(&text::squeeze(title)))
}

/// A year of this century in front of 年.
fn year_in(squeezed: &str) -> Option<i32> {
    squeezed.match_indices('年').find_map(|(at, _)| {
        let year: i32 = squeezed.get(at.checked_sub(4)?..at)?.parse().ok()?;
        (2000..2100).contains(&year).then_some(year)
    })
}
