//! What every room stands on.

pub mod attachment;
pub mod audit;
pub mod draft;
pub mod event;
pub mod listing;
pub mod notice;
pub mod reference;
pub mod sealed;
pub mod working_day;
