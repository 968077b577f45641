//! What is the same for all rows of a sheet.

use std::cell::RefCell;

use chrono::NaiveDate;
use domain::division::Divisions;

use super::field::Field;
use super::heads::Heads;
use super::plan::Plan;
use super::titles;

/// What is the same for all rows of a sheet.
pub(crate) struct Context<'a> {
    pub scope: &'a str,
    pub as_of: NaiveDate,
    pub divisions: &'a Divisions,
    pub heads: &'a Heads,
    pub plan: Plan,
    /// The year in the title.
    pub year: Option<i32>,
    pub from_1904: bool,
    /// Division of the whole sheet, as the title or the sheet's name says.
    pub fallback: Option<String>,
    /// Division of the rows below a line that names nothing else: 金凤里社区 over the households of it.
    pub section: RefCell<Option<String>>,
    /// What the title or the sheet's name says of all rows, where no column does.
    pub said: titles::Said,
    /// Columns without which no row of this sheet can be imported; said once for the sheet.
    pub lacks: Vec<Field>,
    /// Which sheet of the file, from 0.
    pub sheet: usize,
    pub called: &'static [(Field, &'static str)],
}

impl Context<'_> {
    /// Where a row lies that does not say it itself.
    pub fn inside(&self) -> Option<String> {
        self.section.borrow().clone().or_else(|| self.fallback.clone())
    }
}
