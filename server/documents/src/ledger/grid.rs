//! A sheet as rows of cells, whatever file it came from.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::text;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(Box<str>),
    /// A number as the spreadsheet keeps it: 15 digits are sure, no more.
    Number(f64),
    /// A cell formatted as a date.
    Date(NaiveDate),
    Bool(bool),
    /// `#N/A`, `#REF!`, …, and a formula whose result the file does not hold.
    Error,
}

impl Cell {
    /// The cell's text as a person reads it; whole numbers without a fraction.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number_text(*number),
            Self::Date(day) => day.to_string(),
            Self::Bool(value) => if *value { "是" } else { "否" }.to_owned(),
            Self::Error => String::new(),
        }
    }

    /// True for an empty text and for the signs that offices put instead: 无, —, /, --.
    pub fn is_nil(&self) -> bool {
        match self {
            Self::Text(text) => is_nil(text),
            _ => false,
        }
    }
}

/// True for an empty text and for the signs that offices put instead.
pub(crate) fn is_nil(value: &str) -> bool {
    let squeezed = text::squeeze(value);
    matches!(
        squeezed.as_str(),
        "" | "无" | "暂无" | "/" | "\\" | "'" | "空" | "null" | "NULL" | "N/A" | "n/a" | "nan" | "NaN"
    ) || squeezed.chars().all(|c| matches!(c, '-' | '—' | '–' | '―' | '－' | '_'))
}

fn number_text(number: f64) -> String {
    // `Display` of f64 is the shortest text that reads back, never with an exponent.
    format!("{number}")
}

/// One row with its non-empty cells in the order of columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line {
    /// Row number as the spreadsheet shows it, or the record's number of a text file; from 1.
    pub row: u32,
    /// Physical line of a text file, from 1.
    pub physical: Option<u32>,
    pub hidden: bool,
    /// A quote of a text file was never closed in this column.
    pub open_quote: Option<u16>,
    /// What was struck out, as written: whole cells, which are no cells here any longer, and parts of texts.
    pub struck: Vec<(u16, Box<str>)>,
    /// Where a cell really stands, of a row that was put together out of a form.
    pub places: Vec<(u16, Address)>,
    cells: Vec<(u16, Cell)>,
}

/// Column from 0 and row from 1.
pub(crate) type Address = (u16, u32);

impl Line {
    pub fn new(row: u32) -> Self {
        Self { row, ..Self::default() }
    }

    /// `G18`.
    pub fn place(&self, column: u16) -> String {
        let (column, row) = self.address(column);
        format!("{}{row}", letters(column))
    }

    pub fn address(&self, column: u16) -> Address {
        self.places.iter().find(|(of, _)| *of == column).map_or((column, self.row), |(_, address)| *address)
    }

    pub fn push(&mut self, column: u16, cell: Cell) {
        match self.cells.last() {
            Some((last, _)) if *last >= column => match self.cells.binary_search_by_key(&column, |(c, _)| *c) {
                Ok(at) => self.cells[at].1 = cell,
                Err(at) => self.cells.insert(at, (column, cell)),
            },
            _ => self.cells.push((column, cell)),
        }
    }

    pub fn get(&self, column: u16) -> Option<&Cell> {
        self.cells.binary_search_by_key(&column, |(c, _)| *c).ok().map(|at| &self.cells[at].1)
    }

    pub fn cells(&self) -> impl Iterator<Item = (u16, &Cell)> {
        self.cells.iter().map(|(column, cell)| (*column, cell))
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

/// A merged region, rows from 1, columns from 0, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merge {
    pub rows: (u32, u32),
    pub columns: (u16, u16),
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    pub name: String,
    pub hidden: bool,
    /// Non-empty rows in order.
    pub lines: Vec<Line>,
    /// Columns that are hidden in the spreadsheet; they are read.
    pub hidden_columns: Vec<u16>,
    /// The workbook counts days from 1904.
    pub from_1904: bool,
    merges: Vec<Merge>,
    /// Widths of the merged regions by their first cell.
    widths: HashMap<(u32, u16), u16>,
    /// Cells that were filled from a merged region, with its first row.
    filled: HashMap<(u32, u16), u32>,
}

impl Grid {
    pub fn new(name: &str, hidden: bool, merges: Vec<Merge>) -> Self {
        let widths =
            merges.iter().map(|m| ((m.rows.0, m.columns.0), m.columns.1.saturating_sub(m.columns.0) + 1)).collect();
        Self { name: name.to_owned(), hidden, merges, widths, ..Self::default() }
    }

    /// The rows above a row, and the row with those below it, each as a sheet of its own.
    pub fn cut(&self, row: u32) -> (Self, Self) {
        let at = self.lines.partition_point(|line| line.row < row);
        let part = |lines: &[Line]| Self { lines: lines.to_vec(), ..self.clone_without_lines() };
        (part(&self.lines[..at]), part(&self.lines[at..]))
    }

    fn clone_without_lines(&self) -> Self {
        Self {
            name: self.name.clone(),
            hidden: self.hidden,
            lines: Vec::new(),
            hidden_columns: self.hidden_columns.clone(),
            from_1904: self.from_1904,
            merges: self.merges.clone(),
            widths: self.widths.clone(),
            filled: self.filled.clone(),
        }
    }

    pub fn has_merges(&self) -> bool {
        !self.merges.is_empty()
    }

    /// Gives the value of a region merged downwards to all of its rows.
    pub fn fill_merged_down(&mut self, below: u32) {
        // Regions cannot overlap, so a sound sheet never comes near this bound.
        let mut left = 4_000_000usize;
        for merge in &self.merges {
            let (first, last) = merge.rows;
            if first == last || first <= below {
                continue;
            }
            let Ok(at) = self.lines.binary_search_by_key(&first, |line| line.row) else {
                continue;
            };
            let Some(cell) = self.lines[at].get(merge.columns.0).cloned() else {
                continue;
            };
            if left == 0 {
                return;
            }
            for line in self.lines[at + 1..].iter_mut().take_while(|line| line.row <= last) {
                left = left.saturating_sub(1);
                if left > 0 && line.get(merge.columns.0).is_none() {
                    self.filled.insert((line.row, merge.columns.0), first);
                    line.push(merge.columns.0, cell.clone());
                }
            }
        }
    }

    /// The row from which a cell has its value, where it is covered by a region merged downwards.
    pub fn filled_from(&self, row: u32, column: u16) -> Option<u32> {
        self.filled.get(&(row, column)).copied()
    }

    /// Width in columns of the region merged sideways that begins at a cell; 1 if there is none.
    pub fn width_of(&self, row: u32, column: u16) -> u16 {
        self.widths.get(&(row, column)).copied().unwrap_or(1)
    }
}

/// `A`, `B`, …, `Z`, `AA` for columns from 0.
pub(crate) fn letters(column: u16) -> String {
    let mut left = u32::from(column) + 1;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_letters() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(letters), ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }

    #[test]
    fn nothing_written() {
        for text in ["", " ", "无", "——", "/", "--", "－", "\u{3000}"] {
            assert!(is_nil(text), "{text}");
        }
        assert!(!is_nil("无业"));
    }
}
