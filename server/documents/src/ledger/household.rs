//! Family members on further lines: which lines of a table are one household, and who in it is its head.

use domain::text;
use serde::{Deserialize, Serialize};

use super::field::Field;
use super::grid::{Grid, Line};
use super::plan::Plan;
use super::words;

/// Somebody of the household beside its head, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub name: Option<String>,
    pub relation: Option<String>,
    pub id_number: Option<String>,
}

/// Whether the table has lines for members at all.
pub(crate) fn has_members(plan: &Plan) -> bool {
    plan.has(Field::Relation) || plan.has(Field::MemberName) || plan.has(Field::MemberId)
}

/// Whether a line goes on with the household of the line before it.
pub(crate) fn goes_on(first: &Line, line: &Line, plan: &Plan, grid: &Grid) -> bool {
    let at = |line: &Line, field: Field| {
        plan.column(field)
            .and_then(|column| line.get(column))
            .filter(|cell| !cell.is_nil())
            .map(|cell| text::squeeze(&cell.text()))
    };
    // Cells of the household that reach over both lines.
    let merged = [Field::Seq, Field::NeedNo, Field::HouseholdNo, Field::Summary, Field::ServiceCategories, Field::Name]
        .iter()
        .filter(|field| **field != Field::Name || plan.has(Field::MemberName))
        .filter_map(|field| plan.column(*field))
        .any(|column| {
            grid.filled_from(line.row, column) == Some(first.row)
                || grid
                    .filled_from(line.row, column)
                    .is_some_and(|top| top > 0 && grid.filled_from(first.row, column) == Some(top))
        });
    if merged {
        return true;
    }
    let own_need = [Field::Summary, Field::ServiceCategories].iter().any(|field| {
        let (mine, theirs) = (at(line, *field), at(first, *field));
        mine.is_some() && mine != theirs
    });
    if own_need {
        return false;
    }
    if let Some(relation) = at(line, Field::Relation) {
        let same_number = match (at(first, Field::HouseholdNo), at(line, Field::HouseholdNo)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        return !words::is_head(&relation) && same_number;
    }
    plan.has(Field::MemberName) && at(line, Field::Name).is_none() && at(line, Field::MemberName).is_some()
}

/// The place of the head among the lines of a household: who is called so, else the first.
pub(crate) fn head_among(lines: &[Line], plan: &Plan) -> usize {
    if plan.has(Field::MemberName) {
        return 0;
    }
    let Some(column) = plan.column(Field::Relation) else { return 0 };
    lines
        .iter()
        .position(|line| line.get(column).is_some_and(|cell| words::is_head(&text::squeeze(&cell.text()))))
        .unwrap_or(0)
}

/// The member of a line; none where nothing of one stands there, or it is the head again.
pub(crate) fn member_of(line: &Line, plan: &Plan) -> Option<Member> {
    let at = |fields: [Field; 2]| {
        let column = fields.iter().find_map(|field| plan.column(*field))?;
        let cell = line.get(column).filter(|cell| !cell.is_nil())?;
        Some(text::tidy(&cell.text()))
    };
    let member = Member {
        name: at([Field::MemberName, Field::Name]),
        relation: at([Field::Relation, Field::Relation]),
        id_number: at([Field::MemberId, Field::IdNumber]),
    };
    let is_head = member.relation.as_deref().is_some_and(|relation| words::is_head(&text::squeeze(relation)));
    (!is_head && (member.name.is_some() || member.id_number.is_some())).then_some(member)
}
