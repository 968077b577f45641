//! Lists of a team's volunteers (志愿者名册): who is to be invited, each with the own consent.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::division::Level;
use domain::need::Sex;
use domain::phone::Phone;
use domain::resident_id::ResidentId;
use domain::text;
use domain::vocabulary;
use domain::volunteer::{ADULT_AGE, Skill, age_on};
use serde::{Deserialize, Serialize};

use super::day::{self, PartialDate, Written};
use super::field::Field;
use super::issue::{Reason, Severity};
use super::kind::{Kind, Verdict};
use super::plan::Plan;
use super::reading::Reading;
use super::same::Place;
use super::words;

/// What a row says of a volunteer. Of rows that can be imported every value but the optional ones is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberValues {
    pub name: String,
    pub sex: Option<Sex>,
    pub birth: Option<NaiveDate>,
    pub id_number: Option<ResidentId>,
    pub phone: Option<Phone>,
    /// Twelve digits: a street, or a village or community.
    pub division_code: String,
    pub skills: Vec<Skill>,
    /// The words of the cell, whatever of them is in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill_words: Option<String>,
    /// Codes in the order of the vocabulary.
    pub service_categories: Vec<String>,
    /// When the person agreed to be entered.
    pub consented_on: Option<NaiveDate>,
    /// As written; the register has no place of its own for these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volunteer_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_on: Option<PartialDate>,
    /// Hours served so far, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_contact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_phone: Option<Phone>,
    /// Why there is no identity number, in the words of the cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_id_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub remark: Option<String>,
    /// The words of cells that were not understood.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Field, String>,
}

/// The kind, remembering persons: each is invited once.
#[derive(Default)]
pub(crate) struct Members {
    seen: HashMap<String, Place>,
}

impl Kind for Members {
    type Values = MemberValues;
    const NAME: &'static str = "members";
    const EXPECTED: &'static [Field] = &[
        Field::Name,
        Field::Sex,
        Field::BirthOn,
        Field::Phone,
        Field::DivisionCode,
        Field::Consent,
        Field::ConsentedOn,
    ];
    const CALLED: &'static [(Field, &'static str)] = &[(Field::DivisionCode, "居住区域")];
    const REQUIRED: &'static [Field] = &[Field::Name, Field::Phone];

    fn is_ledger(plan: &Plan) -> bool {
        plan.has(Field::Name) && (plan.has(Field::Phone) || plan.has(Field::IdNumber))
    }

    fn row(&mut self, reading: &mut Reading<'_>) -> Verdict<MemberValues> {
        let values = reading.member_values();
        let mut keys: Vec<String> = values.phone.iter().map(|phone| format!("p{}", phone.as_str())).collect();
        keys.extend(values.id_number.iter().map(|id| format!("i{}", id.as_str())));
        if let Some(place) = keys.iter().find_map(|key| self.seen.get(key)) {
            return Verdict::Duplicate(*place);
        }
        if !reading.has_errors() {
            for key in keys {
                self.seen.insert(key, reading.here());
            }
        }
        Verdict::Values(values)
    }
}

impl Reading<'_> {
    fn member_values(&mut self) -> MemberValues {
        let name = self.name(true).unwrap_or_default();
        let id_number = self.id_number(false);
        if id_number.is_none()
            && self.cell(Field::IdNumber).is_none()
            && self.context.plan.has(Field::IdNumber)
            && !self.context.plan.has(Field::BirthOn)
        {
            // Nothing says that somebody is of age.
            self.error(Field::IdNumber, Reason::Missing);
        }
        let birth = self.birth(id_number.as_ref());
        let sex = self.sex(id_number.as_ref());
        if sex.is_none() && self.cell(Field::Sex).is_none() && self.context.plan.has(Field::Sex) {
            self.error(Field::Sex, Reason::Missing);
        }
        let phone = self.own_phone();
        let division_code = self.living_area();
        let values = MemberValues {
            name,
            sex,
            birth,
            id_number,
            phone,
            division_code,
            skills: self.skills(),
            skill_words: self.text(Field::Skills, 200),
            service_categories: self.wished(),
            consented_on: self.consent(),
            volunteer_no: self.text(Field::VolunteerNo, 60),
            joined_on: self.joined_on(),
            hours: self.hours(),
            available: self.text(Field::Available, 100),
            team: self.text(Field::Team, 60).or_else(|| self.context.said.team.clone()),
            role: self.text(Field::Role, 40),
            occupation: self.text(Field::Occupation, 60),
            emergency_contact: self.person_name(Field::EmergencyContact),
            emergency_phone: self.emergency_phone(),
            no_id_reason: self.words.get(&Field::NoIdReason).cloned(),
            email: self.text(Field::Email, 200),
            remark: self.text(Field::Remark, 500),
            words: BTreeMap::new(),
        };
        self.note_hidden();
        MemberValues { words: self.words.clone(), ..values }
    }

    /// The day written, or that of the identity number; the young are entered by their guardians alone.
    fn birth(&mut self, id: Option<&ResidentId>) -> Option<NaiveDate> {
        // The identity number says the day where the cell has a month only.
        let by_number = id.is_some()
            && self
                .cell(Field::BirthOn)
                .is_some_and(|cell| !matches!(day::read(cell, self.context.from_1904), Written::Day(_)));
        let written = match if by_number { None } else { self.past_date(Field::BirthOn, false) } {
            Some(PartialDate::Day(day)) => Some(day),
            Some(PartialDate::Month(_)) if id.is_none() => {
                self.error(Field::BirthOn, Reason::MonthOnly);
                None
            }
            _ => None,
        };
        let by_id = id.map(ResidentId::birth_date);
        if let (Some(written), Some(by_id)) = (written, by_id)
            && written != by_id
        {
            self.error(Field::BirthOn, Reason::BirthDiffersFromId);
        }
        let birth = by_id.or(written);
        match birth {
            Some(day) if age_on(day, self.context.as_of) < ADULT_AGE => self.error(Field::BirthOn, Reason::Minor),
            // Without a column for it that is said once; an identity number that is not there was said.
            None if self.cell(Field::BirthOn).is_none() && self.context.plan.has(Field::BirthOn) => {
                self.error(Field::BirthOn, Reason::Missing);
            }
            _ => {}
        }
        birth
    }

    fn own_phone(&mut self) -> Option<Phone> {
        if self.cell(Field::Phone).is_none() {
            self.error(Field::Phone, Reason::Missing);
            return None;
        }
        self.phones(false).0
    }

    /// A street or narrower, anywhere in the city.
    fn living_area(&mut self) -> String {
        let before = self.issues.len();
        let code = self.division();
        let narrow = self.context.divisions.get(&code).is_some_and(|d| d.level >= Level::Street);
        for issue in self.issues.iter_mut().skip(before).filter(|issue| issue.reason == Reason::DivisionTooWide) {
            issue.severity = Severity::Error;
        }
        if narrow { code } else { String::new() }
    }

    /// `急救、驾驶`; what is none of the list is kept in words.
    fn skills(&mut self) -> Vec<Skill> {
        let Some(cell) = self.cell(Field::Skills) else { return Vec::new() };
        let words = text::nfkc(&cell.text());
        let mut found = Vec::new();
        let mut strange = false;
        for word in words.split(['、', ',', ';', '/', ' ', '\n', '。']).map(str::trim).filter(|word| !word.is_empty())
        {
            match Skill::ALL.iter().find(|skill| word.contains(skill.label()) || skill.label().contains(word)) {
                Some(skill) if !found.contains(skill) => found.push(*skill),
                Some(_) => {}
                None => strange = true,
            }
        }
        // Free words are kept beside the list; there is nothing in them to mend.
        if strange {
            self.keep_words(Field::Skills);
        }
        found
    }

    /// What somebody would like to do: nothing that keeps a row out.
    fn wished(&mut self) -> Vec<String> {
        if self.cell(Field::ServiceCategories).is_none() {
            return Vec::new();
        }
        let before = self.issues.len();
        let codes = self.categories(Field::ServiceCategories, vocabulary::parse_services);
        for issue in self.issues.iter_mut().skip(before) {
            issue.severity = Severity::Warning;
            issue.column = Some("服务类别".to_owned());
        }
        codes
    }

    fn joined_on(&mut self) -> Option<PartialDate> {
        let cell = self.cell(Field::JoinedOn)?;
        match day::read(cell, self.context.from_1904) {
            Written::Day(day) => Some(PartialDate::Day(day)),
            Written::Month(first) => Some(PartialDate::Month(first)),
            _ => {
                self.not_understood(Field::JoinedOn);
                None
            }
        }
    }

    /// `36`, `36.5小时`.
    fn hours(&mut self) -> Option<f64> {
        let word = self.word(Field::Hours).replace(',', "");
        if word.is_empty() {
            return None;
        }
        let digits = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
        let hours = word[..digits].parse::<f64>().ok().filter(|hours| (0.0..=100_000.0).contains(hours));
        let unit = matches!(&word[digits..], "" | "小时" | "h" | "H" | "时" | "个小时");
        if hours.is_none() || !unit {
            self.not_understood(Field::Hours);
            return None;
        }
        hours
    }

    fn emergency_phone(&mut self) -> Option<Phone> {
        let cell = self.cell(Field::EmergencyPhone)?;
        let phone = super::phones::read_phones(&cell.text()).and_then(|phones| phones.into_iter().next());
        if phone.is_none() {
            self.not_understood(Field::EmergencyPhone);
        }
        phone
    }

    /// The day on which the person agreed; without a word of consent the row is not taken.
    fn consent(&mut self) -> Option<NaiveDate> {
        if !self.context.plan.has(Field::Consent) && !self.context.plan.has(Field::ConsentedOn) {
            // Said once for the list: nobody of it is invited before somebody says that all of them agreed.
            return None;
        }
        let agreed = self.cell(Field::Consent).is_some_and(|cell| {
            words::yes_no(&text::squeeze(&cell.text())) == Some(true)
                || matches!(text::squeeze(&cell.text()).as_str(), "本人同意" | "已签" | "已签字")
        });
        if !agreed {
            self.error(Field::Consent, Reason::NoConsent);
            return None;
        }
        if self.cell(Field::ConsentedOn).is_none() {
            self.error(Field::ConsentedOn, Reason::Missing);
            return None;
        }
        match self.past_date(Field::ConsentedOn, false)? {
            PartialDate::Day(day) => Some(day),
            PartialDate::Month(_) => {
                self.error(Field::ConsentedOn, Reason::MonthOnly);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Outcome, read_members};
    use domain::division::Divisions;

    fn read(rows: &[&str]) -> Vec<(Outcome, Vec<String>)> {
        let mut text =
            "示例服务队志愿者名册\n序号,姓名,性别,出生年月日,证件号码,手机号,居住区域,特长,服务意向,是否同意,同意日期\n".to_owned();
        text += &rows.join("\n");
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let ledger = read_members(text.as_bytes(), "名册.csv", "12", day, Divisions::bundled()).unwrap();
        let rows = ledger.sheets.into_iter().flat_map(|sheet| sheet.rows);
        rows.filter(|row| row.result != Outcome::Skipped)
            .map(|row| (row.result, row.issues.iter().map(super::super::Issue::message).collect()))
            .collect()
    }

    #[test]
    fn a_row_is_a_person_who_agreed() {
        let good = "1,示例甲,女,1990-05-01,,13800150001,河东区鲁山道街道,急救、驾驶,助餐,是,2026-11-01";
        assert_eq!(read(&[good])[0].0, Outcome::Ok, "{:?}", read(&[good]));
        for (row, words) in [
            ("1,示例甲,女,1990-05-01,,13800150001,河东区鲁山道街道,,,,2026-11-01", "“本人同意”"),
            ("1,示例甲,女,1990-05-01,,13800150001,河东区鲁山道街道,,,是,", "“同意日期”"),
            ("1,示例甲,女,2012-05-01,,13800150001,河东区鲁山道街道,,,是,2026-11-01", "监护人"),
            ("1,示例甲,,1990-05-01,,13800150001,河东区鲁山道街道,,,是,2026-11-01", "“性别”"),
            ("1,示例甲,女,1990-05,,13800150001,河东区鲁山道街道,,,是,2026-11-01", "只写到月"),
            ("1,示例甲,女,1990-05-01,,138001500,河东区鲁山道街道,,,是,2026-11-01", "电话"),
            ("1,示例甲,女,1990-05-01,,13800150001,河东区,,,是,2026-11-01", "只写到区"),
        ] {
            let (outcome, said) = read(&[row]).remove(0);
            assert!(outcome == Outcome::Error && said.iter().any(|line| line.contains(words)), "{row}: {said:?}");
        }
        let again = read(&[good, "2,示例乙,女,1991-05-01,,138 0015 0001,河东区鲁山道街道,,,是,2026-11-01"]);
        assert_eq!(again[1].0, Outcome::Duplicate);
        let doubt = read(&["1,示例甲,女,1990-05-01,,13800150001,河东区鲁山道街道,吹口琴,看星星,是,2026-11-01"]);
        assert_eq!(doubt[0].0, Outcome::Warning, "{doubt:?}");
    }
}
