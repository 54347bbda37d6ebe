//! What goes out is what opentelemetry-proto reads, field by field.

mod support;

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use support::capture::Capture;
use support::{Everything, WAIT, at, context, proto, tracer};
use tracer_core::{Limits, SpanKind, Status, Tag, Tracer};

fn attribute(key: &str, value: Any) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Any::StringValue(value.to_owned()))
}

/// Encodes what `make` does, and decodes the one span of it.
#[allow(clippy::unwrap_used, reason = "a test may fail")]
fn encoded(make: impl FnOnce(&Tracer)) -> Span {
    let capture = Capture::default();
    let tracer = tracer(capture.clone());
    make(&tracer);
    tracer.flush(WAIT).unwrap();
    without_sampler(capture.span())
}

/// Takes the sampler's two tags off a span that has no parent here.
fn without_sampler(mut span: Span) -> Span {
    span.attributes.retain(|attribute| !attribute.key.starts_with("sampler."));
    span
}

#[test]
fn every_field_has_its_place() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        let span = tracer
            .span("GET /items")
            .kind(SpanKind::Server)
            .child_of(&context(0xa, 0xb).with_remote())
            .follows_from(&context(0xc, 0xd))
            .child_of(&context(0xe, 0xf).with_random(true).with_remote())
            .start_time(at(1_000))
            .start();
        span.set_tag("text", "").set_tag("int", i64::MIN);
        span.set_tag("double", -0.5).set_tag("bool", false);
        span.set_tag("list", vec!["a", ""]);
        span.set_status(Status::Error("broken".into()));
        span.log_at(at(1_500), [Tag::new("event", "cache miss"), Tag::new("n", 1)]);
        span.finish_at(at(2_000));
    });
    assert_eq!(span.trace_id, [[0; 15].as_slice(), &[0xa]].concat());
    assert_eq!(span.span_id.len(), 8);
    assert_eq!(span.parent_span_id, [0, 0, 0, 0, 0, 0, 0, 0xb]);
    assert_eq!(span.trace_state, "vendor=v");
    assert_eq!(span.flags, 0x301);
    assert_eq!((&*span.name, span.kind), ("GET /items", 2));
    assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (1_000, 2_000));
    let list = proto::tag(&Tag::new("list", vec!["a", ""]));
    let attributes = [
        text("text", ""),
        attribute("int", Any::IntValue(i64::MIN)),
        attribute("double", Any::DoubleValue(-0.5)),
        attribute("bool", Any::BoolValue(false)),
        list,
    ];
    assert_eq!(span.attributes, attributes);
    let status = span.status.unwrap();
    assert_eq!((status.code(), &*status.message), (StatusCode::Error, "broken"));
    let [event] = &span.events[..] else { panic!() };
    assert_eq!((event.time_unix_nano, &*event.name), (1_500, "cache miss"));
    assert_eq!(event.attributes, [attribute("n", Any::IntValue(1))]);
    let [first, second] = &span.links[..] else { panic!() };
    assert_eq!((first.trace_id[15], first.span_id[7], first.flags), (0xc, 0xd, 0x101));
    assert_eq!(first.trace_state, "vendor=v");
    assert_eq!(first.attributes, [text("opentracing.ref_type", "follows_from")]);
    assert_eq!((second.trace_id[15], second.span_id[7], second.flags), (0xe, 0xf, 0x303));
    assert_eq!(second.attributes, [text("opentracing.ref_type", "child_of")]);
}

#[test]
fn what_is_not_there_is_absent() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| tracer.span("").root().start().finish());
    assert!(span.parent_span_id.is_empty() && span.trace_state.is_empty());
    assert!(span.attributes.is_empty() && span.events.is_empty() && span.links.is_empty());
    assert_eq!((span.status, span.kind, span.flags), (None, 1, 0x103));
}

#[test]
fn a_success_that_was_said_is_ok() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        let span = tracer.span("x").root().start();
        span.set_status(Status::Ok);
    });
    let status = span.status.unwrap();
    assert_eq!((status.code(), &*status.message), (StatusCode::Ok, ""));
}

#[test]
fn an_error_is_an_exception_event() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        let span = tracer.span("x").root().start();
        span.log_error(&std::fmt::Error);
        span.log_fields([
            Tag::new("stack", "main"),
            Tag::new("event", "error"),
            Tag::new("error.object", "o"),
        ]);
    });
    let [first, second] = &span.events[..] else { panic!() };
    assert_eq!((&*first.name, &*second.name), ("exception", "exception"));
    let message = std::fmt::Error.to_string();
    let expected =
        [text("exception.type", "core::fmt::Error"), text("exception.message", &message)];
    assert_eq!(first.attributes, expected);
    let expected = [text("exception.stacktrace", "main"), text("error.object", "o")];
    assert_eq!(second.attributes, expected);
    let status = span.status.unwrap();
    assert_eq!((status.code(), status.message), (StatusCode::Error, message));
}

#[test]
fn a_log_without_a_name_is_a_log() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        let span = tracer.span("x").root().start();
        span.log_fields([Tag::new("message", "m")]);
        span.log_fields([Tag::new("event", 7)]);
        span.log("");
        span.log_fields([Tag::new("event", "e"), Tag::new("", 1), Tag::new("event", "its own")]);
    });
    let names: Vec<_> = span.events.iter().map(|event| &*event.name).collect();
    assert_eq!(names, ["log", "log", "log", "e"]);
    assert_eq!(span.events[0].attributes, [text("message", "m")]);
    assert_eq!(span.events[1].attributes, [attribute("event", Any::IntValue(7))]);
    assert_eq!(span.events[2].attributes, []);
    assert_eq!(span.events[3].attributes, [text("event", "its own")]);
    let without_key = span.events.iter().map(|event| event.dropped_attributes_count);
    assert!(without_key.eq([0, 0, 0, 1]), "OTLP has no place for it");
}

#[test]
fn what_limits_cut_is_counted() {
    if support::off() {
        return;
    }
    let capture = Capture::default();
    let limits = Limits::default().with_tags(2).with_logs(3).with_links(1);
    let builder = Tracer::builder("shop").sampler(Everything).limits(limits);
    let tracer = builder.reporter(capture.clone()).build();
    let span = tracer.span("x").root().link(&context(1, 1)).link(&context(2, 2)).start();
    for n in 0..5 {
        span.set_tag(format!("tag{n}"), n).log("x");
    }
    drop(span);
    tracer.flush(WAIT).unwrap();
    let span = without_sampler(capture.span());
    assert_eq!((span.attributes.len(), span.dropped_attributes_count), (2, 3));
    // Two of the logs, and one that stands for those that went.
    assert_eq!((span.events.len(), span.dropped_events_count), (3, 3));
    assert_eq!(span.events[1].name, "dropped logs");
    assert_eq!(span.events[1].attributes, [attribute("dropped_log_count", Any::IntValue(3))]);
    assert_eq!((span.links.len(), span.dropped_links_count), (1, 1));
}

#[test]
fn resource_and_scope_stand_around_the_spans() {
    if support::off() {
        return;
    }
    let capture = Capture::default();
    let tracer = Tracer::builder("shop").tag("region", "eu").reporter(capture.clone()).build();
    support::spans(&tracer, 3);
    tracer.flush(WAIT).unwrap();
    let requests = capture.requests();
    let [(request, _)] = &requests[..] else { panic!() };
    let [resource] = &request.resource_spans[..] else { panic!() };
    let tags = tracer.resource().tags().iter().map(proto::tag);
    let attributes = &resource.resource.as_ref().unwrap().attributes;
    assert_eq!(*attributes, tags.collect::<Vec<_>>());
    assert_eq!(attributes[0], text("service.name", "shop"));
    let [scope] = &resource.scope_spans[..] else { panic!() };
    let library = scope.scope.as_ref().unwrap();
    assert_eq!((&*library.name, &*library.version), ("tracer", env!("CARGO_PKG_VERSION")));
    assert_eq!(scope.spans.len(), 3);
}

#[test]
fn spans_stand_with_the_library_that_has_recorded_them() {
    if support::off() {
        return;
    }
    let capture = Capture::default();
    let tracer = Tracer::builder("shop").reporter(capture.clone()).build();
    for (name, scope) in [("a", "cart"), ("b", "cart"), ("c", ""), ("d", "bare")] {
        let span = tracer.span(name).root().tag("own", 1).start();
        if !scope.is_empty() {
            span.set_tag("otel.scope.name", scope);
        }
        if scope == "cart" {
            span.set_tag("otel.scope.version", "1.2");
        }
    }
    tracer.flush(WAIT).unwrap();
    let requests = capture.requests();
    let scopes = &requests[0].0.resource_spans[0].scope_spans;
    let shown: Vec<_> = scopes
        .iter()
        .map(|one| {
            let scope = one.scope.as_ref().unwrap();
            let names: Vec<_> = one.spans.iter().map(|span| &*span.name).collect();
            (&*scope.name, &*scope.version, names)
        })
        .collect();
    let kit = ("tracer", env!("CARGO_PKG_VERSION"), vec!["c"]);
    assert_eq!(shown, [("cart", "1.2", vec!["a", "b"]), kit, ("bare", "", vec!["d"])]);
    let attributes = scopes.iter().flat_map(|one| &one.spans).flat_map(|span| &span.attributes);
    let mut keys: Vec<_> = attributes.map(|attribute| &*attribute.key).collect();
    keys.retain(|key| key.starts_with("otel."));
    assert!(keys.is_empty(), "and nowhere else: {keys:?}");
}

#[test]
fn keys_are_not_empty() {
    if support::off() {
        return;
    }
    let span = encoded(|tracer| {
        let span = tracer.span("op").start();
        span.set_tag("", "nothing").set_tag("some", 1).set_tag("", vec!["a"]);
        span.log_fields([Tag::new("", 1), Tag::new("n", 2)]);
    });
    assert_eq!(span.attributes, [attribute("some", Any::IntValue(1))]);
    assert_eq!(span.dropped_attributes_count, 1, "the second took the first one's place");
    assert_eq!(span.events[0].attributes, [attribute("n", Any::IntValue(2))]);
}
