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
use super::grid::Cell;
use super::labels::is_district;
use super::period;
use super::phones::read_phones;
use super::place;
use super::words;

mod fits;

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
    /// Several districts, or the whole city.
    areas: usize,
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
    /// Names as well that stand for somebody: 王某某, 李**, 示例甲2.
    named: usize,
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
    /// Of those the words that say how pressing something is.
    pressing: usize,
    /// Words that name a channel and nothing else.
    channel: usize,
    /// Names of offices and parts of them.
    office: usize,
    /// Numbers of records: XQ20261103, 900101.
    serial: usize,
    /// Words for hours and days of the week.
    hours: usize,
    /// Words at all.
    words: usize,
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
        // 一般 and 普通 alone are words of much else.
        let plain = ["一般", "普通", "正常"].iter().any(|word| squeezed.contains(word));
        add(&mut self.pressing, !plain && words::is_rank(&squeezed));
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
        add(&mut self.named, words::stands_for_a_person(&squeezed));
        add(&mut self.office, has_han && words::is_office(&squeezed));
        let plain = squeezed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        add(
            &mut self.serial,
            plain && (5..=20).contains(&length) && digits && !id && !is_date && read_phones(&text).is_none(),
        );
        let hours = ["周", "点", "上午", "下午", "全天", "晚", "节假日", "工作日", "白天", "随时", ":"];
        add(&mut self.hours, hours.iter().any(|word| squeezed.contains(word)));
        add(&mut self.words, has_han);
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
        let areas = squeezed.split(['、', ',', ';', '/', '|', '和']).filter(|part| !part.is_empty());
        let whole = ["全市", "市内六区", "中心城区", "天津市"].contains(&squeezed);
        self.areas += usize::from(whole || areas.clone().count() > 1 && areas.clone().all(is_district));
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
}
