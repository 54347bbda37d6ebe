//! Baggage of spans: copied when written, handed to children that start later.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::HashMap;

use common::{assert_child, context, take, traced};
use tracer_core::baggage::{MAX_BYTES, MAX_MEMBERS};
use tracer_core::{AlwaysOff, Span, Tracer};

#[test]
fn a_child_inherits_what_was_there_when_it_started() {
    let (tracer, memory) = traced();
    let parent = tracer.span("parent").start();
    assert_eq!(parent.baggage_item("user"), None);
    assert!(parent.set_baggage_item("user", "7"));
    let child = tracer.span("child").child_of(&parent).start();
    assert!(parent.set_baggage_item("user", "8"));
    assert!(child.set_baggage_item("own", "1"));
    assert_eq!(child.baggage_item("user").as_deref(), Some("7"));
    assert_eq!(parent.baggage_item("user").as_deref(), Some("8"));
    assert_eq!(parent.baggage_item("own"), None, "never upwards");
    let late = tracer.span("late").child_of(&parent).start();
    assert_eq!(late.baggage_item("user").as_deref(), Some("8"));
    // An empty value deletes here and below, and leaves the parent alone.
    assert!(late.set_baggage_item("user", ""));
    assert!(late.baggage().is_empty());
    assert_eq!(parent.baggage_item("user").as_deref(), Some("8"));
    let all: Vec<_> = child.baggage().iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(all, ["user=7", "own=1"]);
    drop((child, late, parent));
    let spans = take(&tracer, &memory);
    assert_child(&spans, "late", "parent");
}

#[test]
fn contexts_that_were_taken_do_not_change() {
    let (tracer, _memory) = traced();
    let span = tracer.span("span").start();
    let before = span.context();
    span.set_baggage_item("k", "v");
    let after = span.context();
    span.set_baggage_item("k", "");
    assert!(before.baggage().is_empty());
    assert_eq!(after.baggage_item("k").as_deref(), Some("v"));
    assert!(span.context().baggage().is_empty());
}

#[test]
fn every_kind_of_span_has_it() {
    let (tracer, _memory) = traced();
    let unsampled = Tracer::builder("test").sampler(AlwaysOff).build();
    let scope = tracer.scope("scope");
    let spans = [
        tracer.span("recorded").start(),
        unsampled.span("unsampled").root().start(),
        Span::passive(context(1, 2, true)),
    ];
    for span in &spans {
        assert!(span.set_baggage_item("k", "v w"), "{span:?}");
        let _entered = span.enter();
        assert_eq!(tracer_core::current().baggage_item("k").as_deref(), Some("v w"));
        // Below a span with baggage, scopes and spans have it alike.
        let inner = tracer.scope("inner");
        assert_eq!(inner.handle().baggage_item("k").as_deref(), Some("v w"));
        let mut carrier = HashMap::<String, String>::new();
        tracer.inject(&tracer.span("out").start(), &mut carrier);
        assert_eq!(carrier["baggage"], "k=v%20w");
    }
    assert!(scope.handle().set_baggage_item("late", "1"));
    let below = tracer.scope("below");
    assert_eq!(below.handle().baggage_item("late").as_deref(), Some("1"));
    assert!(!Span::noop().set_baggage_item("k", "v"));
}

#[test]
fn slots_that_serve_again_forget_it() {
    let (tracer, _memory) = traced();
    for _ in 0..100 {
        let span = tracer.span("first").start();
        assert!(span.baggage().is_empty() && span.context().tracestate().is_empty());
        span.set_baggage_item("secret", "1");
        span.set_tag("t", 1);
        span.finish();
        let span = tracer.span("second").start();
        assert!(span.baggage().is_empty());
        span.set_baggage_item("own", "2");
        assert_eq!((span.baggage().len(), span.baggage_item("secret")), (1, None));
    }
}

#[test]
fn limits_and_bad_keys_are_refused_whole() {
    let (tracer, _memory) = traced();
    let span = tracer.span("span").start();
    for nth in 0..MAX_MEMBERS {
        assert!(span.set_baggage_item(&format!("k{nth}"), "v"));
    }
    assert!(!span.set_baggage_item("over", "v"));
    assert!(!span.set_baggage_item("k0", &"v".repeat(MAX_BYTES)));
    assert!(!span.set_baggage_item("a key", "v") && !span.set_baggage_item("", "v"));
    assert_eq!((span.baggage().len(), span.baggage_item("k0").as_deref()), (64, Some("v")));
    assert!(span.set_baggage_item("k0", "") && span.set_baggage_item("over", "v"));
    // What is deleted or replaced makes room again, however often.
    for size in (1..7_000).step_by(500) {
        assert!(span.set_baggage_item("over", &"x".repeat(size)), "{size}");
        assert!(span.set_baggage_item("over", ""));
    }
}

#[test]
fn reading_and_writing_at_once() {
    let (tracer, _memory) = traced();
    let span = tracer.span("busy").start();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (span, tracer) = (span.handle(), &tracer);
            scope.spawn(move || {
                for nth in 0..2_000 {
                    span.set_baggage_item(&format!("t{thread}"), &nth.to_string());
                    let own = span.context().baggage_item(&format!("t{thread}"));
                    assert_eq!(own, Some(nth.to_string()), "one writer a key");
                    tracer.span("child").child_of(&span).start().finish();
                }
            });
        }
    });
    assert_eq!(span.baggage().len(), 4);
}
