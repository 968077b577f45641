//! The program `duijie`: command line, configuration, jobs, demo.

mod actor;
pub mod assets;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod heads;
pub mod import_commands;
pub mod jobs;
pub mod key_commands;
pub mod keys;
pub mod listen;
pub mod operate;
mod say;
pub mod site;
pub mod start;

/// Pages are made of very many small strings, and the heap left by building an index goes back to the system:
/// half as much again in pages a second and half the memory of the C library's allocator (`xtask bench pages`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
