//! The finished spans of a mock tracer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::clock::{self, Stamp, Ticks};
use crate::record::{Batch, FinishedSpan};
use crate::reporter::{Outcome, Reporter};

/// Spans that are kept; the oldest go.
const MOST: usize = 100_000;

#[derive(Debug, Default)]
pub(super) struct Kept {
    /// As they were reported, each with its place in the order.
    finished: VecDeque<(Ticks, FinishedSpan)>,
    /// The place of the span that came before.
    place: Ticks,
    /// The last place there is.
    last: Ticks,
    reset: Option<Reset>,
}

/// The latest reset.
#[derive(Debug)]
struct Reset {
    ticks: Ticks,
    unix_nanos: u64,
    /// Spans that were open then, and still are.
    open: u64,
    /// Spans lost until then. Nobody sees whether a later one was open.
    lost: u64,
}

impl Kept {
    /// Copies, in the order in which they finished.
    pub(super) fn in_order(&self) -> Vec<FinishedSpan> {
        let mut spans: Vec<_> = self.finished.iter().collect();
        // Stable: what has the same place stays as it was reported.
        spans.sort_by_key(|(at, _)| *at);
        spans.into_iter().map(|(_, span)| span.clone()).collect()
    }

    /// Spans that were open at the latest reset, and still are.
    pub(super) fn forgotten(&self, lost: u64) -> u64 {
        self.reset
            .as_ref()
            .map_or(0, |reset| reset.open.saturating_sub(lost.saturating_sub(reset.lost)))
    }

    pub(super) fn reset(&mut self, open: u64, lost: u64) {
        self.finished.clear();
        let unix_nanos = clock::unix_nanos(SystemTime::now());
        self.reset = Some(Reset { ticks: clock::now(), unix_nanos, open, lost });
    }

    /// Begins a batch. What it starts with, if it has no place of its own, has most likely finished
    /// after all that was reported before.
    fn begin(&mut self) {
        self.place = self.last;
    }

    fn keep(&mut self, (start, end): (Stamp, Stamp), span: FinishedSpan) {
        if let Some(reset) = &mut self.reset
            && reset.was_before(start)
        {
            reset.open = reset.open.saturating_sub(1);
        }
        if let Stamp::Ticks(ticks) = end {
            self.place = ticks;
            self.last = self.last.max(ticks);
        }
        self.finished.push_back((self.place, span));
        if self.finished.len() > MOST {
            self.finished.pop_front();
        }
    }
}

impl Reset {
    /// Whether a span of this start was open. A start that was given is believed.
    const fn was_before(&self, start: Stamp) -> bool {
        match start {
            Stamp::Ticks(ticks) => ticks < self.ticks,
            Stamp::Unix(nanos) => nanos < self.unix_nanos,
        }
    }
}

/// The reporter that fills the list.
pub(super) struct Collect(pub(super) Arc<Mutex<Kept>>);

impl Reporter for Collect {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.begin();
        for span in batch.spans() {
            kept.keep(span.stamps(), span.to_finished(batch.resource()));
        }
        Outcome::Reported
    }
}
