//! What this crate says on standard error: little, and never a value that could be a secret.

use std::fmt;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(30);

/// A variable that can't be used. Without its value.
pub(crate) fn bad_variable(name: &'static str, why: &'static str) {
    eprintln!("tracer: {name} is ignored: {why}");
}

/// Failed exports: one line in half a minute.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    said: Option<Instant>,
    unsaid: u64,
}

impl Failures {
    /// `why` must hold nothing that a server or a configuration can choose freely.
    pub(crate) fn say(&mut self, why: &dyn fmt::Display) {
        if self.said.is_some_and(|then| then.elapsed() < EVERY) {
            self.unsaid += 1;
            return;
        }
        let more = std::mem::take(&mut self.unsaid);
        if more == 0 {
            eprintln!("tracer: a batch could not be exported: {why}");
        } else {
            eprintln!("tracer: a batch could not be exported: {why} ({more} more before it)");
        }
        self.said = Some(Instant::now());
    }
}
