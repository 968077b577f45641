//! Runs one search over one snapshot.
//!
//! For each segment: the reader's mask, the text's matches within it, the filters, then counts and the
//! best documents. A sort by a column walks the waiting order kept in memory, or sorts the few matches;
//! only a sort by relevance computes scores.

use tantivy::query::{EnableScoring, Query};
use tantivy::{DocAddress, SegmentReader, TantivyDocument};

use crate::clauses::{MAX_PRUNED_CLAUSES, Planner};
use crate::facets::{self, Counter, FilterMasks};
use crate::highlight::Terms;
use crate::mask::Mask;
use crate::order::{Found, SortKey, Top, first_docs, sort_key};
use crate::query::Parsed;
use crate::schema::Fields;
use crate::snapshot::{Segment, Snapshot};
use crate::{Fallback, Hit, NeedQuery, Reader, Results, Sort};

const MAX_LIMIT: usize = 1_000;
/// So many of the best by text are re-ranked by urgency, waiting and nearness.
const RERANKED: usize = 200;
const URGENT_WEIGHT: f32 = 1.15;
/// At full weight, which is reached after [`FULL_WAIT`].
const WAITING_WEIGHT: f32 = 0.1;
const NEAR_WEIGHT: f32 = 1.1;
/// 14 days in µs: the last step of the unclaimed queue.
const FULL_WAIT: f32 = 14.0 * 86_400.0 * 1e6;
const PASSAGE_CHARS: usize = 90;

/// What one segment gave.
struct Matched {
    /// Visible and matching the text.
    base: Mask,
    /// The same under every filter.
    hits: Mask,
}

pub fn run(snapshot: &Snapshot, fields: &Fields, query: &NeedQuery, reader: &Reader) -> tantivy::Result<Results> {
    let parsed = Parsed::read(&query.text);
    let limit = query.limit.min(MAX_LIMIT);
    let positive = !parsed.words.is_empty() || !parsed.phrases.is_empty();
    let mut by_score = query.sort == Sort::Relevance && positive;
    let search = Search { snapshot, fields, query, reader, wanted: query.offset.saturating_add(limit) };
    let mut masks = search.masks()?;

    let mut results = Results { generation: snapshot.generation, ..Results::default() };
    let (mut matched, mut best) = (None, Vec::new());
    if !parsed.is_empty() {
        let text = fields.text_for(reader);
        let plan = Planner::new(&snapshot.searcher, fields, text, by_score).plan(&parsed)?;
        by_score &= plan.telling;
        for excluded in &plan.excluded {
            search.exclude(excluded.as_ref(), &mut masks)?;
        }
        if let Some(strict) = &plan.query {
            let pruned = by_score && !query.facets && plan.clauses <= MAX_PRUNED_CLAUSES;
            let mut found = search.text(strict.as_ref(), &masks, by_score, pruned)?;
            if let Some(relaxed) = &plan.relaxed
                && count(&found.0) < plan.few
            {
                let more = search.text(relaxed.as_ref(), &masks, by_score, pruned)?;
                if count(&more.0) > count(&found.0) {
                    results.fell_back = Some(Fallback::AnyPart);
                    found = more;
                }
            }
            matched = Some(found.0);
            best = found.1;
        }
        results.terms = plan.terms;
    }
    let matched = matched.unwrap_or_else(|| everything(&masks));
    results.parsed = parsed;
    results.total = matched.iter().map(|m| m.hits.count()).sum();

    if query.facets {
        let mut counter = Counter::default();
        for ((segment, (_, filters)), found) in snapshot.segments.iter().zip(&masks).zip(&matched) {
            counter.add(&segment.columns, filters, &found.base, &found.hits, query, reader);
        }
        results.facets = counter.finish(query);
    }

    if by_score {
        best.sort_unstable_by(|a, b| b.cmp(a));
        search.rerank(&mut best);
    } else {
        best = search.by_column(&matched);
    }
    let terms = Terms::new(&results.terms);
    let with_passage = !results.terms.is_empty();
    for found in best.iter().skip(query.offset).take(limit) {
        results.hits.push(search.hit(found, &terms, with_passage)?);
    }
    Ok(results)
}

/// All that may be seen, for a plain list.
fn everything(masks: &[(Mask, FilterMasks)]) -> Vec<Matched> {
    masks
        .iter()
        .map(|(visible, filters)| Matched { hits: filters.narrow(visible, None), base: visible.clone() })
        .collect()
}

fn count(matched: &[Matched]) -> u64 {
    matched.iter().map(|m| m.base.count()).sum()
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    fields: &'a Fields,
    query: &'a NeedQuery,
    reader: &'a Reader,
    /// How many of the best are needed.
    wanted: usize,
}

impl Search<'_> {
    fn segments(&self) -> impl Iterator<Item = (&Segment, &SegmentReader)> {
        let readers = self.snapshot.searcher.segment_readers();
        self.snapshot.segments.iter().zip(readers)
    }

    /// For each segment: what the reader may see, and the filters.
    fn masks(&self) -> tantivy::Result<Vec<(Mask, FilterMasks)>> {
        let mut masks = Vec::with_capacity(self.snapshot.segments.len());
        for (segment, reader) in self.segments() {
            let columns = &segment.columns;
            masks.push((
                facets::visible(reader, columns, &segment.alive, self.fields, self.reader)?,
                FilterMasks::new(reader, columns, self.fields, self.query, self.reader)?,
            ));
        }
        Ok(masks)
    }

    /// Takes what matches out of what may be seen.
    fn exclude(&self, part: &dyn Query, masks: &mut [(Mask, FilterMasks)]) -> tantivy::Result<()> {
        let searcher = &self.snapshot.searcher;
        let weight = part.weight(EnableScoring::disabled_from_searcher(searcher))?;
        for ((_, reader), (visible, _)) in self.segments().zip(masks) {
            weight.for_each_no_score(reader, &mut |docs| visible.unset_all(docs))?;
        }
        Ok(())
    }

    /// The matches of a text, and the best by score if asked for.
    fn text(
        &self,
        text: &dyn Query,
        masks: &[(Mask, FilterMasks)],
        by_score: bool,
        pruned: bool,
    ) -> tantivy::Result<(Vec<Matched>, Vec<Found>)> {
        let searcher = &self.snapshot.searcher;
        let weight = text.weight(if by_score {
            EnableScoring::enabled_from_searcher(searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        })?;
        let mut top = Top::new(self.wanted.max(RERANKED));
        let mut all = Vec::with_capacity(masks.len());
        let segments = (0_u32..).zip(self.segments().zip(masks));
        for (ord, ((segment, reader), (visible, filters))) in segments {
            let columns = &segment.columns;
            let allowed = filters.narrow(visible, None);
            let mut base = Mask::empty(visible.segment_len());
            if pruned {
                // Documents that cannot reach the top any more are skipped unread.
                weight.for_each_pruning(top.threshold(), reader, &mut |doc, score| {
                    if allowed.contains(doc) {
                        base.set(doc);
                        top.offer(score, ord, doc, columns);
                    }
                    top.threshold()
                })?;
            } else if by_score {
                weight.for_each(reader, &mut |doc, score| {
                    if visible.contains(doc) {
                        base.set(doc);
                        if allowed.contains(doc) {
                            top.offer(score, ord, doc, columns);
                        }
                    }
                })?;
            } else {
                weight.for_each_no_score(reader, &mut |docs| base.set_all(docs))?;
                base.and(visible);
            }
            let mut hits = base.clone();
            hits.and(&allowed);
            all.push(Matched { base, hits });
        }
        Ok((all, top.into_vec()))
    }

    /// Small weights on the best by text: urgent, long waiting, near. Together at most 1.4, so that a
    /// clearly better text still wins.
    fn rerank(&self, best: &mut [Found]) {
        let window = best.len().min(RERANKED);
        let best = &mut best[..window];
        for found in best.iter_mut() {
            let columns = &self.snapshot.segments[found.segment as usize].columns;
            if columns.is_urgent(found.doc) {
                found.score *= URGENT_WEIGHT;
            }
            let published = columns.published_at(found.doc);
            if self.query.now > published && published > 0 {
                #[expect(clippy::cast_precision_loss, reason = "a weight, not a time")]
                let waited = (self.query.now - published) as f32;
                found.score *= 1.0 + WAITING_WEIGHT * (waited / FULL_WAIT).min(1.0);
            }
            if columns.is_in_district(found.doc, &self.query.near) {
                found.score *= NEAR_WEIGHT;
            }
        }
        best.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// The first `wanted` matches in the order of a column.
    fn by_column(&self, matched: &[Matched]) -> Vec<Found> {
        let sort = match self.query.sort {
            Sort::Relevance => Sort::Urgent,
            sort => sort,
        };
        let mut found: Vec<(SortKey, Found)> = Vec::new();
        for ((ord, segment), matched) in (0_u32..).zip(&self.snapshot.segments).zip(matched) {
            let columns = &segment.columns;
            let docs = if sort == Sort::Urgent {
                let mut urgent = matched.hits.clone();
                urgent.and(columns.urgent());
                let mut docs = first_docs(columns, &urgent, Sort::Waiting, self.wanted);
                if docs.len() < self.wanted {
                    let mut rest = matched.hits.clone();
                    rest.and_not(columns.urgent());
                    let room = self.wanted - docs.len();
                    docs.extend(first_docs(columns, &rest, Sort::Waiting, room));
                }
                docs
            } else {
                first_docs(columns, &matched.hits, sort, self.wanted)
            };
            found.extend(docs.into_iter().map(|doc| {
                let key = columns.wait_key(doc);
                let found = Found { score: 0.0, key, segment: ord, doc };
                (sort_key(sort, columns.is_urgent(doc), key), found)
            }));
        }
        found.sort_unstable_by_key(|(key, _)| *key);
        found.into_iter().map(|(_, found)| found).collect()
    }

    fn hit(&self, found: &Found, terms: &Terms, with_passage: bool) -> tantivy::Result<Hit> {
        let address = DocAddress::new(found.segment, found.doc);
        let stored: TantivyDocument = self.snapshot.searcher.doc(address)?;
        let shown = self.fields.shown(stored, self.reader);
        let (passage, passage_spans) =
            if with_passage { terms.passage(&shown.text, PASSAGE_CHARS) } else { Default::default() };
        Ok(Hit {
            id: shown.id,
            code: shown.code,
            card: shown.card,
            score: found.score,
            title_spans: short(terms.spans(&shown.title)),
            title: shown.title,
            passage,
            passage_spans: short(passage_spans),
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "texts are far shorter than 4 GB")]
fn short(spans: Vec<std::ops::Range<usize>>) -> Vec<(u32, u32)> {
    spans.into_iter().map(|s| (s.start as u32, s.end as u32)).collect()
}
