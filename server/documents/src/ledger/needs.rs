//! Reading the rows of a needs ledger: every cell typed, every doubt said.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::division::Divisions;
use domain::need::NeedKind;

use super::field::Field;
use super::grid::{Cell, Grid, Line, letters};
use super::header::{Header, Kind, kind_of, year_of};
use super::issue::{Issue, Reason, Severity};
use super::place::{self, PlaceCells};
use super::privacy;
use super::same::{Earlier, Likeness, Place, SeenRows};
use super::words::need_field;
use super::{Ignored, NeedValues, Outcome, Row, Sheet, Skipped};

mod cells;
mod phones;
mod words;

/// Fields that every ledger of needs should have a column for.
const EXPECTED: &[Field] = &[
    Field::Name,
    Field::IdNumber,
    Field::Phone,
    Field::BeneficiaryCategories,
    Field::ServiceCategories,
    Field::Summary,
    Field::PublishedOn,
];
/// Empty rows between two rows with content that are still listed one by one.
const LISTED_GAP: u32 = 1000;

/// Reads the sheets of one file, remembering the rows for telling repeats.
pub(crate) struct NeedsReader<'a> {
    scope: &'a str,
    as_of: NaiveDate,
    divisions: &'a Divisions,
    seen: SeenRows,
    names: Vec<String>,
}

/// What is the same for all rows of a sheet.
struct SheetContext {
    header: Header,
    year: Option<i32>,
    /// Division of the whole sheet, where no column names one.
    fallback: Option<String>,
    number: usize,
}

impl<'a> NeedsReader<'a> {
    pub fn new(scope: &'a str, as_of: NaiveDate, divisions: &'a Divisions) -> Self {
        Self {
            scope,
            as_of,
            divisions,
            seen: SeenRows::default(),
            names: Vec::new(),
        }
    }

    pub fn read(&mut self, mut grid: Grid) -> Sheet {
        let number = self.names.len();
        self.names.push(grid.name.clone());
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
        let Some(header) = Header::find(&grid, need_field, &[Field::Summary, Field::IdNumber])
        else {
            sheet.ignore = Some(if grid.hidden {
                Ignored::HiddenNotALedger
            } else {
                Ignored::NotALedger
            });
            return sheet;
        };
        grid.fill_merged_down(header.last_row());
        let top = header.rows.first().copied().unwrap_or(1);
        let titles: Vec<String> = grid
            .lines
            .iter()
            .take_while(|line| line.row < top)
            .flat_map(|line| {
                line.cells()
                    .map(|(_, cell)| cell.text())
                    .collect::<Vec<_>>()
            })
            .collect();
        sheet.year_for_dates = year_of(&titles);
        sheet.header_rows.clone_from(&header.rows);
        sheet.columns = header
            .fields
            .iter()
            .map(|(column, field)| (letters(*column), *field))
            .collect();
        sheet.absent = EXPECTED
            .iter()
            .copied()
            .filter(|field| !header.has(*field))
            .collect();
        let placed = [Field::DivisionCode, Field::Street, Field::Village]
            .iter()
            .any(|field| header.has(*field));
        if !placed {
            sheet.absent.push(Field::DivisionCode);
        }
        let context = SheetContext {
            fallback: (!header.has(Field::DivisionCode) && !header.has(Field::Street))
                .then(|| place::of_sheet(&titles, &grid.name, self.scope, self.divisions))
                .flatten(),
            year: sheet.year_for_dates,
            header,
            number,
        };
        let lines = std::mem::take(&mut grid.lines);
        sheet.rows.reserve(lines.len());
        let mut last = 0;
        for line in lines {
            for blank in last + 1..line.row.min(last + LISTED_GAP) {
                sheet.rows.push(skipped(blank, None, Skipped::Blank));
            }
            last = line.row;
            sheet.rows.push(self.row(&line, &grid, &context));
        }
        for row in &sheet.rows {
            *sheet.counts.entry(row.result).or_default() += 1;
        }
        sheet
    }

    fn row(&mut self, line: &Line, grid: &Grid, context: &SheetContext) -> Row {
        let header = &context.header;
        let reason = if header.rows.contains(&line.row) {
            Skipped::Header
        } else if line.row < header.last_row() {
            Skipped::Title
        } else {
            match kind_of(line, header, grid) {
                Kind::Data => return self.data(line, context),
                Kind::Title => Skipped::Title,
                Kind::Header => Skipped::Header,
                Kind::Subtotal => Skipped::Subtotal,
                Kind::Blank => Skipped::Blank,
                Kind::Note => Skipped::Note,
            }
        };
        skipped(line.row, line.physical, reason)
    }

    fn data(&mut self, line: &Line, context: &SheetContext) -> Row {
        let mut reading = Reading {
            line,
            header: &context.header,
            issues: Vec::new(),
            words: BTreeMap::new(),
        };
        let values = reading.values(self, context);
        let mut row = Row {
            row: line.row,
            line: line.physical,
            result: Outcome::Ok,
            reason: None,
            duplicate_of: None,
            other_sheet: None,
            issues: reading.issues,
            values: None,
        };
        let who = match (&values.id_number, values.target) {
            (Some(id), _) => id.as_str().to_owned(),
            (None, NeedKind::Village) => format!("village {}", values.division_code),
            (None, NeedKind::Household) => String::new(),
        };
        if !who.is_empty() && !values.service_categories.is_empty() {
            let likeness = Likeness {
                who: &who,
                need_no: values.need_no.as_deref(),
                services: &values.service_categories,
                summary: &values.summary,
            };
            match self.seen.compare(&likeness) {
                Earlier::None => {}
                Earlier::Duplicate(place) => {
                    row.result = Outcome::Duplicate;
                    row.duplicate_of = Some(place.row);
                    row.other_sheet = self.other_sheet(place, context);
                    row.issues.clear();
                    return row;
                }
                Earlier::Possible(place) => {
                    let issue =
                        Issue::new(Field::Row, Reason::PossibleDuplicate, Severity::Warning);
                    row.issues.push(Issue {
                        of: Some(place.row),
                        ..issue
                    });
                    row.other_sheet = self.other_sheet(place, context);
                }
                Earlier::Conflict(place) => {
                    let issue = Issue::new(Field::NeedNo, Reason::NeedNoConflict, Severity::Error);
                    let cell = context
                        .header
                        .column(Field::NeedNo)
                        .map(|c| format!("{}{}", letters(c), line.row));
                    row.issues.push(Issue {
                        of: Some(place.row),
                        cell,
                        ..issue
                    });
                    row.other_sheet = self.other_sheet(place, context);
                }
            }
            if !row.issues.iter().any(Issue::is_error) {
                self.seen.remember(
                    &likeness,
                    Place {
                        sheet: context.number,
                        row: line.row,
                    },
                );
            }
        }
        row.result = match row.issues.iter().map(|issue| issue.severity).max() {
            None => Outcome::Ok,
            Some(Severity::Warning) => Outcome::Warning,
            Some(Severity::Error) => Outcome::Error,
        };
        row.values = (row.result != Outcome::Error).then_some(values);
        row
    }

    fn other_sheet(&self, place: Place, context: &SheetContext) -> Option<String> {
        (place.sheet != context.number)
            .then(|| self.names.get(place.sheet).cloned())
            .flatten()
    }
}

fn skipped(row: u32, line: Option<u32>, reason: Skipped) -> Row {
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

/// A row while it is read.
struct Reading<'r> {
    line: &'r Line,
    header: &'r Header,
    issues: Vec<Issue>,
    words: BTreeMap<Field, String>,
}

impl<'r> Reading<'r> {
    /// The cell of a field; none where there is no column, nothing is written, or only a dash.
    fn cell(&self, field: Field) -> Option<&'r Cell> {
        self.line
            .get(self.header.column(field)?)
            .filter(|cell| !cell.is_nil())
    }

    /// `G18`.
    fn place(&self, field: Field) -> Option<String> {
        self.header
            .column(field)
            .map(|column| format!("{}{}", letters(column), self.line.row))
    }

    fn say(&mut self, field: Field, reason: Reason, severity: Severity) {
        let cell = self.place(field);
        self.issues.push(Issue {
            cell,
            ..Issue::new(field, reason, severity)
        });
    }

    fn error(&mut self, field: Field, reason: Reason) {
        self.say(field, reason, Severity::Error);
    }

    fn warn(&mut self, field: Field, reason: Reason) {
        self.say(field, reason, Severity::Warning);
    }

    fn values(&mut self, reader: &NeedsReader<'_>, context: &SheetContext) -> NeedValues {
        let beneficiary_categories = self.beneficiaries();
        let target = self.target(&beneficiary_categories);
        let person = target == NeedKind::Household;
        let name = self.name(person);
        let id_number = self.id_number(person, reader.as_of);
        let sex = self.sex(id_number.as_ref());
        let (phone, other_phones) = self.phones(person);
        let guardian = self.person_name(Field::Guardian);
        let minor = beneficiary_categories.iter().any(|code| {
            domain::vocabulary::beneficiary(code)
                .is_some_and(domain::vocabulary::BeneficiaryCategory::is_minor)
        });
        if minor && guardian.is_none() && self.header.has(Field::Guardian) {
            self.warn(Field::Guardian, Reason::Missing);
        }
        let guardian_phone = self.guardian_phone();
        let division_code = self.division(reader, context);
        let address = self.text(Field::Address, 300);
        let household_size = self.household_size();
        let service_categories = self.services();
        let summary = self.summary(&[name.as_deref(), guardian.as_deref()], address.as_deref());
        let values = NeedValues {
            need_no: self.text(Field::NeedNo, 100),
            source: self.source(),
            source_no: self.text(Field::SourceNo, 100),
            published_on: self.published_on(reader.as_of, context.year),
            target,
            division_code,
            beneficiary_categories,
            service_categories,
            summary,
            urgency: self.urgency(),
            quantity: self.quantity(),
            period: self.period(),
            ledger_status: self.status(),
            responsible_unit: self.text(Field::ResponsibleUnit, 100),
            handler: self.text(Field::Handler, 100),
            name,
            sex,
            id_number,
            phone,
            other_phones,
            address,
            household_size,
            guardian,
            guardian_phone,
            age: self.age(),
            remark: self.text(Field::Remark, 2000),
            words: BTreeMap::new(),
        };
        if self.line.hidden {
            self.issues
                .push(Issue::new(Field::Row, Reason::HiddenRow, Severity::Warning));
        }
        NeedValues {
            words: std::mem::take(&mut self.words),
            ..values
        }
    }

    fn division(&mut self, reader: &NeedsReader<'_>, context: &SheetContext) -> String {
        let cells = PlaceCells {
            code: self.cell(Field::DivisionCode),
            district: self.cell(Field::District),
            street: self.cell(Field::Street),
            village: self.cell(Field::Village),
        };
        let placed = place::place(
            cells,
            reader.scope,
            context.fallback.as_deref(),
            reader.divisions,
        );
        for (field, issue) in placed.issues {
            let cell = [field, Field::Street, Field::Village, Field::District]
                .into_iter()
                .find_map(|field| self.place(field));
            self.issues.push(Issue { cell, ..issue });
        }
        placed.code12.unwrap_or_default()
    }

    fn summary(&mut self, names: &[Option<&str>], address: Option<&str>) -> String {
        let Some(summary) = self.text(Field::Summary, 2000) else {
            if self.cell(Field::Summary) != Some(&Cell::Error) {
                self.error(Field::Summary, Reason::Missing);
            }
            return String::new();
        };
        let names: Vec<&str> = names.iter().filter_map(|name| *name).collect();
        let found = privacy::find(&summary, &names, address);
        if !found.is_empty() {
            let issue = Issue::new(Field::Summary, Reason::PersonalData, Severity::Warning);
            let cell = self.place(Field::Summary);
            self.issues.push(Issue {
                cell,
                found,
                ..issue
            });
        }
        summary
    }
}
