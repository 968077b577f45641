//! One need as typed into the form: who, what, file and consent, from the texts.

use super::cast::{Cast, Street};
use super::people;
use super::random::Chance;
use super::texts::Texts;
use chrono::{Days, NaiveDate};
use domain::division::Divisions;
use domain::need::{AgeBand, Sex};
use services::Fields;

/// Groups of persons with texts and services of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persona {
    Elder,
    Disabled,
    Child,
    Emergency,
    Expense,
    Family,
    /// Women and elders left behind in villages.
    Rural,
    Village,
}

impl Persona {
    const fn key(self) -> &'static str {
        match self {
            Self::Elder => "elder",
            Self::Disabled => "disabled",
            Self::Child => "child",
            Self::Emergency => "emergency",
            Self::Expense => "expense",
            Self::Family => "family",
            Self::Rural => "rural",
            Self::Village => "village",
        }
    }

    /// Services asked, the frequent ones several times.
    const fn services(self) -> &'static [&'static str] {
        match self {
            Self::Elder => &[
                "B01", "B01", "B01", "B02", "B02", "B03", "B04", "A01", "A02", "A02", "A05", "C01", "C01", "C03",
                "B07", "F02",
            ],
            Self::Disabled => &["A01", "A03", "A03", "B02", "B03", "B04", "A02", "B07", "B07", "C04", "C05", "B01"],
            Self::Child => &["C07", "C07", "C07", "C02", "C02", "F02", "C05", "C04"],
            Self::Emergency => &["B01", "F02", "F02", "A02", "C02", "D05", "A01", "B06"],
            Self::Expense => &["A02", "A02", "D05", "C06", "C02", "F02", "A01", "D02", "D06"],
            Self::Family => &["C05", "C06", "D05", "C07", "F02", "B07", "D02", "D06"],
            Self::Rural => &["C01", "C03", "C05", "C02", "B02", "A05", "C04"],
            Self::Village => &["E01", "E02", "E02", "E03", "E04", "E04", "E05", "E06", "E07", "E07", "E08"],
        }
    }
}

/// How much of a service is asked: quantity, unit, per.
const fn amounts(service: &str) -> &'static [(i64, &'static str, &'static str)] {
    match service.as_bytes() {
        b"B01" => &[(7, "餐", "week"), (14, "餐", "week"), (5, "餐", "week"), (10, "餐", "week"), (6, "餐", "week")],
        b"B02" => &[(2, "次", "month"), (1, "次", "week"), (4, "次", "month"), (1, "次", "month")],
        b"B03" => &[(2, "次", "month"), (4, "次", "month"), (1, "次", "week")],
        b"B04" => &[(4, "次", "month"), (2, "次", "week"), (8, "次", "month")],
        b"A01" => &[(6, "小时", "week"), (10, "小时", "week"), (4, "小时", "week"), (20, "小时", "month")],
        b"A02" => &[(2, "次", "month"), (1, "次", "month"), (6, "次", "total"), (3, "次", "month")],
        b"A03" => &[(2, "次", "week"), (3, "次", "week"), (8, "次", "month")],
        b"A05" => &[(2, "次", "month"), (1, "次", "month")],
        b"B06" => &[(2, "次", "total"), (3, "次", "total")],
        b"B07" => &[(1, "处", "total"), (2, "处", "total"), (3, "处", "total")],
        b"C01" => &[(2, "次", "week"), (1, "次", "week"), (4, "次", "month")],
        b"C02" => &[(6, "次", "total"), (8, "次", "total"), (2, "次", "month")],
        b"C03" => &[(1, "次", "week"), (2, "次", "month")],
        b"C04" => &[(2, "次", "month"), (6, "次", "total")],
        b"C05" => &[(12, "课时", "total"), (8, "次", "total"), (20, "课时", "total")],
        b"C06" => &[(1, "项", "total"), (2, "项", "total")],
        b"C07" => &[(2, "次", "week"), (1, "次", "week"), (3, "次", "week")],
        b"D02" => &[(6, "次", "total"), (2, "次", "month")],
        b"D05" => &[(1, "件", "total"), (2, "件", "total")],
        b"D06" => &[(1, "件", "total")],
        b"F02" => &[(1, "套", "total"), (2, "件", "total"), (3, "件", "total")],
        b"E01" | b"E03" | b"E07" => &[(4, "次", "year"), (6, "次", "total"), (2, "期", "total")],
        b"E02" | b"E08" => &[(1, "项", "total"), (2, "项", "total")],
        b"E04" | b"E06" => &[(2, "处", "total"), (1, "项", "total"), (3, "处", "total")],
        b"E05" => &[(1, "场", "month"), (6, "场", "total")],
        _ => &[(1, "次", "month")],
    }
}

/// A need to be entered.
pub struct Wish {
    pub fields: Fields,
    pub division: String,
    pub services: Vec<&'static str>,
    pub minor: bool,
    pub village: bool,
    pub until: NaiveDate,
}

/// What is already decided about a need.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub persona: Persona,
    pub urgent: bool,
    pub consent: Consent,
    /// Days from the entry to the end of validity.
    pub days: u64,
    /// At the place of the street's village worker.
    pub at_worker: bool,
    /// A number of times in all, by an end day, not so many a week or month.
    pub once: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    Given,
    /// Ends after thirty days.
    Short,
    Absent,
}

/// Whose writing and asking it is.
pub struct Writer<'a> {
    pub texts: &'a mut Texts,
    pub chance: &'a Chance,
    pub divisions: &'a Divisions,
}

impl Writer<'_> {
    /// Writes a need of a street as of a day.
    pub fn wish(&mut self, cast: &Cast, street: usize, day: NaiveDate, order: Order) -> Wish {
        let office = &cast.streets[street];
        let persona = order.persona;
        let division = self.place(office, order);
        // head | age bands | categories | text | services | traits
        let situation: Vec<&str> = self.texts.draw(persona.key(), self.chance).split('|').map(str::trim).collect();
        let part = |at: usize| situation.get(at).copied().unwrap_or_default();
        let (head, ages, codes, text) = (part(0), part(1), part(2), part(3));
        let mut fields = Fields::new();
        let mut put = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
        let village = persona == Persona::Village;
        put("kind", if village { "village" } else { "household" });
        put("division_code", &division);
        let (source, number) = self.source(day);
        put("source", source);
        put("source_no", &number);
        put("urgency", if order.urgent { "urgent" } else { "normal" });
        let district = &cast.districts[office.district].name;
        let minor = ages.split(',').any(|age| age.parse::<AgeBand>().is_ok_and(AgeBand::is_minor));
        let codes: Vec<&str> = codes.split(',').collect();
        let code = *self.chance.pick(&codes);
        put("beneficiary", code);
        let (decided, by) = match code {
            "CUN_KN" => (NaiveDate::from_ymd_opt(2017, 9, 20), format!("{district}结对帮扶困难村工作领导小组")),
            "CUN_BR" => (NaiveDate::from_ymd_opt(2021, 7, 30), format!("{district}农业农村委员会")),
            _ => (day.checked_sub_days(Days::new(40 + self.days(900))), format!("{district}民政局")),
        };
        if let Some(decided) = decided {
            put(&format!("decided_on.{code}"), &decided.to_string());
        }
        put(&format!("decided_by.{code}"), &by);
        let sex = if code == "LSFN" || self.chance.percent(50) { Sex::Female } else { Sex::Male };
        let mut marks = vec![persona.key(), sex.as_str()];
        marks.extend(part(5).split(','));
        let fitting: Vec<&'static str> = match part(4) {
            "" => persona.services().to_vec(),
            list => list.split(',').collect(),
        };
        let (services, titles, details) = self.services(&fitting, &marks);
        let until = day + Days::new(order.days);
        for (position, service) in services.iter().enumerate() {
            let (mut quantity, unit, mut per) = *self.chance.pick(amounts(service));
            if order.once && per != "total" {
                (quantity, per) = (self.chance.between(3, 7), "total");
            }
            put(&format!("lines.{position}.service"), service);
            put(&format!("lines.{position}.quantity"), &quantity.to_string());
            put(&format!("lines.{position}.unit"), unit);
            put(&format!("lines.{position}.per"), per);
            if order.once || (!order.urgent && self.chance.percent(45)) {
                put(&format!("lines.{position}.starts_on"), &(day + Days::new(3 + self.days(12))).to_string());
                put(&format!("lines.{position}.ends_on"), &until.to_string());
            }
            if position > 0 && self.chance.percent(35) {
                put(&format!("lines.{position}.note"), self.texts.draw("note", self.chance));
            }
        }
        put("title", &format!("{head}：{}", titles.join("、")).chars().take(40).collect::<String>());
        put("description", &format!("{text}{}", details.join("")));
        if self.chance.percent(70) {
            put(
                "requirements",
                self.texts.draw_or(&format!("requirements:{}", persona.key()), "requirements", self.chance),
            );
        }
        put("aid_given", self.texts.draw(&format!("aid:{}", persona.key()), self.chance));
        put("gap", self.texts.draw(&format!("gap:{}", persona.key()), self.chance));
        put("valid_until", &until.to_string());
        if !village {
            let ages: Vec<&str> = ages.split(',').collect();
            let band = self.chance.pick::<&str>(&ages);
            put("age_band", band);
            put("sex", sex.as_str());
            self.file(&mut put, &division, sex, persona, minor, head);
            self.consent(&mut put, day, minor, order.consent);
        }
        Wish { fields, division, services, minor, village, until }
    }

    fn days(&self, most: i64) -> u64 {
        u64::try_from(self.chance.between(0, most)).unwrap_or_default()
    }

    fn place(&self, office: &Street, order: Order) -> String {
        if order.at_worker
            && let Some((place, _)) = &office.worker
        {
            return place.clone();
        }
        let own = format!("{}000", office.code);
        match order.persona {
            Persona::Village | Persona::Rural if !office.villages.is_empty() => {
                self.chance.pick(&office.villages).clone()
            }
            _ if self.chance.percent(35) || office.communities.is_empty() => own,
            _ => self.chance.pick(&office.communities).clone(),
        }
    }

    fn source(&self, day: NaiveDate) -> (&'static str, String) {
        let number = self.chance.between(100, 99_999);
        match self.chance.below(20) {
            0..10 => ("platform", format!("JJN{}{number:05}", day.format("%Y%m%d"))),
            10..13 => ("hotline", format!("RX{}{number:05}", day.format("%y%m%d"))),
            13..15 => ("qr", format!("ZTC-{number:05}")),
            15..19 => ("patrol", String::new()),
            _ => ("organization", String::new()),
        }
    }

    /// One to three services with their short titles and what is needed.
    fn services(
        &mut self,
        fitting: &[&'static str],
        marks: &[&str],
    ) -> (Vec<&'static str>, Vec<&'static str>, Vec<&'static str>) {
        let count = match self.chance.below(20) {
            0..12 => 1,
            12..18 => 2,
            _ => 3,
        };
        let different = fitting.iter().collect::<std::collections::BTreeSet<_>>().len();
        let (mut codes, mut titles, mut details): (Vec<&str>, Vec<&str>, Vec<&str>) =
            (Vec::new(), Vec::new(), Vec::new());
        while codes.len() < count.min(different) {
            let service = *self.chance.pick(fitting);
            if codes.contains(&service) {
                continue;
            }
            // title | text | marks
            let mut parts = self.texts.draw_fitting(service, marks, self.chance).splitn(3, '|');
            let (title, text) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            codes.push(service);
            titles.push(title.trim());
            if details.len() < 2 {
                details.push(text.trim());
            }
        }
        (codes, titles, details)
    }

    fn file(
        &mut self,
        put: &mut impl FnMut(&str, &str),
        division: &str,
        sex: Sex,
        persona: Persona,
        minor: bool,
        head: &str,
    ) {
        let name = people::name(self.chance);
        put("name", &name);
        put("id_number", &people::id_number(self.chance, &division[..6], sex));
        put("phone", &people::phone(self.chance));
        if self.chance.percent(25) {
            put("other_phones", &people::phone(self.chance));
        }
        let rural = self.divisions.get(division).is_some_and(|d| d.kind.is_rural());
        put("address", &people::address(self.chance, &self.divisions.spoken_name(division), rural));
        let alone = head.contains("独居") || head.contains("一个人");
        put("household_size", &if alone { 1 } else { self.chance.between(2, 5) }.to_string());
        if minor {
            put("guardian", &people::name(self.chance));
        }
        if self.chance.percent(60) {
            put("health_notes", self.texts.draw_or(&format!("health:{}", persona.key()), "health", self.chance));
        }
    }

    fn consent(&mut self, put: &mut impl FnMut(&str, &str), day: NaiveDate, minor: bool, consent: Consent) {
        if consent == Consent::Absent {
            return;
        }
        let channel = match (minor, self.chance.below(10)) {
            (true, _) => "guardian",
            (false, 0..6) => "paper",
            (false, 6..8) => "phone",
            _ => "in_person",
        };
        let number = self.chance.between(1, 999);
        let evidence = match channel {
            "phone" => format!("录音第{number}号"),
            "in_person" => "社区两位工作人员见证".to_owned(),
            _ => format!("同意书第{number}号"),
        };
        let until = day + Days::new(if consent == Consent::Short { 30 } else { 400 });
        put("consent", "1");
        put("consent_channel", channel);
        put("consent_evidence", &evidence);
        put("consent_given_on", &day.to_string());
        put("consent_valid_until", &until.to_string());
    }
}
