//! Needs: entering, importing, consent.

mod amendment;
pub(crate) mod disclosure;
pub(crate) mod import;
mod own_file;
pub(crate) mod privacy;
