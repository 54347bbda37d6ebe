//! Words for people, on standard error.

use std::fmt;
use std::io::Write;

/// Writes a line. Not `eprintln!`, which panics where standard error is a pipe that was closed.
pub(crate) fn say(what: fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "tracer: {what}");
}
