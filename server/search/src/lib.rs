//! Embedded search over needs: plain structs in, plain structs out.
//!
//! The crate knows nothing of the database. A follower of the event log calls [`NeedIndex::apply`] with
//! the needs that changed and the position it has reached; a page calls [`NeedIndex::search`] with what
//! was typed, the filters and *who reads*. Searching takes no lock that a writer holds for long, is pure
//! computation (no await), and never fails because of its input.
//!
//! | module | what |
//! |---|---|
//! | [`analysis`] | folding and Chinese bigrams with true positions and offsets |
//! | `schema` | fields, and how a [`NeedDoc`] becomes an index document |
//! | `query` | what was typed: words, phrases, exclusions |
//! | `clauses` | from there to a tantivy query |
//! | `facets`, `columns`, `mask` | readers, filters and counts as bit masks |
//! | `order`, `snapshot`, `cache` | first by a column or by score; one committed state; remembered answers |
//! | `find` | runs a search over a snapshot |
//! | [`highlight`] | marks and passages |
//! | [`index`], `generation`, [`rebuild`] | the index on disk: open, follow, rebuild, recover |

pub mod analysis;
mod cache;
mod clauses;
mod columns;
mod facets;
mod find;
mod generation;
pub mod highlight;
pub mod index;
mod mask;
mod order;
mod query;
pub mod rebuild;
mod schema;
mod snapshot;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use facets::Facets;
pub use index::{NeedIndex, Opened, State};
pub use query::{MAX_CHARS, Parsed};
pub use rebuild::Rebuild;

/// Everything the index knows of one need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeedDoc {
    pub id: Uuid,
    /// The need's own code, shown to everybody.
    pub code: String,
    /// 12 digits; a need of a street or district has zeros at the end.
    pub division_code: String,
    /// `household` or `village`.
    pub kind: String,
    pub state: String,
    /// Whether the public and every organization may find it.
    pub is_public: bool,
    /// Service category codes.
    pub services: Vec<String>,
    pub service_groups: Vec<String>,
    pub beneficiary_groups: Vec<String>,
    pub urgent: bool,
    /// Something of it is still unclaimed.
    pub open_units: bool,
    /// µs UTC, 0 if never.
    pub published_at: i64,
    pub public_title: String,
    pub public_text: String,
    pub title: String,
    /// What members may read: street name, description, lines, categories. Whatever the public finds,
    /// members find too; the public text need not be repeated here.
    pub text: String,
    /// Opaque data for the result card, stored only.
    pub public_card: String,
    pub member_card: String,
}

/// Who reads; decides what exists for a search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reader {
    /// Public text of public needs.
    Public,
    /// Member text of public needs.
    Organization,
    /// Member text of every need within `scope`, whatever its state, and of nothing elsewhere.
    Staff {
        /// Division code: `12` (the city), 6, 9 or 12 digits, zeros at the end allowed. Anything else
        /// is no scope at all.
        scope: String,
    },
}

/// In what order; ties by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sort {
    /// Urgent first, then longest waiting.
    #[default]
    Urgent,
    /// Best match first; without text the same as `Urgent`.
    Relevance,
    /// Latest published first.
    Newest,
    /// Longest waiting first.
    Waiting,
}

/// A search. Values of one filter are alternatives, filters of different kinds must all hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NeedQuery {
    /// As typed, any text; the first [`MAX_CHARS`] characters count.
    pub text: String,
    /// 6 digits.
    pub districts: Vec<String>,
    /// 9 digits. Streets of a chosen district narrow that district. The public finds only villages by
    /// street: a household is not placed below its district for them.
    pub streets: Vec<String>,
    pub services: Vec<String>,
    pub service_groups: Vec<String>,
    pub beneficiary_groups: Vec<String>,
    pub kinds: Vec<String>,
    pub states: Vec<String>,
    pub urgent_only: bool,
    pub open_only: bool,
    /// µs UTC; give whole days or hours, so that the same page asks the same question.
    pub published_before: Option<i64>,
    pub sort: Sort,
    pub offset: usize,
    /// At most 1,000.
    pub limit: usize,
    /// Whether counts are wanted. Without them a search by relevance reads only as much of the index as
    /// the first hits need, and `total` is just the number of hits seen: for suggestions.
    pub facets: bool,
    /// The present in µs UTC, for the small weight of waiting time in `Relevance`; 0: leave it out.
    pub now: i64,
    /// The reader's own district, 6 digits, a little preferred in `Relevance`; empty: none.
    pub near: String,
}

impl Default for NeedQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            districts: Vec::new(),
            streets: Vec::new(),
            services: Vec::new(),
            service_groups: Vec::new(),
            beneficiary_groups: Vec::new(),
            kinds: Vec::new(),
            states: Vec::new(),
            urgent_only: false,
            open_only: false,
            published_before: None,
            sort: Sort::default(),
            offset: 0,
            limit: 20,
            facets: true,
            now: 0,
            near: String::new(),
        }
    }
}

/// One result, of the reader's tier.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub id: Uuid,
    pub code: String,
    /// The card this reader may see.
    pub card: String,
    /// 0 unless sorted by relevance.
    pub score: f32,
    pub title: String,
    /// Byte ranges of `title` to mark.
    pub title_spans: Vec<(u32, u32)>,
    /// The part of the text that matched, empty without a query text.
    pub passage: String,
    /// Byte ranges of `passage` to mark.
    pub passage_spans: Vec<(u32, u32)>,
}

/// What was done when the text as typed found next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Results hold any part of the text, or all its characters in another order.
    AnyPart,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    /// Hits under every filter.
    pub total: u64,
    pub hits: Vec<Hit>,
    pub facets: Facets,
    pub fell_back: Option<Fallback>,
    /// How the text was read.
    pub parsed: Parsed,
    /// What to mark, for [`highlight::spans`] on other texts.
    pub terms: Vec<String>,
    /// The state of the index that answered, see [`NeedIndex::generation`].
    pub generation: u64,
}

/// How far the event log has been followed, in commit order: (transaction or 0, event id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Position(pub u64, pub u64);

/// What can go wrong; never the text of a query.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process works in this directory. Nothing was changed; do not rebuild.
    #[error("the search index at {0} is in use by another process")]
    Locked(PathBuf),
    /// Permissions, disk space, descriptors: nothing a rebuild would mend.
    #[error("the search index cannot be read or written: {0}")]
    Io(String),
    /// The index contradicts itself: rebuild it.
    #[error("the search index is damaged: {0}")]
    Damaged(String),
    /// A rebuild is under way already.
    #[error("the search index is being rebuilt already")]
    RebuildRunning,
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        generation::io_error(&e)
    }
}

impl From<tantivy::TantivyError> for Error {
    fn from(e: tantivy::TantivyError) -> Self {
        generation::engine_error(e)
    }
}
