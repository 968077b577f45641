//! Whatever a file looks like: every row ends in exactly one outcome, their sum is the file's rows, and no byte of one
//! row stands in the record of another.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use documents::ledger::{
    Choice, Ledger, LedgerError, Outcome, dry_run_json, read_members, read_needs, read_needs_with, read_organizations,
    read_villages,
};
use domain::division::Divisions;
use domain::resident_id::ResidentId;
use proptest::prelude::*;
use serde::Serialize;

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
fn is_whole<V: Serialize>(ledger: &Ledger<V>) -> Result<(), TestCaseError> {
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
    // Drafts, duplicates, errors and what is left out are all of the file.
    let rows: usize = ledger.sheets.iter().map(|sheet| sheet.rows.len()).sum();
    let counts = ledger.counts();
    let of = |outcomes: &[Outcome]| outcomes.iter().filter_map(|outcome| counts.get(outcome)).sum::<usize>();
    prop_assert_eq!(ledger.importable().count(), of(&[Outcome::Ok, Outcome::Warning]));
    prop_assert_eq!(
        rows,
        ledger.importable().count() + of(&[Outcome::Duplicate]) + of(&[Outcome::Error]) + of(&[Outcome::Skipped])
    );
    let machine = dry_run_json(ledger);
    prop_assert_eq!(machine["rows"].as_array().unwrap().len(), rows);
    Ok(())
}

/// The marks in a text: 7 of 〔7〕.
fn marks(text: &str) -> BTreeSet<&str> {
    text.split('〔').skip(1).filter_map(|rest| rest.split_once('〕')).map(|(mark, _)| mark).collect()
}

/// No record holds the mark of another row: 〔7〕 stands in row 7 alone.
fn keeps_apart<V: Serialize>(ledger: &Ledger<V>) -> Result<(), TestCaseError> {
    for row in ledger.sheets.iter().flat_map(|sheet| &sheet.rows) {
        let record = serde_json::to_string(row).unwrap();
        prop_assert!(marks(&record).len() <= 1, "row {}: {:?}", row.row, marks(&record));
    }
    Ok(())
}

/// Every written row is there once, with every cell of it word for word, and with the mark of no other row.
fn keeps_all<V: Serialize>(ledger: &Ledger<V>, written: &BTreeMap<u32, Vec<String>>) -> Result<(), TestCaseError> {
    is_whole(ledger)?;
    for sheet in ledger.sheets.iter().filter(|sheet| sheet.ignore.is_none()) {
        for (number, cells) in written {
            let row = sheet.rows.iter().find(|row| row.row == *number);
            prop_assert!(row.is_some(), "row {number} is nowhere");
            let Some(row) = row else { continue };
            let record = serde_json::to_string(row).unwrap();
            let own = number.to_string();
            prop_assert!(marks(&record).iter().all(|mark| *mark == own), "row {number}: {:?}", marks(&record));
            for cell in cells.iter().filter(|cell| !cell.trim().is_empty()) {
                prop_assert!(row.original.iter().any(|kept| kept.text == *cell), "row {number} lost {cell}");
            }
        }
        // A column that no field holds is named with its head.
        let told: BTreeSet<&str> = sheet.mapping.iter().map(|column| column.column.as_str()).collect();
        prop_assert!(sheet.columns.keys().all(|column| told.contains(column.as_str())));
    }
    Ok(())
}

/// Heads of any office, and what may stand under each; 〇 is the row's mark.
const COLUMNS: &[(&str, &[&str])] = &[
    ("序号", &["1", "2", "7"]),
    ("姓名", &["示例〇", "示例甲", ""]),
    ("身份证号", &["120102190001010019", "12010219000101", "1.2E+17", ""]),
    ("联系电话", &["13800000001", "022-00000001", "〇", "138000"]),
    ("怎么联系", &["13800000002、13800000003", "〇"]),
    ("街道", &["鲁山道街道", "〇街道", ""]),
    ("住在哪儿", &["河东区鲁山道街道〇号", "〇"]),
    ("对象类别", &["低保", "低保、重残", "〇", "3"]),
    ("想要什么", &["助餐", "助餐｜助洁", "〇", ""]),
    ("具体情况", &["〇行动不便，要人送饭", "〇", ""]),
    ("助浴（√）", &["√", "", "〇"]),
    ("什么时候", &["2026-11-03", "2026年11月", "〇", "11.3"]),
    ("多少", &["3", "每周3次", "〇"]),
    ("单位", &["次", "次/周", "〇"]),
    ("与户主关系", &["户主", "户主", "本人"]),
    ("办到哪一步", &["做着呢〇", "已办结", "待办"]),
    ("统一社会信用代码", &["51120000MJT90000X1", "〇", ""]),
    ("机构名称", &["示例〇中心", ""]),
    ("村名", &["大良村", "〇村"]),
    ("认定类型", &["困难村", "经济薄弱村", "〇"]),
    ("说不清的一列", &["〇", "甲", ""]),
];

/// Lines between the rows of households.
const BETWEEN: &[&str] = &["", "合计", "二、其他", "注：〇以上按实际填写", "鲁山道街道", "第1页 共3页"];

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

/// Cases of each property: 120, or what `EVERY_ROW_CASES` says.
fn cases() -> u32 {
    std::env::var("EVERY_ROW_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(120)
}

const HEADER: &str = "序号,街道,姓名,身份证号,联系电话,家庭住址,对象类别,需求类别,需求摘要,登记时间";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

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
    fn every_kind_keeps_every_row(
        columns in prop::sample::subsequence((0..COLUMNS.len()).collect::<Vec<_>>(), 4..12),
        rows in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 21), 1..16),
        between in prop::collection::vec((0usize..16, any::<prop::sample::Index>()), 0..4),
        again in prop::option::of(0usize..16),
        as_text in any::<bool>(),
    ) {
        let mut lines: Vec<Vec<String>> = vec![columns.iter().map(|at| COLUMNS[*at].0.to_owned()).collect()];
        for (at, row) in rows.iter().enumerate() {
            for (_, words) in between.iter().filter(|(before, _)| *before == at) {
                lines.push(vec![words.get(BETWEEN).replace('〇', &format!("〔{}〕", lines.len() + 1))]);
            }
            // A second table, its columns the other way round.
            if again == Some(at) {
                lines.push(Vec::new());
                lines.push(columns.iter().rev().map(|at| COLUMNS[*at].0.to_owned()).collect());
            }
            let turned = again.is_some_and(|from| at >= from);
            let mark = format!("〔{}〕", lines.len() + 1);
            let mut cells: Vec<String> =
                columns.iter().map(|at| row[*at].get(COLUMNS[*at].1).replace('〇', &mark)).collect();
            if turned {
                cells.reverse();
            }
            lines.push(cells);
        }
        let written: BTreeMap<u32, Vec<String>> = (1..).zip(lines.iter().cloned()).filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())).collect();
        let (bytes, file) = if as_text {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for cells in &lines {
                // An empty line is none to a text file's own count.
                let whole: Vec<&str> = (0..columns.len()).map(|at| cells.get(at).map_or("", String::as_str)).collect();
                writer.write_record(&whole).unwrap();
            }
            (writer.into_inner().unwrap(), "台账.csv")
        } else {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            for (row, cells) in (0u32..).zip(&lines) {
                for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
            (book.save_to_buffer().unwrap(), "台账.xlsx")
        };
        let all = Divisions::bundled();
        if let Ok(ledger) = read_needs(&bytes, file, "120102", today(), all) {
            keeps_all(&ledger, &written)?;
        }
        if let Ok(ledger) = read_organizations(&bytes, file, "120102", today(), all) {
            keeps_all(&ledger, &written)?;
        }
        if let Ok(ledger) = read_villages(&bytes, file, "120102", today(), all) {
            keeps_all(&ledger, &written)?;
        }
        if let Ok(ledger) = read_members(&bytes, file, "120102", today(), all) {
            keeps_all(&ledger, &written)?;
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
