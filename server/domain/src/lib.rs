//! The vocabulary and the rules, pure: no input, no output, no clock of its own.
//! Compiles to wasm, so that browser and server share one truth.

pub mod account;
pub mod ask;
pub mod attachment;
pub mod calendar;
pub mod claim;
pub mod code;
pub mod delivery;
pub mod disclosure;
pub mod division;
pub mod event;
pub mod field;
pub mod finding;
pub mod gate;
pub mod hours;
pub mod machine;
pub mod need;
pub mod opening;
pub mod organization;
pub mod pairing;
pub mod permission;
pub mod phone;
pub mod project;
pub mod qualification;
pub mod resident_id;
pub mod retention;
pub mod rights;
pub mod role;
pub mod signup;
pub mod simplified;
pub mod team;
pub mod text;
pub mod uscc;
pub mod verification;
pub mod vocabulary;
pub mod volunteer;
