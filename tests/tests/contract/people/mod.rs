//! Accounts, sign-in and what proves who somebody is.

pub(crate) mod sign_in;
