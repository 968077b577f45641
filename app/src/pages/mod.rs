//! The pages: each a view model and the function that draws it.

pub mod error;
pub mod login;
