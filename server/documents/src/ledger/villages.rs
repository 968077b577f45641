//! Ledgers of designated villages (村帮扶台账): dated designations, baseline figures, needs.

use std::collections::{BTreeMap, HashMap};

use domain::division::{Kind as DivisionKind, Level, ResolveError, prefix};
use domain::phone::Phone;
use domain::text;
use domain::vocabulary;
use serde::{Deserialize, Serialize};

use super::amount;
use super::day::{self, PartialDate, Written};
use super::field::Field;
use super::grid::Cell;
use super::issue::{Issue, Reason, Severity};
use super::kind::{Kind, Verdict};
use super::period::{self, Period};
use super::place::{self, PlaceCells};
use super::plan::Plan;
use super::reading::Reading;
use super::same::Place;

/// What a row says of a village's designation. Empty cells are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VillageValues {
    /// Twelve digits of a 村委会.
    pub division_code: String,
    /// `CUN_KN` or `CUN_BR`.
    pub designation: String,
    /// 市级, 区级.
    pub level: Option<String>,
    pub designated_on: Option<PartialDate>,
    pub ended_on: Option<PartialDate>,
    pub households: Option<u32>,
    pub population: Option<u32>,
    pub aged_60: Option<u32>,
    pub dibao_households: Option<u32>,
    pub tekun_persons: Option<u32>,
    pub disabled_persons: Option<u32>,
    /// In 10,000 yuan.
    pub collective_income: Option<f64>,
    pub main_industry: Option<String>,
    pub gaps: Option<String>,
    /// Codes in the order of the vocabulary.
    pub service_categories: Vec<String>,
    pub need: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_phones: Vec<Phone>,
    pub data_year: Option<u32>,
    pub remark: Option<String>,
    /// The words of cells that were not understood.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Field, String>,
}

/// The kind, remembering designations: a village may have several, each once.
#[derive(Default)]
pub(crate) struct Villages {
    seen: HashMap<(String, String, Option<PartialDate>), Place>,
}

impl Kind for Villages {
    type Values = VillageValues;
    const NAME: &'static str = "villages";
    const EXPECTED: &'static [Field] =
        &[Field::Village, Field::Designation, Field::DesignatedOn, Field::ServiceCategories];
    const CALLED: &'static [(Field, &'static str)] =
        &[(Field::Village, "村名"), (Field::ServiceCategories, "帮扶需求类别"), (Field::Contact, "村联系人")];
    const REQUIRED: &'static [Field] = &[Field::Designation];

    fn is_ledger(plan: &Plan) -> bool {
        (plan.has(Field::Village) || plan.has(Field::DivisionCode))
            && [Field::Designation, Field::ServiceCategories, Field::Need].iter().any(|field| plan.has(*field))
    }

    fn row(&mut self, reading: &mut Reading<'_>) -> Verdict<VillageValues> {
        let values = reading.village_values();
        if values.division_code.is_empty() || values.designation.is_empty() {
            return Verdict::Values(values);
        }
        let key = (values.division_code.clone(), values.designation.clone(), values.designated_on);
        if let Some(place) = self.seen.get(&key) {
            return Verdict::Duplicate(*place);
        }
        if !reading.has_errors() {
            self.seen.insert(key, reading.here());
        }
        Verdict::Values(values)
    }
}

impl Reading<'_> {
    fn village_values(&mut self) -> VillageValues {
        let division_code = self.village_code();
        let (designated_on, ended_on) = self.designation_dates();
        let households = self.count(Field::Households);
        let population = self.count(Field::Population);
        let (phone, other_phones) = self.phones(false);
        let values = VillageValues {
            division_code,
            designation: self.designation(),
            level: self.level(),
            designated_on,
            ended_on,
            households,
            population,
            aged_60: self.part(Field::Aged60, population),
            dibao_households: self.part(Field::DibaoHouseholds, households),
            tekun_persons: self.part(Field::TekunPersons, population),
            disabled_persons: self.part(Field::DisabledPersons, population),
            collective_income: self.income(),
            main_industry: self.words_or_none(Field::MainIndustry),
            gaps: self.words_or_none(Field::Gaps),
            service_categories: self.village_services(),
            need: self.text(Field::Need, 2000),
            contact: self.person_name(Field::Contact),
            phone,
            other_phones,
            data_year: self.data_year(),
            remark: self.text(Field::Remark, 2000),
            words: BTreeMap::new(),
        };
        self.note_hidden();
        VillageValues { words: self.words.clone(), ..values }
    }

    /// The code, which the names beside it must not contradict; without one the names alone.
    fn village_code(&mut self) -> String {
        let context = self.context;
        let cells = PlaceCells {
            code: self.cell(Field::DivisionCode),
            district: self.cell(Field::District),
            street: self.cell(Field::Street),
            village: self.cell(Field::Village),
        };
        let placed = place::place(cells, context.scope, context.inside().as_deref(), context.divisions);
        let before = self.issues.len();
        for (field, issue) in placed.issues {
            // One issue of the division is enough: it is no village at all below.
            if issue.reason != Reason::DivisionTooWide {
                let at = self.issue(field, issue.reason, issue.severity);
                self.issues.push(Issue { field: Field::DivisionCode, cell: at.cell, column: at.column, ..issue });
            }
        }
        let Some(code) = placed.code12 else { return String::new() };
        let village = context.divisions.get(&code).is_some_and(|division| {
            division.level == Level::Village
                && matches!(division.kind, DivisionKind::Village | DivisionKind::QuasiVillage)
        });
        if !village && self.issues.len() == before {
            let field = [Field::DivisionCode, Field::Village].into_iter().find(|field| self.cell(*field).is_some());
            self.division_error(field.unwrap_or(Field::DivisionCode), Reason::NotAVillage);
        } else if cells.code.is_some()
            && let Some(field) = self.contradiction(&code)
        {
            self.division_error(field, Reason::CodeDiffersFromName);
        }
        code
    }

    /// The first name cell that says another division than the code.
    fn contradiction(&self, code: &str) -> Option<Field> {
        let divisions = self.context.divisions;
        let street = divisions.get(code).and_then(|division| division.parent.clone()).unwrap_or_default();
        let same = |field: Field, scope: &str, wanted: &str| {
            let Some(cell) = self.cell(field) else { return true };
            match place::read(&cell.text(), scope, divisions) {
                Ok(found) => found.code12 == wanted,
                Err(ResolveError::Ambiguous { candidates }) => candidates.iter().any(|code| code == wanted),
                Err(_) => false,
            }
        };
        let district = divisions.get(&street).and_then(|division| division.parent.clone()).unwrap_or_default();
        if !same(Field::District, "12", &district) {
            Some(Field::District)
        } else if !same(Field::Street, prefix(&district), &street) {
            Some(Field::Street)
        } else if same(Field::Village, prefix(&street), code) {
            None
        } else {
            Some(Field::Village)
        }
    }

    fn division_error(&mut self, at: Field, reason: Reason) {
        let issue = self.issue(at, reason, Severity::Error);
        self.issues.push(Issue { field: Field::DivisionCode, ..issue });
    }

    fn designation(&mut self) -> String {
        let Some(cell) = self.cell(Field::Designation) else {
            if let Some(said) = self.context.said.designation.clone() {
                return said;
            }
            self.missing(Field::Designation);
            return String::new();
        };
        let word = text::tidy(&cell.text());
        let squeezed = text::squeeze(&word);
        let bare =
            ["市级", "区级", "市", "区"].iter().find_map(|level| squeezed.strip_prefix(level)).unwrap_or(&squeezed);
        let bare = bare.split('(').next().unwrap_or(bare);
        let codes = match vocabulary::parse_beneficiaries(&word).codes {
            none if none.is_empty() => vocabulary::parse_beneficiaries(bare).codes,
            codes => codes,
        };
        match codes.as_slice() {
            [code] if vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_village) => {
                (*code).to_owned()
            }
            _ => {
                let issue = self.issue(Field::Designation, Reason::UnknownCategory, Severity::Error);
                self.issues.push(Issue { label: Some(word), ..issue });
                String::new()
            }
        }
    }

    fn village_services(&mut self) -> Vec<String> {
        if !self.context.plan.has(Field::ServiceCategories) {
            return Vec::new();
        }
        self.categories(Field::ServiceCategories, vocabulary::parse_services)
    }

    /// In its own column, or in front of the designation: 市级经济薄弱村.
    fn level(&mut self) -> Option<String> {
        if let Some(level) = self.text(Field::DesignationLevel, 20) {
            return Some(match level.as_str() {
                "市" => "市级".to_owned(),
                "区" => "区级".to_owned(),
                _ => level,
            });
        }
        let word = self.word(Field::Designation);
        ["市级", "区级"].iter().find(|level| word.contains(**level)).map(|level| (*level).to_owned())
    }

    /// 2021.7.1-2024.12.31 in one cell; a dash at its end says that it goes on.
    fn designation_range(&self) -> Option<(PartialDate, Option<PartialDate>)> {
        if self.cell(Field::EndedOn).is_some() {
            return None;
        }
        let cell = self.cell(Field::DesignatedOn)?;
        let squeezed = text::squeeze(&cell.text());
        // 2021年-2024年 says no day and no month.
        if squeezed.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).all(|run| run.len() == 4) {
            return None;
        }
        if let Ok(Period { from: Some(from), to, .. }) = period::period(cell)
            && (to.is_some() || squeezed.ends_with('起'))
        {
            // Months have no day, from neither end.
            let months = |day: chrono::NaiveDate| {
                if squeezed.matches('.').count() + squeezed.matches('月').count() <= 2 && !squeezed.contains('日') {
                    PartialDate::Month(day)
                } else {
                    PartialDate::Day(day)
                }
            };
            let first = |day: chrono::NaiveDate| chrono::Datelike::with_day(&day, 1).unwrap_or(day);
            let both_months = matches!(months(from), PartialDate::Month(_));
            return Some((
                months(from),
                to.map(|to| if both_months { PartialDate::Month(first(to)) } else { PartialDate::Day(to) }),
            ));
        }
        let open = squeezed.strip_suffix("至今").or_else(|| squeezed.strip_suffix("今")).unwrap_or(&squeezed);
        let open = open.trim_end_matches(['-', '—', '–', '~', '至', '起']);
        match (open.len() < squeezed.len()).then(|| day::of_text(open))? {
            Written::Day(day) => Some((PartialDate::Day(day), None)),
            Written::Month(day) => Some((PartialDate::Month(day), None)),
            _ => None,
        }
    }

    fn designation_dates(&mut self) -> (Option<PartialDate>, Option<PartialDate>) {
        if let Some((from, to)) = self.designation_range() {
            return (Some(from), to);
        }
        let from = self.past_date(Field::DesignatedOn, true);
        // 未退出, 在帮, 至今: it has not ended.
        let word = self.word(Field::EndedOn);
        if ["未", "在", "尚", "至今", "长期", "继续"].iter().any(|open| word.starts_with(open)) {
            return (from, None);
        }
        let to = self.date(Field::EndedOn).map(|(date, doubt)| {
            if let Some(doubt) = doubt {
                self.warn(Field::EndedOn, doubt);
            }
            date
        });
        if let (Some(from), Some(to)) = (from, to)
            && from.first_day() > to.last_day()
        {
            self.error(Field::EndedOn, Reason::PeriodReversed);
        }
        (from, to)
    }

    /// A figure; an empty cell is a warning, since nothing can be measured against it later.
    fn count(&mut self, field: Field) -> Option<u32> {
        let Some(cell) = self.cell(field) else {
            if self.context.plan.has(field) {
                self.warn(field, Reason::Missing);
            }
            return None;
        };
        let plain = |text: &str| text::squeeze(text).trim_end_matches(['户', '人', '口', '名', '个']).to_owned();
        let count = match cell {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked against the bounds")]
            Cell::Number(number) if number.fract() == 0.0 && (0.0..=1e6).contains(number) => Some(*number as u32),
            Cell::Text(text) if plain(text) == "0" => Some(0),
            Cell::Text(text) => amount::whole_number(&plain(text)),
            _ => None,
        };
        if count.is_none() {
            self.error(field, Reason::BadNumber);
        }
        count
    }

    /// A figure that is part of another.
    fn part(&mut self, field: Field, whole: Option<u32>) -> Option<u32> {
        let part = self.count(field)?;
        if whole.is_some_and(|whole| part > whole) {
            self.error(field, Reason::ExceedsPopulation);
        }
        Some(part)
    }

    /// In 10,000 yuan: `4.9`, `约12万`, and yuan where the cell or the head says so.
    fn income(&mut self) -> Option<f64> {
        let cell = self.cell(Field::CollectiveIncome)?;
        let word = text::squeeze(&cell.text());
        let word = word.trim_start_matches('约').replace(',', "");
        let digits = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
        let hinted = self.context.plan.hints(Field::CollectiveIncome).and_then(|hints| hints.unit.clone());
        let unit = if word[digits..].is_empty() { hinted.as_deref().unwrap_or("万元") } else { &word[digits..] };
        let yuan = match unit {
            "万元" | "万" => Some(10_000.0),
            "元" | "元整" => Some(1.0),
            "千元" => Some(1_000.0),
            "百元" => Some(100.0),
            "亿元" | "亿" => Some(1e8),
            _ => None,
        };
        let income = word[..digits].parse::<f64>().ok().zip(yuan).map(|(number, yuan)| number * yuan / 10_000.0);
        // A yuan more or less does not show in 10,000 of them; two halves of a cent do not either.
        let income = income.map(|income| (income * 1e6).round() / 1e6);
        let income = income.filter(|income| income.is_finite() && (0.0..=1e7).contains(income));
        if income.is_none() {
            self.not_understood(Field::CollectiveIncome);
        }
        income
    }

    /// 无 is an answer here: no main industry, no gap.
    fn words_or_none(&mut self, field: Field) -> Option<String> {
        let cell = self.answer(field)?;
        if text::squeeze(&cell.text()) == "无" { Some("无".to_owned()) } else { self.text(field, 500) }
    }

    fn data_year(&mut self) -> Option<u32> {
        let cell = self.cell(Field::DataYear)?;
        let word = text::squeeze(&cell.text());
        let word = amount::without_fraction(&word);
        let year = word.trim_end_matches("度").trim_end_matches('年').parse().ok();
        let year = year.filter(|year| (2000..2100).contains(year));
        if year.is_none() {
            self.not_understood(Field::DataYear);
        }
        year
    }
}
