//! Needs: entering, importing, consent.

pub(crate) mod import;
pub(crate) mod import_map;
pub(crate) mod import_report;
pub(crate) mod import_steps;
pub(crate) mod need;
pub(crate) mod need_check;
pub(crate) mod need_commands;
pub(crate) mod need_draft;
pub(crate) mod need_fields;
pub(crate) mod need_file;
pub(crate) mod need_form;
pub(crate) mod need_office;
pub(crate) mod need_words;
