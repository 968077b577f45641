//! What every room stands on.

pub mod attachment;
pub mod audit;
pub mod draft;
pub(crate) mod error;
pub(crate) mod fields;
pub mod gate;
pub(crate) mod household_words;
pub mod households;
pub mod jobs;
pub mod keys;
pub mod kin;
pub(crate) mod limits;
pub mod machine_clock;
pub mod notice;
pub mod offers;
pub mod page;
pub mod reference;
pub(crate) mod row;
pub mod timeline;
pub mod trail;
pub(crate) mod work;
pub mod working_days;
