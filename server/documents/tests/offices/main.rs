//! Ledgers in the words of many offices (`early`: those at hand while the reader was made general; `later`: a second set
//! that was only measured): how many of their rows come out right, without help and with the columns said by hand.
//!
//! No word of a head comes from the reader's own lists. `OFFICES_DETAIL=1` prints what is wrong.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use chrono::NaiveDate;
use documents::ledger::{
    Choice, Options, read_members_with, read_needs_with, read_organizations_with, read_villages_with,
};
use domain::division::Divisions;
use domain::text;
use serde_json::{Map, Value};

mod boards;
mod hotlines;
mod kit;
mod later;
mod members;
mod needs;
mod organizations;
mod papers;
mod villages;

use kit::Office;

/// Fields that follow from others, so that nobody has to expect them.
const DERIVED: &[&str] = &["target", "sex", "birth", "type", "members", "age"];

fn read(office: &Office, said: &[&str]) -> Result<Value, String> {
    let mut choice = Choice::default();
    for said in said {
        choice.add(said).unwrap();
    }
    let options = Options {
        scope: office.scope,
        as_of: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        divisions: Divisions::bundled(),
        choice: &choice,
    };
    let (bytes, file) = (office.bytes(), office.file);
    macro_rules! with {
        ($read:ident) => {
            $read(&bytes, file, options).map(|ledger| serde_json::to_value(ledger).unwrap())
        };
    }
    match office.kind {
        "needs" => with!(read_needs_with),
        "villages" => with!(read_villages_with),
        "organizations" => with!(read_organizations_with),
        _ => with!(read_members_with),
    }
    .map_err(|error| error.to_string())
}

/// Texts without white space in NFKC, numbers as numbers, and nothing where nothing is.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text::squeeze(text)),
        Value::Array(all) => Value::Array(all.iter().map(plain).collect()),
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .filter(|(_, value)| !is_nothing(value))
                .collect(),
        ),
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        _ => false,
    }
}

/// What is wrong with a row; none where it is right.
fn wrong(row: Option<&Value>, expected: &Value) -> Option<String> {
    let Some(row) = row else { return Some("no such row".to_owned()) };
    let issues = || {
        let all = row["issues"].as_array().into_iter().flatten();
        all.map(|issue| format!("{}:{}", issue["field"], issue["reason"])).collect::<Vec<_>>().join(" ")
    };
    if let Some(result) = expected.as_str() {
        let right = row["result"] == result || row["reason"] == result;
        return (!right).then(|| format!("{} {} not {result} [{}]", row["result"], row["reason"], issues()));
    }
    let Some(values) = row["values"].as_object() else {
        return Some(format!("{} {} [{}]", row["result"], row["reason"], issues()));
    };
    let mut ours: Map<String, Value> = values.clone();
    ours.remove("words");
    let nothing = Value::Null;
    let differ: Vec<String> = expected
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(field, wanted)| {
            let found = ours.remove(field).unwrap_or(Value::Null);
            if wanted == "*" {
                return None;
            }
            let (found, wanted) = (plain(&found), plain(wanted));
            let found = if is_nothing(&found) { &nothing } else { &found };
            let wanted = if is_nothing(&wanted) { &nothing } else { &wanted };
            (found != wanted).then(|| format!("{field}: {found} not {wanted}"))
        })
        .collect();
    let beyond = ours
        .iter()
        .filter(|(field, found)| !is_nothing(&plain(found)) && !DERIVED.contains(&field.as_str()))
        .map(|(field, found)| format!("{field}: {found} unasked"));
    let all: Vec<String> = differ.into_iter().chain(beyond).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Rows right and rows in all.
fn measure(office: &Office, said: &[&str]) -> (usize, usize) {
    let found = read(office, said);
    let (mut right, mut all) = (0, 0);
    let detail = std::env::var_os("OFFICES_DETAIL").is_some();
    for (at, tab) in office.tabs.iter().enumerate() {
        for (row, expected) in &tab.expected {
            all += 1;
            let ours = match &found {
                Ok(ledger) => {
                    ledger["sheets"][at]["rows"].as_array().into_iter().flatten().find(|of| of["row"] == *row)
                }
                Err(_) => None,
            };
            match wrong(ours, expected) {
                None => right += 1,
                Some(said) if detail => println!("    {} {row}: {said}", tab.name),
                Some(_) => {}
            }
        }
    }
    if detail && right < all {
        match &found {
            Err(error) => println!("    {error}"),
            Ok(ledger) => {
                for column in
                    ledger["sheets"].as_array().into_iter().flatten().filter_map(|s| s["mapping"].as_array()).flatten()
                {
                    println!(
                        "      {} {} → {} {}",
                        column["column"], column["head"], column["fields"], column["confidence"]
                    );
                }
            }
        }
    }
    println!("{right:3} of {all:3} {}", office.file);
    (right, all)
}

fn sum(offices: &[Office], helped: bool) -> (usize, usize) {
    let of = |office: &Office| measure(office, if helped { office.said } else { &[] });
    offices.iter().map(of).fold((0, 0), |(right, all), (r, a)| (right + r, all + a))
}

fn early() -> Vec<Office> {
    let all = [
        needs::all(),
        boards::all(),
        hotlines::all(),
        papers::all(),
        villages::all(),
        organizations::all(),
        members::all(),
    ];
    all.into_iter().flatten().collect()
}

#[test]
fn rows_come_out_right_without_help() {
    let offices = early();
    assert!(offices.len() >= 25);
    let (right, all) = sum(&offices, false);
    println!("{right} of {all} without help");
    assert!(right * 10 >= all * 9, "{right} of {all}");
}

#[test]
fn every_row_comes_out_right_with_columns_said() {
    let (right, all) = sum(&early(), true);
    assert_eq!(right, all);
}

#[test]
fn offices_met_later() {
    let offices = later::all();
    assert!(offices.len() >= 8);
    let (right, all) = sum(&offices, false);
    println!("{right} of {all} of those met later");
    assert!(right * 1000 >= all * later::FLOOR, "{right} of {all}");
}
