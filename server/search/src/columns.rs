//! What is kept in memory of each segment: facet values as document sets, and the waiting order.
//!
//! Built once for a segment, from its posting lists and two columns, and shared by all later snapshots.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tantivy::columnar::{Column, ColumnValues};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED};

use crate::mask::{Mask, ValueSet};
use crate::schema::{self, Fields};
use crate::{Reader, What};

/// The counted dimensions; [`Facets`] has one list for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Districts and streets together: a street narrows its own district only.
    Place,
    Service,
    ServiceGroup,
    BeneficiaryGroup,
    Kind,
    State,
    Urgent,
}

impl Dimension {
    pub const ALL: [Self; 7] =
        [Self::Place, Self::Service, Self::ServiceGroup, Self::BeneficiaryGroup, Self::Kind, Self::State, Self::Urgent];

    fn field(self, fields: &Fields) -> Field {
        match self {
            Self::Place => fields.district,
            Self::Service => fields.service,
            Self::ServiceGroup => fields.service_group,
            Self::BeneficiaryGroup => fields.beneficiary_group,
            Self::Kind => fields.kind,
            Self::State => fields.state,
            Self::Urgent => fields.flag,
        }
    }
}

/// What is held in memory for one segment: about 4 bytes a document and one bit for each facet value.
pub struct Columns {
    values: [HashMap<String, ValueSet>; 7],
    streets: BTreeMap<String, ValueSet>,
    member_streets: BTreeMap<String, ValueSet>,
    whats: HashMap<String, ValueSet>,
    urgent: Mask,
    open: Mask,
    public: Mask,
    /// Document numbers, longest waiting first, never published last, ties by id.
    by_waiting: Vec<u32>,
    /// How many of `by_waiting` were ever published.
    published_count: usize,
    published: Arc<dyn ColumnValues<i64>>,
    tie: Arc<dyn ColumnValues<u64>>,
}

/// Order by waiting time: never published last, then the earlier, then the id.
pub type WaitKey = (u64, u64);

impl Columns {
    pub fn load(reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Self> {
        let len = reader.max_doc();
        let mut values: [HashMap<String, ValueSet>; 7] = Default::default();
        for dimension in Dimension::ALL {
            if dimension != Dimension::Urgent {
                values[dimension as usize] = load_values(reader, dimension.field(fields))?.into_iter().collect();
            }
        }
        let flags: HashMap<_, _> = load_values(reader, fields.flag)?.into_iter().collect();
        let flag = |name: &str| {
            let mut mask = Mask::empty(len);
            if let Some(set) = flags.get(name) {
                set.add_to(&mut mask);
            }
            mask
        };
        let (urgent, open, public) = (flag(schema::URGENT), flag(schema::OPEN), flag(schema::PUBLIC));
        let published: Column<i64> = reader.fast_fields().i64(schema::PUBLISHED)?;
        let tie: Column<u64> = reader.fast_fields().u64(schema::TIE)?;
        let mut columns = Self {
            values,
            streets: load_values(reader, fields.street)?.into_iter().collect(),
            member_streets: load_values(reader, fields.member_street)?.into_iter().collect(),
            whats: load_values(reader, fields.what)?.into_iter().collect(),
            urgent,
            open,
            public,
            by_waiting: Vec::new(),
            published_count: 0,
            published: published.first_or_default_col(0),
            tie: tie.first_or_default_col(0),
        };
        let mut keyed: Vec<(WaitKey, u32)> = (0..len).map(|doc| (columns.wait_key(doc), doc)).collect();
        keyed.sort_unstable();
        columns.published_count = keyed.partition_point(|((at, _), _)| *at != u64::MAX);
        columns.by_waiting = keyed.into_iter().map(|(_, doc)| doc).collect();
        Ok(columns)
    }

    #[inline]
    pub fn published_at(&self, doc: u32) -> i64 {
        self.published.get_val(doc)
    }

    #[inline]
    pub fn wait_key(&self, doc: u32) -> WaitKey {
        let at = u64::try_from(self.published.get_val(doc)).unwrap_or(0);
        (if at == 0 { u64::MAX } else { at }, self.tie.get_val(doc))
    }

    pub fn is_urgent(&self, doc: u32) -> bool {
        self.urgent.contains(doc)
    }

    /// Whether the need lies in a district (6 digits).
    pub fn is_in_district(&self, doc: u32, district: &str) -> bool {
        let districts = &self.values[Dimension::Place as usize];
        districts.get(district).is_some_and(|set| set.contains(doc))
    }

    /// The values of a dimension and who carries them.
    pub fn values(&self, dimension: Dimension) -> &HashMap<String, ValueSet> {
        &self.values[dimension as usize]
    }

    /// The streets (9 digits) of a district (6 digits), with the needs that a reader may place there.
    pub fn streets(&self, district: &str, reader: &Reader) -> impl Iterator<Item = (&String, &ValueSet)> {
        // ':' is the character behind '9'.
        let range = district.to_owned()..format!("{district}:");
        let streets = if *reader == Reader::Organization { &self.member_streets } else { &self.streets };
        streets.range(range)
    }

    /// Documents of one kind.
    pub fn what(&self, what: What) -> Mask {
        let mut mask = Mask::empty(self.urgent.segment_len());
        if let Some(set) = self.whats.get(what.as_str()) {
            set.add_to(&mut mask);
        }
        mask
    }

    pub fn public(&self) -> &Mask {
        &self.public
    }

    pub fn open(&self) -> &Mask {
        &self.open
    }

    pub fn urgent(&self) -> &Mask {
        &self.urgent
    }

    /// Documents by waiting time, and how many of them (from the front) were ever published.
    pub fn by_waiting(&self) -> (&[u32], usize) {
        (&self.by_waiting, self.published_count)
    }

    /// Needs published before `at` (µs UTC): the front of the waiting order.
    pub fn published_before(&self, at: i64) -> Mask {
        let mut mask = Mask::empty(self.urgent.segment_len());
        let published = &self.by_waiting[..self.published_count];
        let end = published.partition_point(|doc| self.published_at(*doc) < at);
        mask.set_all(&published[..end]);
        mask
    }

    /// The documents that carry any of `values` in `dimension`.
    pub fn any_of(&self, dimension: Dimension, values: &[String]) -> Mask {
        let mut mask = Mask::empty(self.urgent.segment_len());
        for value in values {
            if let Some(set) = self.values[dimension as usize].get(value) {
                set.add_to(&mut mask);
            }
        }
        mask
    }
}

/// Every term of a field with its documents.
fn load_values(reader: &SegmentReader, field: Field) -> tantivy::Result<Vec<(String, ValueSet)>> {
    let inverted = reader.inverted_index(field)?;
    let mut terms = inverted.terms().stream()?;
    let mut out = Vec::new();
    while terms.advance() {
        let Ok(key) = std::str::from_utf8(terms.key()) else {
            continue;
        };
        let key = key.to_owned();
        let info = terms.value().clone();
        let mut postings = inverted.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
        let mut docs = Vec::with_capacity(info.doc_freq as usize);
        while postings.doc() != TERMINATED {
            docs.push(postings.doc());
            postings.advance();
        }
        out.push((key, ValueSet::new(docs, reader.max_doc())));
    }
    Ok(out)
}
