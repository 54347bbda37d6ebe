//! Running one case, and looking at what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderMap;
use tokio::time::{sleep, timeout};
use tracer_core::{FinishedSpan, InSpanExt, MemoryReporter, Span, SpanKind, Tracer};

use super::exchange::Plan;
use super::{Adapter, Exchange, Kind, Shape};

/// When a request that is never answered is given up.
const GIVE_UP: Duration = Duration::from_millis(60);
/// How long spans may take to come.
const PATIENCE: Duration = Duration::from_secs(3);

/// A tracer with its spans.
pub(super) struct Bench {
    pub(super) tracer: Tracer,
    reporter: MemoryReporter,
}

/// What came of a case.
pub(super) struct Ran {
    name: String,
    kind: Kind,
    pub(super) spans: Vec<FinishedSpan>,
    pub(super) handed_on: Option<HeaderMap>,
    pub(super) complaints: Vec<String>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let reporter = MemoryReporter::new();
        let tracer = Tracer::builder("suite").reporter(reporter.clone()).build();
        Self { tracer, reporter }
    }

    /// Runs a case below `outer`, if that is a span. `spans` is how many of the integration's own
    /// there will be.
    pub(super) async fn run<A: Adapter>(
        self,
        adapter: &Arc<A>,
        name: &str,
        plan: Plan,
        outer: Span,
        spans: usize,
    ) -> Ran {
        let (kind, shape) = (plan.kind, plan.shape);
        let name = format!("{name} ({shape:?}, {:?})", plan.caller);
        let exchange = Exchange::new(plan, self.tracer.clone());
        let (adapter, tracer, mine) = (Arc::clone(adapter), self.tracer.clone(), exchange.clone());
        let outer_handle = outer.handle();
        let work = async move { adapter.exchange(tracer, mine).await };
        let mut complaints = Vec::new();
        let mut task = tokio::spawn(work.attach(outer_handle));
        if shape == Shape::Hangs {
            sleep(GIVE_UP).await;
            task.abort();
        }
        match timeout(PATIENCE, &mut task).await {
            Err(_) => complaints.push(format!("{name}: the exchange does not come to an end")),
            Ok(Err(error))
                if error.is_panic() != (shape == Shape::Panics) && !error.is_cancelled() =>
            {
                complaints.push(format!("{name}: the exchange ended in {error}"));
            }
            Ok(_) => {}
        }
        task.abort();
        drop(outer);
        let spans = self.collect(kind, spans).await;
        Ran { name, kind, spans, handed_on: exchange.handed_on(), complaints }
    }

    /// Waits for the spans, and a little longer for those there should not be.
    async fn collect(&self, kind: Kind, expected: usize) -> Vec<FinishedSpan> {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let _ = self.tracer.flush(Duration::from_secs(1));
            let spans = self.reporter.spans();
            let own = spans.iter().filter(|span| span.kind == span_kind(kind)).count();
            if own >= expected || Instant::now() > give_up {
                break;
            }
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(10)).await;
        let _ = self.tracer.flush(Duration::from_secs(1));
        self.reporter.take()
    }
}

impl Ran {
    /// The integration's span, if there is exactly one.
    pub(super) fn span(&self) -> Option<&FinishedSpan> {
        let mut own = self.spans.iter().filter(|span| span.kind == span_kind(self.kind));
        own.next().filter(|_| own.next().is_none())
    }

    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &FinishedSpan> {
        self.spans.iter().filter(move |span| span.name == name)
    }

    /// A header of what was handed on.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.handed_on.as_ref()?.get(name)?.to_str().ok()
    }

    pub(super) fn expect(&mut self, holds: bool, what: impl FnOnce(&Self) -> String) {
        if !holds {
            let complaint = format!("{}: {}", self.name, what(self));
            self.complaints.push(complaint);
        }
    }

    pub(super) fn expect_none(&mut self) {
        let none = self.spans.is_empty();
        self.expect(none, |ran| format!("no span expected, there are\n{}", ran.tree()));
    }

    pub(super) fn tree(&self) -> String {
        crate::tree_with(&self.spans, &["error.type"])
    }
}

pub(super) const fn span_kind(kind: Kind) -> SpanKind {
    if kind.is_client() { SpanKind::Client } else { SpanKind::Server }
}
