//! What the tests share: a database of their own on either engine, and a browser with or without scripts.
//!
//! `cargo xtask test` finds or starts what these need and names it in the environment; a test that cannot run
//! calls [`skip`] and returns.

pub mod attempts;
pub mod browser;
pub mod finding;
pub mod pdf;
pub mod postgres;
pub mod steps;
mod template;
pub mod world;

use std::{env, fs::OpenOptions, io::Write as _};

/// Says that a part cannot be tested on this machine. With `CI=true` that is a failure.
///
/// # Panics
/// In CI, where nothing may be skipped.
pub fn skip(part: &str) {
    assert!(!env::var("CI").is_ok_and(|value| value == "true"), "cannot be skipped in CI: {part}");
    eprintln!("skipped: {part}");
    if let Some(path) = env::var_os("DUIJIE_TEST_SKIPS")
        && let Ok(mut list) = OpenOptions::new().append(true).create(true).open(path)
    {
        // The list is for people; a test does not fail for it.
        let _ = writeln!(list, "{part}");
    }
}
