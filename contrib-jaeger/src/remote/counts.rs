//! What came of asking.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often a backend was asked, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Requests that are over.
    pub polls: u64,
    /// Those of them that brought nothing that could be used: no answer, an error, no strategy.
    pub failures: u64,
    /// Those of them that brought another strategy than the one before.
    pub updates: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    polls: AtomicU64,
    failures: AtomicU64,
    updates: AtomicU64,
}

impl Counters {
    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn updated(&self) {
        self.updates.fetch_add(1, Ordering::Relaxed);
    }

    /// After the others: who sees a poll sees what came of it.
    pub(super) fn polled(&self) {
        self.polls.fetch_add(1, Ordering::Release);
    }

    pub(super) fn read(&self) -> Counts {
        let polls = self.polls.load(Ordering::Acquire);
        let failures = self.failures.load(Ordering::Relaxed);
        Counts { polls, failures, updates: self.updates.load(Ordering::Relaxed) }
    }
}
