//! A column of a table while somebody looks at it, and what stands around the table.

use chrono::NaiveDate;
use domain::division::Divisions;

use super::choice::Choice;
use super::codes::{self, CodeTable};
use super::content::Profile;
use super::field::Field;
use super::grid::Cell;
use super::heads::{Head, Heads, Understood};
use super::plan::Use;

/// What is known of a kind when its columns are read.
pub(crate) struct Kind<'a> {
    pub name: &'static str,
    pub heads: &'a Heads,
    pub fields: &'a [Field],
}

/// What stands around a table.
pub(crate) struct Around<'a> {
    pub scope: &'a str,
    pub divisions: &'a Divisions,
    pub tables: &'a [CodeTable],
    pub choice: &'a Choice,
    /// Words above the table that say what other words mean: 红色=24小时内.
    pub legend: Vec<(String, String)>,
    /// The day that counts as today.
    pub as_of: NaiveDate,
}

/// A column while it is looked at.
pub(crate) struct Candidate<'l> {
    pub column: u16,
    pub head: Head,
    pub understood: Understood,
    pub profile: Profile,
    pub cells: Vec<&'l Cell>,
    pub codes: Option<codes::Meanings>,
    pub used: Use,
    pub confidence: f32,
    pub chosen: bool,
}
