//! Keeps spans in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Outcome, Reporter};
use crate::record::{Batch, FinishedSpan};

/// Keeps finished spans for a test or an in-process viewer to look at. Clones share one list.
///
/// Spans arrive when the recorder reports them: call [`Tracer::flush`](crate::Tracer::flush) first.
/// The list is bounded; the oldest spans leave it.
#[derive(Clone, Debug)]
pub struct MemoryReporter {
    spans: Arc<Mutex<Vec<FinishedSpan>>>,
    limit: usize,
}

impl MemoryReporter {
    /// Keeps the latest 100,000 spans.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limit(100_000)
    }

    /// Keeps the latest `limit` spans.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self { spans: Arc::default(), limit }
    }

    /// A copy of what is there, in the order it was reported.
    #[must_use]
    pub fn spans(&self) -> Vec<FinishedSpan> {
        self.lock().clone()
    }

    /// Takes what is there.
    #[must_use]
    pub fn take(&self) -> Vec<FinishedSpan> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<FinishedSpan>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryReporter {
    fn default() -> Self {
        Self::new()
    }
}

impl Reporter for MemoryReporter {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let resource = batch.resource();
        let mut spans = self.lock();
        spans.extend(batch.spans().map(|span| span.to_finished(resource)));
        let over = spans.len().saturating_sub(self.limit);
        spans.drain(..over);
        Outcome::Reported
    }
}
