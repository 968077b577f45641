//! Code tables that stand beside a ledger: on another sheet (01 | 城市低保), or in words above the table (红色：24小时内).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use domain::text;

use super::grid::Grid;
use super::heads;

/// What the codes of a table mean.
pub(crate) type Meanings = Arc<HashMap<String, String>>;

/// One code table.
#[derive(Debug, Clone)]
pub(crate) struct CodeTable {
    /// What stands above or beside it, and the sheet's name: 救助类型.
    pub about: String,
    pub meanings: Meanings,
}

/// Most rows of a sheet that is looked at as a code table.
const MOST: usize = 3000;

/// The code tables of a sheet that is no ledger.
pub(crate) fn tables_of(grid: &Grid) -> Vec<CodeTable> {
    if grid.lines.len() > MOST {
        return Vec::new();
    }
    let columns: HashSet<u16> = grid.lines.iter().flat_map(|line| line.cells().map(|(column, _)| column)).collect();
    let mut columns: Vec<u16> = columns.into_iter().collect();
    columns.sort_unstable();
    let mut found = Vec::new();
    for code in columns.iter().copied() {
        let Some(name) = columns.iter().copied().find(|column| *column > code && *column <= code + 2) else { continue };
        found.extend(pairs(grid, code, name));
    }
    found
}

/// The tables of two columns: one for each text in front of the codes, and one for each head between them.
fn pairs(grid: &Grid, code: u16, name: u16) -> Vec<CodeTable> {
    let mut tables: BTreeMap<usize, (String, HashMap<String, String>)> = BTreeMap::new();
    let mut groups: HashMap<String, usize> = HashMap::new();
    let mut current: Option<usize> = None;
    let mut head = String::new();
    let mut last_row = 0;
    let text_at = |line: &super::grid::Line, column: u16| {
        line.get(column).map(|cell| text::squeeze(&cell.text())).unwrap_or_default()
    };
    for line in &grid.lines {
        let (left, right) = (text_at(line, code), text_at(line, name));
        // A gap ends a table.
        if line.row > last_row + 1 {
            current = None;
        }
        last_row = line.row;
        let mut group = code.checked_sub(1).map(|column| text_at(line, column)).unwrap_or_default();
        let mut left = left;
        // 来源A, 紧急程度1: the name of the table in front of the code.
        let at = left.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(0);
        if at > 0
            && left[..at].chars().all(|c| text::is_han(c) || c == '-' || c == ':' || c == '_')
            && is_code(&left[at..])
        {
            group = left[..at].trim_end_matches(['-', ':', '_']).to_owned();
            left = left[at..].to_owned();
        }
        if !is_code(&left) || right.is_empty() {
            head = format!("{group}{left}{right}");
            current = None;
            continue;
        }
        let number = if !group.is_empty() && !is_code(&group) {
            let next = tables.len();
            let number = *groups.entry(group.clone()).or_insert(next);
            tables.entry(number).or_insert_with(|| (group, HashMap::new()));
            number
        } else {
            match current {
                Some(number) => number,
                None => {
                    let number = tables.len();
                    tables.insert(number, (head.clone(), HashMap::new()));
                    number
                }
            }
        };
        current = Some(number);
        if let Some((_, meanings)) = tables.get_mut(&number) {
            meanings.entry(left).or_insert(right);
        }
    }
    tables
        .into_values()
        .filter(|(_, meanings)| meanings.len() >= 2)
        .map(|(about, meanings)| CodeTable {
            about: format!("{about}{}", text::squeeze(&grid.name)),
            meanings: Arc::new(meanings),
        })
        .collect()
}

/// Longest meaning of a code in a note: what is longer is a rule for whoever fills in the table.
const LONGEST: usize = 10;

/// The code tables in the notes around a table: 对象类别：1低保 2特困 3低边；来源：A热线 B走访.
pub(crate) fn noted(notes: &[String]) -> Vec<CodeTable> {
    notes
        .iter()
        .flat_map(|note| note.split(['；', ';', '。', '\n']))
        .filter_map(|part| {
            let mut pairs = heads::numbered(part);
            if pairs.is_empty() {
                pairs = heads::legend(part).into_iter().filter(|(code, _)| is_code(code)).collect();
            }
            let short = pairs.iter().all(|(_, meaning)| text::char_count(meaning) <= LONGEST);
            (pairs.len() >= 2 && short)
                .then(|| CodeTable { about: text::squeeze(part), meanings: Arc::new(pairs.into_iter().collect()) })
        })
        .collect()
}

/// 01, B01, 1-2, apply_name: short, and no Chinese in it.
fn is_code(squeezed: &str) -> bool {
    (1..=24).contains(&squeezed.len())
        && squeezed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// The words for codes: 01,04 is 城市低保、分散五保; a code without meaning stays. None where nothing was a code.
pub(crate) fn translate(written: &str, meanings: &HashMap<String, String>) -> Option<String> {
    let whole = text::squeeze(written);
    if let Some(meaning) = meaning(&whole, meanings) {
        return Some(meaning.to_owned());
    }
    // AB, 13: codes of one sign each, run together.
    let signs: Vec<String> = whole.chars().map(|c| c.to_string()).collect();
    if signs.len() > 1 && whole.is_ascii() && signs.iter().all(|sign| meanings.contains_key(sign)) {
        return Some(signs.iter().filter_map(|sign| meanings.get(sign).cloned()).collect::<Vec<_>>().join("、"));
    }
    let parts: Vec<String> = text::nfkc(written)
        .split(['、', ',', ';', '/', '|', '\n', ' ', '┋', '+'])
        .map(text::squeeze)
        .filter(|part| !part.is_empty())
        .collect();
    let known = parts.iter().any(|part| meaning(part, meanings).is_some());
    if !known {
        // 1.3, 1-3, 1和3: signs that may belong to a code divide only where all of the parts are codes.
        let parts: Vec<String> = whole
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let words: Option<Vec<&str>> = parts.iter().map(|part| meaning(part, meanings)).collect();
        return words.filter(|words| words.len() > 1 && !whole.chars().any(is_word)).map(|words| words.join("、"));
    }
    known.then(|| parts.iter().map(|part| meaning(part, meanings).unwrap_or(part)).collect::<Vec<_>>().join("、"))
}

/// A character of a word, not one that stands between codes.
fn is_word(c: char) -> bool {
    text::is_han(c) && !matches!(c, '和' | '与' | '及' | '或')
}

/// Codes of the vocabulary with whatever between them, and each with its name behind it: B01·B03, B01助餐B03助浴. As it is
/// where there are fewer than two.
pub(crate) fn apart(written: &str, is_known: impl Fn(&str) -> bool) -> String {
    let folded = text::nfkc(written);
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for run in folded.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        if is_known(run) {
            starts.push(at);
        }
        at += run.len();
        at += folded[at..].chars().next().map_or(0, char::len_utf8);
    }
    if starts.len() < 2 || folded[..starts[0]].chars().any(text::is_han) {
        return written.to_owned();
    }
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(folded.len()));
    let between = |c: char| {
        !(text::is_han(c) || c.is_ascii_alphanumeric() || matches!(c, ')' | ']' | '】'))
            || matches!(c, '和' | '与' | '及')
    };
    let parts: Vec<&str> =
        starts.iter().zip(ends).map(|(start, end)| folded[*start..end].trim_end_matches(between)).collect();
    parts.join("、")
}

/// The meaning of a code, also where a spreadsheet took its leading zeros or added a fraction.
fn meaning<'m>(code: &str, meanings: &'m HashMap<String, String>) -> Option<&'m str> {
    let plain = code.strip_suffix(".0").unwrap_or(code);
    let found = meanings.get(plain).or_else(|| {
        let number = plain.trim_start_matches('0');
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| {
            meanings.iter().find(|(key, _)| key.trim_start_matches('0') == number).map(|(_, meaning)| meaning)
        })?
    });
    found.map(String::as_str)
}

/// The share of these cells that a table explains, from 0 to 1.
pub(crate) fn explains(table: &CodeTable, cells: &[String]) -> f32 {
    let codes = cells
        .iter()
        .filter(|cell| translate(cell, &table.meanings).is_some_and(|words| !words.split('、').any(is_code)))
        .count();
    #[expect(clippy::cast_precision_loss, reason = "a few cells")]
    if cells.is_empty() { 0.0 } else { codes as f32 / cells.len() as f32 }
}

/// The national table of 救助类型 in the ledgers of households in difficulty; codes beyond these are not sure.
pub(crate) fn national() -> CodeTable {
    let meanings = [("01", "城市低保"), ("02", "农村低保"), ("03", "集中五保"), ("04", "分散五保")];
    let meanings = meanings.into_iter().map(|(code, name)| (code.to_owned(), name.to_owned())).collect();
    CodeTable { about: "救助类型".to_owned(), meanings: Arc::new(meanings) }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Line};
    use super::*;

    fn grid(rows: &[&[&str]]) -> Grid {
        let mut grid = Grid::new("代码", false, Vec::new());
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
    fn codes_with_anything_between() {
        let known = |code: &str| ["B01", "B03", "TK_F"].contains(&code);
        for (written, parts) in [
            ("B01·B03", "B01、B03"),
            ("B01-B03", "B01、B03"),
            ("B01助餐B03助浴", "B01助餐、B03助浴"),
            ("B01助餐 & B03助浴", "B01助餐、B03助浴"),
            ("B01", "B01"),
            ("助餐B01、助浴B03", "助餐B01、助浴B03"),
        ] {
            assert_eq!(apart(written, known), parts, "{written}");
        }
        let meanings = HashMap::from([("1".to_owned(), "低保".to_owned()), ("3".to_owned(), "低边".to_owned())]);
        for written in ["1.3", "1-3", "1和3", "1、3", "13"] {
            assert_eq!(translate(written, &meanings).as_deref(), Some("低保、低边"), "{written}");
        }
        assert_eq!(translate("1.5", &meanings), None);
    }

    #[test]
    fn tables_in_notes() {
        let notes = ["填表说明：对象类别：1低保 2特困分散 3低边；来源 A=热线，B=走访".to_owned()];
        let found = noted(&notes);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(translate("3", &found[0].meanings).as_deref(), Some("低边"));
        assert_eq!(translate("B", &found[1].meanings).as_deref(), Some("走访"));
        assert_eq!(noted(&["说明：1、姓名按身份证填写，不得有误 2、电话必须能够打通，填写本人的".to_owned()]).len(), 0);
    }

    #[test]
    fn tables_of_codes() {
        let found = tables_of(&grid(&[
            &["对象类别", "01", "低保"],
            &["对象类别", "02", "特困"],
            &["来源", "1", "走访"],
            &["来源", "2", "热线"],
        ]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].about.starts_with("对象类别"));
        assert_eq!(translate("1, 02", &found[0].meanings).as_deref(), Some("低保、特困"));
        assert_eq!(translate("x", &found[0].meanings), None);
        let found = tables_of(&grid(&[
            &["代码", "名称"],
            &["1", "紧急"],
            &["2", "一般"],
            &["编码", "含义"],
            &["A", "甲"],
            &["B", "乙"],
        ]));
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
