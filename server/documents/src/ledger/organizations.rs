//! Ledgers of social organizations (社会组织资源台账).

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::division::ResolveError;
use domain::phone::Phone;
use domain::text;
use domain::uscc::{Uscc, UsccError, UsccKind};
use domain::vocabulary::{self, split_labels};
use serde::{Deserialize, Serialize};

use super::amount::Quantity;
use super::day::PartialDate;
use super::field::Field;
use super::grid::Cell;
use super::issue::{Issue, Reason, Severity};
use super::kind::{Kind, Verdict};
use super::labels::district;
use super::place;
use super::plan::Plan;
use super::reading::{Reading, is_scientific};
use super::same::Place;
use super::words;

/// What a row says of an organization. Empty cells are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationValues {
    pub uscc: Uscc,
    pub name: String,
    /// First two characters of the code: `51`, `52`, `53`, `59`.
    #[serde(rename = "type")]
    pub kind: String,
    pub registrar: Option<String>,
    pub supervisor: Option<String>,
    pub legal_representative: Option<String>,
    pub founded_on: Option<PartialDate>,
    pub address: Option<String>,
    pub charity: Option<bool>,
    pub fundraising: Option<bool>,
    /// `1A` to `5A`.
    pub rating: Option<String>,
    pub rating_valid_to: Option<NaiveDate>,
    /// Conclusions by year: 合格, 基本合格, 不合格.
    pub inspections: BTreeMap<i32, String>,
    /// Codes in the order of the vocabulary.
    pub service_categories: Vec<String>,
    /// Twelve digits each, in the order of the cell.
    pub areas: Vec<String>,
    pub capacity: Option<Quantity>,
    pub available: Option<String>,
    pub qualifications: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_phones: Vec<Phone>,
    pub email: Option<String>,
    pub business_scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The words of cells that were not understood.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Field, String>,
}

/// The kind, remembering codes and names.
#[derive(Default)]
pub(crate) struct Organizations {
    seen: HashMap<Uscc, (String, Place)>,
}

impl Kind for Organizations {
    type Values = OrganizationValues;
    const NAME: &'static str = "organizations";
    const EXPECTED: &'static [Field] =
        &[Field::Uscc, Field::Name, Field::ServiceCategories, Field::Areas, Field::Phone];
    const CALLED: &'static [(Field, &'static str)] =
        &[(Field::Name, "机构名称"), (Field::Address, "住所"), (Field::ServiceCategories, "服务类别")];
    const REQUIRED: &'static [Field] = &[Field::Uscc, Field::Name];

    fn is_ledger(plan: &Plan) -> bool {
        plan.has(Field::Uscc) || plan.has(Field::Name) && plan.has(Field::ServiceCategories) && plan.has(Field::Phone)
    }

    fn row(&mut self, reading: &mut Reading<'_>) -> Verdict<OrganizationValues> {
        let uscc = reading.uscc();
        let name = reading.required(Field::Name, 200);
        let values = reading.organization(uscc.clone(), name);
        let Some(uscc) = uscc else { return Verdict::Values(values) };
        let name = text::squeeze(&values.name);
        if let Some((earlier, place)) = self.seen.get(&uscc) {
            if *earlier == name {
                return Verdict::Duplicate(*place);
            }
            let issue = reading.issue(Field::Uscc, Reason::UsccConflict, Severity::Error);
            reading.issues.push(Issue { of: Some(place.row), ..issue });
            reading.other = Some(place.sheet);
        } else if !reading.has_errors() {
            self.seen.insert(uscc, (name, reading.here()));
        }
        Verdict::Values(values)
    }
}

impl Reading<'_> {
    fn organization(&mut self, uscc: Option<Uscc>, name: String) -> OrganizationValues {
        let kind = self.organization_type(uscc.as_ref());
        let rating = self.rating();
        let rating_valid_to = self.rating_valid_to(rating.is_some());
        let (phone, other_phones) = self.phones(true);
        // A row without a sound code is never imported; the placeholder does not leave this crate.
        let placeholder = || Uscc::with_check_digits("51120000MJT90000");
        let values = OrganizationValues {
            kind,
            name,
            registrar: self.text(Field::Registrar, 100),
            supervisor: self.text(Field::Supervisor, 100),
            legal_representative: self.person_name(Field::LegalRepresentative),
            founded_on: self.past_date(Field::FoundedOn, false),
            address: self.text(Field::Address, 300),
            charity: self.yes_or_no(Field::Charity),
            fundraising: self.yes_or_no(Field::Fundraising),
            rating,
            rating_valid_to,
            inspections: self.inspections(),
            service_categories: self.offered(),
            areas: self.areas(),
            capacity: self.quantity(Field::Capacity),
            available: self.text(Field::Available, 200),
            qualifications: self.text(Field::Qualifications, 500),
            contact: self.person_name(Field::Contact),
            phone,
            other_phones,
            email: self.email(),
            business_scope: self.text(Field::BusinessScope, 1000),
            remark: self.text(Field::Remark, 2000),
            words: BTreeMap::new(),
            #[expect(clippy::expect_used, reason = "sixteen characters of the charset always make a code")]
            uscc: uscc.unwrap_or_else(|| placeholder().expect("a sound prefix")),
        };
        self.note_hidden();
        OrganizationValues { words: self.words.clone(), ..values }
    }

    fn offered(&mut self) -> Vec<String> {
        if !self.context.plan.has(Field::ServiceCategories) {
            return Vec::new();
        }
        self.categories(Field::ServiceCategories, vocabulary::parse_services)
    }

    fn uscc(&mut self) -> Option<Uscc> {
        let reason = match self.cell(Field::Uscc) {
            None => {
                self.missing(Field::Uscc);
                return None;
            }
            Some(Cell::Error) => Reason::FormulaError,
            Some(Cell::Number(number)) if number.abs() >= 1e15 => Reason::DigitsLost,
            Some(Cell::Text(text)) if is_scientific(text) && text.contains('.') => Reason::DigitsLost,
            Some(cell) => {
                let text = text::squeeze(&cell.text()).to_ascii_uppercase();
                match Uscc::parse(&text) {
                    Ok(uscc) if uscc.kind().is_social_organization() => return Some(uscc),
                    Ok(_) => Reason::NotASocialOrganization,
                    Err(UsccError::Empty) => Reason::Missing,
                    Err(UsccError::Length(_)) => Reason::BadLength,
                    // Another holder's code is that first, whatever its check digit.
                    Err(_) if text.starts_with(['9', '1', '8', 'N']) => Reason::NotASocialOrganization,
                    Err(UsccError::Characters | UsccError::Division) => Reason::BadCharacters,
                    Err(UsccError::CheckDigit | UsccError::OrganizationCode) => Reason::CheckDigit,
                }
            }
        };
        self.error(Field::Uscc, reason);
        None
    }

    /// `51`, `52`, `53`, `59`; the code goes before the cell.
    fn organization_type(&mut self, uscc: Option<&Uscc>) -> String {
        let by_code = uscc.map(Uscc::kind);
        let written = self.cell(Field::Type).map(|cell| text::squeeze(&cell.text()));
        let kind = match written.as_deref() {
            None => by_code,
            Some(word) if word.contains("民办非企业") || word.contains("社会服务机构") || word == "民非" => {
                Some(UsccKind::ServiceInstitution)
            }
            Some(word) if word.contains("民非") => Some(UsccKind::ServiceInstitution),
            Some(word) if word.contains("社会团体") || word.contains("社团") || word == "协会" => {
                Some(UsccKind::Association)
            }
            Some(word) if word.contains("基金会") => Some(UsccKind::Foundation),
            Some("52") => Some(UsccKind::ServiceInstitution),
            Some("51") => Some(UsccKind::Association),
            Some("53") => Some(UsccKind::Foundation),
            Some("其他" | "其他社会组织" | "59") => Some(UsccKind::OtherCivil),
            // Where the code is wrong already, the type adds nothing.
            Some(_) if by_code.is_none() => None,
            Some(_) => {
                self.not_understood(Field::Type);
                by_code
            }
        };
        if let (Some(by_code), Some(kind)) = (by_code, kind)
            && by_code != kind
        {
            self.error(Field::Type, Reason::TypeDiffersFromUscc);
        }
        match by_code.or(kind) {
            Some(UsccKind::Association) => "51",
            Some(UsccKind::ServiceInstitution) => "52",
            Some(UsccKind::Foundation) => "53",
            Some(UsccKind::OtherCivil) => "59",
            _ => "",
        }
        .to_owned()
    }

    fn yes_or_no(&mut self, field: Field) -> Option<bool> {
        // 无 is an answer here.
        let Some(cell) = self.answer(field) else {
            return self.context.plan.hints(field).filter(|hints| hints.ticks).map(|_| false);
        };
        match words::yes_no(&text::squeeze(&cell.text())) {
            Some(answer) => Some(answer),
            None if cell.is_nil() => None,
            None => {
                self.not_understood(field);
                None
            }
        }
    }

    /// `3A`, `AAA`, `3A级`.
    fn rating(&mut self) -> Option<String> {
        match words::rating(&text::squeeze(&self.cell(Field::Rating)?.text())) {
            Some(words::Said::Value(rating)) => Some(rating),
            Some(words::Said::Open) => None,
            None => {
                self.not_understood(Field::Rating);
                None
            }
        }
    }

    fn rating_valid_to(&mut self, rated: bool) -> Option<NaiveDate> {
        let (date, doubt) = self.date(Field::RatingValidTo)?;
        if let Some(doubt) = doubt {
            self.warn(Field::RatingValidTo, doubt);
        }
        let last = date.last_day();
        if rated && last < self.context.as_of {
            self.warn(Field::Rating, Reason::RatingExpired);
        }
        Some(last)
    }

    fn inspections(&mut self) -> BTreeMap<i32, String> {
        let mut found = BTreeMap::new();
        let mut columns = self.context.plan.years(Field::Inspections);
        columns.sort_by_key(|(_, year)| *year);
        for (column, year) in &columns {
            let Some(cell) = self.line.get(*column).filter(|cell| !cell.is_nil()) else { continue };
            let word = text::squeeze(&cell.text());
            if word == "不合格" {
                self.say_at(*column, Reason::InspectionFailed);
            }
            found.insert(*year, word);
        }
        if let [.., (_, before), (column, last)] = columns.as_slice()
            && [before, last].iter().all(|year| found.get(year).is_some_and(|word| word == "基本合格"))
        {
            self.say_at(*column, Reason::InspectionBasicTwice);
        }
        found
    }

    fn say_at(&mut self, column: u16, reason: Reason) {
        let issue = Issue::new(Field::Inspections, reason, Severity::Warning);
        self.issues.push(Issue { cell: Some(self.place_of(column)), ..issue });
    }

    /// Codes or names of districts and streets; 全市 and 市内六区 too.
    fn areas(&mut self) -> Vec<String> {
        let Some(cell) = self.cell(Field::Areas) else {
            if self.context.plan.has(Field::Areas) {
                self.warn(Field::Areas, Reason::Missing);
            }
            return Vec::new();
        };
        let mut areas: Vec<String> = Vec::new();
        let parts: Vec<String> = split_labels(&cell.text())
            .iter()
            .flat_map(|label| label.split(['/', '／', '┋', '\n']).map(text::squeeze).collect::<Vec<_>>())
            .filter(|part| !part.is_empty())
            .collect();
        // 河东区 鲁山道街道 may be two names with a space between them, or one.
        let parts: Vec<String> = match parts.as_slice() {
            [_] if place::read(&cell.text(), self.context.scope, self.context.divisions).is_err() => cell
                .text()
                .split_whitespace()
                .flat_map(|word| word.split(['、', '，', ',', ';', '；', '/', '|']))
                .map(text::squeeze)
                .filter(|part| !part.is_empty())
                .collect(),
            _ => parts,
        };
        for name in parts {
            if matches!(name.as_str(), "市内六区" | "中心城区" | "市区") {
                areas.extend((1..=6).map(|number| format!("12010{number}000000")));
                continue;
            }
            // 和平 is the district wherever else something is called so.
            let name = district(&name).map_or(name, str::to_owned);
            let wrong = match place::read(&name, self.context.scope, self.context.divisions) {
                Ok(found) => {
                    if found.abolished.is_some() {
                        self.warn(Field::Areas, Reason::AbolishedDivision);
                    }
                    areas.push(found.code12);
                    continue;
                }
                Err(wrong) => wrong,
            };
            let issue = |reason| self.issue(Field::Areas, reason, Severity::Error);
            let issue = match wrong {
                ResolveError::Unknown { .. } => {
                    let near = match self.context.divisions.resolve(&name, self.context.scope) {
                        Err(ResolveError::Unknown { near }) => near,
                        _ => None,
                    };
                    Issue { near, ..issue(Reason::UnknownDivision) }
                }
                ResolveError::Ambiguous { candidates } => Issue { candidates, ..issue(Reason::AmbiguousDivision) },
                ResolveError::OutOfScope { .. } => issue(Reason::OutOfScope),
            };
            self.issues.push(issue);
        }
        let mut seen = std::collections::HashSet::new();
        areas.retain(|code| seen.insert(code.clone()));
        areas
    }

    fn email(&mut self) -> Option<String> {
        let email = text::squeeze(&self.text(Field::Email, 200)?);
        let sound = email.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
        });
        if !sound {
            self.not_understood(Field::Email);
            return None;
        }
        Some(email)
    }
}
