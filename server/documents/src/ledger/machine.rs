//! The result of reading in a form for programs: columns by letter, and every row with its outcome.

use domain::need::Sex;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Ledger, Outcome, Row, Sheet};

/// The whole file: `{"columns": {sheet: {letter: field}}, "rows": [{"sheet", "row", "outcome", "message", "issues",
/// "values"}]}`. Every row of every sheet that was read is in it, those left out with their reason.
pub fn dry_run_json<V: Serialize>(ledger: &Ledger<V>) -> Value {
    let columns: Map<String, Value> = ledger
        .sheets
        .iter()
        .filter(|sheet| sheet.ignore.is_none())
        .map(|sheet| (sheet.sheet.clone(), columns_json(sheet)))
        .collect();
    let rows: Vec<Value> =
        ledger.sheets.iter().flat_map(|sheet| sheet.rows.iter().map(|row| row_json(&sheet.sheet, row))).collect();
    let ignored: Map<String, Value> = ledger
        .sheets
        .iter()
        .filter_map(|sheet| Some((sheet.sheet.clone(), serde_json::to_value(sheet.ignore?).ok()?)))
        .collect();
    let unread: Map<String, Value> = ledger
        .sheets
        .iter()
        .filter(|sheet| sheet.ignore.is_none())
        .map(|sheet| {
            let heads = sheet.unread().map(|column| json!({ "column": column.column, "head": column.head })).collect();
            (sheet.sheet.clone(), Value::Array(heads))
        })
        .collect();
    let sentences: Map<String, Value> = ledger
        .sheets
        .iter()
        .filter(|sheet| !sheet.sentences.is_empty())
        .map(|sheet| (sheet.sheet.clone(), json!(sheet.sentences)))
        .collect();
    json!({ "columns": columns, "rows": rows, "ignored": ignored, "unread": unread, "sentences": sentences })
}

fn columns_json<V>(sheet: &Sheet<V>) -> Value {
    let one = |code: &String| match code.split('+').collect::<Vec<_>>().as_slice() {
        [only] => json!(only),
        several => json!(several),
    };
    Value::Object(sheet.columns.iter().map(|(letter, code)| (letter.clone(), one(code))).collect())
}

/// One row, see [`dry_run_json`].
pub fn row_json<V: Serialize>(sheet: &str, row: &Row<V>) -> Value {
    let issues: Vec<Value> = row
        .issues
        .iter()
        .map(|issue| {
            let mut one = json!({
                "field": issue.field.code(),
                "reason": issue.reason,
                "cell": issue.cell,
                "severity": issue.severity,
                "message": issue.message(),
            });
            if let Value::Object(map) = &mut one {
                map.extend(issue.label.iter().map(|label| ("label".to_owned(), json!(label))));
                map.extend(issue.of.iter().map(|of| ("of".to_owned(), json!(of))));
                if !issue.candidates.is_empty() {
                    map.insert("candidates".to_owned(), json!(issue.candidates));
                }
                if !issue.found.is_empty() {
                    map.insert("found".to_owned(), json!(issue.found));
                }
            }
            one
        })
        .collect();
    let message = match row.result {
        Outcome::Skipped => row.reason.map(|reason| reason.label().to_owned()).unwrap_or_default(),
        Outcome::Duplicate => match (row.duplicate_of, &row.other_sheet) {
            (Some(of), Some(other)) => format!("与工作表“{other}”第{of}行重复"),
            (Some(of), None) => format!("与第{of}行重复"),
            (None, _) => String::new(),
        },
        _ => row.issues.iter().map(super::Issue::message).collect::<Vec<_>>().join("；"),
    };
    let mut found = json!({
        "sheet": sheet,
        "row": row.row,
        "outcome": row.result,
        "message": message,
        "issues": issues,
        "values": values_json(row),
        "originals": row.originals,
        "original": row.original,
    });
    let mut put = |key: &str, value: Option<Value>| {
        if let (Some(value), Value::Object(map)) = (value, &mut found) {
            map.insert(key.to_owned(), value);
        }
    };
    put("line", row.line.map(Value::from));
    put("reason", row.reason.and_then(|reason| serde_json::to_value(reason).ok()));
    put("duplicate_of", row.duplicate_of.map(Value::from));
    put("of", row.of.map(Value::from));
    found
}

/// The values under the names of the contract, sex in Chinese.
fn values_json<V: Serialize>(row: &Row<V>) -> Value {
    let Some(Ok(Value::Object(mut map))) = row.values.as_ref().map(serde_json::to_value) else { return Value::Null };
    map.remove("words");
    // A volunteer's day of birth and skills under the names of their columns, the skills as written.
    if let Some(birth) = map.remove("birth") {
        map.insert("birth_on".to_owned(), birth);
    }
    if map.contains_key("skills") {
        let written = map.remove("skill_words").unwrap_or(Value::Null);
        map.insert("skills".to_owned(), written);
    }
    if let Some(sex) = map.get_mut("sex") {
        *sex = match serde_json::from_value::<Sex>(sex.take()) {
            Ok(sex) => sex.label().into(),
            Err(_) => Value::Null,
        };
    }
    Value::Object(map)
}
