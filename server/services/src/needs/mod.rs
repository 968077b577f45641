//! Needs: entering, importing, consent.

pub mod amendment;
pub mod consent;
pub(crate) mod entry;
pub mod import;
pub mod need;
pub mod need_form;
