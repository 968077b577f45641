//! Forms: no table but one block of label and value cells per household, under each other or one to a sheet. A form is
//! turned into a table with one row per block; each cell remembers where it really stands.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::division::Divisions;
use domain::text;
use domain::vocabulary;

use super::content;
use super::field::Field;
use super::grid::{Address, Cell, Grid, Line};
use super::heads::{Head, Heads};
use super::table::Table;

/// From here on a cell counts as a label.
const LABEL: f32 = 0.72;
/// Fewest different labels of a form.
const FEWEST: usize = 5;

/// A form as a table.
#[derive(Debug)]
pub(crate) struct Form {
    pub table: Table,
    /// One line per block, with the row of the block's first line.
    pub lines: Vec<Line>,
    /// Rows that belong to a block and are not its first.
    pub parts: BTreeSet<u32>,
}

impl Form {
    /// The first row of the first block; 0 where there is none.
    pub fn top(&self) -> u32 {
        let first = self.lines.first().map(|line| line.row);
        first.into_iter().chain(self.parts.first().copied()).min().unwrap_or(0)
    }
}

/// A label and the cell that answers it.
struct Answer {
    label: String,
    value: Option<(Address, Cell)>,
}

impl Answer {
    fn is_open(&self) -> bool {
        self.value.is_none()
    }
}

/// Whether a cell is what the label before it asks for: 5人 behind 家庭人口, 紧急 behind 紧急程度.
fn fits(label: &str, cell: &Cell, heads: &Heads) -> bool {
    let understood = heads.understand(&Head::new([label]));
    let profile = content::profile(
        std::iter::once(cell),
        &content::Looking { scope: "12", divisions: Divisions::bundled(), from_1904: false, as_of: None },
    );
    understood.fields.first().is_some_and(|(field, _)| profile.fits(*field, "needs") >= 0.3)
}

/// Reads a sheet as a form; none if it is a table, or nothing of the kind.
pub(crate) fn find(grid: &Grid, heads: &Heads) -> Option<Form> {
    if grid.lines.len() > 20_000 {
        return None;
    }
    let mut by_line: Vec<(u32, Vec<Answer>)> = Vec::new();
    let (mut labels, mut most_in_a_line) = (BTreeSet::new(), 0);
    let (mut with_values, mut head_like) = (0, false);
    let (mut rows, mut of_several) = (0, 0);
    let repeated = repeated(grid, heads);
    for line in &grid.lines {
        let answers = answers(line, heads, &repeated);
        let of_line: BTreeSet<&str> = answers.iter().map(|answer| answer.label.as_str()).collect();
        most_in_a_line = most_in_a_line.max(of_line.len());
        // A line of little but labels is the head of a table; so is one of three labels and no answer at all, however narrow
        // the table.
        head_like |= answers.len() >= 3 && answers.iter().all(Answer::is_open);
        head_like |= of_line.len() >= 5 && of_line.len() * 10 >= line.cells().count() * 6;
        // A line that begins with what answers nothing is a row of a table. The number of a question does not count.
        let mut cells = line.cells().skip_while(|(_, cell)| is_ordinal(&text::squeeze(&cell.text())));
        if let (Some((first, cell)), Some(_)) = (cells.next(), cells.next()) {
            of_several += 1;
            rows += usize::from(
                !is_label(&cell.text(), heads)
                    && pairs_in(&cell.text(), heads).is_none()
                    && !repeated.contains(&(first, text::squeeze(&cell.text()))),
            );
        }
        with_values += usize::from(answers.iter().any(|answer| answer.value.is_some()));
        labels.extend(of_line.into_iter().map(str::to_owned));
        by_line.push((line.row, answers));
    }
    // A table has its labels in one line; a form has them in several, each with its answer beside it.
    if labels.len() < FEWEST || with_values < 3 || labels.len() < most_in_a_line + 3 {
        return None;
    }
    let cells: usize = grid.lines.iter().map(|line| line.cells().count()).sum();
    let found: usize = by_line.iter().map(|(_, answers)| answers.len()).sum();
    if found * 4 < cells {
        return None;
    }
    let with_labels = by_line.iter().filter(|(_, answers)| !answers.is_empty()).count();
    if head_like || rows * 2 >= of_several.max(1) || with_labels * 10 < grid.lines.len() * 6 {
        return None;
    }
    Some(blocks(by_line, heads))
}

/// `1`, `12.`, `（三）`, `四、`: the number of a line, not an answer.
fn is_ordinal(squeezed: &str) -> bool {
    let plain = squeezed.trim_matches(['.', '、', '(', ')']);
    !plain.is_empty()
        && text::char_count(plain) <= 2
        && (plain.bytes().all(|byte| byte.is_ascii_digit())
            || plain.chars().all(|c| "一二三四五六七八九十".contains(c)))
}

/// Texts that stand in the same column as often as the blocks of a form are many: labels, whatever their words. None where
/// the sheet has fewer than two blocks.
fn repeated(grid: &Grid, heads: &Heads) -> HashSet<(u16, String)> {
    let mut counts: HashMap<(u16, String), usize> = HashMap::new();
    for line in &grid.lines {
        // A table of many columns has no labels of its own in each row.
        if line.cells().count() > 8 {
            return HashSet::new();
        }
        for (column, cell) in line.cells() {
            let squeezed = text::squeeze(&cell.text());
            if (2..=12).contains(&text::char_count(&squeezed)) && squeezed.chars().all(|c| text::is_han(c) || c == ':')
            {
                *counts.entry((column, squeezed)).or_default() += 1;
            }
        }
    }
    let is_name = |text: &str| {
        let understood = heads.understand(&Head::new([text.trim_end_matches(':')]));
        understood.fields.first().is_some_and(|(field, score)| *field == Field::Name && *score >= LABEL)
    };
    let blocks = counts.iter().filter(|((_, text), _)| is_name(text)).map(|(_, count)| *count).max().unwrap_or(0);
    if blocks < 2 {
        return HashSet::new();
    }
    counts.into_iter().filter(|(_, count)| *count == blocks).map(|(place, _)| place).collect()
}

/// The labels of a line with their answers.
fn answers(line: &Line, heads: &Heads, repeated: &HashSet<(u16, String)>) -> Vec<Answer> {
    let mut found: Vec<Answer> = Vec::new();
    for (column, cell) in line.cells() {
        let text = cell.text();
        let at = (column, line.row);
        if let Some(pairs) = pairs_in(&text, heads) {
            found.extend(pairs.into_iter().map(|(label, value)| Answer {
                label,
                value: (!value.is_empty()).then(|| (at, Cell::Text(value.into()))),
            }));
        } else if (is_label(&text, heads)
            || !found.last().is_some_and(Answer::is_open)
                && is_answerless(&text)
                && line.cells().count() >= 2
                && repeated.contains(&(column, text::squeeze(&text))))
            && !found.last().is_some_and(|last| last.is_open() && fits(&last.label, cell, heads))
        {
            found.push(Answer { label: text::squeeze(&text).trim_end_matches(':').to_owned(), value: None });
        } else if let Some(last) = found.last_mut() {
            // Several cells of one answer: boxes to tick side by side.
            last.value = Some(match last.value.take() {
                None => (at, cell.clone()),
                Some((first, before)) => (first, Cell::Text(format!("{} {text}", before.text()).into())),
            });
        }
    }
    found
}

/// Whether a text answers nothing: no word of a vocabulary, no yes, no relation.
fn is_answerless(text: &str) -> bool {
    let squeezed = text::squeeze(text);
    vocabulary::parse_beneficiaries(&squeezed).codes.is_empty()
        && vocabulary::parse_services(&squeezed).codes.is_empty()
        && !super::words::is_relation(&squeezed)
        && super::words::yes_no(&squeezed).is_none()
}

fn is_label(text: &str, heads: &Heads) -> bool {
    let squeezed = text::squeeze(text);
    let length = text::char_count(&squeezed);
    let digits = squeezed.bytes().filter(u8::is_ascii_digit).count();
    // 〔2020〕 stands in the number of a paper, which is an answer.
    if !(1..=16).contains(&length) || digits > 4 || squeezed.contains('〔') || !squeezed.chars().any(text::is_han) {
        return false;
    }
    // 困难残疾人 beside 困难类别 is an answer.
    if !vocabulary::parse_beneficiaries(&squeezed).codes.is_empty()
        || !vocabulary::parse_services(&squeezed).codes.is_empty()
    {
        return false;
    }
    let understood = heads.understand(&Head::new([squeezed.trim_end_matches(':')]));
    // 户主 beside a name is an answer, not a label.
    let several = || super::several::asked_for(&squeezed, heads).len() >= 2;
    (understood.best() >= LABEL || several()) && !super::words::is_relation(&squeezed)
        || understood.strange && (2..=8).contains(&length)
}

/// 姓名：王某　电话：138…: pairs inside one cell; none where the cell is no such thing.
fn pairs_in(text: &str, heads: &Heads) -> Option<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find([':', '：']) {
        let sign = rest[at..].chars().next().map_or(1, char::len_utf8);
        let before = &rest[..at];
        let from = before
            .rfind([' ', '\u{3000}', '\n', ';', '；', ',', '，', '\t'])
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let label = text::squeeze(&before[from..]);
        if heads.understand(&Head::new([label.as_str()])).best() < LABEL {
            return None;
        }
        if let Some((_, value)) = pairs.last_mut() {
            *value = before[..from].trim().to_owned();
        }
        pairs.push((label, String::new()));
        rest = &rest[at + sign..];
    }
    let (_, last) = pairs.last_mut()?;
    *last = rest.trim().to_owned();
    // A label alone in its cell has its answer beside it.
    if pairs.len() == 1 && pairs[0].1.is_empty() { None } else { Some(pairs) }
}

fn blocks(by_line: Vec<(u32, Vec<Answer>)>, heads: &Heads) -> Form {
    let first_label =
        by_line.iter().find_map(|(_, answers)| answers.first()).map(|answer| answer.label.clone()).unwrap_or_default();
    let mut form = Form { table: Table::default(), lines: Vec::new(), parts: BTreeSet::new() };
    let mut columns: BTreeMap<String, u16> = BTreeMap::new();
    let mut group = String::new();
    for (row, answers) in by_line {
        if answers.is_empty() {
            continue;
        }
        if answers.iter().any(|answer| answer.label == first_label) {
            form.lines.push(Line::new(row));
            group.clear();
        } else if !form.lines.is_empty() {
            form.parts.insert(row);
        }
        let Some(line) = form.lines.last_mut() else { continue };
        // 监护人情况 alone in its line stands over what follows.
        if let [only] = answers.as_slice()
            && only.value.is_none()
        {
            group.clone_from(&only.label);
        }
        for answer in answers {
            let known = |label: &str, line: &Line| columns.get(label).is_some_and(|column| line.get(*column).is_some());
            // The same label a second time in one block is somebody else's.
            let label = if known(&answer.label, line) && !group.is_empty() {
                format!("{group}\u{1f}{}", answer.label)
            } else {
                answer.label
            };
            let next = u16::try_from(columns.len()).unwrap_or(u16::MAX);
            let column = *columns.entry(label).or_insert(next);
            if let Some((address, cell)) = answer.value
                && line.get(column).is_none()
            {
                line.places.push((column, address));
                line.push(column, cell);
            }
        }
    }
    // A block is named by the line in which its name stands, wherever that is in it.
    let named = |label: &str| {
        let understood = heads.understand(&Head::new([label]));
        understood
            .fields
            .first()
            .filter(|(field, score)| *field == Field::Name && *score >= LABEL)
            .map(|(_, score)| *score)
    };
    let of_name = columns
        .iter()
        .filter(|(label, _)| !label.contains('\u{1f}'))
        .filter_map(|(label, column)| Some((named(label)?, column)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, column)) = of_name {
        for line in &mut form.lines {
            let (_, row) = line.address(*column);
            if line.get(*column).is_some() && row != line.row {
                // Where a cell stands is said by its own address from now on.
                let here = line.row;
                form.parts.insert(here);
                form.parts.remove(&row);
                line.row = row;
            }
        }
    }
    form.table.heads = columns.into_iter().map(|(label, column)| (column, Head::new(label.split('\u{1f}')))).collect();
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_table_is_no_form() {
        let mut grid = Grid::new("表", false, Vec::new());
        for (row, cells) in (1u32..).zip([
            ["街道", "具体情况", "与户主关系", "村名"],
            ["〔2〕街道", "", "本人", "〔2〕村"],
            ["〔3〕街道", "〔3〕行动不便，要人送饭", "户主", "大良村"],
        ]) {
            let mut line = Line::new(row);
            for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                line.push(column, Cell::Text(cell.into()));
            }
            grid.lines.push(line);
        }
        assert!(find(&grid, &Heads::of("needs")).is_none());
    }

    #[test]
    fn a_narrow_table_with_a_vague_head_is_no_form() {
        let mut grid = Grid::new("表", false, Vec::new());
        for (row, cells) in (1u32..).zip([
            ["身份证号", "街道", "多少", "村名"],
            ["120102190001010019", "鲁山道街道", "3", "大良村"],
            ["12010219000101", "〔3〕街道", "〔3〕", "大良村"],
            ["", "鲁山道街道", "3", "〔4〕村"],
            ["注：〔5〕以上按实际填写", "", "", ""],
            ["12010219000101", "", "每周3次", "〔6〕村"],
        ]) {
            let mut line = Line::new(row);
            for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                line.push(column, Cell::Text(cell.into()));
            }
            grid.lines.push(line);
        }
        for kind in ["needs", "villages", "organizations"] {
            assert!(find(&grid, &Heads::of(kind)).is_none(), "{kind}");
        }
    }

    #[test]
    fn a_questionnaire_with_numbered_lines() {
        let mut grid = Grid::new("登记表", false, Vec::new());
        for (row, cells) in (1u32..).zip([
            ["1", "姓名", "示例甲"],
            ["2", "身份证号", "120101190001010019"],
            ["3、", "联系电话", "13800000001"],
            ["（4）", "家庭住址", "示例里3号楼1门301"],
            ["五、", "困难类型", "低保"],
            ["6", "需求摘要", "腿脚不便，午饭没人做"],
        ]) {
            let mut line = Line::new(row);
            for (column, cell) in (0u16..).zip(cells) {
                line.push(column, Cell::Text(cell.into()));
            }
            grid.lines.push(line);
        }
        let form = find(&grid, &Heads::of("needs")).expect("a form");
        assert_eq!(form.lines.len(), 1);
        let heads: Vec<&str> = form.table.heads.values().map(Head::own).collect();
        assert_eq!(heads, ["姓名", "身份证号", "联系电话", "家庭住址", "困难类型", "需求摘要"]);
    }

    #[test]
    fn blocks_of_labels() {
        let mut grid = Grid::new("登记", false, Vec::new());
        let mut row = 0;
        for name in ["甲某某", "乙某某"] {
            for cells in [
                &["姓名", name, "性别", "男"][..],
                &["身份证号", "120101190001010019", "联系电话", "13800000001"],
                &["家庭住址", "示例里1号", "家庭人口", "3"],
                &["对象类别", "低保", "需求类别", "助餐"],
                &["具体需求", "需要送饭"],
            ] {
                row += 1;
                let mut line = Line::new(row);
                for (column, cell) in (0u16..).zip(cells) {
                    line.push(column, Cell::Text((*cell).into()));
                }
                grid.lines.push(line);
            }
            row += 1;
        }
        let form = find(&grid, &Heads::of("needs")).unwrap();
        assert_eq!(form.lines.iter().map(|line| line.row).collect::<Vec<_>>(), [1, 7]);
        let (column, _) = form.table.heads.iter().find(|(_, head)| head.own() == "联系电话").unwrap();
        assert_eq!(form.lines[1].place(*column), "D8");
        assert_eq!(form.parts.len(), 8);
    }
}
