//! The supply side in memory: every verified organization with what it offers and has left.

use crate::boxed;
use crate::{Result, Services};
use domain::project::{Measure, ProjectState, is_divisible};
use matching::{Free, Offer, Supplier, Weights, Words};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use storage::supply::organization::Organization;
use storage::supply::project::{self, News, Project};
use uuid::Uuid;

/// All verified organizations with what they offer, kept in memory and brought
/// up to date from the event log: only who was touched is read again.
#[derive(Default)]
pub struct Market {
    inner: tokio::sync::Mutex<Option<Kept>>,
}

/// Verified organizations in order of id, shared by all who read them.
pub type Suppliers = Arc<Vec<Arc<Supplier>>>;

struct Kept {
    suppliers: Suppliers,
    head: i64,
    /// Events of the window before `head` that were seen: on PostgreSQL numbers commit out of order.
    seen: HashSet<i64>,
}

/// Numbers before the last one seen that are looked at again.
const WINDOW: i64 = 1000;
/// Organizations touched beyond which everything is read anew.
const MANY: usize = 300;

/// The market as it stands for this transaction.
#[boxed]
pub async fn market(services: &Services, tx: &mut storage::Tx) -> Result<Suppliers> {
    Ok(market_and_weights(services, tx).await?.0)
}

/// As [`market`], with the weights in force.
#[boxed]
pub(crate) async fn market_and_weights(services: &Services, tx: &mut storage::Tx) -> Result<(Suppliers, Weights)> {
    let mut inner = services.market.inner.lock().await;
    if let Some(kept) = inner.as_mut() {
        let from = (kept.head - WINDOW).max(0);
        let limit = 20_000;
        let News { touched, weights } = project::news_after(tx, from, limit).await?;
        let full = i64::try_from(touched.len()).unwrap_or(limit) == limit;
        let changed: HashSet<Uuid> =
            touched.iter().filter(|(event, _)| !kept.seen.contains(event)).map(|(_, id)| *id).collect();
        if !full && changed.len() <= MANY {
            let changed: Vec<Uuid> = changed.into_iter().collect();
            let mut now = suppliers_now(tx, &changed).await?;
            for id in changed {
                let suppliers = Arc::make_mut(&mut kept.suppliers);
                match (suppliers.binary_search_by_key(&id, |s| s.id), now.remove(&id)) {
                    (Ok(at), Some(supplier)) => suppliers[at] = Arc::new(supplier),
                    (Ok(at), None) => drop(suppliers.remove(at)),
                    (Err(at), Some(supplier)) => suppliers.insert(at, Arc::new(supplier)),
                    (Err(_), None) => {}
                }
            }
            kept.head = touched.iter().map(|(event, _)| *event).max().unwrap_or(kept.head).max(kept.head);
            let oldest = kept.head - WINDOW;
            // Added to what is there: a transaction that began earlier does not see all that others have seen, and
            // must not read again, as of its time, what they know better.
            kept.seen.extend(touched.into_iter().map(|(event, _)| event));
            kept.seen.retain(|event| *event > oldest);
            return Ok((Arc::clone(&kept.suppliers), weights_of(weights.as_deref())));
        }
    }
    let head = project::last_event(tx).await?;
    let suppliers = Arc::new(everybody(tx).await?);
    let News { touched, weights } = project::news_after(tx, (head - WINDOW).max(0), 20_000).await?;
    let kept = Kept { suppliers, head, seen: touched.into_iter().map(|(event, _)| event).collect() };
    let all = Arc::clone(&kept.suppliers);
    *inner = Some(kept);
    Ok((all, weights_of(weights.as_deref())))
}

/// Weights as they are stored; those of the beginning where none are.
pub(crate) fn weights_of(stored: Option<&str>) -> Weights {
    stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Brings the market up to date where it is kept, so that the next page need not.
pub(crate) async fn keep_up(services: &Services, tx: &mut storage::Tx) -> Result<()> {
    let is_kept = services.market.inner.try_lock().is_ok_and(|inner| inner.is_some());
    if is_kept {
        market(services, tx).await?;
    }
    Ok(())
}

async fn everybody(tx: &mut storage::Tx) -> Result<Vec<Arc<Supplier>>> {
    let mut projects: HashMap<Uuid, Vec<Project>> = HashMap::new();
    for row in project::going_on(tx).await? {
        projects.entry(row.organization_id).or_default().push(row);
    }
    let used: HashMap<Uuid, (i64, i64)> =
        project::used(tx).await?.into_iter().map(|(id, lines, units)| (id, (lines, units))).collect();
    let records: HashMap<Uuid, (i64, i64, i64)> =
        project::records(tx).await?.into_iter().map(|(id, live, done, not)| (id, (live, done, not))).collect();
    let mut all: Vec<Arc<Supplier>> =
        storage::supply::organization::in_state(tx, domain::organization::OrganizationState::Verified, "12", 1_000_000)
            .await?
            .iter()
            .map(|row| {
                let own = projects.get(&row.id).map_or(&[][..], Vec::as_slice);
                Arc::new(supplier(row, own, &used, records.get(&row.id).copied().unwrap_or_default()))
            })
            .collect();
    all.sort_by_key(|supplier| supplier.id);
    Ok(all)
}

/// Some organizations as the market has them; those that are not verified are left out.
async fn suppliers_now(tx: &mut storage::Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Supplier>> {
    let rows = storage::supply::organization::by_ids(tx, ids).await?;
    let projects = project::of_organizations(tx, ids).await?;
    let used: HashMap<Uuid, (i64, i64)> =
        project::used_by(tx, ids).await?.into_iter().map(|(id, lines, units)| (id, (lines, units))).collect();
    let records: HashMap<Uuid, (i64, i64, i64)> =
        project::records_of(tx, ids).await?.into_iter().map(|(id, live, done, not)| (id, (live, done, not))).collect();
    Ok(rows
        .iter()
        .filter(|row| row.state == domain::organization::OrganizationState::Verified)
        .map(|row| {
            let own: Vec<Project> = projects.iter().filter(|p| p.organization_id == row.id).cloned().collect();
            (row.id, supplier(row, &own, &used, records.get(&row.id).copied().unwrap_or_default()))
        })
        .collect())
}

/// One organization as the market has it, read inside a command's own transaction; `None` while it is not verified.
pub(crate) async fn supplier_now(tx: &mut storage::Tx, id: Uuid) -> Result<Option<Supplier>> {
    let Some(row) = storage::supply::organization::by_id(tx, id).await? else { return Ok(None) };
    if row.state != domain::organization::OrganizationState::Verified {
        return Ok(None);
    }
    let projects = project::of_organization(tx, id).await?;
    let used = project::used_of(tx, id).await?.into_iter().map(|(id, lines, units)| (id, (lines, units))).collect();
    let record = project::record_of(tx, id).await?;
    Ok(Some(supplier(&row, &projects, &used, record)))
}

fn supplier(
    row: &Organization,
    projects: &[Project],
    used: &HashMap<Uuid, (i64, i64)>,
    (live, completed, unfinished): (i64, i64, i64),
) -> Supplier {
    let mut offers: Vec<Offer> = projects
        .iter()
        .filter(|p| p.state == ProjectState::Active)
        .map(|p| {
            let (lines, units) = used.get(&p.id).copied().unwrap_or_default();
            let taken = if p.measure == Measure::Households { lines } else { units };
            Offer {
                project: Some(p.id),
                title: p.title.clone(),
                services: p.services(),
                groups: p.groups(),
                areas: p.areas(),
                measure: p.measure,
                free: Free::Left { free: (p.capacity - taken).max(0), of: p.capacity },
                known_until: Some(p.known_until()),
                unit: p.unit.clone(),
                per: p.per,
                each: p.each(),
                starts_on: p.starts_on,
                ends_on: p.ends_on,
                qualifications: Some(p.qualifications()),
                words: Words::of(&format!("{} {}", p.title, p.summary)),
            }
        })
        .collect();
    // What a project covers, also a paused one, is not offered beside it by the registration.
    let named: HashSet<String> =
        projects.iter().filter(|p| p.state != ProjectState::Ended).flat_map(Project::services).collect();
    let (shared, whole): (Vec<String>, Vec<String>) =
        row.services().into_iter().filter(|code| !named.contains(code)).partition(|code| is_divisible(code));
    for (services, measure) in [(whole, Measure::Households), (shared, Measure::Units)] {
        if !services.is_empty() {
            offers.push(registration(row, services, measure));
        }
    }
    Supplier {
        id: row.id,
        name: row.name.clone(),
        home: row.division_code.clone(),
        completed,
        unfinished,
        room: domain::claim::cap(completed) - live,
        offers,
    }
}

fn registration(row: &Organization, services: Vec<String>, measure: Measure) -> Offer {
    Offer {
        project: None,
        title: "登记的服务".into(),
        services,
        groups: Vec::new(),
        areas: row.areas(),
        measure,
        free: Free::Unknown,
        known_until: None,
        unit: String::new(),
        per: domain::need::Frequency::Total,
        each: None,
        starts_on: None,
        ends_on: None,
        qualifications: None,
        words: Words::of(&row.business_scope),
    }
}
