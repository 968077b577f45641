//! Asking for help, and what becomes of it.

pub(crate) mod help;
mod pages;
