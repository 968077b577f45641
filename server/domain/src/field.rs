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
        let FieldAt { def, name, label } = field.into();
        let verb = match def.kind {
            Kind::Select | Kind::Radios | Kind::Checks | Kind::Tick { .. } => "选择",
            _ => "填写",
        };
        let message = if def.asks.is_empty() { format!("{verb}{label}") } else { def.asks.to_owned() };
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
        self.sound(&field.name, &field.label, &text, max);
        self.gate(&field, &text);
        text
    }

    /// Holds a text that was read elsewhere against the rules that its declaration names.
    pub fn gate(&mut self, field: impl Into<FieldAt>, text: &str) {
        let field = field.into();
        let about = match field.def.gate {
            Gate::Open => return,
            Gate::Organization => About::new(Place::Organization),
            Gate::Household => self.about.clone().unwrap_or_else(|| About::new(Place::Household)),
        };
        self.errors.extend(crate::gate::mistakes(&field.name, &field.label, text, &about));
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
        self.number(&field.name, &field.label, value, min, max)
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
            self.wrong(&field, format!("{}：填写日期，例如2026年11月24日", field.label));
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

    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, message));
    }

    /// Text of one line: trimmed, required, at most `max` characters, without
    /// control, bidirectional or zero-width characters.
    pub fn line(&mut self, field: &str, label: &str, value: &str, max: usize) -> String {
        let text = value
            .split(['\r', '\n', '\t'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        if text.is_empty() {
            self.add(field, format!("填写{label}"));
        }
        self.sound(field, label, &text, max);
        text
    }

    /// As [`Check::line`], but may be empty.
    pub fn line_or_empty(&mut self, field: &str, label: &str, value: &str, max: usize) -> Option<String> {
        let text = value
            .split(['\r', '\n', '\t'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        if text.is_empty() {
            return None;
        }
        self.sound(field, label, &text, max);
        Some(text)
    }

    /// Text of several lines: line ends normalised, required unless `optional`.
    pub fn text(&mut self, field: &str, label: &str, value: &str, max: usize) -> String {
        let text = value.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        if text.is_empty() {
            self.add(field, format!("填写{label}"));
        }
        self.sound(field, label, &text, max);
        text
    }

    /// As [`Check::text`], but may be empty.
    pub fn text_or_empty(&mut self, field: &str, label: &str, value: &str, max: usize) -> Option<String> {
        let text = value.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        if text.is_empty() {
            return None;
        }
        self.sound(field, label, &text, max);
        Some(text)
    }

    fn sound(&mut self, field: &str, label: &str, text: &str, max: usize) {
        let count = text.chars().count();
        if count > max {
            self.add(field, format!("{label}写了{count}个字，最多{max}个字，请删减"));
        }
        if text.chars().any(is_unsound) {
            self.add(field, format!("{label}里有看不见的控制字符，请删去后重新输入"));
        }
    }

    /// A whole number, also in full-width digits.
    pub fn number(&mut self, field: &str, label: &str, value: &str, min: i64, max: i64) -> Option<i64> {
        let text: String = value
            .trim()
            .chars()
            .map(|c| match c {
                '０'..='９' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
                other => other,
            })
            .collect();
        match text.parse::<i64>() {
            Ok(number) if (min..=max).contains(&number) => Some(number),
            _ => {
                self.add(field, format!("{label}：填{min}到{max}之间的整数"));
                None
            }
        }
    }

    /// A calendar day as a date field sends it (`2026-11-24`), also with dots,
    /// slashes or 年月日 typed by hand.
    pub fn day(&mut self, field: &str, label: &str, value: &str) -> Option<chrono::NaiveDate> {
        let day = parse_day(value);
        if day.is_none() {
            self.add(field, format!("{label}：填写日期，例如2026年11月24日"));
        }
        day
    }

    /// As [`Check::day`], but may be empty.
    pub fn day_or_empty(&mut self, field: &str, label: &str, value: &str) -> Option<chrono::NaiveDate> {
        if value.trim().is_empty() { None } else { self.day(field, label, value) }
    }

    /// One of a closed list.
    pub fn one_of<T: std::str::FromStr>(&mut self, field: &str, label: &str, value: &str) -> Option<T> {
        let parsed = value.trim().parse().ok();
        if parsed.is_none() {
            self.add(field, format!("选择{label}"));
        }
        parsed
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

/// A calendar day in the ways people type it; `None` when it is no day.
pub fn parse_day(value: &str) -> Option<chrono::NaiveDate> {
    let text: String = value
        .trim()
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
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

    #[test]
    fn every_mistake_is_kept() {
        let mut check = Check::new();
        check.line("title", "标题", " \r\n ", 10);
        check.number("quantity", "数量", "两顿", 1, 21);
        assert_eq!(check.number("quantity", "数量", "１４", 1, 21), Some(14));
        let errors = check.done().unwrap_err();
        assert_eq!(errors.len(), 2);
        assert_eq!(errors[1].message, "数量：填1到21之间的整数");
    }

    #[test]
    fn pasted_line_breaks_become_spaces_and_rare_han_stays() {
        let mut check = Check::new();
        assert_eq!(check.line("title", "标题", "𠮷老人\r\n送餐 😀", 20), "𠮷老人 送餐 😀");
        check.line("title", "标题", "看不见\u{202E}的", 20);
        assert_eq!(check.done().unwrap_err().len(), 1);
    }
}
