//! Learns the weights of [`super`] from `data/name_contexts.txt`: an averaged
//! perceptron in whole numbers. `cargo test -p domain teach -- --ignored` writes them;
//! the other test fails where the committed weights are not the ones learned.

use super::super::fold::squeezed;
use super::super::lexicon;
use super::{SIZE, WEIGHTS, features};
use std::path::Path;

const ROUNDS: i64 = 12;
/// Names put into each place where a person stands.
const NAMES_EACH: usize = 10;
/// How often each place where a thing stands is shown.
const THINGS_EACH: usize = 8;
/// Right by less than this is learned from as well.
const MARGIN: i64 = 60;
/// What a frame may follow.
const LEADS: [&str; 7] = ["", "", "每周送餐三次，", "冬天路滑，", "社区上门看过。", "请志愿者帮忙：", "家里没有电梯，"];

struct Example {
    places: Vec<usize>,
    person: bool,
}

fn example(text: &str, word: &str, at: usize, person: bool) -> Example {
    // The folding keeps one character for one, so the place is found by counting.
    let before = squeezed(&text[..at]).len();
    let folded = squeezed(text);
    let words = lexicon::cut(&folded);
    Example { places: features(&folded, &words, &(before..before + squeezed(word).len())), person }
}

fn examples() -> Vec<Example> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR"));
    let frames = std::fs::read_to_string(data.join("data/name_contexts.txt")).unwrap();
    let names: Vec<&str> =
        frames.lines().find_map(|line| line.strip_prefix("= ")).unwrap().split_whitespace().collect();
    let mut out = Vec::new();
    let mut turn = 0;
    for line in frames.lines() {
        if let Some(frame) = line.strip_prefix("+ ") {
            for each in 0..NAMES_EACH {
                turn += 1;
                let name = names[(turn * 37 + each * 11) % names.len()];
                let lead = LEADS[(turn * 5 + each) % LEADS.len()];
                let at = lead.len() + frame.find("[]").unwrap();
                out.push(example(&format!("{lead}{}", frame.replace("[]", name)), name, at, true));
            }
        } else if let Some(frame) = line.strip_prefix("- ") {
            let (before, rest) = frame.split_once('[').unwrap();
            let (word, after) = rest.split_once(']').unwrap();
            for each in 0..THINGS_EACH {
                let lead = LEADS[each % LEADS.len()];
                let text = format!("{lead}{before}{word}{after}");
                out.push(example(&text, word, lead.len() + before.len(), false));
            }
        }
    }
    // Ordinary words of texts that tell of no person, where people could bear them as a name.
    let cases = std::fs::read_to_string(data.join("../../tests/data/gate-cases.jsonl")).unwrap();
    for line in cases.lines().filter(|line| line.contains("\"expect\": \"pass\"")) {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = squeezed(case["text"].as_str().unwrap());
        for word in lexicon::cut(&text) {
            let slice = &text[word.clone()];
            if slice.chars().count() == 2 && slice.chars().all(super::super::open_names::is_given) {
                out.push(example(&text, slice, word.start, false));
            }
        }
    }
    out
}

/// The weights that the examples teach.
fn learned() -> Vec<u8> {
    let examples = examples();
    let mut weights = vec![0_i64; SIZE];
    // The sum over all steps, kept by the step of each change.
    let mut sums = vec![0_i64; SIZE];
    let mut step = 1_i64;
    for round in 0..ROUNDS {
        for turn in 0..examples.len() {
            // Another order each round, the same on every machine.
            let at = (turn * 7919 + usize::try_from(round).unwrap() * 104_729) % examples.len();
            let example = &examples[at];
            let score: i64 = example.places.iter().map(|place| weights[*place]).sum();
            let sign = if example.person { 1 } else { -1 };
            if sign * score < MARGIN {
                for place in &example.places {
                    weights[*place] += sign;
                    sums[*place] += sign * step;
                }
            }
            step += 1;
        }
    }
    let average: Vec<i64> = weights.iter().zip(&sums).map(|(weight, sum)| (weight * step - sum) * 4 / step).collect();
    average.iter().map(|weight| i8::try_from((*weight).clamp(-127, 127)).unwrap().cast_unsigned()).collect()
}

#[test]
#[ignore = "writes data/name_contexts.bin"]
fn teach() {
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/name_contexts.bin"), learned()).unwrap();
}

#[test]
fn the_committed_weights_are_the_ones_learned() {
    assert!(learned() == WEIGHTS.as_slice(), "run `cargo test -p domain teach -- --ignored` and commit the weights");
}
