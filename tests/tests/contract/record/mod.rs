//! What is on record, how long, and who may ask.

pub(crate) mod retention;
pub(crate) mod rights;
