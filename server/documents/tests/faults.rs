//! Files with faults (`tests/data/faults`): the fault costs its row and nothing else, and is said with its cell.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::PathBuf;

use chrono::NaiveDate;
use documents::ledger::{Choice, Ledger, NeedValues, Options, Outcome, Reason, Row, read_needs_with};
use domain::division::Divisions;
use domain::phone::Phone;
use domain::resident_id::ResidentId;

fn read_chosen(file: &str, choice: &Choice) -> Ledger {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/faults").join(file);
    let as_of = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let options = Options { scope: "120102", as_of, divisions: Divisions::bundled(), choice };
    read_needs_with(&std::fs::read(path).unwrap(), file, options).unwrap()
}

fn read(file: &str) -> Ledger {
    read_chosen(file, &Choice::default())
}

fn row(ledger: &Ledger, number: u32) -> &Row {
    ledger.sheets[0].rows.iter().find(|row| row.row == number).unwrap()
}

fn values(ledger: &Ledger, number: u32) -> &NeedValues {
    let row = row(ledger, number);
    row.values.as_ref().unwrap_or_else(|| panic!("row {number}: {:?}", row.issues))
}

fn reasons(row: &Row) -> Vec<Reason> {
    row.issues.iter().map(|issue| issue.reason).collect()
}

/// No byte of one household stands in another's record.
#[test]
fn b01_unclosed_quote() {
    let ledger = read("B01-unclosed-quote.csv");
    let rows = &ledger.sheets[0].rows;
    assert_eq!(rows.len(), 5);
    assert_eq!(
        rows.iter().map(|row| row.result).collect::<Vec<_>>()[1..],
        [Outcome::Ok, Outcome::Error, Outcome::Ok, Outcome::Ok]
    );
    assert!(reasons(row(&ledger, 3)).contains(&Reason::OpenQuote));
    for (row, household) in rows[1..].iter().zip(700..) {
        let written = serde_json::to_string(row).unwrap();
        for other in (700..704).filter(|other| *other != household) {
            assert!(!written.contains(&format!("第{other}户")), "row {}", row.row);
        }
    }
}

/// What no field holds, and what was not understood, is kept word for word.
#[test]
fn b02_nothing_is_dropped() {
    let ledger = read("B02-dropped-columns.xlsx");
    let values = values(&ledger, 2);
    assert_eq!(values.guardian.as_deref(), Some("赵某示例"));
    assert_eq!(values.guardian_phone.as_ref().map(Phone::as_str), Some("13800007999"));
    assert_eq!(values.remark.as_deref(), Some("家里有狗，只能下午来。"));
    let row = row(&ledger, 2);
    assert!(row.originals.values().any(|words| words == "隔天一次"), "{:?}", row.originals);
    assert!(row.original.iter().any(|cell| cell.cell == "Q2" && cell.text.contains("下午来")));
}

#[test]
fn b04_names_stay_as_written() {
    let ledger = read("B04-names-the-gate-misses.xlsx");
    for number in 2..=6 {
        assert!(values(&ledger, number).name.is_some(), "row {number}");
    }
    assert_eq!(values(&ledger, 5).name.as_deref(), Some("Anna Schmidt"));
    assert_eq!(values(&ledger, 2).name.as_deref(), Some("赵\u{e85c}"));
}

/// Registered without papers, with the reason.
#[test]
fn b05_without_papers() {
    let ledger = read("B05-no-id-number.xlsx");
    for number in [2, 3] {
        assert_eq!(row(&ledger, number).result, Outcome::Warning, "{:?}", row(&ledger, number).issues);
        assert!(values(&ledger, number).id_number.is_none());
        assert!(reasons(row(&ledger, number)).contains(&Reason::NoPapers));
    }
    assert_eq!(values(&ledger, 3).no_id_reason.as_deref(), Some("暂无（新生儿）"));
}

#[test]
fn b07_any_name_of_the_workbook() {
    let ledger = read("B07-workbook22.xlsx");
    assert_eq!(ledger.importable().count(), 3);
}

/// Hidden sheets are said and left out, each row with its reason; somebody may choose them.
#[test]
fn b08_hidden_sheets() {
    let ledger = read("B08-hidden-sheets.xlsx");
    assert_eq!(ledger.sheets.len(), 3);
    assert_eq!(ledger.importable().count(), 3);
    for sheet in &ledger.sheets[1..] {
        assert!(sheet.sentences.iter().any(|words| words.contains("隐藏")), "{}", sheet.sheet);
        assert!(sheet.rows.iter().all(|row| row.result == Outcome::Skipped));
        assert!(sheet.rows.len() >= 2);
    }
    let choice = Choice { hidden_sheets: vec!["2025年旧台账".to_owned()], ..Choice::default() };
    assert_eq!(read_chosen("B08-hidden-sheets.xlsx", &choice).importable().count(), 5);
}

#[test]
fn b10_heads_of_the_monitoring_system() {
    let ledger = read("B10-monitoring-system-headers.xlsx");
    for number in 2..=4 {
        assert_eq!(row(&ledger, number).result, Outcome::Ok, "{:?}", row(&ledger, number).issues);
    }
    assert!(values(&ledger, 2).division_code.starts_with("120102"));
    assert_eq!(values(&ledger, 2).division_code.len(), 12);
    assert!(values(&ledger, 2).members.is_empty());
}

#[test]
fn b11_half_a_character() {
    let ledger = read("B11-half-character.csv");
    assert_eq!(row(&ledger, 2).result, Outcome::Error);
    assert!(reasons(row(&ledger, 2)).contains(&Reason::HalfCharacter));
    assert_eq!(row(&ledger, 3).result, Outcome::Ok);
}

#[test]
fn b13_family_lines() {
    let ledger = read("B13-family-lines.xlsx");
    assert_eq!(ledger.importable().count(), 2);
    let first = values(&ledger, 2);
    assert_eq!(first.name.as_deref(), Some("孙柠隰"));
    assert_eq!(
        first.members.iter().filter_map(|member| member.name.as_deref()).collect::<Vec<_>>()[..],
        ["周甲", "周乙"]
    );
    for number in [3, 4, 6, 7] {
        assert_eq!(row(&ledger, number).result, Outcome::Skipped);
    }
}

/// The first of two columns of one name counts, and the other is named and kept.
#[test]
fn b14_two_columns_of_one_name() {
    let ledger = read("B14-two-id-columns.xlsx");
    let values = values(&ledger, 2);
    assert_eq!(values.id_number.as_ref().map(ResidentId::as_str), Some("120102190007077410"));
    assert_eq!(values.other_phones.len(), 1);
    assert!(ledger.sheets[0].unread().any(|column| column.column == "P"));
    assert!(row(&ledger, 2).original.iter().any(|cell| cell.cell == "P2"));
}

#[test]
fn b14_columns_that_no_field_holds() {
    let ledger = read("B14-unread-columns.xlsx");
    let unread: Vec<&str> = ledger.sheets[0].unread().map(|column| column.head.as_str()).collect();
    assert_eq!(unread, ["残疾等级", "健康状况"]);
    assert!(row(&ledger, 2).original.iter().any(|cell| cell.text == "高血压"));
    // Said by hand, a column is what it was said to be.
    let mut choice = Choice::default();
    choice.add("台账!P=备注").unwrap();
    let chosen = read_chosen("B14-unread-columns.xlsx", &choice);
    assert_eq!(self::values(&chosen, 2).remark.as_deref(), Some("高血压"));
}

#[test]
fn b16_dates() {
    let ledger = read("B16-dates.xlsx");
    for number in [2, 3] {
        assert_eq!(values(&ledger, number).published_on.map(|day| day.to_string()).as_deref(), Some("2026-11-03"));
    }
}

#[test]
fn b17_point_zero() {
    let ledger = read("B17-point-zero.xlsx");
    let values = values(&ledger, 2);
    assert_eq!(values.phone.as_ref().map(Phone::as_str), Some("13800007780"));
    assert_eq!(values.household_size, Some(2));
}

#[test]
fn b19_struck_out() {
    let ledger = read("B19-struck-out.xlsx");
    assert_eq!(values(&ledger, 3).summary, "改为每周两次保洁，第231户。");
    assert!(reasons(row(&ledger, 3)).contains(&Reason::StruckOut));
    assert_eq!(row(&ledger, 4).result, Outcome::Skipped);
    assert_eq!(ledger.importable().count(), 2);
}

#[test]
fn b20_a_web_archive() {
    let ledger = read("B20-mht.xls");
    assert_eq!(row(&ledger, 2).result, Outcome::Ok, "{:?}", row(&ledger, 2).issues);
}
