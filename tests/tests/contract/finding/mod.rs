//! The hall, the index behind it and the words that find.

pub(crate) mod follower;
pub(crate) mod questions;
