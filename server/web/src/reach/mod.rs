//! Pages of asking for help.

pub(crate) mod ask;
pub(crate) mod help;
pub(crate) mod poster;
pub(crate) mod progress;
mod words;
