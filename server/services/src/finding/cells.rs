//! The small-cell rule for organizations: a household's street is said only
//! where at least `k` households of that street share its group and service.
//!
//! Households are those whose needs were ever published. The counts of a street
//! are read at once and remembered for some minutes. The search index holds what
//! may be said as it stood when a need was indexed; the follower asks
//! [`Cells::changed`] after each publication and indexes the street anew.

use crate::finding::card::service_name;
use crate::{Result, Services};
use domain::calendar::Time;
use domain::gate::small;
use domain::need::NeedKind;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use storage::Tx;
use storage::needs::need::Need;
use uuid::Uuid;

/// Minutes for which the counts of a street are remembered.
const REMEMBERED: i64 = 10;

/// Beneficiary group and service, by name.
type Cell = (String, String);
/// Households of each cell of a street.
pub(crate) type Counts = HashMap<Cell, i64>;

/// Counts of streets, by nine-digit code.
#[derive(Default)]
pub struct Cells {
    streets: RwLock<HashMap<String, (Time, Arc<Counts>)>>,
    /// Cells that were large enough when the street was indexed last.
    indexed: RwLock<HashMap<String, BTreeSet<Cell>>>,
}

/// A need as far as its division is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'a> {
    pub id: Uuid,
    pub kind: NeedKind,
    pub division: &'a str,
}

impl<'a> Placed<'a> {
    pub fn of(need: &'a Need) -> Self {
        Self { id: need.id, kind: need.kind, division: &need.division_code }
    }
}

/// How much of a need's division an organization may know: all of it for a village; for a household its
/// street (nine digits) when the organization is paired with it or enough households share the cell, else
/// its district (six digits). Every page, list, search and notice for organizations asks this, for all needs at once.
pub(crate) async fn known_divisions(
    services: &Services,
    tx: &mut Tx,
    needs: &[Placed<'_>],
    organization: Option<Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let households: Vec<&Placed<'_>> = needs.iter().filter(|need| need.kind == NeedKind::Household).collect();
    let mut paired = BTreeSet::new();
    if let (Some(own), false) = (organization, households.is_empty()) {
        paired.extend(storage::aid::pairing::running_of(tx, own).await?.into_iter().map(|pairing| pairing.need_id));
    }
    let asked: Vec<Uuid> = households.iter().map(|need| need.id).filter(|id| !paired.contains(id)).collect();
    let shares = storage::needs::need::shares_of(tx, &asked).await?;
    let mut known = HashMap::new();
    for need in needs {
        let of_need = || shares.iter().filter(|(id, ..)| *id == need.id);
        let codes: Vec<&str> = of_need().filter_map(|(_, category, _)| category.as_deref()).collect();
        let wanted: Vec<&str> = of_need().filter_map(|(.., service)| service.as_deref()).collect();
        let told = known_division(services, tx, *need, &codes, &wanted, paired.contains(&need.id)).await?;
        known.insert(need.id, told);
    }
    Ok(known)
}

/// [`known_divisions`] of one need whose categories and services are at hand; `paired`: with the reader.
pub(crate) async fn known_division(
    services: &Services,
    tx: &mut Tx,
    need: Placed<'_>,
    categories: &[&str],
    asked: &[&str],
    paired: bool,
) -> Result<String> {
    let street = street_of(need.division);
    if need.kind == NeedKind::Household && paired {
        return Ok(street.to_owned());
    }
    let groups: Vec<String> =
        domain::vocabulary::groups_of(categories).iter().map(|group| group.name().to_owned()).collect();
    let wanted: Vec<String> = asked.iter().map(|code| service_name(code)).collect();
    let counts = services.cells.of(services, tx, street).await?;
    Ok(among(&counts, need, &groups, &wanted, services.policy.small_cell_k).to_owned())
}

/// What may be said of a need's division beside these counts of its street.
pub(crate) fn among<'a>(counts: &Counts, need: Placed<'a>, groups: &[String], wanted: &[String], k: i64) -> &'a str {
    if need.kind == NeedKind::Village {
        return need.division;
    }
    let sharing =
        |group: &String, service: &String| counts.get(&(group.clone(), service.clone())).copied().unwrap_or_default();
    let fewest = groups.iter().flat_map(|group| wanted.iter().map(move |service| sharing(group, service))).min();
    if k > 1 && small::coarsens(fewest.unwrap_or_default(), k) {
        need.division.get(..6).unwrap_or_default()
    } else {
        street_of(need.division)
    }
}

/// Nine digits.
pub(crate) fn street_of(division: &str) -> &str {
    division.get(..9).unwrap_or(division)
}

impl Cells {
    /// The counts of a street, at most some minutes old.
    pub(crate) async fn of(&self, services: &Services, tx: &mut Tx, street: &str) -> Result<Arc<Counts>> {
        let now = services.now();
        let known = self.streets.read().unwrap_or_else(PoisonError::into_inner).get(street).cloned();
        if let Some((at, counts)) = known
            && at.plus_minutes(REMEMBERED) > now
            && at <= now
        {
            return Ok(counts);
        }
        self.read(services, tx, street).await
    }

    async fn read(&self, services: &Services, tx: &mut Tx, street: &str) -> Result<Arc<Counts>> {
        let mut households: HashMap<Cell, BTreeSet<Uuid>> = HashMap::new();
        if services.policy.small_cell_k > 1 {
            for (need, category, service) in storage::needs::need::sharing(tx, street).await? {
                for group in domain::vocabulary::groups_of(&[category.as_str()]) {
                    let key = (group.name().to_owned(), service_name(&service));
                    households.entry(key).or_default().insert(need);
                }
            }
        }
        let counts: Counts =
            households.into_iter().map(|(key, needs)| (key, i64::try_from(needs.len()).unwrap_or(i64::MAX))).collect();
        let counts = Arc::new(counts);
        let mut streets = self.streets.write().unwrap_or_else(PoisonError::into_inner);
        streets.insert(street.to_owned(), (services.now(), Arc::clone(&counts)));
        Ok(counts)
    }

    /// Counts a street anew and tells whether something else may be said of it than when it was indexed last.
    pub(crate) async fn changed(&self, services: &Services, tx: &mut Tx, street: &str) -> Result<bool> {
        let k = services.policy.small_cell_k;
        let counts = self.read(services, tx, street).await?;
        let enough: BTreeSet<Cell> =
            counts.iter().filter(|(_, count)| **count >= k).map(|(cell, _)| cell.clone()).collect();
        let mut indexed = self.indexed.write().unwrap_or_else(PoisonError::into_inner);
        Ok(indexed.insert(street.to_owned(), enough.clone()).is_none_or(|before| before != enough))
    }

    /// Before the index is built anew: nothing that was counted or indexed before holds.
    pub(crate) fn forget(&self) {
        self.streets.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.indexed.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
