//! OpenTracing's tags and logs on the way out: what OpenTelemetry's compatibility rule makes of
//! each, as opentelemetry-proto reads it.

mod support;

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind as Kind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use support::capture::Capture;
use support::{WAIT, context, tracer};
use tracer_core::{SpanKind, Tag, Tracer};

fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Any::StringValue(value.to_owned())) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

/// Encodes what `make` does, and decodes the one span of it.
#[allow(clippy::unwrap_used, reason = "a test may fail")]
fn encoded(make: impl FnOnce(&Tracer)) -> Span {
    let capture = Capture::default();
    let tracer = tracer(capture.clone());
    make(&tracer);
    tracer.flush(WAIT).unwrap();
    capture.span()
}

#[test]
fn error_true_is_the_status() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| _ = tracer.span("x").start().set_tag("error", true));
    assert_eq!(span.status.map(|status| status.code()), Some(StatusCode::Error));
    assert!(span.attributes.is_empty());
    let span = encoded(|tracer| drop(tracer.span("x").tag("error", "false").start()));
    assert_eq!((span.status, span.attributes), (None, vec![]));
    let span = encoded(|tracer| drop(tracer.span("x").tag("error", "timeout").start()));
    assert_eq!((span.status, span.attributes), (None, vec![text("error", "timeout")]));
}

#[test]
fn span_kind_is_the_kind() {
    if support::off() {
        return;
    }
    let kinds = [
        ("server", Kind::Server),
        ("client", Kind::Client),
        ("producer", Kind::Producer),
        ("consumer", Kind::Consumer),
        ("internal", Kind::Internal),
    ];
    for (name, kind) in kinds {
        let before = encoded(|tracer| drop(tracer.span("x").tag("span.kind", name).start()));
        let after = encoded(|tracer| {
            let span = tracer.span("x").kind(SpanKind::Server).start();
            span.set_tag("span.kind", name);
        });
        for span in [before, after] {
            assert_eq!((span.kind(), span.attributes), (kind, vec![]), "{name}");
        }
    }
    let span = encoded(|tracer| drop(tracer.span("x").tag("span.kind", "broker").start()));
    assert_eq!((span.kind(), span.attributes), (Kind::Internal, vec![text("span.kind", "broker")]));
}

#[test]
fn a_log_of_an_error_is_an_exception_event() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        tracer.span("x").start().log_fields([
            Tag::new("event", "error"),
            Tag::new("error.kind", "Timeout"),
            Tag::new("error.object", "Timeout(5)"),
            Tag::new("message", "no answer"),
            Tag::new("stack", "main"),
        ]);
    });
    let [event] = &span.events[..] else { panic!("{:?}", span.events) };
    assert_eq!(event.name, "exception");
    let expected = [
        text("exception.type", "Timeout"),
        text("error.object", "Timeout(5)"),
        text("exception.message", "no answer"),
        text("exception.stacktrace", "main"),
    ];
    assert_eq!(event.attributes, expected);
    assert_eq!(span.status, None, "the log alone fails nothing");
}

#[test]
fn references_beside_the_parent_are_links_with_their_type() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        let builder = tracer.span("x").follows_from(&context(1, 1)).child_of(&context(2, 2));
        builder.child_of(&context(3, 3)).follows_from(&context(4, 4)).start().finish();
    });
    assert_eq!((span.trace_id[15], span.parent_span_id[7]), (2, 2));
    let links: Vec<_> =
        span.links.iter().map(|link| (link.trace_id[15], link.attributes.clone())).collect();
    let kind = |kind| vec![text("opentracing.ref_type", kind)];
    let expected = [(1, kind("follows_from")), (3, kind("child_of")), (4, kind("follows_from"))];
    assert_eq!(links, expected);
}

#[test]
fn peer_service_and_component_stay() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        let span = tracer.span("x").tag("peer.service", "billing").start();
        span.set_tag("component", "my-client");
    });
    assert_eq!(span.attributes, [text("peer.service", "billing"), text("component", "my-client")]);
}

#[test]
fn a_span_of_no_priority_is_not_sent() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        tracer.span("quiet").start().set_tag("sampling.priority", 0);
        tracer.span("loud").start().set_tag("sampling.priority", 1);
    });
    let value = Some(AnyValue { value: Some(Any::IntValue(1)) });
    let priority = KeyValue { key: "sampling.priority".to_owned(), value, ..KeyValue::default() };
    assert_eq!((&*span.name, span.attributes), ("loud", vec![priority]));
    assert_eq!(span.flags & 0xff, 3, "W3C's flags, and no others");
}
