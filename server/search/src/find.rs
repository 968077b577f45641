//! Runs one search over one snapshot.
//!
//! For each segment: the reader's mask, the text's matches within it, the filters, then counts and the
//! best documents. A sort by a column walks the waiting order kept in memory, or sorts the few matches;
//! only a sort by relevance computes scores.

use tantivy::query::{EnableScoring, Query};
use tantivy::{DocAddress, SegmentReader, TantivyDocument};

use crate::analysis::Class;
use crate::clauses::{MAX_PRUNED_CLAUSES, Planner};
use crate::facets::{self, Counter, FilterMasks};
use crate::highlight::Terms;
use crate::lexicon::Lexicon;
use crate::mask::Mask;
use crate::meaning::{Kind, Meaning};
use crate::order::{Found, SortKey, Top, first_docs, rounded, sort_key};
use crate::query::Parsed;
use crate::schema::Fields;
use crate::snapshot::{Segment, Snapshot};
use crate::{Fallback, Hit, NeedQuery, Reader, Results, Sort, Why};

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

/// What a place counts that a query names, where results lie elsewhere too, beside the best of all: it comes first,
/// small weights of other kinds notwithstanding.
const PLACE_WEIGHT: f32 = 2.0;
/// The same for the districts beside it.
const BESIDE_WEIGHT: f32 = 1.6;
/// The same for a place that a description mentions.
const MENTIONED_WEIGHT: f32 = 1.3;
/// With fewer matches than this, more is looked for.
const FEW: u64 = 5;
/// Of a text of which not every word is held, what scores less than this share of the best is noise.
const NOISE: f32 = 0.15;

/// What one segment gave.
#[derive(Clone)]
struct Matched {
    /// Visible and matching the text.
    base: Mask,
    /// The same under every filter.
    hits: Mask,
}

/// What a text gave.
struct Answer {
    matched: Vec<Matched>,
    best: Vec<Found>,
    marks: (Vec<String>, Vec<String>),
    fallback: Option<Fallback>,
    by_score: bool,
    /// How many hold all that was said, where it was said.
    exact: u64,
}

impl Answer {
    fn of(matched: Vec<Matched>, by_score: bool) -> Self {
        let exact = count(&matched);
        Self { matched, best: Vec::new(), marks: <_>::default(), fallback: None, by_score, exact }
    }
}

pub fn run(
    snapshot: &Snapshot,
    fields: &Fields,
    lexicon: &Lexicon,
    query: &NeedQuery,
    reader: &Reader,
) -> tantivy::Result<Results> {
    let parsed = Parsed::read(&query.text);
    let mut meaning = Meaning::of(&parsed, lexicon, &query.literal);
    let limit = query.limit.min(MAX_LIMIT);
    let search = Search { snapshot, fields, query, reader, wanted: query.offset.saturating_add(limit) };
    let mut masks = search.masks()?;

    let mut results = Results { generation: snapshot.generation, ..Results::default() };
    let answer = if parsed.is_empty() {
        Answer::of(everything(&masks), false)
    } else {
        let mut answer = search.answer(&meaning, &mut masks)?;
        if count(&answer.matched) == 0 && !parsed.phrases.is_empty() {
            meaning = Meaning::of(&parsed.unquoted(), lexicon, &query.literal);
            let loose = search.answer(&meaning, &mut masks)?;
            answer = Answer { fallback: Some(Fallback::Unquoted), ..loose };
        }
        // A word of two characters is taken for another one only where it finds nothing at all.
        let least = if count(&answer.matched) == 0 { 2 } else { 3 };
        if answer.exact < FEW
            && let Some(heard) = meaning.by_sound(lexicon, least)
        {
            let other = search.answer(&heard, &mut masks)?;
            if other.exact > answer.exact || count(&answer.matched) == 0 && count(&other.matched) > 0 {
                meaning = heard;
                answer = Answer { fallback: Some(Fallback::SoundsLike), ..other };
            }
        }
        answer
    };
    let Answer { matched, mut best, marks, fallback, by_score, .. } = answer;
    results.fell_back = fallback;
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
        search.rerank(&mut best, &meaning);
    } else {
        best = search.by_column(&matched);
    }
    let terms = Terms::new(&marks.1).with_whole(&marks.0);
    for found in best.iter().skip(query.offset).take(limit) {
        results.hits.push(search.hit(found, &terms, &meaning)?);
    }
    results.meaning = meaning;
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
                facets::visible(reader, columns, &segment.alive, self.fields, self.reader, self.query.what)?,
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

    /// What a meaning finds: as strictly as it says, then less so while that is next to nothing.
    fn answer(&self, meaning: &Meaning, masks: &mut [(Mask, FilterMasks)]) -> tantivy::Result<Answer> {
        let mut by_score = self.query.sort == Sort::Relevance && !meaning.is_empty();
        let plan = Planner::new(&self.snapshot.searcher, self.fields, self.reader, by_score).plan(meaning)?;
        by_score &= plan.telling && plan.query.is_some();
        for excluded in &plan.excluded {
            self.exclude(excluded.as_ref(), masks)?;
        }
        let mut answer = Answer { marks: plan.marks.clone(), ..Answer::of(Vec::new(), by_score) };
        // A description is not held to the places that it mentions.
        let narrow = !meaning.long && !plan.places.is_empty();
        let inside: Vec<Mask> = if narrow { self.within(&plan.places, masks)? } else { Vec::new() };
        let visible = |ord: usize| if narrow { &inside[ord] } else { &masks[ord].0 };
        let Some(strict) = &plan.query else {
            let masks = masks.iter().enumerate();
            answer.matched = masks
                .map(|(ord, (_, filters))| Matched {
                    hits: filters.narrow(visible(ord), None),
                    base: visible(ord).clone(),
                })
                .collect();
            answer.exact = count(&answer.matched);
            return Ok(answer);
        };
        let way = Way { by_score, pruned: by_score && !self.query.facets && plan.clauses <= MAX_PRUNED_CLAUSES };
        (answer.matched, answer.best) = if by_score && !plan.quick.is_empty() {
            self.quickly(strict.as_ref(), &plan.quick, masks, &visible)?
        } else {
            self.text(strict.as_ref(), masks, &visible, way)?
        };
        answer.exact = count(&answer.matched);
        answer.fallback = plan.only_meant.then_some(Fallback::Meant);
        if meaning.long {
            without_noise(&mut answer.matched, &mut answer.best, way);
        }
        let mut form = strict;
        for (fallback, few, relaxed) in &plan.relaxed {
            if count(&answer.matched) >= *few {
                continue;
            }
            let mut more = self.text(relaxed.as_ref(), masks, &visible, way)?;
            without_noise(&mut more.0, &mut more.1, way);
            if count(&more.0) > count(&answer.matched) {
                answer.fallback = Some(*fallback);
                (answer.matched, answer.best) = more;
                form = relaxed;
            }
        }
        let few = if by_score { FEW } else { 1 };
        if narrow && count(&answer.matched) < few {
            let everywhere = |ord: usize| &masks[ord].0;
            let mut more = self.text(form.as_ref(), masks, &everywhere, way)?;
            without_noise(&mut more.0, &mut more.1, way);
            if count(&more.0) > count(&answer.matched) {
                answer.fallback = Some(Fallback::Elsewhere);
                (answer.matched, answer.best) = more;
                let beside: Vec<&str> = meaning
                    .places()
                    .flat_map(|place| &place.codes)
                    .filter_map(|code| code.get(..6))
                    .flat_map(|district| domain::division::neighbours(district))
                    .map(String::as_str)
                    .collect();
                let most = answer.best.iter().map(|found| found.score).fold(0.0, f32::max);
                for found in &mut answer.best {
                    let columns = &self.snapshot.segments[found.segment as usize].columns;
                    if inside[found.segment as usize].contains(found.doc) {
                        found.score += most * PLACE_WEIGHT;
                    } else if beside.iter().any(|district| columns.is_in_district(found.doc, district)) {
                        found.score *= BESIDE_WEIGHT;
                    }
                }
            }
        } else if meaning.long && by_score && !plan.places.is_empty() {
            let mentioned = self.within(&plan.places, masks)?;
            for found in &mut answer.best {
                if mentioned[found.segment as usize].contains(found.doc) {
                    found.score *= MENTIONED_WEIGHT;
                }
            }
        }
        Ok(answer)
    }

    /// What may be seen and matches one of the queries.
    fn within(&self, queries: &[Box<dyn Query>], masks: &[(Mask, FilterMasks)]) -> tantivy::Result<Vec<Mask>> {
        let searcher = &self.snapshot.searcher;
        let mut all: Vec<Mask> = masks.iter().map(|(visible, _)| Mask::empty(visible.segment_len())).collect();
        for query in queries {
            let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            for ((_, reader), mask) in self.segments().zip(&mut all) {
                weight.for_each_no_score(reader, &mut |docs| mask.set_all(docs))?;
            }
        }
        for (mask, (visible, _)) in all.iter_mut().zip(masks) {
            mask.and(visible);
        }
        Ok(all)
    }

    /// The matches of a text, and the best by score if asked for.
    fn text<'m>(
        &self,
        text: &dyn Query,
        masks: &[(Mask, FilterMasks)],
        visible: &impl Fn(usize) -> &'m Mask,
        way: Way,
    ) -> tantivy::Result<(Vec<Matched>, Vec<Found>)> {
        let searcher = &self.snapshot.searcher;
        let weight = text.weight(if way.by_score {
            EnableScoring::enabled_from_searcher(searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        })?;
        let mut top = Top::new(self.wanted.max(RERANKED));
        let mut all = Vec::with_capacity(masks.len());
        let segments = (0_u32..).zip(self.segments().zip(masks));
        for (ord, ((segment, reader), (_, filters))) in segments {
            let visible = visible(ord as usize);
            let columns = &segment.columns;
            let allowed = filters.narrow(visible, None);
            let mut base = Mask::empty(visible.segment_len());
            if way.pruned {
                // Documents that cannot reach the top any more are skipped unread.
                weight.for_each_pruning(top.threshold(), reader, &mut |doc, score| {
                    if allowed.contains(doc) {
                        base.set(doc);
                        top.offer(score, ord, doc, columns);
                    }
                    top.threshold()
                })?;
            } else if way.by_score {
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

    /// As [`Self::text`] for a text that very many documents match: all matches without scores where counts
    /// are wanted, and the best from intersections that skip what cannot be among them.
    fn quickly<'m>(
        &self,
        strict: &dyn Query,
        quick: &[(f32, Box<dyn Query>)],
        masks: &[(Mask, FilterMasks)],
        visible: &impl Fn(usize) -> &'m Mask,
    ) -> tantivy::Result<(Vec<Matched>, Vec<Found>)> {
        let searcher = &self.snapshot.searcher;
        let allowed: Vec<Mask> =
            masks.iter().enumerate().map(|(ord, (_, filters))| filters.narrow(visible(ord), None)).collect();
        let mut offered: Vec<Mask> = allowed.iter().map(|mask| Mask::empty(mask.segment_len())).collect();
        let mut top = Top::new(self.wanted.max(RERANKED));
        for (share, query) in quick {
            let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
            let threshold = |top: &Top| {
                let least = top.threshold();
                if least > 0.0 { least / share } else { least }
            };
            for (ord, (segment, reader)) in (0_u32..).zip(self.segments()) {
                let (allowed, offered) = (&allowed[ord as usize], &mut offered[ord as usize]);
                weight.for_each_pruning(threshold(&top), reader, &mut |doc, score| {
                    if allowed.contains(doc) && !offered.contains(doc) {
                        offered.set(doc);
                        top.offer(score * share, ord, doc, &segment.columns);
                    }
                    threshold(&top)
                })?;
            }
        }
        let matched = if self.query.facets {
            self.text(strict, masks, visible, Way { by_score: false, pruned: false })?.0
        } else {
            offered.into_iter().map(|seen| Matched { base: seen.clone(), hits: seen }).collect()
        };
        Ok((matched, top.into_vec()))
    }

    /// Small weights on the best by text: urgent, long waiting, near. Together at most 1.4, so that a
    /// clearly better text still wins.
    fn rerank(&self, best: &mut [Found], meaning: &Meaning) {
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
            // Whoever names a place has said what is near.
            if meaning.places().next().is_none() && columns.is_in_district(found.doc, &self.query.near) {
                found.score *= NEAR_WEIGHT;
            }
            found.score = rounded(found.score);
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

    fn hit(&self, found: &Found, terms: &Terms, meaning: &Meaning) -> tantivy::Result<Hit> {
        let address = DocAddress::new(found.segment, found.doc);
        let stored: TantivyDocument = self.snapshot.searcher.doc(address)?;
        let shown = self.fields.shown(stored, self.reader);
        let (passage, passage_spans) =
            if terms.is_empty() { Default::default() } else { terms.passage(&shown.text, PASSAGE_CHARS) };
        Ok(Hit {
            id: shown.id,
            code: shown.code,
            card: shown.card,
            score: found.score,
            why: why(&shown.title, &[&shown.text, &shown.words], meaning),
            title_spans: short(terms.spans(&shown.title)),
            title: shown.title,
            passage,
            passage_spans: short(passage_spans),
        })
    }
}

/// Takes away what scores so much less than the best that it only shares some characters with the text. Where more
/// than were kept score higher, the noise is far behind and stays.
fn without_noise(matched: &mut [Matched], best: &mut Vec<Found>, way: Way) {
    let Some(most) = best.iter().map(|found| found.score).max_by(f32::total_cmp).filter(|_| way.by_score) else {
        return;
    };
    let least = most * NOISE;
    let lowest = best.iter().map(|found| found.score).fold(f32::MAX, f32::min);
    if lowest >= least {
        return;
    }
    best.retain(|found| found.score >= least);
    for (ord, matched) in (0_u32..).zip(matched) {
        let mut kept = Mask::empty(matched.base.segment_len());
        best.iter().filter(|found| found.segment == ord).for_each(|found| kept.set(found.doc));
        matched.base.and_not(&matched.hits);
        matched.base.or(&kept);
        matched.hits = kept;
    }
}

/// How exactly documents are to be gone through.
#[derive(Clone, Copy)]
struct Way {
    by_score: bool,
    pruned: bool,
}

/// Which words of a document answer which parts of the query, as far as the reader is shown them.
pub fn why(title: &str, texts: &[&str], meaning: &Meaning) -> Vec<Why> {
    let (title, text) = (stretch(title), stretch(&texts.join("\n")));
    let mut all = Vec::new();
    for part in &meaning.parts {
        let words: Vec<&str> = match &part.kind {
            Kind::Concept(concept) => concept.alternatives.iter().map(|a| a.text.as_str()).collect(),
            Kind::Text(_) | Kind::Word { .. } => vec![part.typed.as_str()],
            Kind::Place(_) => continue,
        };
        // As typed, if it is anywhere; else whatever the title says.
        let typed = words.iter().find(|word| **word == part.typed && (title.contains(**word) || text.contains(**word)));
        let in_title = || words.iter().find(|word| title.contains(**word));
        let found = typed.or_else(in_title).or_else(|| words.iter().find(|word| text.contains(**word)));
        if let Some(found) = found {
            all.push(Why {
                typed: part.typed.clone(),
                found: (*found).to_owned(),
                how: part.how,
                in_title: title.contains(*found),
            });
        }
    }
    all
}

/// Folded, a line break where a run ends.
fn stretch(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for f in crate::analysis::fold(text) {
        match f.class {
            Class::Han | Class::Word => out.push(f.ch),
            Class::Gap => out.push('\n'),
            Class::Space => {}
        }
    }
    out
}

#[expect(clippy::cast_possible_truncation, reason = "texts are far shorter than 4 GB")]
fn short(spans: Vec<std::ops::Range<usize>>) -> Vec<(u32, u32)> {
    spans.into_iter().map(|s| (s.start as u32, s.end as u32)).collect()
}
