//! First page, help and how pages are shown.

pub(crate) mod display;
pub(crate) mod help;
pub(crate) mod home;
