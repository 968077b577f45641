//! Batch matching against trying everything, on small random cases.
#![allow(clippy::unwrap_used, reason = "a test that panics says where")]

use matching::batch::{Arc, Demand, Given, Objective, Pool, Problem, TIERS};
use proptest::prelude::*;

fn problem() -> impl Strategy<Value = Problem> {
    let demands = prop::collection::vec((0..TIERS, 1_u32..4, prop::bool::weighted(0.7)), 1..6);
    let pools = prop::collection::vec((0_u32..4, prop::option::of(0_u32..2)), 1..4);
    (demands, pools, prop::collection::vec(0_u32..4, 2)).prop_flat_map(|(demands, pools, limits)| {
        let (d, p) = (demands.len(), pools.len());
        // Few distinct fits, so that ties are common.
        prop::collection::vec(prop::option::weighted(0.6, 0_u16..5), d * p).prop_map(move |fits| Problem {
            demands: demands
                .iter()
                .map(|(tier, units, exclusive)| Demand { tier: *tier, units: *units, exclusive: *exclusive })
                .collect(),
            pools: pools.iter().map(|(capacity, owner)| Pool { capacity: *capacity, owner: *owner }).collect(),
            limits: limits.clone(),
            arcs: fits
                .iter()
                .enumerate()
                .filter_map(|(at, fit)| {
                    Some(Arc {
                        demand: u32::try_from(at / p).unwrap(),
                        pool: u32::try_from(at % p).unwrap(),
                        fit: (*fit)?,
                    })
                })
                .collect(),
        })
    })
}

/// Every way to go on from demand `at`, arc `arc`; keeps the best.
fn best(problem: &Problem, arc: usize, given: &mut Vec<Given>, found: &mut Option<Objective>) {
    if arc == problem.arcs.len() {
        if problem.admits(given) {
            let objective = problem.objective(given);
            if found.is_none_or(|best| objective < best) {
                *found = Some(objective);
            }
        }
        return;
    }
    best(problem, arc + 1, given, found);
    let Arc { demand, pool, .. } = problem.arcs[arc];
    let d = problem.demands[demand as usize];
    for units in if d.exclusive { d.units..=d.units } else { 1..=d.units } {
        given.push(Given { demand, pool, units });
        // What breaks a limit already cannot be mended by giving more.
        if problem.admits(given) {
            best(problem, arc + 1, given, found);
        }
        given.pop();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn equals_brute_force(problem in problem()) {
        let given = problem.solve(&mut |_| true).unwrap();
        prop_assert!(problem.admits(&given));
        let mut found = None;
        best(&problem, 0, &mut Vec::new(), &mut found);
        prop_assert_eq!(Some(problem.objective(&given)), found);
    }
}

#[test]
fn urgent_first_then_the_longest_waiting_then_fit() {
    let demand = |tier| Demand { tier, units: 1, exclusive: true };
    let problem = Problem {
        demands: vec![demand(4), demand(1), demand(0), demand(4)],
        pools: vec![Pool { capacity: 2, owner: None }, Pool { capacity: 1, owner: None }],
        limits: Vec::new(),
        arcs: vec![
            Arc { demand: 0, pool: 0, fit: 1000 },
            Arc { demand: 1, pool: 0, fit: 1 },
            Arc { demand: 2, pool: 0, fit: 1 },
            Arc { demand: 2, pool: 1, fit: 0 },
            Arc { demand: 3, pool: 0, fit: 999 },
        ],
    };
    let given = problem.solve(&mut |_| true).unwrap();
    // The urgent one moves to the poorer pool, so that the long waiting one and the better of the rest are served.
    assert_eq!(
        given,
        [
            Given { demand: 0, pool: 0, units: 1 },
            Given { demand: 1, pool: 0, units: 1 },
            Given { demand: 2, pool: 1, units: 1 }
        ]
    );
    assert_eq!(problem.objective(&given).unserved, [0, 0, 0, 0, 1]);
}

#[test]
fn a_whole_line_is_never_shared() {
    let problem = Problem {
        demands: vec![Demand { tier: 0, units: 9, exclusive: true }, Demand { tier: 0, units: 9, exclusive: false }],
        pools: vec![Pool { capacity: 4, owner: Some(0) }, Pool { capacity: 3, owner: None }],
        limits: vec![1],
        arcs: vec![
            Arc { demand: 0, pool: 0, fit: 10 },
            Arc { demand: 1, pool: 0, fit: 10 },
            Arc { demand: 1, pool: 1, fit: 5 },
        ],
    };
    let given = problem.solve(&mut |_| true).unwrap();
    assert_eq!(given, [Given { demand: 0, pool: 0, units: 9 }, Given { demand: 1, pool: 1, units: 3 }]);
    assert!(Problem::default().solve(&mut |_| true).unwrap().is_empty());
}
