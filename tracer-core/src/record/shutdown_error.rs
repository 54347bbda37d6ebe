//! What can keep a flush or a shutdown from ending well.

use std::fmt;

/// A flush or a shutdown that did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShutdownError {
    /// The deadline passed first. After a shutdown, what was queued counts as dropped and what the
    /// reporter had in its hands as `outcome_unknown`.
    Timeout,
    /// Called on the reporter's own thread, which would wait for itself.
    ReporterThread,
    /// The process is a fork of the one that made the tracer, and has no reporter thread. See
    /// [`Tracer`](crate::Tracer#after-a-fork).
    Forked,
}

impl fmt::Display for ShutdownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "the reporter was not done by the deadline",
            Self::ReporterThread => "called on the reporter's own thread",
            Self::Forked => "called in a fork of the process that made the tracer",
        })
    }
}

impl std::error::Error for ShutdownError {}
