//! What an importer has to say about a row: the column, the reason, the cell, and how to mend it.

use serde::{Deserialize, Serialize};

use super::field::Field;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Imported, and somebody should look.
    Warning,
    /// Not imported until mended.
    Error,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Missing,
    /// Excel kept 15 digits of a long number.
    DigitsLost,
    CheckDigit,
    BadLength,
    BadCharacters,
    BadBirthDate,
    SexDiffersFromId,
    FormulaError,
    UnknownDivision,
    AmbiguousDivision,
    OutOfScope,
    VillageNotInStreet,
    AbolishedDivision,
    DivisionTooWide,
    UnknownCategory,
    AmbiguousCategory,
    LegacyTerm,
    BadDate,
    AmbiguousDate,
    DateInFuture,
    YearAssumed,
    MonthOnly,
    PeriodReversed,
    BadPhone,
    SeveralPhones,
    BadNumber,
    NotUnderstood,
    PersonalData,
    ClosedStatus,
    HiddenRow,
    PossibleDuplicate,
    NeedNoConflict,
    TooLong,
    NotASocialOrganization,
    TypeDiffersFromUscc,
    UsccConflict,
    RatingExpired,
    InspectionFailed,
    InspectionBasicTwice,
    NotAVillage,
    CodeDiffersFromName,
    ExceedsPopulation,
    /// Nobody is entered without his own word.
    NoConsent,
    Minor,
    BirthDiffersFromId,
    /// A quote of a text file was never closed.
    OpenQuote,
    /// A character of which a part is missing.
    HalfCharacter,
    StruckOut,
    /// Nobody has written an identity number, and the row says why.
    NoPapers,
    /// The cell says that there is no telephone.
    NoPhone,
    /// Words of a member of the household that were not understood.
    BadMember,
}

/// Personal data found where none should stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    Name,
    IdNumber,
    Phone,
    Address,
}

impl Found {
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "姓名",
            Self::IdNumber => "身份证号",
            Self::Phone => "电话",
            Self::Address => "住址",
        }
    }
}

/// One thing to say about a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    pub field: Field,
    pub reason: Reason,
    pub severity: Severity,
    /// `G18`; none where the row as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// What this ledger calls the field, where it is not the field's own label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The label that is unknown or unclear, as written; only where the cell holds several or it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Codes between which somebody has to choose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// Kinds of personal data found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Found>,
    /// Row number of the earlier row that is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// A name that may have been meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
}

impl Issue {
    pub(crate) fn new(field: Field, reason: Reason, severity: Severity) -> Self {
        Self {
            field,
            reason,
            severity,
            cell: None,
            column: None,
            label: None,
            candidates: Vec::new(),
            found: Vec::new(),
            of: None,
            near: None,
        }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// One Chinese sentence: which column and cell, what is wrong, how to mend it. Holds nobody's data.
    pub fn message(&self) -> String {
        let place = match &self.cell {
            Some(cell) => format!("“{}”（{cell}）", self.column.as_deref().unwrap_or(self.field.label())),
            None if self.field == Field::Row => String::new(),
            None => format!("“{}”", self.column.as_deref().unwrap_or(self.field.label())),
        };
        format!("{place}{}", self.sentence())
    }

    fn sentence(&self) -> String {
        let label = self.label.as_deref().unwrap_or_default();
        match self.reason {
            Reason::Missing => match (self.field, self.severity) {
                (Field::DivisionCode, _) => "没有填写，请填写街镇或村居名称，或12位区划代码".to_owned(),
                (_, Severity::Error) => "没有填写，请补上".to_owned(),
                (_, Severity::Warning) => "没有填写，可在导入后补上".to_owned(),
            },
            Reason::DigitsLost => {
                "是数字格式，末几位已经丢失。请把该列设为文本格式，再按原件重新填写18位号码".to_owned()
            }
            Reason::CheckDigit => "校验位不符，请按原件逐位核对".to_owned(),
            Reason::BadLength => "位数不对，应为18位，请按原件核对".to_owned(),
            Reason::BadCharacters => "含有不该有的字符，只能是数字，末位可以是X，请按原件核对".to_owned(),
            Reason::BadBirthDate => "第7至14位不是存在的日期，请按原件核对".to_owned(),
            Reason::SexDiffersFromId => "与身份证号不一致，已按身份证号取值，请核对".to_owned(),
            Reason::FormulaError => "公式出错，没有得到结果，请改为直接填写".to_owned(),
            Reason::UnknownDivision => match &self.near {
                Some(near) => {
                    format!("在本辖区内找不到，是否应为“{near}”？请改为标准名称或12位区划代码")
                }
                None => "在本辖区内找不到，请改为标准名称或12位区划代码".to_owned(),
            },
            Reason::AmbiguousDivision => {
                format!("在本辖区内有{}处同名，请写明所属街镇，或填写12位区划代码", self.candidates.len())
            }
            Reason::OutOfScope => "不在您的辖区内，请由所在区、街镇导入，或改正区划".to_owned(),
            Reason::VillageNotInStreet => "不属于本行所写的街镇，请核对街镇和村居".to_owned(),
            Reason::AbolishedDivision => "是已撤销的区县名称，已按现行区划取值，请核对".to_owned(),
            Reason::DivisionTooWide => "只写到区，请补上街镇".to_owned(),
            Reason::UnknownCategory => format!("中的“{label}”不是标准类别，请从代码表中选择"),
            Reason::AmbiguousCategory if label.is_empty() => {
                format!("可能是{}，请写明是哪一种", self.candidates.join("或"))
            }
            Reason::AmbiguousCategory => {
                format!("中的“{label}”可能是{}，请写明是哪一种", self.candidates.join("或"))
            }
            Reason::LegacyTerm => "用了旧称“低收入”，请按现行的低保边缘或刚性支出困难重新认定".to_owned(),
            Reason::BadDate => "不是存在的日期，请写成2026-11-03这样".to_owned(),
            Reason::AmbiguousDate => "是数字，分不清是3日还是30日，请写成2026-11-03这样".to_owned(),
            Reason::DateInFuture => "在今天之后，请核对年份".to_owned(),
            Reason::YearAssumed => "没有写年份，已按标题的年份取值，请核对".to_owned(),
            Reason::MonthOnly => "只写到月，请补上日".to_owned(),
            Reason::PeriodReversed => "开始晚于结束，请核对先后".to_owned(),
            Reason::BadPhone => "不是完整的电话号码，应为11位手机号，或区号加固定电话，请核对".to_owned(),
            Reason::OpenQuote => "的引号没有成对，这一行可能读错了，请改好引号后重新上传".to_owned(),
            Reason::HalfCharacter => "里有缺了一半的字，请按原件改好后重新上传".to_owned(),
            Reason::StruckOut => "里有划去的内容，划去的没有导入，请核对".to_owned(),
            Reason::NoPapers => "没有号码，已记下表中写的原因，请在导入后补上或写明".to_owned(),
            Reason::NoPhone => "写明没有电话，原文已保留，请填写照料人或村居的电话".to_owned(),
            Reason::BadMember => "里有家庭成员的号码没有读懂，原文已保留，请核对".to_owned(),
            Reason::SeveralPhones => "有多个号码，第一个作为联系电话，其余另存，请核对".to_owned(),
            Reason::BadNumber if self.field == Field::HouseholdSize => "不是合理的人数，请填写1以上的整数".to_owned(),
            Reason::BadNumber => "不是合理的数，请填写数字".to_owned(),
            Reason::NotUnderstood => "没有读懂，原文已保留，请在导入后选择或改写".to_owned(),
            Reason::PersonalData => {
                let kinds: Vec<_> = self.found.iter().map(|found| found.label()).collect();
                format!("里有{}，公开前必须删去", kinds.join("、"))
            }
            Reason::ClosedStatus => "表示已经办结，如不再需要请勿导入；导入后仍从登记开始".to_owned(),
            Reason::HiddenRow => "这一行在表中是隐藏的，也会导入，请确认".to_owned(),
            Reason::PossibleDuplicate => match self.of {
                Some(of) => format!("与第{of}行是同一人、同样的服务，只是文字不同，请确认是否重复"),
                None => "可能与前面的行重复，请确认".to_owned(),
            },
            Reason::NeedNoConflict => match self.of {
                Some(of) => format!("与第{of}行的编号相同，但不是同一人，请改正编号"),
                None => "与前面另一人的编号相同，请改正编号".to_owned(),
            },
            Reason::TooLong => "太长，请删减".to_owned(),
            Reason::NotASocialOrganization => "不是社会组织的代码，应以51、52、53或59开头，请按登记证书核对".to_owned(),
            Reason::TypeDiffersFromUscc => "与统一社会信用代码的前两位不一致，请按登记证书核对".to_owned(),
            Reason::UsccConflict => match self.of {
                Some(of) => format!("与第{of}行的代码相同，但名称不同，请按登记证书核对"),
                None => "与前面另一机构的代码相同，请按登记证书核对".to_owned(),
            },
            Reason::RatingExpired => "已过有效期，按无等级对待，请核对".to_owned(),
            Reason::InspectionFailed => "为不合格，承接前请核实整改情况".to_owned(),
            Reason::InspectionBasicTwice => "连续两年为基本合格，承接前请核实".to_owned(),
            Reason::NotAVillage => "不是村的代码，困难村、经济薄弱村只能是村委会，请核对".to_owned(),
            Reason::CodeDiffersFromName => "与区划代码不是同一处，请核对名称和代码".to_owned(),
            Reason::ExceedsPopulation => "大于全村的总数，请核对".to_owned(),
            Reason::NoConsent => "没有写明本人同意，请先征得本人同意，再填“是”和同意日期".to_owned(),
            Reason::Minor => "未满18岁，要由监护人在网上登记，不能按名单登记".to_owned(),
            Reason::BirthDiffersFromId => "与身份证号里的不一样，请按原件核对".to_owned(),
        }
    }
}
