//! Who fits whom: the facts of needs and organizations brought to `matching`,
//! for the need page, for an organization's own list, and for batches.

pub use crate::finding::market::{Market, Suppliers, market};
use crate::finding::market::{market_and_weights, weights_of};

use crate::aid::view::StaffNeed;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::finding::cells;
use crate::finding::fit::facts;
use crate::{Ctx, Error, Result, Services};
use domain::machine::Command;
use domain::need::{NeedState, UNCLAIMED_DAYS};
use domain::permission::{Record, authorize};
use matching::{NeedFacts, Supplier};
pub use matching::{Part, Weights};
use search::{NeedQuery, Reader};
use std::sync::Arc;
use storage::base::reference::{self, Edition};
use storage::needs::need::{Beneficiary, Line, Need};
use uuid::Uuid;

const WEIGHTS: &str = "matching_weights";

/// The weights in force.
#[boxed]
pub async fn weights(services: &Services) -> Result<Weights> {
    let stored = reference::of_kind(&mut services.db.read().await?, WEIGHTS).await?;
    let latest = stored.iter().max_by_key(|edition| (edition.imported_at, edition.edition.clone()));
    Ok(weights_of(latest.map(|edition| edition.content.as_str())))
}

/// Sets the weights (city).
#[boxed]
pub async fn set_weights(ctx: &Ctx, weights: &Weights) -> Result<()> {
    if !weights.is_sound() {
        return Err(Error::wrong(domain::form::aid::batch::WEIGHT.at("category"), "每个权重填0到100，至少有一个大于0"));
    }
    let mut work = Work::begin(ctx, Command::ReferenceWeights).await?;
    work.authorize(&Record::default())?;
    let row = Edition {
        id: ctx.services.new_id(),
        kind: WEIGHTS.into(),
        edition: format!("{:020}", work.now.0),
        source: String::new(),
        content: serde_json::to_string(weights).map_err(|_| Error::Internal("weights"))?,
        imported_at: work.now,
    };
    reference::insert(&mut work.tx, &row).await?;
    let data = serde_json::to_value(weights).map_err(|_| Error::Internal("weights"))?;
    work.noted(row.id, "set", About { data: Some(data), ..About::default() }).await?;
    work.commit("").await
}

/// A candidate as the page shows it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub organization: Uuid,
    pub name: String,
    /// 0 to 1000.
    pub total: u16,
    pub parts: Vec<Part>,
    /// (line, project it would draw on).
    pub lines: Vec<(Uuid, Option<Uuid>)>,
    /// Titles of the projects.
    pub offers: Vec<String>,
}

/// Who fits a need and who does not, with reasons.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Title of the need, and its place in words.
    pub title: String,
    pub place: String,
    pub found: Vec<Candidate>,
    /// How many fit in all.
    pub total: usize,
    /// (name, reason), closest first.
    pub left: Vec<(String, String)>,
    pub left_total: usize,
}

/// Candidates for a need, for the office that may invite them.
#[boxed]
pub async fn candidates(ctx: &Ctx, code: &str, weights: Option<Weights>, limit: usize) -> Result<Candidates> {
    if !domain::code::is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let need = storage::needs::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let lines = storage::needs::need::lines(&mut tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut tx, need.id).await?;
    let found = fitting_need(ctx, &mut tx, (&need, &lines, &beneficiaries), weights, limit).await?;
    Ok(Candidates { title: need.title, place: ctx.services.place(&need.division_code), ..found })
}

/// The first candidates for a need whose page is being made.
#[boxed]
pub async fn at_a_glance(ctx: &Ctx, need: &StaffNeed, limit: usize) -> Result<Candidates> {
    let mut tx = ctx.services.db.read().await?;
    let lines: Vec<Line> = need.lines.iter().map(|view| view.line.clone()).collect();
    fitting_need(ctx, &mut tx, (&need.need, &lines, &need.beneficiaries), None, limit).await
}

async fn fitting_need(
    ctx: &Ctx,
    tx: &mut storage::Tx,
    (need, lines, beneficiaries): (&Need, &[Line], &[Beneficiary]),
    weights: Option<Weights>,
    limit: usize,
) -> Result<Candidates> {
    let who = Record { division: Some(&need.division_code), ..Record::default() };
    authorize(&ctx.actor, Command::AskSend, &who)?;
    let facts = facts(need, lines, beneficiaries, ctx.now());
    if need.state != NeedState::Published || facts.lines.is_empty() {
        return Ok(Candidates::default());
    }
    let (market, in_force) = market_and_weights(&ctx.services, tx).await?;
    Ok(rank(ctx, &facts, &market, &weights.unwrap_or(in_force), limit))
}

pub(crate) fn rank(
    ctx: &Ctx,
    facts: &NeedFacts,
    market: &[Arc<Supplier>],
    weights: &Weights,
    limit: usize,
) -> Candidates {
    let today = ctx.now().day();
    let ranking = matching::rank(facts, market.iter().map(|s| &**s), weights, today);
    let place = |code: &str| ctx.services.place(code);
    let district = place(facts.division.get(..6).unwrap_or_default());
    let found = ranking
        .candidates
        .iter()
        .take(limit)
        .map(|found| {
            let supplier = &market[found.supplier];
            let mut offers: Vec<String> = Vec::new();
            for (_, offer) in &found.lines {
                let title = &supplier.offers[*offer].title;
                if supplier.offers[*offer].project.is_some() && !offers.contains(title) {
                    offers.push(title.clone());
                }
            }
            Candidate {
                organization: supplier.id,
                name: supplier.name.clone(),
                total: found.fit.total,
                parts: matching::score::explain(facts, supplier, found, (weights, today), &place),
                lines: found
                    .lines
                    .iter()
                    .map(|(line, offer)| (facts.lines[*line].id, supplier.offers[*offer].project))
                    .collect(),
                offers,
            }
        })
        .collect();
    Candidates {
        found,
        total: ranking.candidates.len(),
        left: ranking
            .left
            .iter()
            .take(limit)
            .map(|left| (market[left.supplier].name.clone(), left.why.words(&district)))
            .collect(),
        left_total: ranking.left.len(),
        ..Candidates::default()
    }
}

/// A need that fits the reader's organization.
#[derive(Clone, Debug)]
pub struct Fitting {
    pub code: String,
    pub title: String,
    /// District and street.
    pub place: String,
    pub urgent: bool,
    pub published_at: Option<domain::calendar::Time>,
    /// `助餐每周6餐`
    pub open: Vec<String>,
    pub total: u16,
    pub parts: Vec<Part>,
    pub project: Option<String>,
}

/// Needs looked at closely for one organization, most urgent and longest waiting first.
const LOOKED_AT: usize = 400;

/// Needs that fit the reader's organization, best first.
#[boxed]
pub async fn fitting(ctx: &Ctx, limit: usize) -> Result<Vec<Fitting>> {
    let id = ctx.organization()?;
    if !ctx.verified {
        return Ok(Vec::new());
    }
    let mut tx = ctx.services.db.read().await?;
    let (market, weights) = market_and_weights(&ctx.services, &mut tx).await?;
    let Ok(at) = market.binary_search_by_key(&id, |s| s.id) else { return Ok(Vec::new()) };
    let supplier = &market[at];
    let today = ctx.now().day();
    let mut scored = Vec::new();
    let mut ids = near(ctx, supplier).await?;
    for need in waiting_long(ctx, supplier).await? {
        if !ids.contains(&need) {
            ids.push(need);
        }
    }
    let needs = storage::needs::need::by_ids(&mut tx, &ids).await?;
    let lines = storage::needs::need::lines_of(&mut tx, &ids).await?;
    let beneficiaries = storage::needs::need::beneficiaries_of(&mut tx, &ids).await?;
    let paired: std::collections::HashSet<Uuid> =
        storage::aid::pairing::running_of(&mut tx, id).await?.into_iter().map(|pairing| pairing.need_id).collect();
    for need in needs.into_iter().filter(|need| need.state == NeedState::Published) {
        let lines: Vec<Line> = lines.iter().filter(|line| line.need_id == need.id).cloned().collect();
        let categories: Vec<Beneficiary> = beneficiaries.iter().filter(|b| b.need_id == need.id).cloned().collect();
        let mut facts = facts(&need, &lines, &categories, ctx.now());
        let codes: Vec<&str> = categories.iter().map(|b| b.category_code.as_str()).collect();
        let asked: Vec<&str> = lines.iter().map(|line| line.service_code.as_str()).collect();
        let (placed, own) = (cells::Placed::of(&need), paired.contains(&need.id));
        facts.division = cells::known_division(&ctx.services, &mut tx, placed, &codes, &asked, own).await?;
        if let Ok((lines, fit)) = matching::score::candidate(&facts, supplier, &weights, today) {
            scored.push((fit, lines, need, facts));
        }
    }
    drop(tx);
    scored.sort_by(|a, b| {
        b.0.total.cmp(&a.0.total).then(a.2.published_at.cmp(&b.2.published_at)).then(a.2.id.cmp(&b.2.id))
    });
    let place = |code: &str| ctx.services.place(code);
    Ok(scored
        .into_iter()
        .take(limit)
        .map(|(fit, lines, need, facts)| {
            let project = lines.iter().find_map(|(_, offer)| {
                let offer = &supplier.offers[*offer];
                offer.project.map(|_| offer.title.clone())
            });
            let open = facts
                .lines
                .iter()
                .map(|line| {
                    let amount = domain::need::Amount { quantity: line.open, unit: line.unit.clone(), per: line.per };
                    format!("{}{}", crate::finding::card::service_name(&line.service), amount.words())
                })
                .collect();
            let found = matching::Candidate { supplier: 0, organization: id, lines, fit };
            Fitting {
                parts: matching::score::explain(&facts, supplier, &found, (&weights, today), &place),
                code: need.code.clone(),
                title: need.title.clone(),
                place: ctx.services.place(&facts.division),
                urgent: need.is_urgent(),
                published_at: need.published_at,
                open,
                total: fit.total,
                project,
            }
        })
        .collect())
}

/// Published needs with something open, in the supplier's services and areas: from the index.
async fn near(ctx: &Ctx, supplier: &Supplier) -> Result<Vec<Uuid>> {
    let mut services: Vec<String> = supplier.offers.iter().flat_map(|o| o.services.clone()).collect();
    services.sort();
    services.dedup();
    let areas: Vec<&String> = supplier.offers.iter().flat_map(|o| &o.areas).collect();
    if services.is_empty() {
        return Ok(Vec::new());
    }
    // Whole districts: of a household among few the organization knows no more, and the fit looks closer.
    let mut districts: Vec<String> = areas.iter().filter_map(|area| area.get(..6)).map(ToOwned::to_owned).collect();
    if areas.iter().any(|area| area.len() < 6) {
        districts.clear();
    }
    districts.sort();
    districts.dedup();
    let query = NeedQuery { districts, services, limit: LOOKED_AT, ..open_needs() };
    asked_for(ctx, query).await
}

fn open_needs() -> NeedQuery {
    NeedQuery { open_only: true, sort: search::Sort::Urgent, facets: false, ..NeedQuery::default() }
}

/// Needs beyond the supplier's areas that have waited so long that they look further:
/// in its districts, in the neighbouring ones, in the city.
async fn waiting_long(ctx: &Ctx, supplier: &Supplier) -> Result<Vec<Uuid>> {
    let mut services: Vec<String> = supplier.offers.iter().flat_map(|o| o.services.clone()).collect();
    services.sort();
    services.dedup();
    if services.is_empty() {
        return Ok(Vec::new());
    }
    let mut own: Vec<String> = supplier
        .offers
        .iter()
        .flat_map(|o| &o.areas)
        .chain([&supplier.home])
        .filter_map(|code| Some(code.get(..6)?.to_owned()))
        .collect();
    own.sort();
    own.dedup();
    let mut around: Vec<String> = own
        .iter()
        .flat_map(|d| matching::adjacency::neighbours_of(d))
        .map(ToOwned::to_owned)
        .chain(own.clone())
        .collect();
    around.sort();
    around.dedup();
    let mut found = Vec::new();
    for (districts, days) in [own, around, Vec::new()].into_iter().zip(UNCLAIMED_DAYS) {
        let query = NeedQuery {
            districts,
            services: services.clone(),
            published_before: Some(ctx.now().plus_days(-days).0),
            limit: LOOKED_AT / 4,
            ..open_needs()
        };
        found.extend(asked_for(ctx, query).await?);
    }
    Ok(found)
}

async fn asked_for(ctx: &Ctx, query: NeedQuery) -> Result<Vec<Uuid>> {
    let index = Arc::clone(&ctx.services.index);
    let results = tokio::task::spawn_blocking(move || index.search(&query, &Reader::Organization))
        .await
        .map_err(|_| Error::Internal("search task"))?
        .map_err(|error| Error::Search(error.to_string()))?;
    Ok(results.hits.into_iter().map(|hit| hit.id).collect())
}
