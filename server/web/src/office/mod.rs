//! Desks, lists and clocks.

pub(crate) mod desk;
pub(crate) mod holidays;
pub(crate) mod inbox;
pub(crate) mod list_acts;
pub(crate) mod lists;
pub(crate) mod persons;
mod working_list;
