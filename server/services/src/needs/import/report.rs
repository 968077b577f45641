//! What the dry run of a ledger says, row by row.

use documents::ledger::{self, Choice, ColumnMapping, Original, Outcome};
use serde::{Deserialize, Serialize};
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
    /// The need that this row already became.
    pub need_code: Option<String>,
    /// The organization that this row names and that is registered already.
    #[serde(default)]
    pub organization: Option<Uuid>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub rows: Vec<ReportRow>,
    /// Sheets that were not read, with the reason.
    pub ignored: Vec<(String, String)>,
    /// Columns that somebody chose; the rows are taken in as they were checked.
    #[serde(default)]
    pub choice: Choice,
    /// What each column was taken for, by sheet.
    #[serde(default)]
    pub columns: Vec<(String, Vec<ColumnMapping>)>,
}

impl Report {
    /// Keeps what the file as a whole turned out to be.
    pub(crate) fn read<V>(&mut self, sheets: Vec<ledger::Sheet<V>>, why: &str) {
        for sheet in sheets.iter().filter(|sheet| sheet.ignore.is_none()) {
            // Three values of each column are for choosing, not for keeping.
            let columns =
                sheet.mapping.iter().map(|one| ColumnMapping { samples: Vec::new(), ..one.clone() }).collect();
            self.columns.push((sheet.sheet.clone(), columns));
        }
        self.ignored = ignored(sheets, why);
    }

    /// The cells of a row with the heads of their columns; a cell of a column without a head is called by its address.
    pub(crate) fn words(&self, sheet: &str, cells: &[Original]) -> Vec<(String, String)> {
        let columns =
            self.columns.iter().find(|(name, _)| name == sheet).map_or(&[][..], |(_, columns)| columns.as_slice());
        cells
            .iter()
            .map(|one| {
                let letters = one.cell.trim_end_matches(|c: char| c.is_ascii_digit());
                let head = columns
                    .iter()
                    .find(|column| column.column == letters || column.column == one.cell)
                    .map(|column| column.head.as_str())
                    .filter(|head| !head.is_empty());
                (head.unwrap_or(&one.cell).to_owned(), one.text.clone())
            })
            .collect()
    }

    /// A row became a need. Rows are named in their order; `from` is where to look on.
    pub(crate) fn became(&mut self, from: &mut usize, sheet: &str, row: u32, code: &str) {
        let found = self.rows.iter().skip(*from).position(|one| one.row == row && one.sheet == sheet);
        if let Some(at) = found.map(|at| *from + at) {
            self.rows[at].need_code = Some(code.to_owned());
            *from = at + 1;
        }
    }

    pub fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.result == outcome).count()
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
