//! What is on record, how long, and who may ask.

pub mod audit_view;
mod erasure;
pub mod retention;
pub mod rights;
