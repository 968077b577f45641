//! Short queries that find next to nothing as they are said.

use tantivy::query::{BooleanQuery, Occur, Query};

use super::{Budget, Clause, Planner, Unit, boosted, constant, units_of};
use crate::meaning::{Kind, Part};

/// What a part counts by being there at all, where not all are required: so that of two documents the one
/// with more of the parts comes first. About the score of a middling word.
const PART_SCORE: f32 = 4.0;
const CHARS_BOOST: f32 = 0.5;
/// Postings that the last resort of a short query reads on a large index: one for so many documents.
const LOOSE_SHARE: u64 = 20;

impl Planner<'_> {
    /// The last resort of a short query: any part, any bigram of unknown text, or all its characters in any
    /// order. Words and numbers stay required: whoever gives a code means that code.
    pub(super) fn loosely(&self, parts: &[&Part]) -> tantivy::Result<Option<Box<dyn Query>>> {
        let mut any: Vec<Clause> = Vec::new();
        let mut chars: Vec<Unit> = Vec::new();
        let mut required: Vec<Clause> = Vec::new();
        let mut budget = Budget::of(self, LOOSE_SHARE);
        for part in parts {
            match &part.kind {
                Kind::Text(run) => {
                    let mut rated = Vec::new();
                    for unit in units_of(run) {
                        rated.push((self.frequency(&self.term(&unit))?, unit));
                    }
                    rated.sort_by_key(|(frequency, _)| *frequency);
                    rated.retain(|(frequency, _)| budget.allows(*frequency));
                    any.extend(rated.iter().map(|(_, unit)| (Occur::Should, self.unit(unit))));
                    let whole = units_of(run).iter().map(|unit| (Occur::Must, self.unit(unit))).collect();
                    any.push((Occur::Should, constant(Box::new(BooleanQuery::new(whole)), PART_SCORE)));
                    chars.extend(run.iter().map(|ch| Unit::Char(ch.to_string())));
                }
                Kind::Concept(concept) => {
                    let query = self.concept(concept)?;
                    any.push((Occur::Should, constant(query.box_clone(), PART_SCORE)));
                    any.push((Occur::Should, query));
                    any.extend(self.in_title(part)?.into_iter().map(|query| (Occur::Should, query)));
                }
                Kind::Word { .. } => required.extend(self.part(part)?.into_iter().map(|q| (Occur::Must, q))),
                Kind::Place(_) => {}
            }
        }
        if any.is_empty() {
            return Ok(None);
        }
        // Of all the characters in any order the rarest decides how much is read.
        if !chars.is_empty() && (!self.large || self.rarest(&chars)? <= self.documents / LOOSE_SHARE) {
            let all = chars.iter().map(|ch| (Occur::Must, boosted(self.unit(ch), CHARS_BOOST))).collect();
            any.push((Occur::Should, Box::new(BooleanQuery::new(all))));
        }
        let any: Box<dyn Query> = Box::new(BooleanQuery::new(any));
        if required.is_empty() {
            return Ok(Some(any));
        }
        required.push((Occur::Must, any));
        Ok(Some(Box::new(BooleanQuery::new(required))))
    }
}
