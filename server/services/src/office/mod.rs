//! Desks, lists and clocks.

pub mod clocks;
pub mod desk;
pub mod lists;
mod raise;
pub(crate) mod task;
pub(crate) mod volunteer_desk;
pub mod waiting;
