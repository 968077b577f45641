//! A row while it is read: its cells by field, and what there is to say of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::phone::Phone;
use domain::text;
use domain::vocabulary::Labels;

use super::amount::{self, Quantity};
use super::day::{self, PartialDate, Written};
use super::field::Field;
use super::grid::{Cell, Line, is_nil, letters};
use super::issue::{Issue, Reason, Severity};
use super::phones::read_phones;
use super::read::Context;
use super::same::Place;

/// A row while it is read.
pub(crate) struct Reading<'r> {
    pub line: &'r Line,
    pub context: &'r Context<'r>,
    pub issues: Vec<Issue>,
    /// The words of cells that were not understood.
    pub words: BTreeMap<Field, String>,
    /// The sheet of an earlier row that an issue names.
    pub other: Option<usize>,
}

impl<'r> Reading<'r> {
    pub fn new(line: &'r Line, context: &'r Context<'r>) -> Self {
        Self { line, context, issues: Vec::new(), words: BTreeMap::new(), other: None }
    }

    /// The cell of a field; none where there is no column, nothing is written, or only a dash.
    pub fn cell(&self, field: Field) -> Option<&'r Cell> {
        self.line.get(self.context.header.column(field)?).filter(|cell| !cell.is_nil())
    }

    /// `G18`.
    pub fn place(&self, field: Field) -> Option<String> {
        self.context.header.column(field).map(|column| self.place_of(column))
    }

    pub fn place_of(&self, column: u16) -> String {
        format!("{}{}", letters(column), self.line.row)
    }

    /// Where this row stands.
    pub fn here(&self) -> Place {
        Place { sheet: self.context.sheet, row: self.line.row }
    }

    /// An issue of a field at its cell, in the words of the ledger.
    pub fn issue(&self, field: Field, reason: Reason, severity: Severity) -> Issue {
        let called = self.context.called.iter().find(|(called, _)| *called == field);
        Issue {
            cell: self.place(field),
            column: called.map(|(_, label)| (*label).to_owned()),
            ..Issue::new(field, reason, severity)
        }
    }

    pub fn say(&mut self, field: Field, reason: Reason, severity: Severity) {
        let issue = self.issue(field, reason, severity);
        self.issues.push(issue);
    }

    pub fn error(&mut self, field: Field, reason: Reason) {
        self.say(field, reason, Severity::Error);
    }

    pub fn warn(&mut self, field: Field, reason: Reason) {
        self.say(field, reason, Severity::Warning);
    }

    pub fn has_errors(&self) -> bool {
        self.issues.iter().any(Issue::is_error)
    }

    /// A hidden row is read like any other, and said.
    pub fn note_hidden(&mut self) {
        if self.line.hidden {
            self.issues.push(Issue::new(Field::Row, Reason::HiddenRow, Severity::Warning));
        }
    }

    /// The text of a cell, tidied; a formula that failed is said and gives none.
    pub fn text(&mut self, field: Field, limit: usize) -> Option<String> {
        let cell = self.cell(field)?;
        if *cell == Cell::Error {
            self.error(field, Reason::FormulaError);
            return None;
        }
        let text = text::tidy(&cell.text());
        if text::char_count(&text) > limit {
            self.error(field, Reason::TooLong);
        }
        Some(text).filter(|text| !text.is_empty())
    }

    pub fn keep_words(&mut self, field: Field) {
        if let Some(cell) = self.cell(field) {
            let text = text::tidy(&cell.text());
            self.words.insert(field, text);
        }
    }

    pub fn not_understood(&mut self, field: Field) {
        self.warn(field, Reason::NotUnderstood);
        self.keep_words(field);
    }

    /// A person's name; the spaces that line up two-character names are cut, and a remark in brackets (户主).
    pub fn person_name(&mut self, field: Field) -> Option<String> {
        let whole = self.text(field, 100)?;
        let name = whole.split(['(', '（']).next().unwrap_or_default().trim().to_owned();
        let name = if name.is_empty() { whole.clone() } else { name };
        if name != whole {
            self.keep_words(field);
        }
        let plain = if name.chars().any(text::is_han) { name.split_whitespace().collect() } else { name };
        Some(plain)
    }

    /// A text that must be there.
    pub fn required(&mut self, field: Field, limit: usize) -> String {
        let text = self.text(field, limit);
        if text.is_none() && self.cell(field) != Some(&Cell::Error) {
            self.error(field, Reason::Missing);
        }
        text.unwrap_or_default()
    }

    /// The first number of the cell and the others.
    pub fn phones(&mut self, required: bool) -> (Option<Phone>, Vec<Phone>) {
        if self.cell(Field::Phone).is_none() {
            if required && self.context.header.has(Field::Phone) {
                self.warn(Field::Phone, Reason::Missing);
            }
            return (None, Vec::new());
        }
        let Some(mut phones) = self.phones_of(Field::Phone) else {
            return (None, Vec::new());
        };
        if phones.len() > 1 {
            self.warn(Field::Phone, Reason::SeveralPhones);
        }
        let first = phones.remove(0);
        (Some(first), phones)
    }

    /// The numbers of a cell, at least one; none after an error was said.
    pub fn phones_of(&mut self, field: Field) -> Option<Vec<Phone>> {
        let cell = self.cell(field)?;
        if *cell == Cell::Error {
            self.error(field, Reason::FormulaError);
            return None;
        }
        let phones = read_phones(&cell.text());
        if phones.is_none() {
            self.error(field, Reason::BadPhone);
        }
        phones
    }

    /// The codes of a cell. Where its only label means one of several, the likeliest stands in and is flagged.
    pub fn categories(&mut self, field: Field, parse: fn(&str) -> Labels) -> Vec<String> {
        let labels = match self.cell(field) {
            None => Labels::default(),
            Some(Cell::Error) => {
                self.error(field, Reason::FormulaError);
                return Vec::new();
            }
            Some(cell) => parse(&cell.text()),
        };
        if labels.count == 0 {
            self.error(field, Reason::Missing);
            return Vec::new();
        }
        let cell = self.place(field);
        let before = self.issues.len();
        let mut codes = labels.codes;
        let known = !codes.is_empty() || !labels.ambiguous.is_empty();
        for label in labels.unknown.into_iter().filter(|label| !is_nil(label)) {
            let severity = if known { Severity::Warning } else { Severity::Error };
            let issue = Issue::new(field, Reason::UnknownCategory, severity);
            self.issues.push(Issue { cell: cell.clone(), label: Some(label), ..issue });
        }
        if codes.is_empty() {
            codes.extend(labels.ambiguous.first().and_then(|unclear| unclear.candidates.first()));
        }
        for unclear in labels.ambiguous {
            let issue = Issue::new(field, Reason::AmbiguousCategory, Severity::Warning);
            self.issues.push(Issue {
                cell: cell.clone(),
                label: (labels.count > 1).then_some(unclear.label),
                candidates: unclear.candidates.iter().map(|code| (*code).to_owned()).collect(),
                ..issue
            });
        }
        if codes.is_empty() && self.issues.len() == before {
            self.error(field, Reason::Missing);
        }
        codes.into_iter().map(str::to_owned).collect()
    }

    /// A date that is not after today, and its doubts. `required` says only that an empty cell is a warning.
    pub fn past_date(&mut self, field: Field, required: bool) -> Option<PartialDate> {
        if self.cell(field).is_none() {
            if required && self.context.header.has(field) {
                self.warn(field, Reason::Missing);
            }
            return None;
        }
        let (date, doubt) = self.date(field)?;
        if date.first_day() > self.context.as_of {
            self.error(field, Reason::DateInFuture);
            return None;
        }
        if let Some(doubt) = doubt {
            self.warn(field, doubt);
        }
        Some(date)
    }

    /// A date of any time with the doubt that goes with it; an error is said.
    pub fn date(&mut self, field: Field) -> Option<(PartialDate, Option<Reason>)> {
        let cell = self.cell(field)?;
        let wrong = match day::read(cell) {
            Written::Day(day) => return Some((PartialDate::Day(day), None)),
            Written::Month(first) => return Some((PartialDate::Month(first), Some(Reason::MonthOnly))),
            Written::NoYear(month, date) => {
                match self.context.year.and_then(|year| NaiveDate::from_ymd_opt(year, month, date)) {
                    Some(day) => return Some((PartialDate::Day(day), Some(Reason::YearAssumed))),
                    None => Reason::BadDate,
                }
            }
            Written::Unclear => Reason::AmbiguousDate,
            Written::NotADate if *cell == Cell::Error => Reason::FormulaError,
            Written::Year(_) | Written::Impossible | Written::NotADate => Reason::BadDate,
        };
        self.error(field, wrong);
        None
    }

    /// How much and how often; words that do not say it are kept.
    pub fn quantity(&mut self, field: Field) -> Option<Quantity> {
        let quantity = amount::quantity(&self.cell(field)?.text());
        if quantity.is_none() {
            self.not_understood(field);
        }
        quantity
    }
}

/// `1.20114E+17`: a long number on its way through a spreadsheet and a text file.
pub(crate) fn is_scientific(text: &str) -> bool {
    let squeezed = text::squeeze(text).to_ascii_uppercase();
    let Some((number, power)) = squeezed.split_once('E') else {
        return false;
    };
    !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !power.is_empty()
        && power.trim_start_matches('+').chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert!(is_scientific("1.20114E+17"));
        assert!(!is_scientific("12O114"));
    }
}
