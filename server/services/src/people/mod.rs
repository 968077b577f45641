//! Accounts, sign-in and what proves who somebody is.

pub mod account;
pub mod factor;
pub mod invitation;
pub mod password;
pub(crate) mod post;
pub mod session;
pub(crate) mod steps;
pub(crate) mod token;
pub mod totp;
