//! The lines of a sheet as rows: what is no household is left out with its reason, the lines of a family become one
//! household, and damage is said with its cell.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use domain::division::prefix;

use super::context::Context;
use super::field::Field;
use super::grid::{Cell, Grid, Line};
use super::household::{self, Member};
use super::issue::{Issue, Reason, Severity};
use super::kind::{Found, Kind, Verdict};
use super::line_kind::{self, LineKind};
use super::place;
use super::plan::{Plan, Record};
use super::reading::Reading;
use super::{Original, Outcome, Row, Skipped};

/// Empty rows between two rows with content that are still listed one by one.
const LISTED_GAP: u32 = 1000;

/// Hands out the rows of a sheet in their order.
pub(crate) fn rows<K: Kind>(
    kind: &mut K,
    found: &mut Found,
    context: &Context<'_>,
    names: &[String],
    hidden: bool,
    give: &mut dyn FnMut(Row<K::Values>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut form: BTreeMap<u32, Line> = BTreeMap::new();
    let mut parts: BTreeSet<u32> = BTreeSet::new();
    let is_form = found.form.is_some();
    if let Some(found) = found.form.take() {
        form = found.lines.into_iter().map(|line| (line.row, line)).collect();
        parts = found.parts;
    }
    let families = !is_form && household::has_members(&context.plan);
    let mut lines = std::mem::take(&mut found.grid.lines).into_iter().peekable();
    let grid = &found.grid;
    let mut last = found.after;
    while let Some(line) = lines.next() {
        for blank in last + 1..line.row.min(last + LISTED_GAP) {
            give(Row::skipped(blank, None, Skipped::Blank))?;
        }
        last = line.row;
        let reason = if hidden {
            Some(Skipped::Hidden)
        } else if is_form {
            match form.remove(&line.row) {
                Some(block) => {
                    give(data(kind, block, Vec::new(), context, names))?;
                    continue;
                }
                None if parts.contains(&line.row) => Some(Skipped::Form),
                None => Some(skip_reason(line_kind::above(&line)).unwrap_or(Skipped::Title)),
            }
        } else {
            reason_of(&line, &context.plan, grid)
        };
        if let Some(reason) = reason {
            if matches!(reason, Skipped::Title | Skipped::Note) && !is_form {
                names_section(&line, context);
            }
            give(Row { original: originals(&line), ..Row::skipped(line.row, line.physical, reason) })?;
            continue;
        }
        let mut household = vec![line];
        while families
            && lines.peek().is_some_and(|next| {
                next.row == last + 1
                    && reason_of(next, &context.plan, grid).is_none()
                    && household::goes_on(&household[0], next, &context.plan, grid)
            })
            && let Some(next) = lines.next()
        {
            last = next.row;
            household.push(next);
        }
        let head = household::head_among(&household, &context.plan);
        let of = household[head].row;
        let members: Vec<Member> = household
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != head || context.plan.has(Field::MemberName))
            .filter_map(|(_, line)| household::member_of(line, &context.plan))
            .filter(|_| families)
            .collect();
        let mut members = Some(members);
        for (at, line) in household.into_iter().enumerate() {
            if at == head {
                give(data(kind, line, members.take().unwrap_or_default(), context, names))?;
            } else {
                let row = Row::skipped(line.row, line.physical, Skipped::Member);
                give(Row { of: Some(of), original: originals(&line), ..row })?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// A line of one text that names a division narrower than the sheet's: the rows below it lie there.
fn names_section(line: &Line, context: &Context<'_>) {
    let mut cells = line.cells();
    let (Some((_, cell)), None) = (cells.next(), cells.next()) else { return };
    let text = cell.text();
    if text.contains(['：', ':']) || text.chars().count() > 24 {
        return;
    }
    let whole = context.fallback.as_deref().unwrap_or(context.scope);
    if let Some(code) = place::of_sheet(&[text], "", prefix(whole), context.divisions) {
        *context.section.borrow_mut() = Some(code);
    }
}

/// Why a line is no household's; none for a household's.
fn reason_of(line: &Line, plan: &Plan, grid: &Grid) -> Option<Skipped> {
    if plan.rows.contains(&line.row) {
        return Some(Skipped::Header);
    }
    if plan.rows.first().is_some_and(|first| line.row < *first) {
        return skip_reason(line_kind::above(line));
    }
    if line.row < plan.last_row() {
        return Some(Skipped::Title);
    }
    skip_reason(line_kind::below(line, plan, grid))
}

fn skip_reason(kind: LineKind) -> Option<Skipped> {
    Some(match kind {
        LineKind::Data => return None,
        LineKind::Title => Skipped::Title,
        LineKind::Header => Skipped::Header,
        LineKind::Subtotal => Skipped::Subtotal,
        LineKind::Blank => Skipped::Blank,
        LineKind::Note => Skipped::Note,
        LineKind::Struck => Skipped::StruckOut,
    })
}

/// The cells of a line, word for word, with what was struck out.
fn originals(line: &Line) -> Vec<Original> {
    let mut all: Vec<Original> = line
        .cells()
        .filter(|(column, _)| !line.struck.iter().any(|(struck, _)| struck == column))
        .map(|(column, cell)| Original {
            cell: line.place(column),
            text: if *cell == Cell::Error { "#".to_owned() } else { cell.text() },
        })
        .collect();
    all.extend(line.struck.iter().map(|(column, text)| Original { cell: line.place(*column), text: text.to_string() }));
    all
}

fn data<K: Kind>(
    kind: &mut K,
    line: Line,
    members: Vec<Member>,
    context: &Context<'_>,
    names: &[String],
) -> Row<K::Values> {
    let record = Record::of(&line, &context.plan, context.heads, context.scope, context.divisions);
    let mut reading = Reading::new(&line, &record, context, members);
    let verdict = kind.row(&mut reading);
    reading.note_damage();
    let lacks = !context.lacks.is_empty();
    let Reading { issues, words, other, .. } = reading;
    let mut row = Row {
        result: Outcome::Ok,
        other_sheet: other.filter(|sheet| *sheet != context.sheet).and_then(|sheet| names.get(sheet).cloned()),
        issues,
        originals: words,
        original: originals(&line),
        ..Row::skipped(line.row, line.physical, Skipped::Blank)
    };
    row.reason = None;
    match verdict {
        Verdict::Duplicate(place) => {
            row.result = Outcome::Duplicate;
            row.duplicate_of = Some(place.row);
            row.other_sheet = (place.sheet != context.sheet).then(|| names.get(place.sheet).cloned()).flatten();
            row.issues.clear();
        }
        Verdict::Values(values) => {
            row.result = match row.issues.iter().map(|issue: &Issue| issue.severity).max() {
                Some(Severity::Error) => Outcome::Error,
                _ if lacks => Outcome::Error,
                None => Outcome::Ok,
                Some(Severity::Warning) => Outcome::Warning,
            };
            row.values = (row.result != Outcome::Error).then_some(values);
        }
    }
    row
}

impl Reading<'_> {
    /// A quote that was never closed, a character of which half is missing, something struck out, a formula without a
    /// result: said with row and column, whoever reads the cell.
    fn note_damage(&mut self) {
        let line = self.line;
        let field_of = |column: u16| {
            let fields = self.context.plan.columns.get(&column).map(|one| one.used.fields()).unwrap_or_default();
            fields.first().copied()
        };
        let mut found: Vec<(u16, Reason, Severity)> = Vec::new();
        if let Some(column) = line.open_quote {
            found.push((column, Reason::OpenQuote, Severity::Error));
        }
        for (column, cell) in line.cells() {
            match cell {
                Cell::Text(text) if text.contains('\u{fffd}') => {
                    let severity = if field_of(column).is_some() { Severity::Error } else { Severity::Warning };
                    found.push((column, Reason::HalfCharacter, severity));
                }
                Cell::Error if field_of(column).is_some_and(|field| field != Field::Seq) => {
                    found.push((column, Reason::FormulaError, Severity::Warning));
                }
                _ => {}
            }
        }
        found.extend(line.struck.iter().map(|(column, _)| (*column, Reason::StruckOut, Severity::Warning)));
        for (column, reason, severity) in found {
            let cell = line.place(column);
            if !self.issues.iter().any(|issue| issue.cell.as_ref() == Some(&cell) && issue.reason == reason) {
                let issue = Issue::new(field_of(column).unwrap_or(Field::Row), reason, severity);
                self.issues.push(Issue { cell: Some(cell), ..issue });
            }
        }
    }
}
