//! Desks, lists and clocks.

pub(crate) mod clocks;
