//! The few parts that a script makes better. Each is a plain element or nothing at all until it wakes,
//! so a page loses no function with scripts off.

mod autosave;
mod kept;
mod read_aloud;
mod server;
mod suggest;
mod typed;
mod upload;

pub use autosave::DraftAutosave;
pub use kept::KeptTaps;
pub use read_aloud::ReadAloud;
pub use suggest::SearchSuggest;
pub use typed::TypedInTab;
pub use upload::UploadProgress;
