//! Facet values, filters and counts on bit masks.
//!
//! For every segment the value sets of each facet are built once, from the posting lists, and shared by
//! all later snapshots. A count is then exact for any combination of text, reader and filters, and each
//! active multi-select facet is counted without its own filter at no extra search.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

use crate::columns::{Columns, Dimension};
use crate::mask::Mask;
use crate::schema::Fields;
use crate::{NeedQuery, Reader, What};

/// More values than this in one filter are ignored: an address line must not buy unbounded work.
const MAX_FILTER_VALUES: usize = 300;

/// Counts of the values that occur, most frequent first; a selected value is listed even at zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Division codes of districts, 6 digits.
    pub district: Vec<(String, u64)>,
    /// Division codes of streets, 9 digits, within the selected districts; never for the public, and for organizations
    /// only of needs whose street they may know.
    pub street: Vec<(String, u64)>,
    pub service: Vec<(String, u64)>,
    pub service_group: Vec<(String, u64)>,
    pub beneficiary_group: Vec<(String, u64)>,
    pub kind: Vec<(String, u64)>,
    pub state: Vec<(String, u64)>,
    /// `"true"` and `"false"`.
    pub urgent: Vec<(String, u64)>,
}

/// The documents with one exact term.
fn with_term(reader: &SegmentReader, field: Field, value: &str, mask: &mut Mask) -> tantivy::Result<()> {
    let inverted = reader.inverted_index(field)?;
    let term = Term::from_field_text(field, value);
    if let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
        while postings.doc() != TERMINATED {
            mask.set(postings.doc());
            postings.advance();
        }
    }
    Ok(())
}

/// The documents of this segment that `reader` may know of at all.
///
/// Every search starts from this mask and only ever narrows it; it hides a document in the same way,
/// and at the same place, as tantivy hides deleted ones.
pub fn visible(
    segment: &SegmentReader,
    columns: &Columns,
    alive: &Mask,
    fields: &Fields,
    reader: &Reader,
    what: What,
) -> tantivy::Result<Mask> {
    let mut mask = match reader {
        Reader::Public | Reader::Organization => columns.public().clone(),
        Reader::Staff { scope } => {
            let mut mask = Mask::empty(alive.segment_len());
            let prefix = scope_prefix(scope);
            if !prefix.is_empty() {
                with_term(segment, fields.scope, prefix, &mut mask)?;
            }
            // An office looks for needs in its own scope only, for whoever helps everywhere.
            if what != What::Need {
                mask.or(columns.public());
            }
            mask
        }
    };
    mask.and(&columns.what(what));
    mask.and(alive);
    Ok(mask)
}

/// The meaningful digits of a division code: `120101000000` (a district written in full) is `120101`.
/// Anything that is no prefix length of a division code gives nothing, never everything.
pub fn scope_prefix(scope: &str) -> &str {
    if !scope.bytes().all(|b| b.is_ascii_digit()) {
        return "";
    }
    match scope.len() {
        12 if scope.ends_with("0000000000") => &scope[..2],
        12 if scope.ends_with("000000") => &scope[..6],
        12 if scope.ends_with("000") => &scope[..9],
        9 if scope.ends_with("000") => &scope[..6],
        2 | 6 | 9 | 12 => scope,
        _ => "",
    }
}

/// The user's filters on one segment, each dimension apart so that a facet can leave its own out.
pub struct FilterMasks {
    /// Filters that are no facet: still open, published before.
    common: Option<Mask>,
    dimensions: Vec<(Dimension, Mask)>,
}

impl FilterMasks {
    pub fn new(
        segment: &SegmentReader,
        columns: &Columns,
        fields: &Fields,
        query: &NeedQuery,
        reader: &Reader,
    ) -> tantivy::Result<Self> {
        let mut common = query.open_only.then(|| columns.open().clone());
        if let Some(at) = query.published_before {
            let before = columns.published_before(at);
            match &mut common {
                Some(mask) => mask.and(&before),
                None => common = Some(before),
            }
        }
        let mut dimensions = Vec::new();
        let districts = capped(&query.districts);
        let streets = capped(&query.streets);
        if !districts.is_empty() || !streets.is_empty() {
            // A district of which streets are chosen is narrowed to them.
            let whole: Vec<String> =
                districts.iter().filter(|d| !streets.iter().any(|s| s.starts_with(d.as_str()))).cloned().collect();
            let mut mask = columns.any_of(Dimension::Place, &whole);
            let field = match reader {
                Reader::Public => fields.public_street,
                Reader::Organization => fields.member_street,
                Reader::Staff { .. } => fields.street,
            };
            for street in streets {
                with_term(segment, field, street, &mut mask)?;
            }
            dimensions.push((Dimension::Place, mask));
        }
        let lists = [
            (Dimension::Service, &query.services),
            (Dimension::ServiceGroup, &query.service_groups),
            (Dimension::BeneficiaryGroup, &query.beneficiary_groups),
            (Dimension::Kind, &query.kinds),
            (Dimension::State, &query.states),
        ];
        for (dimension, values) in lists {
            if !values.is_empty() {
                dimensions.push((dimension, columns.any_of(dimension, capped(values))));
            }
        }
        if query.urgent_only {
            dimensions.push((Dimension::Urgent, columns.urgent().clone()));
        }
        Ok(Self { common, dimensions })
    }

    /// `base` under every filter, but for the one of `except`.
    pub fn narrow(&self, base: &Mask, except: Option<Dimension>) -> Mask {
        let mut mask = base.clone();
        if let Some(common) = &self.common {
            mask.and(common);
        }
        for (dimension, filter) in &self.dimensions {
            if Some(*dimension) != except {
                mask.and(filter);
            }
        }
        mask
    }

    fn is_active(&self, dimension: Dimension) -> bool {
        self.dimensions.iter().any(|(d, _)| *d == dimension)
    }
}

fn capped(values: &[String]) -> &[String] {
    &values[..values.len().min(MAX_FILTER_VALUES)]
}

/// Adds up counts over segments.
#[derive(Default)]
pub struct Counter {
    counts: [HashMap<String, u64>; 7],
    streets: HashMap<String, u64>,
}

impl Counter {
    /// Counts one segment. `base`: what the reader may see and the text matches; `hits`: the same under
    /// every filter.
    pub fn add(
        &mut self,
        columns: &Columns,
        filters: &FilterMasks,
        base: &Mask,
        hits: &Mask,
        query: &NeedQuery,
        reader: &Reader,
    ) {
        for dimension in Dimension::ALL {
            let own;
            let mask = if filters.is_active(dimension) {
                own = filters.narrow(base, Some(dimension));
                &own
            } else {
                hits
            };
            if dimension == Dimension::Urgent {
                let urgent = columns.urgent().count_and(mask);
                for (name, count) in [("true", urgent), ("false", mask.count() - urgent)] {
                    *self.counts[dimension as usize].entry(name.to_owned()).or_default() += count;
                }
                continue;
            }
            for (value, set) in columns.values(dimension) {
                add_count(&mut self.counts[dimension as usize], value, set.count_in(mask));
            }
            if dimension == Dimension::Place && !matches!(reader, Reader::Public) {
                let districts: BTreeSet<&String> = capped(&query.districts).iter().collect();
                for district in districts.into_iter().filter(|d| d.len() == 6) {
                    for (street, set) in columns.streets(district, reader) {
                        add_count(&mut self.streets, street, set.count_in(mask));
                    }
                }
            }
        }
    }

    pub fn finish(mut self, query: &NeedQuery) -> Facets {
        let mut take = |dimension: Dimension, selected: &[String]| {
            listed(std::mem::take(&mut self.counts[dimension as usize]), selected)
        };
        Facets {
            district: take(Dimension::Place, &query.districts),
            service: take(Dimension::Service, &query.services),
            service_group: take(Dimension::ServiceGroup, &query.service_groups),
            beneficiary_group: take(Dimension::BeneficiaryGroup, &query.beneficiary_groups),
            kind: take(Dimension::Kind, &query.kinds),
            state: take(Dimension::State, &query.states),
            urgent: take(Dimension::Urgent, &[]),
            street: listed(self.streets, &[]),
        }
    }
}

fn add_count(counts: &mut HashMap<String, u64>, value: &str, count: u64) {
    if count == 0 {
        return;
    }
    match counts.get_mut(value) {
        Some(sum) => *sum += count,
        None => {
            counts.insert(value.to_owned(), count);
        }
    }
}

fn listed(mut counts: HashMap<String, u64>, selected: &[String]) -> Vec<(String, u64)> {
    for value in capped(selected) {
        counts.entry(value.clone()).or_default();
    }
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_prefixes_and_never_everything_by_accident() {
        assert_eq!(scope_prefix("12"), "12");
        assert_eq!(scope_prefix("120000000000"), "12");
        assert_eq!(scope_prefix("120101000000"), "120101");
        assert_eq!(scope_prefix("120101001000"), "120101001");
        assert_eq!(scope_prefix("120101001002"), "120101001002");
        assert_eq!(scope_prefix("120101000"), "120101");
        for nothing in ["", "1", "1201", "12010", "abcdef", "12 101", "１２"] {
            assert_eq!(scope_prefix(nothing), "");
        }
    }
}
