//! The single cells of a needs row.

use chrono::NaiveDate;
use domain::need::{NeedKind, Sex, Source, Urgency};
use domain::phone::Phone;
use domain::resident_id::{ResidentId, ResidentIdError};
use domain::text;
use domain::vocabulary::{self, Labels};

use super::super::amount::{self, Quantity};
use super::super::day::{self, PartialDate, Period, PeriodError, Written};
use super::super::field::Field;
use super::super::grid::{Cell, is_nil};
use super::super::issue::{Issue, Reason, Severity};
use super::Reading;

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

    fn not_understood(&mut self, field: Field) {
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
                self.warn(Field::Sex, Reason::SexDiffersFromId)
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

    /// A designation of villages makes a village's need, whatever the cell says.
    pub(super) fn target(&mut self, codes: &[String]) -> NeedKind {
        if codes.iter().any(|code| {
            vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_village)
        }) {
            return NeedKind::Village;
        }
        match self
            .cell(Field::Target)
            .map(|cell| text::squeeze(&cell.text()))
            .as_deref()
        {
            Some("村" | "村级" | "困难村" | "村集体") => NeedKind::Village,
            None | Some("个案" | "户" | "家庭" | "个人" | "人" | "困难群众" | "困难家庭") => {
                NeedKind::Household
            }
            Some(_) => {
                self.not_understood(Field::Target);
                NeedKind::Household
            }
        }
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
            Written::Year(_) | Written::Impossible => return self.no_date(Reason::BadDate),
            Written::NotADate if *cell == Cell::Error => return self.no_date(Reason::FormulaError),
            Written::NotADate => return self.no_date(Reason::BadDate),
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

    /// An empty cell is 一般; a table without the column says nothing.
    pub(super) fn urgency(&mut self) -> Option<Urgency> {
        let Some(cell) = self.cell(Field::Urgency) else {
            return self.header.has(Field::Urgency).then_some(Urgency::Normal);
        };
        match text::squeeze(&cell.text()).to_ascii_lowercase().as_str() {
            "24h" | "24小时" | "24小时内" | "24h内" | "特急" | "紧急" | "急难" | "加急" | "急"
            | "非常紧急" | "十分紧急" | "是" => Some(Urgency::Urgent),
            "一般" | "普通" | "不急" | "正常" | "常规" | "非紧急" | "不紧急" | "否" => {
                Some(Urgency::Normal)
            }
            _ => {
                self.not_understood(Field::Urgency);
                None
            }
        }
    }

    pub(super) fn source(&mut self) -> Option<Source> {
        let words = text::squeeze(&self.cell(Field::Source)?.text());
        match words.as_str() {
            "救急难平台"
            | "救急难"
            | "市救急难平台"
            | "救急难平台推送"
            | "市平台"
            | "天津市救急难平台" => Some(Source::Platform),
            "热线" | "热线12345" | "12345热线" | "12345" | "市民热线12345" | "市民热线"
            | "12345市民热线" | "12349" | "12349热线" | "热线12349" | "救助热线"
            | "政务服务热线" => Some(Source::Hotline),
            "直通车"
            | "微信码"
            | "直通车微信码"
            | "微信"
            | "扫码"
            | "救助直通车"
            | "社会救助直通车"
            | "二维码" => Some(Source::Qr),
            "走访" | "网格员走访" | "入户走访" | "网格员" | "入户" | "走访排查" | "主动发现"
            | "网格员上报" | "摸排" | "排查" | "入户排查" | "社区走访" => {
                Some(Source::Patrol)
            }
            "社会组织" | "社会组织转介" | "机构转介" | "社会组织推荐" | "社会组织上报" => {
                Some(Source::Organization)
            }
            _ => {
                self.not_understood(Field::Source);
                None
            }
        }
    }

    pub(super) fn quantity(&mut self) -> Option<Quantity> {
        let quantity = amount::quantity(&self.cell(Field::Quantity)?.text());
        if quantity.is_none() {
            self.not_understood(Field::Quantity);
        }
        quantity
    }

    pub(super) fn period(&mut self) -> Option<Period> {
        match day::period(self.cell(Field::Period)?) {
            Ok(period) => return Some(period),
            Err(PeriodError::NotUnderstood) => self.not_understood(Field::Period),
            Err(PeriodError::Impossible) => self.error(Field::Period, Reason::BadDate),
            Err(PeriodError::Reversed) => self.error(Field::Period, Reason::PeriodReversed),
        }
        None
    }

    pub(super) fn status(&mut self) -> Option<String> {
        let status = self.text(Field::LedgerStatus, 100)?;
        if is_closed(&text::squeeze(&status)) {
            self.warn(Field::LedgerStatus, Reason::ClosedStatus);
        }
        Some(status)
    }
}

/// Words of the office for a need that is over.
fn is_closed(status: &str) -> bool {
    const ENDS: &[&str] = &[
        "办结",
        "解决",
        "帮扶",
        "完成",
        "结案",
        "销号",
        "关闭",
        "终止",
        "撤销",
        "取消",
        "办理完毕",
        "落实",
        "救助",
    ];
    ENDS.contains(&status)
        || status.strip_prefix('已').is_some_and(|rest| {
            ENDS.iter()
                .any(|end| rest.starts_with(end) || rest.ends_with(end))
        })
        || matches!(status, "不再需要" | "结束" | "办毕")
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

/// All numbers of a cell; none if one of them is no whole number. Whose they are may stand beside them.
fn read_phones(text: &str) -> Option<Vec<Phone>> {
    let folded = text::nfkc(&text::strip_invisible(text));
    let mut plain = String::new();
    let mut rest = folded.as_str();
    // （儿子） goes, （022） stays.
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')') else {
            break;
        };
        plain.push_str(&rest[..open]);
        let inside = &rest[open + 1..open + close];
        if inside
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace())
        {
            plain.push_str(inside);
            plain.push('-');
        } else {
            plain.push(' ');
        }
        rest = &rest[open + close + 1..];
    }
    plain.push_str(rest);
    let parts = |separators: &[char]| -> Vec<String> {
        plain
            .split(|c: char| separators.contains(&c))
            .map(|part| {
                part.trim_matches(|c: char| text::is_han(c) || c.is_whitespace() || c == ':')
                    .to_owned()
            })
            .filter(|part| !part.is_empty())
            .collect()
    };
    let whole = |parts: Vec<String>| -> Option<Vec<Phone>> {
        let phones: Option<Vec<Phone>> = parts.iter().map(|part| Phone::parse(part).ok()).collect();
        phones.filter(|phones| !phones.is_empty())
    };
    const SIGNS: &[char] = &['/', '、', ',', ';', '\n', '\r', '|', '\\', '或', '。'];
    const WITH_SPACES: &[char] = &[
        '/', '、', ',', ';', '\n', '\r', '|', '\\', '或', '。', ' ', '\t',
    ];
    whole(parts(SIGNS)).or_else(|| whole(parts(WITH_SPACES)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        let of = |text| {
            read_phones(text).map(|phones| {
                phones
                    .iter()
                    .map(|p| p.as_str().to_owned())
                    .collect::<Vec<_>>()
                    .join(",")
            })
        };
        for text in [
            "13800004249（儿子）",
            "儿子：13800004249",
            "138 0000 4249",
            "+86 13800004249",
        ] {
            assert_eq!(of(text).as_deref(), Some("13800004249"), "{text}");
        }
        for text in [
            "13800004215/13800004073",
            "13800004215\n13800004073",
            "13800004215 13800004073",
            "13800004215、女儿13800004073",
        ] {
            assert_eq!(
                of(text).as_deref(),
                Some("13800004215,13800004073"),
                "{text}"
            );
        }
        assert_eq!(of("（022）00004765").as_deref(), Some("022-00004765"));
        for text in [
            "1380000254",
            "138000007180",
            "138****0182",
            "1.38E+10",
            "同上",
            "13800004215/1380000",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn words() {
        assert!(is_scientific("1.20114E+17"));
        assert!(!is_scientific("12O114"));
        for text in ["已办结", "已解决", "已帮扶", "办结"] {
            assert!(is_closed(text), "{text}");
        }
        for text in ["未解决", "转2026年", "已登记", "待对接", "重复?"] {
            assert!(!is_closed(text), "{text}");
        }
    }
}
