//! Queries of which very many documents of a large index match.

use tantivy::Term;
use tantivy::query::{Occur, Query};

use super::{Planner, TITLE_BOOST, Unit, scored_term, single_or_boolean, text_units};
use crate::meaning::{Kind, Part};

/// Documents that a query may have to score one by one; above, see [`super::Plan::quick`].
const SCORED_ALL: u64 = 20_000;
/// Queries tried by [`super::Plan::quick`].
const MOST_QUICK: usize = 4;

impl Planner<'_> {
    /// At least how many documents hold a part, as far as the dictionary tells: the rarest pair of each
    /// word, summed over synonyms.
    fn estimate(&self, part: &Part) -> tantivy::Result<u64> {
        match &part.kind {
            Kind::Concept(concept) => {
                let mut sum = 0_u64;
                for alternative in &concept.alternatives {
                    sum = sum.saturating_add(self.rarest(&text_units(&alternative.text))?);
                }
                Ok(sum)
            }
            Kind::Place(_) => Ok(self.documents),
            Kind::Text(_) | Kind::Word { .. } => self.rarest(&text_units(&part.typed)),
        }
    }

    /// Whether scores tell anything: not where a large part of a large index holds every part.
    pub(super) fn is_telling(&self, parts: &[&Part]) -> tantivy::Result<bool> {
        if !self.large || parts.is_empty() {
            return Ok(true);
        }
        for part in parts {
            if self.estimate(part)? <= self.documents / 5 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Pure intersections for a query that very many documents match: the words as typed, then each concept
    /// by its most frequent other word.
    pub(super) fn quick(&self, parts: &[&Part]) -> tantivy::Result<Vec<(f32, Box<dyn Query>)>> {
        let mut least = u64::MAX;
        let mut options: Vec<Vec<(f32, Vec<Unit>)>> = Vec::new();
        for part in parts {
            least = least.min(self.estimate(part)?);
            let mut said = match &part.kind {
                Kind::Concept(concept) => {
                    let mut rated = Vec::new();
                    for alternative in &concept.alternatives {
                        let units = text_units(&alternative.text);
                        let frequency = self.rarest(&units)?;
                        if frequency > 0 {
                            rated.push((frequency, alternative.weight, units));
                        }
                    }
                    // As typed first, then by frequency.
                    if rated.len() > 1 {
                        rated[1..].sort_by_key(|(frequency, ..)| std::cmp::Reverse(*frequency));
                    }
                    rated.into_iter().map(|(_, weight, units)| (weight, units)).collect()
                }
                Kind::Place(_) => continue,
                Kind::Text(_) | Kind::Word { .. } => {
                    vec![(1.0, text_units(&part.typed))]
                }
            };
            said.truncate(MOST_QUICK);
            options.push(said);
        }
        // Characters have a field of their own, codes and pinyin too: those queries are scored in full.
        let plain = |units: &[Unit]| units.iter().all(|unit| matches!(unit, Unit::Bigram(_)));
        if least <= SCORED_ALL || options.iter().any(|said| said.is_empty() || !said.iter().all(|(_, u)| plain(u))) {
            return Ok(Vec::new());
        }
        let mut quick = Vec::new();
        // One part with its alternatives, or all by their most usual word.
        let rounds = if options.len() == 1 { options[0].len() } else { 1 };
        for round in 0..rounds {
            let mut weight = 1.0;
            let mut words = Vec::new();
            for said in &options {
                let (each, units) = &said[round.min(said.len() - 1)];
                weight *= each;
                words.extend(units.iter().filter(|unit| !words.contains(*unit)).cloned().collect::<Vec<_>>());
            }
            let all_in = |field: tantivy::schema::Field| {
                let terms = words.iter().map(|unit| Term::from_field_text(field, unit.text()));
                single_or_boolean(terms.map(|term| (Occur::Must, scored_term(term))).collect())
            };
            // Titles are short lists, and what stands there comes first.
            quick.push((weight * (1.0 + TITLE_BOOST), all_in(self.text.title)));
            quick.push((weight, all_in(self.text.body)));
        }
        Ok(quick)
    }
}
