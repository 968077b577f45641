//! The single cells of a needs row.

use domain::need::Sex;
use domain::phone::Phone;
use domain::resident_id::{ResidentId, ResidentIdError};
use domain::text;
use domain::vocabulary;

use super::super::amount;
use super::super::field::Field;
use super::super::grid::Cell;
use super::super::issue::Reason;
use super::super::period::{self, Period, PeriodError};
use super::super::reading::{Reading, is_scientific};

impl Reading<'_> {
    pub(in crate::ledger) fn name(&mut self, required: bool) -> Option<String> {
        let name = self.person_name(Field::Name);
        if required && name.is_none() && self.cell(Field::Name) != Some(&Cell::Error) {
            self.error(Field::Name, Reason::Missing);
        }
        name
    }

    pub(in crate::ledger) fn id_number(&mut self, required: bool) -> Option<ResidentId> {
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
                Ok(id) if id.is_born_after(self.context.as_of) => Reason::BadBirthDate,
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
    pub(in crate::ledger) fn sex(&mut self, id: Option<&ResidentId>) -> Option<Sex> {
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

    pub(super) fn guardian_phone(&mut self) -> Option<Phone> {
        self.cell(Field::GuardianPhone)?;
        self.phones_of(Field::GuardianPhone).map(|mut phones| phones.remove(0))
    }

    pub(super) fn household_size(&mut self) -> Option<u32> {
        let cell = self.cell(Field::HouseholdSize)?;
        let size = amount::head_count(cell);
        if size.is_none() {
            let reason = if *cell == Cell::Error { Reason::FormulaError } else { Reason::BadNumber };
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
        let codes = self.categories(Field::BeneficiaryCategories, vocabulary::parse_beneficiaries);
        if codes
            .iter()
            .any(|code| vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_legacy))
        {
            self.warn(Field::BeneficiaryCategories, Reason::LegacyTerm);
        }
        codes
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
