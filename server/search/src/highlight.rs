//! Marks what matched in a text, and cuts a passage around it.
//!
//! Spans are byte ranges of the text given, rising, never overlapping, on character boundaries. Escaping
//! for HTML stays with the page: it walks the spans and escapes each part.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::analysis::{self, Class, FoldedChar, Piece};

/// A passage is never cut shorter than this many characters.
const MIN_CHARS: usize = 8;
/// How far, in characters, the end of a passage may move to end with punctuation.
const SNAP: usize = 12;

/// What to mark, folded once for several texts.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    bigrams: HashSet<[char; 2]>,
    chars: HashSet<char>,
    words: HashSet<String>,
    /// Words that are marked only as a whole, by their first character.
    whole: HashMap<char, Vec<Vec<char>>>,
}

impl Terms {
    /// From words or phrases as typed or as folded. A run of several Han characters marks its bigrams;
    /// a lone character marks itself.
    pub fn new<S: AsRef<str>>(terms: &[S]) -> Self {
        let mut set = Self::default();
        for piece in terms.iter().flat_map(|t| analysis::pieces(t.as_ref())) {
            match piece {
                Piece::Han(chars) if chars.len() == 1 => {
                    set.chars.insert(chars[0]);
                }
                Piece::Han(chars) => {
                    set.bigrams.extend(chars.windows(2).map(|pair| [pair[0], pair[1]]));
                }
                Piece::Word(word) => {
                    set.words.insert(word);
                }
            }
        }
        set
    }

    /// Adds words that are marked only where they stand as a whole: of 老年食堂 no mere 老年.
    #[must_use]
    pub fn with_whole<S: AsRef<str>>(mut self, terms: &[S]) -> Self {
        for piece in terms.iter().flat_map(|t| analysis::pieces(t.as_ref())) {
            match piece {
                Piece::Han(chars) => {
                    let list = self.whole.entry(chars[0]).or_default();
                    if !list.contains(&chars) {
                        list.push(chars);
                    }
                }
                Piece::Word(word) => {
                    self.words.insert(word);
                }
            }
        }
        self
    }

    /// Nothing to mark.
    pub fn is_empty(&self) -> bool {
        self.bigrams.is_empty() && self.chars.is_empty() && self.words.is_empty() && self.whole.is_empty()
    }

    /// The spans of `text` to mark.
    pub fn spans(&self, text: &str) -> Vec<Range<usize>> {
        if self.is_empty() {
            return Vec::new();
        }
        let folded = analysis::fold(text);
        let mut marked = vec![false; folded.len()];
        let mut at = 0;
        while at < folded.len() {
            let end = analysis::run_end(&folded, at);
            self.mark_run(&folded[at..end], &mut marked[at..end]);
            at = end;
        }
        let mut spans: Vec<Range<usize>> = Vec::new();
        for (f, _) in folded.iter().zip(&marked).filter(|(_, marked)| **marked) {
            match spans.last_mut() {
                // Neighbours, and several folded characters of one original.
                Some(last) if f.start <= last.end => last.end = last.end.max(f.end),
                _ => spans.push(f.start..f.end),
            }
        }
        spans
    }

    fn mark_run(&self, run: &[FoldedChar], marked: &mut [bool]) {
        match run[0].class {
            Class::Word => {
                let word: String = run.iter().map(|f| f.ch).collect();
                if self.words.contains(&word) {
                    marked.fill(true);
                }
            }
            Class::Han => {
                for (i, f) in run.iter().enumerate() {
                    if self.chars.contains(&f.ch) {
                        marked[i] = true;
                    }
                    for word in self.whole.get(&f.ch).into_iter().flatten() {
                        let end = i + word.len();
                        if end <= run.len() && run[i..end].iter().zip(word).all(|(f, ch)| f.ch == *ch) {
                            marked[i..end].fill(true);
                        }
                    }
                    if let Some(next) = run.get(i + 1)
                        && self.bigrams.contains(&[f.ch, next.ch])
                    {
                        marked[i] = true;
                        marked[i + 1] = true;
                    }
                }
            }
            Class::Space | Class::Gap => {}
        }
    }

    /// See [`passage`].
    pub fn passage(&self, text: &str, max_chars: usize) -> (String, Vec<Range<usize>>) {
        let max_chars = max_chars.max(MIN_CHARS);
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        let spans = self.spans(text);
        if chars.len() <= max_chars {
            return (plain_space(text), spans);
        }
        // Spans in characters.
        let index = |byte: usize| chars.partition_point(|(at, _)| *at < byte);
        let hits: Vec<Range<usize>> = spans.iter().map(|s| index(s.start)..index(s.end)).collect();
        // Two places are kept for the dots.
        let room = max_chars - 2;
        let (start, end) = window(&chars, &hits, room);
        let from = chars[start].0;
        let to = chars.get(end).map_or(text.len(), |(at, _)| *at);
        let mut passage = String::with_capacity(to - from + 6);
        // What begins with a sentence needs no sign that another stands before it.
        if start > 0 && !is_end(chars[start - 1].1) {
            passage.push('…');
        }
        let shift = passage.len();
        passage.push_str(&plain_space(&text[from..to]));
        if end < chars.len() {
            passage.push('…');
        }
        let spans = spans
            .into_iter()
            .filter(|s| s.end > from && s.start < to)
            .map(|s| s.start.max(from) - from + shift..s.end.min(to) - from + shift)
            .collect();
        (passage, spans)
    }
}

/// Line breaks and tabs become spaces; all are one byte, so spans stay true.
fn plain_space(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

/// The `room` characters (start, end) that show most of the hits. They begin with a sentence; where a sentence is so long
/// that its beginning shows none, with a part of it.
fn window(chars: &[(usize, char)], hits: &[Range<usize>], room: usize) -> (usize, usize) {
    let starts = |ends: fn(char) -> bool| {
        let behind = (1..chars.len()).filter(move |at| ends(chars[at - 1].1) && !ends(chars[*at].1));
        std::iter::once(0).chain(behind.filter(|at| !chars[*at].1.is_whitespace()))
    };
    let shown = |start: usize| -> usize {
        let within = hits.iter().filter(|hit| hit.start >= start && hit.end <= start + room);
        within.map(ExactSizeIterator::len).sum()
    };
    // The earliest of those that show most; none where none shows any.
    let best = |starts: &mut dyn Iterator<Item = usize>| {
        starts.map(|start| (shown(start), std::cmp::Reverse(start))).max().filter(|(most, _)| *most > 0)
    };
    let found = best(&mut starts(is_end)).or_else(|| best(&mut starts(is_break)));
    let start = match (found, hits.first()) {
        (Some((_, std::cmp::Reverse(start))), _) => start,
        (None, None) => 0,
        (None, Some(hit)) => {
            hit.start.saturating_sub(room.saturating_sub(hit.len()) / 3).min(chars.len().saturating_sub(room))
        }
    };
    let mut end = (start + room).min(chars.len());
    let last = hits.iter().filter(|hit| hit.end <= end).map(|hit| hit.end).max().unwrap_or(start).max(start);
    if end < chars.len()
        && let Some(at) = (last.max(end.saturating_sub(SNAP))..end).rev().find(|at| is_break(chars[*at].1))
    {
        end = at + 1;
    }
    (start, end)
}

/// What ends a sentence.
fn is_end(ch: char) -> bool {
    matches!(ch, '。' | '；' | '！' | '？' | '\n' | ';' | '!' | '?')
}

fn is_break(ch: char) -> bool {
    matches!(ch, '。' | '，' | '；' | '：' | '！' | '？' | '、' | '\n' | '.' | ',' | ';' | '!' | '?')
}

/// The byte ranges of `text` that any of `terms` (words or phrases) marks: rising, apart, on character
/// boundaries. Width, case and traditional forms do not matter.
pub fn spans<S: AsRef<str>>(text: &str, terms: &[S]) -> Vec<Range<usize>> {
    Terms::new(terms).spans(text)
}

/// The part of `text` with most hits, at most `max_chars` characters (8 at least) with `…` where it was
/// cut, and the spans to mark in it. Without a hit: the beginning.
pub fn passage<S: AsRef<str>>(text: &str, terms: &[S], max_chars: usize) -> (String, Vec<Range<usize>>) {
    Terms::new(terms).passage(text, max_chars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(text: &str, terms: &[&str]) -> Vec<String> {
        spans(text, terms).into_iter().map(|s| text[s].to_owned()).collect()
    }

    #[test]
    fn adjacent_bigrams_become_one_span() {
        assert_eq!(marked("需要上门送餐服务，每日送餐。", &["上门送餐"]), ["上门送餐", "送餐"]);
        assert_eq!(marked("老人助餐", &["餐"]), ["餐"]);
        assert_eq!(marked("助老。餐", &["助餐"]), Vec::<String>::new());
    }

    #[test]
    fn whole_words_are_marked_as_a_whole() {
        let terms = Terms::default().with_whole(&["老年食堂", "送餐", "wifi"]);
        let text = "老年人在老年食堂等送餐，有WiFi";
        let marked: Vec<&str> = terms.spans(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(marked, ["老年食堂", "送餐", "WiFi"]);
    }

    #[test]
    fn folding_does_not_move_spans() {
        assert_eq!(marked("ＷＩＦＩ 養老服務", &["wifi", "养老"]), ["ＷＩＦＩ", "養老"]);
        assert_eq!(marked("cafe\u{301}s cafe\u{301}", &["café"]), ["cafe\u{301}"]);
        assert_eq!(marked("①号", &["1"]), ["①"]);
    }

    #[test]
    fn a_passage_shows_the_hits_and_says_where_it_was_cut() {
        let text = format!("{}。独居老人需要助餐服务，每周三次。{}", "前".repeat(60), "后".repeat(60));
        let (passage, spans) = passage(&text, &["助餐"], 30);
        assert!(passage.starts_with("独居老人需要助餐"), "{passage}");
        assert!(passage.ends_with('…'));
        assert!(passage.chars().count() <= 30);
        assert_eq!(&passage[spans[0].clone()], "助餐");
        let (head, none) = super::passage(&text, &["没有"], 20);
        assert!(head.starts_with("前前") && none.is_empty());
    }

    #[test]
    fn a_hit_at_the_end_is_shown_with_what_stands_before_it() {
        let text = format!("{}助餐", "前".repeat(60));
        let (passage, spans) = passage(&text, &["助餐"], 20);
        assert_eq!(&passage[spans[0].clone()], "助餐");
        assert!(passage.chars().count() > 15, "{passage}");
    }

    proptest! {
        #[test]
        fn spans_are_apart_rising_and_on_boundaries(
            text in "\\PC{0,60}|[助餐養老 ，。a1é\u{301}ﬁ①\n]{0,80}|[\u{0}-\u{10FFFF}]{0,40}",
            terms in proptest::collection::vec("[助餐养老a1é\u{301}ﬁ①]{0,4}|.{0,3}", 0..5),
            max in 0_usize..60,
        ) {
            let check = |text: &str, spans: &[Range<usize>]| {
                let mut last = 0;
                for span in spans {
                    prop_assert!(span.start < span.end && span.end <= text.len());
                    prop_assert!(span.start >= last);
                    prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
                    last = span.end;
                }
                Ok(())
            };
            let found = spans(&text, &terms);
            check(&text, &found)?;
            let whole = Terms::default().with_whole(&terms);
            check(&text, &whole.spans(&text))?;
            let (shown, within) = whole.passage(&text, max);
            check(&shown, &within)?;
            let (passage, within) = passage(&text, &terms, max);
            check(&passage, &within)?;
            prop_assert!(passage.chars().count() <= max.max(MIN_CHARS));
            prop_assert!(found.is_empty() || !within.is_empty());
        }
    }
}
