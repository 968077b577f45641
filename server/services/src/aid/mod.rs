//! From a claim to a checked result.

pub mod ask;
pub mod batch;
pub mod claim;
pub mod delivery;
pub mod disclosure;
pub mod joint;
pub mod masks;
pub mod matching;
pub mod need_file;
pub mod pairing;
pub mod promise;
pub mod queue;
pub mod rounds;
pub mod transfer;
pub mod verification;
pub mod view;
