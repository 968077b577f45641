//! From a meaning to tantivy queries over one tier's text fields.
//!
//! **What must match.** A short query means all it says: every part is required, a part with synonyms in any
//! of its words. Somebody who types 助餐 wants neither 助 alone nor 餐 alone. If that finds next to nothing,
//! it is taken less strictly in steps, and the result says so: unknown text becomes optional, then any part,
//! or all the characters in whatever order (上门送餐 for 送餐上门). A longer text is a description: any of
//! its telling bigrams or known words will do and the ranking sorts it out, because requiring a share of
//! them was measured to cost quality as well as time. "Telling" are those in few documents, and at least
//! the 3 rarest; on a large index no more than can be read in time ([`Budget`]).
//!
//! **What counts.** BM25 of body bigrams; a part with synonyms counts its best word; for long texts also
//! single characters at a lower weight and the exact phrase of runs of 3 to 8; for short queries the title
//! once more. A place is no text: it is a set of documents that the search is narrowed to (or, for a
//! description, preferred).

mod long;
mod loose;
mod meant;
mod quick;

use std::collections::HashSet;

use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

use crate::Fallback;
use crate::Reader;
use crate::analysis::Piece;
use crate::lexicon::{Alternative, Concept, Place};
use crate::matching::place_code;
use crate::meaning::{Kind, Meaning, Part};
use crate::query::runs;
use crate::schema::{Fields, TextFields};

/// Clauses of one query at most; the rarest are kept.
pub const MAX_CLAUSES: usize = 64;
/// Block-max pruning pays up to this many clauses; above, reading everything is quicker (measured).
pub const MAX_PRUNED_CLAUSES: usize = 12;
/// From this many documents on, frequent clauses are dropped instead of read.
const LARGE_INDEX: u64 = 100_000;
const FEW: u64 = 5;
/// With fewer matches than fill the first places, what is meant is listed behind what is said.
const A_PAGE: u64 = 10;
const TITLE_BOOST: f32 = 1.5;
const CODE_SCORE: f32 = 20.0;

type Clause = (Occur, Box<dyn Query>);

/// A query ready to run, and its less strict forms.
pub struct Plan {
    /// `None`: nothing but exclusions and places.
    pub query: Option<Box<dyn Query>>,
    /// For each place named: the documents that lie there, or speak of it.
    pub places: Vec<Box<dyn Query>>,
    /// Less strict forms, in the order in which they are tried, each with how few matches call for it.
    pub relaxed: Vec<(Fallback, u64, Box<dyn Query>)>,
    /// No word of a long text is known here: what it finds is merely meant.
    pub only_meant: bool,
    /// `false`: order by urgency, scores would tell nothing.
    pub telling: bool,
    /// What is left out, each on its own: tantivy 0.27 seeks a phrase backwards below a `MustNot`.
    pub excluded: Vec<Box<dyn Query>>,
    /// Scoring clauses of `query`.
    pub clauses: usize,
    /// In place of scoring every match of a query that very many documents match: pure intersections of
    /// terms, which block-max pruning reads quickly, with the weight of each. Empty where not needed.
    pub quick: Vec<(f32, Box<dyn Query>)>,
    /// What a highlight should mark, folded: whole words, and text.
    pub marks: (Vec<String>, Vec<String>),
}

/// A required unit of unknown text, or one optional unit of a long one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Unit {
    Bigram(String),
    Char(String),
    Word(String),
}

impl Unit {
    fn text(&self) -> &str {
        let (Self::Bigram(text) | Self::Char(text) | Self::Word(text)) = self;
        text
    }
}

/// Postings that may still be read. Asked for what is rarest first, so that what is left out tells least.
struct Budget(u64);

impl Budget {
    /// On a large index one posting for so many documents, on others all.
    fn of(planner: &Planner, share: u64) -> Self {
        Self(if planner.large { planner.documents / share } else { u64::MAX })
    }

    fn allows(&mut self, postings: u64) -> bool {
        let left = self.0.checked_sub(postings);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

pub struct Planner<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    text: TextFields,
    reader: &'a Reader,
    /// Whether the index is so large that frequent clauses are not worth their reading.
    large: bool,
    documents: u64,
    /// Whether scores are wanted at all.
    scored: bool,
}

impl<'a> Planner<'a> {
    pub fn new(searcher: &'a Searcher, fields: &'a Fields, reader: &'a Reader, scored: bool) -> Self {
        let documents = searcher.num_docs();
        let text = fields.text_for(reader);
        Self { searcher, fields, text, reader, large: documents > LARGE_INDEX, documents, scored }
    }

    pub fn plan(&self, meaning: &Meaning) -> tantivy::Result<Plan> {
        // Quoted parts hold in every form.
        let fixed: Vec<Clause> = meaning
            .phrases
            .iter()
            .filter_map(|phrase| Some((Occur::Must, self.as_it_stands(phrase)?)))
            .take(MAX_CLAUSES)
            .collect();
        let excluded = meaning.excluded.iter().filter_map(|part| self.excluding(part));
        let excluded_phrases = meaning.excluded_phrases.iter().filter_map(|part| self.as_it_stands(part));
        let mut plan = Plan {
            query: None,
            places: Vec::new(),
            relaxed: Vec::new(),
            only_meant: false,
            telling: true,
            excluded: excluded.chain(excluded_phrases).take(MAX_CLAUSES).collect(),
            clauses: meaning.phrases.len(),
            quick: Vec::new(),
            marks: meaning.marks(),
        };
        plan.places = self.places(meaning);
        let said: Vec<&Part> = meaning.parts.iter().filter(|part| !matches!(part.kind, Kind::Place(_))).collect();
        let mut core = None;
        if meaning.long {
            let (query, clauses, kept) = self.most_of(meaning)?;
            plan.clauses = clauses;
            plan.only_meant = kept.is_empty() && clauses > 0 && meaning.concepts().next().is_none();
            plan.marks.1 = [meaning.phrases.clone(), kept].concat();
            core = Some(query);
        } else if !said.is_empty() {
            let (query, clauses) = self.all_of(&said)?;
            plan.clauses = clauses;
            let strict = query.box_clone();
            core = Some(self.with_meant(query, meaning)?);
            let texts = || said.iter().filter(|part| matches!(part.kind, Kind::Text(_)));
            let known: Vec<&Part> = said.iter().filter(|part| !matches!(part.kind, Kind::Text(_))).copied().collect();
            let people: Vec<&Part> = said.iter().filter(|part| Meaning::is_people(part)).copied().collect();
            let others: Vec<&Part> = said.iter().filter(|part| !Meaning::is_people(part)).copied().collect();
            if !people.is_empty() && !others.is_empty() {
                plan.relaxed.push((Fallback::Anybody, FEW, self.anybody(&others, &people, meaning)?));
            }
            let sure = meaning.asked.sure().next().is_some();
            if texts().next().is_some() && !known.is_empty() && !sure {
                let (query, _) = self.with_optional(&known, &texts().copied().collect::<Vec<_>>())?;
                plan.relaxed.push((Fallback::WithoutText, FEW, self.with_meant(query, meaning)?));
            }
            if sure && let Some(query) = self.meant_besides(strict.as_ref(), meaning)? {
                plan.relaxed.push((Fallback::Meant, if self.scored { A_PAGE } else { FEW }, query));
            }
            // A single two-character word that is found is found: its scattered characters are noise.
            let one_word = matches!(said.as_slice(), [Part { kind: Kind::Text(chars), .. }] if chars.len() <= 2);
            let loose = self.loosely(&said)?;
            let before_last = plan.relaxed.len();
            if let Some(nearest) = self.nearest(loose.as_deref(), meaning)? {
                plan.relaxed.push((Fallback::Meant, FEW, nearest));
            }
            if let Some(loose) = loose {
                let (fallback, query) = self.loosely_meant(strict.as_ref(), loose, meaning)?;
                plan.relaxed.insert(before_last, (fallback, if one_word { 1 } else { FEW }, query));
            }
            plan.telling = self.is_telling(&said)?;
            if self.large && self.scored && fixed.is_empty() {
                plan.quick = self.quick(&said)?;
            }
        }
        plan.relaxed = plan
            .relaxed
            .into_iter()
            .filter_map(|(fallback, few, query)| Some((fallback, few, combine(Some(query), copied(&fixed))?)))
            .collect();
        plan.query = combine(core, fixed);
        Ok(plan)
    }

    /// One query for each place; none where a description merely mentions places.
    fn places(&self, meaning: &Meaning) -> Vec<Box<dyn Query>> {
        let mut any: Vec<Box<dyn Query>> = Vec::new();
        for part in &meaning.parts {
            if let Kind::Place(place) = &part.kind {
                any.extend(self.in_place(place));
                any.extend(self.as_it_stands(&part.typed));
            }
        }
        // Several places are alternatives: nothing lies in two.
        if any.is_empty() { Vec::new() } else { vec![Box::new(BooleanQuery::union(any))] }
    }

    fn in_place<'b>(&'b self, place: &'b Place) -> impl Iterator<Item = Box<dyn Query>> + 'b {
        place.codes.iter().map(|code| {
            let term = Term::from_field_text(self.fields.place_for(self.reader), place_code(code, self.reader));
            Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>
        })
    }

    fn excluding(&self, part: &Part) -> Option<Box<dyn Query>> {
        let any: Vec<Box<dyn Query>> = match &part.kind {
            Kind::Concept(concept) => concept.equals().filter_map(|a| self.as_it_stands(&a.text)).collect(),
            // A place that this reader may not tell apart from its surroundings leaves nothing out.
            Kind::Place(place) => {
                let told = place.codes.iter().filter(|code| place_code(code, self.reader) == code.as_str());
                let codes = told.cloned().collect();
                self.in_place(&Place { codes, ..Place::default() }).collect()
            }
            Kind::Text(_) | Kind::Word { .. } => self.as_it_stands(&part.typed).into_iter().collect(),
        };
        (!any.is_empty()).then(|| Box::new(BooleanQuery::union(any)) as Box<dyn Query>)
    }

    /// Every part is required.
    fn all_of(&self, parts: &[&Part]) -> tantivy::Result<(Box<dyn Query>, usize)> {
        self.with_optional(parts, &[])
    }

    fn with_optional(&self, required: &[&Part], optional: &[&Part]) -> tantivy::Result<(Box<dyn Query>, usize)> {
        let mut clauses: Vec<Clause> = Vec::new();
        for part in required {
            clauses.extend(self.part(part)?.into_iter().map(|query| (Occur::Must, query)));
        }
        for part in optional {
            clauses.extend(self.part(part)?.into_iter().map(|query| (Occur::Should, query)));
        }
        if self.scored {
            // Where all bigrams are required, single characters and the phrase would say them again.
            for part in required {
                clauses.extend(self.in_title(part)?.into_iter().map(|query| (Occur::Should, query)));
            }
        }
        clauses.truncate(MAX_CLAUSES);
        let count = clauses.len();
        Ok((single_or_boolean(clauses), count))
    }

    /// The queries of one part; all of them are required together.
    fn part(&self, part: &Part) -> tantivy::Result<Vec<Box<dyn Query>>> {
        Ok(match &part.kind {
            Kind::Concept(concept) => vec![self.concept(concept)?],
            Kind::Place(_) => Vec::new(),
            Kind::Text(chars) => units_of(chars).iter().map(|unit| self.unit(unit)).collect(),
            Kind::Word { word, syllables } => {
                let mut any = vec![self.unit(&Unit::Word(word.clone()))];
                if syllables.len() > 1 {
                    let terms =
                        syllables.iter().map(|s| Term::from_field_text(self.text.sounds, s)).collect::<Vec<_>>();
                    any.push(Box::new(PhraseQuery::new(terms)));
                } else if (2..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()) {
                    let terms = word
                        .chars()
                        .map(|c| Term::from_field_text(self.text.initials, c.encode_utf8(&mut [0; 4])))
                        .collect::<Vec<_>>();
                    any.push(Box::new(BoostQuery::new(Box::new(PhraseQuery::new(terms)), 0.5)));
                }
                vec![if any.len() == 1 { any.remove(0) } else { Box::new(DisjunctionMaxQuery::new(any)) }]
            }
        })
    }

    /// Any of the words of a concept, the best counting.
    fn concept(&self, concept: &Concept) -> tantivy::Result<Box<dyn Query>> {
        let mut any: Vec<Box<dyn Query>> = Vec::new();
        let typed = match concept.alternatives.first() {
            Some(typed) => self.rarity(&typed.text)?,
            None => None,
        };
        for alternative in &concept.alternatives {
            // Another word never outranks the one that was typed by being rarer.
            let own = self.rarity(&alternative.text)?;
            let share = typed.zip(own).map_or(1.0, |(typed, own)| (typed / own).min(1.0));
            let weight = alternative.weight * share;
            any.extend(self.alternative(&Alternative { weight, ..alternative.clone() }, self.text.body)?);
        }
        Ok(match any.len() {
            0 => Box::new(EmptyQuery),
            1 => any.remove(0),
            _ => Box::new(DisjunctionMaxQuery::new(any)),
        })
    }

    /// One word of a concept; `None` where no document has it. A longer word does not count more for being
    /// longer.
    fn alternative(
        &self,
        alternative: &Alternative,
        field: tantivy::schema::Field,
    ) -> tantivy::Result<Option<Box<dyn Query>>> {
        let units = text_units(&alternative.text);
        if let [Unit::Char(_)] = units.as_slice() {
            return Ok(Some(boosted(self.unit(&units[0]), alternative.weight)));
        }
        let mut terms = Vec::with_capacity(units.len());
        for unit in &units {
            let term = Term::from_field_text(field, unit.text());
            if !matches!(unit, Unit::Char(_)) {
                if self.frequency(&term)? == 0 {
                    return Ok(None);
                }
                terms.push(term);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of pairs")]
        let count = terms.len().max(1) as f32;
        let weight = alternative.weight * (1.0 + 0.3 * (count - 1.0)) / count;
        let query = match terms.len() {
            0 => return Ok(None),
            1 => scored_term(terms.remove(0)),
            _ => Box::new(BooleanQuery::new(terms.into_iter().map(|t| (Occur::Must, scored_term(t))).collect())),
        };
        Ok(Some(boosted(query, weight)))
    }

    /// The bonus of a part that stands in the title.
    fn in_title(&self, part: &Part) -> tantivy::Result<Vec<Box<dyn Query>>> {
        let mut bonus: Vec<Box<dyn Query>> = Vec::new();
        match &part.kind {
            Kind::Concept(concept) => {
                let mut any = Vec::new();
                for alternative in &concept.alternatives {
                    any.extend(self.alternative(alternative, self.text.title)?);
                }
                if !any.is_empty() {
                    bonus.push(boosted(Box::new(DisjunctionMaxQuery::new(any)), TITLE_BOOST));
                }
            }
            Kind::Place(_) => {}
            Kind::Text(_) | Kind::Word { .. } => {
                for unit in text_units(&part.typed) {
                    let term = Term::from_field_text(self.text.title, unit.text());
                    if !self.large || self.frequency(&term)? <= self.documents / 10 {
                        bonus.push(boosted(scored_term(term), TITLE_BOOST));
                    }
                }
            }
        }
        Ok(bonus)
    }

    /// A quoted or excluded part: its bigrams and words in this order, without punctuation between.
    fn as_it_stands(&self, text: &str) -> Option<Box<dyn Query>> {
        let mut positioned: Vec<(usize, Term)> = Vec::new();
        let mut alone: Vec<Clause> = Vec::new();
        let mut position = 0;
        for piece in runs(text) {
            match piece {
                Piece::Han(chars) if chars.len() == 1 => {
                    // Within a text it may be part of a bigram: required by itself, its place unknown.
                    alone.push((Occur::Must, self.unit(&Unit::Char(chars.iter().collect()))));
                    position += 1;
                }
                Piece::Han(chars) => {
                    for (i, bigram) in bigrams(&chars).enumerate() {
                        positioned.push((position + i, Term::from_field_text(self.text.body, &bigram)));
                    }
                    position += chars.len();
                }
                Piece::Word(word) => {
                    positioned.push((position, Term::from_field_text(self.text.body, &word)));
                    position += 1;
                }
            }
        }
        positioned.truncate(MAX_CLAUSES);
        match positioned.len() {
            0 => {}
            1 => {
                let (_, term) = positioned.remove(0);
                alone.push((Occur::Must, self.or_code(text, scored_term(term))));
            }
            _ => {
                let phrase = Box::new(PhraseQuery::new_with_offset(positioned));
                alone.push((Occur::Must, self.or_code(text, phrase)));
            }
        }
        (!alone.is_empty()).then(|| single_or_boolean(alone))
    }

    /// A quoted code is found by its whole, too.
    fn or_code(&self, text: &str, query: Box<dyn Query>) -> Box<dyn Query> {
        if !runs(text).iter().all(|piece| matches!(piece, Piece::Word(_))) {
            return query;
        }
        let code = Term::from_field_text(self.fields.code, &crate::analysis::joined(text));
        Box::new(BooleanQuery::union(vec![query, constant_term(code)]))
    }

    fn term(&self, unit: &Unit) -> Term {
        match unit {
            Unit::Bigram(text) | Unit::Word(text) => Term::from_field_text(self.text.body, text),
            Unit::Char(text) => Term::from_field_text(self.text.chars, text),
        }
    }

    fn unit(&self, unit: &Unit) -> Box<dyn Query> {
        let query = scored_term(self.term(unit));
        match unit {
            Unit::Word(word) => {
                let code = Term::from_field_text(self.fields.code, word);
                Box::new(BooleanQuery::union(vec![query, constant_term(code)]))
            }
            Unit::Bigram(_) | Unit::Char(_) => query,
        }
    }

    /// How much a word tells, by its rarest pair; `None` where no document has it.
    #[expect(clippy::cast_precision_loss, reason = "a weight")]
    fn rarity(&self, text: &str) -> tantivy::Result<Option<f32>> {
        let documents = self.rarest(&text_units(text))?;
        Ok((documents > 0).then(|| (1.0 + self.documents as f32 / documents as f32).ln()))
    }

    fn frequency(&self, term: &Term) -> tantivy::Result<u64> {
        self.searcher.doc_freq(term)
    }

    /// Documents that hold the rarest of some units: no more hold them all. 0 of none.
    fn rarest(&self, units: &[Unit]) -> tantivy::Result<u64> {
        let mut least = None;
        for unit in units {
            let frequency = self.frequency(&self.term(unit))?;
            least = Some(least.map_or(frequency, |known: u64| known.min(frequency)));
        }
        Ok(least.unwrap_or_default())
    }
}

fn units(pieces: &[Piece]) -> Vec<Unit> {
    let mut seen = HashSet::new();
    let mut units = Vec::new();
    for piece in pieces {
        let new: Vec<Unit> = match piece {
            Piece::Han(chars) => units_of(chars),
            Piece::Word(word) => vec![Unit::Word(word.clone())],
        };
        units.extend(new.into_iter().filter(|unit| seen.insert(unit.clone())));
    }
    units
}

fn units_of(chars: &[char]) -> Vec<Unit> {
    if chars.len() == 1 {
        return vec![Unit::Char(chars.iter().collect())];
    }
    let mut seen = HashSet::new();
    bigrams(chars).filter(|bigram| seen.insert(bigram.clone())).map(Unit::Bigram).collect()
}

fn text_units(text: &str) -> Vec<Unit> {
    units(&runs(text))
}

fn bigrams(chars: &[char]) -> impl Iterator<Item = String> + '_ {
    chars.windows(2).map(|pair| pair.iter().collect())
}

fn scored_term(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn constant(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn constant_term(term: Term) -> Box<dyn Query> {
    let query = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
    Box::new(ConstScoreQuery::new(query, CODE_SCORE))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    if (boost - 1.0).abs() < f32::EPSILON { query } else { Box::new(BoostQuery::new(query, boost)) }
}

fn single_or_boolean(mut clauses: Vec<Clause>) -> Box<dyn Query> {
    if clauses.len() == 1 {
        return clauses.remove(0).1;
    }
    Box::new(BooleanQuery::new(clauses))
}

fn copied(clauses: &[Clause]) -> Vec<Clause> {
    clauses.iter().map(|(occur, query)| (*occur, query.box_clone())).collect()
}

/// `core` together with the quoted parts.
fn combine(core: Option<Box<dyn Query>>, mut fixed: Vec<Clause>) -> Option<Box<dyn Query>> {
    if let Some(core) = core {
        fixed.insert(0, (Occur::Must, core));
    }
    (!fixed.is_empty()).then(|| single_or_boolean(fixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_gives_each_bigram_once() {
        let pieces: Vec<Piece> = runs("天天天 A1 老");
        assert_eq!(units(&pieces), [Unit::Bigram("天天".into()), Unit::Word("a1".into()), Unit::Char("老".into())]);
    }

    const ANIMALS: [&str; 10] = ["松鼠", "孔雀", "狐狸", "豪猪", "骆驼", "羚羊", "企鹅", "海豹", "蜻蜓", "鹦鹉"];

    /// Found among 100 documents that all say 应当, ten of them each animal and two 水獭, by a planner that takes them
    /// for few or for very many.
    fn found(text: &str, large: bool, plan: impl Fn(&Planner, &Meaning) -> Option<Box<dyn Query>>) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let index = crate::NeedIndex::open(folder.path()).unwrap().index;
        let docs = (0..100_usize).map(|number| crate::NeedDoc {
            id: uuid::Uuid::from_u128(number as u128 + 1),
            text: format!("应当照料{}{}", ANIMALS[number % 10], if number % 50 == 7 { "，水獭" } else { "" }),
            is_public: true,
            ..crate::NeedDoc::default()
        });
        index.rebuild(docs, crate::Position(0, 1, 0)).unwrap();
        let snapshot = index.inner.snapshot();
        let planner =
            Planner { large, ..Planner::new(&snapshot.searcher, &index.inner.fields, &Reader::Organization, true) };
        let meaning = Meaning::of(&crate::query::Parsed::read(text), &crate::Lexicon::shipped(), &[]);
        let query = plan(&planner, &meaning).unwrap();
        snapshot.searcher.search(&query, &tantivy::collector::Count).unwrap()
    }

    #[test]
    fn the_last_resort_of_a_short_query_does_not_read_a_large_index() {
        let loosely =
            |planner: &Planner, meaning: &Meaning| planner.loosely(&meaning.parts.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(found("应当水獭", false, loosely), 100);
        assert_eq!(found("应当水獭", true, loosely), 2);
    }

    #[test]
    fn a_long_text_reads_what_is_rarest() {
        let long = |planner: &Planner, meaning: &Meaning| Some(planner.most_of(meaning).unwrap().0);
        // A third of the documents: 水獭 and three animals, the fourth would be more.
        let text = format!("水獭 {}", ANIMALS[..5].join(" "));
        assert_eq!(found(&text, false, long), 52);
        assert_eq!(found(&text, true, long), 32);
    }
}
