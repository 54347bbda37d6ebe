//! Baggage of a `Context` and of a span, together.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_otel::{OtelContext, context_of, current_context, span_of};
use opentelemetry::baggage::{BaggageExt, BaggageMetadata, KeyValueMetadata};
use opentelemetry::trace::{TraceContextExt, Tracer as _};
use opentelemetry::{Context, KeyValue};
use support::{Both, off};
use tracer_core::{Baggage, ToContext};

fn items(baggage: &Baggage) -> Vec<String> {
    let mut items: Vec<_> = baggage.iter().map(|(key, value)| format!("{key}={value}")).collect();
    items.sort();
    items
}

/// What a span of the kit's that is started below this has.
fn below(both: &Both, cx: &Context) -> Vec<String> {
    items(&both.kit().span("kit").child_of(&OtelContext::from(cx.clone())).start().baggage())
}

/// The same of a span of opentelemetry's.
fn below_otel(both: &Both, cx: &Context) -> Vec<String> {
    items(&both.otel.start_with_context("otel", cx).handle().baggage())
}

#[test]
fn a_contexts_baggage_reaches_spans_of_both_sides() {
    if off() {
        return;
    }
    let both = Both::new();
    let item = KeyValueMetadata::new("user", "7", BaggageMetadata::from("ttl=30"));
    let cx = Context::new().with_baggage([item]);
    assert_eq!(below(&both, &cx), ["user=7"]);
    assert_eq!(below_otel(&both, &cx), ["user=7"]);
    both.otel.in_span_with_context("a", &cx, |cx| {
        assert_eq!(below(&both, &cx), ["user=7"]);
        let inner = both.otel.start("b");
        assert_eq!(inner.handle().baggage().properties("user"), Some("ttl=30"));
        assert_eq!(items(&span_of(&cx).baggage()), ["user=7"]);
    });
}

#[test]
fn a_spans_baggage_is_in_its_context() {
    if off() {
        return;
    }
    let both = Both::new();
    let request = both.kit().span("request").start();
    request.set_baggage_item("user", "7");
    let _entered = request.enter();
    let cx = current_context();
    assert_eq!(cx.baggage().get("user").unwrap().as_str(), "7");
    assert_eq!(below_otel(&both, &cx), ["user=7"]);
    // What opentelemetry does not know of is not lost by its own baggage…
    let cx = Context::current_with_baggage([KeyValue::new("tenant", "blue")]);
    assert_eq!(below_otel(&both, &cx), ["tenant=blue", "user=7"]);
    assert_eq!(items(&span_of(&cx).baggage()), ["tenant=blue"], "the Context names no span");
    // … and what it knows is its to change, or to take away.
    let known = context_of(&request);
    let all = known.with_baggage([KeyValue::new("user", "8"), KeyValue::new("tenant", "blue")]);
    assert_eq!(below(&both, &all), ["tenant=blue", "user=8"]);
    let without = known.with_baggage([KeyValue::new("tenant", "blue")]);
    assert_eq!(below_otel(&both, &without), ["tenant=blue"]);
    assert!(below(&both, &known.with_cleared_baggage()).is_empty());
    // What the span has set since then is newer.
    request.set_baggage_item("later", "1");
    request.set_baggage_item("user", "9");
    assert_eq!(below(&both, &known), ["later=1", "user=9"]);
    assert_eq!(below(&both, &all), ["later=1", "tenant=blue", "user=8"]);
    assert_eq!(items(&request.baggage()), ["later=1", "user=9"], "the span has what it had");
}

#[test]
fn baggage_that_is_cleared_is_clear() {
    if off() {
        return;
    }
    let both = Both::new();
    let request = both.kit().span("request").start();
    request.set_baggage_item("user", "7");
    let _entered = request.enter();
    let cx = Context::new().with_cleared_baggage();
    assert!(below_otel(&both, &cx).is_empty());
    assert!(both.otel.start("implicit").handle().baggage().len() == 1);
}

#[test]
fn baggage_of_opentelemetrys_own_is_its_own_to_replace() {
    if off() {
        return;
    }
    let both = Both::new();
    let cx = Context::new().with_baggage([KeyValue::new("user", "7")]);
    both.otel.in_span_with_context("a", &cx, |cx| {
        // The span has taken it over; the Context replaces it.
        let other = cx.with_baggage([KeyValue::new("tenant", "blue")]);
        assert_eq!(below_otel(&both, &other), ["tenant=blue"]);
        span_of(&cx).set_baggage_item("of the kit", "no token");
        span_of(&cx).set_baggage_item("ours", "1");
        assert_eq!(below_otel(&both, &other), ["ours=1", "tenant=blue"]);
    });
}

#[test]
fn a_span_that_has_ended_leaves_its_baggage() {
    if off() {
        return;
    }
    let both = Both::new();
    let request = both.kit().span("request").start();
    request.set_baggage_item("user", "7");
    let cx = request.bind(|| Context::current_with_span(both.otel.start("a")))();
    assert_eq!(below(&both, &cx), ["user=7"]);
    cx.span().end();
    assert_eq!(below(&both, &cx), ["user=7"]);
    assert_eq!(below_otel(&both, &cx), ["user=7"]);
}

#[test]
fn items_of_a_context_that_do_not_fit_do_not_push_others_out() {
    if off() {
        return;
    }
    let both = Both::new();
    let request = both.kit().span("request").start();
    for n in 0..64 {
        assert!(request.set_baggage_item(&format!("k{n}"), "v"));
    }
    let more: Vec<_> = (0..64).map(|n| KeyValue::new(format!("x{n}"), "v")).collect();
    let _entered = Context::current_with_baggage(more).attach();
    let cx = context_of(&request);
    assert_eq!(cx.baggage().len(), 64);
    let context = OtelContext::from(cx).to_context();
    assert_eq!(items(&context.baggage()), items(&request.baggage()));
}
