//! What a kind of ledger has to say for itself, and what a row of it turned out to be.

use super::field::Field;
use super::form::Form;
use super::grid::Grid;
use super::plan::Plan;
use super::reading::Reading;
use super::same::Place;
use super::table::Table;

/// A kind of ledger.
pub(crate) trait Kind {
    type Values;
    /// `needs`, `organizations`, `villages`, `members`.
    const NAME: &'static str;
    /// Fields that should have a column each.
    const EXPECTED: &'static [Field];
    /// Of them those without which no row can be imported.
    const REQUIRED: &'static [Field];
    /// What this kind calls a field, where it is not the field's own label.
    const CALLED: &'static [(Field, &'static str)] = &[];

    /// Whether a sheet with these columns is a ledger of this kind at all.
    fn is_ledger(plan: &Plan) -> bool;

    /// Reads a row and compares it with the earlier ones.
    fn row(&mut self, reading: &mut Reading<'_>) -> Verdict<Self::Values>;
}

/// What a row turned out to be; issues are in the reading.
pub(crate) enum Verdict<V> {
    Values(V),
    /// The same as an earlier row.
    Duplicate(Place),
}

/// A sheet with what was found in it.
pub(crate) struct Found {
    pub grid: Grid,
    pub form: Option<Form>,
    pub table: Option<Table>,
    pub ledger: bool,
    /// Goes on with the sheet before it: a table of its own further down.
    pub part: bool,
    /// The last row of the part before it; 0 where there is none.
    pub after: u32,
}
