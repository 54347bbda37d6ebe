//! Off by the switch, below a filter, inside of a reporter: nothing is recorded.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_otel::{OtelContext, context_of, span_of};
use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer as _,
};
use opentelemetry::{Context, KeyValue};
use support::{Both, off};
use testing::named;
use tracer_core::{Span, ToContext};

#[test]
fn off_nothing_is_recorded_and_nothing_breaks() {
    if off() {
        return;
    }
    let both = Both::new();
    both.kit().set_enabled(false);
    both.otel.in_span("a", |cx| {
        let mut span = both.otel.start("b");
        assert!(!span.is_recording() && !span.span_context().is_valid());
        span.set_attribute(KeyValue::new("a", 1));
        span.set_attributes([KeyValue::new("a", 1)]);
        span.add_event("event", vec![KeyValue::new("a", 1)]);
        span.set_status(Status::Ok);
        span.update_name("c");
        span.add_link(SpanContext::NONE, vec![]);
        span.end();
        assert!(span_of(&cx).is_noop());
        assert!(OtelContext::from(cx).to_context().is_empty());
    });
    assert!(both.spans().is_empty());
    assert_eq!(both.kit().books().started, 0);
}

#[test]
fn off_a_caller_is_handed_on() {
    if off() {
        return;
    }
    let both = Both::new();
    both.kit().set_enabled(false);
    let ids = (TraceId::from_bytes([7; 16]), SpanId::from_bytes([8; 8]));
    let caller = SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, true, TraceState::NONE);
    let cx = Context::new().with_remote_span_context(caller.clone());
    both.otel.in_span_with_context("a", &cx, |cx| {
        assert_eq!(cx.span().span_context(), &caller);
        both.otel.in_span("b", |cx| assert_eq!(cx.span().span_context(), &caller));
    });
}

#[test]
fn what_is_open_when_it_is_switched_off_ends() {
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("open", |cx| {
        both.kit().set_enabled(false);
        let ids = cx.span().span_context().clone();
        both.otel.in_span("never", |cx| assert_eq!(cx.span().span_context(), &ids));
        cx.span().set_attribute(KeyValue::new("a", 1));
        // One of the same ids is gone; this one can still be found.
        assert!(span_of(&cx).is_recording());
    });
    let span = both.recorded.one();
    assert_eq!((span.name.as_str(), testing::tag(&span, "a").as_str()), ("open", "1"));
}

#[test]
fn below_a_filter_nothing_starts_a_span() {
    if off() {
        return;
    }
    let both = Both::new();
    let filtered = Span::passive(tracer_core::SpanContext::default().suppressed());
    filtered.bind(|| {
        both.otel.in_span("unseen", |cx| {
            assert!(!cx.span().is_recording());
            drop(both.otel.start("unseen"));
            drop(both.otel.start_with_context("unseen", &Context::new()));
        });
    })();
    let cx = context_of(&filtered);
    assert!(cx.is_telemetry_suppressed());
    drop(both.otel.start_with_context("unseen", &cx));
    drop(both.kit().span("unseen").child_of(&OtelContext::from(cx.clone())).start());
    assert!(span_of(&cx).is_suppressed());
    assert_eq!(both.kit().books().started, 0);
}

#[test]
fn suppressed_by_opentelemetry_nothing_starts_a_span() {
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("a", |cx| {
        let quiet = cx.with_telemetry_suppressed();
        let _attached = quiet.clone().attach();
        both.otel.in_span("unseen", |below| {
            assert_eq!(below.span().span_context(), cx.span().span_context());
        });
        drop(both.kit().span("unseen").child_of(&OtelContext::current()).start());
        span_of(&quiet).bind(|| drop(both.kit().span("unseen").start()))();
    });
    assert_eq!(both.tree(), "a\n");
}

#[test]
fn sampling_is_the_tracers_and_the_parents() {
    if off() {
        return;
    }
    let both = Both::with(|builder| builder.sampler(tracer_core::AlwaysOff));
    both.otel.in_span("unseen", |cx| {
        drop(both.kit().span("unseen").child_of(&OtelContext::from(cx)).start());
        both.otel.in_span("unseen", |cx| {
            span_of(&cx).set_baggage_item("user", "7");
            assert_eq!(
                OtelContext::from(cx).to_context().baggage_item("user").as_deref(),
                Some("7")
            );
        });
    });
    let wanted = both.otel.span_builder("wanted");
    let wanted = wanted.with_attributes([KeyValue::new("sampling.priority", 1)]);
    both.otel.in_span_with_builder(wanted, |_| drop(both.otel.start("below")));
    let spans = both.spans();
    assert_eq!(testing::tree(&spans), "wanted\n  below\n");
    assert_eq!(named(&spans, "wanted").parent_id, None);
}

#[test]
fn flipped_under_load() {
    if off() {
        return;
    }
    let both = Both::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        both.otel.in_span("a", |cx| {
                            cx.span().add_event("event", vec![]);
                            both.otel.in_span("b", |_| ());
                            drop(both.kit().span("c").child_of(&OtelContext::from(cx)).start());
                        });
                        assert!(!Context::current().has_active_span(), "no guard is lost");
                    }
                })
            })
            .collect();
        let mut on = false;
        while workers.iter().any(|worker| !worker.is_finished()) {
            both.kit().set_enabled(on);
            on = !on;
            std::thread::yield_now();
        }
    });
    let spans = both.spans();
    let books = both.kit().books();
    assert!(books.balance() && books.open == 0, "{books:?}");
    assert_eq!(books.finished as usize, spans.len() + books.dropped() as usize);
}
