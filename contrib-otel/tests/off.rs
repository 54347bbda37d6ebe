//! Compiled out: everything goes on, nothing is recorded or told, and what opentelemetry itself
//! carries is carried.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::HashMap;

use contrib_otel::{
    KitPropagator, OtelContext, OtelExt, OtelReporter, context_of, current_context, enter, span_of,
};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::InMemorySpanExporter;
use support::{Both, off};
use testing::reporting::{WAIT, books, spans, tracer};
use tracer_core::{SpanRef, ToContext};

fn caller() -> SpanContext {
    let ids = (TraceId::from_bytes([7; 16]), SpanId::from_bytes([8; 8]));
    SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, true, TraceState::NONE)
}

#[test]
fn code_of_opentelemetry_runs_as_ever() {
    let both = Both::new();
    let cx = Context::new().with_remote_span_context(caller());
    let done = both.otel.in_span_with_context("a", &cx, |cx| {
        cx.span().set_attribute(KeyValue::new("a", 1));
        let mut span = both.otel.start("b");
        span.add_event("event", vec![]);
        span.end();
        let below = cx.span().span_context().clone();
        assert_eq!(below == caller(), off(), "without a provider the caller is handed on");
        assert_eq!(OtelContext::current().to_context().is_empty(), off());
        assert_eq!(span_of(&cx).is_noop(), off());
        42
    });
    assert_eq!(done, 42);
    assert_eq!(both.kit().books().started, if off() { 0 } else { 2 });
}

#[test]
fn nothing_is_read_or_written() {
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    let mut headers = HashMap::from([(
        "traceparent".to_owned(),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
    )]);
    let cx = propagator.extract(&headers);
    assert_eq!(cx.span().span_context().is_valid(), !off());
    headers.clear();
    propagator.inject_context(&cx, &mut headers);
    assert_eq!(headers.is_empty(), off());
    assert_eq!(propagator.fields().next().is_none(), off());
}

#[tokio::test]
async fn helpers_do_nothing() {
    let both = Both::new();
    let span = both.kit().span("a").start();
    {
        let _entered = enter(&span);
        assert_eq!(Context::current().has_active_span(), !off());
        assert_eq!(current_context().has_active_span(), !off());
    }
    assert_eq!(context_of(&span).has_active_span(), !off());
    assert!(!context_of(&SpanRef::noop()).has_active_span());
    assert_eq!(async { 42 }.bind_otel_context(context_of(&span)).await, 42);
}

#[test]
fn a_reporter_is_never_called() {
    let exporter = InMemorySpanExporter::default();
    let tracer = tracer(OtelReporter::new(exporter.clone()));
    spans(&tracer, 10);
    tracer.flush(WAIT).unwrap();
    let sent = if off() { 0 } else { 10 };
    assert_eq!(exporter.get_finished_spans().unwrap().len(), sent);
    assert_eq!(books(&tracer).reported, sent as u64);
}
