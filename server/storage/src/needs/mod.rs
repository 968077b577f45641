//! Needs: entering, importing, consent.

pub mod closing;
pub mod consent;
pub mod import;
pub mod need;
pub mod need_file;
