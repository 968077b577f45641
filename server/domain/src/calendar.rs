//! Time as the loop counts it: instants in UTC microseconds, days in
//! Asia/Shanghai, working days by an editable calendar.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx_macros::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Time(pub i64);

/// Asia/Shanghai has been UTC+8 without summer time since 1991-09-15.
const SHANGHAI: TimeDelta = TimeDelta::hours(8);

impl Time {
    pub fn from_utc(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }

    /// The clock on the wall in Tianjin.
    pub fn local(self) -> NaiveDateTime {
        DateTime::<Utc>::from_timestamp_micros(self.0).unwrap_or_default().naive_utc() + SHANGHAI
    }

    pub fn day(self) -> NaiveDate {
        self.local().date()
    }

    /// The instant of a wall-clock time in Tianjin.
    pub fn at(day: NaiveDate, hour: u32, minute: u32) -> Self {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        Self((NaiveDateTime::new(day, time) - SHANGHAI).and_utc().timestamp_micros())
    }

    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours.saturating_mul(3_600_000_000)))
    }

    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_hours(days.saturating_mul(24))
    }

    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000_000)))
    }

    /// Whole minutes from `self` to `later`, negative when it is earlier.
    pub fn minutes_until(self, later: Self) -> i64 {
        (later.0.saturating_sub(self.0)).div_euclid(60_000_000)
    }

    /// `2026年11月23日 14:05`
    pub fn words(self) -> String {
        let local = self.local();
        format!("{} {}", day_words(local.date()), local.format("%H:%M"))
    }

    /// Short form seen from `now`: `今天14:05`, `11月22日16:32`, `2025年11月22日`.
    pub fn words_near(self, now: Self) -> String {
        let (local, today) = (self.local(), now.day());
        let clock = local.format("%-H:%M");
        if local.date() == today {
            format!("今天{clock}")
        } else if local.date() == today + Days::new(1) {
            format!("明天{clock}")
        } else if local.year() == today.year() {
            format!("{}月{}日{clock}", local.month(), local.day())
        } else {
            day_words(local.date())
        }
    }

    /// For `<time datetime>`: `2026-11-23T14:05+08:00`.
    pub fn iso(self) -> String {
        format!("{}+08:00", self.local().format("%Y-%m-%dT%H:%M"))
    }
}

/// `2026年11月23日`
pub fn day_words(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A span in the largest two units: `3天4小时`, `46分`.
pub fn span_words(minutes: i64) -> String {
    let minutes = minutes.abs();
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, m) => format!("{m}分"),
        (0, h, 0) => format!("{h}小时"),
        (0, h, m) => format!("{h}小时{m}分"),
        (d, 0, _) => format!("{d}天"),
        (d, h, _) if d < 3 => format!("{d}天{h}小时"),
        (d, _, _) => format!("{d}天"),
    }
}

/// Which days are worked. Weekends rest and weekdays work, but for the
/// exceptions of the State Council's yearly notice.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    exceptions: BTreeMap<NaiveDate, bool>,
}

/// What a day is, where the day of the week does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    pub day: NaiveDate,
    pub works: bool,
    /// `国庆节`, `国庆节调休`
    pub name: String,
}

/// The exceptions shipped with the program: day, `work` or `rest`, name; sources in `data/README.md`, in words in
/// [`source_of`].
pub const SHIPPED: &str = include_str!("../data/working_days.csv");

impl WorkingDays {
    pub fn new(exceptions: impl IntoIterator<Item = (NaiveDate, bool)>) -> Self {
        Self { exceptions: exceptions.into_iter().collect() }
    }

    /// The calendar shipped with the program.
    pub fn shipped() -> &'static Self {
        static CALENDAR: OnceLock<WorkingDays> = OnceLock::new();
        CALENDAR.get_or_init(|| Self::new(shipped().into_iter().map(|e| (e.day, e.works))))
    }

    pub fn is_working(&self, day: NaiveDate) -> bool {
        self.exceptions.get(&day).copied().unwrap_or(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
    }

    /// 18:00 on the `count`-th working day after the day of `from`.
    pub fn due(&self, from: Time, count: u32) -> Time {
        let mut day = from.day();
        let mut left = count;
        while left > 0 {
            day = day + Days::new(1);
            if self.is_working(day) {
                left -= 1;
            }
        }
        Time::at(day, 18, 0)
    }
}

/// The exceptions that ship, in order.
pub fn shipped() -> Vec<Exception> {
    SHIPPED
        .lines()
        .filter_map(|line| {
            let mut parts = line.split(',');
            let day = parts.next()?.parse().ok()?;
            let works = parts.next()?.trim() == "work";
            Some(Exception { day, works, name: parts.next().unwrap_or_default().trim().to_owned() })
        })
        .collect()
}

/// Where a year of the shipped calendar comes from; none for a year of which nothing ships.
pub fn source_of(year: i32) -> Option<&'static str> {
    match year {
        2026 => Some("国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"),
        // The yearly notice with the days that are moved was not out when this was written.
        2027 => Some("《全国年节及纪念日放假办法》（国务院令第795号）规定的法定假日，调休等国务院办公厅的年度通知"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn days_are_counted_in_tianjin() {
        let late = Time::at(day(2026, 11, 30), 23, 59);
        assert_eq!(late.day(), day(2026, 11, 30));
        assert_eq!(late.plus_minutes(1).day(), day(2026, 12, 1));
        assert_eq!(late.iso(), "2026-11-30T23:59+08:00");
    }

    #[test]
    fn three_working_days_skip_weekend_and_holidays() {
        let calendar = WorkingDays::shipped();
        // Thursday 2026-11-26 → Fri, Mon, Tue
        assert_eq!(calendar.due(Time::at(day(2026, 11, 26), 9, 0), 3), Time::at(day(2026, 12, 1), 18, 0));
        // Before National Day: 30 Sept → 8, 9, 10 Oct (Saturday 10 Oct is worked)
        assert_eq!(calendar.due(Time::at(day(2026, 9, 30), 9, 0), 3), Time::at(day(2026, 10, 10), 18, 0));
    }

    #[test]
    fn this_year_and_the_next_ship_with_their_source() {
        let all = shipped();
        assert_eq!(all.len(), SHIPPED.lines().count());
        assert!(all.windows(2).all(|pair| pair[0].day < pair[1].day) && all.iter().all(|e| !e.name.is_empty()));
        assert!(all.iter().all(|e| source_of(e.day.year()).is_some()));
        // Rest where one works anyway, or work where one rests: nothing else is an exception.
        let rest = all.iter().filter(|e| e.works).all(|e| matches!(e.day.weekday(), Weekday::Sat | Weekday::Sun));
        assert!(rest);
        // The legal holidays of 2027: thirteen days.
        assert_eq!(all.iter().filter(|e| e.day.year() == 2027).count(), 13);
        assert!(
            !WorkingDays::shipped().is_working(day(2027, 2, 8)) && WorkingDays::shipped().is_working(day(2027, 2, 9))
        );
    }

    #[test]
    fn spans_in_words() {
        assert_eq!(span_words(46), "46分");
        assert_eq!(span_words(586), "9小时46分");
        assert_eq!(span_words(1680), "1天4小时");
        assert_eq!(span_words(15840), "11天");
    }
}
