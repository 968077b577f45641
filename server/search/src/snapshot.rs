//! One committed state of the index, ready to be searched: segments with their facet masks.

use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::{IndexReader, Opstamp, Searcher, SegmentReader};

use crate::columns::Columns;
use crate::mask::Mask;
use crate::schema::Fields;

/// One segment of a snapshot.
pub struct Segment {
    pub columns: Arc<Columns>,
    /// The documents that are not deleted.
    pub alive: Arc<Mask>,
    id: SegmentId,
    deletes: Option<Opstamp>,
}

/// What every search of one generation reads. Older snapshots stay usable as long as they are held.
pub struct Snapshot {
    pub searcher: Searcher,
    pub segments: Vec<Segment>,
    pub generation: u64,
}

impl Snapshot {
    /// Loads the reader's present state; segments known from `previous` are taken over.
    pub fn load(
        reader: &IndexReader,
        fields: &Fields,
        generation: u64,
        previous: Option<&Self>,
    ) -> tantivy::Result<Self> {
        let searcher = reader.searcher();
        let segments = searcher
            .segment_readers()
            .iter()
            .map(|segment| load_segment(segment, fields, previous))
            .collect::<tantivy::Result<_>>()?;
        Ok(Self { searcher, segments, generation })
    }
}

fn load_segment(reader: &SegmentReader, fields: &Fields, previous: Option<&Snapshot>) -> tantivy::Result<Segment> {
    let id = reader.segment_id();
    let deletes = reader.delete_opstamp();
    let known = previous.and_then(|p| p.segments.iter().find(|s| s.id == id));
    let columns = match known {
        Some(known) => Arc::clone(&known.columns),
        None => Arc::new(Columns::load(reader, fields)?),
    };
    let alive = match known {
        Some(known) if known.deletes == deletes => Arc::clone(&known.alive),
        _ => Arc::new(match reader.alive_bitset() {
            None => Mask::full(reader.max_doc()),
            Some(bits) => {
                let mut mask = Mask::empty(reader.max_doc());
                bits.iter_alive().for_each(|doc| mask.set(doc));
                mask
            }
        }),
    };
    Ok(Segment { columns, alive, id, deletes })
}
