//! Turns Chinese and mixed text into index tokens: folding, runs, character bigrams and unigrams.
//!
//! Three things are promised here, and the rest of the crate leans on them:
//! - tokens have **true, rising positions** (one per Han character or word), so phrases work;
//! - offsets are **byte offsets of the original text**, on character boundaries, so highlights work;
//! - a query is folded exactly as the documents were (width, case, marks, traditional → simplified).
//!
//! Pinyin is a further tokenizer over [`fold`] with fields of its own, for titles and names.

use domain::simplified::simplify;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words longer than this many characters are cut into several tokens.
const MAX_WORD_CHARS: usize = 64;

/// What a folded character is to the tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// An ideograph, kana or hangul character: makes bigrams with its neighbour.
    Han,
    /// A letter or digit: makes words.
    Word,
    /// White space: ends a run, but a phrase may span it.
    Space,
    /// Punctuation and symbols: ends a run, and no phrase spans it.
    Gap,
}

/// One folded character with the bytes of the original text it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldedChar {
    pub ch: char,
    pub class: Class,
    /// Byte offset of the original character.
    pub start: usize,
    /// Byte offset behind the original character (and the marks on it).
    pub end: usize,
}

/// Folds a text character by character; offsets never go backwards.
pub fn fold(text: &str) -> Vec<FoldedChar> {
    let mut folded = Vec::with_capacity(text.len() / 3 + 8);
    fold_into(text, &mut folded);
    folded
}

fn fold_into(text: &str, out: &mut Vec<FoldedChar>) {
    out.clear();
    for (start, ch) in text.char_indices() {
        let end = start + ch.len_utf8();
        if ch.is_ascii() {
            push(out, ch.to_ascii_lowercase(), start, end);
        } else if ('\u{4E00}'..='\u{9FFF}').contains(&ch) {
            push(out, simplify(ch), start, end);
        } else if is_combining_mark(ch) || is_invisible(ch) {
            // A mark belongs to the character it stands on: a highlight must not cut it off.
            if let Some(last) = out.last_mut() {
                last.end = end;
            }
        } else {
            // Compatibility forms: full width, circled digits, ligatures, compatibility ideographs.
            for part in std::iter::once(ch).nfkd().filter(|c| !is_combining_mark(*c)) {
                for lower in part.to_lowercase().filter(|c| !is_combining_mark(*c)) {
                    push(out, simplify(lower), start, end);
                }
            }
        }
    }
}

fn push(out: &mut Vec<FoldedChar>, ch: char, start: usize, end: usize) {
    out.push(FoldedChar { ch, class: class_of(ch), start, end });
}

/// Characters that people paste without seeing them.
fn is_invisible(ch: char) -> bool {
    matches!(ch,
        '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}

fn class_of(ch: char) -> Class {
    if ch.is_ascii() {
        return if ch.is_ascii_alphanumeric() {
            Class::Word
        } else if ch.is_ascii_whitespace() {
            Class::Space
        } else {
            Class::Gap
        };
    }
    let han = matches!(ch,
        '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3041}'..='\u{3096}'
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}' | '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7A3}' | '\u{20000}'..='\u{323AF}');
    if han {
        Class::Han
    } else if ch.is_alphanumeric() {
        Class::Word
    } else if ch.is_whitespace() {
        Class::Space
    } else {
        Class::Gap
    }
}

/// A run of one kind in a query: Han characters that touch, or one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Han(Vec<char>),
    Word(String),
}

/// Cuts a query chunk into runs, folded as the documents are.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let folded = fold(text);
    let mut at = 0;
    while at < folded.len() {
        let end = run_end(&folded, at);
        let chars = folded[at..end].iter().map(|f| f.ch);
        match folded[at].class {
            Class::Han => pieces.push(Piece::Han(chars.collect())),
            Class::Word => pieces.push(Piece::Word(chars.collect())),
            Class::Space | Class::Gap => {}
        }
        at = end;
    }
    pieces
}

/// Letters and digits of a code without its separators, folded: `XQ-2026-001` becomes `xq2026001`.
pub fn joined(text: &str) -> String {
    fold(text).iter().filter(|f| f.class == Class::Word).map(|f| f.ch).take(MAX_WORD_CHARS).collect()
}

/// The end of the run that starts at `at`; a run never grows beyond [`MAX_WORD_CHARS`] for words.
pub(crate) fn run_end(folded: &[FoldedChar], at: usize) -> usize {
    let class = folded[at].class;
    let mut end = at + 1;
    while end < folded.len() && folded[end].class == class && (class != Class::Word || end - at < MAX_WORD_CHARS) {
        end += 1;
    }
    end
}

/// Bigrams of Han runs (a lone character stays alone) and whole words.
#[derive(Clone, Default)]
pub struct BigramTokenizer(Buffers);

/// Single Han characters, at the same positions as the bigrams that start with them.
#[derive(Clone, Default)]
pub struct UnigramTokenizer(Buffers);

/// Pinyin of the Han characters, every reading at its character's position: syllables, or first letters.
#[derive(Clone)]
pub struct SoundTokenizer {
    pub initials: bool,
}

/// The tokens of a [`SoundTokenizer`].
pub struct SoundStream {
    tokens: std::vec::IntoIter<Token>,
    token: Token,
}

impl Tokenizer for SoundTokenizer {
    type TokenStream<'a> = SoundStream;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> SoundStream {
        let mut tokens: Vec<Token> = Vec::new();
        let folded = fold(text);
        for (position, f) in folded.iter().enumerate().filter(|(_, f)| f.class == Class::Han) {
            for reading in crate::sound::readings(f.ch) {
                let reading = if self.initials { reading.get(..1).unwrap_or_default() } else { reading.as_str() };
                let known = tokens.iter().rev().take_while(|t| t.position == position).any(|t| t.text == reading);
                if !known {
                    tokens.push(Token {
                        text: reading.to_owned(),
                        position,
                        offset_from: f.start,
                        offset_to: f.end,
                        position_length: 1,
                    });
                }
            }
        }
        SoundStream { tokens: tokens.into_iter(), token: Token::default() }
    }
}

impl TokenStream for SoundStream {
    fn advance(&mut self) -> bool {
        match self.tokens.next() {
            Some(token) => {
                self.token = token;
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[derive(Clone, Default)]
struct Buffers {
    folded: Vec<FoldedChar>,
    token: Token,
}

impl Tokenizer for BigramTokenizer {
    type TokenStream<'a> = Stream<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        Stream::new(&mut self.0, text, true)
    }
}

impl Tokenizer for UnigramTokenizer {
    type TokenStream<'a> = Stream<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        Stream::new(&mut self.0, text, false)
    }
}

/// Walks the folded text once.
pub struct Stream<'a> {
    buffers: &'a mut Buffers,
    bigrams: bool,
    /// Next folded character.
    at: usize,
    /// Start of the run that `at` is in.
    run_start: usize,
    /// End of the run that `at` is in (`at == run_end`: find the next run).
    run_end: usize,
    /// Position of the folded character at `at`.
    position: usize,
}

impl<'a> Stream<'a> {
    fn new(buffers: &'a mut Buffers, text: &str, bigrams: bool) -> Self {
        fold_into(text, &mut buffers.folded);
        buffers.token.reset();
        Self { buffers, bigrams, at: 0, run_start: 0, run_end: 0, position: 0 }
    }

    /// Makes the token of the folded characters `from..to`.
    fn emit(&mut self, from: usize, to: usize, position: usize) {
        let Buffers { folded, token } = &mut *self.buffers;
        token.text.clear();
        token.text.extend(folded[from..to].iter().map(|f| f.ch));
        token.offset_from = folded[from].start;
        token.offset_to = folded[to - 1].end;
        token.position = position;
        token.position_length = 1;
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if self.at >= self.buffers.folded.len() {
                return false;
            }
            if self.at >= self.run_end {
                self.run_start = self.at;
                self.run_end = run_end(&self.buffers.folded, self.at);
            }
            match self.buffers.folded[self.at].class {
                Class::Space => self.at = self.run_end,
                Class::Gap => {
                    self.at = self.run_end;
                    self.position += 1;
                }
                Class::Word => {
                    let (from, to, position) = (self.at, self.run_end, self.position);
                    self.at = to;
                    self.position += 1;
                    if self.bigrams {
                        self.emit(from, to, position);
                        return true;
                    }
                }
                Class::Han => {
                    let (from, position) = (self.at, self.position);
                    self.at += 1;
                    self.position += 1;
                    if !self.bigrams || self.run_end - self.run_start == 1 {
                        self.emit(from, from + 1, position);
                        return true;
                    }
                    if self.at < self.run_end {
                        self.emit(from, from + 2, position);
                        return true;
                    }
                    // The last character of a run has been told by the bigram before it.
                }
            }
        }
    }

    fn token(&self) -> &Token {
        &self.buffers.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.buffers.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(bigrams: bool, text: &str) -> Vec<(String, usize, String)> {
        let mut out = Vec::new();
        let mut buffers = Buffers::default();
        let mut stream = Stream::new(&mut buffers, text, bigrams);
        while stream.advance() {
            let token = stream.token();
            out.push((token.text.clone(), token.position, text[token.offset_from..token.offset_to].to_owned()));
        }
        out
    }

    fn texts(bigrams: bool, text: &str) -> Vec<String> {
        all(bigrams, text).into_iter().map(|t| t.0).collect()
    }

    #[test]
    fn bigrams_have_rising_positions_and_words_stay_whole() {
        let tokens = all(true, "为老人助餐，每周3次 WiFi6。");
        let seen: Vec<_> = tokens.iter().map(|t| (t.0.as_str(), t.1)).collect();
        assert_eq!(
            seen,
            [("为老", 0), ("老人", 1), ("人助", 2), ("助餐", 3), ("每周", 6), ("3", 8), ("次", 9), ("wifi6", 10),]
        );
    }

    #[test]
    fn unigrams_stand_where_the_bigrams_start() {
        let tokens = all(false, "助餐A服务");
        let seen: Vec<_> = tokens.iter().map(|t| (t.0.as_str(), t.1)).collect();
        assert_eq!(seen, [("助", 0), ("餐", 1), ("服", 3), ("务", 4)]);
    }

    #[test]
    fn sounds_stand_at_their_characters() {
        let mut tokenizer = SoundTokenizer { initials: false };
        let mut stream = tokenizer.token_stream("助參A餐");
        let mut seen = Vec::new();
        while stream.advance() {
            seen.push((stream.token().text.clone(), stream.token().position));
        }
        assert!(seen.contains(&("zhu".to_owned(), 0)) && seen.contains(&("can".to_owned(), 1)));
        assert!(seen.contains(&("can".to_owned(), 3)));
    }

    #[test]
    fn width_case_marks_and_traditional_forms_fold() {
        assert_eq!(texts(true, "ＡＢｃ１２"), ["abc12"]);
        assert_eq!(texts(true, "CAFÉ cafe\u{301}"), ["cafe", "cafe"]);
        assert_eq!(texts(true, "養老服務"), texts(true, "养老服务"));
        assert_eq!(texts(true, "助\u{200B}餐"), ["助餐"]);
    }

    #[test]
    fn offsets_point_into_the_original() {
        let tokens = all(true, "ＡＢ養老e\u{301}");
        let originals: Vec<_> = tokens.iter().map(|t| t.2.as_str()).collect();
        assert_eq!(originals, ["ＡＢ", "養老", "e\u{301}"]);
    }

    #[test]
    fn codes_join_without_separators() {
        assert_eq!(joined("XQ-2026-001"), "xq2026001");
        assert_eq!(
            pieces("XQ-01助餐"),
            [Piece::Word("xq".into()), Piece::Word("01".into()), Piece::Han(vec!['助', '餐'])]
        );
    }

    proptest! {
        #[test]
        fn tokens_rise_and_stay_on_boundaries(text in "\\PC{0,80}|[助餐養老 ，a1é\u{301}\u{200B}ﬁ①]{0,40}") {
            for bigrams in [true, false] {
                let mut buffers = Buffers::default();
                let mut stream = Stream::new(&mut buffers, &text, bigrams);
                let mut last: Option<(usize, usize)> = None;
                while stream.advance() {
                    let token = stream.token();
                    prop_assert!(token.offset_from < token.offset_to);
                    prop_assert!(text.is_char_boundary(token.offset_from));
                    prop_assert!(text.is_char_boundary(token.offset_to));
                    if let Some((position, from)) = last {
                        prop_assert!(token.position > position);
                        prop_assert!(token.offset_from >= from);
                    }
                    last = Some((token.position, token.offset_from));
                }
            }
        }
    }
}
