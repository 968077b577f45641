//! How well a column fits a field, by its head and by its cells.

use super::candidate::Candidate;
use super::field::Field;

/// What a column scores for a field, by its head and by its cells.
pub(super) fn score(candidate: &Candidate<'_>, field: Field, kind: &str) -> f32 {
    let head = candidate.understood.of(field);
    let mut by_head = 0.0;
    if head > 0.0 {
        // What speaks against it weighs more than what fits.
        let fits = candidate.profile.fits(field, kind);
        // 1, 2, 3 … is nobody's number, whatever it is called.
        if fits <= -1.0 && matches!(field, Field::VolunteerNo | Field::NeedNo | Field::SourceNo | Field::HouseholdNo) {
            return 0.0;
        }
        by_head = head * 0.75 + if fits < 0.0 { (fits * 0.5).max(-0.25) } else { fits * 0.35 };
        // Of several years the last one counts.
        if field == Field::CollectiveIncome
            && let Some(year) = candidate.understood.hints.year
        {
            by_head += 0.002 * f32::from(i16::try_from(year - 2000).unwrap_or(0));
        }
    }
    if candidate.understood.strange {
        return by_head;
    }
    by_head.max(candidate.profile.speaks_for(field, kind) * (1.0 - 0.8 * claim(candidate, field, kind)))
}

/// How surely the head says something else than a field, and the cells bear it out: such a head is not overruled.
pub(super) fn claim(candidate: &Candidate<'_>, field: Field, kind: &str) -> f32 {
    let others = candidate.understood.fields.iter().filter(|(of, _)| *of != field);
    others
        .map(|(of, head)| {
            let fits = candidate.profile.fits(*of, kind);
            let borne_out = if fits >= 0.25 {
                1.0
            } else if fits > -0.1 {
                0.6
            } else {
                0.15
            };
            head * borne_out
        })
        .fold(0.0, f32::max)
}
