//! Accounts, sign-in and what proves who somebody is.

pub(crate) mod account;
pub(crate) mod account_forms;
pub(crate) mod accounts;
pub(crate) mod invitation;
pub(crate) mod session;
