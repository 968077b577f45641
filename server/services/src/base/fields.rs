//! Fields that several forms have, read by the same rule.

use crate::Fields;
use chrono::NaiveDate;
use domain::division::{Divisions, Level, ResolveError};
use domain::field::Check;
use domain::form::FieldDef;

/// A place typed as people say it, down to a street or below.
pub(crate) fn read_division(check: &mut Check, divisions: &Divisions, field: FieldDef, fields: &Fields) -> String {
    let label = field.label;
    let text = check.read(field, fields);
    if text.is_empty() {
        return String::new();
    }
    match divisions.resolve(&text, "12") {
        Ok(found)
            if divisions.get(&found.code12).is_some_and(|d| matches!(d.level, Level::Street | Level::Village)) =>
        {
            return found.code12;
        }
        Ok(_) => check.wrong(field, format!("{label}：写到街道、乡镇或社区、村，例如河东区鲁山道街道")),
        Err(ResolveError::Unknown { near: Some(near) }) => {
            check.wrong(field, format!("{label}：没有找到，是不是“{near}”？请写区名和街镇名"));
        }
        Err(ResolveError::Ambiguous { candidates }) => {
            let names: Vec<String> = candidates.iter().take(3).map(|code| divisions.spoken_name(code)).collect();
            check.wrong(field, format!("{label}：有几个，请写明是哪一个：{}", names.join("、")));
        }
        Err(_) => check.wrong(field, format!("{label}：没有找到，请写区名和街镇名，例如河东区鲁山道街道")),
    }
    String::new()
}

/// A day that is not after today.
pub(crate) fn past_day(check: &mut Check, field: FieldDef, fields: &Fields, today: NaiveDate) -> NaiveDate {
    let day = check.date(field, fields);
    if day.is_some_and(|day| day > today) {
        check.wrong(field, format!("{}：在今天之后，请核对", field.label));
    }
    day.unwrap_or(today)
}
