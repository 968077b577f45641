//! Dates as offices write them.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use domain::text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::grid::Cell;

/// A day, or only a month where no day is written. `2026-11-03`, `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

    /// The day itself, or the last of the month.
    pub fn last_day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Month(first) => first.with_day(days_in(first.year(), first.month())).unwrap_or(first),
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
        if text.len() == 7 { format!("{text}-01").parse().map(Self::Month) } else { text.parse().map(Self::Day) }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
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

/// Reads a date out of a cell; `from_1904` says from which year the workbook counts days.
pub(crate) fn read(cell: &Cell, from_1904: bool) -> Written {
    match cell {
        Cell::Date(day) => Written::Day(*day),
        Cell::Number(number) => of_number(*number, from_1904),
        Cell::Text(text) => of_text(text),
        Cell::Bool(_) | Cell::Error => Written::NotADate,
    }
}

/// Days between the first days of both ways of counting.
const DAYS_TO_1904: f64 = 1462.0;

/// A serial, 20261103, or month and day with a point between them.
fn of_number(number: f64, from_1904: bool) -> Written {
    let shift = if from_1904 { DAYS_TO_1904 } else { 0.0 };
    if (36_526.0..73_051.0).contains(&(number + shift)) {
        return serial((number + shift).trunc());
    }
    let text = format!("{number}");
    if number.fract() == 0.0 {
        // 20261103, 202611, 20261103142205.
        return if matches!(text.len(), 6 | 8 | 13 | 14) { of_text(&text) } else { Written::NotADate };
    }
    let Some((whole, fraction)) = text.split_once('.') else {
        return Written::NotADate;
    };
    match (whole.len(), fraction.len()) {
        // 11.3 may have been typed 11.30, and 2026.1 may have been typed 2026.10.
        (1 | 2 | 4, 1) => Written::Unclear,
        (1 | 2 | 4, 2) => of_text(&text),
        _ => Written::NotADate,
    }
}

/// Days since 1899-12-30, 2000 to 2099.
fn serial(number: f64) -> Written {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked against the bounds")]
    let days = Days::new(number as u64);
    NaiveDate::from_ymd_opt(1899, 12, 30)
        .and_then(|start| start.checked_add_days(days))
        .map_or(Written::NotADate, Written::Day)
}

/// 1793606400000: milliseconds since 1970 as systems stamp them, on the day that it was here.
fn of_milliseconds(digits: &str) -> Written {
    const HERE: i64 = 8 * 3_600_000;
    let stamp = digits.parse().ok().filter(|stamp: &i64| (1_420_000_000_000..2_050_000_000_000).contains(stamp));
    stamp
        .and_then(|stamp| chrono::DateTime::from_timestamp_millis(stamp + HERE))
        .map_or(Written::NotADate, |at| Written::Day(at.date_naive()))
}

/// Reads a date out of text.
pub(crate) fn of_text(text: &str) -> Written {
    let folded = text::nfkc(&text::strip_invisible(text));
    let folded = in_digits(folded.trim().trim_start_matches('\'').trim_start());
    let folded = folded.as_str();
    // 2026-11-03T14:22:05+08:00
    if let Some((date, time)) = folded.split_once(['T', 't'])
        && date.len() == 10
        && time.contains(':')
    {
        return of_text(date);
    }
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
        .map(|(digits, after)| (digits.parse().unwrap_or(u32::MAX), digits.len(), text::squeeze(after)))
        .collect();
    match parts.as_slice() {
        // 2026-11-03 00:00:00.0 as one number of an export: 20261103142205.
        [(_, 14, after)] if after.is_empty() => of_text(&folded[..8]),
        [(_, 13, after)] if after.is_empty() => of_milliseconds(folded),
        [(number, 8, after), rest @ ..] if !rest.is_empty() && is_time(after, rest) => {
            day(number / 10_000, number / 100 % 100, number % 100)
        }
        [(number, 8, after)] if after.is_empty() => day(number / 10_000, number / 100 % 100, number % 100),
        [(number, 6, after)] if after.is_empty() && (190_001..=209_912).contains(number) => {
            month(number / 100, number % 100)
        }
        // A serial that became text on its way through another system.
        [(number, 5, after), rest @ ..]
            if (36_526..73_051).contains(number) && (after.is_empty() || after == "." && rest.len() == 1) =>
        {
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
        [(year, digits @ (2 | 4), first), (number, 1 | 2, second), (date, 1 | 2, third), time @ ..]
            if joint(first, '年') && joint(second, '月') && is_time(third, time) =>
        {
            match (digits, year) {
                (4, _) => day(*year, *number, *date),
                (_, 15..=40) => day(2000 + year, *number, *date),
                _ => Written::NotADate,
            }
        }
        _ => Written::NotADate,
    }
}

/// `二〇二六年十一月三日` and `3-Nov-26` with digits alone; everything else as it is.
fn in_digits(folded: &str) -> String {
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = folded.to_ascii_lowercase();
    let month = MONTHS.iter().zip(1u32..).find_map(|(name, number)| Some((lower.find(name)?, number)));
    if let Some((at, month)) = month {
        let end = lower[at..].find(|c: char| !c.is_ascii_alphabetic()).map_or(lower.len(), |length| at + length);
        let numbers = |part: &str| -> Vec<String> {
            part.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned).collect()
        };
        let (before, after) = (numbers(&lower[..at]), numbers(&lower[end..]));
        return match (before.as_slice(), after.as_slice()) {
            // 3-Nov-26, 03 November 2026; Nov 3, 2026; 2026-Nov-03.
            ([day], [year, ..]) if day.len() <= 2 => format!("{year}-{month}-{day}"),
            ([], [day, year, ..]) if day.len() <= 2 => format!("{year}-{month}-{day}"),
            ([year], [day, ..]) if year.len() == 4 => format!("{year}-{month}-{day}"),
            _ => folded.to_owned(),
        };
    }
    if !folded.contains(['年', '月']) || !folded.chars().any(|c| "〇零一二三四五六七八九十".contains(c)) {
        return folded.to_owned();
    }
    let mut out = String::new();
    let mut run = String::new();
    for c in folded.chars() {
        if "〇○零一二三四五六七八九十".contains(c) {
            run.push(c);
            continue;
        }
        if !run.is_empty() {
            let plain = run.replace('○', "〇");
            // 二〇二六 is read digit by digit, 十一 as a number.
            let number = if plain.contains('十') || plain.chars().count() == 1 {
                super::amount::chinese_number(&plain).map(|number| number.to_string())
            } else {
                plain
                    .chars()
                    .map(|c| "〇一二三四五六七八九".chars().position(|d| d == c || c == '零' && d == '〇'))
                    .map(|at| at.map(|at| at.to_string()))
                    .collect()
            };
            out.push_str(&number.unwrap_or_else(|| run.clone()));
            run.clear();
        }
        out.push(c);
    }
    out.push_str(&run);
    out
}

fn joint(after: &str, word: char) -> bool {
    matches!(after, "." | "-" | "/" | "、" | "—" | "–") || after.chars().eq([word])
}

/// What follows the day may be a time and nothing else: `3号上午`, `3日 10:20:00`, `03T00:00:00`.
fn is_time(after_day: &str, rest: &[(u32, usize, String)]) -> bool {
    let words =
        |text: &str| text.chars().all(|c| "日号.:TZ+上午下晚早中时分秒点周星期一二三四五六天()AMPMampm".contains(c));
    words(after_day) && rest.iter().all(|(_, digits, after)| *digits <= 3 && words(after))
}

pub(super) fn day(year: u32, month: u32, day: u32) -> Written {
    match i32::try_from(year).ok().filter(|y| (1900..=2100).contains(y)) {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day).map_or(Written::Impossible, Written::Day),
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

pub(super) fn days_in(year: i32, month: u32) -> u32 {
    (28..=31).rev().find(|d| NaiveDate::from_ymd_opt(year, month, *d).is_some()).unwrap_or(28)
}

#[cfg(test)]
mod tests;
