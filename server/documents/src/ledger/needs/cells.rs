//! The single cells of a needs row.

use chrono::NaiveDate;
use domain::need::Sex;
use domain::phone::Phone;
use domain::resident_id::{ResidentId, ResidentIdError};
use domain::text;
use domain::vocabulary::{self, Labels};

use super::super::amount::{self, Quantity};
use super::super::day::{self, PartialDate, Written};
use super::super::field::Field;
use super::super::grid::{Cell, is_nil};
use super::super::issue::{Issue, Reason, Severity};
use super::super::period::{self, Period, PeriodError};
use super::Reading;
use super::phones::read_phones;

impl Reading<'_> {
    /// The text of a cell, tidied; a formula that failed is said and gives none.
    pub(super) fn text(&mut self, field: Field, limit: usize) -> Option<String> {
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

    fn keep_words(&mut self, field: Field) {
        if let Some(cell) = self.cell(field) {
            let text = text::tidy(&cell.text());
            self.words.insert(field, text);
        }
    }

    pub(super) fn not_understood(&mut self, field: Field) {
        self.warn(field, Reason::NotUnderstood);
        self.keep_words(field);
    }

    /// A person's name; the spaces that line up two-character names are cut, and a remark in brackets (户主).
    pub(super) fn person_name(&mut self, field: Field) -> Option<String> {
        let whole = self.text(field, 100)?;
        let name = whole
            .split(['(', '（'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned();
        let name = if name.is_empty() { whole.clone() } else { name };
        if name != whole {
            self.keep_words(field);
        }
        let plain = if name.chars().any(text::is_han) {
            name.split_whitespace().collect()
        } else {
            name
        };
        Some(plain)
    }

    pub(super) fn name(&mut self, required: bool) -> Option<String> {
        let name = self.person_name(Field::Name);
        if required && name.is_none() && self.cell(Field::Name) != Some(&Cell::Error) {
            self.error(Field::Name, Reason::Missing);
        }
        name
    }

    pub(super) fn id_number(&mut self, required: bool, as_of: NaiveDate) -> Option<ResidentId> {
        let reason = match self.cell(Field::IdNumber) {
            None if required => Reason::Missing,
            None => return None,
            Some(Cell::Error) => Reason::FormulaError,
            // Fifteen digits are all that a number cell keeps, whatever the rest looks like.
            Some(Cell::Number(number)) if number.abs() >= 1e15 => Reason::DigitsLost,
            Some(Cell::Number(_)) => Reason::BadLength,
            Some(Cell::Date(_) | Cell::Bool(_)) => Reason::BadCharacters,
            Some(Cell::Text(text)) if is_scientific(text) => Reason::DigitsLost,
            Some(Cell::Text(text)) => match ResidentId::parse(text) {
                Ok(id) if id.is_born_after(as_of) => Reason::BadBirthDate,
                Ok(id) => return Some(id),
                Err(ResidentIdError::Empty) => Reason::Missing,
                Err(ResidentIdError::Length(_)) => Reason::BadLength,
                Err(ResidentIdError::Characters) => Reason::BadCharacters,
                Err(ResidentIdError::BirthDate) => Reason::BadBirthDate,
                Err(ResidentIdError::CheckDigit) => Reason::CheckDigit,
            },
        };
        self.error(Field::IdNumber, reason);
        None
    }

    /// The identity number goes before the cell.
    pub(super) fn sex(&mut self, id: Option<&ResidentId>) -> Option<Sex> {
        let by_id = id.map(ResidentId::sex);
        let Some(cell) = self.cell(Field::Sex) else {
            return by_id;
        };
        let written = match text::squeeze(&cell.text()).as_str() {
            "男" | "男性" | "1" | "M" => Some(Sex::Male),
            "女" | "女性" | "2" | "F" => Some(Sex::Female),
            _ => None,
        };
        match (by_id, written) {
            (Some(sex), Some(other)) if sex != other => {
                self.warn(Field::Sex, Reason::SexDiffersFromId);
            }
            (None, None) => self.not_understood(Field::Sex),
            _ => {}
        }
        by_id.or(written)
    }

    /// The first number of the cell and the others.
    pub(super) fn phones(&mut self, required: bool) -> (Option<Phone>, Vec<Phone>) {
        if self.cell(Field::Phone).is_none() {
            if required && self.header.has(Field::Phone) {
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

    pub(super) fn guardian_phone(&mut self) -> Option<Phone> {
        self.cell(Field::GuardianPhone)?;
        self.phones_of(Field::GuardianPhone)
            .map(|mut phones| phones.remove(0))
    }

    /// The numbers of a cell, at least one; none after an error was said.
    fn phones_of(&mut self, field: Field) -> Option<Vec<Phone>> {
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

    pub(super) fn household_size(&mut self) -> Option<u32> {
        let cell = self.cell(Field::HouseholdSize)?;
        let size = amount::head_count(cell);
        if size.is_none() {
            let reason = if *cell == Cell::Error {
                Reason::FormulaError
            } else {
                Reason::BadNumber
            };
            self.error(Field::HouseholdSize, reason);
        }
        size
    }

    pub(super) fn age(&mut self) -> Option<u32> {
        let text = text::squeeze(&self.cell(Field::Age)?.text());
        let age = amount::whole_number(text.trim_end_matches("岁")).filter(|age| *age <= 130);
        if age.is_none() {
            self.not_understood(Field::Age);
        }
        age
    }

    pub(super) fn beneficiaries(&mut self) -> Vec<String> {
        let codes = self.categories(
            Field::BeneficiaryCategories,
            vocabulary::parse_beneficiaries,
        );
        if codes.iter().any(|code| {
            vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_legacy)
        }) {
            self.warn(Field::BeneficiaryCategories, Reason::LegacyTerm);
        }
        codes
    }

    pub(super) fn services(&mut self) -> Vec<String> {
        self.categories(Field::ServiceCategories, vocabulary::parse_services)
    }

    /// The codes of a cell. Where its only label means one of several, the likeliest stands in and is flagged.
    fn categories(&mut self, field: Field, parse: fn(&str) -> Labels) -> Vec<String> {
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
        let mut codes = labels.codes;
        let known = !codes.is_empty() || !labels.ambiguous.is_empty();
        for label in labels.unknown.into_iter().filter(|label| !is_nil(label)) {
            let severity = if known {
                Severity::Warning
            } else {
                Severity::Error
            };
            let issue = Issue::new(field, Reason::UnknownCategory, severity);
            self.issues.push(Issue {
                cell: cell.clone(),
                label: Some(label),
                ..issue
            });
        }
        if codes.is_empty() {
            codes.extend(
                labels
                    .ambiguous
                    .first()
                    .and_then(|unclear| unclear.candidates.first()),
            );
        }
        for unclear in labels.ambiguous {
            let issue = Issue::new(field, Reason::AmbiguousCategory, Severity::Warning);
            self.issues.push(Issue {
                cell: cell.clone(),
                label: (labels.count > 1).then_some(unclear.label),
                candidates: unclear
                    .candidates
                    .iter()
                    .map(|code| (*code).to_owned())
                    .collect(),
                ..issue
            });
        }
        codes.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn published_on(
        &mut self,
        as_of: NaiveDate,
        year: Option<i32>,
    ) -> Option<PartialDate> {
        let field = Field::PublishedOn;
        let Some(cell) = self.cell(field) else {
            if self.header.has(field) {
                self.warn(field, Reason::Missing);
            }
            return None;
        };
        let (date, doubt) = match day::read(cell) {
            Written::Day(day) => (PartialDate::Day(day), None),
            Written::Month(first) => (PartialDate::Month(first), Some(Reason::MonthOnly)),
            Written::NoYear(month, date) => {
                match year.and_then(|year| NaiveDate::from_ymd_opt(year, month, date)) {
                    Some(day) => (PartialDate::Day(day), Some(Reason::YearAssumed)),
                    None => return self.no_date(Reason::BadDate),
                }
            }
            Written::Unclear => return self.no_date(Reason::AmbiguousDate),
            Written::NotADate if *cell == Cell::Error => return self.no_date(Reason::FormulaError),
            Written::Year(_) | Written::Impossible | Written::NotADate => {
                return self.no_date(Reason::BadDate);
            }
        };
        if date.first_day() > as_of {
            return self.no_date(Reason::DateInFuture);
        }
        if let Some(doubt) = doubt {
            self.warn(field, doubt);
        }
        Some(date)
    }

    fn no_date(&mut self, reason: Reason) -> Option<PartialDate> {
        self.error(Field::PublishedOn, reason);
        None
    }

    pub(super) fn quantity(&mut self) -> Option<Quantity> {
        let quantity = amount::quantity(&self.cell(Field::Quantity)?.text());
        if quantity.is_none() {
            self.not_understood(Field::Quantity);
        }
        quantity
    }

    pub(super) fn period(&mut self) -> Option<Period> {
        match period::period(self.cell(Field::Period)?) {
            Ok(period) => return Some(period),
            Err(PeriodError::NotUnderstood) => self.not_understood(Field::Period),
            Err(PeriodError::Impossible) => self.error(Field::Period, Reason::BadDate),
            Err(PeriodError::Reversed) => self.error(Field::Period, Reason::PeriodReversed),
        }
        None
    }
}

/// `1.20114E+17`: a long number on its way through a spreadsheet and a text file.
fn is_scientific(text: &str) -> bool {
    let squeezed = text::squeeze(text).to_ascii_uppercase();
    let Some((number, power)) = squeezed.split_once('E') else {
        return false;
    };
    !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !power.is_empty()
        && power
            .trim_start_matches('+')
            .chars()
            .all(|c| c.is_ascii_digit())
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
