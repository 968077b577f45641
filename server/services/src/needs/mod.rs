//! Needs: entering, importing, consent.

pub mod consent;
pub mod import;
pub mod need;
pub mod need_form;
