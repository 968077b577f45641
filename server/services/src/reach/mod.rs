//! Asking for help 求助: what somebody outside tells a street, what the street does with it, and what the household says
//! of it afterwards.

pub mod ask;
pub mod help;
mod place;
pub mod progress;
pub mod voice;
