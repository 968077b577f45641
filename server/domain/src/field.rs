//! A mistake in something typed: which field, and how to mend it.

use crate::form::{FieldAt, Gate, Kind, Typed};
use crate::gate::{About, Place};
use serde::{Deserialize, Serialize};

/// One mistake. `field` is the form field's name (`lines.0.quantity`),
/// `message` a Chinese sentence that names the field and the mend and never
/// repeats private values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
    /// Stretches of the text that the publish gate refuses, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// A stretch of a text, in characters from its first: where, not what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub start: usize,
    pub end: usize,
    pub rule: crate::gate::Rule,
}

impl FieldError {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), marks: Vec::new() }
    }
}

/// Collects every mistake of a form, so that one submit shows all of them.
#[derive(Clone, Debug, Default)]
pub struct Check {
    errors: Vec<FieldError>,
    /// What is known of the household that the texts tell of.
    about: Option<About>,
}

/// Reads the one field of a form that has no other.
pub fn only(field: impl Into<FieldAt>, typed: &(impl Typed + ?Sized)) -> Result<String, Vec<FieldError>> {
    let mut check = Check::new();
    let text = check.read(field, typed);
    check.done()?;
    Ok(text)
}

/// As [`only`]; `None` where it was left empty.
pub fn only_some(field: impl Into<FieldAt>, typed: &(impl Typed + ?Sized)) -> Result<Option<String>, Vec<FieldError>> {
    Ok(Some(only(field, typed)?).filter(|text| !text.is_empty()))
}

impl Check {
    pub fn new() -> Self {
        Self::default()
    }

    /// Texts about a household are held against this: its kind, its file.
    #[must_use]
    pub fn about(about: About) -> Self {
        Self { about: Some(about), ..Self::default() }
    }

    /// Says what is wrong with a field.
    pub fn wrong(&mut self, field: impl Into<FieldAt>, message: impl Into<String>) {
        self.errors.push(FieldError::new(field.into().name, message));
    }

    /// Says that a field was left empty.
    pub fn missing(&mut self, field: impl Into<FieldAt>) {
        let FieldAt { def, name, label, whose } = field.into();
        let verb = match def.kind {
            Kind::Select | Kind::Radios | Kind::Checks | Kind::Tick { .. } => "选择",
            _ => "填写",
        };
        let asks = if def.asks.is_empty() { format!("{verb}{label}") } else { def.asks.to_owned() };
        let message = if whose.is_empty() { asks } else { format!("{whose}：{asks}") };
        self.errors.push(FieldError::new(name, message));
    }

    /// A text, as its declaration has it: trimmed, of one line or with line ends normalised, not longer than it may
    /// be, without control, bidirectional or zero-width characters, and through the publish gate. Empty only where it
    /// is optional.
    pub fn read(&mut self, field: impl Into<FieldAt>, typed: &(impl Typed + ?Sized)) -> String {
        let field = field.into();
        let value = typed.typed(&field.name);
        let (text, max) = match field.def.kind {
            Kind::Text { max, .. } => (value.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned(), max),
            Kind::Line { max } => (one_line(value), max),
            _ => (one_line(value), usize::MAX),
        };
        if text.is_empty() {
            if field.def.required {
                self.missing(&field);
            }
            return text;
        }
        self.sound(&field, &text, max);
        self.gate(&field, &text);
        text
    }

    /// Holds a text that was read elsewhere against the rules that its declaration names.
    pub fn gate(&mut self, field: impl Into<FieldAt>, text: &str) {
        let field = field.into();
        let about = match field.def.gate {
            Gate::Open => return,
            Gate::Organization => About::new(Place::Organization),
            // Without a file the text speaks of what can be done, or goes between an office and those it has let in:
            // names of illnesses may stand.
            Gate::Household => {
                self.about.clone().unwrap_or_else(|| About { illness_may_stand: true, ..About::new(Place::Household) })
            }
        };
        self.errors.extend(crate::gate::mistakes(&field.name, &field.full_label(), text, &about));
    }

    /// As [`Check::read`]; `None` where it was left empty.
    pub fn read_some(&mut self, field: impl Into<FieldAt>, typed: &(impl Typed + ?Sized)) -> Option<String> {
        Some(self.read(field, typed)).filter(|text| !text.is_empty())
    }

    /// A whole number, also in full-width digits, within its limits.
    pub fn whole(&mut self, field: impl Into<FieldAt>, typed: &(impl Typed + ?Sized)) -> Option<i64> {
        let field = field.into();
        let value = typed.typed(&field.name);
        if value.trim().is_empty() && !field.def.required {
            return None;
        }
        let (min, max) = match field.def.kind {
            Kind::Number { min, max } => (min, max),
            _ => (i64::MIN, i64::MAX),
        };
        let digits: String = value.trim().chars().map(plain_digit).collect();
        let number = digits.parse().ok().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.wrong(&field, format!("{}：填{min}到{max}之间的整数", field.full_label()));
        }
        number
    }

    /// A calendar day as a date field sends it (`2026-11-24`), also with dots, slashes or 年月日 typed by hand.
    pub fn date(&mut self, field: impl Into<FieldAt>, typed: &(impl Typed + ?Sized)) -> Option<chrono::NaiveDate> {
        let field = field.into();
        let value = typed.typed(&field.name);
        if value.trim().is_empty() && !field.def.required {
            return None;
        }
        let day = parse_day(value);
        if day.is_none() {
            self.wrong(&field, format!("{}：填写日期，例如2026年11月24日", field.full_label()));
        }
        day
    }

    /// One of a closed list.
    pub fn choice<T: std::str::FromStr>(
        &mut self,
        field: impl Into<FieldAt>,
        typed: &(impl Typed + ?Sized),
    ) -> Option<T> {
        let field = field.into();
        let value = typed.typed(&field.name).trim();
        let parsed = value.parse().ok();
        if parsed.is_none() && (field.def.required || !value.is_empty()) {
            self.missing(&field);
        }
        parsed
    }

    fn sound(&mut self, field: &FieldAt, text: &str, max: usize) {
        let (label, count) = (field.full_label(), text.chars().count());
        if count > max {
            self.wrong(field, format!("{label}写了{count}个字，最多{max}个字，请删减"));
        }
        if text.chars().any(is_unsound) {
            self.wrong(field, format!("{label}里有看不见的控制字符，请删去后重新输入"));
        }
    }

    pub fn is_ok(&self) -> bool {
        self.errors.is_empty()
    }

    pub fn extend(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// `Ok` when no mistake was found.
    pub fn done(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// Pasted line breaks and tabs become spaces.
fn one_line(value: &str) -> String {
    value.split(['\r', '\n', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Control, bidirectional and zero-width characters have no place in a field
/// (line feeds and tabs apart).
pub fn is_unsound(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}')
}

fn plain_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// A calendar day in the ways people type it; `None` when it is no day.
pub fn parse_day(value: &str) -> Option<chrono::NaiveDate> {
    let text: String = value
        .trim()
        .chars()
        .map(|c| match plain_digit(c) {
            '年' | '月' | '/' | '.' | '－' | '．' => '-',
            other => other,
        })
        .filter(|c| *c != '日')
        .collect();
    let mut parts = text.split('-').map(str::trim);
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    if parts.next().is_some() || !(1900..=2200).contains(&year) {
        return None;
    }
    chrono::NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FieldDef;
    use crate::gate::Sealed;

    #[test]
    fn days_as_people_type_them() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 3);
        for text in ["2026-11-03", "2026.11.3", "2026/11/3", "2026年11月3日", "２０２６－１１－３"] {
            assert_eq!(parse_day(text), day, "{text}");
        }
        for text in ["", "2026-11-31", "11-3", "26-11-3", "2026-11-3-1", "明天"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }

    const TITLE: FieldDef = FieldDef::line("title", "标题", 20);
    const QUANTITY: FieldDef = FieldDef::number("lines.*.quantity", "数量", 1, 21);

    #[test]
    fn every_mistake_is_kept() {
        let mut check = Check::new();
        check.read(TITLE, " \r\n ");
        check.whole(QUANTITY.at(0), "两顿");
        check.whole(QUANTITY.at(1).of("第2项"), "两顿");
        assert_eq!(check.whole(QUANTITY.at(2), "１４"), Some(14));
        let errors = check.done().unwrap_err();
        let said: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.message.as_str())).collect();
        assert_eq!(
            said,
            [
                ("title", "填写标题"),
                ("lines.0.quantity", "数量：填1到21之间的整数"),
                ("lines.1.quantity", "第2项的数量：填1到21之间的整数"),
            ]
        );
    }

    #[test]
    fn what_is_optional_may_be_empty_and_what_is_typed_must_be_right() {
        let mut check = Check::new();
        assert_eq!(check.read_some(TITLE.optional(), " "), None);
        assert_eq!(check.whole(QUANTITY.optional(), ""), None);
        let day = FieldDef::day("day", "日期").optional();
        assert_eq!((check.date(day, ""), check.is_ok()), (None, true));
        check.date(day, "明天");
        assert_eq!(check.done().unwrap_err()[0].message, "日期：填写日期，例如2026年11月24日");
    }

    #[test]
    fn a_choice_is_asked_for_in_the_words_of_the_form() {
        let asked = |field: FieldDef| {
            let mut check = Check::new();
            check.choice::<bool>(FieldAt::from(field).of("第1项"), "");
            check.done().unwrap_err().remove(0).message
        };
        assert_eq!(asked(FieldDef::select("per", "多久一次")), "第1项：选择多久一次");
        assert_eq!(asked(FieldDef::radios("urgency", "是不是急难").asks("选择是否急难")), "第1项：选择是否急难");
    }

    #[test]
    fn a_text_passes_the_gate_that_it_was_declared_for() {
        let text = "请打13800000001";
        let refused = |field: FieldDef| only(field, text).is_err();
        assert!(!refused(TITLE));
        assert!(refused(TITLE.about_household()) && refused(TITLE.about_organization()));
        let mut check = Check::about(About {
            sealed: Sealed { names: vec!["示例甲".into()], ..Sealed::default() },
            ..About::new(Place::Household)
        });
        check.read(TITLE.about_household(), "示例甲老人独居");
        assert!(!check.is_ok(), "the sealed file's own name");
    }

    #[test]
    fn pasted_line_breaks_become_spaces_and_rare_han_stays() {
        let mut check = Check::new();
        assert_eq!(check.read(TITLE, "𠮷老人\r\n送餐 😀"), "𠮷老人 送餐 😀");
        check.read(TITLE, "看不见\u{202E}的");
        assert_eq!(check.done().unwrap_err().len(), 1);
    }
}
