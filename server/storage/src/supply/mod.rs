//! Organizations and what they offer.

pub mod organization;
pub mod organization_profile;
pub mod project;
