//! Accounts, sign-in and what proves who somebody is.

pub mod account;
pub mod device;
pub mod factor;
pub mod hand;
pub mod invitation;
pub mod role;
pub mod session;
pub mod sign_in;
