//! Who is whose child, where both APIs are used in one process.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_otel::{
    KitTracerProvider, OtelContext, OtelExt, context_of, current_context, enter, from_otel,
    span_of, to_otel,
};
use futures_util::StreamExt;
use opentelemetry::Context;
use opentelemetry::trace::{
    FutureExt, Span as _, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer as _, TracerProvider, get_active_span, mark_span_as_active,
};
use opentelemetry_sdk::trace::SdkTracerProvider;
use support::{Both, off};
use testing::named;
use tracer_core::{SpanRef, current};

#[test]
fn spans_of_opentelemetry_nest_by_its_context() {
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("a", |_| {
        both.otel.in_span("b", |cx| {
            let mut c = both.otel.start("c");
            c.end();
            drop(both.otel.start_with_context("d", &cx));
        });
        drop(both.otel.start("e"));
    });
    drop(both.otel.start("f"));
    assert_eq!(both.tree(), "a\n  b\n    c\n    d\n  e\nf\n");
}

#[test]
fn what_is_current_for_the_kit_is_above_what_opentelemetry_starts() {
    if off() {
        return;
    }
    let both = Both::new();
    let request = both.kit().span("request").start();
    {
        let _entered = request.enter();
        both.otel.in_span("a", |_| drop(both.otel.start("b")));
        let scope = both.kit().scope("scope");
        drop(both.otel.start("c"));
        drop(scope);
        // A Context without a span, which is what there is.
        drop(both.otel.start_with_context("d", &Context::current()));
    }
    drop(request);
    assert_eq!(both.tree(), "request\n  a\n    b\n  scope\n    c\n  d\n");
}

#[test]
fn a_span_of_the_kit_is_below_a_span_of_opentelemetry() {
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("a", |cx| {
        drop(both.kit().span("b").child_of(&OtelContext::current()).start());
        drop(both.kit().span("c").child_of(&OtelContext::from(cx.clone())).start());
        let _entered = span_of(&cx).enter();
        let _scope = both.kit().scope("d");
        // And back again.
        both.otel.in_span("e", |_| ());
        enter(&current()).then(|| both.otel.in_span("f", |_| ()));
    });
    // Of what is current for opentelemetry and for the kit, its own holds for opentelemetry.
    assert_eq!(both.tree(), "a\n  b\n  c\n  d\n    f\n  e\n");
}

trait Then: Sized {
    /// Does some work while a guard lives.
    fn then<R>(self, work: impl FnOnce() -> R) -> R {
        let _guard = self;
        work()
    }
}

impl<T> Then for T {}

#[test]
fn the_span_of_a_context_is_written_to_by_both() {
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("theirs", |cx| {
        span_of(&cx).set_tag("by", "kit").log("by the kit");
        assert!(span_of(&cx).is_recording());
        assert_eq!(from_otel(cx.span().span_context()), span_of(&cx).context());
    });
    let ours = both.kit().span("ours").start();
    let cx = context_of(&ours);
    cx.span().set_attribute(opentelemetry::KeyValue::new("by", "opentelemetry"));
    cx.span().add_event("by opentelemetry", vec![]);
    assert!(cx.span().is_recording());
    cx.span().end();
    assert!(cx.span().is_recording() && ours.is_recording(), "who has started it ends it");
    enter(&ours).then(|| get_active_span(|span| span.update_name("renamed")));
    drop(ours);
    assert!(!cx.span().is_recording());

    let spans = both.spans();
    let (theirs, ours) = (named(&spans, "theirs"), named(&spans, "renamed"));
    assert_eq!(
        (testing::tag(theirs, "by").as_str(), theirs.events()),
        ("kit", vec!["by the kit".to_owned()])
    );
    assert_eq!(testing::tag(ours, "by"), "opentelemetry");
    assert_eq!(ours.events(), ["by opentelemetry"]);
}

#[test]
fn the_current_context_is_the_one_of_both_sides() {
    if off() {
        return;
    }
    let both = Both::new();
    assert!(!current_context().has_active_span());
    let request = both.kit().span("request").start();
    let entered = request.enter();
    assert_eq!(current_context().span().span_context(), &to_otel(&request.context()));
    both.otel.in_span("theirs", |cx| {
        assert_eq!(current_context().span().span_context(), cx.span().span_context());
    });
    // A value that somebody has put there stays.
    let _attached = Context::current_with_value(42u8).attach();
    assert_eq!(current_context().get::<u8>(), Some(&42));
    assert!(current_context().has_active_span());
    drop(entered);
    assert!(!current_context().has_active_span());
    assert!(!context_of(&SpanRef::noop()).has_active_span());
}

#[test]
fn a_context_without_a_span_begins_a_trace_where_another_one_is_current() {
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("a", |_| drop(both.otel.start_with_context("root", &Context::new())));
    assert_eq!(both.tree(), "a\nroot\n");
}

#[test]
fn a_parent_that_has_ended_is_a_parent_all_the_same() {
    if off() {
        return;
    }
    let both = Both::new();
    let cx = Context::current_with_span(both.otel.start("a"));
    let shown = cx.span().span_context().clone();
    cx.span().end();
    cx.span().end();
    assert_eq!(cx.span().span_context(), &shown);
    drop(both.otel.start_with_context("b", &cx));
    drop(both.kit().span("c").child_of(&OtelContext::from(cx.clone())).start());
    cx.span().set_attribute(opentelemetry::KeyValue::new("too", "late"));
    drop(cx);
    let mut unseen = both.otel.start("d");
    unseen.end();
    let shown = unseen.span_context().clone();
    let spans = both.spans();
    assert_eq!(testing::tree(&spans), "a\n  b\n  c\nd\n");
    assert_eq!(to_otel(&span_context(named(&spans, "d"))), shown);
}

fn span_context(span: &tracer_core::FinishedSpan) -> tracer_core::SpanContext {
    let ids = (span.trace_id.unwrap(), span.span_id.unwrap());
    tracer_core::SpanContext::new(ids.0, ids.1, true).with_random(true)
}

#[test]
fn a_span_of_another_provider_and_a_caller_are_parents() {
    if off() {
        return;
    }
    let both = Both::new();
    let sdk = SdkTracerProvider::builder().build();
    let cx = Context::current_with_span(sdk.tracer("sdk").start("foreign"));
    let foreign = cx.span().span_context().clone();
    drop(both.otel.start_with_context("below the SDK's", &cx));
    let ids = (TraceId::from_bytes([7; 16]), SpanId::from_bytes([8; 8]));
    let state = TraceState::from_key_value([("vendor", "x")]).unwrap();
    let caller = SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, true, state);
    let cx = Context::new().with_remote_span_context(caller);
    drop(both.otel.start_with_context("below a caller", &cx));

    let spans = both.spans();
    let (one, other) = (named(&spans, "below the SDK's"), named(&spans, "below a caller"));
    assert_eq!(one.parent_id.unwrap().to_bytes(), foreign.span_id().to_bytes());
    assert_eq!(one.trace_id.unwrap().to_bytes(), foreign.trace_id().to_bytes());
    assert_eq!((one.has_remote_parent, other.has_remote_parent), (false, true));
    assert_eq!(other.trace_id.unwrap().to_bytes(), [7; 16]);
    assert_eq!(other.tracestate.as_str(), "vendor=x");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn futures_and_streams_take_a_context_along() {
    if off() {
        return;
    }
    let both = std::sync::Arc::new(Both::new());
    let request = both.kit().span("request").start();
    let cx = context_of(&request);
    let task = {
        let both = both.clone();
        async move {
            for _ in 0..3 {
                tokio::task::yield_now().await;
                drop(both.kit().span("kit").start());
                drop(both.otel.start("otel"));
            }
        }
    };
    tokio::spawn(task.bind_otel_context(cx.clone())).await.unwrap();
    let stream = futures_util::stream::iter(0..2).map(|_| drop(both.otel.start("item")));
    assert_eq!(stream.bind_otel_context(cx).count().await, 2);
    assert!(!Context::current().has_active_span() && current().is_noop());
    drop(request);
    assert_eq!(
        both.tree(),
        "request\n  kit\n  otel\n  kit\n  otel\n  kit\n  otel\n  item\n  item\n"
    );
}

/// What is dropped with a future is dropped in its Context.
struct SpansInDrop(std::sync::Arc<Both>);

impl Drop for SpansInDrop {
    fn drop(&mut self) {
        drop(self.0.otel.start("otel in drop"));
        drop(self.0.kit().span("kit in drop").start());
    }
}

#[tokio::test]
async fn what_a_future_drops_is_in_its_context() {
    if off() {
        return;
    }
    let both = std::sync::Arc::new(Both::new());
    let request = both.kit().span("request").start();
    let inside = SpansInDrop(both.clone());
    let future = async move {
        let _inside = inside;
        std::future::pending::<()>().await;
    };
    drop(future.bind_otel_context(context_of(&request)));
    drop(request);
    assert_eq!(both.tree(), "request\n  otel in drop\n  kit in drop\n");
}

#[tokio::test]
async fn each_side_has_its_own_way_to_carry_spans() {
    if off() {
        return;
    }
    let both = Both::new();
    let cx = Context::current_with_span(both.otel.start("a"));
    async {
        drop(both.otel.start("b"));
        let inner = async { drop(both.otel.start("d")) };
        let inner = inner.with_context(Context::new());
        tracer_core::InSpanExt::in_span(inner, both.kit().span("c").start()).await;
    }
    .with_context(cx)
    .await;
    // `c` looks for the kit's current one, which there is none of: see `bind_otel_context`.
    assert_eq!(both.tree(), "a\n  b\nc\n  d\n");
}

#[test]
fn threads_have_contexts_of_their_own() {
    if off() {
        return;
    }
    let both = Both::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let _a = mark_span_as_active(both.otel.start("a"));
                    drop(both.otel.start("b"));
                }
            });
        }
    });
    let spans = both.spans();
    let parents: std::collections::HashMap<_, _> =
        spans.iter().filter(|span| span.name == "a").map(|a| (a.span_id, a.trace_id)).collect();
    assert_eq!(parents.len(), 800);
    for b in spans.iter().filter(|span| span.name == "b") {
        assert_eq!(parents.get(&b.parent_id), Some(&b.trace_id));
    }
    let books = both.kit().books();
    assert!(books.balance() && books.open == 0, "{books:?}");
}

#[test]
fn two_tracers_of_the_kit_in_one_trace() {
    if off() {
        return;
    }
    let (one, other) = (Both::new(), Both::new());
    one.otel.in_span("one", |_| other.otel.in_span("other", |_| drop(one.otel.start("below"))));
    let (one, other) = (one.spans(), other.spans());
    assert_eq!(testing::tree(&[one, other].concat()), "one\n  other\n    below\n");
    drop(KitTracerProvider::new(&Both::new().recorded.tracer).tracer("gone").start("unseen"));
}
