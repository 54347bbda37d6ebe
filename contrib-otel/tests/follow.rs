//! With the feature `follow`: what opentelemetry makes current is current for the kit. A test binary
//! of its own, since that holds for the process.
#![cfg(feature = "follow")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::HashMap;

use contrib_otel::{KitPropagator, OtelExt, current_context, enter, follow_contexts, to_otel};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{
    FutureExt, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer as _,
    get_active_span, mark_span_as_active,
};
use opentelemetry::{Context, KeyValue};
use support::{Both, off};
use testing::named;
use tracer_core::{ENABLED, Trust, current, is_suppressed};

fn both() -> Both {
    assert_eq!(follow_contexts(), ENABLED);
    assert_eq!(follow_contexts(), ENABLED, "a second time is as good");
    Both::new()
}

#[test]
fn the_kits_spans_are_below_opentelemetrys() {
    let both = both();
    if off() {
        return;
    }
    both.otel.in_span("a", |_| {
        current().set_tag("by", "kit");
        drop(both.kit().span("b").start());
        let scope = both.kit().scope("c");
        both.otel.in_span("d", |_| drop(tracer_core::span("e").start()));
        drop(both.kit().span("f").start());
        drop(scope);
        drop(both.otel.start("g"));
    });
    assert!(current().is_noop());
    drop(both.kit().span("h").start());
    let spans = both.spans();
    assert_eq!(testing::tree(&spans), "a\n  b\n  c\n    d\n      e\n    f\n  g\nh\n");
    assert_eq!(testing::tag(named(&spans, "a"), "by"), "kit");
}

#[test]
fn the_latest_of_both_sides_is_current() {
    let both = both();
    if off() {
        return;
    }
    both.otel.in_span("a", |cx| {
        let ours = both.kit().span("ours").start();
        let entered = ours.enter();
        assert_eq!(current_context().span().span_context(), &to_otel(&ours.context()));
        // A Context that only adds a value says nothing of the span.
        let attached = Context::current_with_value(7u8).attach();
        drop(both.otel.start("b"));
        drop(both.kit().span("c").start());
        drop(attached);
        // One without a span that is given where there is one.
        drop(both.otel.start_with_context("root", &Context::new()));
        // One that is given holds.
        drop(both.otel.start_with_context("d", &cx));
        drop(entered);
        assert_eq!(current_context().span().span_context(), cx.span().span_context());
    });
    assert_eq!(both.tree(), "a\n  ours\n    b\n    c\n  d\nroot\n");
}

#[test]
fn a_context_without_a_span_ends_what_is_current() {
    let both = both();
    if off() {
        return;
    }
    both.otel.in_span("a", |_| {
        let attached = Context::new().attach();
        drop(both.kit().span("root").start());
        drop(both.otel.start("another"));
        drop(attached);
        drop(both.kit().span("b").start());
    });
    let request = both.kit().span("request").start();
    let _entered = request.enter();
    // There was none before: it changes nothing.
    let _attached = Context::new().with_value(7u8).attach();
    drop(both.kit().span("c").start());
    drop(request);
    assert_eq!(both.tree(), "a\n  b\nroot\nanother\nrequest\n  c\n");
}

#[test]
fn contexts_may_be_left_in_any_order() {
    let both = both();
    if off() {
        return;
    }
    let a = mark_span_as_active(both.otel.start("a"));
    let b = mark_span_as_active(both.otel.start("b"));
    let c = mark_span_as_active(both.otel.start("c"));
    drop(b);
    drop(both.kit().span("in c").start());
    drop(a);
    drop(both.kit().span("still in c").start());
    drop(c);
    assert!(current().is_noop() && !Context::current().has_active_span());
    let a = Context::current_with_span(both.otel.start("a2"));
    let outer = a.clone().attach();
    let inner = mark_span_as_active(both.otel.start("b2"));
    let again = a.attach();
    let last = mark_span_as_active(both.otel.start("c2"));
    drop(inner);
    drop(again);
    drop(last);
    drop(both.kit().span("in a2").start());
    drop(outer);
    assert!(current().is_noop());
    let expected = "a\n  b\n    c\n      in c\n      still in c\na2\n  b2\n  c2\n  in a2\n";
    assert_eq!(both.tree(), expected);
}

#[test]
fn guards_of_both_sides_may_overlap() {
    let both = both();
    if off() {
        return;
    }
    for _ in 0..1_000 {
        let ours = both.kit().span("ours").start();
        let entered = ours.enter();
        let theirs = mark_span_as_active(both.otel.start("theirs"));
        drop(entered);
        drop(both.kit().span("below").start());
        drop(theirs);
        assert!(current().is_noop());
    }
    let spans = both.spans();
    let below = spans.iter().filter(|span| span.name == "below");
    let theirs: std::collections::HashSet<_> =
        spans.iter().filter(|span| span.name == "theirs").map(|span| span.span_id).collect();
    assert_eq!(below.filter(|span| theirs.contains(&span.parent_id)).count(), 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn futures_of_opentelemetry_carry_it() {
    let both = std::sync::Arc::new(both());
    if off() {
        return;
    }
    let cx = Context::current_with_span(both.otel.start("a"));
    let task = |name: &'static str| {
        let both = both.clone();
        async move {
            for _ in 0..2 {
                tokio::task::yield_now().await;
                drop(both.kit().span(name).start());
            }
        }
    };
    tokio::spawn(task("with_context").with_context(cx.clone())).await.unwrap();
    tokio::spawn(task("bound").bind_otel_context(cx.clone())).await.unwrap();
    drop(cx);
    assert_eq!(both.tree(), "a\n  with_context\n  with_context\n  bound\n  bound\n");
}

#[test]
fn what_the_kit_enters_for_both_is_on_top() {
    let both = both();
    if off() {
        return;
    }
    let request = both.kit().span("request").start();
    let entered = enter(&request);
    let inner = both.kit().span("inner").start();
    let guard = inner.enter();
    // Again, explicitly: the request is meant.
    let again = enter(&request);
    get_active_span(|span| span.set_attribute(KeyValue::new("by", "opentelemetry")));
    drop(both.otel.start("a"));
    drop(both.kit().span("b").start());
    drop((again, guard, inner, entered));
    drop(request);
    let spans = both.spans();
    assert_eq!(testing::tree(&spans), "request\n  inner\n  a\n  b\n");
    assert_eq!(testing::tag(named(&spans, "request"), "by"), "opentelemetry");
}

#[test]
fn baggage_reaches_what_is_below() {
    let both = both();
    if off() {
        return;
    }
    let request = both.kit().span("request").start();
    request.set_baggage_item("ours", "1");
    let _entered = request.enter();
    {
        let _attached = Context::current_with_baggage([KeyValue::new("theirs", "2")]).attach();
        assert_eq!(current().baggage_item("ours").as_deref(), Some("1"));
        assert_eq!(current().baggage_item("theirs").as_deref(), Some("2"));
        current().set_tag("written to", "the request");
        let child = both.kit().span("child").start();
        assert_eq!(child.baggage().len(), 2);
        both.otel.in_span("a", |_| assert_eq!(current().baggage().len(), 2));
        let _cleared = Context::map_current(BaggageExt::with_cleared_baggage).attach();
        assert!(both.kit().span("bare").start().baggage().is_empty());
    }
    assert_eq!(current().baggage().len(), 1);
    drop(request);
    let spans = both.spans();
    assert_eq!(testing::tree(&spans), "request\n  child\n  a\n  bare\n");
    assert_eq!(testing::tag(named(&spans, "request"), "written to"), "the request");
}

#[test]
fn suppression_is_heard_and_the_kits_own_stays() {
    let both = both();
    if off() {
        return;
    }
    both.otel.in_span("a", |cx| {
        let quiet = Context::enter_telemetry_suppressed_scope();
        assert!(is_suppressed());
        drop(both.kit().span("unseen").start());
        drop(both.otel.start("unseen"));
        // A Context that is not: opentelemetry records in it.
        let loud = cx.attach();
        drop(both.kit().span("b").start());
        drop((loud, quiet));
        assert!(!is_suppressed());
        drop(both.kit().span("c").start());
    });
    let loud = Context::current_with_span(both.otel.start("d"));
    let filtered = tracer_core::Span::passive(tracer_core::SpanContext::default().suppressed());
    let entered = filtered.enter();
    both.otel.in_span("unseen", |_| drop(both.kit().span("unseen").start()));
    let attached = loud.attach();
    assert!(is_suppressed(), "below a filter nothing starts a span, whatever is attached there");
    drop(both.kit().span("unseen").start());
    drop((attached, entered));
    assert!(!is_suppressed());
    assert_eq!(both.tree(), "a\n  b\n  c\nd\n");
}

#[test]
fn a_caller_in_a_context_is_the_parent() {
    let both = both();
    if off() {
        return;
    }
    let ids = (TraceId::from_bytes([7; 16]), SpanId::from_bytes([8; 8]));
    let caller = SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, true, TraceState::NONE);
    let _attached = Context::new().with_remote_span_context(caller).attach();
    drop(both.kit().span("kit").start());
    drop(both.otel.start("otel"));
    for span in both.spans() {
        assert_eq!(span.parent_id.unwrap().to_bytes(), [8; 8]);
        assert!(span.has_remote_parent);
    }
}

#[test]
fn a_caller_who_is_not_followed_is_linked_to() {
    assert_eq!(follow_contexts(), ENABLED);
    if off() {
        return;
    }
    let both = Both::with(|builder| builder.trust(Trust::Link));
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = HashMap::from([("traceparent".to_owned(), parent.to_owned())]);
    let cx = KitPropagator::new(both.kit()).extract(&headers);
    both.otel.in_span("a", |_| {
        let _attached = cx.attach();
        both.otel.in_span("root", |_| drop(both.kit().span("b").start()));
    });
    let spans = both.spans();
    assert_eq!(testing::tree(&spans), "a\nroot\n  b\n");
    let link = &named(&spans, "root").links[0];
    assert_eq!(link.context.span_id().unwrap().to_string(), parent[36..52]);
}

#[test]
fn contexts_from_before_are_looked_at_when_they_are_attached() {
    // Of the tests of this binary one has to be the first; none can say that it is. A Context that
    // has no view for another reason is the empty one.
    let both = both();
    if off() {
        return;
    }
    let request = both.kit().span("request").start();
    let _entered = request.enter();
    let attached = Context::default().attach();
    drop(both.kit().span("a").start());
    drop(attached);
    drop(request);
    assert_eq!(both.tree(), "request\n  a\n");
}
