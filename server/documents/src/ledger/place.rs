//! Which division a row belongs to: a code, or the names of street and village, inside the importer's scope.

use domain::division::{Divisions, Level, ResolveError, prefix, within};

use super::field::Field;
use super::grid::Cell;
use super::issue::{Issue, Reason, Severity};

/// The cells of a row that speak of its division; none where there is no such column or nothing is written.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct PlaceCells<'a> {
    pub code: Option<&'a Cell>,
    pub district: Option<&'a Cell>,
    pub street: Option<&'a Cell>,
    pub village: Option<&'a Cell>,
}

/// An issue with the field whose cell is meant.
type At = (Field, Issue);

/// The division of a row: twelve digits where it is clear, and what is to be said.
pub(crate) struct Placed {
    pub code12: Option<String>,
    pub issues: Vec<At>,
}

/// Resolves the cells. `fallback` is the division of the whole sheet where the table names none.
pub(crate) fn place(cells: PlaceCells<'_>, scope: &str, fallback: Option<&str>, divisions: &Divisions) -> Placed {
    let mut placed = Placed { code12: None, issues: Vec::new() };
    for (field, cell) in [
        (Field::DivisionCode, cells.code),
        (Field::District, cells.district),
        (Field::Street, cells.street),
        (Field::Village, cells.village),
    ] {
        if cell == Some(&Cell::Error) {
            placed.issues.push((field, error(Reason::FormulaError)));
            return placed;
        }
    }
    let mut at = scope.to_owned();
    let mut named = None;
    if let Some(cell) = cells.code {
        named = placed.resolve(Field::DivisionCode, cell, scope, divisions);
        if named.is_none() {
            return placed;
        }
    } else {
        for (field, cell) in [(Field::District, cells.district), (Field::Street, cells.street)] {
            if let Some(cell) = cell {
                // The district's own column may well name a part of the city wider than the scope.
                if field == Field::District && names_the_scope(cell, scope, divisions) {
                    continue;
                }
                let Some(code) = placed.resolve(field, cell, &at, divisions) else {
                    return placed;
                };
                prefix(&code).clone_into(&mut at);
                named = Some(code);
            }
        }
        if let Some(cell) = cells.village {
            let inside = if named.is_some() { &at } else { fallback.unwrap_or(&at) }.to_owned();
            let Some(code) = placed.village(cell, &inside, scope, divisions) else {
                return placed;
            };
            named = Some(code);
        }
    }
    let named = named.or_else(|| fallback.map(str::to_owned));
    match named.as_deref().and_then(|code| divisions.get(code)) {
        None => placed.issues.push((Field::DivisionCode, error(Reason::Missing))),
        Some(division) => {
            if division.level < Level::Street {
                let wide = Issue::new(Field::DivisionCode, Reason::DivisionTooWide, Severity::Warning);
                placed.issues.push((Field::DivisionCode, wide));
            }
            placed.code12 = Some(division.code12.clone());
        }
    }
    placed
}

/// True when a district cell names a division that holds the scope: 武清区 for the scope 120114104.
fn names_the_scope(cell: &Cell, scope: &str, divisions: &Divisions) -> bool {
    divisions.resolve(&cell.text(), "12").is_ok_and(|found| within(scope, &found.code12))
}

impl Placed {
    fn resolve(&mut self, field: Field, cell: &Cell, scope: &str, divisions: &Divisions) -> Option<String> {
        match divisions.resolve(&cell.text(), scope) {
            Ok(found) => {
                if found.abolished.is_some() {
                    let issue = Issue::new(Field::DivisionCode, Reason::AbolishedDivision, Severity::Warning);
                    self.issues.push((field, issue));
                }
                Some(found.code12)
            }
            Err(wrong) => {
                self.issues.push((field, issue_of(wrong)));
                None
            }
        }
    }

    /// A village inside its street; one of another street of the scope is told apart from an unknown one.
    fn village(&mut self, cell: &Cell, inside: &str, scope: &str, divisions: &Divisions) -> Option<String> {
        let text = cell.text();
        match divisions.resolve(&text, inside) {
            Err(ResolveError::Unknown { .. } | ResolveError::OutOfScope { .. })
                if prefix(inside) != prefix(scope)
                    && matches!(divisions.resolve(&text, scope), Ok(_) | Err(ResolveError::Ambiguous { .. })) =>
            {
                self.issues.push((Field::Village, error(Reason::VillageNotInStreet)));
                None
            }
            _ => self.resolve(Field::Village, cell, inside, divisions),
        }
    }
}

fn error(reason: Reason) -> Issue {
    Issue::new(Field::DivisionCode, reason, Severity::Error)
}

fn issue_of(wrong: ResolveError) -> Issue {
    match wrong {
        ResolveError::Unknown { near } => Issue { near, ..error(Reason::UnknownDivision) },
        ResolveError::Ambiguous { candidates } => Issue { candidates, ..error(Reason::AmbiguousDivision) },
        ResolveError::OutOfScope { .. } => error(Reason::OutOfScope),
    }
}

/// The division that a whole sheet belongs to, where the table has no such column: named in the titles
/// after 统计单位 or 填报单位, or by the sheet itself.
pub(crate) fn of_sheet(titles: &[String], sheet: &str, scope: &str, divisions: &Divisions) -> Option<String> {
    let named = titles.iter().flat_map(|title| {
        ["统计单位", "填报单位", "所属街镇", "街镇", "单位名称"].iter().filter_map(move |word| {
            let rest = title.split(word).nth(1)?.trim_start_matches([':', '：', ' ', '\u{3000}']);
            Some(rest.split([' ', '\u{3000}', '，', ',', '（', '(']).next().unwrap_or(rest))
        })
    });
    let narrower = |text: &str| {
        let found = divisions.resolve(text, scope).ok()?;
        let level = divisions.get(&found.code12)?.level;
        (level >= Level::Street).then_some(found.code12)
    };
    named.chain(std::iter::once(sheet)).find_map(narrower)
}
