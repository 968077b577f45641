//! The program `duijie`: command line, configuration, router, jobs.

pub mod assets;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod heads;
pub mod jobs;
pub mod keys;
mod say;
pub mod start;
pub mod web;
