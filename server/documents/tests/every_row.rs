//! Whatever a file looks like: every row ends in exactly one outcome, their sum is the file's rows, and no byte of one
//! row stands in the record of another.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;

use chrono::NaiveDate;
use documents::ledger::{Choice, Ledger, LedgerError, NeedValues, Outcome, dry_run_json, read_needs, read_needs_with};
use domain::division::Divisions;
use domain::resident_id::ResidentId;
use proptest::prelude::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn read(bytes: &[u8], name: &str) -> Result<Ledger, LedgerError> {
    read_needs(bytes, name, "120102", today(), Divisions::bundled())
}

fn id(number: u32) -> String {
    ResidentId::with_check_digit(&format!("12010219000101{:03}", number % 999 + 1)).unwrap().as_str().to_owned()
}

/// Rows are numbered without gap and without repeat, and the counts are their sum.
fn is_whole(ledger: &Ledger<NeedValues>) -> Result<(), TestCaseError> {
    for sheet in ledger.sheets.iter().filter(|sheet| sheet.ignore.is_none()) {
        prop_assert_eq!(sheet.counts.values().sum::<usize>(), sheet.rows.len());
        let numbers: BTreeSet<u32> = sheet.rows.iter().map(|row| row.row).collect();
        prop_assert_eq!(numbers.len(), sheet.rows.len());
        for row in &sheet.rows {
            prop_assert_eq!(row.result == Outcome::Skipped, row.reason.is_some());
            prop_assert_eq!(row.values.is_some(), matches!(row.result, Outcome::Ok | Outcome::Warning));
            prop_assert_eq!(row.duplicate_of.is_some(), row.result == Outcome::Duplicate);
        }
    }
    let machine = dry_run_json(ledger);
    let rows: usize = ledger.sheets.iter().map(|sheet| sheet.rows.len()).sum();
    prop_assert_eq!(machine["rows"].as_array().unwrap().len(), rows);
    Ok(())
}

/// No record holds the mark of another row: 〔7〕 stands in row 7 alone.
fn keeps_apart(ledger: &Ledger<NeedValues>) -> Result<(), TestCaseError> {
    for row in ledger.sheets.iter().flat_map(|sheet| &sheet.rows) {
        let record = serde_json::to_string(row).unwrap();
        let marks: BTreeSet<&str> =
            record.split('〔').skip(1).filter_map(|rest| rest.split_once('〕')).map(|(mark, _)| mark).collect();
        prop_assert!(marks.len() <= 1, "row {}: {:?}", row.row, marks);
    }
    Ok(())
}

/// A line of a text file with the mark of its row in every cell that takes words.
fn line(number: usize, services: &str, words: &str, quote: u8) -> String {
    let mark = format!("〔{number}〕");
    let summary = match quote {
        0 => format!("{mark}{words}"),
        1 => format!("\"{mark}{words}，好\""),
        2 => format!("\"{mark}{words}"),
        3 => format!("{mark}\"{words}"),
        4 => format!("\"{mark}第一行\n{mark}第二行{words}\""),
        _ => format!("\"{mark}{words}\"后"),
    };
    let number = u32::try_from(number).unwrap();
    format!(
        "{number},鲁山道街道,示例{mark},{},1380000{number:04},{mark}号,低保,{services},{summary},2026-11-03",
        id(number)
    )
}

const HEADER: &str = "序号,街道,姓名,身份证号,联系电话,家庭住址,对象类别,需求类别,需求摘要,登记时间";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn quotes_never_join_households(rows in prop::collection::vec(("(助餐|助洁|助浴、助医|不知)", "[a-z\"，, ]{0,12}", 0u8..6), 1..20)) {
        let mut text = format!("{HEADER}\n");
        for (number, (services, words, quote)) in rows.iter().enumerate() {
            text.push_str(&line(number + 1, services, words, *quote));
            text.push('\n');
        }
        if let Ok(ledger) = read(text.as_bytes(), "台账.csv") {
            is_whole(&ledger)?;
            keeps_apart(&ledger)?;
        }
    }

    #[test]
    fn half_characters_cost_their_row(rows in 1usize..12, at in any::<prop::sample::Index>()) {
        let mut text = format!("{HEADER}\r\n");
        for number in 1..=rows {
            text.push_str(&line(number, "助餐", "需要送饭", 0));
            text.push_str("\r\n");
        }
        let (bytes, ..) = encoding_rs::GB18030.encode(&text);
        let mut bytes = bytes.into_owned();
        let from = encoding_rs::GB18030.encode(HEADER).0.len() + 2;
        bytes.remove(from + at.index(bytes.len() - from));
        if let Ok(ledger) = read(&bytes, "台账.csv") {
            is_whole(&ledger)?;
            let bad = ledger.sheets[0].rows.iter().filter(|row| row.result == Outcome::Error).count();
            prop_assert!(bad <= 2, "{bad} rows");
        }
    }

    #[test]
    fn any_choice_and_any_cells(
        cells in prop::collection::vec(prop::collection::vec(prop_oneof![
            Just(String::new()), "[\\PC]{0,8}", Just("√".to_owned()), Just("姓名".to_owned()), Just("身份证号".to_owned()), Just("联系电话".to_owned()),
            Just("需求摘要".to_owned()), Just("低保".to_owned()), Just("助餐".to_owned()), Just("13800000001".to_owned()), Just("2026-11-03".to_owned()),
            Just("120102190001010019".to_owned()), Just("鲁山道街道".to_owned()), Just("合计".to_owned()), Just("户主".to_owned()), Just("每周3次，共6个月".to_owned()),
        ], 1..9), 1..14),
        chosen in prop::collection::vec(("[A-H]", prop::sample::select(vec!["姓名", "身份证号", "需求类别", "需求摘要", "不用", "区划"])), 0..4),
    ) {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in (0u32..).zip(&cells) {
            for (column, cell) in (0u16..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        let bytes = book.save_to_buffer().unwrap();
        let mut choice = Choice::default();
        for (column, field) in &chosen {
            choice.add(&format!("{column}={field}")).unwrap();
        }
        let options = documents::ledger::Options { scope: "120102", as_of: today(), divisions: Divisions::bundled(), choice: &choice };
        if let Ok(ledger) = read_needs_with(&bytes, "台账.xlsx", options) {
            is_whole(&ledger)?;
        }
    }

    #[test]
    fn a_file_changed_anywhere(at in any::<prop::sample::Index>(), byte in any::<u8>(), file in prop::sample::select(vec!["needs-messy.xlsx", "villages.xlsx"])) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/ledgers/");
        let mut bytes = std::fs::read(format!("{path}{file}")).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(ledger) = read(&bytes, file) {
            is_whole(&ledger)?;
        }
    }
}
