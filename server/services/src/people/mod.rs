//! Accounts, sign-in and what proves who somebody is.

pub mod account;
pub mod factor;
pub mod invitation;
pub mod password;
pub mod session;
pub mod totp;
