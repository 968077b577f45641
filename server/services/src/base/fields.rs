//! The fields of a form as they were sent.

use crate::{Fields, Result};
use chrono::NaiveDate;
use domain::division::{Divisions, Level, ResolveError};
use domain::field::Check;

/// First value of a field, empty when it was not sent.
pub fn value<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

/// Every value of a field that was sent, without empty ones.
pub(crate) fn all<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(field, value)| field == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// A place typed as people say it, down to a street or below.
pub(crate) fn read_division(check: &mut Check, divisions: &Divisions, field: &str, label: &str, text: &str) -> String {
    let text = check.line(field, label, text, 60);
    if text.is_empty() {
        return String::new();
    }
    match divisions.resolve(&text, "12") {
        Ok(found)
            if divisions.get(&found.code12).is_some_and(|d| matches!(d.level, Level::Street | Level::Village)) =>
        {
            return found.code12;
        }
        Ok(_) => check.add(field, format!("{label}：写到街道、乡镇或社区、村，例如河东区鲁山道街道")),
        Err(ResolveError::Unknown { near: Some(near) }) => {
            check.add(field, format!("{label}：没有找到，是不是“{near}”？请写区名和街镇名"));
        }
        Err(ResolveError::Ambiguous { candidates }) => {
            let names: Vec<String> = candidates.iter().take(3).map(|code| divisions.spoken_name(code)).collect();
            check.add(field, format!("{label}：有几个，请写明是哪一个：{}", names.join("、")));
        }
        Err(_) => check.add(field, format!("{label}：没有找到，请写区名和街镇名，例如河东区鲁山道街道")),
    }
    String::new()
}

/// The reason that a step is given for.
pub(crate) fn reason_of(reason: &str) -> Result<String> {
    let mut check = Check::new();
    let text = check.text("reason", "原因", reason, 300);
    crate::base::gate::general(&mut check, "reason", "原因", &text);
    check.done()?;
    Ok(text)
}

/// A day that is not after today.
pub(crate) fn past_day(check: &mut Check, field: &str, label: &str, text: &str, today: NaiveDate) -> NaiveDate {
    let day = check.day(field, label, text);
    if day.is_some_and(|day| day > today) {
        check.add(field, format!("{label}：在今天之后，请核对"));
    }
    day.unwrap_or(today)
}
