//! What the tests of this crate share.
#![allow(dead_code, reason = "no test file needs all of it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tracer_core::{
    Batch, Books, FinishedSpan, MemoryReporter, Outcome, RecorderOptions, Reporter, SpanContext,
    SpanId, Tag, TraceId, Tracer, current,
};

pub(crate) const LONG: Duration = Duration::from_secs(20);
pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
pub(crate) const SPAN: &str = "b7ad6b7169203331";

/// A tracer of one test's own, and where its spans end up.
pub(crate) fn traced() -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (Tracer::builder("test").reporter(memory.clone()).build(), memory)
}

/// Everything reported so far.
pub(crate) fn take(tracer: &Tracer, memory: &MemoryReporter) -> Vec<FinishedSpan> {
    assert_eq!(tracer.flush(LONG), Ok(()));
    memory.take()
}

/// The only span of this name.
pub(crate) fn named<'a>(spans: &'a [FinishedSpan], name: &str) -> &'a FinishedSpan {
    let mut found = spans.iter().filter(|span| span.name == name);
    match (found.next(), found.next()) {
        (Some(span), None) => span,
        (first, _) => {
            let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
            panic!("{} {name} in {names:?}", if first.is_some() { "several" } else { "no" })
        }
    }
}

/// A span's tags but for the two that tell of its sampler.
pub(crate) fn own_tags(span: &FinishedSpan) -> Vec<Tag> {
    let own = span.tags.iter().filter(|tag| !tag.key.starts_with("sampler."));
    own.cloned().collect()
}

/// Everything that a piece of user code can do.
pub(crate) fn everything(tracer: &Tracer) {
    let span = tracer.span("span").tag("k", 1).start();
    let _entered = span.enter();
    let scope = tracer.scope("scope");
    current().set_tag("k", 2).log("here");
    scope.handle().set_baggage_item("b", "1");
    tracer.span("root").root().start_active().log("root");
    let mut carrier = Vec::new();
    tracer.inject(&current(), &mut carrier);
    assert!(tracer.extract(&carrier) == current().context() || !tracer.is_enabled());
    let _ = tracer.books();
}

/// All kinds of them: this thread, one worker, several.
pub(crate) fn runtimes() -> [Runtime; 3] {
    let many = |workers| Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    [Builder::new_current_thread().enable_all().build(), many(1), many(4)]
        .map(|runtime| runtime.unwrap_or_else(|error| panic!("{error}")))
}

/// Asserts that one span is the child of another.
pub(crate) fn assert_child(spans: &[FinishedSpan], child: &str, parent: &str) {
    let (child, parent) = (named(spans, child), named(spans, parent));
    assert_eq!(
        (child.trace_id, child.parent_id),
        (parent.trace_id, parent.span_id),
        "{} below {}",
        child.name,
        parent.name
    );
}

pub(crate) fn context(trace: u128, span: u64, sampled: bool) -> SpanContext {
    match (TraceId::from_u128(trace), SpanId::from_u64(span)) {
        (Some(trace), Some(span)) => SpanContext::new(trace, span, sampled),
        _ => panic!("zero is no id"),
    }
}

/// Books at rest: read when nothing is in flight.
#[track_caller]
pub(crate) fn settled(tracer: &Tracer) -> Books {
    let _ = tracer.flush(LONG);
    let books = tracer.books();
    assert!(books.balance(), "{books:?}");
    books
}

/// Waits until something holds.
pub(crate) fn wait_for(limit: Duration, holds: impl Fn() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !holds() {
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    true
}

/// A reporter out of a closure.
pub(crate) struct Calls<F>(pub(crate) F);

impl<F: FnMut(&Batch<'_>) -> Outcome + Send + 'static> Reporter for Calls<F> {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        (self.0)(batch)
    }
}

/// Counts the spans it sees, and answers with one outcome.
#[derive(Clone)]
pub(crate) struct Counting {
    pub(crate) seen: Arc<AtomicU64>,
    pub(crate) outcome: Outcome,
    pub(crate) delay: Duration,
}

impl Counting {
    pub(crate) fn new() -> Self {
        Self { seen: Arc::default(), outcome: Outcome::Reported, delay: Duration::ZERO }
    }

    pub(crate) fn slow(delay: Duration) -> Self {
        Self { delay, ..Self::new() }
    }

    pub(crate) fn answering(outcome: Outcome) -> Self {
        Self { outcome, ..Self::new() }
    }

    pub(crate) fn seen(&self) -> u64 {
        self.seen.load(Ordering::SeqCst)
    }
}

impl Reporter for Counting {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        std::thread::sleep(self.delay);
        assert_eq!(batch.spans().count(), batch.len());
        self.seen.fetch_add(batch.len() as u64, Ordering::SeqCst);
        self.outcome
    }
}

pub(crate) fn tracer_with(reporter: impl Reporter, options: RecorderOptions) -> Tracer {
    Tracer::builder("test").reporter(reporter).recorder(options).build()
}

/// A reporter that holds its first batch until the other end is dropped, and then goes on.
pub(crate) fn gated() -> (Sender<()>, Counting, impl Reporter) {
    let (release, gate) = channel::<()>();
    let (counting, mut own) = (Counting::new(), Counting::new());
    own.seen = Arc::clone(&counting.seen);
    let reporter = Calls(move |batch: &Batch<'_>| {
        let _ = gate.recv();
        own.report(batch)
    });
    (release, counting, reporter)
}

/// Reports as late as possible, unless told.
pub(crate) fn lazy() -> RecorderOptions {
    RecorderOptions::default().with_schedule_delay(Duration::from_secs(3600))
}
