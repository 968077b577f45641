//! Needs: entering, importing, consent.

pub(crate) mod disclosure;
pub(crate) mod import;
pub(crate) mod privacy;
