//! Answers searches from the database while there is no index that can: slower, in the order of urgency and
//! waiting, with the same readers, tiers, filters and counts.

use crate::boxed;
use crate::finding::follower::documents;
use crate::finding::offers;
use crate::{Error, Result, Services};
use search::highlight::Terms;
use search::matching::{Candidate, Prepared};
use search::{Facets, Hit, Lexicon, NeedDoc, NeedQuery, Reader, Results, Sort, What};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const PAGE: i64 = 1000;
/// Needs that are looked through, newest ones left for the index: a bound for the time this takes.
const MOST: usize = 50_000;
const PASSAGE_CHARS: usize = 90;

#[boxed]
pub async fn search(
    services: &Services,
    query: &NeedQuery,
    reader: &Reader,
    lexicon: &Arc<Lexicon>,
) -> Result<Results> {
    let prepared = Arc::new(Prepared::new(query.clone(), lexicon));
    let mut found = Found::default();
    let mut seen = 0;
    let mut after = Uuid::nil();
    let mut tx = services.db.read().await?;
    while seen < MOST {
        let docs = if query.what == What::Need {
            let needs = storage::needs::need::page_after(&mut tx, after, PAGE).await?;
            documents(services, &mut tx, &needs).await?
        } else {
            offers::page_after(services, &mut tx, query.what, after).await?
        };
        let Some(last) = docs.last() else { break };
        (after, seen) = (last.id, seen + docs.len());
        let (reader, prepared) = (reader.clone(), Arc::clone(&prepared));
        found = tokio::task::spawn_blocking(move || {
            found.take(docs, &reader, &prepared);
            found
        })
        .await
        .map_err(|_| Error::Internal("standby search task"))?;
    }
    drop(tx);
    Ok(found.results(query, reader, &prepared, services.index.generation()))
}

#[derive(Default)]
struct Found {
    /// With how many parts of the query each says.
    hits: Vec<(usize, NeedDoc)>,
    counts: [BTreeMap<String, u64>; 7],
    streets: BTreeMap<String, u64>,
}

impl Found {
    fn take(&mut self, docs: Vec<NeedDoc>, reader: &Reader, prepared: &Prepared) {
        for doc in docs {
            let Some(candidate) = Candidate::new(&doc, reader) else { continue };
            if !candidate.means(&prepared.meaning) {
                continue;
            }
            if prepared.query.facets {
                self.count(&candidate, &doc, reader, &prepared.query);
            }
            if candidate.passes(&prepared.query) {
                self.hits.push((candidate.said(&prepared.meaning), doc));
            }
        }
    }

    /// Counts a document under each facet, whose own filter does not count.
    fn count(&mut self, candidate: &Candidate<'_>, doc: &NeedDoc, reader: &Reader, query: &NeedQuery) {
        let mut with = |at: usize, other: NeedQuery, values: &mut dyn Iterator<Item = &str>| {
            if candidate.passes(&other) {
                for value in values {
                    *self.counts[at].entry(value.to_owned()).or_default() += 1;
                }
            }
        };
        let all = || query.clone();
        let place = NeedQuery { districts: Vec::new(), streets: Vec::new(), ..all() };
        with(0, place.clone(), &mut doc.division_code.get(..6).into_iter());
        with(1, NeedQuery { services: Vec::new(), ..all() }, &mut doc.services.iter().map(String::as_str));
        with(2, NeedQuery { service_groups: Vec::new(), ..all() }, &mut doc.service_groups.iter().map(String::as_str));
        let groups = &mut doc.beneficiary_groups.iter().map(String::as_str);
        with(3, NeedQuery { beneficiary_groups: Vec::new(), ..all() }, groups);
        with(4, NeedQuery { kinds: Vec::new(), ..all() }, &mut std::iter::once(doc.kind.as_str()));
        with(5, NeedQuery { states: Vec::new(), ..all() }, &mut std::iter::once(doc.state.as_str()));
        let urgent = if doc.urgent { "true" } else { "false" };
        with(6, NeedQuery { urgent_only: false, ..all() }, &mut std::iter::once(urgent));
        let district = doc.division_code.get(..6).unwrap_or_default();
        let told = if *reader == Reader::Organization { &doc.known_division } else { &doc.division_code };
        if !matches!(reader, Reader::Public)
            && query.districts.iter().any(|chosen| chosen == district)
            && candidate.passes(&place)
            && let Some(street) = told.get(..9).filter(|street| !street.ends_with("000"))
        {
            *self.streets.entry(street.to_owned()).or_default() += 1;
        }
    }

    fn results(mut self, query: &NeedQuery, reader: &Reader, prepared: &Prepared, generation: u64) -> Results {
        let waiting = |doc: &NeedDoc| if doc.published_at == 0 { i64::MAX } else { doc.published_at };
        match query.sort {
            Sort::Newest => self.hits.sort_by_key(|(_, doc)| std::cmp::Reverse(doc.published_at)),
            Sort::Waiting => self.hits.sort_by_key(|(_, doc)| waiting(doc)),
            Sort::Urgent => self.hits.sort_by_key(|(_, doc)| (!doc.urgent, waiting(doc))),
            Sort::Relevance => {
                self.hits.sort_by_key(|(said, doc)| (std::cmp::Reverse(*said), !doc.urgent, waiting(doc)));
            }
        }
        let (whole, text) = prepared.meaning.marks();
        let terms = Terms::new(&text).with_whole(&whole);
        let total = u64::try_from(self.hits.len()).unwrap_or(u64::MAX);
        let shown = self.hits.iter().skip(query.offset).take(query.limit);
        let hits = shown.filter_map(|(_, doc)| hit(doc, reader, &terms, prepared)).collect();
        let selected = [
            &query.districts,
            &query.services,
            &query.service_groups,
            &query.beneficiary_groups,
            &query.kinds,
            &query.states,
        ];
        if query.facets {
            for urgent in ["true", "false"] {
                self.counts[6].entry(urgent.to_owned()).or_default();
            }
        }
        for (counts, selected) in self.counts.iter_mut().zip(selected) {
            for value in selected {
                counts.entry(value.clone()).or_default();
            }
        }
        let [district, service, service_group, beneficiary_group, kind, state, urgent] = self.counts.map(listed);
        let streets = listed(self.streets);
        let facets =
            Facets { district, street: streets, service, service_group, beneficiary_group, kind, state, urgent };
        Results {
            total,
            hits,
            facets: if query.facets { facets } else { Facets::default() },
            parsed: search::Parsed::read(&query.text),
            meaning: prepared.meaning.clone(),
            generation,
            ..Results::default()
        }
    }
}

fn listed(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    list
}

fn hit(doc: &NeedDoc, reader: &Reader, terms: &Terms, prepared: &Prepared) -> Option<Hit> {
    let candidate = Candidate::new(doc, reader)?;
    let (title, body) = (candidate.title(), candidate.body());
    let short = |spans: Vec<std::ops::Range<usize>>| {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        spans.into_iter().map(|span| (number(span.start), number(span.end))).collect::<Vec<_>>()
    };
    let (passage, spans) = if terms.is_empty() { Default::default() } else { terms.passage(body, PASSAGE_CHARS) };
    Some(Hit {
        id: doc.id,
        code: doc.code.clone(),
        card: if matches!(reader, Reader::Public) { doc.public_card.clone() } else { doc.member_card.clone() },
        score: 0.0,
        title: title.to_owned(),
        title_spans: short(terms.spans(title)),
        passage,
        passage_spans: short(spans),
        why: search::why(title, &[body, candidate.named()], &prepared.meaning),
    })
}
