//! From a claim to a checked result.

pub(crate) mod ask;
pub(crate) mod batch;
pub(crate) mod claim;
pub(crate) mod delivery;
pub(crate) mod disclosure;
pub(crate) mod give_back;
pub(crate) mod joint;
pub(crate) mod matching;
pub(crate) mod pairing;
pub(crate) mod pairing_forms;
pub(crate) mod pairing_panels;
pub(crate) mod pairing_words;
pub(crate) mod queue;
pub(crate) mod report;
pub(crate) mod rounds;
pub(crate) mod rounds_sheet;
pub(crate) mod rounds_week;
pub(crate) mod transfer;
pub(crate) mod verification;
pub(crate) mod visit;
pub(crate) mod visit_plan;
