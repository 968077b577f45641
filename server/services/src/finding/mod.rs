//! The hall, the index behind it and the words that find.

pub(crate) mod card;
pub mod cells;
pub(crate) mod fit;
pub mod follower;
pub mod hall;
pub mod hall_address;
pub mod lexicon;
pub mod market;
pub mod nearby;
pub(crate) mod offers;
pub mod percolate;
pub mod saved_search;
pub(crate) mod standby;
pub mod supply;
pub mod thesaurus;
