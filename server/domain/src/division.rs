//! Administrative divisions of Tianjin: an index of one or more editions of the statistical codes,
//! scopes as code prefixes, and the reading of the names that offices write.
//!
//! Source, edition and licence of the data: `data/README.md`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::text;

mod neighbours;
mod resolve;

pub use neighbours::neighbours;
pub use resolve::{ResolveError, Resolved};

/// Outlines of the 16 districts as GeoJSON (property `adcode` is the 6-digit code). Schematic only.
pub const DISTRICT_OUTLINES: &str = include_str!("../data/tianjin_districts.simplified.geojson");

static BUNDLED: LazyLock<Divisions> = LazyLock::new(|| {
    let edition = Edition { valid_from: BUNDLED_EDITION, csv: BUNDLED_CSV };
    #[expect(clippy::expect_used, reason = "the bundled files are part of the program and tested")]
    Divisions::from_editions(&[edition], BUNDLED_HISTORY).expect("the bundled divisions are well formed")
});

/// Cut-off day of the bundled edition.
pub const BUNDLED_EDITION: NaiveDate = match NaiveDate::from_ymd_opt(2023, 6, 30) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// The bundled edition: columns `code,code12,name,level,kind,parent_code,district_code`.
pub const BUNDLED_CSV: &str = include_str!("../data/divisions_tianjin_ext.csv");
/// Abolished district codes: columns `old_code,old_name,seen_in,successor`.
pub const BUNDLED_HISTORY: &str = include_str!("../data/tianjin_district_code_history.csv");

/// Level of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    City,
    District,
    /// 街道、镇、乡 and the development zones and farms that count as one.
    Street,
    /// 村、社区.
    Village,
}

/// Kind of a division within its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Municipality,
    District,
    /// 街道
    Subdistrict,
    /// 镇
    Town,
    /// 乡
    Township,
    /// 开发区、园区、农场
    QuasiStreet,
    /// 居委会
    Residents,
    /// 村委会
    Village,
    /// 类似居委会
    QuasiResidents,
    /// 类似村委会
    QuasiVillage,
}

impl Kind {
    fn of(text: &str) -> Option<Self> {
        Some(match text.split('(').next().unwrap_or(text) {
            "municipality" => Self::Municipality,
            "district" => Self::District,
            "subdistrict" => Self::Subdistrict,
            "town" => Self::Town,
            "township" => Self::Township,
            "quasi" => Self::QuasiStreet,
            "residents_committee" => Self::Residents,
            "village_committee" => Self::Village,
            "quasi_residents" => Self::QuasiResidents,
            "quasi_village" => Self::QuasiVillage,
            _ => return None,
        })
    }

    /// True for 村委会 and what counts as one: only such a division can be a 困难村.
    pub fn is_rural(self) -> bool {
        matches!(self, Self::Village | Self::QuasiVillage)
    }
}

/// One division of some edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Division {
    /// Twelve digits, e.g. `120102001000`.
    pub code12: String,
    pub name: String,
    pub level: Level,
    pub kind: Kind,
    /// Twelve digits of the division above; none for the city.
    pub parent: Option<String>,
    /// Six digits of the district; empty for the city.
    pub district_code: String,
    /// First day of the oldest edition that has it; none where only its end is known.
    pub valid_from: Option<NaiveDate>,
    /// Day of the first edition that no longer has it.
    pub valid_to: Option<NaiveDate>,
    /// Twelve digits of the division that took its place.
    pub successor: Option<String>,
}

impl Division {
    /// The digits that all codes inside begin with: 2, 6, 9 or 12 of them.
    pub fn prefix(&self) -> &str {
        prefix(&self.code12)
    }

    /// True when this division lies in the scope, or is it.
    pub fn within(&self, scope: &str) -> bool {
        within(&self.code12, scope)
    }

    /// False for a division that the newest edition no longer has.
    pub fn is_current(&self) -> bool {
        self.valid_to.is_none()
    }

    /// The name as people say it: `站北路社区` for 站北路社区居委会, `田水铺村` for 田水铺村委会.
    pub fn short_name(&self) -> &str {
        if self.level == Level::Village { resolve::short_village(&self.name) } else { &self.name }
    }
}

/// The digits that all codes inside a division begin with: `12`, six, nine or twelve.
/// Takes 2, 6, 9 or 12 digits; trailing zeros of the longer form are cut.
pub fn prefix(code: &str) -> &str {
    let cut = |from: usize| code.len() > from && code.as_bytes()[from..].iter().all(|b| *b == b'0');
    if cut(2) {
        &code[..2]
    } else if cut(6) {
        &code[..6]
    } else if cut(9) {
        &code[..9]
    } else {
        code
    }
}

/// True when `code` lies in the scope, or is it. Both may be given short or padded. An empty scope holds nothing.
pub fn within(code: &str, scope: &str) -> bool {
    let scope = prefix(scope);
    !scope.is_empty() && prefix(code).starts_with(scope)
}

/// Twelve digits of a code given with 2, 4 (`1201`), 6, 9 or 12; none if it is no code.
pub fn pad(code: &str) -> Option<String> {
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match code.len() {
        // The virtual 市辖区 (1201) stands between the city and its districts in the statistical codes only.
        2 | 4 | 6 | 9 | 12 if prefix(code) == "1201" => Some("120000000000".to_owned()),
        2 | 6 | 9 | 12 => Some(format!("{code:0<12}")),
        _ => None,
    }
}

/// One edition of the statistical codes, as CSV text.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    /// Cut-off day of the edition.
    pub valid_from: NaiveDate,
    /// Columns `code12,name,level,kind,parent_code,district_code` among others, in any order.
    pub csv: &'a str,
}

/// What is wrong with an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditionError {
    /// A column is missing.
    Column(&'static str),
    /// A line cannot be read; the record's number, counted from 1 without the header.
    Record(usize),
    /// There is no city in it, or no edition was given.
    Empty,
}

impl std::fmt::Display for EditionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Column(name) => write!(f, "区划表缺少“{name}”列"),
            Self::Record(number) => write!(f, "区划表第{number}条记录有误"),
            Self::Empty => f.write_str("区划表是空的，或没有市级记录"),
        }
    }
}

impl std::error::Error for EditionError {}

/// The index over all editions.
#[derive(Debug, Clone)]
pub struct Divisions {
    all: Vec<Division>,
    by_code: HashMap<String, usize>,
    children: HashMap<String, Vec<usize>>,
    names: HashMap<String, Vec<usize>>,
    /// Names of abolished districts (`塘沽区`, `塘沽`), longest first.
    old_names: Vec<(String, usize)>,
}

impl Divisions {
    /// The edition that the program carries.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Builds an index; the newest edition wins, a code that it dropped goes on resolving with its `valid_to`.
    /// `history` names successors of district codes older than every edition; may be empty.
    pub fn from_editions(editions: &[Edition<'_>], history: &str) -> Result<Self, EditionError> {
        let mut sorted = editions.to_vec();
        sorted.sort_by_key(|edition| edition.valid_from);
        let mut found: BTreeMap<String, Division> = BTreeMap::new();
        for edition in &sorted {
            let mut now = read_edition(edition)?;
            for (code, old) in &mut found {
                match now.get_mut(code) {
                    Some(new) => new.valid_from = old.valid_from,
                    None if old.valid_to.is_none() => old.valid_to = Some(edition.valid_from),
                    None => {}
                }
            }
            found.extend(now);
        }
        if !found.contains_key("120000000000") {
            return Err(EditionError::Empty);
        }
        for old in read_history(history)? {
            found.entry(old.code12.clone()).or_insert(old);
        }
        Ok(Self::index(found.into_values().collect()))
    }

    fn index(all: Vec<Division>) -> Self {
        let mut index = Self {
            by_code: HashMap::with_capacity(all.len()),
            children: HashMap::new(),
            names: HashMap::with_capacity(all.len() * 3),
            old_names: Vec::new(),
            all,
        };
        for (at, division) in index.all.iter().enumerate() {
            index.by_code.insert(division.code12.clone(), at);
            if division.is_current() {
                if let Some(parent) = &division.parent {
                    index.children.entry(parent.clone()).or_default().push(at);
                }
                for form in resolve::forms(&text::squeeze(&division.name), division.level) {
                    let places = index.names.entry(form).or_default();
                    if !places.contains(&at) {
                        places.push(at);
                    }
                }
            } else if division.level == Level::District {
                index.old_names.push((division.name.clone(), at));
                index.old_names.push((resolve::short_district(&division.name).to_owned(), at));
            }
        }
        index.old_names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        index
    }

    /// A division by 2, 6, 9 or 12 digits. Abolished ones are found too; see [`Division::valid_to`].
    pub fn get(&self, code: &str) -> Option<&Division> {
        self.by_code.get(&pad(code)?).map(|at| &self.all[*at])
    }

    /// The division that stands for a code today: itself, or its successor's successor. None if it has none.
    pub fn current(&self, code: &str) -> Option<&Division> {
        let mut division = self.get(code)?;
        for _ in 0..8 {
            if division.is_current() {
                return Some(division);
            }
            division = self.get(division.successor.as_deref()?)?;
        }
        None
    }

    /// Every division of every edition, in the order of codes.
    pub fn iter(&self) -> impl Iterator<Item = &Division> {
        self.all.iter()
    }

    /// The 16 districts in the order of codes.
    pub fn districts(&self) -> impl Iterator<Item = &Division> {
        self.children("12")
    }

    /// Current divisions directly below, in the order of codes.
    pub fn children(&self, code: &str) -> impl Iterator<Item = &Division> {
        let places = pad(code).and_then(|code| self.children.get(&code)).map_or(&[][..], Vec::as_slice);
        places.iter().map(|at| &self.all[*at])
    }

    /// `天津市`, `河东区`, `河东区 鲁山道街道`, `武清区 杨村街道 站北路社区居委会`; empty for an unknown code.
    pub fn full_name(&self, code: &str) -> String {
        self.line(code).iter().map(|d| d.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// As [`Self::full_name`] with the village's name as people say it.
    pub fn spoken_name(&self, code: &str) -> String {
        self.line(code).iter().map(|d| d.short_name()).collect::<Vec<_>>().join(" ")
    }

    /// The division with those above it, district first; the city alone for the city.
    fn line(&self, code: &str) -> Vec<&Division> {
        let mut line = Vec::new();
        let mut next = self.get(code);
        while let Some(division) = next {
            if division.level != Level::City || line.is_empty() {
                line.push(division);
            }
            next = division.parent.as_deref().and_then(|parent| self.get(parent));
        }
        line.reverse();
        line
    }
}

fn read_edition(edition: &Edition<'_>) -> Result<BTreeMap<String, Division>, EditionError> {
    let mut reader = csv::ReaderBuilder::new().from_reader(edition.csv.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().map_err(|_| EditionError::Empty)?.clone();
    let column = |name: &'static str| headers.iter().position(|h| h == name).ok_or(EditionError::Column(name));
    let (code, name, level) = (column("code12")?, column("name")?, column("level")?);
    let (kind, parent, district) = (column("kind")?, column("parent_code")?, column("district_code")?);
    let mut found = BTreeMap::new();
    for (number, record) in reader.records().enumerate() {
        let bad = || EditionError::Record(number + 1);
        let record = record.map_err(|_| bad())?;
        let level = match &record[level] {
            "province" => Level::City,
            "city" => continue,
            "district" => Level::District,
            "street" => Level::Street,
            "village" => Level::Village,
            _ => return Err(bad()),
        };
        let code12 = pad(&record[code]).filter(|c| c.len() == 12).ok_or_else(bad)?;
        let parent = if level == Level::City { None } else { Some(pad(&record[parent]).ok_or_else(bad)?) };
        if record[name].trim().is_empty() {
            return Err(bad());
        }
        found.insert(
            code12.clone(),
            Division {
                code12,
                name: record[name].trim().to_owned(),
                level,
                kind: Kind::of(&record[kind]).ok_or_else(bad)?,
                parent,
                district_code: record[district].to_owned(),
                valid_from: Some(edition.valid_from),
                valid_to: None,
                successor: None,
            },
        );
    }
    Ok(found)
}

fn read_history(csv_text: &str) -> Result<Vec<Division>, EditionError> {
    let mut found = Vec::new();
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|_| EditionError::Record(number + 1))?;
        let (Some(old), Some(name), Some(new)) = (record.get(0), record.get(1), record.get(3)) else {
            return Err(EditionError::Record(number + 1));
        };
        let successor: String = new.chars().take_while(char::is_ascii_digit).collect();
        let (Some(code12), Some(successor)) = (pad(old), pad(&successor)) else {
            continue;
        };
        if successor == code12 {
            continue;
        }
        let year = new.rsplit('(').next().and_then(|rest| rest.get(..4)).and_then(|year| year.parse().ok());
        found.push(Division {
            district_code: old.to_owned(),
            code12,
            name: name.to_owned(),
            level: Level::District,
            kind: Kind::District,
            parent: Some("120000000000".to_owned()),
            valid_from: None,
            // The year alone is known; where it is not, the row is older than the first digital list of 2002.
            valid_to: NaiveDate::from_ymd_opt(year.unwrap_or(2001), 1, 1),
            successor: Some(successor),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
