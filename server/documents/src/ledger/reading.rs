//! A row while it is read: its cells by field, and what there is to say of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::need::Frequency;
use domain::phone::Phone;
use domain::text;
use domain::vocabulary::{self, Labels};

use super::amount::{self, Quantity};
use super::codes;
use super::context::Context;
use super::day::{self, PartialDate, Written};
use super::field::Field;
use super::grid::{Cell, Line, is_nil};
use super::heads;
use super::household::Member;
use super::issue::{Issue, Reason, Severity};
use super::phones::{own_phones, read_phones};
use super::plan::Record;
use super::same::Place;
use super::words;

/// A row while it is read.
pub(crate) struct Reading<'r> {
    pub line: &'r Line,
    pub record: &'r Record<'r>,
    pub context: &'r Context<'r>,
    pub issues: Vec<Issue>,
    /// The words of cells that were not understood.
    pub words: BTreeMap<Field, String>,
    /// The sheet of an earlier row that an issue names.
    pub other: Option<usize>,
    /// Others of the household, from further lines.
    pub members: Vec<Member>,
}

impl<'r> Reading<'r> {
    pub fn new(line: &'r Line, record: &'r Record<'r>, context: &'r Context<'r>, members: Vec<Member>) -> Self {
        Self { line, record, context, issues: Vec::new(), words: BTreeMap::new(), other: None, members }
    }

    /// The cell of a field; none where there is no column, nothing is written, or only a dash.
    pub fn cell(&self, field: Field) -> Option<&'r Cell> {
        self.answer(field).filter(|cell| !cell.is_nil())
    }

    /// The cell of a field for which 无 is an answer.
    pub fn answer(&self, field: Field) -> Option<&'r Cell> {
        self.record.get(field)
    }

    /// The squeezed text of a cell; empty where nothing is written.
    pub fn word(&self, field: Field) -> String {
        self.cell(field).map(|cell| text::squeeze(&cell.text())).unwrap_or_default()
    }

    /// `G18`.
    pub fn place(&self, field: Field) -> Option<String> {
        let column = self.record.column(field).or_else(|| self.context.plan.column(field))?;
        Some(self.place_of(column))
    }

    pub fn place_of(&self, column: u16) -> String {
        self.line.place(column)
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
        // 缪骁先生: how somebody is addressed is no part of the name; 王先生 is all that there is.
        let name = ["先生", "女士", "同志"]
            .iter()
            .find_map(|word| name.strip_suffix(word))
            .filter(|bare| text::char_count(&text::squeeze(bare)) >= 2)
            .map_or_else(|| name.clone(), str::to_owned);
        if name != whole {
            self.keep_words(field);
        }
        let plain = if name.chars().any(text::is_han) { name.split_whitespace().collect() } else { name };
        Some(plain)
    }

    /// Something that must be there is not; where the column itself is missing, that is said once for the sheet.
    pub fn missing(&mut self, field: Field) {
        if self.context.plan.has(field) || !self.context.lacks.contains(&field) {
            self.error(field, Reason::Missing);
        }
    }

    /// A text that must be there.
    pub fn required(&mut self, field: Field, limit: usize) -> String {
        let text = self.text(field, limit);
        if text.is_none() && self.cell(field) != Some(&Cell::Error) {
            self.missing(field);
        }
        text.unwrap_or_default()
    }

    /// The first number of the cell and the others, those of a second column among them.
    pub fn phones(&mut self, required: bool) -> (Option<Phone>, Vec<Phone>) {
        let mut phones = Vec::new();
        if self.cell(Field::Phone).is_none() {
            if required && self.context.plan.has(Field::Phone) && self.cell(Field::OtherPhone).is_none() {
                self.warn(Field::Phone, Reason::Missing);
            }
        } else if let Some(found) = self.phones_of(Field::Phone) {
            if found.len() > 1 {
                self.warn(Field::Phone, Reason::SeveralPhones);
            }
            // A number beside somebody else's name stays in the words of the row.
            let own = self.cell(Field::Phone).and_then(|cell| own_phones(&cell.text(), true)).unwrap_or_default();
            if own.len() < found.len() {
                self.keep_words(Field::Phone);
            }
            phones = own;
        }
        if let Some(cell) = self.cell(Field::OtherPhone) {
            // Where no other number is, it is how the household is reached.
            match own_phones(&cell.text(), phones.is_empty()) {
                Some(found) if found.is_empty() => self.keep_words(Field::OtherPhone),
                Some(found) => phones.extend(found),
                None => self.not_understood(Field::OtherPhone),
            }
        }
        let mut seen = std::collections::HashSet::new();
        phones.retain(|phone| seen.insert(phone.clone()));
        if phones.is_empty() {
            return (None, Vec::new());
        }
        let first = phones.remove(0);
        (Some(first), phones)
    }

    /// The numbers of a cell, at least one; none after something was said. Words that say there is none are kept.
    pub fn phones_of(&mut self, field: Field) -> Option<Vec<Phone>> {
        let cell = self.cell(field)?;
        if *cell == Cell::Error {
            self.error(field, Reason::FormulaError);
            return None;
        }
        let text = cell.text();
        let phones = read_phones(&text);
        if phones.is_none() {
            // 无电话, 聋哑人不便接听: no number was ever meant.
            let squeezed = text::squeeze(&text);
            if squeezed.chars().any(text::is_han)
                && !squeezed.chars().any(|c| c.is_ascii_digit() || c == '*')
                && squeezed != "同上"
            {
                self.warn(field, Reason::NoPhone);
                self.keep_words(field);
            } else {
                self.error(field, Reason::BadPhone);
            }
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
            Some(cell) => {
                let known = |code: &str| vocabulary::service(code).is_some() || vocabulary::beneficiary(code).is_some();
                parse(&codes::apart(&words::ticked(&cell.text()), known))
            }
        };
        if labels.count == 0 {
            self.missing(field);
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
            if required && self.context.plan.has(field) {
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
        let hinted = self.context.plan.hints(field).and_then(|hints| hints.year);
        let wrong = match day::read(cell, self.context.from_1904) {
            Written::Day(day) => return Some((PartialDate::Day(day), None)),
            Written::Month(first) => return Some((PartialDate::Month(first), Some(Reason::MonthOnly))),
            Written::NoYear(month, date) => {
                match hinted.or(self.context.year).and_then(|year| NaiveDate::from_ymd_opt(year, month, date)) {
                    Some(day) => return Some((PartialDate::Day(day), Some(Reason::YearAssumed))),
                    None => Reason::BadDate,
                }
            }
            Written::Unclear => Reason::AmbiguousDate,
            Written::NotADate if *cell == Cell::Error => Reason::FormulaError,
            // A year alone, a range, words: no day, and nothing that keeps a row out.
            Written::Year(_) | Written::NotADate
                if !matches!(field, Field::PublishedOn | Field::BirthOn | Field::ConsentedOn) =>
            {
                self.not_understood(field);
                return None;
            }
            Written::Year(_) | Written::Impossible | Written::NotADate => Reason::BadDate,
        };
        self.error(field, wrong);
        None
    }

    /// How much and how often, with the unit and the cycle of the head or of columns beside it; words that do not say it
    /// are kept.
    pub fn quantity(&mut self, field: Field) -> Option<Quantity> {
        let Some(cell) = self.cell(field) else {
            // A matrix with how often in place of a tick.
            return match self.record.amounts.as_slice() {
                [only] => amount::quantity(only),
                _ => None,
            };
        };
        let written = cell.text();
        let hints = self.context.plan.hints(field).cloned().unwrap_or_default();
        let cycle = self.word(Field::Cycle);
        let per = heads::frequency(&cycle).or(hints.per);
        // 次/周 in the unit's own column says the cycle too.
        let unit = self.word(Field::Unit);
        let (unit, each) = unit.split_once(['/', '每']).map_or((unit.as_str(), ""), |(unit, each)| (unit, each));
        let per = per.or_else(|| heads::frequency(each));
        // A column of units may count in anything: 张, 床位.
        let counted = |unit: &String| {
            amount::is_unit(unit) || (1..=3).contains(&text::char_count(unit)) && unit.chars().all(text::is_han)
        };
        let unit = Some(unit.to_owned()).filter(counted).or(hints.unit);
        let squeezed = text::squeeze(&written);
        let mut quantity = match amount::whole_number(&squeezed) {
            // A bare number says how often only with its unit or its cycle.
            Some(n) if n > 0 && (unit.is_some() || per.is_some()) => {
                let unit = unit.unwrap_or_else(|| "次".to_owned());
                Some(Quantity { n, unit, per: per.unwrap_or(Frequency::Total) })
            }
            _ => amount::quantity(&written),
        };
        if let (Some(quantity), Some(per)) = (&mut quantity, per)
            && quantity.per == Frequency::Total
            && !squeezed.contains(['共', '总'])
        {
            quantity.per = per;
        }
        // 每周3次，共6个月: the part that says how often.
        let parts = || squeezed.split([',', ';', '、', '/']).filter_map(amount::quantity);
        let quantity = quantity.or_else(|| parts().find(|found| found.per != Frequency::Total));
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
    fn numbers_on_their_way() {
        assert!(is_scientific("1.20114E+17"));
        assert!(!is_scientific("12O114"));
    }
}
