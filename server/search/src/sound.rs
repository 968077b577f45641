//! Pinyin: readings of characters, syllables of what was typed in letters, and a folding of sounds that
//! people of different accents mix up.
//!
//! Used on titles, names and the words of the [`crate::lexicon`] only. In long texts sounds confuse words
//! that merely sound alike (景点, 经典), so the body has no such field.

use std::collections::HashSet;
use std::sync::LazyLock;

use pinyin::{ToPinyin, ToPinyinMulti};
use unicode_normalization::UnicodeNormalization;

/// Readings of one character that are considered.
const MOST_READINGS: usize = 3;
/// Readings of a whole word that are considered.
const MOST_COMBINATIONS: usize = 24;
/// The longest syllable, as in `zhuang`.
const LONGEST: usize = 6;

/// Every syllable that some character has.
static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    ('\u{4E00}'..='\u{9FFF}')
        .filter_map(|ch| ch.to_pinyin())
        .map(|p| plain(p.plain()))
        // Sounds such as `m` and `ng` would let any letters be read.
        .filter(|syllable| syllable.len() > 1 || matches!(syllable.as_str(), "a" | "e" | "o"))
        .collect()
});

/// `lü` is typed `lv`.
fn plain(syllable: &str) -> String {
    syllable.replace('ü', "v")
}

const TABLE_START: u32 = 0x4E00;
const TABLE_END: u32 = 0x9FFF;

/// `READINGS[c - TABLE_START]`.
static READINGS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    (TABLE_START..=TABLE_END).map(|code| char::from_u32(code).map(look_up).unwrap_or_default()).collect()
});

/// The readings of a character without tones, the usual one first; none for what is no common Han character.
pub fn readings(ch: char) -> &'static [String] {
    let place = u32::from(ch).checked_sub(TABLE_START).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| READINGS.get(place)).map_or(&[], Vec::as_slice)
}

fn look_up(ch: char) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let usual = ch.to_pinyin().map(|p| plain(p.plain()));
    let others = ch.to_pinyin_multi().into_iter().flatten().map(|p| plain(p.plain()));
    for reading in usual.into_iter().chain(others) {
        if !all.contains(&reading) {
            all.push(reading);
        }
    }
    all.truncate(MOST_READINGS);
    all
}

/// Whether two characters end alike in any of their readings (浴 yu, 俗 su).
pub fn rhymes(a: char, b: char) -> bool {
    let end = |reading: &'static String| reading.trim_start_matches(|ch: char| !"aeiouv".contains(ch));
    readings(a).iter().any(|one| readings(b).iter().any(|other| end(one) == end(other)))
}

/// The ways a word of Han characters may be read, syllables joined; empty when a character has no reading.
pub fn spellings(word: &[char]) -> Vec<String> {
    let mut all = vec![String::new()];
    for ch in word {
        let readings = readings(*ch);
        if readings.is_empty() {
            return Vec::new();
        }
        let mut next = Vec::new();
        for reading in readings {
            for before in &all {
                if next.len() < MOST_COMBINATIONS {
                    next.push(format!("{before}{reading}"));
                }
            }
        }
        all = next;
    }
    all
}

/// First letters of the usual readings: `zc` for 助餐.
pub fn initials(word: &[char]) -> Option<String> {
    word.iter().map(|ch| readings(*ch).first().and_then(|r| r.chars().next())).collect()
}

/// Letters without the tones that are written over or behind them (`zhù cān`, `zhu4can1`, `nǚ`); `None` where there are
/// none, or where it is no pinyin.
pub fn without_tones(word: &str) -> Option<String> {
    let mut letters = String::with_capacity(word.len());
    let (mut toned, mut digit) = (false, false);
    for ch in word.nfd().flat_map(char::to_lowercase) {
        match ch {
            'a'..='z' => letters.push(ch),
            // The two dots of ü; the other marks over a vowel are tones.
            '\u{308}' if letters.ends_with('u') => {
                letters.pop();
                letters.push('v');
            }
            '\u{300}' | '\u{301}' | '\u{304}' | '\u{306}' | '\u{30C}' => toned = true,
            '0'..='5' if letters.len() > 1 && !digit => toned = true,
            _ => return None,
        }
        digit = ch.is_ascii_digit();
    }
    (toned && syllables(&letters).is_some()).then_some(letters)
}

/// Cuts letters into syllables, the longest first; `None` when they cannot be read as pinyin.
pub fn syllables(letters: &str) -> Option<Vec<String>> {
    let text = letters.to_ascii_lowercase();
    if text.is_empty() || text.len() > 60 || !text.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    // `ends[i]`: the letters from `i` on can be read, the first syllable ends there.
    let mut ends: Vec<Option<usize>> = vec![None; text.len() + 1];
    ends[text.len()] = Some(text.len());
    for at in (0..text.len()).rev() {
        let longest = (at + LONGEST).min(text.len());
        ends[at] = (at + 1..=longest).rev().find(|end| ends[*end].is_some() && SYLLABLES.contains(&text[at..*end]));
    }
    let mut at = 0;
    let mut cut = Vec::new();
    while at < text.len() {
        let end = ends[at]?;
        cut.push(text[at..end].to_owned());
        at = end;
    }
    Some(cut)
}

/// Sounds that are often mixed up, made one: zh/z, ch/c, sh/s, l/n at the front, ng/n at the end.
/// Works on joined syllables, so that it may fold a little too much: only for a fallback.
pub fn blurred(spelling: &str) -> String {
    let folded =
        spelling.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n").replace(['l', 'r'], "n");
    folded.replace("hu", "f").replace('v', "u")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn words_are_spelled_in_all_their_readings() {
        assert_eq!(spellings(&chars("助餐")).first().map(String::as_str), Some("zhucan"));
        assert!(spellings(&chars("助参")).contains(&"zhucan".to_owned()));
        assert_eq!(initials(&chars("心理疏导")).as_deref(), Some("xlsd"));
        assert!(spellings(&chars("A餐")).is_empty());
    }

    #[test]
    fn letters_are_cut_into_syllables() {
        assert_eq!(syllables("xinlishudao").unwrap(), ["xin", "li", "shu", "dao"]);
        assert_eq!(syllables("peizhen").unwrap(), ["pei", "zhen"]);
        assert!(syllables("wifi").is_none());
        assert!(syllables("zc").is_none());
        assert!(syllables("").is_none());
    }

    #[test]
    fn tones_are_left_out() {
        assert_eq!(without_tones("zhù").as_deref(), Some("zhu"));
        assert_eq!(without_tones("Zhùcān").as_deref(), Some("zhucan"));
        assert_eq!(without_tones("zhu4can1").as_deref(), Some("zhucan"));
        assert_eq!(without_tones("lǚ").as_deref(), Some("lv"));
        for other in ["zhucan", "助餐", "B02", "XQ-2026", "café2x", "12", "tai2020"] {
            assert_eq!(without_tones(other), None, "{other}");
        }
    }

    #[test]
    fn accents_are_one() {
        assert_eq!(blurred("zhucan"), blurred("zucan"));
        assert_eq!(blurred("xinlishudao"), blurred("xingnisudao"));
    }

    proptest! {
        #[test]
        fn any_letters_are_read_or_not(text in "[a-z]{0,80}|\\PC{0,20}") {
            if let Some(cut) = syllables(&text) {
                prop_assert_eq!(cut.concat(), text.to_ascii_lowercase());
            }
            let word: Vec<char> = text.chars().collect();
            prop_assert!(spellings(&word).len() <= MOST_COMBINATIONS);
            let _ = initials(&word);
        }
    }
}
