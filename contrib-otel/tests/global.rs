//! The kit behind opentelemetry's global API. A test binary of its own: there is one such API.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::HashMap;

use contrib_otel::install;
use opentelemetry::trace::{SpanKind, TraceContextExt, Tracer as _};
use opentelemetry::{Context, KeyValue, global};
use support::off;
use testing::{Recorded, named};

/// As a library does it that knows opentelemetry only: it serves a request, and calls the next one.
fn serve(headers: &HashMap<String, String>) -> HashMap<String, String> {
    let tracer = global::tracer("some-library");
    let parent = global::get_text_map_propagator(|format| format.extract(headers));
    let span = tracer.span_builder("serve").with_kind(SpanKind::Server);
    let span = span.start_with_context(&tracer, &parent);
    let _attached = parent.with_span(span).attach();
    let span = tracer.span_builder("call").with_kind(SpanKind::Client).start(&tracer);
    let cx = Context::current_with_span(span);
    let mut onward = HashMap::new();
    global::get_text_map_propagator(|format| format.inject_context(&cx, &mut onward));
    cx.span().set_attribute(KeyValue::new("http.response.status_code", 200));
    onward
}

#[test]
fn a_library_that_knows_opentelemetry_only() {
    let recorded = Recorded::new();
    let earlier = global::tracer("earlier");
    install(&recorded.tracer);
    if off() {
        assert!(serve(&HashMap::new()).is_empty());
        return;
    }
    // Who calls is of the kit, and so is who is called.
    let client = recorded.tracer.span("client").start();
    client.set_baggage_item("user", "7");
    let mut headers = HashMap::new();
    recorded.tracer.inject(&client, &mut headers);
    let onward = serve(&headers);
    let server = recorded.tracer.span("server").child_of(&recorded.tracer.extract(&onward));
    let server = server.start();
    assert_eq!(server.baggage_item("user").as_deref(), Some("7"));
    drop((server, client));
    drop(earlier.start("goes nowhere"));

    let spans = recorded.spans();
    let expected = "client\n  server serve\n    client call\n      server\n";
    assert_eq!(testing::tree(&spans), expected);
    assert!(named(&spans, "serve").has_remote_parent);
    assert_eq!(testing::tag(named(&spans, "call"), "otel.scope.name"), "some-library");

    // The latest one counts.
    let other = Recorded::new();
    install(&other.tracer);
    serve(&HashMap::new());
    assert!(recorded.spans().is_empty());
    assert_eq!(other.spans().len(), 2);
}
