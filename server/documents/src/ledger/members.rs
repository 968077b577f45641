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

use super::day::PartialDate;
use super::field::Field;
use super::header::Words;
use super::issue::{Reason, Severity};
use super::read::{Kind, Verdict};
use super::reading::Reading;
use super::same::Place;
use super::words::member_field;

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
    /// Codes in the order of the vocabulary.
    pub service_categories: Vec<String>,
    /// When the person agreed to be entered.
    pub consented_on: Option<NaiveDate>,
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
    const WORDS: Words = member_field;
    const KEYS: &'static [Field] = &[Field::Phone];
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
        let birth = self.birth(id_number.as_ref());
        let sex = self.sex(id_number.as_ref());
        if sex.is_none() && self.cell(Field::Sex).is_none() {
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
            service_categories: self.wished(),
            consented_on: self.consent(),
            remark: self.text(Field::Remark, 500),
            words: BTreeMap::new(),
        };
        self.note_hidden();
        MemberValues { words: std::mem::take(&mut self.words), ..values }
    }

    /// The day written, or that of the identity number; the young are entered by their guardians alone.
    fn birth(&mut self, id: Option<&ResidentId>) -> Option<NaiveDate> {
        let written = match self.past_date(Field::BirthOn, false) {
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
            None if self.cell(Field::BirthOn).is_none() => self.error(Field::BirthOn, Reason::Missing),
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
        if strange {
            self.not_understood(Field::Skills);
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

    /// The day on which the person agreed; without a word of consent the row is not taken.
    fn consent(&mut self) -> Option<NaiveDate> {
        let agreed = self.cell(Field::Consent).is_some_and(|cell| {
            matches!(
                text::squeeze(&cell.text()).as_str(),
                "是" | "同意" | "已同意" | "本人同意" | "有" | "√" | "Y" | "y" | "已签" | "已签字"
            )
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
