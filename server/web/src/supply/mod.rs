//! Organizations and what they offer.

pub(crate) mod directory;
pub(crate) mod organization;
pub(crate) mod project;
pub(crate) mod project_form;
pub(crate) mod registration;
