//! Embedded search over needs and whoever may help: plain structs in, plain structs out.
//!
//! The crate knows nothing of the database, but the vocabularies and places of `domain`. A follower of the event log calls [`NeedIndex::apply`] with
//! the needs that changed and the position it has reached; a page calls [`NeedIndex::search`] with what
//! was typed, the filters and *who reads*. Searching takes no lock that a writer holds for long, is pure
//! computation (no await), and never fails because of its input.
//!
//! | module | what |
//! |---|---|
//! | [`analysis`], [`sound`] | folding, Chinese bigrams with true positions and offsets; pinyin |
//! | `schema` | fields, and how a [`NeedDoc`] becomes an index document |
//! | [`query`] | what was typed: words, phrases, exclusions |
//! | [`thesaurus`], [`lexicon`] | words that mean the same; these with services, people, places, and their sounds |
//! | [`meaning`] | what was meant by what was typed |
//! | [`intent`] | a trained sense of what a sentence is about: services, and people |
//! | `clauses` | from there to tantivy queries |
//! | [`matching`] | a meaning held against one document in memory: saved searches, serving without an index |
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
pub mod intent;
pub mod lexicon;
mod mask;
pub mod matching;
pub mod meaning;
mod order;
pub mod query;
pub mod rebuild;
mod schema;
mod snapshot;
pub mod sound;
pub mod thesaurus;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use facets::Facets;
pub use find::why;
pub use index::{NeedIndex, Opened, State};
pub use lexicon::Lexicon;
pub use meaning::{Asked, How, Meaning};
pub use query::{MAX_CHARS, Parsed};
pub use rebuild::Rebuild;

/// The kinds of document in the index. Each kind is searched by itself; all share fields, tiers and scopes.
/// A new kind is a variant here and, in the follower, a function that makes [`NeedDoc`]s of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum What {
    #[default]
    Need,
    Organization,
    Project,
    Opening,
}

impl What {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Organization => "organization",
            Self::Project => "project",
            Self::Opening => "opening",
        }
    }
}

/// Everything the index knows of one need, or of one document of another kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeedDoc {
    pub what: What,
    pub id: Uuid,
    /// The need's own code, shown to everybody.
    pub code: String,
    /// 12 digits; a need of a street or district has zeros at the end.
    pub division_code: String,
    /// The part of `division_code` that an organization without a pairing may know: 9 or 12 digits, or
    /// less where its street would point at a household. Its district everybody knows.
    pub known_division: String,
    /// Districts (6 digits) that the document stands for besides: where an organization or a project serves.
    pub areas: Vec<String>,
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
    /// What members may read: the description and what else was written down. Whatever the public finds, members find
    /// too; the public text need not be repeated here.
    pub text: String,
    /// Words that find it and are never shown as a passage: names of services, categories and places. The public's, and
    /// the members'.
    pub public_words: String,
    pub words: String,
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
    pub what: What,
    /// As typed, any text; the first [`MAX_CHARS`] characters count.
    pub text: String,
    /// Words of `text` that are to be taken as they stand, not for what they mean.
    pub literal: Vec<String>,
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
            what: What::Need,
            text: String::new(),
            literal: Vec::new(),
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
    /// Which words of the reader's text stand for which parts of the query.
    pub why: Vec<Why>,
}

/// A part of the query, and the word in the document that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    pub typed: String,
    /// The same as `typed`, or another word of the same meaning.
    pub found: String,
    pub how: How,
    pub in_title: bool,
}

/// What was done when the text as typed found next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Unknown text was taken for known words that sound like it: [`Results::meaning`] says which.
    SoundsLike,
    /// Known words are held, unknown text is optional.
    WithoutText,
    /// What lies in the place that was named comes first, then what lies elsewhere.
    Elsewhere,
    /// Results hold any part of the text, or all its characters in another order.
    AnyPart,
    /// What says it in words comes first, then what is about the same: [`Meaning::asked`] says what was understood.
    Meant,
    /// For whom is not held, only preferred.
    Anybody,
    /// Nothing holds the quoted words as they stand: they are taken as plain words.
    Unquoted,
}

impl Fallback {
    /// What was done, in a sentence for the reader.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SoundsLike => "按读音或写法相近的词找到这些，请看看是不是您要的。",
            Self::WithoutText | Self::AnyPart => "没有完全符合的，下面列出符合一部分的。",
            Self::Elsewhere => "当地的排在前面，后面是其他地方的。",
            Self::Meant => "字面上写到的排在前面，后面是意思相近的。",
            Self::Anybody => "写明是这类人的排在前面，后面是其他人的同类需求。",
            Self::Unquoted => "没有一字不差写着引号里那句话的，下面按里面的词来找。",
        }
    }
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
    /// What was understood by it.
    pub meaning: Meaning,
    /// The state of the index that answered, see [`NeedIndex::generation`].
    pub generation: u64,
}

/// How far the event log has been followed, in commit order: (transaction or 0, event id), and a mark of that event, by
/// which a log is told from another one that has come as far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Position(pub u64, pub u64, pub u64);

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
