//! What opentelemetry's code says of its spans, as the kit records it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contrib_otel::KitTracerProvider;
use opentelemetry::trace::{
    Event, Link, Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags,
    TraceId, TraceState, Tracer as _, TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, Value};
use support::{Both, off};
use testing::{tag, tags};
use tracer_core::{ReferenceKind, semconv};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn other_span() -> SpanContext {
    let ids = (TraceId::from_bytes([7; 16]), SpanId::from_bytes([8; 8]));
    SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, true, TraceState::NONE)
}

#[test]
fn everything_that_a_builder_takes_comes_along() {
    if off() {
        return;
    }
    let both = Both::new();
    let mut event = Event::with_name("early");
    event.timestamp = at(11);
    event.attributes = vec![KeyValue::new("n", 1)].into_iter().collect();
    let mut span = both
        .otel
        .span_builder("checkout")
        .with_kind(SpanKind::Producer)
        .with_start_time(at(10))
        .with_attributes([
            KeyValue::new("text", "a"),
            KeyValue::new("number", 7),
            KeyValue::new("ratio", 0.5),
            KeyValue::new("yes", true),
            KeyValue::new("texts", Value::Array(Array::String(vec!["a".into(), "b".into()]))),
            KeyValue::new("numbers", Value::Array(Array::I64(vec![1, 2]))),
            KeyValue::new("ratios", Value::Array(Array::F64(vec![0.5]))),
            KeyValue::new("truths", Value::Array(Array::Bool(vec![true, false]))),
        ])
        .with_events(vec![event])
        .with_links(vec![Link::with_context(other_span())])
        .start(&both.otel);
    span.end_with_timestamp(at(20));
    let span = both.recorded.one();
    assert_eq!((span.name.as_str(), span.kind), ("checkout", tracer_core::SpanKind::Producer));
    assert_eq!((span.start, span.end), (at(10), at(20)));
    let expected = [
        "text=a",
        "number=7",
        "ratio=0.5",
        "yes=true",
        r#"texts=["a", "b"]"#,
        "numbers=[1, 2]",
        "ratios=[0.5]",
        "truths=[true, false]",
    ];
    assert_eq!(tags(&span), expected);
    assert_eq!(span.logs.len(), 1);
    let (time, fields) = &span.logs[0];
    assert_eq!((*time, span.events()), (at(11), vec!["early".to_owned()]));
    assert_eq!(fields[1], tracer_core::Tag::new("n", 1));
    assert_eq!(span.links.len(), 1);
    assert_eq!(span.links[0].kind, ReferenceKind::FollowsFrom);
    assert_eq!(span.links[0].context, contrib_otel::from_otel(&other_span()));
    assert!(span.links[0].context.is_remote());
}

#[test]
fn everything_that_a_span_takes_comes_along() {
    if off() {
        return;
    }
    let both = Both::new();
    let mut span = both.otel.start("first");
    span.update_name("second");
    span.set_attribute(KeyValue::new("a", 1));
    span.set_attributes([KeyValue::new("a", 2), KeyValue::new("b", 3)]);
    span.add_event("now", vec![KeyValue::new("n", 1)]);
    span.add_event_with_timestamp("then", at(5), vec![]);
    span.add_link(other_span(), vec![KeyValue::new("dropped", "has no place")]);
    span.add_link(SpanContext::NONE, vec![]);
    span.record_error(&std::io::Error::other("no cart"));
    assert!(span.is_recording());
    span.end();
    assert!(!span.is_recording());
    span.set_attribute(KeyValue::new("too", "late"));
    let recorded = both.recorded.one();
    assert_eq!(recorded.name, "second");
    assert_eq!(tags(&recorded), ["a=2", "b=3"]);
    assert_eq!(recorded.events(), ["now", "then", "exception"]);
    assert_eq!(recorded.logs[1].0, at(5));
    let message = &recorded.logs[2].1[1];
    assert_eq!((&*message.key, message.value.as_str()), ("exception.message", Some("no cart")));
    assert_eq!(recorded.links.len(), 1);
    assert!(!recorded.status.is_error(), "an error that is recorded says nothing of the outcome");
}

#[test]
fn every_kind_is_known() {
    if off() {
        return;
    }
    for (theirs, ours) in [
        (SpanKind::Client, tracer_core::SpanKind::Client),
        (SpanKind::Server, tracer_core::SpanKind::Server),
        (SpanKind::Producer, tracer_core::SpanKind::Producer),
        (SpanKind::Consumer, tracer_core::SpanKind::Consumer),
        (SpanKind::Internal, tracer_core::SpanKind::Internal),
    ] {
        let both = Both::new();
        drop(both.otel.span_builder("a").with_kind(theirs).start(&both.otel));
        assert_eq!(both.recorded.one().kind, ours);
    }
}

#[test]
fn a_status_follows_opentelemetrys_order() {
    if off() {
        return;
    }
    let error = |words: &'static str| Status::error(words);
    let cases = [
        (vec![Status::Unset], tracer_core::Status::Unset),
        (vec![Status::Ok], tracer_core::Status::Ok),
        (vec![error("b"), error("a")], tracer_core::Status::Error("a".into())),
        (vec![error("a"), Status::Unset], tracer_core::Status::Error("a".into())),
        (vec![error("a"), Status::Ok], tracer_core::Status::Ok),
        (vec![Status::Ok, error("a"), Status::Unset], tracer_core::Status::Ok),
    ];
    for (set, expected) in cases {
        let both = Both::new();
        let mut span = both.otel.start("a");
        set.clone().into_iter().for_each(|status| span.set_status(status));
        drop(span);
        assert_eq!(both.recorded.one().status, expected, "{set:?}");
    }
}

#[test]
fn the_tags_of_opentracing_are_heard() {
    if off() {
        return;
    }
    let both = Both::new();
    let mut span = both.otel.start("a");
    span.set_attribute(KeyValue::new("error", true));
    span.set_attribute(KeyValue::new("span.kind", "client"));
    drop(span);
    let span = both.recorded.one();
    assert_eq!(testing::tree(&[span]), "client a !\n");
}

#[test]
fn the_library_that_records_is_told() {
    if off() {
        return;
    }
    let both = Both::new();
    let provider = KitTracerProvider::new(both.kit());
    let scope = InstrumentationScope::builder("cart").with_version("1.2").build();
    drop(provider.tracer_with_scope(scope).start("a"));
    let span = both.recorded.one();
    assert_eq!(tag(&span, semconv::otel::SCOPE_NAME[0]), "cart");
    assert_eq!(tag(&span, semconv::otel::SCOPE_VERSION[0]), "1.2");
    drop(provider.tracer("").start("nameless"));
    assert!(tags(&both.recorded.one()).is_empty());
}

#[test]
fn times_are_the_clocks_unless_they_were_given() {
    if off() {
        return;
    }
    let both = Both::new();
    let before = SystemTime::now();
    both.otel.in_span("a", |_| std::thread::sleep(Duration::from_millis(5)));
    // Ended through a Context, which reads the wall clock for it.
    let cx = Context::current_with_span(both.otel.start("b"));
    std::thread::sleep(Duration::from_millis(5));
    cx.span().end();
    let slack = Duration::from_secs(1);
    for span in both.spans() {
        assert!(span.end.duration_since(span.start).unwrap() >= Duration::from_millis(4));
        assert!(span.start + slack >= before && span.end <= SystemTime::now() + slack);
    }
    let mut backwards = both.otel.span_builder("c").with_start_time(at(20)).start(&both.otel);
    backwards.end_with_timestamp(at(10));
    let span = both.recorded.one();
    assert_eq!((span.start, span.end), (at(20), at(20)));
}

/// Opentelemetry runs these under the lock of the span in a Context.
struct Traces<'a>(&'a Both, std::cell::Cell<bool>);

impl Iterator for Traces<'_> {
    type Item = KeyValue;

    fn next(&mut self) -> Option<KeyValue> {
        self.0.otel.in_span("inside", |cx| {
            let _attached = Context::current_with_value(1u8).attach();
            contrib_otel::span_of(&cx).set_tag("a", 1);
            drop(self.0.kit().span("kit").child_of(&contrib_otel::OtelContext::current()).start());
        });
        (!self.1.replace(true)).then(|| KeyValue::new("key", "value"))
    }
}

#[derive(Debug)]
struct Fails<'a>(&'a Both);

impl std::fmt::Debug for Both {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Both")
    }
}

impl std::fmt::Display for Fails<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.otel.in_span("shown", |_| f.write_str("words"))
    }
}

impl std::error::Error for Fails<'_> {}

/// R2: what a value's own code traces while the span is locked neither waits for it nor is lost.
#[test]
fn values_that_trace() {
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("a", |cx| {
        cx.span().set_attributes(Traces(&both, false.into()));
        cx.span().record_error(&Fails(&both));
    });
    assert_eq!(both.tree(), "a\n  inside\n    kit\n  inside\n    kit\n  shown\n");
}
