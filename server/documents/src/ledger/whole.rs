//! What only the whole table tells: whose a telephone is, columns that several share, fields without which the table says
//! little, and what one column makes of another.

use super::candidate::{Candidate, Kind};
use super::field::Field;
use super::heads::Understood;
use super::plan::Use;
use super::score::{claim, score};

/// Columns in front of a telephone that are skipped on the way to whose it is.
fn is_beside(candidate: &Candidate<'_>) -> bool {
    let best = candidate.understood.fields.first().map(|(field, _)| *field);
    matches!(best, Some(Field::Sex | Field::Age | Field::Relation | Field::IdNumber | Field::HouseholdSize))
}

/// 姓名 电话 … 监护人 电话 … 网格员 电话: a bare telephone or number belongs to whoever stands in front of it.
pub(super) fn give_owners(candidates: &mut [Candidate<'_>]) {
    for wanted in [Field::Phone, Field::IdNumber] {
        let of: Vec<usize> = (0..candidates.len()).filter(|at| candidates[*at].understood.of(wanted) >= 0.9).collect();
        if of.len() < 2 {
            continue;
        }
        for at in of {
            let owner = candidates[..at].iter().rev().take(4).find(|one| !is_beside(one));
            let Some(owner) = owner.filter(|one| one.used == Use::Nothing && one.profile.is_people()) else { continue };
            let best = owner.understood.fields.first().map(|(field, _)| *field);
            let strange = owner.understood.strange;
            let told = |field: Field| Understood { fields: vec![(field, 0.9)], ..candidates[at].understood.clone() };
            let nobodys = Understood { fields: Vec::new(), strange: true, ..candidates[at].understood.clone() };
            let phone = wanted == Field::Phone;
            candidates[at].understood = match best {
                _ if strange => nobodys,
                Some(Field::Guardian) if phone => told(Field::GuardianPhone),
                Some(Field::EmergencyContact) if phone => told(Field::EmergencyPhone),
                Some(Field::MemberName) if !phone => told(Field::MemberId),
                Some(Field::Guardian | Field::Handler | Field::Reporter) => nobodys,
                Some(Field::LegalRepresentative) if phone => Understood {
                    fields: vec![(Field::Phone, 0.55), (Field::OtherPhone, 0.5)],
                    ..candidates[at].understood.clone()
                },
                _ => continue,
            };
        }
    }
}

/// A field without which a table of this kind says little, and a column that nothing else claims: the one whose cells are
/// most of it.
pub(super) fn take_lacking(candidates: &mut [Candidate<'_>], kind: &Kind<'_>) {
    let wanted: &[Field] = match kind.name {
        "needs" => &[
            Field::IdNumber,
            Field::ServiceCategories,
            Field::BeneficiaryCategories,
            Field::Name,
            Field::Phone,
            Field::Summary,
            Field::Address,
            Field::PublishedOn,
        ],
        "organizations" => &[
            Field::Uscc,
            Field::Name,
            Field::ServiceCategories,
            Field::Areas,
            Field::Phone,
            Field::Contact,
            Field::Capacity,
        ],
        "villages" => &[
            Field::Designation,
            Field::ServiceCategories,
            Field::Need,
            Field::Phone,
            Field::DesignatedOn,
            Field::Contact,
        ],
        _ => &[Field::Name, Field::Phone, Field::IdNumber, Field::Sex, Field::ServiceCategories],
    };
    // A table of codes says of nobody who it is.
    let somebody = [Field::Name, Field::IdNumber, Field::Phone, Field::Uscc, Field::Village, Field::DivisionCode];
    if !candidates.iter().any(|one| one.used.fields().iter().any(|field| somebody.contains(field))) {
        return;
    }
    let is_place =
        |field: &Field| matches!(field, Field::DivisionCode | Field::Street | Field::Village | Field::District);
    let placed = candidates.iter().any(|one| one.used.fields().iter().any(is_place));
    let place = [Field::Village, Field::Street, Field::DivisionCode];
    let places = if placed { &[][..] } else { &place[..] };
    for field in wanted.iter().chain(places) {
        if candidates.iter().any(|one| one.used.fields().contains(field)) {
            continue;
        }
        let best = candidates
            .iter_mut()
            .filter(|one| one.used == Use::Nothing && !one.understood.strange)
            // A head that surely says something else stays what it says.
            .filter(|one| claim(one, *field, kind.name) < 0.75)
            .map(|one| (one.profile.may_be(*field, kind.name), one))
            .filter(|(share, _)| *share > 0.0)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, candidate)) = best {
            candidate.used = Use::Field(*field);
            candidate.confidence = 0.4;
        }
    }
}

/// What one column makes of another: lines of members without a head's own column name the head too, and the channel of a
/// questionnaire is how the sheet was filled in, not where a need came from.
pub(super) fn settle(candidates: &mut [Candidate<'_>], kind: &str) {
    for (one, other) in [(Field::MemberName, Field::Name), (Field::MemberId, Field::IdNumber)] {
        let has = |field: Field| candidates.iter().any(|candidate| candidate.used.fields().contains(&field));
        if has(one) && !has(other) {
            for candidate in candidates.iter_mut().filter(|candidate| candidate.used == Use::Field(one)) {
                candidate.used = Use::Field(other);
            }
        }
    }
    // Somebody must be the household's: where no other column is, the one that was only likely an office's.
    if kind == "needs" && !candidates.iter().any(|one| one.used.fields().contains(&Field::Name)) {
        for candidate in candidates.iter_mut().filter(|one| one.used == Use::Field(Field::Handler)) {
            if candidate.understood.of(Field::Handler) < 0.6 {
                candidate.used = Use::Field(Field::Name);
            }
        }
    }
    // The day on which a sheet was filled in is the day of its rows, where no other is told.
    if !candidates.iter().any(|one| one.used.fields().contains(&Field::PublishedOn)) {
        for candidate in candidates.iter_mut().filter(|one| one.used == Use::Field(Field::ReportedOn)) {
            candidate.used = Use::Field(Field::PublishedOn);
        }
    }
    // A number in front of its unit is how much.
    if !candidates.iter().any(|one| matches!(one.used, Use::Field(Field::Quantity | Field::Capacity)))
        && let Some(at) = candidates.iter().position(|one| matches!(one.used, Use::Field(Field::Unit | Field::Cycle)))
    {
        let amount = if kind == "organizations" { Field::Capacity } else { Field::Quantity };
        for beside in [at.checked_sub(1), at.checked_sub(2), Some(at + 1)].into_iter().flatten() {
            if let Some(candidate) = candidates.get_mut(beside)
                && candidate.used == Use::Nothing
                && !candidate.understood.strange
                && candidate.profile.fits(amount, kind) > 0.3
            {
                candidate.used = Use::Field(amount);
                candidate.confidence = 0.5;
                break;
            }
        }
    }
    // 周期 with 3个月 in its cells, and nothing of which it could be the cycle.
    let has = |field: Field| candidates.iter().any(|one| one.used.fields().contains(&field));
    if !has(Field::Quantity) && !has(Field::Capacity) && !has(Field::Period) {
        for candidate in candidates.iter_mut().filter(|one| one.used == Use::Field(Field::Cycle)) {
            if candidate.profile.fits(Field::Period, "needs") > 0.3 {
                candidate.used = Use::Field(Field::Period);
            }
        }
    }
    let questionnaire = candidates.iter().any(|candidate| {
        let head = candidate.head.own();
        ["答卷", "所用时间", "IP", "答题时长"].iter().any(|word| head.contains(word))
    });
    if questionnaire {
        for candidate in candidates.iter_mut().filter(|candidate| candidate.used == Use::Field(Field::Source)) {
            candidate.used = Use::Nothing;
        }
    }
}

/// Fields that several columns may hold: a second telephone, a second need, the inspections of each year.
pub(super) fn take_repeats(candidates: &mut [Candidate<'_>], kind: &Kind<'_>) {
    let taken: Vec<(u16, Field)> = candidates
        .iter()
        .filter_map(|one| match one.used {
            Use::Field(field) => Some((one.column, field)),
            _ => None,
        })
        .collect();
    let has = |field: Field| taken.iter().any(|(_, of)| *of == field);
    for candidate in candidates.iter_mut().filter(|one| one.used == Use::Nothing) {
        let best = candidate
            .understood
            .fields
            .iter()
            .map(|(field, head)| (*field, *head, score(candidate, *field, kind.name)))
            .max_by(|a, b| a.2.total_cmp(&b.2));
        let Some((field, head, _)) = best else { continue };
        let fits = if candidate.cells.is_empty() { 0.5 } else { candidate.profile.fits(field, kind.name) };
        let coded = ["代码", "编码"].iter().any(|word| candidate.head.own().contains(word));
        let field = match field {
            Field::Phone if fits > 0.4 && has(Field::Phone) => Field::OtherPhone,
            Field::OtherPhone if fits > 0.4 => field,
            Field::ServiceCategories | Field::BeneficiaryCategories if fits > 0.4 && !coded => field,
            Field::Inspections | Field::Areas | Field::Remark => field,
            _ => continue,
        };
        if head >= 0.6 && kind.fields.contains(&field) {
            candidate.used = Use::Field(field);
            candidate.confidence = 0.6;
        }
    }
}
