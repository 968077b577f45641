//! What the command line says on standard output.

use anyhow::{Context as _, Result};
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};

/// Says a line. That nobody reads on (`duijie user list | head -1`) is no mistake; that it cannot be kept (a full
/// disk behind `>`) is one.
///
/// # Errors
/// When standard output cannot be written.
pub fn line(text: Arguments<'_>) -> Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("standard output cannot be written"),
        _ => Ok(()),
    }
}

/// As `println!`, but with a result.
macro_rules! say {
    ($($text:tt)*) => { $crate::say::line(format_args!($($text)*)) };
}
pub(crate) use say;
