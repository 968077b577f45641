//! Documents as offices exchange them: ledgers (台账) read, templates and reports written.

pub mod ical;
pub mod ledger;
pub mod person;
pub mod sheet;
pub mod upload;
