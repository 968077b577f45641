//! The small-cell rule for organizations: a household's street is said only
//! where at least `k` households of that street share its group and service.
//!
//! Households are those whose needs were ever published. The counts of a street
//! are read at once and remembered for some minutes.

use crate::hall::service_name;
use crate::{Result, Services};
use domain::calendar::Time;
use domain::gate::small;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use storage::Tx;
use uuid::Uuid;

/// Minutes for which the counts of a street are remembered.
const REMEMBERED: i64 = 10;

/// Households by name of beneficiary group and of service.
type Counts = HashMap<(String, String), i64>;

/// Counts of streets, by nine-digit code.
#[derive(Default)]
pub struct Cells {
    streets: RwLock<HashMap<String, (Time, Arc<Counts>)>>,
}

impl Cells {
    /// Whether the street may be said on a card with these groups and services.
    pub(crate) async fn say_street(
        &self,
        services: &Services,
        tx: &mut Tx,
        street: &str,
        groups: &[String],
        wanted: &[String],
    ) -> Result<bool> {
        let k = services.policy.small_cell_k;
        if k <= 1 {
            return Ok(true);
        }
        let counts = self.of(services, tx, street).await?;
        let sharing = |group: &String, service: &String| {
            counts.get(&(group.clone(), service.clone())).copied().unwrap_or_default()
        };
        let fewest = groups.iter().flat_map(|group| wanted.iter().map(move |service| sharing(group, service))).min();
        Ok(!small::coarsens(fewest.unwrap_or_default(), k))
    }

    async fn of(&self, services: &Services, tx: &mut Tx, street: &str) -> Result<Arc<Counts>> {
        let now = services.now();
        let known = self.streets.read().unwrap_or_else(PoisonError::into_inner).get(street).cloned();
        if let Some((at, counts)) = known
            && at.plus_minutes(REMEMBERED) > now
            && at <= now
        {
            return Ok(counts);
        }
        let mut households: HashMap<(String, String), BTreeSet<Uuid>> = HashMap::new();
        for (need, category, service) in storage::need::sharing(tx, street).await? {
            for group in domain::vocabulary::groups_of(&[category.as_str()]) {
                let key = (group.name().to_owned(), service_name(&service));
                households.entry(key).or_default().insert(need);
            }
        }
        let counts: Counts =
            households.into_iter().map(|(key, needs)| (key, i64::try_from(needs.len()).unwrap_or(i64::MAX))).collect();
        let counts = Arc::new(counts);
        let mut streets = self.streets.write().unwrap_or_else(PoisonError::into_inner);
        streets.insert(street.to_owned(), (now, Arc::clone(&counts)));
        Ok(counts)
    }
}
