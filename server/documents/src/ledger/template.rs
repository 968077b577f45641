//! The empty ledger that offices download: the columns of the contract, identity numbers as text.

use domain::vocabulary::{beneficiary_categories, service_categories};
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::LedgerError;

/// (header, width, words to choose from).
const COLUMNS: &[(&str, f64, &[&str])] = &[
    ("序号", 6.0, &[]),
    ("需求编号", 18.0, &[]),
    ("来源", 12.0, &["救急难平台", "热线12345", "直通车", "走访", "社会组织"]),
    ("来源单号", 18.0, &[]),
    ("发布日期", 12.0, &[]),
    ("对象类型（个案/村）", 12.0, &["个案", "村"]),
    ("区划代码", 15.0, &[]),
    ("对象类别", 28.0, &[]),
    ("需求类别", 24.0, &[]),
    ("需求摘要（脱敏）", 50.0, &[]),
    ("紧急程度（24h/一般）", 12.0, &["24h", "一般"]),
    ("数量/频次", 12.0, &[]),
    ("期限", 24.0, &[]),
    ("状态", 10.0, &[]),
    ("责任单位", 20.0, &[]),
    ("经办人", 10.0, &[]),
    ("姓名", 10.0, &[]),
    ("性别", 6.0, &["男", "女"]),
    ("身份证号", 21.0, &[]),
    ("联系电话", 14.0, &[]),
    ("家庭住址", 36.0, &[]),
    ("家庭人口", 9.0, &[]),
    ("监护人", 10.0, &[]),
    ("填报单位", 18.0, &[]),
    ("填报人", 10.0, &[]),
    ("填报日期", 12.0, &[]),
];

const NOTES: &[&str] = &[
    "1. 一行一项需求；姓名、身份证号、区划代码、对象类别、需求类别、需求摘要必填，村的需求不填姓名和身份证号。",
    "2. 身份证号、电话、区划代码、编号各列已设为文本格式，请勿改为数字，否则身份证号末几位会丢失。",
    "3. 区划代码填12位统计用区划代码，也可以填街镇、村居的标准名称。",
    "4. 对象类别、需求类别按“代码表”填标准名称，多个之间用全角分号隔开。",
    "5. 日期写成2026-11-03；期限写成2026-11-01至2027-01-31，也可写“6个月”“长期”。",
    "6. 数量/频次写成“每周3餐”“每月2次”“共6次”“一次性”。",
    "7. 需求摘要会经审核后公开，请勿写姓名、电话、身份证号、住址和学校名称。",
];

/// Columns of a list of volunteers, as [`COLUMNS`].
const MEMBER_COLUMNS: &[(&str, f64, &[&str])] = &[
    ("序号", 6.0, &[]),
    ("姓名", 10.0, &[]),
    ("性别", 6.0, &["男", "女"]),
    ("出生日期", 12.0, &[]),
    ("身份证号", 21.0, &[]),
    ("联系电话", 14.0, &[]),
    ("居住区域", 24.0, &[]),
    ("专业技能", 24.0, &[]),
    ("服务类别", 24.0, &[]),
    ("本人同意", 10.0, &["是"]),
    ("同意日期", 12.0, &[]),
    ("备注", 20.0, &[]),
];

const MEMBER_NOTES: &[&str] = &[
    "1. 一行一个人；姓名、性别、出生日期、联系电话、居住区域、本人同意、同意日期必填，身份证号只在记录需要时填。",
    "2. 先征得本人同意，再写进名单：本人知道信息用来组织志愿服务和记录时长，可以随时退出。没有同意的不要写。",
    "3. 未满18岁的由监护人在网上登记，不写进名单。",
    "4. 居住区域写区名和街镇名，例如河东区鲁山道街道，不写门牌。",
    "5. 日期写成1990-05-01。身份证号和电话已设为文本格式，请勿改为数字。",
    "6. 导入以后本人是“等本人同意”：有账号的在“我的服务”里同意，没有账号的用同一个手机号登记后同意。",
];

/// Rows below the header that are prepared as text.
const PREPARED: u32 = 2000;

/// An empty needs ledger as .xlsx bytes.
///
/// # Errors
/// [`LedgerError::Write`] when the workbook cannot be built.
pub fn template() -> Result<Vec<u8>, LedgerError> {
    build().map_err(|_| LedgerError::Write)
}

/// An empty list of volunteers as .xlsx bytes.
///
/// # Errors
/// [`LedgerError::Write`] when the workbook cannot be built.
pub fn member_template() -> Result<Vec<u8>, LedgerError> {
    let build = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        table(&mut book, "志愿者名册", MEMBER_COLUMNS)?;
        notes(&mut book, MEMBER_NOTES)?;
        book.save_to_buffer()
    };
    build().map_err(|_| LedgerError::Write)
}

fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin)
}

fn notes(book: &mut Workbook, lines: &[&str]) -> Result<(), XlsxError> {
    let notes = book.add_worksheet();
    notes.set_name("填报说明")?;
    notes.set_column_width(0, 100)?;
    for (row, note) in (0u32..).zip(lines) {
        notes.write_string(row, 0, *note)?;
    }
    Ok(())
}

/// The table to fill in: every column is text, some have words to choose from.
fn table(book: &mut Workbook, name: &str, columns: &[(&str, f64, &[&str])]) -> Result<(), XlsxError> {
    let header = heading();
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_row_height(0, 32)?;
    for (column, (label, width, choices)) in (0u16..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        sheet.set_column_format(column, &text)?;
        sheet.write_string_with_format(0, column, *label, &header)?;
        if !choices.is_empty() {
            let list = DataValidation::new()
                .allow_list_strings(choices)?
                .ignore_blank(true)
                .set_error_title("请从列表中选择")?
                .set_error_message("请从列表中选择一项，或留空。")?;
            sheet.add_data_validation(1, column, PREPARED, column, &list)?;
        }
    }
    Ok(())
}

fn build() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let header = heading();
    table(&mut book, "需求台账", COLUMNS)?;
    notes(&mut book, NOTES)?;
    let codes = book.add_worksheet();
    codes.set_name("代码表")?;
    codes.set_column_width(0, 48)?;
    codes.set_column_width(1, 36)?;
    codes.write_string_with_format(0, 0, "对象类别", &header)?;
    codes.write_string_with_format(0, 1, "需求类别", &header)?;
    for (row, category) in (1u32..).zip(beneficiary_categories().iter().filter(|row| !row.is_legacy())) {
        codes.write_string(row, 0, category.name)?;
    }
    for (row, category) in (1u32..).zip(service_categories()) {
        codes.write_string(row, 1, category.name)?;
    }
    book.save_to_buffer()
}
