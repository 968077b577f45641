//! Desks, lists and clocks.

pub mod clocks;
pub mod desk;
pub mod list_export;
pub(crate) mod list_query;
pub mod list_view;
pub mod lists;
pub mod persons;
mod raise;
pub(crate) mod task;
pub(crate) mod volunteer_desk;
pub mod waiting;
