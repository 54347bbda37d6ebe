//! Tracers for these tests, and what a receiver reads.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contrib_zipkin::{ZipkinReporter, ZipkinReporterBuilder};
use serde_json::Value as Json;
use testing::collector::{Collector, Seen};
use tracer_core::{SpanContext, SpanId, TraceId, Tracer, TracerBuilder};

pub(crate) use testing::reporting::{WAIT, books, fates, report, spans, tracer};

/// Whether tracing is compiled out, by the feature `off` of tracer-core. `tests/disabled.rs` says
/// what holds then; there is nothing for the other tests to look at.
pub(crate) const fn off() -> bool {
    !tracer_core::ENABLED
}

/// A reporter that does not take long to try again.
pub(crate) fn reporter(collector: &str) -> ZipkinReporterBuilder {
    ZipkinReporter::builder()
        .endpoint(&format!("{collector}/api/v2/spans"))
        .retry_delay(Duration::from_millis(100))
        .timeout(Duration::from_secs(5))
}

pub(crate) fn tracer_for(builder: ZipkinReporterBuilder) -> Tracer {
    tracer(builder.build().unwrap())
}

/// The spans of a request. No object in it has a key twice.
pub(crate) fn read(request: &Seen) -> Vec<Json> {
    let json: Json = serde_json::from_slice(&request.body).unwrap();
    // What is there twice is read once.
    assert_eq!(json.to_string().len(), request.body.len(), "{json}");
    json.as_array().unwrap().clone()
}

/// What goes out of what `make` does.
pub(crate) fn sent_by(builder: TracerBuilder, make: impl FnOnce(&Tracer)) -> Vec<Json> {
    let collector = Collector::start();
    let tracer = builder.reporter(reporter(&collector.endpoint()).build().unwrap()).build();
    make(&tracer);
    tracer.flush(WAIT).unwrap();
    books(&tracer);
    collector.requests().iter().flat_map(read).collect()
}

/// The one span that goes out of what `make` does.
pub(crate) fn sent(make: impl FnOnce(&Tracer)) -> Json {
    let mut spans = sent_by(Tracer::builder("shop"), make);
    assert_eq!(spans.len(), 1, "{spans:?}");
    spans.remove(0)
}

/// A sampled caller.
pub(crate) fn context(trace: u128, span: u64) -> SpanContext {
    SpanContext::new(TraceId::from_u128(trace).unwrap(), SpanId::from_u64(span).unwrap(), true)
}

pub(crate) fn at(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}
