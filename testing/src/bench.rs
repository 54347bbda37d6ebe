//! A tracer for one case of a suite, and what came of the case.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tracer_core::{AlwaysOff, FinishedSpan, MemoryReporter, SpanKind, Tracer};

use crate::attributes;

/// How long spans may take to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// How long one waits for spans while none is open.
const IDLE: Duration = Duration::from_millis(500);
/// How often one looks whether they have.
pub(crate) const LOOK: Duration = Duration::from_millis(5);

/// A tracer with its spans.
pub(crate) struct Bench {
    pub(crate) tracer: Tracer,
    reporter: MemoryReporter,
}

/// What came of a case: its spans, and whatever else its suite looks at.
pub(crate) struct Ran<T> {
    pub(crate) name: String,
    /// The kind of the integration's own spans.
    pub(crate) kind: SpanKind,
    pub(crate) spans: Vec<FinishedSpan>,
    pub(crate) complaints: Vec<String>,
    pub(crate) got: T,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let reporter = MemoryReporter::new();
        let tracer = Tracer::builder("suite").reporter(reporter.clone()).build();
        Self { tracer, reporter }
    }

    /// One that samples nothing.
    pub(crate) fn unsampled() -> Self {
        let reporter = MemoryReporter::new();
        let builder = Tracer::builder("suite").sampler(AlwaysOff);
        Self { tracer: builder.reporter(reporter.clone()).build(), reporter }
    }

    /// Waits until so many spans have been started. They may not be: then the case finds out.
    pub(crate) async fn until_started(&self, count: u64) {
        let give_up = Instant::now() + PATIENCE;
        while self.tracer.books().started < count && Instant::now() < give_up {
            sleep(LOOK).await;
        }
    }

    /// Waits for this many spans of a kind, and a little longer for those there should not be.
    pub(crate) async fn collect(&self, kind: SpanKind, expected: usize) -> Vec<FinishedSpan> {
        let begin = Instant::now();
        let mut idle_since = begin;
        loop {
            let _ = self.tracer.flush(Duration::from_secs(1));
            let spans = self.reporter.spans();
            let own = spans.iter().filter(|span| span.kind == kind).count();
            if self.tracer.books().open > 0 {
                idle_since = Instant::now();
            }
            if own >= expected || idle_since.elapsed() > IDLE || begin.elapsed() > PATIENCE {
                break;
            }
            sleep(LOOK).await;
        }
        sleep(LOOK * 2).await;
        let _ = self.tracer.flush(Duration::from_secs(1));
        let spans = self.reporter.take();
        attributes::note(&spans);
        spans
    }
}

impl<T> Ran<T> {
    /// The integration's own spans, in the order in which they were reported.
    pub(crate) fn own(&self) -> impl Iterator<Item = &FinishedSpan> {
        self.spans.iter().filter(|span| span.kind == self.kind)
    }

    /// The integration's span, if there is exactly one.
    pub(crate) fn span(&self) -> Option<&FinishedSpan> {
        let mut own = self.own();
        own.next().filter(|_| own.next().is_none())
    }

    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &FinishedSpan> {
        self.spans.iter().filter(move |span| span.name == name)
    }

    pub(crate) fn expect(&mut self, holds: bool, what: impl FnOnce(&Self) -> String) {
        if !holds {
            let complaint = format!("{}: {}", self.name, what(self));
            self.complaints.push(complaint);
        }
    }

    pub(crate) fn expect_none(&mut self) {
        let none = self.spans.is_empty();
        self.expect(none, |ran| format!("no span expected, there are\n{}", ran.tree()));
    }

    pub(crate) fn tree(&self) -> String {
        crate::tree_with(&self.spans, &["error.type"])
    }
}
