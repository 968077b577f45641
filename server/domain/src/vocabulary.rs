//! The two vocabularies: who is helped (beneficiary categories) and with what (service categories),
//! the groups under which the public sees the former, and the reading of labels as offices write them.
//!
//! The tables are `data/vocab_*.csv`; their last columns name the law or notice behind each row.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

mod labels;

pub use labels::{Labels, UnclearLabel, split_labels};

const BENEFICIARY_CSV: &str = include_str!("../data/vocab_beneficiary.csv");
const SERVICE_CSV: &str = include_str!("../data/vocab_service.csv");

/// One row of the beneficiary vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeneficiaryCategory {
    /// `DB`, `TK_F`, … as stored and exchanged.
    pub code: &'static str,
    /// Standard name, e.g. `最低生活保障家庭（低保对象）`.
    pub name: &'static str,
    /// A few characters for tags and lists, e.g. `低保`.
    pub short_name: &'static str,
    /// `household`, `person`, `person(minor)`, `household/person`, `village`.
    pub unit: &'static str,
    /// `statutory`, `legacy`, `welfare`, `care`, `subsidy`, `monitoring`, `designation`.
    pub status: &'static str,
    /// Definition in one line.
    pub definition: &'static str,
    /// Who decides that somebody belongs to it; this system never does.
    pub decided_by: &'static str,
    pub legal_source: &'static str,
    pub group: BeneficiaryGroup,
}

impl BeneficiaryCategory {
    /// True for categories that only children have.
    pub fn is_minor(&self) -> bool {
        self.unit == "person(minor)"
    }

    /// True for the dated designations of villages.
    pub fn is_village(&self) -> bool {
        self.unit == "village"
    }

    /// True for names that no new record should bear.
    pub fn is_legacy(&self) -> bool {
        self.status == "legacy"
    }
}

/// What the public sees instead of a category: nobody's exact status is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BeneficiaryGroup {
    LowIncome,
    Destitute,
    Emergency,
    Children,
    LeftBehind,
    Disabled,
    OtherHardship,
    Village,
}

impl BeneficiaryGroup {
    pub const ALL: [Self; 8] = [
        Self::LowIncome,
        Self::Destitute,
        Self::Emergency,
        Self::Children,
        Self::LeftBehind,
        Self::Disabled,
        Self::OtherHardship,
        Self::Village,
    ];

    /// Stable code for addresses, filters and indexes.
    pub fn code(self) -> &'static str {
        match self {
            Self::LowIncome => "low_income",
            Self::Destitute => "destitute",
            Self::Emergency => "emergency",
            Self::Children => "children",
            Self::LeftBehind => "left_behind",
            Self::Disabled => "disabled",
            Self::OtherHardship => "other_hardship",
            Self::Village => "village",
        }
    }

    /// Public Chinese name.
    pub fn name(self) -> &'static str {
        match self {
            Self::LowIncome => "低保低收入家庭",
            Self::Destitute => "特困人员",
            Self::Emergency => "急难临时救助",
            Self::Children => "困境儿童",
            Self::LeftBehind => "农村留守人员",
            Self::Disabled => "困难残疾人",
            Self::OtherHardship => "其他困难人员",
            Self::Village => "困难村",
        }
    }

    /// True for the group whose members are children: never below district level in public, stricter reading rules.
    /// 农村留守儿童 belong to it, and not to 农村留守人员.
    pub fn is_minor(self) -> bool {
        self == Self::Children
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }

    fn of(code: &str) -> Self {
        match code {
            "TK_J" | "TK_F" => Self::Destitute,
            "LS_JN" | "LS_ZC" | "SZ" | "LL" => Self::Emergency,
            "GE" | "SWR" | "KJ" | "LSET" => Self::Children,
            "LSFN" | "LSLR" => Self::LeftBehind,
            "CJ_KN" | "CJ_ZD" => Self::Disabled,
            "CUN_KN" | "CUN_BR" => Self::Village,
            "DB" | "BY" | "GX" | "DSR" | "FP" => Self::LowIncome,
            _ => Self::OtherHardship,
        }
    }
}

/// One row of the service vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCategory {
    /// `A01` … `F04`.
    pub code: &'static str,
    /// Standard name, e.g. `住院陪护/送医陪护（陪诊）`.
    pub name: &'static str,
    /// A few characters for tags and lists, e.g. `陪诊`.
    pub short_name: &'static str,
    pub group: ServiceGroup,
    /// Whether a visit that was missed is made up later: a bath, a lesson, goods. A meal of yesterday is not.
    pub is_made_up: bool,
    /// Law or notice behind it.
    pub basis: &'static str,
}

/// First letter of a service code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ServiceGroup {
    A,
    B,
    C,
    D,
    E,
    F,
}

impl ServiceGroup {
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];

    pub fn code(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::A => "照护服务",
            Self::B => "生活服务",
            Self::C => "关爱服务",
            Self::D => "专业支持",
            Self::E => "村级帮扶",
            Self::F => "支持形式",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }

    /// The categories of the group, in the order of the vocabulary.
    pub fn categories(self) -> impl Iterator<Item = &'static ServiceCategory> {
        service_categories().iter().filter(move |category| category.group == self)
    }
}

static BENEFICIARIES: LazyLock<Vec<BeneficiaryCategory>> = LazyLock::new(|| {
    rows(BENEFICIARY_CSV)
        .map(|[code, name, _, unit, status, definition, decided_by, legal_source]| BeneficiaryCategory {
            code,
            name,
            short_name: beneficiary_short(code).unwrap_or(name),
            unit,
            status,
            definition,
            decided_by,
            legal_source,
            group: BeneficiaryGroup::of(code),
        })
        .collect()
});

static SERVICES: LazyLock<Vec<ServiceCategory>> = LazyLock::new(|| {
    rows(SERVICE_CSV)
        .filter_map(|[group, _, _, code, name, _, made_up, basis]| {
            Some(ServiceCategory {
                code,
                name,
                short_name: service_short(code).unwrap_or(name),
                group: ServiceGroup::from_code(group)?,
                is_made_up: made_up == "yes",
                basis,
            })
        })
        .collect()
});

static BENEFICIARY_INDEX: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| BENEFICIARIES.iter().enumerate().map(|(at, row)| (row.code, at)).collect());
static SERVICE_INDEX: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| SERVICES.iter().enumerate().map(|(at, row)| (row.code, at)).collect());

/// The beneficiary vocabulary in its own order, 22 rows.
pub fn beneficiary_categories() -> &'static [BeneficiaryCategory] {
    &BENEFICIARIES
}

/// The service vocabulary in its own order, 35 rows.
pub fn service_categories() -> &'static [ServiceCategory] {
    &SERVICES
}

pub fn beneficiary(code: &str) -> Option<&'static BeneficiaryCategory> {
    BENEFICIARY_INDEX.get(code).map(|at| &BENEFICIARIES[*at])
}

/// Whether a helper has to know the person's sex for this service: care of the body, nights beside a bed, baths.
/// Elsewhere organizations are not told it (product contract, tier L1).
pub fn depends_on_sex(code: &str) -> bool {
    matches!(code, "A01" | "A02" | "A03" | "A04" | "B03" | "B05")
}

pub fn service(code: &str) -> Option<&'static ServiceCategory> {
    SERVICE_INDEX.get(code).map(|at| &SERVICES[*at])
}

/// Whether what was missed of a service is made up later (column `made_up` of the vocabulary). What must be there on
/// its day or is of no use, such as a meal, a look in or a night at the bedside, is lost with the day.
pub fn is_made_up(code: &str) -> bool {
    service(code).is_some_and(|service| service.is_made_up)
}

/// The groups of a set of beneficiary codes, each once, in the order of [`BeneficiaryGroup::ALL`].
/// Unknown codes count as nothing.
pub fn groups_of<S: AsRef<str>>(codes: &[S]) -> Vec<BeneficiaryGroup> {
    let mut groups: Vec<_> = codes.iter().filter_map(|code| Some(beneficiary(code.as_ref())?.group)).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Reads a ledger cell of beneficiary categories.
pub fn parse_beneficiaries(cell: &str) -> Labels {
    labels::BENEFICIARY.read(cell)
}

/// Reads a ledger cell of service categories.
pub fn parse_services(cell: &str) -> Labels {
    labels::SERVICE.read(cell)
}

fn beneficiary_short(code: &str) -> Option<&'static str> {
    Some(match code {
        "DB" => "低保",
        "TK_J" => "特困（集中）",
        "TK_F" => "特困（分散）",
        "BY" => "低保边缘",
        "GX" => "刚性支出困难",
        "DSR" => "低收入（旧称）",
        "LS_JN" => "急难型临时救助",
        "LS_ZC" => "支出型临时救助",
        "SWR" => "事实无人抚养",
        "LL" => "流散人员",
        "LSET" => "留守儿童",
        "LSFN" => "留守妇女",
        "LSLR" => "留守老人",
        "CJ_KN" => "困难残疾人",
        "CJ_ZD" => "重度残疾人",
        "FP" => "防返贫监测",
        "QT" => "其他特殊困难",
        _ => return None,
    })
}

fn service_short(code: &str) -> Option<&'static str> {
    Some(match code {
        "A02" => "陪诊",
        "A04" => "委托照料",
        "A05" => "健康随访",
        "B07" => "居室改造",
        "C01" => "探访",
        "C07" => "学业辅导",
        "D04" => "经济状况评估",
        "D05" => "协助申请",
        "D06" => "法律援助",
        "E07" => "人才帮扶",
        _ => return None,
    })
}

/// The rows of a bundled table with exactly `N` columns. Fields are cut out of the text itself and live as long.
fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter_map(|line| {
        let mut fields = [""; N];
        let mut rest = line;
        for (at, field) in fields.iter_mut().enumerate() {
            let end = if at + 1 == N {
                rest.len()
            } else if let Some(quoted) = rest.strip_prefix('"') {
                quoted.find('"')? + 2
            } else {
                rest.find(',')?
            };
            *field = rest[..end].trim_matches('"');
            rest = rest.get(end + 1..).unwrap_or("");
        }
        Some(fields)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        assert_eq!(beneficiary_categories().len(), 22);
        assert_eq!(service_categories().len(), SERVICE_CSV.lines().count() - 1);
        assert_eq!(service("A02").unwrap().short_name, "陪诊");
        assert_eq!(service("B01").unwrap().short_name, "助餐");
        assert_eq!(service("F04").unwrap().group.name(), "支持形式");
        for (code, made_up) in [("B03", true), ("A03", true), ("C07", true), ("B07", true), ("F02", true)]
            .into_iter()
            .chain([("B01", false), ("C01", false), ("A01", false)])
        {
            assert_eq!(is_made_up(code), made_up, "{code}");
        }
        assert!(SERVICE_CSV.lines().skip(1).all(|line| line.contains(",yes,") || line.contains(",no,")));
        assert!(beneficiary("LSET").unwrap().is_minor());
        assert!(beneficiary("DSR").unwrap().is_legacy());
        for row in beneficiary_categories() {
            assert!(!row.legal_source.is_empty() && !row.name.is_empty(), "{}", row.code);
            assert_eq!(row.is_minor(), row.group.is_minor(), "{}", row.code);
            assert_eq!(row.is_village(), row.group == BeneficiaryGroup::Village, "{}", row.code);
        }
        for group in ServiceGroup::ALL {
            assert!(group.categories().count() >= 4);
        }
    }

    #[test]
    fn groups() {
        assert_eq!(groups_of(&["CJ_ZD", "DB", "BY", "?"]), [BeneficiaryGroup::LowIncome, BeneficiaryGroup::Disabled]);
        assert_eq!(BeneficiaryGroup::from_code("children"), Some(BeneficiaryGroup::Children));
    }
}
