//! Whether a person stands at a place in a text, where the given name is an
//! ordinary word as well: `国庆坐轮椅` tells of a person, `国庆放假三天` does not.
//!
//! A linear model over the characters and words around the place, never over
//! the word itself. Its weights are learned from `data/name_contexts.txt` (own
//! work) by `teach`, in whole numbers, so that every machine learns the same.

use super::lexicon;
use std::ops::Range;

#[cfg(test)]
#[path = "tests.rs"]
mod teach;

/// Weights by hashed feature, learned by `teach`; see `data/README.md`.
const WEIGHTS: &[u8; SIZE] = include_bytes!("../../../data/name_contexts.bin");
const SIZE: usize = 1 << 15;

/// How sure the model is that a person stands at `range`, about -300 to 300;
/// above zero it is likelier than not. `words`: the text cut by [`lexicon::cut`].
pub(super) fn score(text: &str, words: &[Range<usize>], range: &Range<usize>) -> i32 {
    features(text, words, range).into_iter().map(|place| i32::from(WEIGHTS[place].cast_signed())).sum()
}

/// What can be seen around a place, as places in the table of weights.
fn features(text: &str, words: &[Range<usize>], range: &Range<usize>) -> Vec<usize> {
    let mut out = Vec::with_capacity(64);
    let mut take = |kind: u8, parts: &[&str]| out.push(hash(kind, parts));
    let left: Vec<&str> = chars_before(text, range.start, 4);
    let right: Vec<&str> = chars_after(text, range.end, 12);
    let l = |at: usize| left.get(at).copied().unwrap_or("^");
    let r = |at: usize| right.get(at).copied().unwrap_or("$");
    take(1, &[l(0)]);
    take(2, &[l(1), l(0)]);
    take(3, &[l(2), l(1), l(0)]);
    take(4, &[r(0)]);
    take(5, &[r(0), r(1)]);
    take(6, &[r(0), r(1), r(2)]);
    take(7, &[r(1)]);
    take(8, &[r(1), r(2)]);
    take(9, &[r(2)]);
    take(10, &[l(0), r(0)]);
    take(11, &[r(2), r(3)]);
    let opens = left.is_empty() || is_stop(l(0));
    take(12, &[if opens { "opens" } else { "inside" }]);
    // The words before and behind, and whether the place is cut out of longer ones.
    let before = words.iter().find(|word| word.end == range.start).map(|word| &text[word.clone()]);
    let behind = words.iter().position(|word| word.start == range.end);
    let next = behind.and_then(|at| words.get(at)).map(|word| &text[word.clone()]);
    let second = behind.and_then(|at| words.get(at + 1)).map(|word| &text[word.clone()]);
    take(13, &[before.unwrap_or(if range.start == 0 { "^" } else { "glued" })]);
    take(14, &[next.unwrap_or(if range.end == text.len() { "$" } else { "glued" })]);
    take(15, &[next.unwrap_or("glued"), second.unwrap_or("$")]);
    take(16, &[if opens { "opens" } else { "inside" }, next.unwrap_or("glued")]);
    let count = lexicon::count(&text[range.clone()]);
    let often = match count {
        0 => "0",
        1..=99 => "1",
        100..=999 => "2",
        1000..=4999 => "3",
        _ => "4",
    };
    take(17, &[often]);
    // What is said in the same clause behind it.
    let clause: Vec<&str> = right.iter().copied().take_while(|c| !is_stop(c)).collect();
    for c in &clause {
        take(18, &[c]);
    }
    for pair in clause.windows(2) {
        take(19, pair);
    }
    // What follows in the next one: 他, 她.
    let later: Vec<&str> = chars_after(text, range.end, 30);
    if later.iter().any(|c| matches!(*c, "他" | "她")) {
        take(20, &["pronoun"]);
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn is_stop(c: &str) -> bool {
    matches!(c, "," | "。" | ";" | ":" | "!" | "?" | "、" | "\n")
}

/// The characters before a place, the nearest first.
fn chars_before(text: &str, at: usize, count: usize) -> Vec<&str> {
    text[..at].char_indices().rev().take(count).map(|(start, c)| &text[start..start + c.len_utf8()]).collect()
}

fn chars_after(text: &str, at: usize, count: usize) -> Vec<&str> {
    text[at..].char_indices().take(count).map(|(start, c)| &text[at + start..at + start + c.len_utf8()]).collect()
}

/// FNV-1a, folded to the size of the table.
fn hash(kind: u8, parts: &[&str]) -> usize {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut put = |byte: u8| state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    put(kind);
    for part in parts {
        part.bytes().for_each(&mut put);
        put(0xff);
    }
    usize::try_from((state ^ (state >> 29)) % SIZE as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::lexicon::cut;

    fn at(text: &str, word: &str) -> i32 {
        let start = text.find(word).unwrap();
        score(text, &cut(text), &(start..start + word.len()))
    }

    #[test]
    fn a_person_and_a_thing_of_the_same_word() {
        for (text, word) in [
            ("国庆坐轮椅,要人推着出门", "国庆"),
            ("春雨夜里咳嗽,没人倒水", "春雨"),
            ("请陪友谊去医院拿药", "友谊"),
            ("奶奶说胜利不爱吃饭", "胜利"),
        ] {
            assert!(at(text, word) > 0, "{text} {}", at(text, word));
        }
        for (text, word) in [
            ("国庆放假四天,照常值班", "国庆"),
            ("一场春雨把路冲坏了", "春雨"),
            ("留下了友谊的照片", "友谊"),
            ("庆祝抗战胜利的展览", "胜利"),
        ] {
            assert!(at(text, word) < 0, "{text} {}", at(text, word));
        }
    }
}
