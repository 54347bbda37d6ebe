//! Tracers for these tests.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

pub(crate) mod capture;
pub(crate) mod proto;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contrib_otlp::{OtlpReporter, OtlpReporterBuilder};
use tracer_core::{
    Books, Decision, RecorderOptions, Reporter, Sampler, SamplingInput, SpanContext, SpanId,
    TraceId, TraceState, Tracer,
};

pub(crate) const WAIT: Duration = Duration::from_secs(20);

/// Whether tracing is compiled out, by the feature `off` of tracer-core. `tests/disabled.rs` says
/// what holds then; there is nothing for the other tests to look at.
pub(crate) const fn off() -> bool {
    !tracer_core::ENABLED
}

/// A reporter that does not take long to try again.
pub(crate) fn reporter(endpoint: &str) -> OtlpReporterBuilder {
    OtlpReporter::builder()
        .endpoint(endpoint)
        .retry_delay(Duration::from_millis(100))
        .timeout(Duration::from_secs(5))
}

/// Says yes, and not who it is: spans have no tags but those that a test gives them.
#[derive(Debug)]
pub(crate) struct Everything;

impl Sampler for Everything {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        Decision::yes()
    }
}

/// A tracer that reports when it is told to.
pub(crate) fn tracer(reporter: impl Reporter) -> Tracer {
    let recorder = RecorderOptions::default().with_schedule_delay(Duration::from_secs(3600));
    Tracer::builder("shop").sampler(Everything).recorder(recorder).reporter(reporter).build()
}

pub(crate) fn tracer_for(builder: OtlpReporterBuilder) -> Tracer {
    tracer(builder.build().unwrap())
}

/// Finishes this many spans.
pub(crate) fn spans(tracer: &Tracer, count: usize) {
    for number in 0..count {
        let span = tracer.span("GET /items").root().start();
        span.set_tag("item", number);
    }
}

/// Finishes spans, reports them, and reads the books, which must balance.
pub(crate) fn report(tracer: &Tracer, count: usize) -> Books {
    spans(tracer, count);
    tracer.flush(WAIT).unwrap();
    books(tracer)
}

/// The books, which must balance, with nothing under way.
pub(crate) fn books(tracer: &Tracer) -> Books {
    let books = tracer.books();
    assert!(books.balance(), "{books:?}");
    assert_eq!((books.open, books.queued, books.in_flight), (0, 0, 0), "{books:?}");
    books
}

/// Reported, rejected by the server, failed, unknown.
pub(crate) fn fates(books: &Books) -> [u64; 4] {
    use tracer_core::DropReason::{ExportFailed, RejectedByServer};
    assert_eq!(
        books.dropped(),
        books.dropped_for(ExportFailed) + books.dropped_for(RejectedByServer),
        "{books:?}"
    );
    [
        books.reported,
        books.dropped_for(RejectedByServer),
        books.dropped_for(ExportFailed),
        books.outcome_unknown,
    ]
}

/// A sampled caller with a tracestate.
pub(crate) fn context(trace: u128, span: u64) -> SpanContext {
    let state = TraceState::parse([&b"vendor=v"[..]]).unwrap();
    SpanContext::new(TraceId::from_u128(trace).unwrap(), SpanId::from_u64(span).unwrap(), true)
        .with_tracestate(state)
}

pub(crate) fn at(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}
