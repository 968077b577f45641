//! The hall, the index behind it and the words that find.

pub mod cells;
pub mod follower;
pub mod hall;
pub mod hall_address;
pub(crate) mod nearby;
pub mod percolate;
pub mod saved_search;
pub(crate) mod standby;
pub mod supply;
pub mod thesaurus;
