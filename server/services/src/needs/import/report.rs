//! What the dry run of a ledger says, row by row.

use super::masked::masked;
use documents::ledger::{self, Choice, ColumnMapping, Issue, Original, Outcome, Row, Skipped};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// What the report page shows of a row: no private values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportRow {
    pub sheet: String,
    pub row: u32,
    pub result: Outcome,
    /// Chinese sentences: column, cell, mend.
    pub messages: Vec<String>,
    /// Services and place, or the organization's name, for recognising the row.
    pub what: String,
    /// The need that this row became, now or before.
    pub need_code: Option<String>,
    /// The organization that this row became, or that it names and that is registered already.
    #[serde(default)]
    pub organization: Option<Uuid>,
    /// What became of sending the draft for review: empty where it was sent, else why it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// Where it differs from the need that it became before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Whether the file took the row's values over, once somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed: Option<bool>,
}

impl ReportRow {
    /// A row without anything that is known of it already.
    pub(crate) fn new(sheet: &str, row: u32, result: Outcome, messages: Vec<String>, what: String) -> Self {
        Self {
            sheet: sheet.to_owned(),
            row,
            result,
            messages,
            what,
            need_code: None,
            organization: None,
            review: None,
            differences: Vec::new(),
            renewed: None,
        }
    }

    /// A row as it was read, with what is to be mended, and whether it repeats another.
    pub(crate) fn of<V>(sheet: &str, row: &Row<V>, what: String) -> Self {
        let mut told = Self::new(sheet, row.row, row.result, messages(&row.issues), what);
        let repeats = row.duplicate_of.map(|earlier| format!("与第{earlier}行重复，不会再次导入"));
        told.messages.extend(repeats);
        told
    }

    /// Whether somebody is still to say if the file takes the row's values over.
    pub fn is_open_question(&self) -> bool {
        self.renewed.is_none() && self.differences.iter().any(|difference| difference.renews)
    }

    /// A row that is no data, or was left out, with the reason.
    pub(crate) fn skipped<V>(sheet: &str, row: &Row<V>) -> Self {
        let messages = row.reason.map(|reason| reason.label().to_owned()).into_iter().collect();
        Self::new(sheet, row.row, Outcome::Skipped, messages, String::new())
    }

    /// The row became a need by an earlier file.
    pub(crate) fn known(&mut self, code: String) {
        self.result = Outcome::Duplicate;
        self.messages.push(format!("以前导入过，需求编号{code}，不会再次导入"));
        self.need_code = Some(code);
    }

    /// Something else became of the row between the check and the taking in.
    pub(crate) fn overtaken(&mut self, code: String) {
        self.result = Outcome::Duplicate;
        self.messages.push(format!("检查以后已经导入，需求编号{code}，没有再次导入"));
        self.need_code = Some(code);
    }

    fn is_draft(&self) -> bool {
        matches!(self.result, Outcome::Ok | Outcome::Warning) && self.need_code.is_some()
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub rows: Vec<ReportRow>,
    /// Sheets that were not read, with the reason, and columns that are missing.
    pub ignored: Vec<(String, String)>,
    /// Columns that somebody chose; the rows are taken in as they were checked.
    #[serde(default)]
    pub choice: Choice,
    /// What each column was taken for, by sheet; its values in part.
    #[serde(default)]
    pub columns: Vec<(String, Vec<ColumnMapping>)>,
    /// Of each column (`表名!K`) the cells that are filled, and those of them that were not understood.
    #[serde(default)]
    pub cells: BTreeMap<String, (u32, u32)>,
    /// Hidden sheets that were not read.
    #[serde(default)]
    pub hidden: Vec<String>,
    /// Drafts that are to be sent for review; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<String>,
}

/// A value in which a row differs from the need that it became before, in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub label: String,
    pub row: String,
    pub file: String,
    /// Whether the file takes it over by 更新; what outsiders read is changed on the need's own page.
    pub renews: bool,
}

impl Difference {
    /// `联系电话：表里138****0001，档案138****0002`.
    pub fn words(&self) -> String {
        let or_none = |text: &str| if text.is_empty() { "没有写".to_owned() } else { text.to_owned() };
        if self.row.is_empty() && self.file.is_empty() {
            return self.label.clone();
        }
        format!("{}：表里{}，档案{}", self.label, or_none(&self.row), or_none(&self.file))
    }
}

/// Two counts of each column.
type ByColumn = HashMap<String, (u32, u32)>;

/// Counts the cells of each column while the rows go by.
#[derive(Default)]
pub(crate) struct CellCount {
    sheets: Vec<(String, ByColumn)>,
    hidden: Vec<String>,
}

impl CellCount {
    pub fn add<V>(&mut self, sheet: &str, row: &Row<V>) {
        if row.reason == Some(Skipped::Hidden) && self.hidden.last().is_none_or(|last| last != sheet) {
            self.hidden.push(sheet.to_owned());
        }
        if row.result == Outcome::Skipped {
            return;
        }
        if self.sheets.last().is_none_or(|(last, _)| last != sheet) {
            self.sheets.push((sheet.to_owned(), HashMap::new()));
        }
        let Some((_, cells)) = self.sheets.last_mut() else { return };
        let doubtful: HashSet<&str> = row.issues.iter().filter_map(|issue| issue.cell.as_deref()).collect();
        for cell in row.original.iter().filter(|cell| !cell.text.trim().is_empty()) {
            let column = letters(&cell.cell);
            let doubt = u32::from(doubtful.contains(cell.cell.as_str()));
            match cells.get_mut(column) {
                Some((filled, doubts)) => {
                    *filled += 1;
                    *doubts += doubt;
                }
                None => drop(cells.insert(column.to_owned(), (1, doubt))),
            }
        }
    }
}

/// `G` of `G18`.
pub(super) fn letters(cell: &str) -> &str {
    cell.trim_end_matches(|c: char| c.is_ascii_digit())
}

impl Report {
    /// Keeps what the file as a whole turned out to be.
    pub(crate) fn read<V>(&mut self, sheets: Vec<ledger::Sheet<V>>, counted: CellCount, why: &str) {
        for sheet in sheets.iter().filter(|sheet| sheet.ignore.is_none()) {
            self.columns.push((sheet.sheet.clone(), sheet.mapping.iter().map(masked).collect()));
        }
        for (sheet, cells) in counted.sheets {
            for (column, (filled, doubts)) in cells {
                let sum = self.cells.entry(format!("{sheet}!{column}")).or_default();
                *sum = (sum.0 + filled, sum.1 + doubts);
            }
        }
        self.hidden = counted.hidden;
        self.ignored = ignored(sheets, why);
    }

    /// The cells of a row with the heads of their columns; a cell of a column without a head is called by its address.
    pub(crate) fn words(&self, sheet: &str, cells: &[Original]) -> Vec<(String, String)> {
        let columns =
            self.columns.iter().find(|(name, _)| name == sheet).map_or(&[][..], |(_, columns)| columns.as_slice());
        cells
            .iter()
            .map(|one| {
                let letters = letters(&one.cell);
                let head = columns
                    .iter()
                    .find(|column| column.column == letters || column.column == one.cell)
                    .map(|column| column.head.as_str())
                    .filter(|head| !head.is_empty());
                (head.unwrap_or(&one.cell).to_owned(), one.text.clone())
            })
            .collect()
    }

    /// The entry of a row. Rows are asked for in their order; `from` is where to look on.
    pub(crate) fn row(&mut self, from: &mut usize, sheet: &str, row: u32) -> Option<&mut ReportRow> {
        let found = self.rows.iter().skip(*from).position(|one| one.row == row && one.sheet == sheet)?;
        let at = *from + found;
        *from = at + 1;
        self.rows.get_mut(at)
    }

    pub fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.result == outcome).count()
    }

    /// Rows that became drafts by this import.
    pub fn drafts(&self) -> impl Iterator<Item = &ReportRow> {
        self.rows.iter().filter(|row| row.is_draft())
    }

    /// Places of the rows whose drafts are still to be sent for review.
    pub(crate) fn to_send(&self) -> impl Iterator<Item = usize> {
        let wanted = |row: &ReportRow| {
            self.wanted.is_empty() || row.need_code.as_ref().is_some_and(|code| self.wanted.contains(code))
        };
        self.rows
            .iter()
            .enumerate()
            .filter(move |(_, row)| row.is_draft() && wanted(row) && row.review.as_deref() != Some(""))
            .map(|(at, _)| at)
    }
}

/// Sheets that were not read, with the reason, and what is to be said once of those that were: columns that are missing.
pub(crate) fn ignored<V>(sheets: Vec<ledger::Sheet<V>>, why: &str) -> Vec<(String, String)> {
    sheets
        .into_iter()
        .flat_map(|sheet| {
            let all = if sheet.ignore.is_some() { vec![why.to_owned()] } else { sheet.sentences };
            all.into_iter().map(move |words| (sheet.sheet.clone(), words))
        })
        .collect()
}

/// What is said of a row that could be read.
pub(crate) fn messages(issues: &[Issue]) -> Vec<String> {
    issues.iter().map(Issue::message).collect()
}
