//! Dates and periods as offices write them.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use domain::text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::amount::chinese_number;
use super::grid::Cell;

/// A day, or only a month where no day is written. `2026-11-03`, `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartialDate {
    Day(NaiveDate),
    /// The first day of the month stands for it.
    Month(NaiveDate),
}

impl PartialDate {
    /// The day itself, or the first of the month.
    pub fn first_day(self) -> NaiveDate {
        match self {
            Self::Day(day) | Self::Month(day) => day,
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Month(day) => write!(f, "{}", day.format("%Y-%m")),
        }
    }
}

impl FromStr for PartialDate {
    type Err = chrono::ParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 7 {
            format!("{text}-01").parse().map(Self::Month)
        } else {
            text.parse().map(Self::Day)
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// What a written date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Day(NaiveDate),
    Month(NaiveDate),
    /// The first day of the year.
    Year(NaiveDate),
    /// Month and day without a year.
    NoYear(u32, u32),
    /// A number that Excel may have shortened: 11.3 for 11.30.
    Unclear,
    /// Looks like a date, but there is no such day: 11月31日.
    Impossible,
    NotADate,
}

/// Reads a date out of a cell.
pub(crate) fn read(cell: &Cell) -> Written {
    match cell {
        Cell::Date(day) => Written::Day(*day),
        Cell::Number(number) => of_number(*number),
        Cell::Text(text) => of_text(text),
        Cell::Bool(_) | Cell::Error => Written::NotADate,
    }
}

/// A serial, 20261103, or month and day with a point between them.
fn of_number(number: f64) -> Written {
    if number.fract() == 0.0 && (36_526.0..73_051.0).contains(&number) {
        return serial(number);
    }
    let text = format!("{number}");
    if number.fract() == 0.0 {
        return if text.len() == 8 {
            of_text(&text)
        } else {
            Written::NotADate
        };
    }
    // A serial with a time of day.
    if (36_526.0..73_051.0).contains(&number) {
        return serial(number.trunc());
    }
    let Some((whole, fraction)) = text.split_once('.') else {
        return Written::NotADate;
    };
    match (whole.len(), fraction.len()) {
        // 11.3 may have been typed 11.30, and 2026.1 may have been typed 2026.10.
        (1 | 2 | 4, 1) => Written::Unclear,
        (1 | 2, 2) | (4, 2) => of_text(&text),
        _ => Written::NotADate,
    }
}

/// Days since 1899-12-30, 2000 to 2099.
fn serial(number: f64) -> Written {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked against the bounds"
    )]
    let days = Days::new(number as u64);
    NaiveDate::from_ymd_opt(1899, 12, 30)
        .and_then(|start| start.checked_add_days(days))
        .map_or(Written::NotADate, Written::Day)
}

/// Reads a date out of text.
pub(crate) fn of_text(text: &str) -> Written {
    let folded = text::nfkc(&text::strip_invisible(text));
    let folded = folded.trim().trim_start_matches('\'').trim_start();
    // Groups of digits, each with what follows it up to the next one.
    let mut groups: Vec<(String, String)> = Vec::new();
    for c in folded.chars() {
        match (c.is_ascii_digit(), groups.last_mut()) {
            (true, Some((digits, after))) if after.is_empty() => digits.push(c),
            (true, _) => groups.push((c.to_string(), String::new())),
            (false, Some((_, after))) => after.push(c),
            (false, None) => return Written::NotADate,
        }
    }
    let parts: Vec<(u32, usize, String)> = groups
        .iter()
        .map(|(digits, after)| {
            (
                digits.parse().unwrap_or(u32::MAX),
                digits.len(),
                text::squeeze(after),
            )
        })
        .collect();
    match parts.as_slice() {
        [(number, 8, after)] if after.is_empty() => {
            day(number / 10_000, number / 100 % 100, number % 100)
        }
        [(number, 6, after)] if after.is_empty() && (190_001..=209_912).contains(number) => {
            month(number / 100, number % 100)
        }
        // A serial that became text on its way through another system.
        [(number, 5, after)] if after.is_empty() && (36_526..73_051).contains(number) => {
            serial(f64::from(*number))
        }
        [(year, 4, after)] if after == "年" => whole_year(*year),
        [(year, 4, first), (number, 1 | 2, second)]
            if joint(first, '年') && matches!(second.as_str(), "" | "月" | "月份") =>
        {
            month(*year, *number)
        }
        [(number, 1 | 2, first), (date, 1 | 2, second)]
            if joint(first, '月') && (second.is_empty() || second.starts_with(['日', '号'])) =>
        {
            if (1..=12).contains(number) && (1..=days_in(2024, *number)).contains(date) {
                Written::NoYear(*number, *date)
            } else {
                Written::Impossible
            }
        }
        [
            (year, digits @ (2 | 4), first),
            (number, 1 | 2, second),
            (date, 1 | 2, third),
            time @ ..,
        ] if joint(first, '年') && joint(second, '月') && is_time(third, time) => {
            match (digits, year) {
                (4, _) => day(*year, *number, *date),
                (_, 15..=40) => day(2000 + year, *number, *date),
                _ => Written::NotADate,
            }
        }
        _ => Written::NotADate,
    }
}

fn joint(after: &str, word: char) -> bool {
    matches!(after, "." | "-" | "/" | "、" | "—" | "–") || after.chars().eq([word])
}

/// What follows the day may be a time and nothing else: `3号上午`, `3日 10:20:00`, `03T00:00:00`.
fn is_time(after_day: &str, rest: &[(u32, usize, String)]) -> bool {
    let words = |text: &str| {
        text.chars()
            .all(|c| "日号.:TZ+上午下晚早中时分秒点周星期一二三四五六天()AMPMampm".contains(c))
    };
    words(after_day)
        && rest
            .iter()
            .all(|(_, digits, after)| *digits <= 3 && words(after))
}

fn day(year: u32, month: u32, day: u32) -> Written {
    match i32::try_from(year)
        .ok()
        .filter(|y| (1900..=2100).contains(y))
    {
        Some(year) => {
            NaiveDate::from_ymd_opt(year, month, day).map_or(Written::Impossible, Written::Day)
        }
        None => Written::Impossible,
    }
}

fn month(year: u32, number: u32) -> Written {
    match day(year, number, 1) {
        Written::Day(first) => Written::Month(first),
        other => other,
    }
}

fn whole_year(year: u32) -> Written {
    match day(year, 1, 1) {
        Written::Day(first) => Written::Year(first),
        other => other,
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    (28..=31)
        .rev()
        .find(|d| NaiveDate::from_ymd_opt(year, month, *d).is_some())
        .unwrap_or(28)
}

/// What a period cell says, nothing computed beyond the ends of months.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// 长期.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
}

/// Why a period cell gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeriodError {
    NotUnderstood,
    Impossible,
    Reversed,
}

/// Reads a period.
pub(crate) fn period(cell: &Cell) -> Result<Period, PeriodError> {
    let Cell::Text(text) = cell else {
        return Err(PeriodError::NotUnderstood);
    };
    let squeezed = text::squeeze(text);
    if matches!(
        squeezed.as_str(),
        "长期" | "长期有效" | "常年" | "不限" | "长期需要" | "持续"
    ) {
        return Ok(Period {
            open: true,
            ..Period::default()
        });
    }
    if let Some(period) = duration(&squeezed) {
        return Ok(period);
    }
    if let Some(range) = range(&squeezed) {
        return range;
    }
    one_end(&squeezed)
}

/// `6个月`, `半年`, `一年`, `一年半`, `30天`, `两周`.
fn duration(text: &str) -> Option<Period> {
    if text == "半年" {
        return Some(Period {
            months: Some(6),
            ..Period::default()
        });
    }
    let unit_at = text.find(['个', '年', '天', '日', '周', '星', '季'])?;
    let (number, unit) = text.split_at(unit_at);
    let number = number.parse().ok().or_else(|| chinese_number(number))?;
    let (months, days) = match unit {
        "年" if number <= 30 => (Some(number * 12), None),
        "年半" if number <= 30 => (Some(number * 12 + 6), None),
        "个月" => (Some(number), None),
        "个季度" | "季度" => (Some(number * 3), None),
        "天" | "日" => (None, Some(number)),
        "周" | "星期" | "个星期" => (None, Some(number * 7)),
        _ => return None,
    };
    (number > 0).then(|| Period {
        months,
        days,
        ..Period::default()
    })
}

/// Two dates with something between them. None if the text is no such thing.
fn range(text: &str) -> Option<Result<Period, PeriodError>> {
    let mut best = None;
    for (at, sign) in text
        .char_indices()
        .filter(|(_, c)| matches!(c, '至' | '到' | '—' | '–' | '―' | '~' | '-' | '‐' | '‑'))
    {
        let left = text[..at]
            .trim_start_matches(['自', '从', '由'])
            .trim_end_matches(['-', '—', '~', '起']);
        let right = text[at + sign.len_utf8()..]
            .trim_start_matches(['-', '—', '~'])
            .trim_end_matches(['止', '前']);
        let (from, to) = (of_text(left), with_year_of(of_text(right), left));
        match (from, to) {
            (Written::NotADate | Written::Unclear | Written::NoYear(..), _)
            | (_, Written::NotADate | Written::Unclear) => {}
            (Written::Impossible, _) | (_, Written::Impossible) => {
                best = best.or(Some(Err(PeriodError::Impossible)))
            }
            (from, to) => {
                let (Some((from, _)), Some((_, to))) = (span(from), span(to)) else {
                    continue;
                };
                return Some(if from > to {
                    Err(PeriodError::Reversed)
                } else {
                    Ok(Period {
                        from: Some(from),
                        to: Some(to),
                        ..Period::default()
                    })
                });
            }
        }
    }
    best
}

/// 2026.9.1-12.31: the second date is of the first one's year.
fn with_year_of(to: Written, from: &str) -> Written {
    match (to, of_text(from)) {
        (Written::NoYear(month, date), Written::Day(first)) => {
            day(u32::try_from(first.year()).unwrap_or(0), month, date)
        }
        (to, _) => to,
    }
}

/// A deadline or a beginning: `2027年1月底前`, `截至2026年12月31日`, `2026年9月1日起`.
fn one_end(text: &str) -> Result<Period, PeriodError> {
    let mut rest = text;
    let mut marked = false;
    for prefix in [
        "截止日期",
        "截止到",
        "截至到",
        "截止",
        "截至",
        "直到",
        "直至",
        "至",
        "到",
        "于",
    ] {
        if let Some(cut) = rest.strip_prefix(prefix) {
            rest = cut.trim_start_matches(':');
            marked = true;
            break;
        }
    }
    for suffix in [
        "底之前",
        "底以前",
        "末之前",
        "底前",
        "末前",
        "底止",
        "之前",
        "以前",
        "为止",
        "前",
        "止",
        "底",
        "末",
    ] {
        if let Some(cut) = rest.strip_suffix(suffix) {
            rest = cut;
            marked = true;
            break;
        }
    }
    let starts = ["起至今", "开始", "以后", "起"]
        .iter()
        .find_map(|suffix| rest.strip_suffix(suffix));
    let date = of_text(starts.unwrap_or(rest));
    if date == Written::Impossible && (marked || starts.is_some()) {
        return Err(PeriodError::Impossible);
    }
    match (span(date), starts, marked) {
        (Some((from, _)), Some(_), false) => Ok(Period {
            from: Some(from),
            ..Period::default()
        }),
        (Some((_, to)), None, true) => Ok(Period {
            to: Some(to),
            ..Period::default()
        }),
        _ => Err(PeriodError::NotUnderstood),
    }
}

/// First and last day of what is written.
fn span(date: Written) -> Option<(NaiveDate, NaiveDate)> {
    match date {
        Written::Day(day) => Some((day, day)),
        Written::Month(first) => {
            Some((first, first.with_day(days_in(first.year(), first.month()))?))
        }
        Written::Year(first) => Some((first, NaiveDate::from_ymd_opt(first.year(), 12, 31)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
