//! What offices, organizations and leaders have to do, across all kinds of records.

pub mod desk;
pub mod list_view;
