//! The workbooks of `tests/data/ledgers` against what a good importer says of every row.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use documents::ledger::{Ledger, read_needs, read_organizations, read_villages};
use domain::division::Divisions;
use domain::text;
use serde_json::{Map, Value};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/ledgers")
}

fn expected(file: &str) -> Value {
    let text = std::fs::read_to_string(folder().join("expected.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all["files"][file].clone()
}

fn read(file: &str) -> Ledger {
    let (bytes, scope, as_of) = given(file);
    read_needs(&bytes, file, &scope, as_of, Divisions::bundled()).unwrap()
}

fn given(file: &str) -> (Vec<u8>, String, NaiveDate) {
    let bytes = std::fs::read(folder().join(file)).unwrap();
    let expected = expected(file);
    let scope = expected["scope"].as_str().unwrap().to_owned();
    let as_of: NaiveDate = expected["as_of"].as_str().unwrap().parse().unwrap();
    (bytes, scope, as_of)
}

fn read_any(file: &str) -> Value {
    let (bytes, scope, as_of) = given(file);
    let all = Divisions::bundled();
    match file {
        "organizations.xlsx" => serde_json::to_value(read_organizations(&bytes, file, &scope, as_of, all).unwrap()),
        "villages.xlsx" => serde_json::to_value(read_villages(&bytes, file, &scope, as_of, all).unwrap()),
        _ => serde_json::to_value(read(file)),
    }
    .unwrap()
}

/// The form in which values are compared: texts without white space in NFKC, nothing where null.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text::squeeze(text)),
        Value::Array(all) => Value::Array(all.iter().map(plain).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), plain(v))).collect())
        }
        // 17 and 17.0 are one.
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

/// Values as the contract writes them: sex in Chinese, and none of the words that were kept aside.
fn values(row: &Value) -> Value {
    let mut map: Map<String, Value> = row["values"].as_object().cloned().unwrap_or_default();
    map.remove("words");
    if map.get("need_no").is_some() {
        map.remove("remark");
    }
    if let Some(sex) = map.get_mut("sex") {
        *sex = match sex.as_str() {
            Some("male") => "男".into(),
            Some("female") => "女".into(),
            _ => Value::Null,
        };
    }
    plain(&Value::Object(map))
}

/// Issues in one order, without the hints that the contract does not name.
fn issues(row: &Value) -> Vec<String> {
    let mut found: Vec<String> = row["issues"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|issue| {
            let mut map: BTreeMap<String, Value> =
                issue.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            map.remove("near");
            map.remove("column");
            map.remove("note");
            // The contract names the earlier row where the words differ, not where the number is another's.
            if map["reason"] == "need_no_conflict" {
                map.remove("of");
            }
            serde_json::to_string(&map).unwrap()
        })
        .collect();
    found.sort();
    found
}

fn compare(file: &str) {
    let expected = expected(file);
    let ledger = read_any(file);
    let mut wrong = Vec::new();
    let (ours, theirs) = (ledger["sheets"].as_array().unwrap(), expected["sheets"].as_array().unwrap());
    assert_eq!(ours.len(), theirs.len());
    for (our, their) in ours.iter().zip(theirs) {
        let sheet = their["sheet"].as_str().unwrap();
        for key in ["sheet", "header_rows", "columns", "year_for_dates", "counts", "ignore"] {
            if our[key] != their[key] {
                wrong.push(format!("{sheet} {key}:\n  ours   {}\n  theirs {}", our[key], their[key]));
            }
        }
        let empty = Vec::new();
        let our_rows = our["rows"].as_array().unwrap_or(&empty);
        let their_rows = their["rows"].as_array().unwrap_or(&empty);
        let numbers = |rows: &[Value]| rows.iter().map(|row| row["row"].clone()).collect::<Vec<_>>();
        assert_eq!(numbers(our_rows), numbers(their_rows), "{sheet}: rows");
        for (our, their) in our_rows.iter().zip(their_rows) {
            let place = format!("{sheet} row {}", their["row"]);
            let mut differ = |what: &str, ours: String, theirs: String| {
                if ours != theirs {
                    wrong.push(format!("{place} {what}:\n  ours   {ours}\n  theirs {theirs}"));
                }
            };
            if our["result"] != their["result"] {
                let also = their["also"].as_array().is_some_and(|also| also.contains(&our["result"]));
                if !also {
                    differ("result", format!("{} {:?}", our["result"], issues(our)), their["result"].to_string());
                }
                // Another result that is as good has its own issues.
                continue;
            }
            differ("reason", our["reason"].to_string(), their["reason"].to_string());
            differ("duplicate_of", our["duplicate_of"].to_string(), their["duplicate_of"].to_string());
            differ("issues", issues(our).join("\n"), issues(their).join("\n"));
            let (mine, given) = (values(our), plain(&their["values"]));
            if given.is_object() || mine.as_object().is_some_and(|map| !map.is_empty()) {
                let keys: std::collections::BTreeSet<&String> =
                    mine.as_object().into_iter().chain(given.as_object()).flat_map(Map::keys).collect();
                for key in keys {
                    differ(key, mine[key].to_string(), given[key].to_string());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences in {file}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn needs_clean() {
    compare("needs-clean.xlsx");
}

#[test]
fn needs_messy() {
    compare("needs-messy.xlsx");
}

#[test]
fn organizations() {
    compare("organizations.xlsx");
}

#[test]
fn villages() {
    compare("villages.xlsx");
}

/// The first choice of the contract, not only one that is as good.
#[test]
fn first_choices() {
    for file in ["needs-clean.xlsx", "needs-messy.xlsx", "organizations.xlsx", "villages.xlsx"] {
        let (ledger, expected) = (read_any(file), expected(file));
        let sheets = ledger["sheets"].as_array().unwrap().iter().zip(expected["sheets"].as_array().unwrap());
        for (our, their) in sheets {
            let rows = |sheet: &Value| sheet["rows"].as_array().cloned().unwrap_or_default();
            for (our, their) in rows(our).iter().zip(&rows(their)) {
                assert_eq!(our["result"], their["result"], "{file} row {}", their["row"]);
            }
        }
    }
}

/// Every message names its cell and says nobody's data.
#[test]
fn messages() {
    let ledger = read("needs-messy.xlsx");
    let mut seen = 0;
    for row in ledger.sheets.iter().flat_map(|sheet| &sheet.rows) {
        for issue in &row.issues {
            let message = issue.message();
            assert!(message.chars().any(text::is_han), "{message}");
            if let Some(cell) = &issue.cell {
                assert!(message.contains(cell.as_str()), "{message}");
            }
            let longest = message.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap();
            assert!(longest < 11 || message.contains("区划"), "{message}");
            seen += 1;
        }
    }
    assert!(seen > 70);
}
