//! Tracers for these tests.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

pub(crate) mod capture;
pub(crate) mod child;
#[cfg(feature = "grpc")]
pub(crate) mod grpc;
pub(crate) mod proto;
#[cfg(feature = "grpc")]
pub(crate) mod raw;
pub(crate) mod sized;
#[cfg(feature = "tls")]
pub(crate) mod tls;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contrib_otlp::{OtlpReporter, OtlpReporterBuilder, Protocol};
use tracer_core::{SpanContext, SpanId, TraceId, TraceState, Tracer};

pub(crate) use testing::reporting::{Everything, WAIT, books, fates, report, spans, tracer};

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

pub(crate) fn tracer_for(builder: OtlpReporterBuilder) -> Tracer {
    tracer(builder.build().unwrap())
}

/// The same over gRPC.
pub(crate) fn grpc_reporter(endpoint: &str) -> OtlpReporterBuilder {
    reporter(endpoint).protocol(Protocol::Grpc)
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
