//! How the columns of a sheet are read: what each of them holds, and the cells of a row by field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::division::Divisions;
use domain::text;

use super::codes::{self, Meanings};
use super::field::Field;
use super::grid::{Cell, Line};
use super::heads::{Heads, Hints};
use super::several;
use super::words;

/// What a column is used for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Use {
    Nothing,
    Field(Field),
    /// A column of a matrix: a tick says that this word holds.
    Mark(Field, String),
    /// Several answers in one cell.
    Several(Vec<Field>),
}

impl Use {
    pub fn fields(&self) -> Vec<Field> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Field(field) | Self::Mark(field, _) => vec![*field],
            Self::Several(fields) => fields.clone(),
        }
    }
}

/// A column and how its cells are read.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub used: Use,
    pub hints: Hints,
    /// What codes in its cells mean.
    pub codes: Option<Meanings>,
}

/// How the rows of a sheet are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Rows of the head.
    pub rows: Vec<u32>,
    pub columns: BTreeMap<u16, Column>,
    /// Squeezed words of the head of each column, for telling a repeated head.
    pub words: BTreeMap<u16, Vec<String>>,
    /// The first column of each field.
    first: BTreeMap<Field, u16>,
}

impl Plan {
    pub fn new(rows: Vec<u32>, columns: BTreeMap<u16, Column>, words: BTreeMap<u16, Vec<String>>) -> Self {
        let mut first = BTreeMap::new();
        // A column of its own goes before one answer among several.
        for several in [false, true] {
            for (number, column) in &columns {
                if matches!(column.used, Use::Several(_)) == several {
                    for field in column.used.fields() {
                        first.entry(field).or_insert(*number);
                    }
                }
            }
        }
        Self { rows, columns, words, first }
    }

    pub fn column(&self, field: Field) -> Option<u16> {
        self.first.get(&field).copied()
    }

    pub fn has(&self, field: Field) -> bool {
        self.first.contains_key(&field)
    }

    pub fn hints(&self, field: Field) -> Option<&Hints> {
        Some(&self.columns.get(&self.column(field)?)?.hints)
    }

    /// All columns of a field that may have several, with the year in their heads.
    pub fn years(&self, field: Field) -> Vec<(u16, i32)> {
        self.columns
            .iter()
            .filter(|(_, column)| column.used == Use::Field(field))
            .filter_map(|(number, column)| Some((*number, column.hints.year?)))
            .collect()
    }

    /// The name of what a column holds, as in the contract; none for a column that is not read.
    pub fn code_of(&self, number: u16) -> Option<String> {
        let column = self.columns.get(&number)?;
        let capacity = self.has(Field::Capacity);
        let code = |field: Field| match field {
            Field::PeriodFrom | Field::PeriodTo => Field::Period.code(),
            Field::Cycle | Field::Unit if capacity => Field::Capacity.code(),
            Field::Cycle | Field::Unit => Field::Quantity.code(),
            field => field.code(),
        };
        match &column.used {
            Use::Nothing => None,
            Use::Field(Field::Inspections) => Some(match column.hints.year {
                Some(year) => format!("inspection_{year}"),
                None => Field::Inspections.code().to_owned(),
            }),
            Use::Field(field) | Use::Mark(field, _) => Some(code(*field).to_owned()),
            Use::Several(fields) => Some(fields.iter().map(|field| code(*field)).collect::<Vec<_>>().join("+")),
        }
    }

    /// The last row of the head; 0 where there is none.
    pub fn last_row(&self) -> u32 {
        self.rows.last().copied().unwrap_or(0)
    }

    /// True for a head that stands again further down.
    pub fn repeats(&self, line: &Line) -> bool {
        let (mut same, mut cells) = (0, 0);
        for (column, cell) in line.cells() {
            let text = text::squeeze(&cell.text());
            cells += usize::from(!text.is_empty());
            same += usize::from(self.words.get(&column).is_some_and(|words| words.contains(&text)));
        }
        same >= 3 && same * 2 >= cells
    }
}

/// The cells of a row by field.
#[derive(Debug, Default)]
pub(crate) struct Record<'l> {
    cells: BTreeMap<Field, (u16, Cow<'l, Cell>)>,
    /// Cells of a matrix with more than a tick, such as how often.
    pub amounts: Vec<String>,
}

/// Fields whose columns are read together.
fn is_joined(field: Field) -> bool {
    matches!(
        field,
        Field::ServiceCategories
            | Field::BeneficiaryCategories
            | Field::Designation
            | Field::OtherPhone
            | Field::Remark
            | Field::Areas
            | Field::Available
            | Field::Skills
    )
}

impl<'l> Record<'l> {
    pub fn of(line: &'l Line, plan: &Plan, heads: &Heads, scope: &str, all: &Divisions) -> Self {
        let mut record = Self::default();
        let mut later: Vec<(u16, &Cell, &[Field])> = Vec::new();
        for (number, cell) in line.cells() {
            let Some(column) = plan.columns.get(&number) else { continue };
            match &column.used {
                Use::Nothing => {}
                Use::Field(field) => record.put(*field, number, translated(cell, column)),
                Use::Mark(field, label) => {
                    let squeezed = text::squeeze(&cell.text());
                    let set = words::tick(&squeezed);
                    if set.is_none() && !squeezed.is_empty() && *cell != Cell::Error {
                        record.amounts.push(cell.text());
                    }
                    if set.unwrap_or(!squeezed.is_empty() && *cell != Cell::Error) {
                        record.put(*field, number, Cow::Owned(Cell::Text(label.as_str().into())));
                    }
                }
                Use::Several(fields) => later.push((number, cell, fields)),
            }
        }
        for (number, cell, fields) in later {
            for (field, answer) in several::answers(&cell.text(), fields, heads, scope, all) {
                if is_joined(field) || record.get(field).is_none() {
                    record.put(field, number, Cow::Owned(Cell::Text(answer.into())));
                }
            }
        }
        record
    }

    fn put(&mut self, field: Field, column: u16, cell: Cow<'l, Cell>) {
        match self.cells.get_mut(&field) {
            None => {
                self.cells.insert(field, (column, cell));
            }
            Some((_, known)) if is_joined(field) && !cell.is_nil() => {
                *known = if known.is_nil() {
                    cell
                } else {
                    Cow::Owned(Cell::Text(format!("{}、{}", known.text(), cell.text()).into()))
                };
            }
            Some((at, known)) => {
                if known.is_nil() && !cell.is_nil() {
                    *at = column;
                    *known = cell;
                }
            }
        }
    }

    pub fn get(&self, field: Field) -> Option<&Cell> {
        self.cells.get(&field).map(|(_, cell)| cell.as_ref())
    }

    /// The column in which the field of this row stands.
    pub fn column(&self, field: Field) -> Option<u16> {
        self.cells.get(&field).map(|(column, _)| *column)
    }
}

/// The cell with codes as what they mean.
fn translated<'l>(cell: &'l Cell, column: &Column) -> Cow<'l, Cell> {
    let legend = |written: &str| {
        let squeezed = text::squeeze(written);
        let whole = column.hints.legend.iter().find(|(word, _)| *word == squeezed).map(|(_, meaning)| meaning.clone());
        whole.or_else(|| {
            let meanings = column.hints.legend.iter().cloned().collect();
            codes::translate(written, &meanings)
        })
    };
    if column.codes.is_none() && column.hints.legend.is_empty() || *cell == Cell::Error {
        return Cow::Borrowed(cell);
    }
    let written = cell.text();
    let meaning =
        column.codes.as_ref().and_then(|codes| codes::translate(&written, codes)).or_else(|| legend(&written));
    match meaning {
        Some(meaning) => Cow::Owned(Cell::Text(meaning.into())),
        None => Cow::Borrowed(cell),
    }
}
