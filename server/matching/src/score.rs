//! How well an offer fits a line of a need, in parts; and why it does not fit at all.

use crate::adjacency::are_neighbours;
use crate::facts::{Free, NeedFacts, NeedLine, Offer, Supplier};
use crate::weights::Weights;
use chrono::{Days, NaiveDate};
use domain::need::Reach;
use domain::project::{self, Measure};
use domain::qualification::{self, Qualification};
use domain::vocabulary::BeneficiaryGroup;
use std::cmp::Reverse;
use uuid::Uuid;

pub use domain::project::PartKind;

/// How many parts a fit has.
const PARTS: usize = PartKind::ALL.len();

/// Why an offer cannot serve a line. In the order of the checks: the later the
/// check that fails, the closer it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    Service,
    Area,
    Group(BeneficiaryGroup),
    Qualification(Qualification),
    /// Begins only after the line ends.
    NotYet(NaiveDate),
    /// Ended, or ends before the line begins.
    Over(NaiveDate),
    /// Capacity and line are counted in different units.
    Unit,
    /// One household gets less than the line asks.
    Each,
    /// All of it is paired.
    Full,
    /// The organization has as many unfinished claims as it may have.
    Room,
}

impl Why {
    /// Why not, in words. `place`: the need's place as people say it.
    pub fn words(&self, place: &str) -> String {
        match self {
            Self::Service => "没有这项服务".to_owned(),
            Self::Area => format!("服务区域不含{place}"),
            Self::Group(group) => format!("项目不面向{}", group.name()),
            Self::Qualification(what) => format!("没有登记“{}”", what.label()),
            Self::NotYet(day) => format!("{}才开始", domain::calendar::day_words(*day)),
            Self::Over(day) => format!("{}结束", domain::calendar::day_words(*day)),
            Self::Unit => "计量单位或周期不同".to_owned(),
            Self::Each => "每户的上限不够".to_owned(),
            Self::Full => "没有余量".to_owned(),
            Self::Room => "未办结的认领和结对已到上限".to_owned(),
        }
    }

    /// The same without the case's own values, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Service => "没有组织提供这项服务",
            Self::Area => "本区没有组织服务",
            Self::Group(_) => "项目不面向这类对象",
            Self::Qualification(_) => "缺少需要的资质",
            Self::NotYet(_) | Self::Over(_) => "时间对不上",
            Self::Unit => "计量单位或周期不同",
            Self::Each => "每户的上限不够",
            Self::Full => "没有余量",
            Self::Room => "组织未办结的已到上限",
        }
    }
}

/// Points of every part, 0 to 100, and their weighted sum, 0 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    pub points: [u8; PARTS],
    pub total: u16,
}

impl Fit {
    fn of(points: [u8; PARTS], weights: &Weights) -> Self {
        let sum: u32 = PartKind::ALL.iter().zip(points).map(|(kind, p)| weights.of(*kind) * u32::from(p)).sum();
        let total = u16::try_from(sum * 10 / weights.sum().max(1)).unwrap_or(1000);
        Self { points, total }
    }

    pub fn point(&self, kind: PartKind) -> u8 {
        self.points[kind as usize]
    }
}

/// One part in words, for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub kind: PartKind,
    pub points: u8,
    pub weight: u32,
    pub words: String,
}

/// How an offer fits a line, or the first reason why it does not.
pub fn fit(
    need: &NeedFacts,
    line: &NeedLine,
    supplier: &Supplier,
    offer: &Offer,
    weights: &Weights,
    today: NaiveDate,
) -> Result<Fit, Why> {
    if !offer.services.contains(&line.service) {
        return Err(Why::Service);
    }
    let named = offer.covers(&need.division);
    if !named && !reached(need, supplier, offer) {
        return Err(Why::Area);
    }
    let group = group(need, offer)?;
    let qualification = qualification(line, offer)?;
    let timing = timing(line, offer, today)?;
    let capacity = capacity(line, offer, today)?;
    if supplier.room <= 0 {
        return Err(Why::Room);
    }
    let category = if offer.project.is_some() { 100 } else { 70 };
    let area = if named { area(&need.division, &supplier.home) } else { REACHED };
    let record = record(supplier);
    let text = u8::try_from(need.words.likeness(&offer.words)).unwrap_or(100);
    Ok(Fit::of([category, group, area, capacity, timing, qualification, record, text], weights))
}

fn group(need: &NeedFacts, offer: &Offer) -> Result<u8, Why> {
    if offer.groups.is_empty() || need.groups.is_empty() {
        return Ok(if offer.project.is_some() { 80 } else { 60 });
    }
    match need.groups.iter().find(|group| !offer.groups.contains(group)) {
        None => Ok(100),
        // A household of several groups is served for one of them.
        Some(_) if need.groups.iter().any(|group| offer.groups.contains(group)) => Ok(90),
        Some(group) => Err(Why::Group(*group)),
    }
}

fn qualification(line: &NeedLine, offer: &Offer) -> Result<u8, Why> {
    match (qualification::required_for(&line.service), &offer.qualifications) {
        (None, _) => Ok(100),
        (Some(_), None) => Ok(40),
        (Some(required), Some(held)) if held.contains(&required) => Ok(100),
        (Some(required), Some(_)) => Err(Why::Qualification(required)),
    }
}

/// Days of a line without an end that are looked at.
const OPEN_END_DAYS: u64 = 90;

fn timing(line: &NeedLine, offer: &Offer, today: NaiveDate) -> Result<u8, Why> {
    let starts = line.starts_on.unwrap_or(today).max(today);
    let ends = line.ends_on.unwrap_or(starts + Days::new(OPEN_END_DAYS)).max(starts);
    if let Some(from) = offer.starts_on
        && from > ends
    {
        return Err(Why::NotYet(from));
    }
    if let Some(until) = offer.ends_on
        && until < starts
    {
        return Err(Why::Over(until));
    }
    let asked = (ends - starts).num_days() + 1;
    let from = offer.starts_on.unwrap_or(starts).max(starts);
    let until = offer.ends_on.unwrap_or(ends).min(ends);
    let shared = ((until - from).num_days() + 1).clamp(0, asked);
    Ok(u8::try_from(shared * 100 / asked).unwrap_or(100))
}

fn capacity(line: &NeedLine, offer: &Offer, today: NaiveDate) -> Result<u8, Why> {
    if let Some((quantity, unit, per)) = &offer.each {
        match project::fits((line.open, &line.unit, line.per), (*quantity, unit, *per)) {
            None => return Err(Why::Unit),
            Some(false) => return Err(Why::Each),
            Some(true) => {}
        }
    }
    let Free::Left { free, of } = offer.free_on(today) else { return Ok(30) };
    if free <= 0 {
        return Err(Why::Full);
    }
    let points = match offer.measure {
        Measure::Households => 50 + 50 * free / of.max(1),
        Measure::Units => {
            if offer.unit != line.unit || offer.per != line.per {
                return Err(Why::Unit);
            }
            if free >= line.open { 60 + 40 * (free - line.open) / of.max(1) } else { 60 * free / line.open }
        }
    };
    Ok(u8::try_from(points.clamp(0, 100)).unwrap_or(100))
}

/// Points of an area that only the widened search reaches.
const REACHED: u8 = 15;

/// Whether a need that has waited long looks as far as this offer.
fn reached(need: &NeedFacts, supplier: &Supplier, offer: &Offer) -> bool {
    let near = |code: &str| {
        let same = code.len() >= 6 && code.get(..6) == need.division.get(..6);
        match need.reach {
            Reach::Areas => false,
            Reach::District => same,
            Reach::Neighbours => same || are_neighbours(&need.division, code),
            Reach::City => true,
        }
    };
    near(&supplier.home) || offer.areas.iter().any(|area| near(area))
}

/// Same street 100, same district 75, neighbouring district 50, elsewhere in the city 30.
fn area(division: &str, home: &str) -> u8 {
    let street = |code: &str| code.get(6..9).is_some_and(|street| street != "000");
    if street(home) && division.get(..9) == home.get(..9) {
        100
    } else if division.get(..6) == home.get(..6) {
        75
    } else if are_neighbours(division, home) {
        50
    } else {
        30
    }
}

/// Share of success with one success and one failure added, so that a newcomer stands in the middle.
fn record(supplier: &Supplier) -> u8 {
    let (good, bad) = (supplier.completed.max(0), supplier.unfinished.max(0));
    u8::try_from((good + 1) * 100 / (good + bad + 2)).unwrap_or(100)
}

/// An organization that fits, with the offer that serves each line it can serve.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Index of the supplier in what was ranked.
    pub supplier: usize,
    pub organization: Uuid,
    /// (index of the line, index of the offer).
    pub lines: Vec<(usize, usize)>,
    pub fit: Fit,
}

/// An organization that offers one of the services and still does not fit.
#[derive(Clone, Debug)]
pub struct Left {
    pub supplier: usize,
    pub organization: Uuid,
    pub why: Why,
    /// The line that came closest.
    pub line: usize,
}

/// Best first, then by name and id; those left out: closest first.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    pub candidates: Vec<Candidate>,
    pub left: Vec<Left>,
}

/// Everybody who offers a service of the need, with a fit or a reason.
pub fn rank<'a>(
    need: &NeedFacts,
    suppliers: impl IntoIterator<Item = &'a Supplier>,
    weights: &Weights,
    today: NaiveDate,
) -> Ranking {
    let mut ranking = Ranking::default();
    let mut names: Vec<&str> = Vec::new();
    for (at, supplier) in suppliers.into_iter().enumerate() {
        names.push(&supplier.name);
        let organization = supplier.id;
        match candidate(need, supplier, weights, today) {
            Ok((lines, fit)) => ranking.candidates.push(Candidate { supplier: at, organization, lines, fit }),
            Err((Why::Service, _)) => {}
            Err((why, line)) => ranking.left.push(Left { supplier: at, organization, why, line }),
        }
    }
    let name = |at: usize| names.get(at).copied().unwrap_or_default();
    ranking.candidates.sort_by(|a, b| {
        (Reverse(a.fit.total), name(a.supplier))
            .cmp(&(Reverse(b.fit.total), name(b.supplier)))
            .then(a.organization.cmp(&b.organization))
    });
    ranking.left.sort_by(|a, b| {
        (Reverse(a.why), name(a.supplier))
            .cmp(&(Reverse(b.why), name(b.supplier)))
            .then(a.organization.cmp(&b.organization))
    });
    ranking
}

type Served = (Vec<(usize, usize)>, Fit);

/// The best offer for each line; the parts of the whole are the weakest of its lines'.
pub fn candidate(
    need: &NeedFacts,
    supplier: &Supplier,
    weights: &Weights,
    today: NaiveDate,
) -> Result<Served, (Why, usize)> {
    let mut closest = (Why::Service, 0);
    let mut lines = Vec::new();
    let mut points = [100_u8; PARTS];
    for (at, line) in need.lines.iter().enumerate() {
        let mut best: Option<(Fit, usize)> = None;
        for (index, offer) in supplier.offers.iter().enumerate() {
            match fit(need, line, supplier, offer, weights, today) {
                Ok(fit) if best.is_none_or(|(other, _)| fit.total > other.total) => best = Some((fit, index)),
                Ok(_) => {}
                Err(why) if why > closest.0 => closest = (why, at),
                Err(_) => {}
            }
        }
        if let Some((fit, index)) = best {
            lines.push((at, index));
            for (least, point) in points.iter_mut().zip(fit.points) {
                *least = (*least).min(point);
            }
        }
    }
    if lines.is_empty() {
        return Err(closest);
    }
    let category = &mut points[PartKind::Category as usize];
    let share = usize::from(*category) * lines.len() / need.lines.len().max(1);
    *category = u8::try_from(share).unwrap_or(100);
    Ok((lines, Fit::of(points, weights)))
}

/// The parts of a candidate in words. `place`: how people say a division.
pub fn explain(
    need: &NeedFacts,
    supplier: &Supplier,
    found: &Candidate,
    (weights, today): (&Weights, NaiveDate),
    place: &dyn Fn(&str) -> String,
) -> Vec<Part> {
    let service = |code: &str| domain::vocabulary::service(code).map_or(code, |s| s.short_name).to_owned();
    let offers: Vec<&Offer> = found.lines.iter().map(|(_, offer)| &supplier.offers[*offer]).collect();
    PartKind::ALL
        .iter()
        .map(|kind| {
            let points = found.fit.point(*kind);
            let words = match kind {
                PartKind::Category => {
                    let names = found.lines.iter().map(|(line, _)| service(&need.lines[*line].service));
                    let names = distinct(names).join("、");
                    if found.lines.len() < need.lines.len() {
                        format!("{}项中能承接{}项：{names}", need.lines.len(), found.lines.len())
                    } else {
                        format!("提供{names}")
                    }
                }
                PartKind::Group => match points {
                    90.. => {
                        let names = need.groups.iter().filter(|g| offers.iter().any(|o| o.groups.contains(g)));
                        format!("项目面向{}", names.map(|g| g.name()).collect::<Vec<_>>().join("、"))
                    }
                    80.. => "项目不限对象".to_owned(),
                    _ => "没有写明对象".to_owned(),
                },
                PartKind::Area => area_words(&need.division, &supplier.home, points, place),
                PartKind::Capacity => capacity_words(&offers, today),
                PartKind::Timing => match points {
                    100.. => "时间合得上".to_owned(),
                    _ => format!("只能覆盖{points}%的时间"),
                },
                PartKind::Qualification => match points {
                    100.. => {
                        let held = found.lines.iter().filter_map(|(line, _)| {
                            qualification::required_for(&need.lines[*line].service).map(|q| q.label().to_owned())
                        });
                        let held = distinct(held);
                        if held.is_empty() {
                            "不需要专门资质".to_owned()
                        } else {
                            format!("有{}", held.join("、"))
                        }
                    }
                    _ => "需要的资质没有登记，请核实".to_owned(),
                },
                PartKind::Record => match (supplier.completed, supplier.unfinished) {
                    (0, 0) => "在这里还没有办结的".to_owned(),
                    (good, bad) => format!("核验办结{good}件，未完成{bad}件"),
                },
                PartKind::Text => match points {
                    40.. => "描述很接近".to_owned(),
                    15.. => "描述有些接近".to_owned(),
                    _ => "描述没有明显相近".to_owned(),
                },
            };
            Part { kind: *kind, points, weight: weights.of(*kind), words }
        })
        .collect()
}

fn distinct(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in all {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

fn area_words(division: &str, home: &str, points: u8, place: &dyn Fn(&str) -> String) -> String {
    let district = |code: &str| place(code.get(..6).unwrap_or(code));
    match points {
        100.. => format!("同在{}", place(division.get(..9).unwrap_or(division))),
        75.. => format!("同在{}", district(division)),
        50.. => format!("在相邻的{}，服务这里", district(home)),
        ..=REACHED => format!("在{}，服务区域还不含这里，等得久了扩大范围找到的", district(home)),
        _ => format!("在{}，服务这里", district(home)),
    }
}

fn capacity_words(offers: &[&Offer], today: NaiveDate) -> String {
    let known = offers.iter().find_map(|offer| match offer.free_on(today) {
        Free::Left { free, of } => Some((offer.measure, free, of, offer)),
        Free::Unknown => None,
    });
    match known {
        Some((Measure::Households, free, of, _)) => format!("还能承接{free}户（共{of}户）"),
        Some((Measure::Units, free, of, offer)) => {
            format!("还有{}{free}{}（共{of}{}）", offer.per.label(), offer.unit, offer.unit)
        }
        None => "余量未知，请先问一下".to_owned(),
    }
}

#[cfg(test)]
mod tests;
