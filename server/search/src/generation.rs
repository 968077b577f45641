//! One index directory on disk: creating, opening and checking it, and the names under the root.
//!
//! Under the root stand `need-000007` (the index in use is the highest number), `building-000008`
//! (a rebuild under way, or one that was killed: deleted at the next start, it has never been served),
//! `aside-000006` (a damaged or outdated index, kept for whoever wants to know why) and `LOCK`.

use std::any::Any;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::schema::Schema;
use tantivy::{Index, IndexReader, IndexWriter, Opstamp, ReloadPolicy, TantivyError};

use crate::schema::{self, VERSION};
use crate::{Error, Position};

/// Documents are compressed in blocks of this many bytes: small enough to read 20 cards quickly.
const STORE_BLOCK: usize = 8 * 1024;
/// Decompressed store blocks kept: the cards of the pages people look at.
const STORE_CACHE_BLOCKS: usize = 128;
/// Memory of the writer that follows the log, and of the one that rebuilds, in bytes.
const FOLLOW_MEMORY: usize = 16_000_000;
const REBUILD_MEMORY: usize = 48_000_000;
/// Set-aside directories kept for inspection.
const KEPT_ASIDE: usize = 2;

/// Written with every commit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
pub struct Payload {
    pub version: u32,
    pub position: Option<Position>,
}

impl Payload {
    pub fn new(position: Option<Position>) -> Self {
        Self { version: VERSION, position }
    }

    pub fn text(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }
}

/// An index that opened and passed its checks.
pub struct Generation {
    pub path: PathBuf,
    pub seq: u64,
    pub index: Index,
    pub reader: IndexReader,
    /// `None`: nothing has ever been committed.
    pub position: Option<Position>,
}

/// Why a directory cannot be used, as far as the caller acts on it.
#[derive(Debug)]
pub enum Unusable {
    /// Of another schema or analysis.
    Outdated,
    /// Contradicts itself.
    Damaged(String),
    /// Nothing wrong with the index itself.
    Other(Error),
}

impl Generation {
    /// Makes an empty index.
    pub fn create(path: PathBuf, seq: u64, schema: Schema) -> Result<Self, Error> {
        fs::create_dir_all(&path)?;
        let settings = tantivy::IndexSettings { docstore_blocksize: STORE_BLOCK, ..tantivy::IndexSettings::default() };
        let index = Index::builder().schema(schema).settings(settings).create_in_dir(&path)?;
        schema::register_tokenizers(&index);
        let reader = reader(&index)?;
        Ok(Self { path, seq, index, reader, position: None })
    }

    /// Opens an index and checks everything that can be checked: description, schema, version and the
    /// checksum of every file.
    pub fn open(path: PathBuf, seq: u64, schema: &Schema) -> Result<Self, Unusable> {
        // Tantivy may panic on bytes that make no sense; that is damage like any other.
        guarded(|| Self::open_unguarded(path, seq, schema)).unwrap_or_else(|panic| Err(Unusable::Damaged(panic)))
    }

    fn open_unguarded(path: PathBuf, seq: u64, schema: &Schema) -> Result<Self, Unusable> {
        for name in ["meta.json", ".managed.json"] {
            if !path.join(name).is_file() {
                return Err(Unusable::Damaged(format!("{name} is missing")));
            }
        }
        {
            // With an index of its own: the pages read for the checksums are let go with it.
            let index = Index::open_in_dir(&path)?;
            let metas = index.load_metas()?;
            if metas.schema != *schema {
                return Err(Unusable::Outdated);
            }
            if let Some(payload) = &metas.payload
                && parse(payload)?.version != VERSION
            {
                return Err(Unusable::Outdated);
            }
            let damaged = index.validate_checksum()?;
            if !damaged.is_empty() {
                return Err(Unusable::Damaged(format!("checksums differ: {damaged:?}")));
            }
        }
        let index = Index::open_in_dir(&path)?;
        schema::register_tokenizers(&index);
        let position = match index.load_metas()?.payload {
            Some(payload) => parse(&payload)?.position,
            None => None,
        };
        let reader = reader(&index)?;
        Ok(Self { path, seq, index, reader, position })
    }

    /// The number of the last commit.
    pub fn opstamp(&self) -> Result<Opstamp, Error> {
        Ok(self.index.load_metas()?.opstamp)
    }

    /// A writer that follows the log and merges as it goes.
    pub fn writer(&self) -> Result<IndexWriter, Error> {
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(0.3);
        self.new_writer(FOLLOW_MEMORY, Box::new(policy))
    }

    /// A writer that fills an empty index; the caller merges once, at the end.
    pub fn bulk_writer(&self) -> Result<IndexWriter, Error> {
        self.new_writer(REBUILD_MEMORY, Box::new(NoMergePolicy))
    }

    fn new_writer(&self, memory: usize, policy: Box<dyn MergePolicy>) -> Result<IndexWriter, Error> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory)
            .build();
        let writer: IndexWriter = self.index.writer_with_options(options)?;
        writer.set_merge_policy(policy);
        Ok(writer)
    }
}

/// Commits with a payload.
pub fn commit(writer: &mut IndexWriter, position: Option<Position>) -> Result<(), Error> {
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&Payload::new(position).text());
    prepared.commit()?;
    Ok(())
}

fn parse(payload: &str) -> Result<Payload, Unusable> {
    serde_json::from_str(payload).map_err(|_| Unusable::Outdated)
}

fn reader(index: &Index) -> tantivy::Result<IndexReader> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(STORE_CACHE_BLOCKS).try_into()
}

/// Runs something that may panic on damaged files; the panic's message instead.
pub fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| panic_text(panic.as_ref()))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}

/// The root directory with its lock.
pub struct Root {
    pub path: PathBuf,
    _lock: File,
}

impl Root {
    /// Creates the root if need be and takes it for this process.
    pub fn take(path: &Path) -> Result<Self, Error> {
        fs::create_dir_all(path)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("LOCK"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(Error::Locked(path.to_owned())),
            Err(fs::TryLockError::Error(e)) => Err(e.into()),
        }
    }

    pub fn served(&self, seq: u64) -> PathBuf {
        self.path.join(format!("need-{seq:06}"))
    }

    pub fn building(&self, seq: u64) -> PathBuf {
        self.path.join(format!("building-{seq:06}"))
    }

    /// Numbers of the served directories, rising.
    pub fn numbers(&self, prefix: &str) -> Result<Vec<u64>, Error> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            if let Some(number) = name.to_str().and_then(|n| n.strip_prefix(prefix)) {
                numbers.extend(number.parse::<u64>());
            }
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Puts a served directory aside; the oldest of too many go.
    pub fn set_aside(&self, seq: u64) -> Result<PathBuf, Error> {
        let path = self.path.join(format!("aside-{seq:06}"));
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::rename(self.served(seq), &path)?;
        let aside = self.numbers("aside-")?;
        for old in &aside[..aside.len().saturating_sub(KEPT_ASIDE)] {
            fs::remove_dir_all(self.path.join(format!("aside-{old:06}")))?;
        }
        Ok(path)
    }

    /// Makes renames in the root last.
    pub fn sync(&self) -> Result<(), Error> {
        File::open(&self.path)?.sync_all()?;
        Ok(())
    }
}

pub fn io_error(e: &io::Error) -> Error {
    match e.kind() {
        ErrorKind::NotFound | ErrorKind::UnexpectedEof | ErrorKind::InvalidData => Error::Damaged(e.to_string()),
        _ => Error::Io(e.to_string()),
    }
}

/// Sorts tantivy's errors by what the caller can do about them.
pub fn engine_error(e: TantivyError) -> Error {
    match &e {
        TantivyError::LockFailure(LockError::LockBusy, _) => Error::Locked(PathBuf::new()),
        TantivyError::LockFailure(LockError::IoError(io), _)
        | TantivyError::IoError(io)
        | TantivyError::OpenDirectoryError(
            OpenDirectoryError::IoError { io_error: io, .. } | OpenDirectoryError::FailedToCreateTempDir(io),
        )
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: io, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: io, .. }) => io_error(io),
        TantivyError::SystemError(_) | TantivyError::ErrorInThread(_) => Error::Io(e.to_string()),
        _ => Error::Damaged(e.to_string()),
    }
}

impl From<TantivyError> for Unusable {
    fn from(e: TantivyError) -> Self {
        match engine_error(e) {
            Error::Damaged(why) => Self::Damaged(why),
            other => Self::Other(other),
        }
    }
}
