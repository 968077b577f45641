//! What is on record, how long, and who may ask.

pub mod erasure;
pub mod retention;
pub mod rights;
pub mod rotation;
