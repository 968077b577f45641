//! Desks, lists and clocks.

pub(crate) mod desk;
pub(crate) mod holidays;
pub(crate) mod inbox;
pub(crate) mod lists;
