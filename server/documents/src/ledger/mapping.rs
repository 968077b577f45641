//! Which column is which field: proposed by the heads and by what stands in the columns, and changed by whoever knows
//! better. The fingerprint of the heads tells a layout that was seen before.

use std::collections::BTreeMap;

use domain::text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::assign::assign;
use super::candidate::{Around, Candidate, Kind};
use super::coded;
use super::content;
use super::field::Field;
use super::grid::{Cell, Grid, Line, letters};
use super::matrix;
use super::plan::{Column, Plan, Use};
use super::score::score;
use super::several;
use super::table::Table;
use super::whole;
use super::words;

/// Lines that are looked at to tell what the columns hold.
const LOOKED_AT: usize = 150;
/// What a column must score to be taken for a field.
const ENOUGH: f32 = 0.4;

/// A column of a sheet, what it was taken for, and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// `A`, `B`, …; of a form the address of the first answer.
    pub column: String,
    /// The words of its head, from the top down, parted by `/`.
    pub head: String,
    /// Names of the fields in it, see [`Field::code`]; none for a column that is not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The word of a matrix that a tick in the column stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// From 0 to 100.
    pub confidence: u8,
    /// Three values of the column, as written.
    pub samples: Vec<String>,
    /// Hidden in the spreadsheet; it is read all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Somebody chose it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
    /// It was chosen for an earlier file of this layout.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remembered: bool,
    /// The fingerprint of its table, and its place among the columns of it, from 0.
    #[serde(default)]
    pub layout: String,
    #[serde(default)]
    pub place: u16,
}

/// A proposal: the plan by which the rows are read, and how it is told to people.
pub(crate) struct Proposal {
    pub plan: Plan,
    pub columns: Vec<ColumnMapping>,
    pub fingerprint: String,
}

/// Proposes what each column of a table holds. `lines` are the rows below the head.
pub(crate) fn propose(grid: &Grid, table: &Table, lines: &[Line], kind: &Kind<'_>, around: &Around<'_>) -> Proposal {
    let looked_at = sample(lines);
    let mut candidates: Vec<Candidate<'_>> = columns_of(table, &looked_at)
        .into_iter()
        .map(|column| candidate(column, grid, table, &looked_at, kind, around))
        .collect();
    matrix::find(&mut candidates, kind, |candidate, field, label| {
        candidate.used = Use::Mark(field, label);
        candidate.confidence = 0.9;
    });
    find_several(&mut candidates, kind, around);
    whole::give_owners(&mut candidates);
    assign_columns(&mut candidates, kind);
    whole::take_repeats(&mut candidates, kind);
    whole::take_lacking(&mut candidates, kind);
    whole::settle(&mut candidates, kind.name);
    let fingerprint = fingerprint(kind.name, &candidates);
    let remembered = choose(&mut candidates, (grid, table, lines), around, &fingerprint);
    let columns = (0u16..)
        .zip(&candidates)
        .map(|(place, candidate)| ColumnMapping {
            layout: fingerprint.clone(),
            place,
            remembered: remembered.contains(&place),
            ..told(candidate, grid, lines)
        })
        .collect();
    let words = candidates.iter().map(|one| (one.column, one.head.path.clone())).collect();
    let plan = candidates
        .into_iter()
        .map(|one| {
            let mut hints = one.understood.hints;
            hints.ticks = one.cells.iter().all(|cell| words::tick(&text::squeeze(&cell.text())) == Some(true));
            if one.used == Use::Field(Field::Urgency) {
                hints.legend.extend(around.legend.iter().cloned());
            }
            (one.column, Column { used: one.used, hints, codes: one.codes })
        })
        .collect();
    Proposal { plan: Plan::new(table.rows.clone(), plan, words), columns, fingerprint }
}

/// Lines from everywhere in the table, not only from its top.
fn sample(lines: &[Line]) -> Vec<&Line> {
    let step = (lines.len() / LOOKED_AT).max(1);
    lines.iter().step_by(step).take(LOOKED_AT).collect()
}

/// Columns with a head, and those without one in which enough stands.
fn columns_of(table: &Table, lines: &[&Line]) -> Vec<u16> {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for line in lines {
        for (column, _) in line.cells() {
            *counts.entry(column).or_default() += 1;
        }
    }
    let mut columns: Vec<u16> = table.heads.keys().copied().collect();
    columns.extend(counts.into_iter().filter(|(_, count)| count * 3 >= lines.len()).map(|(column, _)| column));
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn candidate<'l>(
    column: u16,
    grid: &Grid,
    table: &Table,
    lines: &[&'l Line],
    kind: &Kind<'_>,
    around: &Around<'_>,
) -> Candidate<'l> {
    let mut head = table.heads.get(&column).cloned().unwrap_or_default();
    // XM in the head and XM = 姓名 in a table of names on another sheet.
    if kind.heads.understand(&head).best() < ENOUGH
        && let Some(name) = around.tables.iter().find_map(|table| table.meanings.get(head.own()))
    {
        head.path.push(name.clone());
    }
    let understood = kind.heads.understand(&head);
    let cells: Vec<&Cell> = lines.iter().filter_map(|line| line.get(column)).filter(|cell| !cell.is_nil()).collect();
    let profile = |cells: &[&Cell]| {
        let looked = content::Looking {
            scope: around.scope,
            divisions: around.divisions,
            from_1904: grid.from_1904,
            as_of: Some(around.as_of),
        };
        content::profile(cells.iter().copied(), &looked)
    };
    let mut found = profile(&cells);
    let codes = coded::of_head(&understood, &cells, &profile)
        .or_else(|| coded::meanings(&head, &understood, &cells, around, kind, &profile));
    if let Some((meanings, of_words)) = &codes {
        let _ = meanings;
        found = of_words.clone();
    }
    Candidate {
        column,
        understood,
        profile: found,
        cells,
        codes: codes.map(|(meanings, _)| meanings),
        used: Use::Nothing,
        confidence: 0.0,
        chosen: false,
        head,
    }
}

/// Columns with several answers in one cell.
fn find_several(candidates: &mut [Candidate<'_>], kind: &Kind<'_>, around: &Around<'_>) {
    for candidate in candidates.iter_mut().filter(|one| one.used == Use::Nothing && !one.cells.is_empty()) {
        let mut asked = several::asked_for(candidate.head.own(), kind.heads);
        let best = candidate.understood.fields.first().filter(|(_, score)| *score >= 0.5).map(|(field, _)| *field);
        // 联系人 with 王某13800000001 in its cells asks for both.
        let phone = match best {
            Some(Field::Guardian) => Some(Field::GuardianPhone),
            Some(Field::Contact | Field::Name | Field::LegalRepresentative) => Some(Field::Phone),
            Some(Field::EmergencyContact) => Some(Field::EmergencyPhone),
            _ => None,
        };
        if asked.len() < 2
            && let (Some(best), Some(phone)) = (best, phone)
            && kind.fields.contains(&phone)
        {
            asked = vec![best, phone];
        }
        if asked.len() < 2 {
            continue;
        }
        let looked: Vec<&Cell> = candidate.cells.iter().copied().take(20).collect();
        let answered = looked
            .iter()
            .filter(|cell| {
                several::answers(&cell.text(), &asked, kind.heads, around.scope, around.divisions).len() >= 2
            })
            .count();
        if answered * 2 > looked.len() {
            candidate.used = Use::Several(asked);
            candidate.confidence = 0.8;
        }
    }
}

fn assign_columns(candidates: &mut [Candidate<'_>], kind: &Kind<'_>) {
    let free: Vec<usize> = (0..candidates.len()).filter(|at| candidates[*at].used == Use::Nothing).collect();
    let marked: Vec<Field> = candidates
        .iter()
        .filter_map(|one| match &one.used {
            Use::Mark(field, _) => Some(*field),
            _ => None,
        })
        .collect();
    let scores: Vec<Vec<f32>> = free
        .iter()
        .map(|at| kind.fields.iter().map(|field| score(&candidates[*at], *field, kind.name)).collect())
        .collect();
    let worth: Vec<Vec<f32>> = scores
        .iter()
        .map(|row| {
            row.iter()
                .zip(kind.fields)
                // Beside a matrix of services stands no second column of them, unless its head says so plainly.
                .map(|(score, field)| if marked.contains(field) { score - 0.85 } else { score - ENOUGH })
                .collect()
        })
        .collect();
    for ((at, found), row) in free.iter().zip(assign(&worth)).zip(&scores) {
        let Some(found) = found else { continue };
        let score = row[found];
        let second =
            row.iter().enumerate().filter(|(other, _)| *other != found).map(|(_, score)| *score).fold(0.0, f32::max);
        candidates[*at].used = Use::Field(kind.fields[found]);
        candidates[*at].confidence = (score.min(1.0) * 0.8 + (score - second).clamp(0.0, 0.4) * 0.5).clamp(0.05, 0.99);
    }
}

/// What somebody chose goes before everything, what was chosen for an earlier file of the layout before what is only
/// likely. Returns the places that were remembered.
fn choose(
    candidates: &mut [Candidate<'_>],
    (grid, table, lines): (&Grid, &Table, &[Line]),
    around: &Around<'_>,
    layout: &str,
) -> Vec<u16> {
    let form = table.rows.is_empty() && !lines.is_empty();
    let mut chosen: Vec<Field> = Vec::new();
    let mut remembered = Vec::new();
    for (place, candidate) in (0u16..).zip(candidates.iter_mut()) {
        let letter = place_of(candidate.column, lines, form);
        let choice = around.choice.of(&grid.name, &letter, &candidate.head).or_else(|| {
            let before = around.choice.before(layout, place)?;
            remembered.push(place);
            Some(before)
        });
        let Some(choice) = choice else { continue };
        candidate.chosen = true;
        candidate.confidence = 1.0;
        let fields = choice.fields();
        // A word of a matrix stays one when its own field is chosen.
        if !matches!(&candidate.used, Use::Mark(of, _) if fields.contains(of)) {
            candidate.used = choice;
        }
        chosen.extend(fields);
    }
    for candidate in candidates.iter_mut().filter(|one| !one.chosen) {
        if matches!(candidate.used, Use::Field(field) if chosen.contains(&field)) {
            candidate.used = Use::Nothing;
            candidate.confidence = 0.0;
        }
    }
    remembered
}

/// `C`; of a form the address of the first answer.
fn place_of(column: u16, lines: &[Line], form: bool) -> String {
    if !form {
        return letters(column);
    }
    lines.iter().find(|line| line.get(column).is_some()).map_or_else(|| letters(column), |line| line.place(column))
}

fn told(candidate: &Candidate<'_>, grid: &Grid, lines: &[Line]) -> ColumnMapping {
    let form = lines.iter().any(|line| !line.places.is_empty());
    let mut samples: Vec<String> = Vec::new();
    for cell in &candidate.cells {
        let text: String = text::tidy(&cell.text()).chars().take(60).collect();
        if samples.len() < 3 && !samples.contains(&text) {
            samples.push(text);
        }
    }
    ColumnMapping {
        column: place_of(candidate.column, lines, form),
        head: candidate.head.whole(),
        fields: candidate.used.fields().iter().map(|field| field.code().to_owned()).collect(),
        label: match &candidate.used {
            Use::Mark(_, label) => Some(label.clone()),
            _ => None,
        },
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1")]
        confidence: (candidate.confidence.clamp(0.0, 1.0) * 100.0) as u8,
        samples,
        hidden: grid.hidden_columns.contains(&candidate.column),
        chosen: candidate.chosen,
        remembered: false,
        layout: String::new(),
        place: 0,
    }
}

/// 32 hexadecimal digits that two tables share when they have the same heads in the same order. A year in a head does not
/// count: next year's file is the same layout.
fn fingerprint(kind: &str, candidates: &[Candidate<'_>]) -> String {
    let mut hash = Sha256::new();
    hash.update(kind);
    for candidate in candidates {
        for words in &candidate.head.path {
            let undated: String = words.chars().filter(|c| !c.is_ascii_digit()).collect();
            hash.update([0x1f]);
            hash.update(undated);
        }
        hash.update([0x1e]);
    }
    hex::encode(hash.finalize()).chars().take(32).collect()
}
