//! Reads what somebody typed: words, "quoted phrases", -exclusions. No input is an error.
//!
//! Quotation marks are an operator only where somebody means them as one: a query that is wholly one quotation, straight
//! marks beside words, other marks that stand apart between spaces. Within a sentence or a pasted text they are
//! typography (“温暖餐桌”送餐项目：…), and what stands between them is text like the rest.
//!
//! This is only syntax. What the words mean (places, categories, synonyms, pinyin) is the next step,
//! [`crate::meaning`].

use crate::analysis::{self, Piece};

/// Characters of a query that are read; the rest is ignored and said so.
pub const MAX_CHARS: usize = 200;

/// A query cut into its parts, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What stood between white space, without quotes and minus.
    pub words: Vec<String>,
    /// Quoted parts: found only as they stand.
    pub phrases: Vec<String>,
    /// Words after a minus: what holds them, or says the same otherwise, is left out.
    pub excluded: Vec<String>,
    /// Quoted parts after a minus: what holds them as they stand is left out.
    pub excluded_phrases: Vec<String>,
    /// Whether the text was longer than [`MAX_CHARS`].
    pub truncated: bool,
}

impl Parsed {
    /// Reads any text. A quotation that is never closed is plain text; a lone minus is nothing; a minus
    /// inside a word (`XQ-2026-001`) is part of it.
    pub fn read(text: &str) -> Self {
        let mut chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
        let truncated = chars.len() > MAX_CHARS;
        chars.truncate(MAX_CHARS);
        let sentence = is_sentence(&chars);
        Self::of(&chars, truncated, |start, end| is_meant(&chars, start, end, sentence))
    }

    /// The same with every quotation that is to be found read as plain words.
    #[must_use]
    pub fn unquoted(&self) -> Self {
        let mut words = self.words.clone();
        words.extend(self.phrases.iter().cloned());
        Self { words, phrases: Vec::new(), ..self.clone() }
    }

    /// Cuts a text; `meant` says of a closed quotation (from its opening to its closing mark) whether it is one.
    fn of(chars: &[char], truncated: bool, meant: impl Fn(usize, usize) -> bool) -> Self {
        let quotation_end = |chars: &[char], at: usize| quotation_end(chars, at).filter(|end| meant(at, *end));
        let mut parsed = Self { truncated, ..Self::default() };
        let mut at = 0;
        while at < chars.len() {
            if chars[at].is_whitespace() {
                at += 1;
                continue;
            }
            let mut excluded = false;
            while at < chars.len() && is_minus(chars[at]) {
                excluded = true;
                at += 1;
            }
            let Some(&first) = chars.get(at) else { break };
            if first.is_whitespace() {
                continue;
            }
            let end = if let Some(end) = quotation_end(chars, at) {
                let text: String = chars[at + 1..end].iter().collect();
                let list = if excluded { &mut parsed.excluded_phrases } else { &mut parsed.phrases };
                add(list, text);
                end + 1
            } else {
                // An opening quote without its end is skipped; a word ends where a quotation begins.
                let start = at;
                let mut end = at + 1;
                while end < chars.len() && !chars[end].is_whitespace() && quotation_end(chars, end).is_none() {
                    end += 1;
                }
                let text: String = chars[start..end].iter().collect();
                let list = if excluded { &mut parsed.excluded } else { &mut parsed.words };
                add(list, text);
                end
            };
            at = end;
        }
        parsed
    }

    /// Nothing to look for: the query is a plain list.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty() && self.excluded.is_empty() && self.excluded_phrases.is_empty()
    }
}

/// More characters than this are a text, not a query put together of words.
const QUERY_CHARS: usize = 40;

/// Whether a query reads as a sentence or a pasted text: long, or with the punctuation of one outside of quotations.
fn is_sentence(chars: &[char]) -> bool {
    let mut at = 0;
    while at < chars.len() {
        match quotation_end(chars, at) {
            Some(end) => at = end + 1,
            None if matches!(chars[at], '，' | '。' | '；' | '：' | '！' | '？' | ',' | ';' | ':' | '!' | '?') => {
                return true;
            }
            None => at += 1,
        }
    }
    chars.len() > QUERY_CHARS && quotation_end(chars, 0) != Some(chars.len() - 1)
}

/// Whether a closed quotation is meant as an operator.
fn is_meant(chars: &[char], start: usize, end: usize, sentence: bool) -> bool {
    let space = |at: Option<&char>| at.is_none_or(|ch| ch.is_whitespace());
    let before = start.checked_sub(1).and_then(|at| chars.get(at));
    let apart = space(before.filter(|ch| !is_minus(**ch))) && space(chars.get(end + 1));
    let whole = chars[..start].iter().chain(&chars[end + 1..]).all(|ch| ch.is_whitespace());
    whole || !sentence && (apart || matches!(chars[start], '"' | '＂'))
}

/// Keeps what has at least one letter, digit or Han character.
fn add(list: &mut Vec<String>, text: String) {
    if !analysis::pieces(&text).is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

fn is_minus(ch: char) -> bool {
    matches!(ch, '-' | '－' | '−' | '﹣')
}

/// If a closed quotation starts at `at`: where its closing mark stands.
fn quotation_end(chars: &[char], at: usize) -> Option<usize> {
    let close: &[char] = match chars[at] {
        '"' | '＂' => &['"', '＂'],
        // Input methods alternate “ and ” blindly: either closes either.
        '“' | '”' => &['”', '“'],
        '「' => &['」'],
        '『' => &['』'],
        _ => return None,
    };
    let inside = &chars[at + 1..];
    inside.iter().position(|c| close.contains(c)).filter(|length| *length > 0).map(|length| at + 1 + length)
}

/// The runs of a part: Han characters that touch, and words.
pub fn runs(text: &str) -> Vec<Piece> {
    analysis::pieces(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
        let p = Parsed::read(text);
        (p.words, p.phrases, [p.excluded, p.excluded_phrases].concat())
    }

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn words_phrases_and_exclusions() {
        assert_eq!(
            read("和平区 “上门送餐” -陪诊 -\"住院 陪护\" XQ-2026-001"),
            (list(&["和平区", "XQ-2026-001"]), list(&["上门送餐"]), list(&["陪诊", "住院 陪护"]))
        );
        assert_eq!(read("助餐\"一日三餐\"助洁"), (list(&["助餐", "助洁"]), list(&["一日三餐"]), vec![]));
        assert_eq!(read("  「一日三餐，送到家」 "), (vec![], list(&["一日三餐，送到家"]), vec![]));
        assert_eq!(Parsed::read("助餐 「一日三餐」").unquoted().words, list(&["助餐", "一日三餐"]));
    }

    #[test]
    fn quotes_within_a_sentence_are_typography() {
        for text in [
            "“温暖餐桌”送餐项目：为高龄独居老人每天送午餐",
            "我们做“老人饭桌”",
            "社区开了“四点半课堂”和「小小图书馆」，需要志愿者",
            "请问 \"陪诊\" 怎么申请？",
        ] {
            let parsed = Parsed::read(text);
            assert!(parsed.phrases.is_empty() && !parsed.words.is_empty(), "{text}: {parsed:?}");
        }
        assert_eq!(Parsed::read("送餐 “老年食堂”").phrases, list(&["老年食堂"]));
    }

    #[test]
    fn odd_input_is_read_somehow() {
        assert_eq!(read("\"没有关 - -- ，。"), (list(&["\"没有关"]), vec![], vec![]));
        assert_eq!(read("\"\" “” -"), (vec![], vec![], vec![]));
        assert_eq!(read("－助餐　全角空格"), (list(&["全角空格"]), vec![], list(&["助餐"])));
        assert!(Parsed::read(&"餐".repeat(201)).truncated);
        assert!(!Parsed::read(&"餐".repeat(200)).truncated);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) { Parsed::read(&text); }

        #[test]
        fn any_mix_of_signs_is_read(text in "[\"“”「」『』－\\- 助餐a1，\u{3000}\u{301}]{0,240}") {
            let parsed = Parsed::read(&text);
            for part in parsed.words.iter().chain(&parsed.phrases).chain(&parsed.excluded) {
                prop_assert!(!runs(part).is_empty());
            }
        }
    }
}
