//! Finished spans of all services, put together to traces.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use tracer_core::{
    DropReason, FinishedSpan, MemoryReporter, TraceId, Tracer, Waterfall, WaterfallStyle,
};

/// How long a trace may go without a new span before it is taken for complete, while other
/// requests are under way.
const QUIET: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(20);
/// A reporter that is slow (a collector that is down) is not waited for any longer.
const FLUSH: Duration = Duration::from_millis(200);

/// Puts the spans that reach one [`MemoryReporter`] together to traces.
#[derive(Debug)]
pub struct Traces {
    tracers: Vec<Tracer>,
    memory: MemoryReporter,
    waiting: HashMap<Option<TraceId>, Waiting>,
    /// Spans so far.
    seen: u64,
}

#[derive(Debug)]
struct Waiting {
    spans: Vec<FinishedSpan>,
    latest: Instant,
}

/// A trace that nothing is missing of.
#[derive(Debug)]
pub struct Trace {
    /// Its id.
    pub id: Option<TraceId>,
    /// Its spans.
    pub spans: Vec<FinishedSpan>,
}

impl Traces {
    /// Traces of these tracers, which all report to this `memory`.
    #[must_use]
    pub fn new(tracers: Vec<Tracer>, memory: MemoryReporter) -> Self {
        Self { tracers, memory, waiting: HashMap::new(), seen: 0 }
    }

    /// The next trace that is complete.
    pub async fn next(&mut self) -> Trace {
        loop {
            if let Some(trace) = self.poll().await {
                return trace;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The next one, if it comes in this time.
    pub async fn next_within(&mut self, time: Duration) -> Option<Trace> {
        tokio::time::timeout(time, self.next()).await.ok()
    }

    async fn poll(&mut self) -> Option<Trace> {
        // Asked first: what finishes after this is in the next round.
        let finished = self.tracers.iter().map(|tracer| {
            let books = tracer.books();
            (books.open == 0).then(|| books.finished - books.dropped_for(DropReason::QueueFull))
        });
        let expected: Option<u64> = finished.sum();
        self.flush().await;
        let now = Instant::now();
        for span in self.memory.take() {
            let waiting = self
                .waiting
                .entry(span.trace_id)
                .or_insert_with(|| Waiting { spans: Vec::new(), latest: now });
            waiting.spans.push(span);
            waiting.latest = now;
            self.seen += 1;
        }
        // A collector that is down keeps a service's spans from coming at once.
        let at_rest = expected.is_some_and(|expected| self.seen >= expected);
        let is_complete = |waiting: &Waiting| at_rest || now - waiting.latest > QUIET;
        let complete = self.waiting.iter().filter(|(_, trace)| is_complete(trace));
        // Several can be, and are shown in the order of their requests.
        let start = |trace: &Waiting| trace.spans.iter().map(|span| span.start).min();
        let id = *complete.min_by_key(|(_, trace)| start(trace))?.0;
        let spans = self.waiting.remove(&id)?.spans;
        Some(Trace { id, spans })
    }

    /// Waits for the reporters, off the runtime's threads.
    async fn flush(&self) {
        let tracers = self.tracers.clone();
        let flush = move || {
            for tracer in tracers {
                // Late spans come with a later round.
                let _ = tracer.flush(FLUSH);
            }
        };
        let _ = tokio::task::spawn_blocking(flush).await;
    }
}

impl Trace {
    /// The services that it has spans of.
    #[must_use]
    pub fn services(&self) -> BTreeSet<&str> {
        self.spans.iter().map(FinishedSpan::service).collect()
    }

    /// Those of these services that it has no span of.
    #[must_use]
    pub fn lacks<'a>(&self, services: &[&'a str]) -> Vec<&'a str> {
        let there = self.services();
        services.iter().copied().filter(|service| !there.contains(service)).collect()
    }

    /// The picture of it.
    #[must_use]
    pub fn waterfall(&self, style: WaterfallStyle) -> String {
        Waterfall::new(&self.spans, style).to_string()
    }
}
