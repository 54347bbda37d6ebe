//! What a set-up does wrong.

use std::fmt;

/// The checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// The tracer can be made, and is on.
    SetUp,
    /// A span starts with ids of its own, with tags and a log, and finishes; nothing is left
    /// current on the thread.
    Start,
    /// Children and followers are in the trace of their parent and have ids of their own; a
    /// reference to nothing is none.
    References,
    /// A span can start without a name and get one later.
    Rename,
    /// Tags of every type, with keys and values in any script, set one after the other.
    Tags,
    /// Logs with times of their own, logs after the end, a context that stays the same after the
    /// end, and nothing left open.
    Finish,
    /// Baggage: a new span has none; what is set is there once, on children that start later, and
    /// not on the parent; it is gone when deleted; and it travels, with its values as they were
    /// (unless [without](super::Options::without_baggage)).
    Baggage,
    /// What is injected is extracted: the same trace and the same span, in every carrier.
    RoundTrip,
    /// The decision travels: sampled stays sampled, and unsampled unsampled.
    Decision,
    /// What is extracted is known to come from elsewhere.
    Remote,
    /// Nothing is extracted that was not injected: no baggage, no tracestate.
    NothingAppears,
    /// What is of no concern to the format is neither read nor changed.
    Unrelated,
    /// No field is empty, and a context with nothing in it leaves a message alone.
    NothingEmpty,
    /// Names are tokens in lower case and values printable ASCII, whatever is in the context: legal
    /// in every carrier (or in maps of text, [where it is for those](super::Options::in_text_maps)).
    Legal,
    /// A message carries one context: the one that is injected last.
    Replaces,
    /// What is stripped is gone.
    Strips,
    /// Whatever the fields hold: no panic, and a span that starts all the same.
    Garbage,
    /// A child of what is extracted goes on with the caller's trace
    /// (unless [not](super::Options::without_joining)).
    Joins,
    /// Switched off, what came goes on byte for byte: the format names all its fields
    /// (unless callers' traces [do not go on](super::Options::without_joining)).
    HandedOn,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What was checked.
    pub check: Check,
    /// What was found.
    pub what: String,
}

/// Everything that is wrong, in the order in which it was found; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    pub(super) list: Vec<Failure>,
}

impl Failures {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Failure> {
        self.list.iter()
    }

    /// Whether this check has failed.
    #[must_use]
    pub fn has(&self, check: Check) -> bool {
        self.list.iter().any(|failure| failure.check == check)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.check, self.what)
    }
}

impl fmt::Display for Failures {
    /// One in a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, failure) in self.list.iter().enumerate() {
            if nth > 0 {
                f.write_str("\n")?;
            }
            failure.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failures {}
