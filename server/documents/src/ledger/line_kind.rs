//! What a line is, other than the row of a household: a title, a note, a sum, a head that stands again.

use domain::text;

use super::field::Field;
use super::grid::{Cell, Grid, Line, is_nil};
use super::plan::Plan;
use super::words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    Data,
    Title,
    Header,
    Subtotal,
    Blank,
    Note,
    Struck,
}

/// Words with which notes and signatures begin.
const NOTE_WORDS: &[&str] = &[
    "注:",
    "注：",
    "注1",
    "备注:",
    "说明",
    "填表说明",
    "填报说明",
    "填写说明",
    "填表要求",
    "填报要求",
    "审核人",
    "填表人",
    "填报人",
    "制表人",
    "制表:",
    "审批人",
    "负责人",
    "单位负责人",
    "分管领导",
    "联系电话:",
    "填报单位",
    "填报日期",
    "经办人:",
    "※",
    "*注",
    "提示",
    "注意",
    "制表时间",
    "打印时间",
    "打印日期",
    "单位(盖章)",
    "盖章",
    "数据来源",
    "图例",
    "颜色说明",
    "填报时间",
    "报送单位",
    "温馨提示",
    "要求:",
];
/// Words with which explanations begin that stand above a table.
const NOTES_ABOVE: &[&str] = &[
    "注:",
    "注1",
    "备注:",
    "说明",
    "填表说明",
    "填报说明",
    "填写说明",
    "填表要求",
    "填报要求",
    "※",
    "*注",
    "提示",
    "注意",
    "图例",
    "颜色说明",
    "温馨提示",
    "要求:",
    "填写要求",
    "请",
    "红色",
    "备注",
    "统计单位",
];

/// Tells what a line above the head is.
pub(crate) fn above(line: &Line) -> LineKind {
    let first = line.cells().find(|(_, cell)| !cell.is_nil()).map(|(_, cell)| text::squeeze(&cell.text()));
    match first {
        None => LineKind::Blank,
        Some(text) if is_title(&text) && !text.contains(':') => LineKind::Title,
        Some(text) if NOTES_ABOVE.iter().any(|word| text.starts_with(&text::squeeze(word))) => LineKind::Note,
        Some(_) => LineKind::Title,
    }
}

/// Tells what a line below the head is.
pub(crate) fn below(line: &Line, plan: &Plan, grid: &Grid) -> LineKind {
    let inside: Vec<(u16, Vec<Field>, &Cell)> = plan
        .columns
        .iter()
        .filter_map(|(column, used)| Some((*column, used.used.fields(), line.get(*column)?)))
        .filter(|(_, fields, cell)| !fields.is_empty() && !cell.is_nil())
        .collect();
    let has = |wanted: &[Field]| inside.iter().any(|(_, fields, _)| fields.iter().any(|field| wanted.contains(field)));
    let first = line.cells().find(|(_, cell)| !cell.is_nil());
    let first_text = first.map(|(_, cell)| text::squeeze(&cell.text())).unwrap_or_default();
    if is_struck(line, plan) {
        return LineKind::Struck;
    }
    // A note may begin in a column that bears another field; a sum stands in front of its numbers.
    let has_id = has(&[Field::IdNumber, Field::Uscc])
        && inside.iter().any(|(_, fields, cell)| {
            fields.iter().any(|field| matches!(field, Field::IdNumber | Field::Uscc))
                && text::char_count(&text::squeeze(&cell.text())) >= 12
        });
    if plan.repeats(line) {
        return LineKind::Header;
    }
    if !has_id && line.cells().take(6).any(|(_, cell)| is_sum(cell)) {
        return LineKind::Subtotal;
    }
    if inside.iter().all(|(_, fields, _)| fields.as_slice() == [Field::Seq]) && !is_wide(&first_text, first, line, grid)
    {
        let outside = line.cells().any(|(column, cell)| {
            plan.columns.get(&column).is_none_or(|one| one.used.fields().is_empty()) && !is_nil(&cell.text())
        });
        let words = inside.iter().any(|(_, _, cell)| cell.text().chars().any(text::is_han));
        return if outside || words { LineKind::Note } else { LineKind::Blank };
    }
    let texts = line.cells().filter(|(_, cell)| !cell.is_nil()).count();
    if NOTE_WORDS.iter().any(|word| first_text.starts_with(&text::squeeze(word))) && !has_id {
        return LineKind::Note;
    }
    if texts == 1 && is_wide(&first_text, first, line, grid) {
        return if is_title(&first_text) { LineKind::Title } else { LineKind::Note };
    }
    // 第1页 共3页, wherever it stands.
    let page = |text: &str| text.contains('第') && text.contains('页') || text.contains('共') && text.ends_with('页');
    if !has_id && texts <= 2 && line.cells().any(|(_, cell)| page(&text::squeeze(&cell.text()))) {
        return LineKind::Note;
    }
    // One or two cells that name nobody, in a table of many columns: the foot of a page, a signature.
    let named = inside.iter().any(|(_, fields, cell)| {
        fields.iter().any(|field| matches!(field, Field::Name | Field::MemberName | Field::Village))
            && (words::is_person_name(&text::squeeze(&cell.text()))
                || fields.contains(&Field::Village)
                || !first_text.contains('页'))
    });
    if texts <= 2 && plan.columns.len() >= 6 && !has_id && !named && !has(&[Field::Phone, Field::Summary]) {
        return LineKind::Note;
    }
    LineKind::Data
}

/// A line of which the household itself is struck out.
fn is_struck(line: &Line, plan: &Plan) -> bool {
    if line.struck.is_empty() {
        return false;
    }
    let cells = line.cells().count();
    let whole = line.struck.iter().filter(|(column, _)| line.get(*column).is_none()).count();
    let key = [Field::Name, Field::IdNumber, Field::Uscc, Field::Village].iter().any(|field| {
        plan.column(*field)
            .is_some_and(|column| line.struck.iter().any(|(of, _)| *of == column) && line.get(column).is_none())
    });
    cells == 0 || key && whole >= 2 || whole >= cells.max(3)
}

fn is_sum(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    let squeezed = text::squeeze(text);
    let plain = squeezed.split('(').next().unwrap_or_default().trim_end_matches(':');
    text::char_count(plain) <= 20
        && (["小计", "合计", "总计", "共计", "累计"].iter().any(|word| plain.ends_with(word))
            || ["合计", "总计", "小计"].iter().any(|word| plain.starts_with(word)))
}

/// A text over several columns: merged sideways, or too long for the sequence number or a name.
fn is_wide(text: &str, first: Option<(u16, &Cell)>, line: &Line, grid: &Grid) -> bool {
    let Some((column, Cell::Text(_))) = first else {
        return false;
    };
    grid.width_of(line.row, column) >= 3 || text::char_count(text) >= 12
}

fn is_title(text: &str) -> bool {
    ["台账", "续表", "统计表", "汇总表", "登记表", "明细表", "名单", "一览表", "花名册", "名册", "清单", "情况表"]
        .iter()
        .any(|word| text.contains(word))
}
