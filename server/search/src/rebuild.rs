//! Builds a new index beside the one in use, then swaps.
//!
//! The new index grows in `building-…` and is renamed to `need-…` when complete and synced: killed at
//! any point, the next start finds either the old index or the new one, never half of one.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use tantivy::{IndexWriter, Term};
use uuid::Uuid;

use crate::generation::{Generation, commit};
use crate::index::{NeedIndex, load, write_batch};
use crate::{Error, NeedDoc, Position};

/// A rebuild under way; dropped without [`Rebuild::finish`] it leaves nothing behind.
pub struct Rebuild {
    owner: NeedIndex,
    path: PathBuf,
    seq: u64,
    /// `None` once finished.
    work: Option<(Generation, IndexWriter)>,
    seen: HashSet<Uuid>,
}

impl Rebuild {
    pub(crate) fn start(owner: NeedIndex) -> Result<Self, Error> {
        if owner.inner.rebuilding.swap(true, Ordering::AcqRel) {
            return Err(Error::RebuildRunning);
        }
        // From here on `drop` cleans up.
        let mut rebuild = {
            let mut write = owner.inner.lock_write();
            write.journal = Some(Vec::new());
            let seq = write.generation.seq + 1;
            drop(write);
            let path = owner.inner.root.building(seq);
            Self { owner, path, seq, work: None, seen: HashSet::new() }
        };
        if rebuild.path.exists() {
            fs::remove_dir_all(&rebuild.path)?;
        }
        let schema = rebuild.owner.inner.schema.clone();
        let generation = Generation::create(rebuild.path.clone(), rebuild.seq, schema)?;
        let writer = generation.bulk_writer()?;
        rebuild.work = Some((generation, writer));
        Ok(rebuild)
    }

    /// Adds needs; of one given twice the later holds.
    pub fn add(&mut self, docs: &[NeedDoc]) -> Result<(), Error> {
        let Some((_, writer)) = &self.work else {
            return Ok(());
        };
        let fields = &self.owner.inner.fields;
        for doc in docs {
            if !self.seen.insert(doc.id) {
                writer.delete_term(Term::from_field_bytes(fields.id, doc.id.as_bytes()));
            }
            writer.add_document(fields.document(doc))?;
        }
        Ok(())
    }

    /// Completes the new index, brings in what was applied to the old one since the snapshot at
    /// `position`, and swaps. Returns how many documents there are now.
    pub fn finish(mut self, position: Position) -> Result<u64, Error> {
        let Some((generation, mut writer)) = self.work.take() else {
            return Ok(0);
        };
        self.seen = HashSet::new();
        commit(&mut writer, Some(position))?;
        // One segment searches fastest; later changes make small ones beside it.
        let segments = generation.index.searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }

        let inner = &self.owner.inner;
        let mut write = inner.lock_write();
        let batches = write.journal.take().unwrap_or_default();
        let mut reached = position;
        for batch in batches.iter().filter(|batch| batch.position > position) {
            write_batch(&writer, &inner.fields, &batch.upserts, &batch.deletes)?;
            reached = reached.max(batch.position);
        }
        if reached > position {
            commit(&mut writer, Some(reached))?;
        }
        writer.wait_merging_threads()?;
        drop(generation);

        let served = inner.root.served(self.seq);
        fs::rename(&self.path, &served)?;
        inner.root.sync()?;
        let generation = Generation::open(served, self.seq, &inner.schema).map_err(Error::from)?;
        let snapshot = load(&generation, &inner.fields, None).map_err(Error::from)?;
        let count = snapshot.searcher.num_docs();
        let old = std::mem::replace(&mut write.generation, generation);
        let old_writer = write.writer.take();
        inner.publish(snapshot);
        inner.set_position(reached);
        drop(write);
        // Searches that still hold the old snapshot keep its files open; the names may go.
        drop(old_writer);
        if let Err(e) = fs::remove_dir_all(&old.path) {
            tracing::warn!(error = %e, "the replaced search index could not be removed");
        }
        Ok(count)
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        if self.work.take().is_some() || self.path.exists() {
            // Best effort: the next start removes what is left.
            drop(fs::remove_dir_all(&self.path));
        }
        self.owner.inner.lock_write().journal = None;
        self.owner.inner.rebuilding.store(false, Ordering::Release);
    }
}
