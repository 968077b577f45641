//! Batch matching as a flow: which demand goes to which pool, so that the fewest
//! units stay unserved — of the urgent, then of the longest waiting, tier by
//! tier — and the total fit is the best that leaves room for.
//!
//! What a demand's units are worth depends on the demand alone, so the sets of
//! units that can be served together are the independent sets of a matroid (a
//! gammoid), and the best of them depends only on the order of their worth, not
//! on how far apart they are. Tiers and sizes may therefore be replaced by their
//! rank: the lexicographic order becomes one sum that fits into 64 bits.

use crate::simplex::{self, Network};

/// 急难; waiting for 14 days and more, 7, 3, fewer (`product contract, "Clocks"`).
pub const TIERS: usize = 5;

/// Something that is to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// 0 first; below [`TIERS`].
    pub tier: usize,
    /// Open units, at least 1.
    pub units: u32,
    /// Goes to one pool whole and takes one place of it; else unit by unit.
    pub exclusive: bool,
}

/// A capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Places, or units.
    pub capacity: u32,
    /// Index of the owner whose limit counts too.
    pub owner: Option<u32>,
}

/// A demand may go to a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arc {
    pub demand: u32,
    pub pool: u32,
    /// 0 to 1000.
    pub fit: u16,
}

#[derive(Clone, Debug, Default)]
pub struct Problem {
    pub demands: Vec<Demand>,
    pub pools: Vec<Pool>,
    /// Places that each owner may be given in all.
    pub limits: Vec<u32>,
    pub arcs: Vec<Arc>,
}

/// A demand, or units of it, given to a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    pub demand: u32,
    pub pool: u32,
    pub units: u32,
}

/// What a solution leaves unserved and how well the rest fits; the smaller in
/// this order, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Objective {
    /// Units by tier.
    pub unserved: [u64; TIERS],
    /// Sum of fits, of whole demands once, of shared ones by unit; negative, since more is better.
    pub fit: std::cmp::Reverse<u64>,
}

impl Problem {
    /// What a solution comes to.
    pub fn objective(&self, given: &[Given]) -> Objective {
        let mut served = vec![0_u64; self.demands.len()];
        let fits: std::collections::HashMap<(u32, u32), u16> =
            self.arcs.iter().map(|arc| ((arc.demand, arc.pool), arc.fit)).collect();
        let mut fit = 0;
        for g in given {
            served[g.demand as usize] += u64::from(g.units);
            let times = if self.demands[g.demand as usize].exclusive { 1 } else { u64::from(g.units) };
            fit += times * u64::from(fits.get(&(g.demand, g.pool)).copied().unwrap_or_default());
        }
        let mut unserved = [0; TIERS];
        for (demand, served) in self.demands.iter().zip(served) {
            unserved[demand.tier.min(TIERS - 1)] += u64::from(demand.units).saturating_sub(served);
        }
        Objective { unserved, fit: std::cmp::Reverse(fit) }
    }

    /// The worth of one flow unit of each demand: rank times more than all fits together.
    fn worth(&self) -> Vec<i64> {
        let key = |d: &Demand| (TIERS - d.tier.min(TIERS - 1), if d.exclusive { d.units } else { 1 });
        let mut ranks: Vec<_> = self.demands.iter().map(key).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let flow: i64 = self.demands.iter().map(flow_of).sum();
        let most = self.arcs.iter().map(|arc| i64::from(arc.fit)).max().unwrap_or_default();
        let step = flow.saturating_mul(most).saturating_add(1);
        self.demands
            .iter()
            .map(|d| {
                let rank = ranks.binary_search(&key(d)).unwrap_or_default() + 1;
                i64::try_from(rank).unwrap_or(i64::MAX).saturating_mul(step)
            })
            .collect()
    }

    /// The best solution, in order of demands. `step` hears of the pivots done
    /// and may stop the work (`None`).
    pub fn solve(&self, step: &mut dyn FnMut(u64) -> bool) -> Option<Vec<Given>> {
        let net = self.network();
        let flows = simplex::solve(&net.view(), step)?;
        let mut given: Vec<Given> = flows
            .into_iter()
            .map(|(arc, flow)| {
                let demand = net.demand_of(arc);
                let d = &self.demands[demand as usize];
                let units = if d.exclusive { d.units } else { u32::try_from(flow).unwrap_or(d.units) };
                Given { demand, pool: net.pools[net.pool[arc as usize] as usize], units }
            })
            .collect();
        given.sort_unstable();
        Some(given)
    }

    /// The network with the demands in order of worth, without empty pools and owners.
    fn network(&self) -> Built {
        let worth = self.worth();
        let mut order: Vec<u32> = (0..u32::try_from(self.demands.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|demand| (std::cmp::Reverse(worth[*demand as usize]), *demand));
        let mut built = Built::default();
        let mut owners = vec![u32::MAX; self.limits.len()];
        let mut index = vec![u32::MAX; self.pools.len()];
        for (at, pool) in self.pools.iter().enumerate() {
            let limit = pool.owner.map(|owner| self.limits[owner as usize]);
            if pool.capacity == 0 || limit == Some(0) {
                continue;
            }
            let owner = match (pool.owner, limit) {
                (Some(owner), Some(limit)) => {
                    let slot = &mut owners[owner as usize];
                    if *slot == u32::MAX {
                        *slot = u32::try_from(built.limit.len()).unwrap_or(u32::MAX);
                        built.limit.push(i64::from(limit));
                    }
                    *slot
                }
                _ => u32::MAX,
            };
            index[at] = u32::try_from(built.pools.len()).unwrap_or(u32::MAX);
            built.pools.push(u32::try_from(at).unwrap_or(u32::MAX));
            built.capacity.push(i64::from(pool.capacity));
            built.owner.push(owner);
        }
        let mut arcs: Vec<Arc> = self.arcs.iter().copied().filter(|a| index[a.pool as usize] != u32::MAX).collect();
        arcs.sort_unstable();
        arcs.dedup_by_key(|arc| (arc.demand, arc.pool));
        let mut starts = vec![0_u32; self.demands.len() + 1];
        for arc in &arcs {
            starts[arc.demand as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        built.first.push(0);
        for demand in order {
            let range = starts[demand as usize] as usize..starts[demand as usize + 1] as usize;
            for arc in &arcs[range] {
                built.pool.push(index[arc.pool as usize]);
                built.fit.push(arc.fit);
            }
            built.first.push(u32::try_from(built.pool.len()).unwrap_or(u32::MAX));
            built.supply.push(flow_of(&self.demands[demand as usize]));
            built.unserved.push(worth[demand as usize]);
            built.demands.push(demand);
        }
        built
    }

    /// The same flow as plain arcs for another solver: nodes, (supply per node),
    /// (tail, head, capacity, cost). The least cost is what [`Problem::cost`] gives.
    pub fn as_flow(&self) -> (Vec<i64>, Vec<[i64; 4]>) {
        let net = self.network();
        let (lines, pools, owners) = (net.supply.len(), net.capacity.len(), net.limit.len());
        let root = lines + pools + owners;
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut supply = vec![0; root + 1];
        let mut arcs = Vec::with_capacity(net.pool.len() + root);
        for line in 0..lines {
            supply[line] = net.supply[line];
            supply[root] -= net.supply[line];
            for arc in net.first[line] as usize..net.first[line + 1] as usize {
                let head = number(lines) + i64::from(net.pool[arc]);
                arcs.push([number(line), head, net.supply[line], -i64::from(net.fit[arc])]);
            }
            arcs.push([number(line), number(root), net.supply[line], net.unserved[line]]);
        }
        for pool in 0..pools {
            let head = if net.owner[pool] == u32::MAX { root } else { lines + pools + net.owner[pool] as usize };
            arcs.push([number(lines + pool), number(head), net.capacity[pool], 0]);
        }
        for owner in 0..owners {
            arcs.push([number(lines + pools + owner), number(root), net.limit[owner], 0]);
        }
        (supply, arcs)
    }

    /// The cost of a solution in [`Problem::as_flow`].
    pub fn cost(&self, given: &[Given]) -> i64 {
        let worth = self.worth();
        let mut left: Vec<i64> = self.demands.iter().map(flow_of).collect();
        for g in given {
            let whole = self.demands[g.demand as usize].exclusive;
            left[g.demand as usize] -= if whole { 1 } else { i64::from(g.units) };
        }
        let fit = i64::try_from(self.objective(given).fit.0).unwrap_or(i64::MAX);
        left.iter().zip(worth).map(|(left, worth)| left * worth).sum::<i64>() - fit
    }

    /// Whether a solution keeps every capacity, limit, arc and whole demand.
    pub fn admits(&self, given: &[Given]) -> bool {
        let mut pools = vec![0_u64; self.pools.len()];
        let mut owners = vec![0_u64; self.limits.len()];
        let mut served = vec![0_u64; self.demands.len()];
        let arcs: std::collections::HashSet<(u32, u32)> = self.arcs.iter().map(|a| (a.demand, a.pool)).collect();
        for g in given {
            let demand = &self.demands[g.demand as usize];
            if !arcs.contains(&(g.demand, g.pool)) || (demand.exclusive && g.units != demand.units) {
                return false;
            }
            let weight = if demand.exclusive { 1 } else { u64::from(g.units) };
            pools[g.pool as usize] += weight;
            if let Some(owner) = self.pools[g.pool as usize].owner {
                owners[owner as usize] += weight;
            }
            served[g.demand as usize] += u64::from(g.units);
        }
        served.iter().zip(&self.demands).all(|(served, d)| *served <= u64::from(d.units))
            && pools.iter().zip(&self.pools).all(|(used, p)| *used <= u64::from(p.capacity))
            && owners.iter().zip(&self.limits).all(|(used, limit)| *used <= u64::from(*limit))
    }
}

fn flow_of(demand: &Demand) -> i64 {
    if demand.exclusive { 1 } else { i64::from(demand.units) }
}

#[derive(Default)]
struct Built {
    /// Position → index of the demand or pool in the problem.
    demands: Vec<u32>,
    pools: Vec<u32>,
    supply: Vec<i64>,
    unserved: Vec<i64>,
    first: Vec<u32>,
    pool: Vec<u32>,
    fit: Vec<u16>,
    capacity: Vec<i64>,
    owner: Vec<u32>,
    limit: Vec<i64>,
}

impl Built {
    fn view(&self) -> Network<'_> {
        Network {
            supply: &self.supply,
            unserved: &self.unserved,
            first: &self.first,
            pool: &self.pool,
            fit: &self.fit,
            capacity: &self.capacity,
            owner: &self.owner,
            limit: &self.limit,
        }
    }

    fn demand_of(&self, arc: u32) -> u32 {
        let line = self.first.partition_point(|first| *first <= arc) - 1;
        self.demands[line]
    }
}
