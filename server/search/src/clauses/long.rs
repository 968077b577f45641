//! Queries of longer texts: questions and pasted descriptions.

use std::collections::HashSet;

use tantivy::Term;
use tantivy::query::{BooleanQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query};

use super::{Budget, Clause, MAX_CLAUSES, Planner, Unit, bigrams, boosted, scored_term, text_units, units};
use crate::analysis::Piece;
use crate::lexicon::Concept;
use crate::meaning::Meaning;

/// Above this many clauses a query counts as long.
const LONG_CLAUSES: usize = 24;
const KEPT_RAREST: usize = 3;
const LONG_CHARS_BOOST: f32 = 0.7;
const PHRASE_BOOST: f32 = 1.0;
/// Known words on top of the bigrams: in a description, services that are offered and what else is mentioned;
/// in a question, services that are asked for and what else it touches. Measured on questions about law, where
/// more of the last costs quality, and on descriptions of projects, where the first is what matters.
const OFFERED_BOOST: f32 = 2.5;
const MENTIONED_BOOST: f32 = 0.6;
const ASKED_BOOST: f32 = 0.5;
const TOUCHED_BOOST: f32 = 0.12;
/// From so many characters on a text is a description.
const DESCRIPTION: usize = 60;
const LONG_CONCEPTS: usize = 12;
/// Postings that a long text has read on a large index at most: one for so many documents. Measured on questions about
/// law with the frequent clauses dropped as on a large index: nDCG@10 .3690, without a bound .3713.
const READ_SHARE: u64 = 3;

impl Planner<'_> {
    /// Any of the telling bigrams, words and concepts of a long text.
    pub(super) fn most_of(&self, meaning: &Meaning) -> tantivy::Result<(Box<dyn Query>, usize, Vec<String>)> {
        let pieces = &meaning.pieces;
        let mut rated: Vec<(u64, Unit)> = Vec::new();
        let units = units(pieces);
        let only_chars = units.iter().all(|unit| matches!(unit, Unit::Char(_)));
        // Words that say nothing count only where there is little else.
        let told = units.iter().filter(|unit| !meaning.silent.iter().any(|pair| pair == unit.text())).count();
        let says_something = told > KEPT_RAREST;
        for unit in units {
            // A lone character says nothing in a long text, unless there is nothing else.
            if matches!(unit, Unit::Char(_)) && !only_chars {
                continue;
            }
            if says_something && meaning.silent.iter().any(|pair| pair == unit.text()) {
                continue;
            }
            let frequency = self.frequency(&self.term(&unit))?;
            if frequency > 0 || matches!(unit, Unit::Word(_)) {
                rated.push((frequency, unit));
            }
        }
        rated.sort_by_key(|(frequency, _)| *frequency);
        rated.truncate(MAX_CLAUSES);
        let long = rated.len() > LONG_CLAUSES;
        let limit = self.documents / if long { 20 } else { 10 };
        let mut budget = Budget::of(self, READ_SHARE);
        let affordable = rated.iter().take_while(|(frequency, _)| *frequency <= limit && budget.allows(*frequency));
        let telling = affordable.count().max(KEPT_RAREST.min(rated.len()));
        let (telling, frequent) = rated.split_at(telling);
        let concepts = self.long_concepts(meaning, &mut budget)?;

        let kept: Vec<String> = telling.iter().map(|(_, unit)| unit.text().to_owned()).collect();
        let mut any: Vec<Clause> = telling.iter().map(|(_, unit)| (Occur::Should, self.unit(unit))).collect();
        any.extend(concepts.into_iter().map(|query| (Occur::Should, query)));
        any.extend(self.meant_long(meaning, &mut budget)?);
        if any.is_empty() {
            return Ok((Box::new(EmptyQuery), 0, Vec::new()));
        }
        let mut count = any.len();
        if !self.scored {
            return Ok((Box::new(BooleanQuery::new(any)), count, kept));
        }
        let mut bonus: Vec<Clause> = Vec::new();
        if !long {
            bonus.extend(self.phrase_bonus(pieces));
        }
        // What many documents hold still helps to rank, but costs its whole posting list.
        if !(self.large && long) {
            bonus.extend(self.rare_chars(pieces, &mut budget)?);
        }
        if !self.large && !long {
            bonus.extend(frequent.iter().map(|(_, unit)| (Occur::Should, self.unit(unit))));
        }
        bonus.truncate(MAX_CLAUSES.saturating_sub(count));
        count += bonus.len();
        let query: Box<dyn Query> = if bonus.is_empty() {
            Box::new(BooleanQuery::new(any))
        } else {
            bonus.insert(0, (Occur::Must, Box::new(BooleanQuery::new(any))));
            Box::new(BooleanQuery::new(bonus))
        };
        Ok((query, count, kept))
    }

    /// What a description says in known words: services first, each with its synonyms.
    fn long_concepts(&self, meaning: &Meaning, budget: &mut Budget) -> tantivy::Result<Vec<Box<dyn Query>>> {
        let mut concepts: Vec<&Concept> = meaning.concepts().collect();
        concepts.sort_by_key(|concept| concept.service.is_empty());
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        let mut seen = HashSet::new();
        let typed: usize = meaning
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Han(chars) => chars.len(),
                Piece::Word(_) => 1,
            })
            .sum();
        for concept in concepts.into_iter().filter(|c| seen.insert(&c.head)).take(LONG_CONCEPTS) {
            let service = !concept.service.is_empty();
            let mut any = Vec::new();
            for alternative in &concept.alternatives {
                // On a large index the postings of frequent words cost more than they tell.
                if self.large {
                    let least = self.rarest(&text_units(&alternative.text))?;
                    if least > self.documents / 20 || !budget.allows(least) {
                        continue;
                    }
                }
                any.extend(self.alternative(alternative, self.text.body)?);
                if service && !self.large {
                    any.extend(self.alternative(alternative, self.text.title)?);
                }
            }
            if !any.is_empty() {
                let boost = match (service, typed >= DESCRIPTION) {
                    (true, true) => OFFERED_BOOST,
                    (false, true) => MENTIONED_BOOST,
                    (true, false) => ASKED_BOOST,
                    (false, false) => TOUCHED_BOOST,
                };
                queries.push(boosted(Box::new(DisjunctionMaxQuery::new(any)), boost));
            }
        }
        Ok(queries)
    }

    /// The single characters of a longer text that are not in every other document.
    fn rare_chars(&self, pieces: &[Piece], budget: &mut Budget) -> tantivy::Result<Vec<Clause>> {
        let mut seen = HashSet::new();
        let mut rated = Vec::new();
        for piece in pieces {
            let Piece::Han(chars) = piece else { continue };
            for ch in chars.iter().filter(|ch| seen.insert(**ch)) {
                let term = self.term(&Unit::Char(ch.to_string()));
                let frequency = self.frequency(&term)?;
                if frequency <= self.documents / 10 {
                    rated.push((frequency, term));
                }
            }
        }
        rated.sort_by_key(|(frequency, _)| *frequency);
        rated.retain(|(frequency, _)| budget.allows(*frequency));
        let clauses = rated.into_iter().map(|(_, term)| (Occur::Should, boosted(scored_term(term), LONG_CHARS_BOOST)));
        Ok(clauses.collect())
    }

    /// A bonus where a run of 3 to 8 characters stands exactly as typed.
    fn phrase_bonus(&self, pieces: &[Piece]) -> Vec<Clause> {
        let mut seen = HashSet::new();
        pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Han(chars) if (3..=8).contains(&chars.len()) && seen.insert(chars) => {
                    let terms = bigrams(chars).map(|text| Term::from_field_text(self.text.body, &text)).collect();
                    Some((Occur::Should, boosted(Box::new(PhraseQuery::new(terms)), PHRASE_BOOST)))
                }
                _ => None,
            })
            .collect()
    }
}
