//! The index as its owner sees it: open, follow the event log, search, rebuild.
//!
//! One process owns a directory. One thread at a time writes; any number search, each on the snapshot
//! it started with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::schema::Schema;
use tantivy::{IndexWriter, Term};
use uuid::Uuid;

use crate::cache::Cache;
use crate::generation::{Generation, Root, Unusable, commit, guarded};
use crate::schema::Fields;
use crate::snapshot::Snapshot;
use crate::{Error, Lexicon, NeedDoc, NeedQuery, Position, Reader, Rebuild, Results, What, find};

/// So many calls of [`NeedIndex::apply`] may bring nothing but a position before it is written down.
/// Until then a restart follows the log from a little earlier, which does no harm.
const UNSAVED_POSITIONS: u32 = 256;

/// What [`NeedIndex::open`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There was no index, or one that was never filled: rebuild, or follow the log from its beginning.
    Fresh,
    /// Usable; follow the log from [`NeedIndex::position`].
    Current,
    /// Made by another version of this program and put aside; the index is empty now: rebuild.
    Stale,
    /// Damaged and put aside; the index is empty now: rebuild.
    Damaged,
}

/// An opened index. It is usable in every state, only not yet complete unless `Current`.
pub struct Opened {
    pub index: NeedIndex,
    pub position: Option<Position>,
    pub state: State,
    /// Where an unusable index was put.
    pub aside: Option<PathBuf>,
    /// What was wrong with it.
    pub reason: Option<String>,
}

/// The index of needs. Cheap to clone; all clones are the same index.
#[derive(Clone)]
pub struct NeedIndex {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub root: Root,
    pub schema: Schema,
    pub fields: Fields,
    write: Mutex<WriteSide>,
    snapshot: RwLock<Arc<Snapshot>>,
    position: Mutex<Option<Position>>,
    lexicon: RwLock<Arc<Edition>>,
    cache: Cache<(NeedQuery, Reader), Results>,
    pub rebuilding: AtomicBool,
    unsaved: AtomicU32,
}

/// The words in force, put together when first asked for: whoever only follows the log never does.
struct Edition {
    revision: u64,
    words: LazyLock<Arc<Lexicon>, Box<dyn FnOnce() -> Arc<Lexicon> + Send>>,
}

impl Edition {
    fn new(revision: u64, make: impl FnOnce() -> Arc<Lexicon> + Send + 'static) -> Arc<Self> {
        Arc::new(Self { revision, words: LazyLock::new(Box::new(make)) })
    }
}

pub(crate) struct WriteSide {
    pub generation: Generation,
    /// Made when first needed, and anew after an error.
    pub writer: Option<IndexWriter>,
    /// What was applied while a rebuild is under way.
    pub journal: Option<Vec<Batch>>,
}

#[derive(Clone)]
pub(crate) struct Batch {
    pub upserts: Vec<NeedDoc>,
    pub deletes: Vec<Uuid>,
    pub position: Position,
}

impl NeedIndex {
    /// Opens the index in `dir`, creating what is missing.
    ///
    /// A damaged or outdated index is renamed (`aside-…`), an empty one takes its place and the state
    /// says so. [`Error::Locked`] and [`Error::Io`] leave everything as it is.
    pub fn open(dir: impl AsRef<Path>) -> Result<Opened, Error> {
        let root = Root::take(dir.as_ref())?;
        let (schema, fields) = Fields::build();
        for seq in root.numbers("building-")? {
            std::fs::remove_dir_all(root.building(seq))?;
        }
        let mut numbers = root.numbers("need-")?;
        let newest = numbers.pop();
        // A rebuild replaced these and was stopped before it could remove them.
        for old in numbers {
            std::fs::remove_dir_all(root.served(old))?;
        }
        let last = root.numbers("aside-")?.last().copied().max(newest).unwrap_or(0);
        let mut state = State::Fresh;
        let (mut aside, mut reason, mut ready) = (None, None, None);
        if let Some(seq) = newest {
            let opened = Generation::open(root.served(seq), seq, &schema).and_then(|generation| {
                let snapshot = load(&generation, &fields, None)?;
                Ok((generation, snapshot))
            });
            match opened {
                Ok((generation, snapshot)) => {
                    if generation.position.is_some() {
                        state = State::Current;
                    }
                    ready = Some((generation, snapshot));
                }
                Err(Unusable::Other(e)) => return Err(e),
                Err(Unusable::Outdated) => state = State::Stale,
                Err(Unusable::Damaged(why)) => {
                    tracing::error!(index = seq, why, "the search index is damaged");
                    state = State::Damaged;
                    reason = Some(why);
                }
            }
            if ready.is_none() {
                aside = Some(root.set_aside(seq)?);
            }
        }
        let (generation, snapshot) = if let Some(ready) = ready {
            ready
        } else {
            let seq = last + 1;
            let generation = Generation::create(root.served(seq), seq, schema.clone())?;
            root.sync()?;
            let snapshot = load(&generation, &fields, None).map_err(Error::from)?;
            (generation, snapshot)
        };
        let position = generation.position;
        let index = Self {
            inner: Arc::new(Inner {
                root,
                schema,
                fields,
                write: Mutex::new(WriteSide { generation, writer: None, journal: None }),
                snapshot: RwLock::new(Arc::new(snapshot)),
                position: Mutex::new(position),
                lexicon: RwLock::new(Edition::new(0, Arc::default)),
                cache: Cache::new(),
                rebuilding: AtomicBool::new(false),
                unsaved: AtomicU32::new(0),
            }),
        };
        Ok(Opened { index, position, state, aside, reason })
    }

    /// Brings changed needs up to date and notes how far the log has been followed. When it returns, the
    /// next search sees the change.
    ///
    /// Idempotent: `upserts` are whole needs as the database holds them now, and applying them again
    /// changes nothing. A need named in both lists is deleted. The position never goes back; after a
    /// rebuild ask [`Self::position`] again instead of remembering it.
    pub fn apply(&self, upserts: &[NeedDoc], deletes: &[Uuid], position: Position) -> Result<(), Error> {
        let mut write = self.inner.lock_write();
        if let Some(journal) = &mut write.journal {
            journal.push(Batch { upserts: upserts.to_vec(), deletes: deletes.to_vec(), position });
        }
        let position = self.position().map_or(position, |now| now.max(position));
        let unsaved = self.inner.unsaved.fetch_add(1, Ordering::Relaxed);
        if !upserts.is_empty() || !deletes.is_empty() || unsaved >= UNSAVED_POSITIONS {
            let result = write.commit(&self.inner.fields, upserts, deletes, position);
            if let Err(e) = result {
                // A writer that failed stays failed: the next call begins with a new one.
                write.writer = None;
                return Err(e);
            }
            self.inner.unsaved.store(0, Ordering::Relaxed);
            let previous = self.inner.snapshot();
            write.generation.reader.reload()?;
            let snapshot = load(&write.generation, &self.inner.fields, Some(&previous)).map_err(Error::from)?;
            self.inner.publish(snapshot);
        }
        self.inner.set_position(position);
        Ok(())
    }

    /// Builds a new index beside the present one, which is searched meanwhile, and swaps.
    ///
    /// `position` is that of the snapshot the documents come from. What is applied meanwhile is kept.
    /// See [`Self::start_rebuild`] for feeding it piece by piece.
    pub fn rebuild(&self, docs: impl IntoIterator<Item = NeedDoc>, position: Position) -> Result<u64, Error> {
        let mut rebuild = self.start_rebuild()?;
        for doc in docs {
            rebuild.add(&[doc])?;
        }
        rebuild.finish(position)
    }

    /// Starts a rebuild. Call it *before* reading the snapshot's position from the database, so that
    /// nothing applied in between is lost.
    pub fn start_rebuild(&self) -> Result<Rebuild, Error> {
        Rebuild::start(self.clone())
    }

    /// Answers a search; never an error because of the query. [`Error::Damaged`] asks for a rebuild.
    ///
    /// Pure computation of up to some milliseconds on a large index. Answers are remembered until the
    /// index changes.
    pub fn search(&self, query: &NeedQuery, reader: &Reader) -> Result<Results, Error> {
        let snapshot = self.inner.snapshot();
        let lexicon = self.lexicon();
        let key = (query.clone(), reader.clone());
        let generation = generation_of(&snapshot, lexicon.revision());
        if let Some(known) = self.inner.cache.get(generation, &key) {
            return Ok(Results::clone(&known));
        }
        let mut results =
            guarded(|| find::run(&snapshot, &self.inner.fields, &lexicon, query, reader)).map_err(Error::Damaged)??;
        results.generation = generation;
        // Long exports and endless queries are not worth keeping.
        if query.limit <= 100 && query.text.len() <= 4 * crate::MAX_CHARS {
            let kept = Arc::new(results.clone());
            self.inner.cache.put(generation, key, kept);
        }
        Ok(results)
    }

    /// Changes with every commit, every swap and every change of the lexicon: a key for caches of whatever
    /// was made from search results.
    pub fn generation(&self) -> u64 {
        generation_of(&self.inner.snapshot(), self.edition().revision)
    }

    /// The words that searches understand.
    pub fn lexicon(&self) -> Arc<Lexicon> {
        Arc::clone(&self.edition().words)
    }

    fn edition(&self) -> Arc<Edition> {
        Arc::clone(&self.inner.lexicon.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up other words: the next search understands them.
    pub fn set_lexicon(&self, lexicon: Arc<Lexicon>) {
        self.set_edition(Edition::new(lexicon.revision(), move || lexicon));
    }

    /// Takes up the words of a revision, put together by the first search that asks for them.
    pub fn set_lexicon_later(&self, revision: u64, make: impl FnOnce() -> Lexicon + Send + 'static) {
        self.set_edition(Edition::new(revision, move || Arc::new(make())));
    }

    fn set_edition(&self, edition: Arc<Edition>) {
        *self.inner.lexicon.write().unwrap_or_else(PoisonError::into_inner) = edition;
    }

    /// As [`Self::search`] with another lexicon, without remembering: to preview a change.
    pub fn search_with(&self, lexicon: &Lexicon, query: &NeedQuery, reader: &Reader) -> Result<Results, Error> {
        let snapshot = self.inner.snapshot();
        Ok(guarded(|| find::run(&snapshot, &self.inner.fields, lexicon, query, reader)).map_err(Error::Damaged)??)
    }

    /// How far the log has been followed; `None` before anything was applied.
    pub fn position(&self) -> Option<Position> {
        *self.inner.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Documents in the index, whoever may see them.
    pub fn count(&self) -> u64 {
        self.inner.snapshot().searcher.num_docs()
    }

    /// Documents of one kind in the index, whoever may see them.
    pub fn count_of(&self, what: What) -> u64 {
        let snapshot = self.inner.snapshot();
        snapshot.segments.iter().map(|segment| segment.alive.count_and(&segment.columns.what(what))).sum()
    }

    /// Bytes on disk of the index in use by what takes them, the largest first: a field's terms, postings,
    /// positions and lengths, the stored texts.
    pub fn sizes_on_disk(&self) -> Result<Vec<(String, u64)>, Error> {
        let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
        for segment in self.inner.snapshot().searcher.space_usage()?.segments() {
            let parts = [
                ("terms", segment.termdict()),
                ("postings", segment.postings()),
                ("positions", segment.positions()),
                ("lengths", segment.fieldnorms()),
                ("values", segment.fast_fields()),
            ];
            for (part, usage) in parts {
                for field in usage.fields() {
                    *sizes.entry(format!("{} {part}", field.field_name())).or_default() += field.total().get_bytes();
                }
            }
            *sizes.entry("stored texts".to_owned()).or_default() += segment.store().total().get_bytes();
        }
        let mut sizes: Vec<(String, u64)> = sizes.into_iter().collect();
        sizes.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        Ok(sizes)
    }

    /// Forgets remembered answers: for measuring.
    pub fn forget_answers(&self) {
        self.inner.cache.clear();
    }
}

/// The lexicon's revision stands above what a snapshot's number ever reaches.
fn generation_of(snapshot: &Snapshot, revision: u64) -> u64 {
    snapshot.generation.wrapping_add(revision << 52)
}

impl Inner {
    pub fn lock_write(&self) -> MutexGuard<'_, WriteSide> {
        self.write.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn publish(&self, snapshot: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    pub fn set_position(&self, position: Position) {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = Some(position);
    }
}

impl WriteSide {
    fn commit(
        &mut self,
        fields: &Fields,
        upserts: &[NeedDoc],
        deletes: &[Uuid],
        position: Position,
    ) -> Result<(), Error> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(self.generation.writer()?),
        };
        write_batch(writer, fields, upserts, deletes)?;
        commit(writer, Some(position))
    }
}

/// Hands changes to a writer, without committing.
pub(crate) fn write_batch(
    writer: &IndexWriter,
    fields: &Fields,
    upserts: &[NeedDoc],
    deletes: &[Uuid],
) -> Result<(), Error> {
    for need in upserts {
        writer.delete_term(Term::from_field_bytes(fields.id, need.id.as_bytes()));
        writer.add_document(fields.document(need))?;
    }
    for id in deletes {
        writer.delete_term(Term::from_field_bytes(fields.id, id.as_bytes()));
    }
    Ok(())
}

/// The snapshot of a generation's last commit, guarded against damage.
pub(crate) fn load(
    generation: &Generation,
    fields: &Fields,
    previous: Option<&Snapshot>,
) -> Result<Snapshot, Unusable> {
    let number = generation.seq << 40 | generation.opstamp().map_err(Unusable::from)?;
    guarded(|| Snapshot::load(&generation.reader, fields, number, previous))
        .map_err(Unusable::Damaged)?
        .map_err(Unusable::from)
}

impl From<Error> for Unusable {
    fn from(e: Error) -> Self {
        match e {
            Error::Damaged(why) => Self::Damaged(why),
            other => Self::Other(other),
        }
    }
}

impl From<Unusable> for Error {
    fn from(e: Unusable) -> Self {
        match e {
            Unusable::Outdated => Self::Damaged("made by another version".to_owned()),
            Unusable::Damaged(why) => Self::Damaged(why),
            Unusable::Other(e) => e,
        }
    }
}
