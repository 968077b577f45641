//! Finding the table in a sheet: where its heads stand, in one row, two or three, and what stands above each column.

use std::collections::BTreeMap;

use domain::text;
use domain::vocabulary;
use domain::volunteer::Skill;

use super::grid::{Cell, Grid, Line};
use super::heads::{Head, Heads};
use super::labels::{is_district, is_time, label_of};

/// Lines from the top among which heads are looked for.
const SEARCHED: usize = 60;
/// Most rows of one head.
const TALLEST: usize = 3;
/// From here on a head counts as understood.
const UNDERSTOOD: f32 = 0.55;

/// A table as it stands in a sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// Rows of the head, from the top; none where the columns have no heads at all.
    pub rows: Vec<u32>,
    pub heads: BTreeMap<u16, Head>,
}

impl Table {
    /// The head that explains most; none where no line looks like one.
    pub fn find(grid: &Grid, heads: &Heads) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        let mut earlier: Vec<(f32, Self)> = Vec::new();
        for at in 0..grid.lines.len().min(SEARCHED) {
            let mut lines: Vec<&Line> = Vec::new();
            for line in grid.lines[at..].iter().take(TALLEST) {
                if lines.last().is_some_and(|last| line.row != last.row + 1) || !may_be_head(line) {
                    break;
                }
                lines.push(line);
                let table = Self::of(grid, &lines);
                let score = table.score(grid, heads, &lines);
                if best.as_ref().is_none_or(|(least, _)| score > *least + 1e-3)
                    && let Some(before) = best.replace((score, table))
                {
                    earlier.push(before);
                }
            }
        }
        let (score, mut table) = best?;
        if score < 1.5 {
            return None;
        }
        // A table further down may have the better heads; the first one begins where something like a head stands over rows
        // of its own.
        let first = table.rows.first().copied().unwrap_or(0);
        let apart = |other: &Self| {
            let last = other.last_row();
            grid.lines
                .iter()
                .any(|line| line.row > last && line.row < first && line.cells().count() * 2 > other.heads.len())
        };
        let good = |(other, table): &&(f32, Self)| *other >= 2.5 && *other >= score * 0.6 && apart(table);
        if let Some((_, one)) = earlier.iter().find(good) {
            // Of the heads that begin there the one with all of its rows: they came in the order of their scores.
            let end = one.last_row() + 1;
            let whole = |(_, table): &&(f32, Self)| table.rows.first().is_some_and(|row| *row <= end);
            if let Some((_, other)) = earlier.iter().rfind(|one| whole(one) && good(one)) {
                table = other.clone();
            }
        }
        table.take_technical_names(grid);
        Some(table)
    }

    fn of(grid: &Grid, lines: &[&Line]) -> Self {
        let mut columns: Vec<u16> = lines.iter().flat_map(|line| line.cells().map(|(column, _)| column)).collect();
        columns.sort_unstable();
        columns.dedup();
        let last = lines.len().saturating_sub(1);
        let spread: Vec<BTreeMap<u16, String>> =
            lines.iter().enumerate().map(|(number, line)| spread(grid, line, number < last)).collect();
        // A group that reaches over columns without a word of their own makes no heads of them, save those in its middle.
        let heads = columns
            .into_iter()
            .map(|column| (column, Head::new(spread.iter().filter_map(|texts| texts.get(&column)).map(String::as_str))))
            .filter(|(_, head)| !head.path.is_empty())
            .collect();
        Self { rows: lines.iter().map(|line| line.row).collect(), heads }
    }

    /// How much of the sheet the head explains.
    fn score(&self, grid: &Grid, heads: &Heads, lines: &[&Line]) -> f32 {
        let mut fields: BTreeMap<super::field::Field, f32> = BTreeMap::new();
        let mut matrix = 0.0;
        for (column, head) in &self.heads {
            let understood = heads.understand(head);
            if let Some((field, score)) = understood.fields.first().filter(|(_, score)| *score >= UNDERSTOOD) {
                let best = fields.entry(*field).or_default();
                *best = best.max(*score);
            }
            // A word of a matrix under its group, whether or not it is a head by itself.
            // In any row below the first: some labels stand a row higher than those of the group beside them.
            let under = head.path.len() > 1 && lines[1..].iter().any(|line| line.get(*column).is_some());
            if under && is_label(head.own()) {
                matrix += 0.3;
            }
        }
        let height = f32::from(u8::try_from(lines.len()).unwrap_or(3));
        let wide = lines.iter().filter(|line| line.cells().count() == 1 && grid.lines.len() > 1).count();
        let wide = f32::from(u8::try_from(wide).unwrap_or(3));
        fields.values().sum::<f32>() + matrix + self.above_data(grid) - 0.15 * (height - 1.0) - 1.2 * wide
    }

    /// What speaks for a head whatever its words: short texts, each another, over columns in which numbers stand.
    fn above_data(&self, grid: &Grid) -> f32 {
        let last = self.last_row();
        let from = grid.lines.partition_point(|line| line.row <= last);
        let below: Vec<&Line> = grid.lines[from..].iter().take(5).collect();
        let mut words: Vec<&str> = self.heads.values().map(Head::own).collect();
        let plain = words.iter().filter(|word| text::char_count(word) <= 20).count();
        words.sort_unstable();
        words.dedup();
        if below.is_empty()
            || words.len() < 4
            || words.len() * 10 < self.heads.len() * 8
            || plain < words.len() * 7 / 10
        {
            return 0.0;
        }
        let numbers = |column: &u16| {
            let filled = below.iter().filter_map(|line| line.get(*column));
            let (all, data) = filled.fold((0, 0), |(all, data), cell| {
                let digits = cell.text().bytes().filter(u8::is_ascii_digit).count();
                (all + 1, data + usize::from(!matches!(cell, Cell::Text(_)) || digits >= 5))
            });
            all > 0 && data * 2 > all
        };
        let over = self
            .heads
            .iter()
            .filter(|(column, head)| !head.own().bytes().any(|b| b.is_ascii_digit()) && numbers(column))
            .count();
        // A row of names of a system's columns is a head, whatever they stand for.
        let technical = self.heads.len() >= 4 && self.heads.values().all(|head| is_technical(head.own()));
        let names = if technical { 0.6 } else { 0.0 };
        if over < 2 { 0.0 } else { names + 0.25 * f32::from(u8::try_from(over.min(4)).unwrap_or(4)) }
    }

    /// A row of technical names above or below belongs to the head: apply_name over 姓名.
    fn take_technical_names(&mut self, grid: &Grid) {
        let (Some(first), Some(last)) = (self.rows.first().copied(), self.rows.last().copied()) else { return };
        let names = |line: &&Line| {
            let cells = line.cells().count();
            let technical = line.cells().filter(|(_, cell)| is_technical(&text::squeeze(&cell.text()))).count();
            cells >= 3 && technical * 10 >= cells * 8 && cells * 10 >= self.heads.len() * 6
        };
        let above = grid.lines.iter().find(|line| line.row + 1 == first).filter(names).map(|line| line.row);
        let below = grid.lines.iter().find(|line| line.row == last + 1).filter(names).map(|line| line.row);
        self.rows.extend(above.into_iter().chain(below));
        self.rows.sort_unstable();
    }

    /// The last row of the head; 0 where there is none.
    pub fn last_row(&self) -> u32 {
        self.rows.last().copied().unwrap_or(0)
    }
}

/// Whether a text is the name of a system's column: apply_name, dx_xm, zjh.
fn is_technical(squeezed: &str) -> bool {
    squeezed.starts_with(|c: char| c.is_ascii_alphabetic())
        && squeezed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// Fewest heads by which a second table is known.
const SECOND: usize = 4;

/// The row from which a second table stands with a head of its own, other than the first: its title, or its head.
pub(crate) fn next_head(grid: &Grid, heads: &Heads, after: u32) -> Option<u32> {
    let first = Table::find(grid, heads)?;
    let known = |line: &Line| {
        let same = |(column, cell): (u16, &Cell)| {
            first.heads.get(&column).is_some_and(|head| head.path.contains(&text::squeeze(&cell.text())))
        };
        line.cells().filter(|cell| same(*cell)).count() * 2 > line.cells().count()
    };
    let from = grid.lines.partition_point(|line| line.row <= first.last_row().max(after));
    for (at, line) in grid.lines.iter().enumerate().skip(from + 1) {
        // Cheap signs first: a gap or a title above, and nothing but short words.
        let above = &grid.lines[at - 1];
        let apart = line.row > above.row + 1 || above.cells().count() <= 2;
        if line.cells().count() < SECOND {
            continue;
        }
        if !is_words(line) || known(line) {
            continue;
        }
        let understood = line
            .cells()
            .filter_map(|(_, cell)| {
                let understood = heads.understand(&Head::new([cell.text().as_str()]));
                understood.fields.first().filter(|(_, score)| *score >= 0.7).map(|(field, _)| *field)
            })
            .collect::<std::collections::BTreeSet<_>>();
        // Directly under a row of the table before it only where nearly all of it are heads.
        let enough = if apart { SECOND } else { (SECOND + 1).max(line.cells().count() * 2 / 3) };
        if understood.len() >= enough {
            // Its titles belong to it, and the groups over its heads.
            let mut top = at;
            let group = |line: &Line| {
                is_words(line) && line.cells().all(|(_, cell)| text::squeeze(&cell.text()).parse::<f64>().is_err())
            };
            while top > 0
                && (grid.lines[top - 1].cells().count() <= 2 || group(&grid.lines[top - 1]))
                && grid.lines[top - 1].row + 1 == grid.lines[top].row
            {
                top -= 1;
            }
            return Some(grid.lines[top].row);
        }
    }
    None
}

/// Whether nothing but short words stand in a line.
fn is_words(line: &Line) -> bool {
    line.cells().all(|(_, cell)| {
        matches!(cell, Cell::Text(text) if text::char_count(text) <= 20 && text.bytes().filter(u8::is_ascii_digit).count() <= 4)
    })
}

/// Whether a line may be a part of a head: words, and no long numbers among them.
fn may_be_head(line: &Line) -> bool {
    let (mut cells, mut data) = (0, 0);
    for (_, cell) in line.cells() {
        cells += 1;
        let is_data = match cell {
            Cell::Text(text) => {
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                let plain = text::squeeze(text);
                digits >= 7 && !plain.contains(['年', '(']) || plain.parse::<f64>().is_ok()
            }
            _ => true,
        };
        data += usize::from(is_data);
    }
    cells > 0 && data * 4 <= cells
}

/// The texts of a line with each cell's text over all the columns that it covers: its merged width, or the empty cells
/// to its right where it is a group and nothing is merged.
fn spread(grid: &Grid, line: &Line, is_group: bool) -> BTreeMap<u16, String> {
    let cells: Vec<(u16, &Cell)> = line.cells().collect();
    let merges = grid.has_merges() && cells.iter().any(|(column, _)| grid.width_of(line.row, *column) > 1);
    let mut texts = BTreeMap::new();
    for (at, (column, cell)) in cells.iter().enumerate() {
        let merged = grid.width_of(line.row, *column);
        let next = cells.get(at + 1).map_or(column.saturating_add(8), |(next, _)| *next);
        let width = if merges || !is_group { merged } else { next - column };
        for covered in *column..column.saturating_add(width) {
            texts.insert(covered, cell.text());
        }
    }
    texts
}

/// Whether a text is a word of a vocabulary, as matrices have them in their heads.
pub(crate) fn is_label(squeezed: &str) -> bool {
    let plain = label_of(squeezed);
    !plain.is_empty()
        && text::char_count(plain) <= 14
        && (!vocabulary::parse_services(plain).codes.is_empty()
            || !vocabulary::parse_beneficiaries(plain).codes.is_empty()
            || !vocabulary::parse_beneficiaries(plain).ambiguous.is_empty()
            || is_district(plain)
            || is_time(plain)
            || Skill::ALL.iter().any(|skill| skill.label() == plain))
}

#[cfg(test)]
mod tests {
    use super::super::grid::Merge;
    use super::*;

    fn grid(rows: &[&[&str]], merges: Vec<Merge>) -> Grid {
        let mut grid = Grid::new("表", false, merges);
        for (row, cells) in (1u32..).zip(rows) {
            let mut line = Line::new(row);
            for (column, cell) in (0u16..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
                line.push(column, Cell::Text((*cell).into()));
            }
            grid.lines.push(line);
        }
        grid
    }

    #[test]
    fn heads_of_two_rows() {
        let rows: &[&[&str]] = &[
            &["台账"],
            &["序号", "救助对象", "", "监护人", "", "服务（打√）", ""],
            &["", "姓名", "电话", "姓名", "电话", "助餐", "助浴"],
            &["1", "甲某", "13800000001", "乙某", "13800000002", "√", ""],
        ];
        let merges = vec![
            Merge { rows: (2, 2), columns: (1, 2) },
            Merge { rows: (2, 2), columns: (3, 4) },
            Merge { rows: (2, 2), columns: (5, 6) },
        ];
        for merges in [merges, Vec::new()] {
            let table = Table::find(&grid(rows, merges), &Heads::of("needs")).unwrap();
            assert_eq!(table.rows, [2, 3]);
            assert_eq!(table.heads[&4].path, ["监护人", "电话"]);
            assert_eq!(table.heads[&6].path, ["服务(打√)", "助浴"]);
        }
    }

    #[test]
    fn technical_names() {
        let rows: &[&[&str]] =
            &[&["apply_name", "id_card", "mobile"], &["姓名", "身份证号", "联系电话"], &["甲某", "x", "13800000001"]];
        let table = Table::find(&grid(rows, Vec::new()), &Heads::of("needs")).unwrap();
        assert_eq!(table.rows, [1, 2]);
    }
}
