//! Organizations and what they offer.

pub(crate) mod directory;
pub(crate) mod project;
pub(crate) mod registration;
