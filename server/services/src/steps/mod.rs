//! What several commands share inside one transaction. Commands stand above and never call one another; the need is
//! locked first.

pub(crate) mod asks;
pub(crate) mod claims;
pub(crate) mod claims_ended;
pub(crate) mod claims_made;
pub(crate) mod contact;
pub(crate) mod deliveries;
pub(crate) mod members;
pub(crate) mod needs;
pub(crate) mod openings;
pub(crate) mod openings_ended;
pub(crate) mod pairing_events;
pub(crate) mod pairings;
pub(crate) mod places;
pub(crate) mod promises;
pub(crate) mod shifts;
pub(crate) mod signups;
pub(crate) mod standing;
pub(crate) mod teams;
pub(crate) mod transfers;
pub(crate) mod verifications;
pub(crate) mod volunteers;
