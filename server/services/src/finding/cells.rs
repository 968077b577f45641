//! The small-cell rule for organizations: a household's street is said only
//! where at least `k` households of that street share its group and service.
//!
//! Households are those whose needs were ever published. The counts of a street
//! are read at once and remembered for some minutes. The search index holds what
//! may be said as it stood when a need was indexed; the follower asks
//! [`Cells::changed`] after each publication and indexes the street anew.

use crate::finding::hall::service_name;
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

/// How much of a need's division an organization may know: all of it for a village; for a household its
/// street (nine digits) when the organization is paired with it or enough households share the cell, else
/// its district (six digits). Every page, list, search and notice for organizations asks this.
pub(crate) async fn known_division(
    services: &Services,
    tx: &mut Tx,
    need: &Need,
    organization: Option<Uuid>,
) -> Result<String> {
    if need.kind == NeedKind::Household
        && let Some(own) = organization
    {
        let pairings = storage::aid::pairing::of_need(tx, need.id).await?;
        if pairings.iter().any(|p| p.organization_id == own && p.state.is_running()) {
            return Ok(street_of(need).to_owned());
        }
    }
    let beneficiaries = storage::needs::need::beneficiaries(tx, need.id).await?;
    let codes: Vec<&str> = beneficiaries.iter().map(|b| b.category_code.as_str()).collect();
    let groups: Vec<String> =
        domain::vocabulary::groups_of(&codes).iter().map(|group| group.name().to_owned()).collect();
    let lines = storage::needs::need::lines(tx, need.id, need.cycle).await?;
    let wanted: Vec<String> = lines.iter().map(|line| service_name(&line.service_code)).collect();
    let counts = services.cells.of(services, tx, street_of(need)).await?;
    Ok(among(&counts, need, &groups, &wanted, services.policy.small_cell_k).to_owned())
}

/// [`known_division`] in words.
pub(crate) async fn known_place(
    services: &Services,
    tx: &mut Tx,
    need: &Need,
    organization: Option<Uuid>,
) -> Result<String> {
    Ok(services.place(&known_division(services, tx, need, organization).await?))
}

/// What may be said of a need's division beside these counts of its street.
pub(crate) fn among<'a>(counts: &Counts, need: &'a Need, groups: &[String], wanted: &[String], k: i64) -> &'a str {
    if need.kind == NeedKind::Village {
        return &need.division_code;
    }
    let sharing =
        |group: &String, service: &String| counts.get(&(group.clone(), service.clone())).copied().unwrap_or_default();
    let fewest = groups.iter().flat_map(|group| wanted.iter().map(move |service| sharing(group, service))).min();
    if k > 1 && small::coarsens(fewest.unwrap_or_default(), k) {
        need.division_code.get(..6).unwrap_or_default()
    } else {
        street_of(need)
    }
}

/// Nine digits.
pub(crate) fn street_of(need: &Need) -> &str {
    need.division_code.get(..9).unwrap_or(&need.division_code)
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
