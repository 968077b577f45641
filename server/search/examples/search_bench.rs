//! Measures the index on synthetic needs: `search_bench [NEEDS] [DIRECTORY]`.
//!
//! Prints build speed and size, then p50 and p99 for lists, facets, short and long queries, for the
//! public, an organization and a street's staff, with remembered answers forgotten before each, and for
//! single updates. Everything is seeded.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers to be printed"
)]

use std::time::{Duration, Instant};

use search::{NeedIndex, NeedQuery, Reader, Sort};

#[path = "../tests/common/mod.rs"]
mod common;
use common::{Rng, at, need};

const SEED: u64 = 7;
const ROUNDS: usize = 200;
const SHORT: [&str; 12] = [
    "助餐",
    "陪诊",
    "心理疏导",
    "手语翻译",
    "蓟州区 陪诊",
    "轮椅坡道",
    "餐",
    "XQ-2026-000123",
    "低保 理发",
    "\"上门探望\"",
    "辅导 -儿童",
    "服务",
];
const LONG: [&str; 4] = [
    "我们机构在滨海新区有一个中央厨房和二十名志愿者可以为行动不便的独居老人每天中午送一顿热饭并陪同到医院复查取药",
    "项目为困境儿童提供课业辅导和兴趣培养每周三次上门服务同时为家庭主要劳动力患病的家庭提供心理疏导和政策咨询",
    "帕金森步态训练和阿尔茨海默照护由持证护理员上门希望服务空巢独居老人",
    "为困难村提供产业帮扶包括黑木耳栽培大棚滴灌冷库租用电商直播培训并改善村内道路照明和人居环境",
];

fn main() {
    let mut args = std::env::args().skip(1);
    let n: u64 = args.next().and_then(|a| a.parse().ok()).unwrap_or(300_000);
    let temp = tempfile::tempdir().expect("a temporary directory");
    let dir = args.next().map_or(temp.path().to_owned(), Into::into);
    println!("needs {n}, resident at start {} MB", resident());

    let opened = NeedIndex::open(&dir).expect("open");
    let index = opened.index;
    if index.count() != n {
        let start = Instant::now();
        index.rebuild((0..n).map(|i| need(SEED, i)), at(1)).expect("rebuild");
        let took = start.elapsed();
        println!("rebuild {:.1} s, {:.0} docs/s", took.as_secs_f64(), n as f64 / took.as_secs_f64());
    }
    println!("{} bytes/doc, resident {} MB", index.size_on_disk().expect("size") / n, resident());
    drop(index);
    let start = Instant::now();
    let index = NeedIndex::open(&dir).expect("open").index;
    println!("open with checksums {:.0} ms, resident {} MB", start.elapsed().as_secs_f64() * 1e3, resident());

    let readers = [
        ("public", Reader::Public),
        ("organization", Reader::Organization),
        ("street staff", Reader::Staff { scope: "120103004".into() }),
        ("city staff", Reader::Staff { scope: "12".into() }),
    ];
    for (who, reader) in &readers {
        println!("-- {who}");
        let list = NeedQuery::default();
        measure(&index, "list + facets", reader, |_| list.clone());
        measure(&index, "list, no facets", reader, |_| NeedQuery { facets: false, ..list.clone() });
        measure(&index, "list newest, page 50", reader, |_| NeedQuery {
            sort: Sort::Newest,
            offset: 1000,
            ..list.clone()
        });
        measure(&index, "list, 3 filters + facets", reader, filtered);
        for (name, facets, sort) in [
            ("short + facets", true, Sort::Relevance),
            ("short, by urgency + facets", true, Sort::Urgent),
            ("short, suggestions", false, Sort::Relevance),
        ] {
            measure(&index, name, reader, |rng| NeedQuery {
                text: (*rng.pick(&SHORT)).into(),
                sort,
                facets,
                ..list.clone()
            });
        }
        measure(&index, "short, filters + facets", reader, |rng| NeedQuery {
            text: (*rng.pick(&SHORT)).into(),
            sort: Sort::Relevance,
            ..filtered(rng)
        });
        measure(&index, "long + facets", reader, |rng| NeedQuery {
            text: (*rng.pick(&LONG)).into(),
            sort: Sort::Relevance,
            ..list.clone()
        });
        let mut times: Vec<_> =
            (0..ROUNDS).map(|_| time(|| drop(index.search(&list, reader).expect("search")))).collect();
        print("list + facets, remembered", &mut times);
    }
    println!("-- each query, organization, + facets");
    for text in SHORT.iter().chain(&LONG) {
        let query = NeedQuery { text: (*text).into(), sort: Sort::Relevance, ..NeedQuery::default() };
        let total = index.search(&query, &Reader::Organization).expect("search").total;
        let name: String = text.chars().take(12).collect();
        measure(&index, &format!("{name} ({total})"), &Reader::Organization, |_| query.clone());
    }
    let mut times: Vec<_> = (0..100)
        .map(|i| {
            let changed = need(SEED, i * 997 % n);
            time(|| index.apply(std::slice::from_ref(&changed), &[], at(2 + i)).expect("apply"))
        })
        .collect();
    print("apply one, visible", &mut times);
    let batch: Vec<_> = (0..500).map(|i| need(SEED, i * 331 % n)).collect();
    print("apply 500, visible", &mut [time(|| index.apply(&batch, &[], at(1000)).expect("apply"))]);
    measure(&index, "list + facets after updates", &Reader::Public, |_| NeedQuery::default());
    println!("resident at end {} MB", resident());
}

fn filtered(rng: &mut Rng) -> NeedQuery {
    NeedQuery {
        districts: vec![format!("1201{:02}", rng.below(16) + 1), format!("1201{:02}", rng.below(16) + 1)],
        services: vec![rng.pick(&common::SERVICES).0.into()],
        kinds: vec!["household".into()],
        open_only: true,
        ..NeedQuery::default()
    }
}

fn measure(index: &NeedIndex, name: &str, reader: &Reader, mut query: impl FnMut(&mut Rng) -> NeedQuery) {
    let mut rng = Rng(SEED);
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let query = query(&mut rng);
            index.forget_answers();
            time(|| drop(index.search(&query, reader).expect("search")))
        })
        .collect();
    print(name, &mut times);
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn print(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{name:<34} p50 {:>8.3} ms  p99 {:>8.3} ms", at(0.5), at(0.99));
}

/// Resident memory in MB, where the system tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}
