//! Desks, lists and clocks.

pub mod clocks;
pub mod desk;
pub mod lists;
