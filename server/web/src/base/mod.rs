//! What every room stands on.

pub(crate) mod address;
pub(crate) mod cache;
pub(crate) mod download;
pub(crate) mod finder;
pub(crate) mod form_fields;
pub(crate) mod frame;
pub(crate) mod get;
pub(crate) mod guard;
pub(crate) mod measure;
pub(crate) mod parts;
pub(crate) mod post;
pub(crate) mod promise;
pub(crate) mod qr;
pub(crate) mod refusal;
pub(crate) mod request;
pub(crate) mod security;
pub(crate) mod settings;
pub(crate) mod states;
pub(crate) mod ways;
pub(crate) mod words;
