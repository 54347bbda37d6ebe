//! Lines for whoever watches, if anybody still does: the standard macros panic once nobody reads
//! any more (`| head`).

use std::fmt::Display;
use std::io::{self, Write};

/// A line on standard output.
///
/// # Errors
/// When nobody reads.
pub fn say(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}

/// Whether this is what `say` fails with when nobody reads.
#[must_use]
pub fn is_unread(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// A line on standard error: nobody could be told that it can't be written.
pub fn note(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
