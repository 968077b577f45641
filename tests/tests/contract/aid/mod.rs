//! From a claim to a checked result.

pub(crate) mod ask;
pub(crate) mod batch;
pub(crate) mod joint;
pub(crate) mod loop_;
pub(crate) mod matching;
pub(crate) mod promise;
pub(crate) mod queue;
pub(crate) mod rounds;
