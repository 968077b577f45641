//! Needs: entering, importing, consent.

pub mod amendment;
pub mod closing;
pub mod consent;
pub mod file_version;
pub mod import;
pub mod need;
pub mod need_file;
pub mod person_word;
