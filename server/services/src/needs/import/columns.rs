//! What the columns of a file are: proposed by the reader, said otherwise by somebody, and remembered for the layout, so that
//! the next file with the same heads is read the same way.

use super::masked::masked;
use super::report::Report;
use super::{Import, idle, opened};
use crate::base::work::Work;
use crate::boxed;
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Choice, ColumnMapping, Field};
use domain::calendar::Time;
use domain::machine::Command;
use domain::organization::ImportJob;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use storage::needs::import::{self, Layout};
use uuid::Uuid;

/// A column as the page of columns shows it.
#[derive(Clone, Copy, Debug)]
pub struct ColumnUse<'r> {
    pub sheet: &'r str,
    pub column: &'r ColumnMapping,
    /// Cells that are filled.
    pub filled: u32,
    /// Of them those that were not understood.
    pub doubts: u32,
}

impl ColumnUse<'_> {
    /// The one field that it was taken for; none for an unused column, a tick of a matrix and several answers in one cell.
    pub fn field(&self) -> Option<Field> {
        match self.column.fields.as_slice() {
            [only] if self.column.label.is_none() => Field::named(only),
            _ => None,
        }
    }

    pub fn is_unused(&self) -> bool {
        self.column.fields.is_empty()
    }

    /// Whether somebody had better look: the reader was not sure, or many cells were not understood.
    pub fn is_doubtful(&self) -> bool {
        let sure = self.column.chosen || self.column.confidence >= 55;
        !self.is_unused() && self.filled > 0 && (!sure || self.doubts * 5 > self.filled)
    }
}

/// Every column of the file, in order; their numbers are their places.
pub fn uses(report: &Report) -> Vec<ColumnUse<'_>> {
    let one = |sheet: &str, column: &ColumnMapping| {
        let key = format!("{sheet}!{}", super::report::letters(&column.column));
        report.cells.get(&key).copied().unwrap_or_default()
    };
    report
        .columns
        .iter()
        .flat_map(|(sheet, columns)| columns.iter().map(move |column| (sheet.as_str(), column)))
        .map(|(sheet, column)| {
            let (filled, doubts) = one(sheet, column);
            ColumnUse { sheet, column, filled, doubts }
        })
        .collect()
}

/// Under which scope and kind an import's layouts are remembered: an office's, or a team's.
pub(crate) fn shelf(open: &Import) -> (String, &'static str) {
    match open.team_id {
        Some(team) => (format!("team:{team}"), "members"),
        None => (open.scope.clone(), open.kind.as_str()),
    }
}

/// Adds what the office said of layouts before.
pub(crate) async fn remember(tx: &mut storage::Tx, scope: &str, kind: &str, choice: &mut Choice) -> Result<()> {
    for layout in import::layouts(tx, scope, kind).await? {
        if let Ok(chosen) = serde_json::from_str(&layout.chosen) {
            choice.layouts.insert(layout.fingerprint, chosen);
        }
    }
    Ok(())
}

/// Of the layouts that the office knows those of this file.
pub(crate) fn keep_known(report: &mut Report) {
    let own: BTreeSet<&str> =
        report.columns.iter().flat_map(|(_, columns)| columns).map(|column| column.layout.as_str()).collect();
    report.choice.layouts.retain(|layout, _| own.contains(layout.as_str()));
}

/// When the office last said what the columns of this file's layouts are; none where it did not of each of them.
#[boxed]
pub async fn known_since(ctx: &Ctx, open: &Import, report: &Report) -> Result<Option<Time>> {
    let mut tx = ctx.services.db.read().await?;
    let (scope, kind) = shelf(open);
    let known = import::layouts(&mut tx, &scope, kind).await?;
    let mut since = None;
    for column in report.columns.iter().flat_map(|(_, columns)| columns) {
        let Some(layout) = known.iter().find(|layout| layout.fingerprint == column.layout) else { return Ok(None) };
        since = since.max(Some(layout.updated_at));
    }
    Ok(since)
}

/// Takes in what somebody says of columns, by their numbers, remembers it for the layout, and orders that the file is checked
/// by it; [`super::begin`] does it. `said` holds those that are to be otherwise; `hidden` the numbers of hidden sheets to read.
#[boxed]
pub async fn say(ctx: &Ctx, id: Uuid, said: &[(usize, Option<Field>)], hidden: &[usize]) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ImportCheck).await?;
    let open = opened(&mut work, id).await?;
    super::may(ctx, open.kind)?;
    work.acts_on(open.state)?;
    idle(&open)?;
    if open.rows_imported > 0 {
        return Err(Error::rule("已经导入了一部分，列不能再改。请接着导入其余的行"));
    }
    let sealer = ctx.services.db.unseen();
    let mut report: Report = import::report(&mut work.tx, sealer, id).await?.unwrap_or_default();
    let layouts = take_in(&mut report, said, hidden, work.now)?;
    keep(&mut work.tx, &open, &layouts, ctx.actor.account_id).await?;
    import::write_report(&mut work.tx, sealer, id, &report).await?;
    import::order(&mut work.tx, id, ImportJob::Check, ctx.actor.account_id, 0, work.now).await?;
    work.commit(&id.to_string()).await
}

/// Takes in what was said of columns, by their numbers. Returns what is to be remembered of the layouts.
pub(crate) fn take_in(
    report: &mut Report,
    said: &[(usize, Option<Field>)],
    hidden: &[usize],
    now: Time,
) -> Result<Vec<Layout>> {
    let columns: Vec<(String, ColumnMapping)> = report
        .columns
        .iter()
        .flat_map(|(sheet, columns)| columns.iter().map(move |column| (sheet.clone(), column.clone())))
        .collect();
    let key = |(sheet, column): &(String, ColumnMapping)| format!("{sheet}!{}", column.column);
    for (number, field) in said {
        let Some(column) = columns.get(*number) else { continue };
        // A field leaves the column of the same table that it was chosen for before.
        for (other, one) in columns.iter().enumerate().filter(|(_, one)| one.1.layout == column.1.layout) {
            if field.is_none() || said.iter().any(|(changed, _)| *changed == other) {
                continue;
            }
            if report.choice.columns.get(&key(one)) == Some(field) {
                report.choice.columns.remove(&key(one));
            }
            if let Some(known) = report.choice.layouts.get_mut(&one.1.layout)
                && known.get(&one.1.place) == Some(field)
            {
                known.remove(&one.1.place);
            }
        }
        report.choice.columns.insert(key(column), *field);
    }
    let sheets: Vec<String> = hidden.iter().filter_map(|at| report.hidden.get(*at).cloned()).collect();
    report.choice.hidden_sheets.extend(sheets);
    let mut known: BTreeMap<String, BTreeMap<u16, Option<Field>>> = BTreeMap::new();
    for column in &columns {
        let own = known
            .entry(column.1.layout.clone())
            .or_insert_with(|| report.choice.layouts.get(&column.1.layout).cloned().unwrap_or_default());
        if let Some(field) = report.choice.columns.get(&key(column)) {
            own.insert(column.1.place, *field);
        }
    }
    let kept = |(fingerprint, chosen): (String, BTreeMap<u16, Option<Field>>)| {
        let chosen = serde_json::to_string(&chosen).map_err(|_| Error::Internal("a layout as JSON"))?;
        Ok(Layout { fingerprint, chosen, updated_at: now })
    };
    known.into_iter().map(kept).collect::<Result<_>>()
}

/// Remembers what was said of layouts.
pub(crate) async fn keep(tx: &mut storage::Tx, open: &Import, layouts: &[Layout], account: Option<Uuid>) -> Result<()> {
    let (scope, kind) = shelf(open);
    for layout in layouts {
        import::keep_layout(tx, (&scope, kind), layout, account).await?;
    }
    Ok(())
}

/// Forgets what the office said of this file's layouts, and orders that it is checked as the reader takes it.
#[boxed]
pub async fn forget(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ImportCheck).await?;
    let open = opened(&mut work, id).await?;
    work.acts_on(open.state)?;
    idle(&open)?;
    if open.rows_imported > 0 {
        return Err(Error::rule("已经导入了一部分，列不能再改。请接着导入其余的行"));
    }
    let sealer = ctx.services.db.unseen();
    let mut report: Report = import::report(&mut work.tx, sealer, id).await?.unwrap_or_default();
    let layouts: BTreeSet<String> =
        report.columns.iter().flat_map(|(_, columns)| columns).map(|column| column.layout.clone()).collect();
    for layout in &layouts {
        import::forget_layout(&mut work.tx, &open.scope, open.kind.as_str(), layout).await?;
    }
    report.choice = Choice { hidden_sheets: report.choice.hidden_sheets, ..Choice::default() };
    import::write_report(&mut work.tx, sealer, id, &report).await?;
    import::order(&mut work.tx, id, ImportJob::Check, ctx.actor.account_id, 0, work.now).await?;
    work.commit(&id.to_string()).await
}

/// What the columns of a file were taken for of which no sheet is a ledger; none where it cannot be opened at all.
pub(super) async fn of_file(
    ctx: &Ctx,
    bytes: &Arc<[u8]>,
    open: &Import,
    choice: &Choice,
) -> Option<Vec<(String, Vec<ColumnMapping>)>> {
    let (bytes, name, scope, kind) = (Arc::clone(bytes), open.file_name.clone(), open.scope.clone(), open.kind);
    let (divisions, day, choice) = (ctx.services.divisions(), ctx.now().day(), choice.clone());
    let found = tokio::task::spawn_blocking(move || {
        let options = ledger::Options { scope: &scope, as_of: day, divisions: &divisions, choice: &choice };
        ledger::columns_of(kind.as_str(), &bytes, &name, options)
    });
    let found = found.await.ok()?.ok()?;
    let columns: Vec<_> =
        found.into_iter().map(|(sheet, columns)| (sheet, columns.iter().map(masked).collect::<Vec<_>>())).collect();
    columns.iter().any(|(_, columns)| !columns.is_empty()).then_some(columns)
}
