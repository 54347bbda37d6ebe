//! Handles of a span with baggage of their own.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use tracer_core::mock::MockTracer;
use tracer_core::{AlwaysOff, Baggage, Span, SpanContext, SpanRef, Tracer, current};

fn baggage(items: &[(&str, &str)]) -> Baggage {
    let mut baggage = Baggage::new();
    for (key, value) in items {
        assert!(baggage.set(key, value));
    }
    baggage
}

#[test]
fn what_is_below_has_the_baggage_and_what_is_written_goes_to_the_span() {
    if !tracer_core::ENABLED {
        return;
    }
    let tracer = MockTracer::new();
    let span = tracer.span("span").start();
    span.set_baggage_item("a", "1");
    let view = span.with_baggage(baggage(&[("b", "2")]));
    assert_eq!(view.context().span_id(), span.context().span_id());
    assert!(view.is_recording() && !view.is_suppressed());
    {
        let _entered = view.enter();
        // Of the span's tracer: there is no other one.
        tracer_core::span("child").start().finish();
        drop(tracer.scope("scope"));
        current().set_tag("tag", 1).log("log").rename("renamed");
        assert!(current().set_baggage_item("c", "3"));
        assert_eq!(tracer.span("late").start().baggage(), baggage(&[("b", "2"), ("c", "3")]));
        // A view of a view.
        let _again = current().with_baggage(Baggage::new()).enter();
        assert!(tracer.span("bare").start().baggage().is_empty());
        current().set_tag("again", 2);
    }
    assert_eq!(span.baggage(), baggage(&[("a", "1")]));
    span.finish();
    assert!(!view.is_recording());
    view.set_tag("too late", 1);
    assert_eq!(tracer.books().written_after_finish, 1);

    let span = tracer.span_named("renamed").unwrap();
    assert_eq!((span.tag("tag"), span.tag("again")), (Some(&1.into()), Some(&2.into())));
    assert_eq!(span.events(), ["log"]);
    let mut children: Vec<_> =
        tracer.children_of(&span).into_iter().map(|child| child.name).collect();
    children.sort();
    assert_eq!(children, ["bare", "child", "late", "scope"]);
}

#[test]
fn a_word_of_the_application_is_heard_below_a_view() {
    if !tracer_core::ENABLED {
        return;
    }
    let tracer = MockTracer::new();
    let span = tracer.span("unwanted").start();
    let view = span.with_baggage(baggage(&[("b", "2")]));
    let entered = view.enter();
    view.set_tag("sampling.priority", 0);
    assert!(!view.context().is_sampled() && !span.context().is_sampled());
    tracer.span("child").start().finish();
    drop(tracer.scope("scope"));
    drop(entered);
    // Whoever changes their mind again is heard as well, below a view from before.
    let entered = span.with_baggage(baggage(&[("b", "2")])).enter();
    span.set_tag("sampling.priority", 1);
    tracer.span("wanted").start().finish();
    drop(tracer.scope("wanted scope"));
    drop(entered);
    span.set_tag("sampling.priority", 0);
    span.finish();
    let names: Vec<_> = tracer.finished_spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["wanted", "wanted scope"]);

    let tracer = MockTracer::with(Tracer::builder("test").sampler(AlwaysOff));
    let span = tracer.span("not recorded").start();
    let _entered = span.with_baggage(baggage(&[("b", "2")])).enter();
    let child = tracer.span("child").start();
    assert!(!child.is_recording());
    assert_eq!(child.baggage_item("b").as_deref(), Some("2"));
}

#[test]
fn a_view_of_no_span_is_baggage_alone() {
    assert!(SpanRef::noop().with_baggage(Baggage::new()).is_noop());
    let view = SpanRef::noop().with_baggage(baggage(&[("b", "2")]));
    if !tracer_core::ENABLED {
        assert!(view.is_noop());
        return;
    }
    let tracer = MockTracer::new();
    let _entered = view.enter();
    let root = tracer.span("root").start();
    assert_eq!(root.baggage_item("b").as_deref(), Some("2"));
    root.finish();
    assert_eq!(tracer.roots().len(), 1);
    let filtered = Span::passive(SpanContext::default().suppressed());
    assert!(filtered.with_baggage(baggage(&[("b", "2")])).is_suppressed());
}
