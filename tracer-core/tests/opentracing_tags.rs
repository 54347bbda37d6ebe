//! OpenTracing's tags that are more than tags: `span.kind` (`error` is in `model.rs`,
//! `sampling.priority` in `jaeger_client_sampling_priority.rs`).
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::sync::Mutex;

use common::{own_tags, take, traced};
use tracer_core::semconv::opentracing::{
    COMPONENT, ERROR_EVENT, ERROR_OBJECT, EVENT, PEER_SERVICE, SPAN_KIND,
};
use tracer_core::{Decision, FinishedSpan, Sampler, SamplingInput, SpanKind, Tag, Tracer, Value};

const KINDS: [SpanKind; 5] = [
    SpanKind::Server,
    SpanKind::Client,
    SpanKind::Producer,
    SpanKind::Consumer,
    SpanKind::Internal,
];

/// The one span that `make` makes.
fn made(make: impl FnOnce(&Tracer)) -> FinishedSpan {
    let (tracer, memory) = traced();
    make(&tracer);
    let mut spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 1);
    spans.remove(0)
}

#[test]
fn span_kind_before_the_start_is_the_kind() {
    for kind in KINDS {
        let span = made(|tracer| drop(tracer.span("s").tag(SPAN_KIND, kind.as_str()).start()));
        assert_eq!((span.kind, own_tags(&span)), (kind, vec![]));
        let owned = kind.as_str().to_owned();
        let other = SpanKind::Client;
        let span = made(|tracer| drop(tracer.span("s").kind(other).tag(SPAN_KIND, owned).start()));
        assert_eq!((span.kind, own_tags(&span)), (kind, vec![]), "the latest counts");
    }
}

#[test]
fn span_kind_after_the_start_is_the_kind() {
    for kind in KINDS {
        let span = made(|tracer| {
            let span = tracer.span("s").kind(SpanKind::Server).tag("k", 1).start();
            span.handle().set_tag(SPAN_KIND, "client");
            span.set_tag(SPAN_KIND, kind.as_str());
        });
        assert_eq!((span.kind, own_tags(&span)), (kind, vec![Tag::new("k", 1)]));
    }
    let scope = made(|tracer| _ = tracer.scope("scope").set_tag(SPAN_KIND, "producer"));
    assert_eq!((scope.kind, own_tags(&scope)), (SpanKind::Producer, vec![]));
}

#[test]
fn any_other_span_kind_is_a_tag() {
    for value in [Value::from("broker"), "SERVER".into(), "".into(), 1.into(), true.into()] {
        let span = made(|tracer| {
            let builder = tracer.span("s").kind(SpanKind::Client);
            builder.tag(SPAN_KIND, value.clone()).start().finish();
        });
        assert_eq!((span.kind, span.tag(SPAN_KIND)), (SpanKind::Client, Some(&value)));
        let span = made(|tracer| {
            let span = tracer.span("s").start();
            span.set_tag(SPAN_KIND, "server").set_tag(SPAN_KIND, value.clone());
        });
        assert_eq!((span.kind, span.tag(SPAN_KIND)), (SpanKind::Server, Some(&value)));
        // What comes later takes its place.
        let span = made(|tracer| {
            let span = tracer.span("s").tag(SPAN_KIND, value.clone()).start();
            span.set_tag("k", 1).set_tag(SPAN_KIND, "consumer");
        });
        assert_eq!((span.kind, own_tags(&span)), (SpanKind::Consumer, vec![Tag::new("k", 1)]));
    }
}

#[test]
fn without_span_kind_a_span_is_internal() {
    let span = made(|tracer| {
        let span = tracer.span("s").kind(SpanKind::Server).start();
        span.remove_tag(SPAN_KIND);
    });
    assert_eq!(span.kind, SpanKind::Internal);
    let (tracer, memory) = traced();
    for _ in 0..3 {
        tracer.span("kind").start().set_tag(SPAN_KIND, "server");
        tracer.span("none").start().set_tag("k", 1);
    }
    for span in take(&tracer, &memory) {
        let expected = if span.name == "kind" { SpanKind::Server } else { SpanKind::Internal };
        assert_eq!(span.kind, expected, "slots that serve again begin anew");
    }
}

#[test]
fn samplers_see_the_kind_that_a_tag_says() {
    #[derive(Debug, Default)]
    struct Seen(Mutex<Vec<(SpanKind, usize)>>);
    impl Sampler for Seen {
        fn sample(&self, input: &SamplingInput<'_>) -> Decision {
            self.0.lock().unwrap().push((input.kind, input.tags.len()));
            Decision::yes()
        }
    }
    let seen = std::sync::Arc::new(Seen::default());
    let tracer = Tracer::builder("test").sampler(std::sync::Arc::clone(&seen)).build();
    tracer.span("s").tag("k", 1).tag(SPAN_KIND, "consumer").start().finish();
    assert_eq!(*seen.0.lock().unwrap(), [(SpanKind::Consumer, 1)]);
}

#[test]
fn all_the_others_stay_what_they_are() {
    let span = made(|tracer| {
        let span = tracer.span("s").tag(PEER_SERVICE, "billing").start();
        span.set_tag(COMPONENT, "my-http-client").set_tag("peer.hostname", "b1");
        span.log_fields([Tag::new(EVENT, ERROR_EVENT), Tag::new(ERROR_OBJECT, "Timeout")]);
    });
    assert_eq!(span.tag(PEER_SERVICE), Some(&Value::from("billing")));
    assert_eq!(span.tag(COMPONENT), Some(&Value::from("my-http-client")));
    assert_eq!(span.tag("peer.hostname"), Some(&Value::from("b1")));
    assert_eq!(span.logs[0].1[1], Tag::new(ERROR_OBJECT, "Timeout"));
}
