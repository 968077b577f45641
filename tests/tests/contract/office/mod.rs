//! Desks, lists and clocks.

pub(crate) mod clocks;
mod machine_clock;
mod waiting;
