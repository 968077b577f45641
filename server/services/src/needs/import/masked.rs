//! The values that help to say what a column is, in part.

use documents::ledger::{ColumnMapping, Field};
use domain::phone::Phone;
use domain::resident_id::ResidentId;

/// A column with its values in part: whoever says what it is needs no more.
pub(super) fn masked(column: &ColumnMapping) -> ColumnMapping {
    let fields: Vec<Field> = column.fields.iter().filter_map(|code| Field::named(code)).collect();
    let samples = column.samples.iter().map(|value| mask(value, &fields)).collect();
    ColumnMapping { samples, ..column.clone() }
}

/// Fields whose numbers find nobody.
const OPEN: &[Field] = &[
    Field::Uscc,
    Field::DivisionCode,
    Field::PublishedOn,
    Field::ReportedOn,
    Field::Period,
    Field::PeriodFrom,
    Field::PeriodTo,
    Field::DesignatedOn,
    Field::EndedOn,
    Field::FoundedOn,
    Field::RatingValidTo,
    Field::Inspections,
    Field::Areas,
];

fn mask(value: &str, fields: &[Field]) -> String {
    let has = |wanted: &[Field]| fields.iter().any(|field| wanted.contains(field));
    if has(OPEN) {
        return value.to_owned();
    }
    if let Ok(id) = ResidentId::parse(value) {
        return id.masked();
    }
    if let Ok(phone) = Phone::parse(value) {
        return phone.masked();
    }
    let han = value.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    // A column that nobody knows may hold names.
    let name = has(&[Field::Name, Field::Guardian, Field::MemberName, Field::Contact, Field::LegalRepresentative])
        && !has(&[Field::Uscc, Field::Registrar])
        || fields.is_empty() && (2..=4).contains(&han) && han == value.chars().count();
    if name {
        return domain::disclosure::mask_name(value);
    }
    let place = has(&[Field::Address]);
    // Numbers long enough to be somebody's, and all of an address.
    let mut out = String::new();
    let mut run: Vec<char> = Vec::new();
    for c in value.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_digit() || (place && c.is_ascii_alphabetic()) {
            run.push(c);
            continue;
        }
        if place || run.len() >= 7 {
            out.extend(std::iter::repeat_n('*', run.len()));
        } else {
            out.extend(run.iter());
        }
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_in_part() {
        assert_eq!(mask("示例甲", &[Field::Name]), "示*");
        assert_eq!(mask("示例甲", &[]), "示*");
        assert_eq!(mask("每周5次", &[]), "每周5次");
        assert_eq!(mask("示例里3号楼2门B", &[Field::Address]), "示例里*号楼*门*");
        assert_eq!(mask("13800150001", &[]), "138****0001");
        assert_eq!(mask("电话13800150001家", &[Field::Summary]), "电话***********家");
        assert_eq!(mask("2026-11-03", &[Field::PublishedOn]), "2026-11-03");
    }
}
