//! Ledgers of layouts that the reader was not written for (`tests/data/ledgers/open`): how many of their rows come out
//! right without any help, held as floors. `LEDGER_SET` names another folder of the same form; `LEDGER_DETAIL=1` prints
//! every row that is wrong, `LEDGER_FILE` takes one file alone.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use documents::ledger::{read_members, read_needs, read_organizations, read_villages};
use domain::division::Divisions;
use domain::text;
use serde_json::{Map, Value, json};

/// Rows of the committed set that came out right when this was last written down.
const FLOOR: usize = 781;

/// Fields of the contract for which the program has no place; they stay in the row's own words.
const UNSTORED: &[&str] = &[];

fn folder() -> PathBuf {
    match std::env::var_os("LEDGER_SET") {
        Some(folder) => folder.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/ledgers/open"),
    }
}

/// The file as read, in the form of JSON; none where it cannot be read at all.
fn read(file: &str, about: &Value) -> Result<Value, String> {
    let bytes = std::fs::read(folder().join(file)).unwrap();
    let scope = about["scope"].as_str().unwrap();
    let as_of: NaiveDate = about["as_of"].as_str().unwrap().parse().unwrap();
    let all = Divisions::bundled();
    let json = |value: Result<Value, serde_json::Error>| value.unwrap();
    match about["kind"].as_str().unwrap() {
        "organizations" => read_organizations(&bytes, file, scope, as_of, all).map(|l| json(serde_json::to_value(l))),
        "villages" => read_villages(&bytes, file, scope, as_of, all).map(|l| json(serde_json::to_value(l))),
        "members" => read_members(&bytes, file, scope, as_of, all).map(|l| json(serde_json::to_value(l))),
        _ => read_needs(&bytes, file, scope, as_of, all).map(|l| json(serde_json::to_value(l))),
    }
    .map_err(|error| error.to_string())
}

/// The form in which values are compared: NFKC without white space, telephones by their digits, nothing where null.
fn plain(field: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if field.contains("phone") => {
            Value::String(text.chars().filter(char::is_ascii_digit).collect())
        }
        Value::String(text) => Value::String(text::squeeze(text)),
        Value::Array(all) => {
            let mut all: Vec<Value> = all.iter().map(|one| plain(field, one)).collect();
            if matches!(field, "areas" | "other_phones") {
                all.sort_by_key(ToString::to_string);
            }
            Value::Array(all)
        }
        Value::Object(map) => Value::Object(
            map.iter().map(|(key, one)| (key.clone(), plain(key, one))).filter(|(_, one)| !is_nothing(one)).collect(),
        ),
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Our values under the names of the contract.
fn values(row: &Value) -> Map<String, Value> {
    let mut map: Map<String, Value> = row["values"].as_object().cloned().unwrap_or_default();
    map.remove("words");
    if let Some(words) = map.remove("skill_words") {
        map.insert("skills".to_owned(), words);
    }
    if let Some(sex) = map.get_mut("sex") {
        *sex = match sex.as_str() {
            Some("male") => "男".into(),
            Some("female") => "女".into(),
            _ => Value::Null,
        };
    }
    map
}

/// What differs between the values of a row, by field.
fn differences(our: &Value, their: &Value, same_as: &Value, kind: &str) -> Vec<String> {
    let (ours, theirs) = (values(our), their["values"].as_object().cloned().unwrap_or_default());
    let mut wrong = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for (field, expected) in &theirs {
        known.push(field.clone());
        let mut names = vec![field.clone()];
        names.extend(same_as[field].as_array().into_iter().flatten().filter_map(|n| n.as_str()).map(str::to_owned));
        if UNSTORED.contains(&field.as_str()) {
            continue;
        }
        let mut good = vec![plain(field, expected)];
        for other in [&their["values_or"][field], &their["values_or"][format!("{field}s")]] {
            match other {
                Value::Array(all) if !expected.is_array() => good.extend(all.iter().map(|one| plain(field, one))),
                Value::Array(all) => {
                    good.push(plain(field, other));
                    good.extend(all.iter().map(|one| plain(field, one)));
                }
                Value::Null => {}
                one => good.push(plain(field, one)),
            }
        }
        let found =
            names.iter().filter_map(|name| ours.get(name)).map(|one| plain(field, one)).find(|v| !is_nothing(v));
        known.extend(names);
        let right = match &found {
            None => good.iter().any(is_nothing),
            Some(found) => good.contains(found),
        };
        if !right {
            wrong.push(format!("{field}: {} not {}", found.unwrap_or(Value::Null), good[0]));
        }
    }
    for (field, found) in &ours {
        let derived = matches!(field.as_str(), "target" | "sex" | "age" | "birth" | "type" | "consented_on")
            || kind == "needs" && field == "household_size" && theirs.contains_key("members");
        if !known.contains(field) && !derived && !is_nothing(&plain(field, found)) {
            wrong.push(format!("{field}: {found} belongs to no column"));
        }
    }
    wrong
}

/// What is wrong with a row; empty if it is right.
fn judge(our: Option<&Value>, their: &Value, same_as: &Value, kind: &str) -> Vec<String> {
    let Some(our) = our else { return vec!["not in the result".to_owned()] };
    let good = |result: &Value| {
        *result == their["result"] || their["also"].as_array().is_some_and(|also| also.contains(result))
    };
    let issues = || {
        let all = our["issues"].as_array().into_iter().flatten();
        all.map(|issue| {
            format!("{}:{}{}", issue["field"], issue["reason"], issue["label"].as_str().unwrap_or_default())
        })
        .collect::<Vec<_>>()
        .join(" ")
    };
    if !good(&our["result"]) {
        return vec![format!("{} not {} [{}]", our["result"], their["result"], issues())];
    }
    match their["result"].as_str() {
        Some("skipped") if our["reason"] != their["reason"] && our["result"] == "skipped" => {
            vec![format!("skipped as {} not {}", our["reason"], their["reason"])]
        }
        Some("duplicate") if our["result"] == "duplicate" && our["duplicate_of"] != their["duplicate_of"] => {
            vec![format!("duplicate of {}", our["duplicate_of"])]
        }
        Some("ok" | "warning") if our["values"].is_object() => differences(our, their, same_as, kind),
        _ => Vec::new(),
    }
}

/// Rows right, rows in all, and what is wrong, of a file.
fn measure(file: &str, about: &Value, same_as: &Value) -> (usize, usize, Vec<String>) {
    let ours = read(file, about);
    let kind = about["kind"].as_str().unwrap();
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    let empty = json!([]);
    let sheets = match &ours {
        Ok(ledger) => ledger["sheets"].as_array().unwrap(),
        Err(error) => {
            wrong.push(error.clone());
            empty.as_array().unwrap()
        }
    };
    for their in about["sheets"].as_array().unwrap() {
        let our = match their["sheet"].as_str() {
            // A text file has one sheet, whatever it is called.
            Some(_) if sheets.len() == 1 && about["sheets"].as_array().is_some_and(|all| all.len() == 1) => {
                sheets.first()
            }
            Some(name) => sheets.iter().find(|sheet| sheet["sheet"] == name),
            None => sheets.first(),
        };
        let by_row: BTreeMap<u64, &Value> = our
            .and_then(|sheet| sheet["rows"].as_array())
            .into_iter()
            .flatten()
            .map(|row| (row["row"].as_u64().unwrap(), row))
            .collect();
        for row in their["rows"].as_array().into_iter().flatten() {
            all += 1;
            let found = judge(by_row.get(&row["row"].as_u64().unwrap()).copied(), row, same_as, kind);
            if found.is_empty() {
                right += 1;
            } else {
                wrong.push(format!("{} row {}: {}", their["sheet"], row["row"], found.join("; ")));
            }
        }
        if std::env::var_os("LEDGER_DETAIL").is_some()
            && let Some(our) = our
            && our["columns"] != their["columns"]
        {
            let (a, b) = (our["columns"].as_object(), their["columns"].as_object());
            let keys: std::collections::BTreeSet<&String> = a.into_iter().chain(b).flat_map(Map::keys).collect();
            for key in keys {
                let (a, b) = (&our["columns"][key], &their["columns"][key]);
                if a != b {
                    let head = our["mapping"].as_array().into_iter().flatten().find(|m| m["column"] == key.as_str());
                    let head = head.map(|m| format!("{} {}", m["head"], m["samples"])).unwrap_or_default();
                    wrong.push(format!("{} column {key}: {a} not {b} [{head}]", their["sheet"]));
                }
            }
        }
    }
    (right, all, wrong)
}

#[test]
fn rows_come_out_right() {
    let path = folder().join("expected.json");
    if !path.exists() {
        assert!(std::env::var_os("LEDGER_SET").is_none(), "no expected.json there");
        return;
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let detail = std::env::var_os("LEDGER_DETAIL").is_some();
    let only = std::env::var("LEDGER_FILE").ok();
    let (mut right, mut all) = (0, 0);
    let mut data = (0, 0);
    for (file, about) in expected["files"].as_object().unwrap() {
        if only.as_ref().is_some_and(|only| !file.contains(only.as_str())) {
            continue;
        }
        let (good, rows, wrong) = measure(file, about, &expected["same_as"]);
        println!("{good:4} of {rows:4} {file}");
        if detail {
            for line in &wrong {
                println!("      {line}");
            }
        }
        right += good;
        all += rows;
        let skipped = about["sheets"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|sheet| sheet["rows"].as_array().into_iter().flatten())
            .filter(|row| row["result"] == "skipped")
            .count();
        data.0 += good.saturating_sub(skipped);
        data.1 += rows - skipped;
    }
    println!(
        "{right} of {all} rows right, {} per thousand; of data rows at least {} of {}",
        right * 1000 / all.max(1),
        data.0,
        data.1
    );
    if only.is_none() && std::env::var_os("LEDGER_SET").is_none() {
        assert!(right >= FLOOR, "{right} of {all} rows right, {FLOOR} before");
    }
}
