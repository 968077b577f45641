//! Columns of codes: which of the tables beside the ledger explains them.

use std::sync::Arc;

use domain::text;

use super::candidate::{Around, Kind};
use super::codes;
use super::content::Profile;
use super::field::Field;
use super::grid::Cell;
use super::heads::{Head, Understood};

/// The code table that explains a column's cells, and what they are in words.
pub(super) fn meanings(
    head: &Head,
    understood: &Understood,
    cells: &[&Cell],
    around: &Around<'_>,
    kind: &Kind<'_>,
    profile: &dyn Fn(&[&Cell]) -> Profile,
) -> Option<(codes::Meanings, Profile)> {
    let texts: Vec<String> = cells.iter().take(60).map(|cell| cell.text()).collect();
    if texts.is_empty() || texts.iter().any(|text| text::char_count(text) > 24 || text.chars().any(text::is_han)) {
        return None;
    }
    // Numbers that need no table: quantities, sizes, dates.
    let national = codes::national();
    // A syllable alone leaves it open; 需求代码 may be either of two, and codes are none of the words.
    let coded = |field: &Field| {
        matches!(
            field,
            Field::BeneficiaryCategories
                | Field::ServiceCategories
                | Field::Source
                | Field::Urgency
                | Field::Sex
                | Field::LedgerStatus
                | Field::Designation
                | Field::Target
                | Field::Type
                | Field::Relation
                | Field::Street
                | Field::Village
                | Field::DivisionCode
                | Field::District
        )
    };
    let mut sure = understood.fields.iter().filter(|(_, score)| *score >= 0.5).map(|(field, _)| *field).peekable();
    let first = sure.peek().copied();
    let field = sure.find(coded);
    if first.is_some() && field.is_none() || kind.name == "organizations" && field == Some(Field::Uscc) {
        return None;
    }
    let own = head.whole();
    let shared = |about: &str| own.chars().filter(|c| text::is_han(*c) && about.contains(*c)).count();
    let mut best: Option<(f32, codes::Meanings, Profile)> = None;
    for table in around.tables.iter().chain((field == Some(Field::BeneficiaryCategories)).then_some(&national)) {
        let explained = codes::explains(table, &texts);
        if explained < 0.8 {
            continue;
        }
        let words: Vec<Cell> = texts
            .iter()
            .map(|text| Cell::Text(codes::translate(text, &table.meanings).unwrap_or_else(|| text.clone()).into()))
            .collect();
        let of_words = profile(&words.iter().collect::<Vec<_>>());
        let fit = match field {
            Some(field) => of_words.fits(field, kind.name),
            None => kind.fields.iter().map(|field| of_words.speaks_for(*field, kind.name)).fold(0.0, f32::max),
        };
        let named = f32::from(u8::try_from(shared(&table.about).min(8)).unwrap_or(0));
        let score = explained + fit + named * 0.15;
        if (first.is_some() && field == first || fit > 0.0) && best.as_ref().is_none_or(|(least, ..)| score > *least) {
            best = Some((score, table.meanings.clone(), of_words));
        }
    }
    best.map(|(_, meanings, profile)| (meanings, profile))
}

/// 类型（1孤儿2留守儿童）: the head itself says what the codes of its cells mean.
pub(super) fn of_head(
    understood: &Understood,
    cells: &[&Cell],
    profile: &dyn Fn(&[&Cell]) -> Profile,
) -> Option<(codes::Meanings, Profile)> {
    if understood.hints.legend.len() < 2 || cells.is_empty() {
        return None;
    }
    let meanings: codes::Meanings = Arc::new(understood.hints.legend.iter().cloned().collect());
    let words: Vec<Option<String>> =
        cells.iter().take(60).map(|cell| codes::translate(&cell.text(), &meanings)).collect();
    let known = words.iter().flatten().count();
    if known * 2 < words.len() {
        return None;
    }
    let words: Vec<Cell> = words.into_iter().flatten().map(|word| Cell::Text(word.into())).collect();
    let of_words = profile(&words.iter().collect::<Vec<_>>());
    Some((meanings, of_words))
}
