//! Needs: entering, importing, consent.

pub(crate) mod disclosure;
pub(crate) mod import;
mod own_file;
pub(crate) mod privacy;
