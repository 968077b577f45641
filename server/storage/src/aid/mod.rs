//! From a claim to a checked result.

pub mod ask;
pub mod batch;
pub mod claim;
pub mod delivery;
pub mod disclosure;
pub mod pairing;
pub mod promise;
pub mod round;
pub mod transfer;
pub mod verification;
pub mod waiting;
