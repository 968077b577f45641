//! What the dry run of a ledger says, row by row.

use documents::ledger::{self, Outcome};
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
}

impl Report {
    pub fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.result == outcome).count()
    }
}

/// Sheets that were not read, with the reason.
pub(crate) fn ignored<V>(sheets: Vec<ledger::Sheet<V>>, why: &str) -> Vec<(String, String)> {
    sheets.into_iter().filter(|sheet| sheet.ignore.is_some()).map(|sheet| (sheet.sheet, why.to_owned())).collect()
}
