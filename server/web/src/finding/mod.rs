//! The hall, the index behind it and the words that find.

pub(crate) mod hall;
pub(crate) mod hall_query;
pub(crate) mod hall_words;
pub(crate) mod saved;
pub(crate) mod thesaurus;
