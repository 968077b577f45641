//! From what was typed to what was meant: words of the thesaurus, services, groups of people and places are
//! recognized in it, letters are read as pinyin, the rest stays text.
//!
//! A meaning is plain data. `clauses` turns it into a query over the index, [`crate::matching`] holds it
//! against a single document in memory, the page shows it as chips that can be taken away.

use std::ops::Range;

use domain::vocabulary::ServiceGroup;

use crate::analysis::{Piece, fold};
use crate::intent::{Model, Share};
use crate::lexicon::{Alternative, Concept, Lexicon, Place, Sense};
use crate::query::{Parsed, runs};
use crate::sound;

/// More unrecognized characters in a row than this: a text to be read as a whole.
const SHORT_RUN: usize = 4;
/// More parts or more Han characters than this: a text to be read as a whole.
const SHORT_PARTS: usize = 4;
const SHORT_CHARS: usize = 8;
/// What a service counts that answers a topic beside its first.
const FURTHER_SERVICE: f32 = 0.6;
/// The share of a service that a sentence names.
const NAMED_SERVICE: f32 = 0.5;
/// Words that deny what follows, the longest first where one begins another.
const DENIALS: [&str; 19] = [
    "除了",
    "除开",
    "除去",
    "不包括",
    "不包含",
    "不想要",
    "不需要",
    "不考虑",
    "不涉及",
    "不要",
    "不是",
    "不含",
    "不找",
    "不看",
    "不用",
    "无需",
    "排除",
    "并非",
    "非",
];
/// Words that deny what stands before them; the last two only where the clause ends.
const DENIALS_BEHIND: [&str; 5] = ["以外", "之外", "除外", "不要", "不算"];
/// A longer text than this describes; what it denies is part of the description.
const DENIAL_CHARS: usize = 40;
/// What stands between 除了 and 以外 at most.
const LONGEST_DENIED: usize = 9;
/// Weight of a second guess at what letters spell.
const SECOND_GUESS: f32 = 0.5;

/// How a part was recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    Written,
    /// `zhucan`
    Pinyin,
    /// `zc`
    Initials,
    /// 助参
    SoundsLike,
}

/// What a part says.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Concept(Concept),
    Place(Place),
    /// Han characters that are in no dictionary here.
    Text(Vec<char>),
    /// Letters and digits; with the syllables, where they may be pinyin.
    Word {
        word: String,
        syllables: Vec<String>,
    },
}

/// One part of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// As typed, folded.
    pub typed: String,
    pub how: How,
    pub kind: Kind,
}

/// What a query is taken to ask for by the trained sense of meaning, each with its share (0 to 1), the likeliest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    /// Topics: their term in the index, and the word to show.
    pub topics: Vec<(String, String, f32)>,
    /// Codes of services.
    pub services: Vec<(String, f32)>,
}

impl Asked {
    /// From this share on a service is taken to be meant.
    pub const SURE: f32 = 0.35;

    /// Services that are taken to be meant.
    pub fn sure(&self) -> impl Iterator<Item = &str> {
        self.services.iter().filter(|(_, share)| *share >= Self::SURE).map(|(code, _)| code.as_str())
    }

    fn of(text: &str, model: &Model) -> Self {
        let mut asked = Self::default();
        for Share { topic, share } in model.asked(text) {
            let topic = &model.topics[topic];
            asked.topics.push((topic.key.clone(), topic.name.clone(), share));
            for (at, code) in topic.services.iter().enumerate() {
                asked.add(code, if at == 0 { share } else { share * FURTHER_SERVICE });
            }
        }
        // The name of a group of services asks for all of them.
        for group in ServiceGroup::ALL.into_iter().filter(|group| text.contains(group.name())) {
            for service in domain::vocabulary::service_categories().iter().filter(|s| s.group == group) {
                asked.add(service.code, 1.0);
            }
        }
        asked.services.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        asked
    }

    fn add(&mut self, code: &str, share: f32) {
        match self.services.iter_mut().find(|(known, _)| known == code) {
            Some((_, sum)) => *sum = (*sum + share).min(1.0),
            None => self.services.push((code.to_owned(), share)),
        }
    }
}

/// A query as it was understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meaning {
    pub parts: Vec<Part>,
    /// Found only as they stand.
    pub phrases: Vec<String>,
    pub excluded: Vec<Part>,
    /// Left out as they stand.
    pub excluded_phrases: Vec<String>,
    /// All Han runs and words in order, for reading a long text as a whole.
    pub pieces: Vec<Piece>,
    /// A description rather than a few words: any of its telling parts will do.
    pub long: bool,
    /// Whether more was typed than is read.
    pub truncated: bool,
    pub asked: Asked,
    /// Pairs of characters of words that say nothing (需要, 请问), of a long text.
    pub silent: Vec<String>,
}

impl Meaning {
    /// Understands a parsed query. Words in `literal` are taken as mere text.
    pub fn of(parsed: &Parsed, lexicon: &Lexicon, literal: &[String]) -> Self {
        let literal: Vec<String> = literal.iter().map(|word| crate::thesaurus::folded(word)).collect();
        let reader = Reading { lexicon, literal: &literal };
        let mut meaning = Self {
            phrases: parsed.phrases.clone(),
            excluded_phrases: parsed.excluded_phrases.clone(),
            truncated: parsed.truncated,
            ..Self::default()
        };
        let (words, denied) = reader.denied(&parsed.words);
        for word in &words {
            meaning.pieces.extend(runs(word));
        }
        meaning.parts = reader.words(&words);
        meaning.excluded = parsed.excluded.iter().chain(&denied).flat_map(|word| reader.word(word)).collect();
        meaning.spare();
        if meaning.parts.is_empty() {
            // Nothing but words that say nothing: then they are what is looked for.
            meaning.parts = meaning.pieces.iter().map(as_text).collect();
        }
        let unread = |part: &Part| matches!(&part.kind, Kind::Text(chars) if chars.len() > SHORT_RUN);
        let typed: usize = meaning
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Han(chars) => chars.len(),
                Piece::Word(_) => 0,
            })
            .sum();
        meaning.long = meaning.parts.len() > SHORT_PARTS || typed > SHORT_CHARS || meaning.parts.iter().any(unread);
        if meaning.long {
            meaning.silent = reader.silent(&meaning.pieces);
        }
        if let Some(model) = lexicon.intent() {
            meaning.asked = meaning.asks(&words, model);
        }
        meaning
    }

    /// 送餐 -上门做饭: of a concept that is wanted as well only the very word is left out.
    fn spare(&mut self) {
        let wanted: Vec<String> = self.concepts().map(|concept| concept.head.clone()).collect();
        for part in &mut self.excluded {
            if matches!(&part.kind, Kind::Concept(concept) if wanted.contains(&concept.head)) {
                part.kind = Kind::Text(part.typed.chars().collect());
            }
        }
    }

    /// What is asked for: services that are named, and what the sense of meaning reads.
    fn asks(&self, words: &[String], model: &Model) -> Asked {
        let mut asked = Asked::of(&self.spoken(words), model);
        let share = if self.long { NAMED_SERVICE } else { 1.0 };
        for concept in self.concepts().filter(|concept| !concept.service.is_empty()) {
            asked.add(&concept.service, share);
        }
        asked.services.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        asked
    }

    /// What was typed without the places, with the words that letters stand for: for the sense of meaning.
    fn spoken(&self, words: &[String]) -> String {
        let mut spoken = words.iter().chain(&self.phrases).fold(String::new(), |all, word| all + word + " ");
        for part in &self.parts {
            match &part.kind {
                Kind::Place(_) => spoken = spoken.replace(&part.typed, " "),
                Kind::Concept(concept) if part.how != How::Written => {
                    spoken = spoken.replace(&part.typed, " ") + &concept.head + " ";
                }
                _ => {}
            }
        }
        spoken
    }

    /// Whether a part says for whom help is wanted, and not which.
    pub fn is_people(part: &Part) -> bool {
        matches!(&part.kind, Kind::Concept(concept) if concept.service.is_empty() && !concept.group.is_empty())
    }

    /// Nothing is asked for, only left out or not even that.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.phrases.is_empty()
    }

    /// The places named, merged: a document in any of them will do.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.parts.iter().filter_map(|part| match &part.kind {
            Kind::Place(place) => Some(place),
            _ => None,
        })
    }

    /// The concepts named.
    pub fn concepts(&self) -> impl Iterator<Item = &Concept> {
        self.parts.iter().filter_map(|part| match &part.kind {
            Kind::Concept(concept) => Some(concept),
            _ => None,
        })
    }

    /// The same with unknown text taken for the known words that it sounds like or, from `least` characters on, is
    /// written like; `None` where there are none.
    pub fn by_sound(&self, lexicon: &Lexicon, least: usize) -> Option<Self> {
        if self.long {
            return None;
        }
        let mut changed = false;
        let mut parts = Vec::new();
        for part in &self.parts {
            match &part.kind {
                Kind::Text(chars) if chars.len() >= 2 => match sounding(chars, lexicon, least) {
                    Some(heard) => {
                        changed = true;
                        parts.extend(heard);
                    }
                    None => parts.push(part.clone()),
                },
                _ => parts.push(part.clone()),
            }
        }
        let mut heard = changed.then(|| Self { parts, ..self.clone() })?;
        if let Some(model) = lexicon.intent() {
            let words: Vec<String> = heard.parts.iter().map(|part| part.typed.clone()).collect();
            heard.asked = heard.asks(&words, model);
        }
        Some(heard)
    }

    /// What a highlight marks: whole words, and text of which any two neighbours count.
    pub fn marks(&self) -> (Vec<String>, Vec<String>) {
        let (mut whole, mut text) = (Vec::new(), self.phrases.clone());
        for part in &self.parts {
            match &part.kind {
                Kind::Concept(concept) => whole.extend(concept.alternatives.iter().map(|a| a.text.clone())),
                Kind::Place(_) => whole.push(part.typed.clone()),
                Kind::Text(chars) => text.push(chars.iter().collect()),
                Kind::Word { word, .. } => text.push(word.clone()),
            }
        }
        (whole, text)
    }
}

fn as_text(piece: &Piece) -> Part {
    match piece {
        Piece::Han(chars) => Part { typed: chars.iter().collect(), how: How::Written, kind: Kind::Text(chars.clone()) },
        Piece::Word(word) => Part {
            typed: word.clone(),
            how: How::Written,
            kind: Kind::Word { word: word.clone(), syllables: Vec::new() },
        },
    }
}

/// The known words that a run of unknown characters sounds or is written like: as a whole, or a stretch of it.
fn sounding(chars: &[char], lexicon: &Lexicon, least: usize) -> Option<Vec<Part>> {
    for length in (2..=chars.len()).rev() {
        for start in 0..=chars.len() - length {
            // A lone character left over would be lost.
            if start == 1 || start + length + 1 == chars.len() {
                continue;
            }
            let window = &chars[start..start + length];
            let mut candidates = lexicon.sounding_like(window);
            if candidates.is_empty() {
                candidates = lexicon.written_like(window, if length == chars.len() { least } else { 3 });
            }
            let Some(kind) = guesses(&candidates, lexicon, Some(&window.iter().collect::<String>())) else { continue };
            let mut parts = Vec::new();
            let rest = |from: &[char]| (!from.is_empty()).then(|| as_text(&Piece::Han(from.to_vec())));
            parts.extend(rest(&chars[..start]));
            parts.push(Part { typed: window.iter().collect(), how: How::SoundsLike, kind });
            parts.extend(rest(&chars[start + length..]));
            return Some(parts);
        }
    }
    None
}

/// One meaning of several candidate words, the first counting most; `typed` is looked for as well.
fn guesses(candidates: &[String], lexicon: &Lexicon, typed: Option<&str>) -> Option<Kind> {
    let mut merged: Option<Concept> = None;
    for (at, word) in candidates.iter().enumerate() {
        match lexicon.sense(word) {
            Some(Sense::Place(place)) if at == 0 => return Some(Kind::Place(place)),
            Some(Sense::Concept(concept)) => match &mut merged {
                None => merged = Some(concept),
                // A service that is spelled so is meant before anything else that is.
                Some(first) if !first.service.is_empty() && concept.service.is_empty() => {}
                Some(first) => {
                    for other in concept.alternatives {
                        if !first.alternatives.iter().any(|known| known.text == other.text) {
                            first.alternatives.push(Alternative { weight: other.weight * SECOND_GUESS, ..other });
                        }
                    }
                }
            },
            _ => {}
        }
    }
    let mut concept = merged?;
    if let Some(typed) = typed {
        concept.alternatives.push(Alternative { text: typed.to_owned(), weight: 1.0 });
    }
    Some(Kind::Concept(concept))
}

struct Reading<'a> {
    lexicon: &'a Lexicon,
    literal: &'a [String],
}

impl Reading<'_> {
    fn words(&self, words: &[String]) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut at = 0;
        let toneless: Vec<String> =
            words.iter().map(|word| sound::without_tones(word).unwrap_or_else(|| word.clone())).collect();
        let words = toneless.as_slice();
        while at < words.len() {
            // `zhu can` is one word of two syllables.
            let joined = (at + 2..=(at + 5).min(words.len())).rev().find_map(|end| {
                let group = &words[at..end];
                if !group.iter().all(|word| is_letters(word)) {
                    return None;
                }
                let letters = group.concat().to_ascii_lowercase();
                let kind = guesses(self.lexicon.spelled(&letters), self.lexicon, None)?;
                Some((end, Part { typed: letters, how: How::Pinyin, kind }))
            });
            match joined {
                Some((end, part)) => {
                    parts.push(part);
                    at = end;
                }
                None => {
                    parts.extend(self.word(&words[at]));
                    at += 1;
                }
            }
        }
        let mut once: Vec<Part> = Vec::new();
        for part in parts {
            if !once.iter().any(|known| known.typed == part.typed) {
                once.push(part);
            }
        }
        once
    }

    /// The parts of what stood between two spaces.
    fn word(&self, word: &str) -> Vec<Part> {
        // Within a code letters are letters.
        let code = word.chars().any(char::is_numeric);
        let mut parts = Vec::new();
        for piece in runs(word) {
            match &piece {
                Piece::Han(chars) => self.han(chars, &mut parts),
                Piece::Word(letters) if !code && is_letters(letters) && !self.is_literal(letters) => {
                    parts.extend(self.letters(letters));
                }
                Piece::Word(_) => parts.push(as_text(&piece)),
            }
        }
        parts
    }

    /// Pairs of characters that lie within words that say nothing.
    fn silent(&self, pieces: &[Piece]) -> Vec<String> {
        let mut pairs = Vec::new();
        for piece in pieces {
            let Piece::Han(chars) = piece else { continue };
            let mut at = 0;
            while at < chars.len() {
                let known = self.lexicon.longest(&chars[at..]).filter(|(length, _)| *length >= 2);
                if let Some((length, Sense::Silent)) = &known {
                    pairs.extend(chars[at..at + length].windows(2).map(|pair| pair.iter().collect::<String>()));
                }
                at += known.map_or(1, |(length, _)| length);
            }
        }
        pairs
    }

    /// Parts what is wanted from what is said not to be: 不要陪诊, 除了送餐以外. Where nothing would be left to look
    /// for, and in a description, everything is wanted.
    fn denied(&self, words: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut kept, mut denied) = (Vec::new(), Vec::new());
        if words.iter().map(|word| word.chars().count()).sum::<usize>() > DENIAL_CHARS {
            return (words.to_vec(), denied);
        }
        for word in words {
            if !DENIALS.iter().chain(&DENIALS_BEHIND).any(|denial| word.contains(denial)) {
                kept.push(word.clone());
                continue;
            }
            let folded = fold(word);
            let chars: Vec<char> = folded.iter().map(|f| f.ch).collect();
            let text = |range: Range<usize>| match (folded.get(range.start), folded.get(range.end.wrapping_sub(1))) {
                (Some(first), Some(last)) if !range.is_empty() => word[first.start..last.end].to_owned(),
                _ => String::new(),
            };
            let (mut at, mut from) = (0, 0);
            while at < chars.len() {
                let Some((what, next)) = self.denial(&chars, at) else {
                    at += 1;
                    continue;
                };
                kept.push(text(from..at));
                denied.push(text(what));
                (at, from) = (next, next);
            }
            kept.push(text(from..chars.len()));
        }
        let says =
            |word: &String| runs(word).iter().any(|piece| !matches!(piece, Piece::Han(chars) if chars.len() < 2));
        if denied.is_empty() || !kept.iter().any(says) {
            return (words.to_vec(), Vec::new());
        }
        kept.retain(|word| !runs(word).is_empty());
        (kept, denied)
    }

    /// What is denied from `at` on, as a stretch of `chars`, and where the denial ends.
    fn denial(&self, chars: &[char], at: usize) -> Option<(Range<usize>, usize)> {
        let begins = |at: usize, word: &str| {
            let length = word.chars().count();
            chars.get(at..at + length).is_some_and(|run| run.iter().copied().eq(word.chars())).then_some(length)
        };
        let known = |at: usize| {
            let (length, sense) = self.lexicon.longest(chars.get(at..)?)?;
            (length >= 2 && !matches!(sense, Sense::Silent)).then_some(length)
        };
        let Some((cue, length)) = DENIALS.iter().find_map(|cue| Some((*cue, begins(at, cue)?))) else {
            // 河西区以外的送餐, 陪诊不要.
            let end = at + known(at)?;
            let (mark, length) = DENIALS_BEHIND.iter().find_map(|mark| Some((*mark, begins(end, mark)?)))?;
            let next = end + length;
            let closes = chars.get(next).is_none_or(|c| !c.is_alphanumeric());
            let next = next + usize::from(begins(next, "的").is_some());
            return (mark.ends_with('外') || closes).then_some((at..end, next));
        };
        // 要不要, 是不是 ask.
        if at > 0 && cue.chars().nth(1) == Some(chars[at - 1]) {
            return None;
        }
        let start = at + length;
        let behind = |mut at: usize| {
            while let Some(length) =
                ["以外", "之外", "外", "的", "都", "，", ",", "、", " "].iter().find_map(|w| begins(at, w))
            {
                at += length;
            }
            at
        };
        if cue.starts_with('除') {
            let end = (start + 1..(start + LONGEST_DENIED).min(chars.len()))
                .find(|at| ["以外", "之外", "外", "，", ",", "都"].iter().any(|mark| begins(*at, mark).is_some()));
            if let Some(end) = end {
                return Some((start..end, behind(end)));
            }
        }
        let mut end = start + known(start)?;
        // 不要送餐和陪诊.
        while let Some(and) = ["和", "或", "、", "跟"].iter().find_map(|word| begins(end, word))
            && let Some(length) = known(end + and)
        {
            end += and + length;
        }
        Some((start..end, behind(end)))
    }

    fn is_literal(&self, word: &str) -> bool {
        self.literal.iter().any(|known| known == word)
    }

    fn han(&self, chars: &[char], parts: &mut Vec<Part>) {
        let before = parts.len();
        let mut unread: Vec<char> = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let found = self.lexicon.longest(&chars[at..]).filter(|(length, _)| *length >= 2 || chars.len() == 1);
            let Some((length, sense)) = found else {
                unread.push(chars[at]);
                at += 1;
                continue;
            };
            let typed: String = chars[at..at + length].iter().collect();
            at += length;
            if self.is_literal(&typed) {
                unread.extend(typed.chars());
                continue;
            }
            self.flush(&mut unread, parts);
            let kind = match sense {
                Sense::Silent => continue,
                Sense::Concept(concept) => Kind::Concept(concept),
                Sense::Place(place) => Kind::Place(narrowed(place, parts)),
            };
            parts.push(Part { typed, how: How::Written, kind });
        }
        self.flush(&mut unread, parts);
        // 人是否享: of words that say nothing a character is left that every document has.
        let lone = |part: &Part| matches!(&part.kind, Kind::Text(left) if left.len() == 1);
        if chars.len() > 1 && parts.len() > before && parts[before..].iter().all(lone) {
            parts.truncate(before);
            parts.push(as_text(&Piece::Han(chars.to_vec())));
        }
    }

    /// Unread characters become text; particles around them say nothing.
    fn flush(&self, unread: &mut Vec<char>, parts: &mut Vec<Part>) {
        let silent = |ch: &char| self.lexicon.sense(&ch.to_string()) == Some(Sense::Silent);
        let start = unread.iter().position(|ch| !silent(ch)).unwrap_or(unread.len());
        let end = unread.iter().rposition(|ch| !silent(ch)).map_or(start, |at| at + 1);
        let kept = unread[start..end].to_vec();
        let all = std::mem::take(unread);
        // A lone character left over beside particles or known words is a particle this list does not have.
        if kept.len() == 1 && (all.len() > 1 || !parts.is_empty()) {
            return;
        }
        if !kept.is_empty() {
            parts.push(as_text(&Piece::Han(kept)));
        }
    }

    fn letters(&self, letters: &str) -> Vec<Part> {
        let lexicon = self.lexicon;
        if let Some(kind) = guesses(lexicon.spelled(letters), lexicon, Some(letters)) {
            return vec![Part { typed: letters.to_owned(), how: How::Pinyin, kind }];
        }
        let syllables = sound::syllables(letters).unwrap_or_default();
        // Half a word: 心理 of 心理疏导.
        if syllables.len() > 1
            && let Some(kind) = guesses(&lexicon.spelled_from(letters), lexicon, Some(letters))
        {
            return vec![Part { typed: letters.to_owned(), how: How::Pinyin, kind }];
        }
        if syllables.len() > 1 {
            let mut parts = Vec::new();
            let mut at = 0;
            let mut unread: Vec<String> = Vec::new();
            while at < syllables.len() {
                let found = (at + 2..=(at + 8).min(syllables.len())).rev().find_map(|end| {
                    let spelled = syllables[at..end].concat();
                    Some((end, spelled.clone(), guesses(lexicon.spelled(&spelled), lexicon, None)?))
                });
                if let Some((end, typed, kind)) = found {
                    parts.extend(spelled_text(&mut unread));
                    parts.push(Part { typed, how: How::Pinyin, kind });
                    at = end;
                } else {
                    unread.push(syllables[at].clone());
                    at += 1;
                }
            }
            if !parts.is_empty() {
                parts.extend(spelled_text(&mut unread));
                return parts;
            }
        } else if (2..=8).contains(&letters.len())
            && let Some(kind) = guesses(lexicon.with_initials(letters), lexicon, Some(letters))
        {
            return vec![Part { typed: letters.to_owned(), how: How::Initials, kind }];
        }
        vec![Part {
            typed: letters.to_owned(),
            how: How::Written,
            kind: Kind::Word { word: letters.to_owned(), syllables },
        }]
    }
}

/// 和平区小白楼: the second place narrows the first, and the first tells which of several is meant.
fn narrowed(mut place: Place, parts: &mut Vec<Part>) -> Place {
    let within = |place: &Place, outer: &Place| -> Vec<String> {
        let inside = |code: &&String| outer.codes.iter().any(|outer| code.starts_with(outer.as_str()));
        place.codes.iter().filter(inside).cloned().collect()
    };
    let outer = parts.iter().position(|part| match &part.kind {
        Kind::Place(outer) => !within(&place, outer).is_empty(),
        _ => false,
    });
    if let Some(at) = outer {
        let part = parts.remove(at);
        if let Kind::Place(outer) = part.kind {
            place.codes = within(&place, &outer);
        }
    }
    place
}

fn spelled_text(unread: &mut Vec<String>) -> Option<Part> {
    let syllables = std::mem::take(unread);
    let word = syllables.concat();
    // One syllable alone is any of fifty characters.
    (syllables.len() > 1).then(|| Part { typed: word.clone(), how: How::Pinyin, kind: Kind::Word { word, syllables } })
}

fn is_letters(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

    fn read(text: &str) -> Meaning {
        Meaning::of(&Parsed::read(text), &LEXICON, &[])
    }

    /// `服务B01 处120119 文帕金 词wifi`
    fn told(meaning: &Meaning) -> Vec<String> {
        meaning
            .parts
            .iter()
            .map(|part| match &part.kind {
                Kind::Concept(c) if !c.service.is_empty() => format!("服务{}", c.service),
                Kind::Concept(c) if !c.group.is_empty() => format!("人{}", c.group),
                Kind::Concept(c) => format!("义{}", c.head),
                Kind::Place(place) => format!("处{}", place.codes.join("+")),
                Kind::Text(_) => format!("文{}", part.typed),
                Kind::Word { .. } => format!("词{}", part.typed),
            })
            .collect()
    }

    #[test]
    fn places_services_and_people_are_recognized() {
        assert_eq!(told(&read("蓟州 陪诊")), ["处120119", "服务A02"]);
        assert_eq!(told(&read("和平区小白楼送饭")), ["处120101002", "服务B01"]);
        assert_eq!(told(&read("低保户 上门洗澡")), ["人low_income", "服务B03"]);
        assert_eq!(told(&read("有没有给老人送饭的")), ["义老人", "服务B01"]);
        assert_eq!(told(&read("请问谁能帮忙修理飞行器")), ["文修理飞行器"]);
        assert_eq!(told(&read("天津 助浴")), ["服务B03"]);
        assert_eq!(told(&read("他人")), ["文他人"]);
        assert_eq!(told(&read("人是否享")), ["文人是否享"]);
        assert_eq!(told(&read("给人送饭")), ["服务B01"]);
        assert_eq!(told(&read("装坡道"))[0], "文装");
    }

    #[test]
    fn what_is_said_not_to_be_wanted_is_left_out() {
        let parts = |text: &str| {
            let meaning = read(text);
            let typed = |parts: &[Part]| parts.iter().map(|part| part.typed.clone()).collect::<Vec<_>>();
            (typed(&meaning.parts), typed(&meaning.excluded))
        };
        for (text, wanted, left_out) in [
            ("助餐，不要陪诊", "助餐", "陪诊"),
            ("除了助餐以外的助洁", "助洁", "助餐"),
            ("不是残疾人的助浴", "助浴", "残疾人"),
            ("助餐不要河西区的", "助餐", "河西区"),
            ("河西区以外的助餐", "助餐", "河西区"),
            ("助餐、助洁，陪诊不要", "助餐 助洁", "陪诊"),
        ] {
            let (kept, excluded) = parts(text);
            assert_eq!((kept.join(" ").as_str(), excluded.join(" ").as_str()), (wanted, left_out), "{text}");
        }
        for text in ["要不要陪诊", "不要陪诊", "助餐要不要钱", "是不是低保都能申请助餐", "老人不会做饭"]
        {
            assert_eq!(parts(text).1, Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn letters_are_read_as_pinyin() {
        assert_eq!(told(&read("zhucan")), ["服务B01"]);
        assert_eq!(told(&read("zhu can")), ["服务B01"]);
        assert_eq!(told(&read("zhù cān")), ["服务B01"]);
        assert_eq!(told(&read("zhùcān")), ["服务B01"]);
        assert_eq!(told(&read("zhu4 can1")), ["服务B01"]);
        assert_eq!(told(&read("xinli")), ["服务C02"]);
        assert_eq!(told(&read("xinlishudao")), ["服务C02"]);
        assert_eq!(told(&read("jizhoupeizhen")), ["处120119", "服务A02"]);
        assert_eq!(read("zc").parts[0].how, How::Initials);
        assert_eq!(told(&read("WiFi")), ["词wifi"]);
        assert_eq!(told(&read("XQ120101-26-000001")).len(), 3);
        assert!(told(&read("XQ120101-26-000001")).iter().all(|part| part.starts_with('词')));
    }

    #[test]
    fn slips_are_heard() {
        assert_eq!(told(&read("助参")), ["文助参"]);
        let heard = read("助参").by_sound(&LEXICON, 3).unwrap();
        assert_eq!(told(&heard), ["服务B01"]);
        assert_eq!(heard.parts[0].how, How::SoundsLike);
        assert_eq!(told(&read("心里疏导").by_sound(&LEXICON, 3).unwrap()), ["服务C02"]);
        assert_eq!(told(&read("蓟洲 陪诊").by_sound(&LEXICON, 3).unwrap()), ["处120119", "服务A02"]);
        assert!(read("助餐").by_sound(&LEXICON, 3).is_none());
    }

    #[test]
    fn what_is_to_be_taken_literally_is_text() {
        let meaning = Meaning::of(&Parsed::read("蓟州 送饭"), &LEXICON, &["送饭".to_owned()]);
        assert_eq!(told(&meaning), ["处120119", "文送饭"]);
    }

    #[test]
    fn descriptions_are_long() {
        let text = "我们机构在滨海新区有一个中央厨房和二十名志愿者，可以为行动不便的独居老人每天中午送一顿热饭，并陪同到医院复查取药";
        assert!(read(text).long);
        assert!(!read("独居老人 助餐").long);
        // Particles alone are looked for as they are.
        assert_eq!(told(&read("的")), ["文的"]);
    }

    proptest! {
        #[test]
        fn anything_is_understood_somehow(text in "\\PC{0,60}|[助餐参陪诊蓟州和平区送饭有没有的a-zA-Z0-9 \"“”\\-，]{0,120}") {
            let meaning = read(&text);
            let _ = meaning.by_sound(&LEXICON, 3);
            let _ = meaning.marks();
            prop_assert!(meaning.parts.len() <= crate::MAX_CHARS);
        }
    }
}
