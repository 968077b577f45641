//! Organizations and what they offer.

pub mod directory;
pub mod organization;
pub mod project;
pub mod registration;
