//! The single cells of a needs row.

use domain::need::Sex;
use domain::phone::Phone;
use domain::resident_id::{ResidentId, ResidentIdError};
use domain::text;
use domain::vocabulary;

use super::super::amount;
use super::super::day::{self, PartialDate, Written};
use super::super::field::Field;
use super::super::grid::Cell;
use super::super::issue::Reason;
use super::super::period::{self, Period, PeriodError};
use super::super::reading::{Reading, is_scientific};
use super::super::words;

impl Reading<'_> {
    pub(in crate::ledger) fn name(&mut self, required: bool) -> Option<String> {
        let name = self.person_name(Field::Name);
        if required && name.is_none() && self.cell(Field::Name) != Some(&Cell::Error) {
            self.missing(Field::Name);
        }
        name
    }

    pub(in crate::ledger) fn id_number(&mut self, required: bool) -> Option<ResidentId> {
        let reason = match self.cell(Field::IdNumber) {
            None if required => return self.without_papers(),
            None => return None,
            Some(Cell::Error) => Reason::FormulaError,
            // Fifteen digits are all that a number cell keeps, whatever the rest looks like.
            Some(Cell::Number(number)) if number.abs() >= 1e15 => Reason::DigitsLost,
            Some(Cell::Number(_)) => Reason::BadLength,
            Some(Cell::Date(_) | Cell::Bool(_)) => Reason::BadCharacters,
            Some(Cell::Text(text)) if is_scientific(text) => Reason::DigitsLost,
            Some(Cell::Text(text)) if words::is_reason_without_papers(&text::squeeze(text)) => {
                let reason = text::tidy(text);
                self.words.insert(Field::NoIdReason, reason);
                self.warn(Field::IdNumber, Reason::NoPapers);
                return None;
            }
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

    /// Somebody without an identity number: taken in where the row says why or the ledger has no such column, or where
    /// nobody could have one; an empty cell of everybody else is a mistake.
    fn without_papers(&mut self) -> Option<ResidentId> {
        if !self.context.plan.has(Field::IdNumber) {
            return None;
        }
        let reason = self.text(Field::NoIdReason, 200);
        let nobody = vocabulary::parse_beneficiaries(&self.word(Field::BeneficiaryCategories)).codes.contains(&"LL")
            || self.context.said.beneficiaries.iter().any(|code| code == "LL");
        let told = [Field::Remark, Field::Summary, Field::Name].iter().any(|field| {
            let word = self.word(*field);
            [
                "新生儿",
                "无身份证",
                "没有身份证",
                "未办身份证",
                "没上户口",
                "未上户口",
                "无户口",
                "身份不明",
                "身份证丢失",
                "身份证遗失",
            ]
            .iter()
            .any(|reason| word.contains(reason))
        });
        if reason.is_none() && !nobody && !told {
            self.error(Field::IdNumber, Reason::Missing);
            return None;
        }
        if let Some(reason) = reason {
            self.words.insert(Field::NoIdReason, reason);
        }
        self.warn(Field::IdNumber, Reason::NoPapers);
        None
    }

    /// Stored nowhere, so that words that are no date keep nobody out; a date that cannot be is a mistake all the same,
    /// and 待定 says that the office itself has not let the need go out yet.
    pub(super) fn published_on(&mut self) -> Option<PartialDate> {
        let undecided = matches!(self.word(Field::PublishedOn).as_str(), "待定" | "未定" | "暂缓" | "待发布");
        let not_a_date = self.cell(Field::PublishedOn).is_some_and(|cell| {
            matches!(day::read(cell, self.context.from_1904), Written::NotADate | Written::Year(_))
        });
        if not_a_date && !undecided {
            self.not_understood(Field::PublishedOn);
            return None;
        }
        // Without a year anywhere the day is still worth keeping in its words.
        let no_year = self
            .cell(Field::PublishedOn)
            .is_some_and(|cell| matches!(day::read(cell, self.context.from_1904), Written::NoYear(..)))
            && self.context.year.is_none()
            && self.context.plan.hints(Field::PublishedOn).is_none_or(|hints| hints.year.is_none());
        if no_year {
            self.not_understood(Field::PublishedOn);
            return None;
        }
        self.past_date(Field::PublishedOn, true)
    }

    /// Identity numbers of members that are none are said; the member stays.
    pub(super) fn members(&mut self) {
        let wrong = self.members.iter().any(|member| {
            member.id_number.as_deref().is_some_and(|id| {
                ResidentId::parse(id).is_err() && !words::is_reason_without_papers(&text::squeeze(id))
            })
        });
        if wrong {
            self.warn(Field::MemberId, Reason::BadMember);
        }
        for member in &mut self.members {
            if let Some(id) = member.id_number.as_deref().and_then(|id| ResidentId::parse(id).ok()) {
                member.id_number = Some(id.as_str().to_owned());
            }
            if let Some(name) = &mut member.name
                && name.chars().any(text::is_han)
            {
                *name = name.split_whitespace().collect();
            }
        }
    }

    pub(super) fn services(&mut self) -> Vec<String> {
        if !self.context.plan.has(Field::ServiceCategories) && !self.context.said.services.is_empty() {
            return self.context.said.services.clone();
        }
        self.categories(Field::ServiceCategories, vocabulary::parse_services)
    }

    /// The identity number goes before the cell.
    pub(in crate::ledger) fn sex(&mut self, id: Option<&ResidentId>) -> Option<Sex> {
        let by_id = id.map(ResidentId::sex);
        let Some(cell) = self.cell(Field::Sex) else {
            return by_id;
        };
        let written = words::sex(&text::squeeze(&cell.text()));
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
        if !self.context.plan.has(Field::BeneficiaryCategories) && !self.context.said.beneficiaries.is_empty() {
            return self.context.said.beneficiaries.clone();
        }
        let codes = self.categories(Field::BeneficiaryCategories, vocabulary::parse_beneficiaries);
        if codes
            .iter()
            .any(|code| vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_legacy))
        {
            self.warn(Field::BeneficiaryCategories, Reason::LegacyTerm);
        }
        codes
    }

    /// From a cell of its own, from a beginning and an end in two columns, or from a cell that says how often too.
    pub(super) fn period(&mut self) -> Option<Period> {
        // 帮到什么时候：3个月. A length, whatever its column was taken for.
        if self.cell(Field::Period).is_none() {
            let length = |cell: &Cell| {
                period::period(cell)
                    .ok()
                    .filter(|period| period.months.is_some() || period.days.is_some() || period.open)
            };
            let ends = [Field::PeriodTo, Field::PeriodFrom].into_iter().filter_map(|field| self.cell(field));
            if let Some(found) =
                ends.filter(|cell| matches!(day::read(cell, false), Written::NotADate)).find_map(length)
                && (self.cell(Field::PeriodFrom).is_none() || self.cell(Field::PeriodTo).is_none())
            {
                return Some(found);
            }
        }
        let (from, to) = (self.end_of_period(Field::PeriodFrom), self.end_of_period(Field::PeriodTo));
        if from.is_some() || to.is_some() {
            let (from, to) = (from.map(PartialDate::first_day), to.map(PartialDate::last_day));
            if from.zip(to).is_some_and(|(from, to)| from > to) {
                self.error(Field::PeriodTo, Reason::PeriodReversed);
                return None;
            }
            let length = self.cell(Field::Period).and_then(|cell| self.length(cell));
            let (months, days) = length.map_or((None, None), |period| (period.months, period.days));
            let both = from.is_some() && to.is_some();
            return Some(Period {
                from,
                to,
                months: months.filter(|_| !both),
                days: days.filter(|_| !both),
                open: false,
            });
        }
        let Some(cell) = self.cell(Field::Period) else {
            // 每周3次，共6个月 in the cell of how often.
            let word = self.word(Field::Quantity);
            let mut parts = word.split([',', ';', '、', '(', ')']).skip(1);
            return parts.find_map(|part| period::period(&Cell::Text(part.trim_start_matches('共').into())).ok());
        };
        if let Some(length) = self.length(cell) {
            return Some(length);
        }
        match period::period(cell) {
            Ok(period) => return Some(period),
            Err(PeriodError::NotUnderstood) => self.not_understood(Field::Period),
            Err(PeriodError::Impossible) => self.error(Field::Period, Reason::BadDate),
            Err(PeriodError::Reversed) => self.error(Field::Period, Reason::PeriodReversed),
        }
        None
    }

    /// A bare number with the unit of its head: 90 under 期限（天）.
    fn length(&self, cell: &Cell) -> Option<Period> {
        let hints = self.context.plan.hints(Field::Period)?;
        let number = amount::whole_number(&text::squeeze(&cell.text()))?;
        let unit = hints.unit.as_deref()?;
        let unit = if unit == "月" { "个月" } else { unit };
        period::period(&Cell::Text(format!("{number}{unit}").into())).ok()
    }

    /// A beginning or an end; what is none is kept in its words.
    fn end_of_period(&mut self, field: Field) -> Option<PartialDate> {
        let cell = self.cell(field)?;
        if matches!(self.word(field).as_str(), "长期" | "至今" | "不限") {
            return None;
        }
        match day::read(cell, self.context.from_1904) {
            Written::NotADate | Written::Unclear | Written::Year(_) => {
                // 2027年3月底前, 截至2027年3月.
                let said = period::period(cell).ok();
                let day = said.and_then(|period| if field == Field::PeriodFrom { period.from } else { period.to });
                if day.is_none() {
                    self.not_understood(field);
                }
                day.map(PartialDate::Day)
            }
            _ => self.date(field).map(|(date, _)| date),
        }
    }
}
