//! What every room stands on.

pub(crate) mod audit;
pub(crate) mod budget;
pub(crate) mod canaries;
pub(crate) mod forms;
pub(crate) mod front;
pub(crate) mod jobs;
pub(crate) mod model;
pub(crate) mod once;
pub(crate) mod operate;
pub(crate) mod private_lives;
pub(crate) mod races;
pub(crate) mod scope;
pub(crate) mod sealing;
pub(crate) mod statements;
pub(crate) mod trail;
pub(crate) mod uploads;
pub(crate) mod web;
