//! The empty ledgers that offices download: the columns of the contract, identity numbers as text.

use domain::organization::LedgerKind;
use domain::vocabulary::{beneficiary_categories, service_categories};
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::LedgerError;

/// A column: header, width, words to choose from.
type Column = (&'static str, f64, &'static [&'static str]);

const NEED_COLUMNS: &[Column] = &[
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

const NEED_NOTES: &[&str] = &[
    "1. 一行一项需求；姓名、身份证号、区划代码、对象类别、需求类别、需求摘要必填，村的需求不填姓名和身份证号。",
    "2. 身份证号、电话、区划代码、编号各列已设为文本格式，请勿改为数字，否则身份证号末几位会丢失。",
    "3. 区划代码填12位统计用区划代码，也可以填街镇、村居的标准名称。",
    "4. 对象类别、需求类别按“代码表”填标准名称，多个之间用全角分号隔开。",
    "5. 日期写成2026-11-03；期限写成2026-11-01至2027-01-31，也可写“6个月”“长期”。",
    "6. 数量/频次写成“每周3餐”“每月2次”“共6次”“一次性”。",
    "7. 需求摘要会经审核后公开，请勿写姓名、电话、身份证号、住址和学校名称。",
];

const ORGANIZATION_COLUMNS: &[Column] = &[
    ("序号", 6.0, &[]),
    ("统一社会信用代码", 22.0, &[]),
    ("机构名称", 36.0, &[]),
    ("机构类型", 14.0, &["社会团体", "社会服务机构", "基金会", "其他"]),
    ("登记管理机关", 22.0, &[]),
    ("业务主管单位", 22.0, &[]),
    ("法定代表人", 12.0, &[]),
    ("成立日期", 12.0, &[]),
    ("住所", 36.0, &[]),
    ("是否慈善组织", 10.0, &["是", "否"]),
    ("公开募捐资格", 10.0, &["有", "无"]),
    ("评估等级", 10.0, &["5A", "4A", "3A", "2A", "1A", "未评"]),
    ("等级有效期至", 12.0, &[]),
    ("2024年度检查", 12.0, &["合格", "基本合格", "不合格"]),
    ("2025年度检查", 12.0, &["合格", "基本合格", "不合格"]),
    ("服务类别", 28.0, &[]),
    ("服务区域（代码）", 22.0, &[]),
    ("可提供数量", 14.0, &[]),
    ("可用时间", 20.0, &[]),
    ("资质", 24.0, &[]),
    ("联系人", 10.0, &[]),
    ("联系电话", 14.0, &[]),
    ("电子邮箱", 22.0, &[]),
    ("业务范围", 40.0, &[]),
    ("备注", 24.0, &[]),
];

const ORGANIZATION_NOTES: &[&str] = &[
    "1. 一行一家社会组织；统一社会信用代码、机构名称必填，代码按登记证书逐位填写，同一代码只登记一次。",
    "2. 统一社会信用代码、电话、区划代码各列已设为文本格式，请勿改为数字。",
    "3. 住所从区写起，例如“天津市河东区……”；机构由住所所在的区核验。",
    "4. 服务类别按“代码表”填标准名称，服务区域填区、街镇的名称或代码，多个之间用全角分号隔开，全市填“天津市”。",
    "5. 年度检查的列名写明年度，有新的年度就再加一列；评估等级过了有效期的按没有等级看。",
    "6. 可提供数量写成“每周60餐”“每月20户”。",
    "7. 机构名称、业务范围、住所核验以后对外公开，请勿写个人的姓名和手机号。",
];

const VILLAGE_COLUMNS: &[Column] = &[
    ("序号", 6.0, &[]),
    ("区划代码", 15.0, &[]),
    ("区", 10.0, &[]),
    ("街镇", 14.0, &[]),
    ("村名", 14.0, &[]),
    ("认定类型", 14.0, &["困难村", "经济薄弱村"]),
    ("认定级别", 10.0, &["市级", "区级"]),
    ("认定日期", 12.0, &[]),
    ("退出日期", 12.0, &[]),
    ("户数", 8.0, &[]),
    ("人口", 8.0, &[]),
    ("60岁以上人数", 10.0, &[]),
    ("低保户数", 10.0, &[]),
    ("特困人数", 10.0, &[]),
    ("残疾人数", 10.0, &[]),
    ("集体经营性收入（万元）", 14.0, &[]),
    ("主导产业", 18.0, &[]),
    ("基础设施短板", 30.0, &[]),
    ("帮扶需求类别", 24.0, &[]),
    ("需求说明", 40.0, &[]),
    ("村联系人", 10.0, &[]),
    ("联系电话", 14.0, &[]),
    ("数据年度", 8.0, &[]),
    ("备注", 20.0, &[]),
];

const VILLAGE_NOTES: &[&str] = &[
    "1. 一行一个村的一次认定；村名或区划代码、认定类型必填，有帮扶需求的写类别和说明。",
    "2. 区划代码填12位统计用区划代码；没有写代码的按区、街镇、村名核对。",
    "3. 帮扶需求类别按“代码表”填标准名称，多个之间用全角分号隔开。",
    "4. 需求说明会经审核后公开，请勿写个人的姓名和电话。",
    "5. 日期写成2021-07-01，只知道年月的写成2021-07。",
];

const MEMBER_COLUMNS: &[Column] = &[
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

/// What stands in the workbook of a kind.
struct Template {
    sheet: &'static str,
    columns: &'static [Column],
    notes: &'static [&'static str],
    /// Columns of the sheet of codes: header, width, names.
    codes: Vec<(&'static str, f64, Vec<&'static str>)>,
}

fn of(kind: LedgerKind) -> Template {
    let services = service_categories().iter().map(|category| category.name).collect();
    let groups = beneficiary_categories().iter().filter(|row| !row.is_legacy()).map(|row| row.name).collect();
    match kind {
        LedgerKind::Needs => Template {
            sheet: "需求台账",
            columns: NEED_COLUMNS,
            notes: NEED_NOTES,
            codes: vec![("对象类别", 48.0, groups), ("需求类别", 36.0, services)],
        },
        LedgerKind::Organizations => Template {
            sheet: "社会组织资源台账",
            columns: ORGANIZATION_COLUMNS,
            notes: ORGANIZATION_NOTES,
            codes: vec![("服务类别", 36.0, services)],
        },
        LedgerKind::Villages => Template {
            sheet: "村帮扶台账",
            columns: VILLAGE_COLUMNS,
            notes: VILLAGE_NOTES,
            codes: vec![("帮扶需求类别", 36.0, services)],
        },
    }
}

/// Rows below the header that are prepared as text.
const PREPARED: u32 = 2000;

/// An empty ledger as .xlsx bytes.
///
/// # Errors
/// [`LedgerError::Write`] when the workbook cannot be built.
pub fn template(kind: LedgerKind) -> Result<Vec<u8>, LedgerError> {
    build(&of(kind)).map_err(|_| LedgerError::Write)
}

/// An empty list of volunteers as .xlsx bytes.
///
/// # Errors
/// [`LedgerError::Write`] when the workbook cannot be built.
pub fn member_template() -> Result<Vec<u8>, LedgerError> {
    let members =
        Template { sheet: "志愿者名册", columns: MEMBER_COLUMNS, notes: MEMBER_NOTES, codes: Vec::new() };
    build(&members).map_err(|_| LedgerError::Write)
}

fn build(template: &Template) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let header = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin);
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet();
    sheet.set_name(template.sheet)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_row_height(0, 32)?;
    for (column, (label, width, choices)) in (0u16..).zip(template.columns) {
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
    let notes = book.add_worksheet();
    notes.set_name("填报说明")?;
    notes.set_column_width(0, 100)?;
    for (row, note) in (0u32..).zip(template.notes) {
        notes.write_string(row, 0, *note)?;
    }
    if template.codes.is_empty() {
        return book.save_to_buffer();
    }
    let codes = book.add_worksheet();
    codes.set_name("代码表")?;
    for (column, (label, width, names)) in (0u16..).zip(&template.codes) {
        codes.set_column_width(column, *width)?;
        codes.write_string_with_format(0, column, *label, &header)?;
        for (row, name) in (1u32..).zip(names) {
            codes.write_string(row, column, *name)?;
        }
    }
    book.save_to_buffer()
}
