//! Needs and organizations brought to `matching`: the facts of a need, what it would draw on, whom it reaches.

use domain::need::Reach;
use matching::{NeedFacts, NeedLine, Supplier, Weights, Words};
use std::sync::Arc;
use storage::needs::need::{Beneficiary, Line, Need};
use uuid::Uuid;

/// Facts of a need; lines without open units are left out.
pub(crate) fn facts(
    need: &Need,
    lines: &[Line],
    beneficiaries: &[Beneficiary],
    now: domain::calendar::Time,
) -> NeedFacts {
    let codes: Vec<&str> = beneficiaries.iter().map(|b| b.category_code.as_str()).collect();
    NeedFacts {
        id: need.id,
        division: need.division_code.clone(),
        groups: domain::vocabulary::groups_of(&codes),
        urgent: need.is_urgent(),
        waited_days: need.published_at.map_or(0, |at| at.minutes_until(now) / (24 * 60)),
        reach: Reach::after(need.escalation),
        words: Words::of(&format!("{} {} {}", need.title, need.description, need.requirements)),
        lines: lines
            .iter()
            .filter(|line| line.remaining() > 0)
            .map(|line| NeedLine {
                id: line.id,
                service: line.service_code.clone(),
                open: line.remaining(),
                unit: line.unit.clone(),
                per: line.per,
                starts_on: line.starts_on,
                ends_on: line.ends_on,
            })
            .collect(),
    }
}

/// Organizations that could serve a need as far as it looks now, best first.
pub(crate) fn reached(need: &NeedFacts, market: &[Arc<Supplier>], today: chrono::NaiveDate) -> Vec<Uuid> {
    let ranking = matching::rank(need, market.iter().map(|s| &**s), &Weights::default(), today);
    ranking.candidates.iter().map(|found| found.organization).collect()
}

/// Organizations that a need reaches with its present step of the unclaimed queue
/// and did not reach with the one before, best first.
pub(crate) fn newly_reached(
    need: &NeedFacts,
    market: &[Arc<Supplier>],
    steps: i64,
    today: chrono::NaiveDate,
) -> Vec<Uuid> {
    let (mut now, mut before) = (need.clone(), need.clone());
    now.reach = Reach::after(steps);
    before.reach = Reach::after(steps - 1);
    let weights = Weights::default();
    let ranking = matching::rank(&now, market.iter().map(|s| &**s), &weights, today);
    // Whoever serves the place already hears of it with the first step; of an urgent need with its publication.
    let known = |at: usize| {
        (steps > 1 || need.urgent) && matching::score::candidate(&before, &market[at], &weights, today).is_ok()
    };
    ranking.candidates.iter().filter(|found| !known(found.supplier)).map(|found| found.organization).collect()
}

/// The project of an organization that a line of a need would draw on: what
/// fits and has room, the one with the best fit first.
pub(crate) fn project_for(need: &NeedFacts, line: Uuid, supplier: &Supplier, today: chrono::NaiveDate) -> Option<Uuid> {
    let line = need.lines.iter().find(|l| l.id == line)?;
    let weights = Weights::default();
    supplier
        .offers
        .iter()
        .filter_map(|offer| {
            Some((matching::score::fit(need, line, supplier, offer, &weights, today).ok()?.total, offer.project?))
        })
        .max_by_key(|(total, project)| (*total, std::cmp::Reverse(*project)))
        .map(|(_, project)| project)
}
