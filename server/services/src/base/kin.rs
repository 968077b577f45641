//! One natural person behind several accounts: whoever made or reset an account may act through it, so for
//! [`KIN_DAYS`] both count as one, unless a second administrator has met whom the account belongs to.

use crate::Result;
use domain::calendar::Time;
use storage::people::hand::{self, Edge};
use uuid::Uuid;

/// Days for which an account counts as one with whoever had it in hand.
pub const KIN_DAYS: i64 = 30;

/// Accounts that count as one person with an account, itself not among them.
pub(crate) async fn kin(tx: &mut storage::Tx, account: Uuid, now: Time) -> Result<Vec<Uuid>> {
    let edges = hand::since(tx, now.plus_days(-KIN_DAYS)).await?;
    Ok(reached(&edges, account))
}

/// What is reached from an account over hands. An administrator opens accounts for many: those count as one with him,
/// not with each other.
fn reached(edges: &[Edge], from: Uuid) -> Vec<Uuid> {
    let mut all = vec![from];
    let mut at = 0;
    while at < all.len() {
        let here = all[at];
        for edge in edges {
            let next = match (edge.account_id == here, edge.by_id == here) {
                (true, _) => edge.by_id,
                (_, true) if here == from || !edge.by_role.is_administrator() => edge.account_id,
                _ => continue,
            };
            if !all.contains(&next) {
                all.push(next);
            }
        }
        at += 1;
    }
    all.remove(0);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::role::Role;

    #[test]
    fn one_person_behind_several_accounts() {
        let id = Uuid::from_u128;
        let edge = |account, by, by_role| Edge { account_id: id(account), by_id: id(by), by_role };
        let edges = [
            edge(2, 1, Role::District),
            edge(3, 1, Role::District),
            edge(4, 3, Role::District),
            edge(8, 7, Role::SystemAdmin),
            edge(9, 7, Role::SystemAdmin),
        ];
        let of = |from| {
            let mut found: Vec<u128> = reached(&edges, id(from)).iter().map(Uuid::as_u128).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(of(1), [2, 3, 4]);
        assert_eq!(of(4), [1, 2, 3]);
        assert_eq!(of(2), [1, 3, 4]);
        assert_eq!(of(7), [8, 9]);
        assert_eq!(of(8), [7]);
        assert_eq!(of(5), Vec::<u128>::new());
    }
}
