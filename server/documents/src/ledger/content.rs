//! What stands in a column, whatever its head: an 18-digit column is an identity number, and a column of ticks none.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::division::{Divisions, Level, ResolveError};
use domain::need::Frequency;
use domain::resident_id::ResidentId;
use domain::text;
use domain::uscc::Uscc;
use domain::vocabulary;

use super::amount;
use super::day::{self, Written};
use super::field::Field;
use super::grid::Cell;
use super::period;
use super::phones::read_phones;
use super::place;
use super::words;

/// Cells of a column that are looked at.
const LOOKED_AT: usize = 60;

/// How many of a column's cells are what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Profile {
    /// Cells looked at, all of them not empty.
    pub cells: usize,
    pub different: usize,
    id: usize,
    id_like: usize,
    uscc: usize,
    phone: usize,
    date: usize,
    whole_number: usize,
    number: usize,
    sequence: usize,
    head_count: usize,
    age: usize,
    code: usize,
    district: usize,
    street: usize,
    village: usize,
    place: usize,
    beneficiary: usize,
    service: usize,
    sex: usize,
    urgency: usize,
    source: usize,
    yes_no: usize,
    pub tick: usize,
    quantity: usize,
    cycle: usize,
    unit: usize,
    period: usize,
    email: usize,
    organization: usize,
    rating: usize,
    inspection: usize,
    kind: usize,
    person: usize,
    address: usize,
    long: usize,
    relation: usize,
    level: usize,
    year: usize,
    /// Amounts with a cycle.
    cycled: usize,
    /// Head counts with their word: 3口人.
    persons: usize,
    years_old: usize,
    status: usize,
    /// Words of a scale of urgency and nothing else.
    /// Days that are still to come.
    ahead: usize,
    rank: usize,
    /// Words that name a channel and nothing else.
    channel: usize,
    /// Characters of all cells.
    characters: usize,
    /// No cell has more than four characters.
    short: bool,
}

/// For whom and when a column is looked at.
pub(crate) struct Looking<'a> {
    pub scope: &'a str,
    pub divisions: &'a Divisions,
    pub from_1904: bool,
    /// The day that counts as today; without one no day is late.
    pub as_of: Option<NaiveDate>,
}

/// Looks at a column's cells, those that say something.
pub(crate) fn profile<'a>(cells: impl Iterator<Item = &'a Cell>, looking: &Looking<'_>) -> Profile {
    let mut profile = Profile { short: true, ..Profile::default() };
    let mut different: HashSet<String> = HashSet::new();
    let mut last: Option<f64> = None;
    for cell in cells.filter(|cell| **cell != Cell::Error && !cell.text().trim().is_empty()).take(LOOKED_AT) {
        profile.cells += 1;
        profile.look(cell, looking);
        let text = text::squeeze(&cell.text());
        if let Ok(number) = text.parse::<f64>() {
            profile.sequence += usize::from(last.is_none_or(|last| (number - last - 1.0).abs() < 1e-9));
            last = Some(number);
        }
        profile.short &= text.len() <= 4;
        different.insert(text);
    }
    profile.different = different.len();
    profile
}

impl Profile {
    fn look(&mut self, cell: &Cell, looking: &Looking<'_>) {
        let Looking { scope, divisions, from_1904, as_of } = *looking;
        let text = cell.text();
        let squeezed = text::squeeze(&text);
        let length = text::char_count(&squeezed);
        let has_han = squeezed.chars().any(text::is_han);
        let add = |count: &mut usize, yes: bool| *count += usize::from(yes);
        let big = matches!(cell, Cell::Number(number) if number.abs() >= 1e14);
        let compact: String = squeezed.chars().filter(char::is_ascii_alphanumeric).collect();
        let id = !has_han && ResidentId::parse(&text).is_ok();
        add(&mut self.id, id);
        add(
            &mut self.id_like,
            id || big
                || (!has_han
                    && (15..=18).contains(&compact.len())
                    && compact.starts_with(|c: char| ('1'..='6').contains(&c))
                    && compact.bytes().filter(u8::is_ascii_digit).count() + 1 >= compact.len()),
        );
        add(
            &mut self.uscc,
            !has_han
                && compact.len() == 18
                && (Uscc::parse(&text).is_ok()
                    || compact.starts_with(['5', '9', '1']) && compact.bytes().any(|b| b.is_ascii_alphabetic())),
        );
        let written = day::read(cell, from_1904);
        let is_date = matches!(
            written,
            Written::Day(_) | Written::Month(_) | Written::NoYear(..) | Written::Unclear | Written::Impossible
        );
        let bare_number = matches!(cell, Cell::Number(_)) || squeezed.parse::<f64>().is_ok();
        add(&mut self.date, is_date);
        let ahead = match (&written, as_of) {
            (Written::Day(day) | Written::Month(day), Some(today)) => *day > today,
            _ => false,
        };
        add(&mut self.ahead, ahead);
        // 2028-12-31 has the eight digits of a landline.
        add(&mut self.phone, !id && !is_date && read_phones(&text).is_some());
        let number = amount::whole_number(&squeezed);
        add(&mut self.whole_number, number.is_some());
        add(&mut self.number, bare_number);
        add(&mut self.head_count, amount::head_count(cell).is_some());
        let age = amount::whole_number(squeezed.trim_end_matches(['岁', '周']));
        add(&mut self.age, age.is_some_and(|age| age <= 120));
        add(
            &mut self.year,
            number.is_some_and(|year| (2000..2100).contains(&year)) || squeezed.ends_with("年") && length <= 6,
        );
        add(&mut self.tick, words::tick(&squeezed).is_some());
        add(&mut self.yes_no, words::yes_no(&squeezed).is_some());
        add(&mut self.sex, words::sex(&squeezed).is_some() && has_han);
        add(
            &mut self.urgency,
            has_han && matches!(words::urgency(&squeezed), Some(words::Said::Value(_))) || squeezed.contains("小时"),
        );
        add(&mut self.source, words::source(&squeezed).is_some());
        add(&mut self.channel, length <= 14 && words::is_channel(&squeezed));
        add(&mut self.relation, words::is_relation(&squeezed));
        add(&mut self.level, matches!(squeezed.as_str(), "市级" | "区级" | "市" | "区" | "国家级"));
        let digits = squeezed.bytes().any(|byte| byte.is_ascii_digit());
        add(&mut self.cycle, !digits && super::heads::frequency(&squeezed).is_some());
        let unit = squeezed.split(['/', '每']).next().unwrap_or_default();
        add(&mut self.unit, (1..=5).contains(&length) && has_han && amount::is_unit(unit));
        let amount = amount::quantity(&squeezed);
        add(&mut self.quantity, amount.is_some());
        add(
            &mut self.cycled,
            has_han && amount.is_some_and(|amount| amount.per != Frequency::Total)
                || length <= 16
                    && ["每周", "每月", "每天", "次/", "/周", "/月"].iter().any(|word| squeezed.contains(word)),
        );
        add(&mut self.persons, has_han && amount::head_count(cell).is_some());
        add(&mut self.years_old, squeezed.ends_with('岁') && length <= 5);
        add(&mut self.status, words::is_status(&squeezed));
        add(&mut self.rank, words::is_rank(&squeezed));
        self.characters += length;
        add(&mut self.period, !bare_number && period::period(cell).is_ok());
        add(&mut self.email, squeezed.contains('@') && squeezed.contains('.'));
        add(
            &mut self.organization,
            length >= 6
                && [
                    "中心",
                    "协会",
                    "基金会",
                    "服务站",
                    "联合会",
                    "促进会",
                    "服务队",
                    "学会",
                    "总会",
                    "院",
                    "(示例)",
                    "商会",
                    "之家",
                    "社",
                ]
                .iter()
                .any(|end| squeezed.ends_with(end)),
        );
        add(&mut self.rating, words::rating(&squeezed).is_some());
        add(&mut self.inspection, matches!(squeezed.as_str(), "合格" | "基本合格" | "不合格" | "未参检" | "未年检"));
        add(
            &mut self.kind,
            ["民非", "民办非企业", "社会团体", "基金会", "社会服务机构", "社团"]
                .iter()
                .any(|word| squeezed.contains(word))
                && length <= 16,
        );
        add(&mut self.person, words::is_person_name(&squeezed));
        add(&mut self.long, length >= 10 && has_han);
        add(&mut self.address, has_han && words::is_address(&squeezed));
        if has_han && length <= 40 {
            let text = words::ticked(&text);
            let services = vocabulary::parse_services(&text);
            add(&mut self.service, !services.codes.is_empty() && services.unknown.len() * 2 <= services.count);
            let groups = vocabulary::parse_beneficiaries(&text);
            add(
                &mut self.beneficiary,
                (!groups.codes.is_empty() || !groups.ambiguous.is_empty()) && groups.unknown.len() * 2 <= groups.count,
            );
        } else if (1..=8).contains(&length) {
            add(&mut self.service, vocabulary::service(&squeezed).is_some());
            add(&mut self.beneficiary, vocabulary::beneficiary(&squeezed).is_some());
        } else if length <= 40 {
            // B01;B03 C02
            let services = vocabulary::parse_services(&text);
            add(&mut self.service, !services.codes.is_empty() && services.unknown.is_empty());
            let groups = vocabulary::parse_beneficiaries(&text);
            add(&mut self.beneficiary, !groups.codes.is_empty() && groups.unknown.is_empty());
        }
        self.look_for_place(&text, &squeezed, scope, divisions);
    }

    fn look_for_place(&mut self, text: &str, squeezed: &str, scope: &str, divisions: &Divisions) {
        let length = text::char_count(squeezed);
        let digits = squeezed.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            self.code += usize::from(matches!(squeezed.len(), 6 | 9 | 12) && squeezed.starts_with("12"));
            return;
        }
        if length > 40 || !squeezed.chars().any(text::is_han) {
            return;
        }
        let level = match place::read(text, scope, divisions) {
            Ok(found) => divisions.get(&found.code12).map(|division| division.level),
            Err(ResolveError::Ambiguous { candidates } | ResolveError::OutOfScope { candidates }) => {
                candidates.first().and_then(|code| divisions.get(code)).map(|division| division.level)
            }
            Err(ResolveError::Unknown { .. }) => None,
        };
        let several =
            place::parts(text).len() > 1 || ["区", "县"].iter().any(|word| squeezed.contains(word)) && length > 4;
        match level {
            Some(Level::District) => self.district += 1,
            Some(Level::Street) => self.street += 1,
            Some(Level::Village) => self.village += 1,
            _ => {}
        }
        self.place += usize::from(level.is_some() && level != Some(Level::City) && several);
    }

    #[expect(clippy::cast_precision_loss, reason = "a few cells")]
    fn share(&self, count: usize) -> f32 {
        if self.cells == 0 { 0.0 } else { count as f32 / self.cells as f32 }
    }

    /// Whether nearly all cells are ticks.
    pub fn is_ticks(&self) -> bool {
        self.cells > 0 && self.share(self.tick) >= 0.9
    }

    /// How well what stands there fits a field, from -1 to 1; nothing is known of an empty column.
    pub fn fits(&self, field: Field, kind: &str) -> f32 {
        if self.cells == 0 {
            return 0.0;
        }
        let needs = kind == "needs";
        // Between what fits and what speaks against it.
        let range =
            |share: f32, good: f32, bad: f32| if share >= 0.5 { good * share } else { bad * (1.0 - 2.0 * share) };
        let strange = self.share(self.id_like.max(self.uscc));
        match field {
            Field::IdNumber | Field::MemberId => range(self.share(self.id_like), 1.0, -0.7),
            Field::Uscc => range(self.share(self.uscc), 1.0, -0.7),
            Field::Phone | Field::OtherPhone | Field::GuardianPhone | Field::EmergencyPhone => {
                range(self.share(self.phone), 1.0, -0.6)
            }
            Field::Email => range(self.share(self.email), 1.0, -0.8),
            Field::Sex => range(self.share(self.sex), 1.0, -0.8),
            Field::Age => range(self.share(self.age), 0.4, -0.7),
            Field::Name if kind == "organizations" => range(self.share(self.organization), 0.8, -0.3),
            Field::Name | Field::Guardian | Field::MemberName => {
                range(self.share(self.person), 0.7, -0.6)
                    - if self.share(self.number.max(self.date)) > 0.5 { 0.6 } else { 0.0 }
                    - if self.share(self.relation) > 0.5 { 0.6 } else { 0.0 }
            }
            Field::Handler
            | Field::Contact
            | Field::LegalRepresentative
            | Field::Reporter
            | Field::EmergencyContact => range(self.share(self.person), 0.5, -0.3) - strange,
            Field::DesignatedOn => range(self.share(self.date.max(self.period)), 0.7, -0.4),
            // Nothing was entered on a day to come.
            Field::PublishedOn | Field::ReportedOn => {
                range(self.share(self.date), 0.7, -0.7) - if self.share(self.ahead) > 0.4 { 0.9 } else { 0.0 }
            }
            Field::EndedOn
            | Field::FoundedOn
            | Field::RatingValidTo
            | Field::BirthOn
            | Field::ConsentedOn
            | Field::JoinedOn => range(self.share(self.date), 0.7, -0.7),
            Field::PeriodFrom | Field::PeriodTo => range(self.share(self.date.max(self.period)), 0.6, -0.7),
            Field::District => range(self.share(self.district), 0.8, -0.6) - self.share(self.place) * 0.5,
            Field::Street => range(self.share(self.street), 0.8, -0.4) - self.share(self.place) * 0.3,
            Field::Village => range(self.share(self.village), 0.8, -0.3) - self.share(self.place) * 0.3,
            Field::DivisionCode => {
                let share = self.share(self.code).max(self.share(self.district + self.street + self.village));
                range(share, 0.8, -0.6)
            }
            Field::BeneficiaryCategories => range(self.share(self.beneficiary), 0.9, -0.4),
            Field::ServiceCategories => range(self.share(self.service), 0.9, -0.4),
            Field::Designation => range(self.share(self.beneficiary), 0.9, -0.3),
            Field::DesignationLevel => range(self.share(self.level), 0.9, -0.4),
            Field::Summary | Field::Need | Field::Gaps | Field::BusinessScope => {
                let long = self.share(self.long);
                range(long, 0.6, if field == Field::Gaps { 0.0 } else { -0.3 })
                    - strange
                    - if long < 0.5 { self.share(self.service.max(self.beneficiary)) * 0.6 } else { 0.0 }
                    - if self.share(self.number.max(self.date).max(self.yes_no)) > 0.7 { 0.6 } else { 0.0 }
            }
            Field::Urgency => range(self.share(self.urgency.max(self.yes_no).max(self.tick)), 0.6, -0.2),
            Field::Source => range(self.share(self.source), 0.7, -0.2) - self.share(self.number) * 0.3,
            Field::Quantity | Field::Capacity => {
                range(self.share(self.quantity.max(self.whole_number)), 0.6, -0.4)
                    - if self.share(self.quantity) < 0.2 { self.share(self.cycle) } else { 0.0 }
            }
            Field::Cycle => range(self.share(self.cycle), 0.9, -0.8),
            Field::Unit => range(self.share(self.unit), 0.7, -0.9),
            Field::Period => range(self.share(self.period.max(self.whole_number)), 0.6, -0.5),
            Field::HouseholdSize => range(self.share(self.head_count), 0.5, -0.7),
            Field::Seq => {
                range(self.share(self.whole_number), 0.2, -0.4)
                    + if self.share(self.sequence) > 0.8 { 0.3 } else { 0.0 }
            }
            Field::Relation => range(self.share(self.relation), 0.9, -0.5),
            Field::Address => {
                range(self.share(self.address), 0.6, -0.2) - strange - self.share(self.date.max(self.phone))
            }
            Field::Rating => range(self.share(self.rating), 0.8, -0.2),
            Field::Inspections => range(self.share(self.inspection), 0.9, -0.4),
            Field::Type => range(self.share(self.kind), 0.8, -0.2),
            Field::Charity | Field::Fundraising | Field::Consent => range(self.share(self.yes_no), 0.5, -0.4),
            Field::Areas => range(self.share(self.district + self.street + self.code + self.place), 0.6, -0.1),
            Field::Households
            | Field::Population
            | Field::Aged60
            | Field::DibaoHouseholds
            | Field::TekunPersons
            | Field::DisabledPersons
            | Field::CollectiveIncome => {
                if self.share(self.tick) > 0.9 && self.share(self.number) < 0.5 {
                    -0.6
                } else {
                    range(self.share(self.number.max(self.quantity).max(self.whole_number)), 0.3, -0.2)
                }
            }
            Field::Hours => range(self.share(self.number.max(self.urgency)), 0.5, -0.3),
            Field::DataYear => range(self.share(self.year), 0.6, -0.6),
            Field::NeedNo | Field::SourceNo | Field::HouseholdNo | Field::VolunteerNo => {
                // 1, 2, 3 … is no number of anybody.
                let counting = self.cells >= 3
                    && self.share(self.sequence) > 0.8
                    && self.share(self.whole_number) > 0.8
                    && self.short;
                -strange - if needs { self.share(self.phone) * 0.2 } else { 0.0 } - if counting { 1.6 } else { 0.0 }
            }
            Field::NoIdReason => -self.share(self.id_like) - self.share(self.number),
            _ => 0.0,
        }
    }

    /// Characters of a cell on the average.
    pub fn length(&self) -> usize {
        self.characters.checked_div(self.cells).unwrap_or(0)
    }

    /// Which share of the cells is of a field, of those fields that cells tell by themselves.
    fn told(&self, field: Field, kind: &str) -> f32 {
        let needs = kind == "needs";
        match field {
            Field::IdNumber if kind != "organizations" => self.share(self.id_like),
            Field::Uscc if kind == "organizations" => self.share(self.uscc),
            Field::Phone => self.share(self.phone),
            Field::Sex => self.share(self.sex),
            Field::Email => self.share(self.email),
            Field::DivisionCode => self.share(self.code).max(self.share(self.place)),
            Field::District => self.share(self.district) - self.share(self.place),
            Field::Street => self.share(self.street) - self.share(self.place),
            Field::Village => self.share(self.village) - self.share(self.place),
            Field::BeneficiaryCategories => self.share(self.beneficiary),
            Field::ServiceCategories => self.share(self.service),
            Field::Designation if kind == "villages" => self.share(self.beneficiary),
            Field::DesignationLevel => self.share(self.level),
            Field::Relation => self.share(self.relation),
            Field::Name if kind == "organizations" => self.share(self.organization),
            Field::Name => self.share(self.person) - self.share(self.relation.max(self.service).max(self.beneficiary)),
            Field::Summary | Field::Need if needs || kind == "villages" => {
                self.share(self.long) - self.share(self.address.max(self.place))
            }
            Field::Quantity | Field::Capacity => self.share(self.cycled),
            Field::Period => self.share(self.period) - self.share(self.date),
            Field::HouseholdSize => self.share(self.persons) - self.share(self.cycled),
            Field::Age => self.share(self.years_old),
            Field::Address => self.share(self.address) - self.share(self.place) - self.share(self.date.max(self.phone)),
            Field::Urgency => self.share(self.rank),
            Field::Source => self.share(self.channel) - self.share(self.long),
            Field::LedgerStatus => self.share(self.status),
            Field::PeriodTo if needs => self.share(self.ahead),
            Field::Unit => self.share(self.unit),
            Field::Cycle => self.share(self.cycle),
            Field::Rating => self.share(self.rating) - self.share(self.yes_no),
            Field::Type if kind == "organizations" => self.share(self.kind),
            Field::Areas => self.share(self.district.max(self.place)),
            _ => 0.0,
        }
    }

    /// What the column is by its cells alone, where its head says nothing.
    pub fn speaks_for(&self, field: Field, kind: &str) -> f32 {
        let share = self.told(field, kind);
        if self.cells < 2 || share < 0.7 {
            return 0.0;
        }
        match field {
            Field::IdNumber | Field::Uscc => 0.75,
            Field::Phone | Field::Email | Field::DivisionCode => 0.62,
            Field::Name | Field::Summary | Field::Need | Field::Source | Field::LedgerStatus => 0.42,
            Field::Address | Field::HouseholdSize | Field::Urgency | Field::Age => 0.48,
            _ => 0.55,
        }
    }

    /// As [`Self::speaks_for`], but of a column that nothing else claims, for a field that has none: the better part of
    /// the cells is enough.
    pub fn may_be(&self, field: Field, kind: &str) -> f32 {
        let share = match field {
            // Whoever tells of a household writes more than a word, and never the same twice.
            Field::PublishedOn => self.share(self.date) - 2.0 * self.share(self.ahead),
            Field::Summary | Field::Need => {
                let free = self.length() >= 6 && self.different * 2 >= self.cells;
                let typed = self
                    .number
                    .max(self.date)
                    .max(self.phone)
                    .max(self.id_like)
                    .max(self.address)
                    .max(self.organization);
                if free && self.share(typed) < 0.3 { 0.5 + self.share(self.long) * 0.4 } else { 0.0 }
            }
            Field::ServiceCategories | Field::BeneficiaryCategories if self.length() <= 20 => {
                // One known word of three is no accident in a column of few words.
                self.told(field, kind) * 1.5
            }
            _ => self.told(field, kind),
        };
        if self.cells > 0 && share >= 0.5 { share } else { 0.0 }
    }
}
