//! Those who ask for help.

pub mod help;
pub mod voice;
