//! What a query means beyond its words: services and topics that the sense of meaning reads in it.
//!
//! Their clauses have constant scores. Exact words win: what a strict form finds stands before what is merely about the
//! same.

use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::{Budget, Clause, Planner, constant};
use crate::Fallback;
use crate::intent::Level;
use crate::meaning::{Meaning, Part};

/// What a need counts whose line is of the service that is meant, and what one counts that speaks of the topic, at a
/// share of 1; in the score of a middling word. Tuned on the questions of `tests/data`.
const SERVICE_SCORE: f32 = 6.0;
const CLEAR_SCORE: f32 = 5.0;
const MAYBE_SCORE: f32 = 2.5;
/// The same for a sentence or a description, which has more words to outweigh.
const LONG_FACTOR: f32 = 2.0;
/// What the words count as they are said, before what is meant.
const EXACT_SCORE: f32 = 12.0;
/// Postings of what is meant that a short query reads on a large index: one for so many documents.
const MEANT_SHARE: u64 = 20;
/// Where nothing else is found, a service from this share on is looked for.
const LIKELY: f32 = 0.25;
/// A service below this share is left out.
const LEAST_SERVICE: f32 = 0.2;

impl Planner<'_> {
    /// The clauses of what is meant, with the term of each.
    fn meant(&self, meaning: &Meaning) -> Vec<(Term, f32)> {
        let term = |field: Field, text: &str| Term::from_field_text(field, text);
        let mut all = Vec::new();
        for (code, share) in meaning.asked.services.iter().filter(|(_, share)| *share >= LEAST_SERVICE) {
            all.push((term(self.fields.service, code), SERVICE_SCORE * share));
        }
        for (key, _, share) in &meaning.asked.topics {
            all.push((term(self.text.topics, &Level::Clear.of(key)), CLEAR_SCORE * share));
            all.push((term(self.text.topics, &Level::Maybe.of(key)), MAYBE_SCORE * share));
        }
        all
    }

    /// The same as far as it can be read in time: on a large index one posting for so many documents.
    fn meant_clauses(&self, meaning: &Meaning) -> tantivy::Result<Vec<Clause>> {
        self.affordable(meaning, 1.0, &mut Budget::of(self, MEANT_SHARE))
    }

    fn affordable(&self, meaning: &Meaning, factor: f32, budget: &mut Budget) -> tantivy::Result<Vec<Clause>> {
        let mut clauses = Vec::new();
        for (term, score) in self.meant(meaning) {
            let frequency = self.frequency(&term)?;
            if frequency > 0 && budget.allows(frequency) {
                clauses.push((Occur::Should, counted(term, score * factor)));
            }
        }
        Ok(clauses)
    }

    /// What is said, what is meant deciding the order. On a large index that would cost more than it tells.
    pub(super) fn with_meant(&self, said: Box<dyn Query>, meaning: &Meaning) -> tantivy::Result<Box<dyn Query>> {
        if self.large || !self.scored {
            return Ok(said);
        }
        let mut clauses = self.meant_clauses(meaning)?;
        if clauses.is_empty() {
            return Ok(said);
        }
        clauses.insert(0, (Occur::Must, said));
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// What is said first, then what is surely meant; none on a large index, where words fill a page.
    pub(super) fn meant_besides(
        &self,
        strict: &dyn Query,
        meaning: &Meaning,
    ) -> tantivy::Result<Option<Box<dyn Query>>> {
        if self.large {
            return Ok(None);
        }
        let mut clauses = said(strict);
        let services = meaning.asked.sure().map(|code| Term::from_field_text(self.fields.service, code));
        clauses.extend(services.map(|term| (Occur::Should, counted(term, 0.1))));
        let any: Box<dyn Query> = Box::new(BooleanQuery::new(clauses));
        let mut ordered = self.meant_clauses(meaning)?;
        ordered.insert(0, (Occur::Must, any));
        Ok(Some(Box::new(BooleanQuery::new(ordered))))
    }

    /// The last resort: what is said, any part of it, or (where it is sure enough) what is meant, together.
    pub(super) fn loosely_meant(
        &self,
        strict: &dyn Query,
        loose: Box<dyn Query>,
        meaning: &Meaning,
    ) -> tantivy::Result<(Fallback, Box<dyn Query>)> {
        let meant = self.meant_clauses(meaning)?;
        if meant.is_empty() {
            return Ok((Fallback::AnyPart, loose));
        }
        let mut any = said(strict);
        any.push((Occur::Should, loose));
        if meaning.asked.sure().next().is_some() {
            any.extend(meant);
            return Ok((Fallback::Meant, Box::new(BooleanQuery::new(any))));
        }
        let mut ordered = meant;
        ordered.insert(0, (Occur::Must, Box::new(BooleanQuery::new(any))));
        Ok((Fallback::AnyPart, Box::new(BooleanQuery::new(ordered))))
    }

    /// Where next to nothing is found: what is most likely meant, though not surely, and any part of what was said.
    pub(super) fn nearest(
        &self,
        loose: Option<&dyn Query>,
        meaning: &Meaning,
    ) -> tantivy::Result<Option<Box<dyn Query>>> {
        if !meaning.asked.services.iter().any(|(_, share)| *share >= LIKELY) {
            return Ok(None);
        }
        let mut any = self.meant_clauses(meaning)?;
        any.extend(loose.map(|loose| (Occur::Should, loose.box_clone())));
        Ok(Some(Box::new(BooleanQuery::new(any))))
    }

    /// What was said but for whom: whoever is named comes first.
    pub(super) fn anybody(
        &self,
        others: &[&Part],
        people: &[&Part],
        meaning: &Meaning,
    ) -> tantivy::Result<Box<dyn Query>> {
        let (query, _) = self.all_of(others)?;
        let mut clauses: Vec<Clause> = vec![(Occur::Must, query)];
        for part in people {
            for query in self.part(part)? {
                clauses.push((Occur::Should, constant(query, EXACT_SCORE)));
            }
            if let crate::meaning::Kind::Concept(concept) = &part.kind {
                let term = Term::from_field_text(self.fields.beneficiary_group, &concept.group);
                clauses.push((Occur::Should, counted(term, SERVICE_SCORE)));
            }
        }
        if !self.large {
            clauses.extend(self.meant_clauses(meaning)?);
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// For a long text, as far as it can be read in time.
    pub(super) fn meant_long(&self, meaning: &Meaning, budget: &mut Budget) -> tantivy::Result<Vec<Clause>> {
        self.affordable(meaning, LONG_FACTOR, budget)
    }
}

/// What is said, before all that is merely meant.
fn said(strict: &dyn Query) -> Vec<Clause> {
    vec![(Occur::Should, strict.box_clone()), (Occur::Should, constant(strict.box_clone(), EXACT_SCORE))]
}

/// Documents with a term, each counting the same.
fn counted(term: Term, score: f32) -> Box<dyn Query> {
    let query = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
    constant(query, score)
}
