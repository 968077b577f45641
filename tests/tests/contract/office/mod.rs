//! Desks, lists and clocks.

pub(crate) mod clocks;
mod lists;
mod machine_clock;
mod persons;
mod waiting;
