//! How well the publish gate tells private from ordinary text, over the given
//! examples and the project's own cases. Prints the figures; fails under the floors.

#![expect(clippy::unwrap_used, reason = "cases that do not read fail the test")]

use domain::gate::{About, Place, Sealed, check, mend, mistakes};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Deserialize)]
struct Case {
    #[serde(rename = "_id")]
    id: String,
    expect: String,
    kind: String,
    #[serde(default)]
    minor: bool,
    #[serde(default, rename = "type")]
    kind_of_data: Option<String>,
    #[serde(default)]
    category: Option<String>,
    difficulty: String,
    #[serde(default)]
    debatable: bool,
    text: String,
    #[serde(default)]
    spans: Vec<Span>,
    sealed: SealedCase,
}

#[derive(Clone, Deserialize)]
struct Span {
    surface: String,
}

#[derive(Clone, Deserialize)]
struct SealedCase {
    names: Vec<String>,
    id_number: String,
    phone: String,
    address: String,
}

fn about(case: &Case) -> About {
    About {
        place: match case.kind.as_str() {
            "case" => Place::Household,
            "village" => Place::Village,
            _ => Place::Organization,
        },
        minor: case.minor,
        illness_may_stand: false,
        sealed: Sealed {
            names: case.sealed.names.clone(),
            id_numbers: vec![case.sealed.id_number.clone()],
            phones: vec![case.sealed.phone.clone()],
            addresses: vec![case.sealed.address.clone()],
        },
    }
}

#[derive(Default)]
struct Score {
    right: u32,
    all: u32,
}

impl Score {
    fn add(&mut self, right: bool) {
        self.all += 1;
        self.right += u32::from(right);
    }

    fn percent(&self) -> f64 {
        if self.all == 0 { 100.0 } else { 100.0 * f64::from(self.right) / f64::from(self.all) }
    }
}

/// What share of each kind of text was judged right.
#[derive(Default)]
struct Figures {
    plain: Score,
    hard: Score,
    adversarial: Score,
    passed: Score,
    villages: Score,
    /// Of the texts refused, those with every stretch marked.
    spans: Score,
}

impl Figures {
    /// The floors (percent): refused plain, hard, adversarial; passed; spans.
    fn hold(&self, floors: [f64; 5]) {
        let shares = [&self.plain, &self.hard, &self.adversarial, &self.passed, &self.spans].map(Score::percent);
        let names = ["plain refused", "hard refused", "adversarial refused", "passed", "spans"];
        for ((share, floor), name) in shares.iter().zip(floors).zip(names) {
            assert!(*share >= floor, "{name}: {share:.1} % is under {floor} %");
        }
    }
}

fn cases(file: &str) -> Vec<Case> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn measure(file: &str) -> Figures {
    let mut figures = Figures::default();
    let mut groups: BTreeMap<String, Score> = BTreeMap::new();
    for case in cases(file) {
        let found = check(&case.text, &about(&case));
        let refuse = case.expect == "refuse";
        let right = found.is_empty() != refuse;
        if refuse {
            match case.difficulty.as_str() {
                "plain" => &mut figures.plain,
                "hard" => &mut figures.hard,
                _ => &mut figures.adversarial,
            }
            .add(right);
            if right {
                let exact = case.spans.iter().all(|span| {
                    let at = case.text.find(&span.surface);
                    at.is_some_and(|at| {
                        found.iter().any(|f| f.range.start < at + span.surface.len() && at < f.range.end)
                    })
                });
                figures.spans.add(exact);
                if !exact {
                    let marked: Vec<_> = found.iter().map(|f| &case.text[f.range.clone()]).collect();
                    println!("  place  {} {} -> {marked:?}", case.id, case.text);
                }
            }
        } else {
            figures.passed.add(right);
            if case.kind == "village" {
                figures.villages.add(right);
            }
        }
        let group = case.kind_of_data.clone().or(case.category.clone()).unwrap_or_default();
        groups.entry(format!("{} {group}", case.expect)).or_default().add(right);
        if !right {
            let marked: Vec<_> = found.iter().map(|f| (f.rule, &case.text[f.range.clone()])).collect();
            println!(
                "  WRONG  {} {}{} {}: {} {:?} {marked:?}",
                case.id,
                case.difficulty,
                if case.debatable { " (debatable)" } else { "" },
                group,
                case.text,
                case.sealed.names
            );
        }
    }
    for (group, score) in &groups {
        println!("  {group}: {}/{}", score.right, score.all);
    }
    let shown = |score: &Score| format!("{}/{} ({:.1} %)", score.right, score.all, score.percent());
    println!(
        "{file}: plain {}, hard {}, adversarial {} refused; {} passed, villages {}; right place {}",
        shown(&figures.plain),
        shown(&figures.hard),
        shown(&figures.adversarial),
        shown(&figures.passed),
        shown(&figures.villages),
        shown(&figures.spans)
    );
    figures
}

#[test]
fn the_given_examples() {
    measure("gate-examples.jsonl").hold([99.0, 97.0, 95.0, 98.5, 98.0]);
}

#[test]
fn the_projects_own_cases() {
    measure("gate-cases.jsonl").hold([99.0, 97.0, 95.0, 98.5, 98.0]);
}

/// Written by class before the rules of 2026-12 were mended, and a second part while they were.
#[test]
fn the_second_set_of_own_cases() {
    measure("gate-own.jsonl").hold([99.0, 97.0, 92.0, 98.5, 98.0]);
}

/// Written in December 2026 by kind, plain, indirect and disguised: each part before the rules were mended by it.
#[test]
fn the_third_to_sixth_set_of_own_cases() {
    measure("gate-third.jsonl").hold([98.0, 95.0, 90.0, 98.5, 98.0]);
    measure("gate-fourth.jsonl").hold([98.0, 95.0, 90.0, 98.5, 98.0]);
    measure("gate-fifth.jsonl").hold([98.0, 95.0, 88.0, 97.5, 97.0]);
    measure("gate-sixth.jsonl").hold([98.0, 95.0, 90.0, 98.5, 97.0]);
}

/// Written in December 2026 by class before the rules were mended by them: papers of other kinds, firms and schools by
/// half their names, plates and accounts told in words, cards in pieces, village cards. The rules were mended by the
/// seventh; the eighth is its other half and was measured at the end.
#[test]
fn the_seventh_and_eighth_set_of_own_cases() {
    measure("gate-seventh.jsonl").hold([99.0, 97.0, 92.0, 98.5, 98.0]);
    measure("gate-eighth.jsonl").hold([99.0, 93.0, 77.0, 97.0, 98.0]);
}

/// The mends of every kind, put into the text, leave nothing to find, and say the field, the place and what to do.
#[test]
fn every_case_is_mended_by_what_the_gate_proposes() {
    let (mut left, mut all) = (Vec::new(), 0);
    for case in [
        "gate-cases.jsonl",
        "gate-own.jsonl",
        "gate-third.jsonl",
        "gate-fourth.jsonl",
        "gate-fifth.jsonl",
        "gate-sixth.jsonl",
        "gate-seventh.jsonl",
        "gate-eighth.jsonl",
    ]
    .map(cases)
    .concat()
    {
        let about = about(&case);
        let found = check(&case.text, &about);
        if found.is_empty() {
            continue;
        }
        all += 1;
        let mended = mend(&case.text, &found);
        let rest = check(&mended, &about);
        if !rest.is_empty() {
            left.push(format!("{} {mended} {rest:?}", case.id));
        }
        for mistake in mistakes("plan", "服务计划", &case.text, &about) {
            assert!(mistake.message.starts_with("服务计划里有"), "{}", mistake.message);
            for one in &found {
                assert!(mistake.message.contains(one.rule.label()), "{}", mistake.message);
                assert!(mistake.message.contains(one.rule.mend()), "{}", mistake.message);
                assert!(!mistake.message.contains(&case.text[one.range.clone()]) || one.range.len() < 7, "{}", case.id);
            }
        }
    }
    assert!(left.len() * 100 <= all, "{} of {all} not mended at once:\n{}", left.len(), left.join("\n"));
}

/// How long one text takes, in this build.
#[test]
#[ignore = "prints how long one text takes"]
fn how_long_one_text_takes() {
    let cases = ["gate-cases.jsonl", "gate-own.jsonl"].map(cases).concat();
    let about: Vec<About> = cases.iter().map(about).collect();
    let all = || cases.iter().zip(&about).map(|(case, about)| check(&case.text, about).len()).sum::<usize>();
    all();
    let start = std::time::Instant::now();
    let found = all();
    let each = start.elapsed().as_micros() / u128::try_from(cases.len()).unwrap();
    println!("{each} µs a text over {} texts, {found} findings", cases.len());
}

/// What the demo puts on cards breaks no rule, the names of illnesses among them.
#[test]
fn the_demo_s_own_cards_pass() {
    let texts = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/demo/texts");
    let mut wrong = Vec::new();
    for file in ["people.txt", "care.txt", "support.txt", "village.txt", "words.txt"] {
        let mut section = String::new();
        for line in std::fs::read_to_string(texts.join(file)).unwrap().lines() {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']').to_owned();
            }
            // Health notes stand in the file.
            if line.starts_with(['#', '[']) || section.starts_with("health") {
                continue;
            }
            let village = file == "village.txt" || section.ends_with("village") || section.contains(":E");
            let mut about = About::new(if village { Place::Village } else { Place::Household });
            about.minor = section.ends_with("child");
            // What is written once somebody is let in may name an illness.
            let card = ["note", "requirements", "aid", "gap"].iter().any(|kind| section.starts_with(kind));
            about.illness_may_stand = file == "words.txt" && !card;
            for text in line.split('|').filter(|text| !text.is_ascii()) {
                let found = check(text, &about);
                if !found.is_empty() {
                    wrong.push(format!("{file} {text} {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Any file of the same shape: `GATE_CASES=file cargo test -p domain --test gate another -- --ignored --nocapture`.
#[test]
#[ignore = "measures the file that GATE_CASES names"]
fn another_set_of_cases() {
    measure(&std::env::var("GATE_CASES").unwrap());
}
