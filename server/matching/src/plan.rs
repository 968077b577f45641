//! From facts to a batch: who may be invited for which line, pins and
//! exclusions, the solution, and why the rest stays unserved.

use crate::batch::{Arc, Demand, Given, Objective, Pool, Problem};
use crate::facts::{Free, NeedFacts, Supplier};
use crate::score::{self, Why};
use crate::weights::Weights;
use chrono::NaiveDate;
use domain::need::{Reach, UNCLAIMED_DAYS};
use domain::project::{Measure, is_divisible};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A line in a batch: indexes into the needs and their lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineAt {
    pub need: u32,
    pub line: u32,
}

/// An offer in a batch: indexes into the suppliers and their offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferAt {
    pub supplier: u32,
    pub offer: u32,
}

/// What the batch must keep to.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub weights: Weights,
    /// Places that one organization may be given in this batch; 0: no limit of its own.
    pub per_organization: u32,
    /// (line, organization) that stay together.
    pub pinned: Vec<(Uuid, Uuid)>,
    /// (line, organization) that must not.
    pub excluded: HashSet<(Uuid, Uuid)>,
}

/// One proposed invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposed {
    pub line: LineAt,
    pub offer: OfferAt,
    pub units: u32,
    /// 0 to 1000.
    pub fit: u16,
    pub pinned: bool,
}

/// A batch's answer.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub proposed: Vec<Proposed>,
    /// Lines in all, and lines that got all their units.
    pub lines: usize,
    pub covered: usize,
    pub objective: Objective,
    /// Lines not wholly served, with the reason that came closest.
    pub unserved: Vec<(LineAt, Why)>,
    /// Pins that break a capacity, an area or another rule, with the reason.
    pub broken: Vec<(Uuid, Uuid, Why)>,
}

impl Plan {
    /// (reason in words, lines), most frequent first.
    pub fn reasons(&self) -> Vec<(&'static str, usize)> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for (_, why) in &self.unserved {
            *counts.entry(why.kind()).or_default() += 1;
        }
        let mut all: Vec<_> = counts.into_iter().collect();
        all.sort_by_key(|(words, count)| (std::cmp::Reverse(*count), *words));
        all
    }
}

/// The tier of a need: urgent, then by the days of the unclaimed queue.
pub fn tier(need: &NeedFacts) -> usize {
    if need.urgent {
        return 0;
    }
    1 + UNCLAIMED_DAYS.iter().rev().take_while(|days| need.waited_days < **days).count()
}

/// A problem with what its numbers stand for.
#[derive(Debug, Default)]
pub struct Prepared {
    pub problem: Problem,
    lines: Vec<LineAt>,
    offers: Vec<OfferAt>,
    pinned: Vec<Proposed>,
    broken: Vec<(Uuid, Uuid, Why)>,
    closest: HashMap<LineAt, Why>,
}

fn short(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn small(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

/// Offers by service and district, so that a line looks at its own only.
fn by_service_and_district<'a>(suppliers: &[&'a Supplier]) -> HashMap<(&'a str, &'a str), Vec<OfferAt>> {
    let mut map: HashMap<(&'a str, &'a str), Vec<OfferAt>> = HashMap::new();
    for (s, supplier) in suppliers.iter().enumerate() {
        for (o, offer) in supplier.offers.iter().enumerate() {
            let at = OfferAt { supplier: short(s), offer: short(o) };
            let mut districts: Vec<&str> = offer.areas.iter().map(|area| area.get(..6).unwrap_or("")).collect();
            // A need that has waited long also asks whoever sits in its district.
            districts.extend(supplier.home.get(..6));
            districts.sort_unstable();
            districts.dedup();
            // An offer to the whole city stands under no district.
            if districts.contains(&"") {
                districts = vec![""];
            }
            for service in &offer.services {
                for district in &districts {
                    map.entry((service.as_str(), district)).or_default().push(at);
                }
            }
        }
    }
    map
}

/// Lays out the batch: every pair of line and offer that fits becomes an arc.
/// `step` hears of the needs looked at and may stop the work.
pub fn prepare(
    needs: &[NeedFacts],
    suppliers: &[&Supplier],
    rules: &Rules,
    today: NaiveDate,
    step: &mut dyn FnMut(u64) -> bool,
) -> Option<Prepared> {
    let mut out = Prepared::default();
    let index = by_service_and_district(suppliers);
    let services: HashSet<&str> = index.keys().map(|(service, _)| *service).collect();
    let mut left = Left::new(suppliers, rules, needs, today);
    let pins: HashMap<Uuid, Vec<Uuid>> = rules.pinned.iter().fold(HashMap::new(), |mut map, (line, organization)| {
        map.entry(*line).or_insert_with(Vec::new).push(*organization);
        map
    });
    let position: HashMap<Uuid, u32> = suppliers.iter().enumerate().map(|(at, s)| (s.id, short(at))).collect();
    let nothing = Vec::new();
    let mut open: Vec<(LineAt, i64)> = Vec::new();
    // Pins first: they take their share before anything is distributed.
    for (n, need) in needs.iter().enumerate() {
        for (l, line) in need.lines.iter().enumerate() {
            let at = LineAt { need: short(n), line: short(l) };
            let mut units = line.open;
            for organization in pins.get(&line.id).unwrap_or(&nothing) {
                let Some(supplier) = position.get(organization) else {
                    out.broken.push((line.id, *organization, Why::Service));
                    continue;
                };
                match left.pin(need, line, suppliers, *supplier, units, (&rules.weights, today)) {
                    Ok((offer, given, fit)) => {
                        units -= i64::from(given);
                        out.pinned.push(Proposed { line: at, offer, units: given, fit, pinned: true });
                    }
                    Err(why) => out.broken.push((line.id, *organization, why)),
                }
            }
            if units > 0 {
                open.push((at, units));
            }
        }
    }
    let mut pool_of: HashMap<OfferAt, u32> = HashMap::new();
    for (done, (at, units)) in open.into_iter().enumerate() {
        if done.is_multiple_of(1024) && !step(done as u64) {
            return None;
        }
        let need = &needs[at.need as usize];
        let line = &need.lines[at.line as usize];
        let demand = short(out.problem.demands.len());
        out.problem.demands.push(Demand {
            tier: tier(need),
            units: small(units),
            exclusive: !is_divisible(&line.service),
        });
        out.lines.push(at);
        let district = need.division.get(..6).unwrap_or_default();
        let known = services.contains(line.service.as_str());
        let mut closest = if known { Why::Area } else { Why::Service };
        let mut any = false;
        for offer_at in &within(&index, &line.service, district, need.reach) {
            let supplier = suppliers[offer_at.supplier as usize];
            if rules.excluded.contains(&(line.id, supplier.id)) {
                continue;
            }
            let offer = &supplier.offers[offer_at.offer as usize];
            match score::fit(need, line, supplier, offer, &rules.weights, today) {
                Ok(fit) => {
                    any = true;
                    let pool = *pool_of.entry(*offer_at).or_insert_with(|| {
                        out.offers.push(*offer_at);
                        short(out.offers.len() - 1)
                    });
                    out.problem.arcs.push(Arc { demand, pool, fit: fit.total });
                }
                Err(why) => closest = closest.max(why),
            }
        }
        // With somebody fitting, what is missing in the end is capacity.
        out.closest.insert(at, if any { Why::Full } else { closest });
    }
    for at in &out.offers {
        let households = suppliers[at.supplier as usize].offers[at.offer as usize].measure == Measure::Households;
        let owner = households.then_some(at.supplier);
        out.problem.pools.push(Pool { capacity: left.offers.get(at).copied().unwrap_or_default(), owner });
    }
    out.problem.limits = left.room;
    Some(out)
}

/// Offers of a service that may serve a place, each once, as far as its need looks.
fn within(index: &HashMap<(&str, &str), Vec<OfferAt>>, service: &str, district: &str, reach: Reach) -> Vec<OfferAt> {
    let mut found = Vec::new();
    let mut districts = vec!["", district];
    if reach == Reach::Neighbours {
        districts.extend(crate::adjacency::neighbours_of(district));
    }
    for district in districts {
        found.extend(index.get(&(service, district)).into_iter().flatten().copied());
    }
    if reach == Reach::City {
        found.extend(index.iter().filter(|((s, _), _)| *s == service).flat_map(|(_, all)| all));
    }
    if reach != Reach::Areas {
        // An offer to several districts stands under each of them.
        found.sort_unstable();
        found.dedup();
    }
    found
}

/// Capacity and room that pins have left.
struct Left {
    offers: HashMap<OfferAt, u32>,
    room: Vec<u32>,
}

impl Left {
    fn new(suppliers: &[&Supplier], rules: &Rules, needs: &[NeedFacts], today: NaiveDate) -> Self {
        let units: i64 = needs.iter().flat_map(|need| &need.lines).map(|line| line.open).sum();
        let cap = |room: i64| match rules.per_organization {
            0 => small(room),
            limit => small(room).min(limit),
        };
        let mut offers = HashMap::new();
        for (s, supplier) in suppliers.iter().enumerate() {
            for (o, offer) in supplier.offers.iter().enumerate() {
                let free = match (offer.free_on(today), offer.measure) {
                    (Free::Left { free, .. }, _) => small(free),
                    (Free::Unknown, Measure::Households) => small(supplier.room),
                    (Free::Unknown, Measure::Units) => small(units),
                };
                offers.insert(OfferAt { supplier: short(s), offer: short(o) }, free);
            }
        }
        Self { offers, room: suppliers.iter().map(|s| cap(s.room)).collect() }
    }

    /// Takes what a pinned line needs from the best offer that has it.
    fn pin(
        &mut self,
        need: &NeedFacts,
        line: &crate::facts::NeedLine,
        suppliers: &[&Supplier],
        at: u32,
        open: i64,
        (weights, today): (&Weights, NaiveDate),
    ) -> Result<(OfferAt, u32, u16), Why> {
        let supplier = suppliers[at as usize];
        let mut closest = Why::Service;
        let mut best: Option<(u16, OfferAt, u32)> = None;
        for (o, offer) in supplier.offers.iter().enumerate() {
            let offer_at = OfferAt { supplier: at, offer: short(o) };
            match score::fit(need, line, supplier, offer, weights, today) {
                Ok(fit) => {
                    let free = self.offers.get(&offer_at).copied().unwrap_or_default();
                    let whole = !is_divisible(&line.service);
                    let room = if whole { self.room[at as usize] } else { u32::MAX };
                    if free == 0 || room == 0 || open < 1 {
                        closest = closest.max(if free == 0 { Why::Full } else { Why::Room });
                    } else if best.is_none_or(|(total, _, _)| fit.total > total) {
                        let units = if whole { small(open) } else { small(open).min(free) };
                        best = Some((fit.total, offer_at, units));
                    }
                }
                Err(why) => closest = closest.max(why),
            }
        }
        let (fit, offer, units) = best.ok_or(closest)?;
        let whole = !is_divisible(&line.service);
        if let Some(free) = self.offers.get_mut(&offer) {
            *free -= if whole { 1 } else { units };
        }
        if whole {
            self.room[at as usize] -= 1;
        }
        Ok((offer, units, fit))
    }
}

impl Prepared {
    /// Solves what was laid out. `None` when `step` stopped it.
    pub fn solve(&self, step: &mut dyn FnMut(u64) -> bool) -> Option<Plan> {
        let given = self.problem.solve(step)?;
        Some(self.plan(&given))
    }

    fn plan(&self, given: &[Given]) -> Plan {
        let fits: HashMap<(u32, u32), u16> =
            self.problem.arcs.iter().map(|arc| ((arc.demand, arc.pool), arc.fit)).collect();
        let mut left: Vec<u32> = self.problem.demands.iter().map(|demand| demand.units).collect();
        let mut proposed = self.pinned.clone();
        for g in given {
            left[g.demand as usize] -= g.units.min(left[g.demand as usize]);
            proposed.push(Proposed {
                line: self.lines[g.demand as usize],
                offer: self.offers[g.pool as usize],
                units: g.units,
                fit: fits.get(&(g.demand, g.pool)).copied().unwrap_or_default(),
                pinned: false,
            });
        }
        proposed.sort_by_key(|p| (p.line, p.offer));
        let unserved: Vec<(LineAt, Why)> = self
            .lines
            .iter()
            .zip(&left)
            .filter(|(_, left)| **left > 0)
            .map(|(at, _)| (*at, self.closest.get(at).copied().unwrap_or(Why::Service)))
            .collect();
        let mut all: HashSet<LineAt> = self.lines.iter().copied().collect();
        all.extend(self.pinned.iter().map(|p| p.line));
        Plan {
            lines: all.len(),
            covered: all.len() - unserved.len(),
            objective: self.problem.objective(given),
            proposed,
            unserved,
            broken: self.broken.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{NeedLine, Offer};
    use crate::text::Words;
    use domain::need::Frequency;

    fn line(id: u128, service: &str, open: i64) -> NeedLine {
        NeedLine {
            id: Uuid::from_u128(id),
            service: service.into(),
            open,
            unit: "次".into(),
            per: Frequency::Week,
            starts_on: None,
            ends_on: None,
        }
    }

    fn need(id: u128, urgent: bool, waited_days: i64, lines: Vec<NeedLine>) -> NeedFacts {
        NeedFacts {
            id: Uuid::from_u128(id),
            division: "120102005003".into(),
            groups: Vec::new(),
            urgent,
            waited_days,
            reach: domain::need::Reach::Areas,
            words: Words::default(),
            lines,
        }
    }

    fn supplier(id: u128, services: &[&str], free: i64) -> Supplier {
        Supplier {
            id: Uuid::from_u128(id),
            name: format!("机构{id}"),
            home: "120102005000".into(),
            completed: 0,
            unfinished: 0,
            room: 10,
            offers: vec![Offer {
                project: Some(Uuid::from_u128(id + 1000)),
                title: String::new(),
                services: services.iter().map(|s| (*s).to_owned()).collect(),
                groups: Vec::new(),
                areas: vec!["120102".into()],
                measure: Measure::Households,
                free: Free::Left { free, of: free.max(1) },
                known_until: None,
                unit: "户".into(),
                per: Frequency::Total,
                each: None,
                starts_on: None,
                ends_on: None,
                qualifications: Some(Vec::new()),
                words: Words::default(),
            }],
        }
    }

    fn run(needs: &[NeedFacts], suppliers: &[Supplier], rules: &Rules) -> Plan {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let suppliers: Vec<&Supplier> = suppliers.iter().collect();
        let prepared = prepare(needs, &suppliers, rules, today, &mut |_| true).unwrap();
        assert!(prepared.problem.admits(&prepared.problem.solve(&mut |_| true).unwrap()));
        prepared.solve(&mut |_| true).unwrap()
    }

    #[test]
    fn tiers_follow_the_clocks_of_the_queue() {
        let of = |urgent, days| tier(&need(1, urgent, days, Vec::new()));
        assert_eq!([of(true, 0), of(false, 14), of(false, 7), of(false, 3), of(false, 2)], [0, 1, 2, 3, 4]);
    }

    #[test]
    fn says_what_stays_unserved_and_why() {
        let needs = [
            need(1, true, 0, vec![line(11, "C01", 2)]),
            need(2, false, 20, vec![line(21, "C01", 1)]),
            need(3, false, 1, vec![line(31, "C01", 1), line(32, "A01", 1)]),
        ];
        let plan = run(&needs, &[supplier(1, &["C01"], 2)], &Rules::default());
        assert_eq!((plan.lines, plan.covered), (4, 2));
        assert_eq!(plan.objective.unserved, [0, 0, 0, 0, 2]);
        assert_eq!(plan.reasons(), [("没有余量", 1), ("没有组织提供这项服务", 1)]);
        let served: Vec<u32> = plan.proposed.iter().map(|p| p.line.need).collect();
        assert_eq!(served, [0, 1]);
    }

    #[test]
    fn pins_exclusions_and_limits_hold() {
        let needs = [need(1, true, 0, vec![line(11, "C01", 1)]), need(2, false, 1, vec![line(21, "C01", 1)])];
        let suppliers = [supplier(1, &["C01"], 1), supplier(2, &["A01"], 5)];
        let id = Uuid::from_u128;
        let pinned = Rules { pinned: vec![(id(21), id(1))], ..Rules::default() };
        let plan = run(&needs, &suppliers, &pinned);
        // The pin goes before the urgent one: that is what a pin says.
        assert_eq!(plan.proposed.iter().map(|p| (p.line.need, p.pinned)).collect::<Vec<_>>(), [(1, true)]);
        let impossible = Rules { pinned: vec![(id(21), id(2))], ..Rules::default() };
        assert_eq!(run(&needs, &suppliers, &impossible).broken, [(id(21), id(2), Why::Service)]);
        let twice = Rules { pinned: vec![(id(11), id(1)), (id(21), id(1))], ..Rules::default() };
        assert_eq!(run(&needs, &suppliers, &twice).broken, [(id(21), id(1), Why::Full)]);
        let excluded = Rules { excluded: [(id(11), id(1))].into(), ..Rules::default() };
        assert_eq!(run(&needs, &suppliers, &excluded).proposed[0].line.need, 1);
        let wide = [supplier(1, &["C01"], 9)];
        let limited = Rules { per_organization: 1, ..Rules::default() };
        assert_eq!(run(&needs, &wide, &limited).proposed.len(), 1);
    }
}
