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
mod assign;
mod candidate;
mod choice;
mod coded;
mod codes;
mod content;
mod context;
mod day;
mod field;
mod form;
mod grid;
mod heads;
mod household;
mod issue;
mod kind;
mod labels;
mod line_kind;
mod machine;
mod mapping;
mod matrix;
mod members;
mod needs;
mod open;
mod organizations;
mod period;
mod phones;
mod place;
mod plan;
mod privacy;
mod read;
mod reading;
mod report;
mod rows;
mod same;
mod score;
mod several;
mod table;
mod template;
mod titles;
mod villages;
mod whole;
mod words;

pub use amount::Quantity;
pub use choice::{Choice, ChoiceError};
pub use day::PartialDate;
pub use field::Field;
pub use household::Member;
pub use issue::{Found, Issue, Reason, Severity};
pub use machine::{dry_run_json, row_json};
pub use mapping::ColumnMapping;
pub use members::MemberValues;
pub use open::{MAX_COLUMNS, MAX_FILE, MAX_ROWS, MAX_SHEETS, MAX_UNPACKED};
pub use organizations::OrganizationValues;
pub use period::Period;
pub use report::report_xlsx;
pub use template::{member_template, template};
pub use villages::VillageValues;

use read::Reader;

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
    #[error(
        "没有找到表头：至少要有姓名、身份证号、区划或街镇、对象类别、需求类别、需求摘要等列。请在列对应里指定各列，或下载模板对照"
    )]
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
    /// What each column of the sheet was taken for, those that are not read among them; of a sheet that is no ledger too,
    /// so that somebody can say otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mapping: Vec<ColumnMapping>,
    /// Tells the layout: the same heads in the same order have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// What is to be said once of the sheet: columns that are missing and the way out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<String>,
    /// The year in the title, which dates without a year take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_for_dates: Option<i32>,
    pub counts: BTreeMap<Outcome, usize>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row<V>>,
}

impl<V> Sheet<V> {
    fn named(name: &str) -> Self {
        Self {
            sheet: name.to_owned(),
            ignore: None,
            header_rows: Vec::new(),
            columns: BTreeMap::new(),
            absent: Vec::new(),
            mapping: Vec::new(),
            fingerprint: None,
            sentences: Vec::new(),
            year_for_dates: None,
            counts: BTreeMap::new(),
            rows: Vec::new(),
        }
    }

    /// Takes in a further table of the same sheet.
    fn go_on(&mut self, part: Self) {
        if part.ignore.is_none() {
            self.ignore = None;
        }
        self.header_rows.extend(part.header_rows);
        for (letter, field) in part.columns {
            self.columns.entry(letter).or_insert(field);
        }
        self.mapping.extend(part.mapping);
        self.sentences.extend(
            part.sentences.into_iter().filter(|sentence| !self.sentences.contains(sentence)).collect::<Vec<_>>(),
        );
        for (outcome, count) in part.counts {
            *self.counts.entry(outcome).or_default() += count;
        }
    }

    /// Columns that no field holds, with their heads: their cells stay in each row's [`Row::original`].
    pub fn unread(&self) -> impl Iterator<Item = &ColumnMapping> {
        self.mapping.iter().filter(|column| column.fields.is_empty())
    }
}

/// A cell of a row, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// `G18`.
    pub cell: String,
    pub text: String,
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
    /// A line of a family member, which belongs to the household's row.
    Member,
    /// A line of a form that belongs to the block above.
    Form,
    StruckOut,
    /// A row of a hidden sheet.
    Hidden,
}

impl Skipped {
    pub fn label(self) -> &'static str {
        match self {
            Self::Title => "标题",
            Self::Header => "表头",
            Self::Subtotal => "小计、合计",
            Self::Blank => "空行",
            Self::Note => "说明、签章",
            Self::Member => "家庭成员，已并入所在户",
            Self::Form => "同一张表单的其他行",
            Self::StruckOut => "已划去",
            Self::Hidden => "在隐藏的工作表里",
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
    /// The household's row, of a line that belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// The sheet of `duplicate_of` or of an issue's `of`, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<Issue>,
    /// The words of cells that were not understood, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub originals: BTreeMap<Field, String>,
    /// The whole row, word for word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub original: Vec<Original>,
    /// Only of rows that can be imported.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub values: Option<V>,
}

impl<V> Row<V> {
    fn skipped(row: u32, line: Option<u32>, reason: Skipped) -> Self {
        Self {
            row,
            line,
            result: Outcome::Skipped,
            reason: Some(reason),
            duplicate_of: None,
            of: None,
            other_sheet: None,
            issues: Vec::new(),
            originals: BTreeMap::new(),
            original: Vec::new(),
            values: None,
        }
    }
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
    /// Others of the household, from lines of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// Why there is no identity number, in the words of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_id_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The words of cells that were not understood.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Field, String>,
}

/// For whom a file is read, and what somebody said of its columns.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The importer's division: a code of 2, 6, 9 or 12 digits. Rows outside it are refused.
    pub scope: &'a str,
    /// The day that counts as today.
    pub as_of: NaiveDate,
    pub divisions: &'a Divisions,
    /// Columns that somebody chose otherwise than they were taken for.
    pub choice: &'a Choice,
}

impl<'a> Options<'a> {
    fn reader(self) -> Reader<'a> {
        let Self { scope, as_of, divisions, choice } = self;
        Reader { scope, as_of, divisions, choice }
    }
}

/// Makes the functions of one kind of ledger: all rows at once, with a choice of columns, and row by row.
macro_rules! readers {
    ($read:ident, $with:ident, $each:ident, $kind:path, $values:ty, $what:literal) => {
        #[doc = concat!("Reads ", $what, ": .xlsx, .xls, a web page or archive called so, or .csv in UTF-8, UTF-16 or GB18030.")]
        ///
        /// `scope` is the importer's division (a code of 2, 6, 9 or 12 digits), `as_of` the day that counts as today.
        ///
        /// # Errors
        /// [`LedgerError`] when the file as a whole cannot be read; its text is Chinese and says how to mend it.
        pub fn $read(
            bytes: &[u8],
            file_name: &str,
            scope: &str,
            as_of: NaiveDate,
            divisions: &Divisions,
        ) -> Result<Ledger<$values>, LedgerError> {
            $with(bytes, file_name, Options { scope, as_of, divisions, choice: &Choice::default() })
        }

        #[doc = concat!("As [`", stringify!($read), "`] with columns that somebody chose.")]
        ///
        /// # Errors
        #[doc = concat!("As [`", stringify!($read), "`].")]
        pub fn $with(bytes: &[u8], file_name: &str, options: Options<'_>) -> Result<Ledger<$values>, LedgerError> {
            read::ledger(<$kind>::default(), bytes, file_name, options.reader())
        }

        #[doc = concat!("As [`", stringify!($with), "`], but hands each row to `take` with its sheet instead of keeping it, so that a")]
        /// long file costs little memory. `take` may break off.
        ///
        /// # Errors
        #[doc = concat!("As [`", stringify!($read), "`].")]
        pub fn $each(
            bytes: &[u8],
            file_name: &str,
            options: Options<'_>,
            take: &mut dyn FnMut(&str, Row<$values>) -> ControlFlow<()>,
        ) -> Result<Ledger<$values>, LedgerError> {
            let mut take = |_, sheet: &str, row| take(sheet, row);
            read::each(<$kind>::default(), bytes, file_name, options.reader(), &mut take)
        }
    };
}

readers!(read_needs, read_needs_with, each_need, needs::Needs, NeedValues, "a ledger of needs");
readers!(
    read_organizations,
    read_organizations_with,
    each_organization,
    organizations::Organizations,
    OrganizationValues,
    "a ledger of social organizations (社会组织资源台账)"
);
readers!(
    read_members,
    read_members_with,
    each_member,
    members::Members,
    MemberValues,
    "a list of a team's volunteers (志愿者名册)"
);
readers!(
    read_villages,
    read_villages_with,
    each_village,
    villages::Villages,
    VillageValues,
    "a ledger of designated villages (村帮扶台账)"
);

/// What the columns of each sheet of a file were taken for, also where no sheet is a ledger of the kind (`needs`,
/// `organizations`, `villages`, `members`), so that somebody can say otherwise.
///
/// # Errors
/// [`LedgerError`] when the file as a whole cannot be read, and where there is no such kind.
pub fn columns_of(
    kind: &str,
    bytes: &[u8],
    file_name: &str,
    options: Options<'_>,
) -> Result<Vec<(String, Vec<ColumnMapping>)>, LedgerError> {
    let reader = options.reader();
    match kind {
        "needs" => read::columns::<needs::Needs>(bytes, file_name, reader),
        "organizations" => read::columns::<organizations::Organizations>(bytes, file_name, reader),
        "villages" => read::columns::<villages::Villages>(bytes, file_name, reader),
        "members" => read::columns::<members::Members>(bytes, file_name, reader),
        _ => Err(LedgerError::NoHeader),
    }
}

/// The fields that a column of a kind of ledger may hold, in the order in which a person is offered them.
pub fn fields(kind: &str) -> Vec<Field> {
    let own = heads::Heads::of(kind).fields();
    Field::ALL.iter().copied().filter(|field| own.contains(field)).collect()
}
