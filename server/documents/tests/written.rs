//! What the workbooks of the contract do not have: text files, tables that begin elsewhere, one sheet per town,
//! files that are no ledgers, and cells full of anything.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use calamine::Reader;
use chrono::NaiveDate;
use documents::ledger::{Field, Ledger, LedgerError, Outcome, Reason, Row, read_needs, report_xlsx, template};
use domain::division::Divisions;
use domain::organization::LedgerKind;
use domain::resident_id::ResidentId;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

const HEADER: &str = "序号,街道,村居,姓名,身份证号,联系电话,对象类别,需求类别,需求摘要,登记时间";

fn try_read(bytes: &[u8], name: &str) -> Result<Ledger, LedgerError> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    read_needs(bytes, name, "120114", today, Divisions::bundled())
}

fn read(bytes: &[u8], name: &str) -> Vec<Row> {
    try_read(bytes, name).unwrap().sheets.into_iter().flat_map(|sheet| sheet.rows).collect()
}

fn id(number: u32) -> String {
    ResidentId::with_check_digit(&format!("12011419000101{number:03}")).unwrap().as_str().to_owned()
}

fn reasons(row: &Row) -> Vec<Reason> {
    row.issues.iter().map(|issue| issue.reason).collect()
}

fn book(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in (0u32..).zip(*rows) {
            for (column, cell) in (0u16..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn text_in_every_encoding() {
    let csv = format!(
        "武清区2026年需求台账,,,,,,,,,\r\n{HEADER}\r\n1,杨村街道,站北路社区,示例甲,=\"{}\",13800000001,低保,助餐,\"行动不便，\r\n希望送午饭\",11月3日\r\n\
         2,杨村,,示例乙,1.20114E+17,13800000002,低保,助洁,打扫居室,2026-11-03\r\n\r\n\
         3,大良镇,田水铺,示例丙,'{},\"=\"\"13800000003\"\"\",\"低保、\r\n重残\",助浴,上门助浴,2026.11.3\r\n合计,,,3,,,,,,\r\n",
        id(1),
        id(3)
    );
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(csv.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [
        csv.clone().into_bytes(),
        format!("\u{feff}{csv}").into_bytes(),
        encoding_rs::GB18030.encode(&csv).0.into_owned(),
        utf16,
    ] {
        let rows = read(&bytes, "台账.csv");
        assert_eq!(rows.len(), 6);
        assert_eq!((rows[2].row, rows[2].line, rows[2].result), (3, Some(3), Outcome::Warning));
        assert_eq!(reasons(&rows[2]), [Reason::YearAssumed]);
        let values = rows[2].values.as_ref().unwrap();
        assert_eq!(values.id_number.as_ref().unwrap().as_str(), id(1));
        assert_eq!(values.division_code, "120114001011");
        assert_eq!(values.summary, "行动不便，\n希望送午饭");
        assert_eq!(values.published_on.unwrap().to_string(), "2026-11-03");
        assert_eq!((rows[3].line, reasons(&rows[3])), (Some(5), vec![Reason::DigitsLost]));
        assert_eq!(rows[4].result, Outcome::Ok);
        assert_eq!(rows[4].values.as_ref().unwrap().beneficiary_categories, ["DB", "CJ_ZD"]);
        assert_eq!(rows[5].result, Outcome::Skipped);
    }
}

#[test]
fn table_that_begins_elsewhere() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(1, 0, "（存根联）").unwrap();
    for (column, label) in (3u16..).zip(HEADER.split(',')) {
        sheet.write_string(6, column, label).unwrap();
    }
    let row =
        ["1", "王庆坨镇", "一街", "示例丁", &id(5), "13800000005", "特困（分散）", "探访", "每周看望", "2026-11-03"];
    for (column, cell) in (3u16..).zip(row) {
        sheet.write_string(7, column, cell).unwrap();
        sheet.write_string(8, column, cell).unwrap();
    }
    sheet.write_number(8, 7, 120_114_190_001_010_050.0).unwrap();
    let ledger = try_read(&book.save_to_buffer().unwrap(), "x.xlsx").unwrap();
    let sheet = &ledger.sheets[0];
    assert_eq!(sheet.header_rows, [7]);
    assert_eq!(sheet.columns.get("H").map(String::as_str), Some(Field::IdNumber.code()));
    let row = |number| sheet.rows.iter().find(|row| row.row == number).unwrap();
    assert_eq!(row(8).result, Outcome::Ok);
    assert_eq!(row(8).values.as_ref().unwrap().division_code, "120114114201");
    assert_eq!(reasons(row(9)), [Reason::DigitsLost]);
    assert_eq!(row(9).issues[0].cell.as_deref(), Some("H9"));
}

/// The town stands only in the sheet's name, or after 统计单位 above the table.
#[test]
fn one_sheet_per_town() {
    let header: &[&str] = &["户主姓名", "身份证号码", "救助类型", "拟帮扶方式", "困难情况及需求", "村"];
    let (first, second, third) = (id(11), id(13), id(15));
    let bytes = book(&[
        ("大良镇", &[header, &["示例甲", &first, "低保", "助餐", "送午饭", "田水铺村"]]),
        (
            "Sheet2",
            &[
                &["统计单位：武清区王庆坨镇人民政府　制表人："],
                header,
                &["示例乙", &second, "低保", "助餐", "送午饭", "一街"],
            ],
        ),
        ("Sheet3", &[header, &["示例丙", &third, "低保", "助餐", "送午饭", "一街"]]),
    ]);
    let ledger = try_read(&bytes, "x.xlsx").unwrap();
    let code = |sheet: usize| {
        let row = ledger.sheets[sheet].rows.last().unwrap();
        row.values.as_ref().map(|values| values.division_code.clone()).ok_or_else(|| reasons(row))
    };
    assert_eq!(code(0).as_deref(), Ok("120114104255"));
    assert_eq!(code(1).as_deref(), Ok("120114114201"));
    assert_eq!(code(2), Err(vec![Reason::AmbiguousDivision]));
    assert!(ledger.sheets[0].absent.contains(&Field::Phone));
}

#[test]
fn repeats_across_sheets() {
    let header: &[&str] = &["街镇", "姓名", "身份证号", "对象类别", "需求类别", "需求摘要"];
    let number = id(21);
    let row: &[&str] = &["大良镇", "示例甲", &number, "低保", "送餐", "送午饭，软一些"];
    let again: &[&str] = &["大良", "示例甲", &number, "农村低保", "助餐", "送午饭 软一些。"];
    let village: &[&str] = &["大良镇", "", "", "经济薄弱村", "产业帮扶", "想引进新品种"];
    let ledger =
        try_read(&book(&[("一", &[header, row, village, village]), ("二", &[header, again])]), "x.xlsx").unwrap();
    let last = &ledger.sheets[1].rows[1];
    assert_eq!((last.result, last.duplicate_of), (Outcome::Duplicate, Some(2)));
    assert_eq!(last.other_sheet.as_deref(), Some("一"));
    assert_eq!(ledger.sheets[0].rows[3].duplicate_of, Some(3));
    assert_eq!(ledger.importable().count(), 2);
}

#[test]
fn abolished_and_narrow_scopes() {
    let csv = format!(
        "区,街镇,姓名,身份证号,对象类别,需求类别,需求摘要\n武清县,大良镇,示例甲,{},低保,助餐,送午饭\n武清区,杨村,示例乙,{},低保,助餐,送午饭\n武清区,,示例丙,{},低保,助餐,送午饭\n",
        id(31),
        id(33),
        id(35)
    );
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let of = |scope| {
        let ledger = read_needs(csv.as_bytes(), "x.csv", scope, today, Divisions::bundled()).unwrap();
        ledger.sheets[0].rows[1..].iter().map(reasons).collect::<Vec<_>>()
    };
    assert_eq!(of("12"), [vec![Reason::AbolishedDivision], vec![], vec![Reason::DivisionTooWide]]);
    assert_eq!(of("120114104"), [vec![], vec![Reason::OutOfScope], vec![Reason::Missing]]);
    assert_eq!(read_needs(csv.as_bytes(), "x.csv", "99", today, Divisions::bundled()).unwrap_err(), LedgerError::Scope);
}

#[test]
fn no_ledgers() {
    let of = |bytes: &[u8]| try_read(bytes, "x.xlsx").unwrap_err();
    assert_eq!(of(b""), LedgerError::Empty);
    assert_eq!(of(b" \n\n"), LedgerError::Empty);
    assert_eq!(of(b"%PDF-1.7"), LedgerError::NotAWorkbook);
    assert_eq!(of(b"PK\x03\x04 and nothing"), LedgerError::NotAWorkbook);
    assert_eq!(of(b"<html><table></table></html>"), LedgerError::WebPage);
    assert_eq!(of("今天天气不错,没有表头\n".as_bytes()), LedgerError::NoHeader);
    let marker = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes);
    let locked: Vec<u8> = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1].into_iter().chain(marker).collect();
    assert_eq!(of(&locked), LedgerError::Encrypted);
    assert_eq!(of(&[0xd0, 0xcf, 0x11, 0xe0, 0, 0, 0, 0]), LedgerError::NotAWorkbook);
    assert_eq!(of(&vec![b'a'; 65 << 20]), LedgerError::TooLarge);
    for error in [LedgerError::Empty, LedgerError::Broken, LedgerError::NoHeader] {
        assert!(error.to_string().contains('请') || error.to_string().contains("模板"));
    }
}

#[test]
fn too_many_rows() {
    let mut csv = format!("{HEADER}\n");
    for number in 0..200_000 {
        csv.push_str(&number.to_string());
        csv.push('\n');
    }
    assert_eq!(try_read(csv.as_bytes(), "x.csv").unwrap_err(), LedgerError::TooManyRows);
}

#[test]
fn template_is_a_ledger() {
    let ledger = try_read(&template(LedgerKind::Needs).unwrap(), "模板.xlsx").unwrap();
    let sheet = &ledger.sheets[0];
    assert_eq!(sheet.columns.len(), 26);
    assert_eq!(sheet.absent, []);
    assert!(ledger.sheets[1..].iter().all(|sheet| sheet.ignore.is_some()));
    assert_eq!(ledger.importable().count(), 0);
}

#[test]
fn report_and_stored_form() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/ledgers/needs-messy.xlsx");
    let ledger = try_read(&std::fs::read(path).unwrap(), "needs-messy.xlsx").unwrap();
    let stored = serde_json::to_string(&ledger).unwrap();
    assert_eq!(serde_json::from_str::<Ledger>(&stored).unwrap(), ledger);
    let report = report_xlsx(&ledger).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(report)).unwrap();
    let range = calamine::Reader::worksheet_range(&mut book, "导入结果").unwrap();
    let lines: Vec<String> =
        range.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    assert!(lines.iter().any(|line| line.contains("身份证号|G18|“身份证号”（G18）是数字格式")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("与第111行重复")));
    for row in ledger.sheets.iter().flat_map(|sheet| &sheet.rows) {
        if let Some(name) = row.values.as_ref().and_then(|values| values.name.as_ref()) {
            assert!(!lines.iter().any(|line| line.contains(name.as_str())));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in the cells, every row gets a result, and an imported one has all that is required.
    #[test]
    fn any_cells(rows in prop::collection::vec(prop::collection::vec(
        prop_oneof![
            "\\PC{0,12}",
            "[0-9.\\-/年月日至每周次一二十个底前、；（）]{0,14}",
            Just("武清区".to_owned()), Just("大良镇".to_owned()), Just("低保".to_owned()), Just("助餐".to_owned()),
            Just("120114190001010016".to_owned()), Just("合计".to_owned()), Just("注：".to_owned()),
        ], 10), 0..12)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADER.split(',')).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let read = read(&writer.into_inner().unwrap(), "x.csv");
        for row in &read {
            prop_assert_eq!(row.values.is_some(), matches!(row.result, Outcome::Ok | Outcome::Warning));
            if let Some(values) = &row.values {
                prop_assert!(!values.division_code.is_empty() && !values.summary.is_empty());
                prop_assert!(!values.service_categories.is_empty() && !values.beneficiary_categories.is_empty());
            }
        }
    }

    /// Bytes of any kind give a ledger or an error, and no panic.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600), head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"])) {
        let all: Vec<u8> = head.iter().copied().chain(bytes).collect();
        let _ = try_read(&all, "x.xlsx");
    }
}
