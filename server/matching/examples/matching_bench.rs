//! `cargo xtask bench matching`: the batch at the sizes of the contract, against
//! an independent solver (OR-tools' min-cost flow, if Python has it) in the same run.

use chrono::NaiveDate;
use domain::division::Divisions;
use domain::need::Frequency;
use domain::project::{Measure, is_divisible};
use domain::vocabulary::{BeneficiaryGroup, service_categories};
use matching::plan::{Rules, prepare};
use matching::{Free, NeedFacts, NeedLine, Offer, Supplier, Weights, Words, rank};
use std::io::Write;
use std::process::Command;
use std::time::Instant;
use uuid::Uuid;

/// A fixed sequence (SplitMix64), so that every run measures the same data.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or_default()
    }

    fn number(&mut self, from: i64, to: i64) -> i64 {
        let span = usize::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or_default()
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const WORDS: &[&str] = &[
    "送热饭",
    "陪同就医",
    "上门助浴",
    "康复训练",
    "功课辅导",
    "居室清扫",
    "心理疏导",
    "扶手改造",
    "法律咨询",
    "软烂少盐",
];

fn text(sequence: &mut Sequence) -> Words {
    Words::of(&(0..4).map(|_| *sequence.one(WORDS)).collect::<Vec<_>>().join("，"))
}

/// Suppliers that serve some streets of their own district or all of it; of a
/// hundred offers `city` are for the whole city.
fn suppliers(count: usize, capacity: i64, city: usize, sequence: &mut Sequence) -> Vec<Supplier> {
    let divisions = Divisions::bundled();
    let districts: Vec<&str> = divisions.districts().map(|d| d.code12.as_str()).collect();
    let (shared, whole): (Vec<&str>, Vec<&str>) =
        service_categories().iter().map(|s| s.code).partition(|code| is_divisible(code));
    (0..count)
        .map(|at| {
            let district = *sequence.one(&districts);
            let streets: Vec<&str> = divisions.children(district).map(|s| s.code12.as_str()).collect();
            let home = *sequence.one(&streets);
            let mut offers = Vec::new();
            for _ in 0..=sequence.below(2) {
                let measure = if sequence.below(8) == 0 { Measure::Units } else { Measure::Households };
                let kinds = if measure == Measure::Units { &shared } else { &whole };
                let areas = if sequence.below(100) < city {
                    vec!["12".to_owned()]
                } else if sequence.below(2) == 0 {
                    vec![district[..6].to_owned()]
                } else {
                    (0..=sequence.below(3)).map(|_| sequence.one(&streets)[..9].to_owned()).collect()
                };
                let free = sequence.number(1, 2 * capacity);
                offers.push(Offer {
                    project: Some(Uuid::from_u64_pair(7, sequence.next())),
                    title: String::new(),
                    services: (0..=sequence.below(8)).map(|_| (*sequence.one(kinds)).to_owned()).collect(),
                    groups: if sequence.below(3) == 0 {
                        vec![*sequence.one(&BeneficiaryGroup::ALL)]
                    } else {
                        Vec::new()
                    },
                    areas,
                    measure,
                    free: Free::Left { free, of: 3 * capacity },
                    known_until: None,
                    unit: "次".into(),
                    per: Frequency::Total,
                    each: None,
                    starts_on: None,
                    ends_on: None,
                    qualifications: None,
                    words: text(sequence),
                });
            }
            Supplier {
                id: Uuid::from_u64_pair(1, at as u64),
                name: format!("示例机构{at}"),
                home: home.to_owned(),
                completed: sequence.number(0, 30),
                unfinished: sequence.number(0, 5),
                room: sequence.number(1, 4 * capacity),
                offers,
            }
        })
        .collect()
}

fn needs(lines: usize, sequence: &mut Sequence) -> Vec<NeedFacts> {
    let divisions = Divisions::bundled();
    let streets: Vec<&str> = divisions
        .districts()
        .flat_map(|d| divisions.children(&d.code12).map(|s| s.code12.as_str()).collect::<Vec<_>>())
        .collect();
    let mut all = Vec::new();
    let mut made = 0;
    while made < lines {
        let count = (1 + sequence.below(3)).min(lines - made);
        made += count;
        all.push(NeedFacts {
            id: Uuid::from_u64_pair(2, all.len() as u64),
            division: (*sequence.one(&streets)).to_owned(),
            groups: vec![*sequence.one(&BeneficiaryGroup::ALL)],
            urgent: sequence.below(12) == 0,
            waited_days: sequence.number(0, 30),
            reach: domain::need::Reach::Areas,
            words: text(sequence),
            lines: (0..count)
                .map(|_| NeedLine {
                    id: Uuid::from_u64_pair(3, sequence.next()),
                    service: sequence.one(service_categories()).code.to_owned(),
                    open: sequence.number(1, 14),
                    unit: "次".into(),
                    per: Frequency::Total,
                    starts_on: None,
                    ends_on: None,
                })
                .collect(),
        });
    }
    all
}

/// Peak resident memory in MiB (Linux), 0 where it cannot be read.
fn peak_mib() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM:"))?.to_owned();
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .unwrap_or_default()
        / 1024
}

const INDEPENDENT: &str = r#"
import sys, time
import numpy as np
from ortools.graph.python import min_cost_flow
data = np.fromfile(sys.argv[1], dtype="<i8")
nodes, arcs = int(data[0]), int(data[1])
supply = data[2:2 + nodes]
table = data[2 + nodes:].reshape(arcs, 4)
flow = min_cost_flow.SimpleMinCostFlow()
flow.add_arcs_with_capacity_and_unit_cost(table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2], table[:, 3])
flow.set_nodes_supplies(np.arange(nodes, dtype=np.int32), supply)
start = time.perf_counter()
status = flow.solve()
print(flow.optimal_cost() if status == flow.OPTIMAL else f"status {status}", time.perf_counter() - start)
"#;

/// The least cost as the independent solver finds it, and its seconds.
fn independent(python: &str, problem: &matching::batch::Problem) -> Option<(i64, f64)> {
    let (supply, arcs) = problem.as_flow();
    let directory = std::env::temp_dir();
    let path = directory.join(format!("duijie-flow-{}.bin", std::process::id()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).ok()?);
    for number in [supply.len(), arcs.len()] {
        file.write_all(&i64::try_from(number).ok()?.to_le_bytes()).ok()?;
    }
    for number in supply.iter().chain(arcs.iter().flatten()) {
        file.write_all(&number.to_le_bytes()).ok()?;
    }
    file.flush().ok()?;
    drop(arcs);
    let output = Command::new(python).arg("-c").arg(INDEPENDENT).arg(&path).output().ok()?;
    std::fs::remove_file(&path).ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let mut parts = said.split_whitespace();
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn batch(lines: usize, organizations: usize, (capacity, city): (i64, usize), python: &str, check: bool) {
    let mut sequence = Sequence(20_261_124);
    let suppliers = suppliers(organizations, capacity, city, &mut sequence);
    let needs = needs(lines, &mut sequence);
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
    let start = Instant::now();
    let Some(prepared) =
        prepare(&needs, &suppliers.iter().collect::<Vec<_>>(), &Rules::default(), today, &mut |_| true)
    else {
        return;
    };
    let laid = start.elapsed();
    let mut pivots = 0;
    let Some(given) = prepared.problem.solve(&mut |done| {
        pivots = done;
        true
    }) else {
        return;
    };
    let solved = start.elapsed().saturating_sub(laid);
    let objective = prepared.problem.objective(&given);
    let cost = prepared.problem.cost(&given);
    assert!(prepared.problem.admits(&given), "a capacity or limit is broken");
    println!(
        "{lines} lines x {organizations} organizations: {} pairs; laid out {:.2} s, solved {:.2} s ({pivots}+ pivots), peak {} MiB; given {}, unserved by tier {:?}, fit {}",
        prepared.problem.arcs.len(),
        laid.as_secs_f64(),
        solved.as_secs_f64(),
        peak_mib(),
        given.len(),
        objective.unserved,
        objective.fit.0
    );
    if !check {
        return;
    }
    match independent(python, &prepared.problem) {
        Some((other, seconds)) => {
            assert_eq!(cost, other, "the independent solver found another objective");
            println!("  independent solver: the same objective {other} in {seconds:.2} s");
        }
        None => println!("  independent solver: not present (pip install ortools; --python PATH)"),
    }
}

/// One need against everybody, as the page asks.
fn candidates(organizations: usize) {
    let mut sequence = Sequence(7);
    let suppliers = suppliers(organizations, 10, 20, &mut sequence);
    let needs = needs(2_000, &mut sequence);
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
    let mut times: Vec<f64> = needs
        .iter()
        .map(|need| {
            let start = Instant::now();
            std::hint::black_box(rank(need, &suppliers, &Weights::default(), today));
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "candidates of one need among {organizations} organizations: p50 {:.2} ms, p99 {:.2} ms",
        times[times.len() / 2],
        times[times.len() * 99 / 100]
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let python = after("--python").unwrap_or_else(|| "python3".to_owned());
    let check = !arguments.iter().any(|a| a == "--no-check");
    candidates(10_000);
    batch(10_000, 1_000, (6, 20), &python, check);
    batch(100_000, 5_000, (12, 0), &python, check);
    batch(100_000, 5_000, (12, 3), &python, check);
}
