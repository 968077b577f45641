//! What is on record, how long, and who may ask.

pub mod retention;
pub mod rights;
pub mod rotation;
