//! Periods as offices write them: ranges, deadlines, lengths, 长期.

use chrono::{Datelike, NaiveDate};
use domain::text;
use serde::{Deserialize, Serialize};

use super::amount::chinese_number;
use super::day::{Written, day, days_in, of_text};
use super::grid::Cell;

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
    let squeezed = plain(text);
    if matches!(squeezed.as_str(), "长期" | "长期有效" | "常年" | "不限" | "长期需要" | "持续") {
        return Ok(Period { open: true, ..Period::default() });
    }
    if let Some(period) = duration(&squeezed) {
        return Ok(period);
    }
    if let Some(range) = range(&squeezed) {
        return range;
    }
    one_end(&squeezed)
}

/// Without white space, times of day and what stands in brackets at the end.
fn plain(text: &str) -> String {
    // 00:00:00 would run together with the day in front of it.
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| {
            !(word.contains(':') && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')))
        })
        .collect();
    let squeezed = text::squeeze(&words.concat());
    match squeezed.find('(') {
        Some(at) if at > 0 && squeezed.ends_with(')') => squeezed[..at].to_owned(),
        _ => squeezed,
    }
}

/// `6个月`, `半年`, `一年`, `一年半`, `30天`, `两周`.
fn duration(text: &str) -> Option<Period> {
    let text = ["为期", "持续", "约", "大约", "共", "服务", "需要", "预计", "不少于"]
        .iter()
        .fold(text, |text, word| text.strip_prefix(word).unwrap_or(text));
    let text = ["左右", "以内", "之内", "内", "期", "时间"]
        .iter()
        .fold(text, |text, word| text.strip_suffix(word).unwrap_or(text));
    if matches!(text, "半年" | "半年时间") {
        return Some(Period { months: Some(6), ..Period::default() });
    }
    let unit_at = text.find(['个', '年', '天', '日', '周', '星', '季'])?;
    let (number, unit) = text.split_at(unit_at);
    let number = super::amount::without_fraction(number);
    let number = number.parse().ok().or_else(|| chinese_number(&number))?;
    let (months, days) = match unit {
        "年" if number <= 30 => (Some(number * 12), None),
        "年半" if number <= 30 => (Some(number * 12 + 6), None),
        "个月" | "个自然月" => (Some(number), None),
        "个半月" => (None, None),
        "个季度" | "季度" => (Some(number * 3), None),
        "天" | "日" => (None, Some(number)),
        "周" | "星期" | "个星期" => (None, Some(number * 7)),
        _ => return None,
    };
    (number > 0).then(|| Period { months, days, ..Period::default() })
}

/// Two dates with something between them. None if the text is no such thing.
fn range(text: &str) -> Option<Result<Period, PeriodError>> {
    let mut best = None;
    for (at, sign) in
        text.char_indices().filter(|(_, c)| matches!(c, '至' | '到' | '—' | '–' | '―' | '~' | '-' | '‐' | '‑'))
    {
        let left = text[..at].trim_start_matches(['自', '从', '由']).trim_end_matches(['-', '—', '~', '起']);
        let right = text[at + sign.len_utf8()..].trim_start_matches(['-', '—', '~']).trim_end_matches(['止', '前']);
        let (from, to) = (of_text(left), with_year_of(of_text(right), left));
        match (from, to) {
            (Written::NotADate | Written::Unclear | Written::NoYear(..), _)
            | (_, Written::NotADate | Written::Unclear) => {}
            (Written::Impossible, _) | (_, Written::Impossible) => {
                best = best.or(Some(Err(PeriodError::Impossible)));
            }
            (from, to) => {
                let (Some((from, _)), Some((_, to))) = (span(from), span(to)) else {
                    continue;
                };
                return Some(if from > to {
                    Err(PeriodError::Reversed)
                } else {
                    Ok(Period { from: Some(from), to: Some(to), ..Period::default() })
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
    for prefix in ["截止日期", "截止到", "截至到", "截止", "截至", "直到", "直至", "至", "到", "于"]
    {
        if let Some(cut) = rest.strip_prefix(prefix) {
            rest = cut.trim_start_matches(':');
            marked = true;
            break;
        }
    }
    for suffix in ["底之前", "底以前", "末之前", "底前", "末前", "底止", "之前", "以前", "为止", "前", "止", "底", "末"]
    {
        if let Some(cut) = rest.strip_suffix(suffix) {
            rest = cut;
            marked = true;
            break;
        }
    }
    let starts = ["起至今", "开始", "以后", "起"].iter().find_map(|suffix| rest.strip_suffix(suffix));
    let date = of_text(starts.unwrap_or(rest));
    if date == Written::Impossible && (marked || starts.is_some()) {
        return Err(PeriodError::Impossible);
    }
    match (span(date), starts, marked) {
        (Some((from, _)), Some(_), false) => Ok(Period { from: Some(from), ..Period::default() }),
        (Some((_, to)), None, true) => Ok(Period { to: Some(to), ..Period::default() }),
        _ => Err(PeriodError::NotUnderstood),
    }
}

/// First and last day of what is written.
fn span(date: Written) -> Option<(NaiveDate, NaiveDate)> {
    match date {
        Written::Day(day) => Some((day, day)),
        Written::Month(first) => Some((first, first.with_day(days_in(first.year(), first.month()))?)),
        Written::Year(first) => Some((first, NaiveDate::from_ymd_opt(first.year(), 12, 31)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn periods() {
        let of = |text: &str| period(&Cell::Text(text.into()));
        let range = |a, b| Ok(Period { from: Some(a), to: Some(b), ..Period::default() });
        for text in [
            "2026.9.19—2027.9.30",
            "2026年9月19日至2027年9月30日",
            "2026-09-19至2027-09-30",
            "2026/9/19～2027/9/30",
            "2026.9.19-2027.9.30",
            "2026-9-19-2027-9-30",
        ] {
            assert_eq!(of(text), range(ymd(2026, 9, 19), ymd(2027, 9, 30)), "{text}");
        }
        assert_eq!(of("2026年11月-2027年2月"), range(ymd(2026, 11, 1), ymd(2027, 2, 28)));
        assert_eq!(of("2026.10-2027.1"), range(ymd(2026, 10, 1), ymd(2027, 1, 31)));
        assert_eq!(of("2026年9月1日至12月31日"), range(ymd(2026, 9, 1), ymd(2026, 12, 31)));
        for text in ["2027年1月底前", "截至2027年1月31日"] {
            assert_eq!(of(text), Ok(Period { to: Some(ymd(2027, 1, 31)), ..Period::default() }), "{text}");
        }
        assert_eq!(of("2026年9月1日起"), Ok(Period { from: Some(ymd(2026, 9, 1)), ..Period::default() }));
        for (text, months) in [("6个月", 6), ("一年", 12), ("半年", 6), ("三个月", 3), ("1年", 12), ("一年半", 18)]
        {
            assert_eq!(of(text), Ok(Period { months: Some(months), ..Period::default() }), "{text}");
        }
        assert_eq!(of("30天"), Ok(Period { days: Some(30), ..Period::default() }));
        assert_eq!(of("长期"), Ok(Period { open: true, ..Period::default() }));
        assert_eq!(of("2026-12-01 00:00:00 至 2027-03-31 00:00:00"), range(ymd(2026, 12, 1), ymd(2027, 3, 31)));
        assert_eq!(of("二〇二六年十二月一日至二〇二七年三月三十一日"), range(ymd(2026, 12, 1), ymd(2027, 3, 31)));
        assert_eq!(of("3个月（冬季）"), Ok(Period { months: Some(3), ..Period::default() }));
        assert_eq!(of("冬季"), Err(PeriodError::NotUnderstood));
        assert_eq!(of("2027.3.1-2026.11.30"), Err(PeriodError::Reversed));
        assert_eq!(of("2026.9.1-2026.11.31"), Err(PeriodError::Impossible));
    }
}
