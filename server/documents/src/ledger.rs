//! Ledgers (台账) of needs: reading what offices send, row by row, and saying of every row what is wrong.
//!
//! Nothing is guessed: a number that lost its digits, a name borne by two villages and a date without a day are
//! errors or warnings with their cell, the reason and the mend. Rows and cells are named as the spreadsheet names
//! them. The contract is `tests/data/ledgers/README.md` with its `expected.json`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::NaiveDate;
use domain::division::Divisions;
use domain::need::{NeedKind, Sex, Source, Urgency};
use domain::phone::Phone;
use domain::resident_id::ResidentId;
use serde::{Deserialize, Serialize};

mod amount;
mod day;
mod field;
mod grid;
mod header;
mod issue;
mod members;
mod needs;
mod open;
mod organizations;
mod period;
mod phones;
mod place;
mod privacy;
mod read;
mod reading;
mod report;
mod same;
mod template;
mod villages;
mod words;

pub use amount::Quantity;
pub use day::PartialDate;
pub use field::Field;
pub use issue::{Found, Issue, Reason, Severity};
pub use members::MemberValues;
pub use open::{MAX_COLUMNS, MAX_FILE, MAX_ROWS, MAX_SHEETS, MAX_UNPACKED};
pub use organizations::OrganizationValues;
pub use period::Period;
pub use report::{ReportLine, lines_xlsx, report_xlsx};
pub use template::{member_template, template};
pub use villages::VillageValues;

/// Why a file cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("文件是空的，请选择有内容的台账")]
    Empty,
    #[error("这不是表格文件，请上传 .xlsx、.xls 或 .csv 格式的台账")]
    NotAWorkbook,
    #[error("这是网页格式的文件，请用 Excel 打开后另存为 .xlsx 再上传")]
    WebPage,
    #[error("文件已损坏，请用 Excel 打开后另存为 .xlsx 再上传")]
    Broken,
    #[error("文件设有密码，请取消密码后再上传")]
    Encrypted,
    #[error("文字编码无法识别，请另存为 .xlsx 或 UTF-8 编码的 .csv 再上传")]
    Encoding,
    #[error("文件过大：文件不超过64兆，展开后不超过512兆，请分成几个文件上传")]
    TooLarge,
    #[error("行数过多：一个文件不超过20万行，请分成几个文件上传")]
    TooManyRows,
    #[error("没有找到表头：至少要有姓名、身份证号、区划或街镇、对象类别、需求类别、需求摘要等列，可下载模板对照")]
    NoHeader,
    #[error("导入范围不是有效的区划代码")]
    Scope,
    #[error("生成表格失败，请稍后重试")]
    Write,
}

/// A ledger as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ledger<V = NeedValues> {
    /// `needs`, `organizations`, `villages` or `members`.
    pub kind: String,
    /// The importer's division as a code prefix; rows outside it are refused.
    pub scope: String,
    /// The day that counts as today.
    pub as_of: NaiveDate,
    pub sheets: Vec<Sheet<V>>,
}

impl<V> Ledger<V> {
    /// Rows by outcome over all sheets.
    pub fn counts(&self) -> BTreeMap<Outcome, usize> {
        let mut sum = BTreeMap::new();
        for (outcome, count) in self.sheets.iter().flat_map(|sheet| &sheet.counts) {
            *sum.entry(*outcome).or_default() += count;
        }
        sum
    }

    /// Rows that can be imported, with the sheet they stand in.
    pub fn importable(&self) -> impl Iterator<Item = (&Sheet<V>, &Row<V>, &V)> {
        self.sheets
            .iter()
            .flat_map(|sheet| sheet.rows.iter().filter_map(move |row| Some((sheet, row, row.values.as_ref()?))))
    }
}

/// A sheet of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet<V = NeedValues> {
    pub sheet: String,
    /// Why the sheet is no ledger; it has no rows then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignore: Option<Ignored>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub header_rows: Vec<u32>,
    /// Column letters and the names of the fields in them; see [`Field::code`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Fields of the contract for which there is no column at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Field>,
    /// The year in the title, which dates without a year take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_for_dates: Option<i32>,
    pub counts: BTreeMap<Outcome, usize>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row<V>>,
}

/// Why a sheet is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ignored {
    #[serde(rename = "not a ledger")]
    NotALedger,
    #[serde(rename = "hidden code table, not a ledger")]
    HiddenNotALedger,
}

/// What serde takes for values that are not there, whatever their type.
fn none<V>() -> Option<V> {
    None
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ok,
    Warning,
    Error,
    Duplicate,
    Skipped,
}

impl Outcome {
    pub fn label(self) -> &'static str {
        match self {
            Self::Ok => "可导入",
            Self::Warning => "可导入，请核对",
            Self::Error => "有误，未导入",
            Self::Duplicate => "重复",
            Self::Skipped => "跳过",
        }
    }
}

/// Why a row is no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    Title,
    Header,
    Subtotal,
    Blank,
    Note,
}

impl Skipped {
    pub fn label(self) -> &'static str {
        match self {
            Self::Title => "标题",
            Self::Header => "表头",
            Self::Subtotal => "小计、合计",
            Self::Blank => "空行",
            Self::Note => "说明、签章",
        }
    }
}

/// A row of a sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row<V = NeedValues> {
    /// As the spreadsheet numbers it; the record's number in a text file.
    pub row: u32,
    /// Physical line of a text file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    pub result: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Skipped>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<u32>,
    /// The sheet of `duplicate_of` or of an issue's `of`, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<Issue>,
    /// Only of rows that can be imported.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub values: Option<V>,
}

/// What a row says, typed. Empty cells are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeedValues {
    // Of the card.
    pub need_no: Option<String>,
    pub source: Option<Source>,
    pub source_no: Option<String>,
    pub published_on: Option<PartialDate>,
    pub target: NeedKind,
    /// Twelve digits, current.
    pub division_code: String,
    /// Codes in the order of the vocabulary.
    pub beneficiary_categories: Vec<String>,
    pub service_categories: Vec<String>,
    pub summary: String,
    pub urgency: Option<Urgency>,
    pub quantity: Option<Quantity>,
    pub period: Option<Period>,
    /// The office's own word; information only.
    pub ledger_status: Option<String>,
    pub responsible_unit: Option<String>,
    pub handler: Option<String>,
    // Of the file: nobody outside the office sees these.
    pub name: Option<String>,
    pub sex: Option<Sex>,
    pub id_number: Option<ResidentId>,
    pub phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_phones: Vec<Phone>,
    pub address: Option<String>,
    pub household_size: Option<u32>,
    pub guardian: Option<String>,
    pub guardian_phone: Option<Phone>,
    /// As written; the number of the identity card goes before it.
    pub age: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The words of cells that were not understood.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Field, String>,
}

/// Reads a ledger of needs: .xlsx, .xls, or .csv in UTF-8, UTF-16 or GB18030.
///
/// `scope` is the importer's division (a code of 2, 6, 9 or 12 digits), `as_of` the day that counts as today.
///
/// # Errors
/// [`LedgerError`] when the file as a whole cannot be read; its text is Chinese and says how to mend it.
pub fn read_needs(
    bytes: &[u8],
    file_name: &str,
    scope: &str,
    as_of: NaiveDate,
    divisions: &Divisions,
) -> Result<Ledger, LedgerError> {
    read::ledger(needs::Needs::default(), bytes, file_name, scope, as_of, divisions)
}

/// As [`read_needs`], but hands each row to `take` with its sheet instead of keeping it, so that a long file costs
/// little memory. `take` may break off.
///
/// # Errors
/// As [`read_needs`].
pub fn each_need(
    bytes: &[u8],
    file_name: &str,
    scope: &str,
    as_of: NaiveDate,
    divisions: &Divisions,
    take: &mut dyn FnMut(&str, Row) -> ControlFlow<()>,
) -> Result<Ledger, LedgerError> {
    let mut take = |_, sheet: &str, row| take(sheet, row);
    read::each(needs::Needs::default(), bytes, file_name, scope, as_of, divisions, &mut take)
}

/// Reads a ledger of social organizations (社会组织资源台账); otherwise as [`read_needs`].
///
/// # Errors
/// As [`read_needs`].
pub fn read_organizations(
    bytes: &[u8],
    file_name: &str,
    scope: &str,
    as_of: NaiveDate,
    divisions: &Divisions,
) -> Result<Ledger<OrganizationValues>, LedgerError> {
    read::ledger(organizations::Organizations::default(), bytes, file_name, scope, as_of, divisions)
}

/// Reads a list of a team's volunteers (志愿者名册); otherwise as [`read_needs`].
///
/// # Errors
/// As [`read_needs`]; what [`LedgerError::NoHeader`] names are the columns of a needs ledger.
pub fn read_members(
    bytes: &[u8],
    file_name: &str,
    scope: &str,
    as_of: NaiveDate,
    divisions: &Divisions,
) -> Result<Ledger<MemberValues>, LedgerError> {
    read::ledger(members::Members::default(), bytes, file_name, scope, as_of, divisions)
}

/// Reads a ledger of designated villages (村帮扶台账); otherwise as [`read_needs`].
///
/// # Errors
/// As [`read_needs`].
pub fn read_villages(
    bytes: &[u8],
    file_name: &str,
    scope: &str,
    as_of: NaiveDate,
    divisions: &Divisions,
) -> Result<Ledger<VillageValues>, LedgerError> {
    read::ledger(villages::Villages::default(), bytes, file_name, scope, as_of, divisions)
}
