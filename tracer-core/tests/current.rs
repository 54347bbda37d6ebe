//! The current span on one thread: guards in any order, scopes, panics, threads.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{assert_child, named, settled, take, traced};
use tracer_core::{
    SpanContext, SpanId, SpanKind, SpanRef, TraceId, bind_current, current, current_ids,
    has_current, span,
};

fn now() -> SpanContext {
    current().context()
}

/// Leaves nothing entered behind.
#[track_caller]
fn assert_nothing_entered() {
    assert!(now().is_empty(), "{:?}", now());
}

#[test]
fn guards_nest() {
    let (tracer, memory) = traced();
    let outer = tracer.span("outer").start();
    assert_nothing_entered();
    {
        let _outer = outer.enter();
        assert_eq!(now(), outer.context());
        let inner = tracer.span("inner").start();
        {
            let _inner = inner.enter();
            let _again = inner.enter();
            current().set_tag("found", true);
            tracer.span("leaf").start().finish();
        }
        assert_eq!(now(), outer.context());
        tracer.span("root").root().start().finish();
    }
    assert_nothing_entered();
    drop(outer);
    let spans = take(&tracer, &memory);
    assert_child(&spans, "inner", "outer");
    assert_child(&spans, "leaf", "inner");
    assert!(named(&spans, "inner").tag("found").is_some());
    assert_eq!(named(&spans, "root").parent_id, None);
    assert_ne!(named(&spans, "root").trace_id, named(&spans, "outer").trace_id);
}

/// Nobody has set a global tracer here: a span that names its parent, or none, is of the tracer whose
/// span is current.
#[test]
fn who_names_no_tracer_gets_that_of_the_current_span() {
    let (tracer, memory) = traced();
    let outer = tracer.span("outer").start();
    let elsewhere =
        SpanContext::new(TraceId::from_u128(7).unwrap(), SpanId::from_u64(8).unwrap(), true);
    {
        let _outer = outer.enter();
        span("child").child_of(&current()).start().finish();
        span("follower").follows_from(&current()).start().finish();
        span("remote").child_of(&elsewhere).start().finish();
        span("root").root().start().finish();
    }
    span("nothing").child_of(&outer).start().finish();
    drop(outer);
    let spans = take(&tracer, &memory);
    assert_child(&spans, "child", "outer");
    assert_child(&spans, "follower", "outer");
    assert_eq!(named(&spans, "remote").parent_id, elsewhere.span_id());
    assert_eq!(named(&spans, "root").parent_id, None);
    assert_eq!(spans.len(), 5);
}

/// Every order in which three guards can be dropped.
#[test]
fn guards_are_dropped_in_any_order() {
    let (tracer, _memory) = traced();
    let spans: Vec<_> = (0..3).map(|_| tracer.span("span").root().start()).collect();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut guards: Vec<_> = spans.iter().map(|span| Some(span.enter())).collect();
        for drop_next in order {
            guards[drop_next] = None;
            let top = guards.iter().rposition(Option::is_some);
            let expected = top.map(|at| spans[at].context()).unwrap_or_default();
            assert_eq!(now(), expected, "{order:?} after {drop_next}");
        }
        assert_nothing_entered();
    }
}

/// The same with scopes among them, one of which has been turned into an ordinary span.
#[test]
fn scopes_are_dropped_in_any_order_and_end_once() {
    let (tracer, memory) = traced();
    let orders =
        [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1], [0, 3, 1, 2], [2, 0, 1, 3]];
    for order in orders {
        let root = tracer.span("root").start();
        let mut entered = Some(root.enter());
        let mut scopes = ["a", "b", "c"].map(|name| Some(tracer.scope(name)));
        let handle = scopes[1].as_ref().unwrap().handle();
        handle.set_tag("handled", true);
        for drop_next in order {
            match drop_next {
                0 => entered = None,
                scope => scopes[scope - 1] = None,
            }
            assert_eq!(handle.is_recording(), scopes[1].is_some());
        }
        drop(root);
        assert_nothing_entered();
        assert!(entered.is_none());
        let spans = take(&tracer, &memory);
        assert_eq!(spans.len(), 4, "{order:?}");
        assert_child(&spans, "a", "root");
        assert_child(&spans, "b", "a");
        assert_child(&spans, "c", "b");
        assert!(named(&spans, "b").tag("handled").is_some());
    }
    assert_eq!(settled(&tracer).open, 0);
}

#[test]
fn scopes_and_spans_are_parents_of_each_other() {
    let (tracer, memory) = traced();
    {
        let _one = tracer.scope("one");
        let _two = tracer.scope("two");
        {
            let three = tracer.span("three").tag("k", 1).start();
            let _entered = three.enter();
            let four = tracer.scope("four");
            four.set_tag("k", 4).log("here");
            let _five = tracer.span("five").start_active();
            tracer.scope("six").finish();
        }
        tracer.scope("seven").finish();
        tracer_core::span("no tracer named").start().finish();
    }
    assert_nothing_entered();
    let spans = take(&tracer, &memory);
    let chain = [("two", "one"), ("three", "two"), ("four", "three"), ("five", "four")];
    for (child, parent) in chain.into_iter().chain([("six", "five"), ("seven", "two")]) {
        assert_child(&spans, child, parent);
    }
    assert_child(&spans, "no tracer named", "two");
    assert_eq!(named(&spans, "four").events(), ["here"]);
    assert_eq!((spans.len(), settled(&tracer).started), (8, 8));
    let mut ids: Vec<_> = spans.iter().map(|span| span.span_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 8);
}

/// Roots that have but a name and a kind live on the stack, until somebody wants a handle.
#[test]
fn active_roots_with_a_kind() {
    let (tracer, memory) = traced();
    for (name, touched) in [("plain", false), ("touched", true)] {
        let root = tracer.span(name).root().kind(SpanKind::Server).start_active();
        let ids = current_ids();
        assert!(has_current());
        tracer.scope(if touched { "child" } else { "only child" }).finish();
        if touched {
            root.set_tag("k", 1);
            let handle = root.handle();
            handle.set_baggage_item("b", "1");
            assert_eq!(current_ids(), ids, "it is the same span");
            tracer.scope("with baggage").finish();
        }
        drop(root);
        assert_nothing_entered();
        assert!(!has_current());
    }
    let spans = take(&tracer, &memory);
    for name in ["plain", "touched"] {
        let span = named(&spans, name);
        assert_eq!((span.kind, span.parent_id), (SpanKind::Server, None));
        let by = |key: &str| span.tag(key).map(ToString::to_string);
        assert_eq!(by("sampler.type").as_deref(), Some("const"));
    }
    assert!(named(&spans, "touched").tag("k").is_some());
    assert_child(&spans, "only child", "plain");
    assert_child(&spans, "child", "touched");
    assert_child(&spans, "with baggage", "touched");
    assert!(settled(&tracer).balance());
}

/// The root's guard goes first: its child is current, and goes on.
#[test]
fn an_active_root_that_ends_before_its_child() {
    let (tracer, memory) = traced();
    let root = tracer.span("root").start_active();
    let child = tracer.scope("child");
    drop(root);
    tracer.scope("grandchild").finish();
    drop(child);
    assert_nothing_entered();
    let spans = take(&tracer, &memory);
    assert_child(&spans, "child", "root");
    assert_child(&spans, "grandchild", "child");
}

#[test]
fn handles_of_scopes_outlive_them() {
    let (tracer, memory) = traced();
    let _root = tracer.scope("root");
    let scope = tracer.scope("scope");
    let (first, second) = (scope.handle(), current());
    assert_eq!(first.context(), second.context());
    let child = tracer.span("child").child_of(&first).start();
    std::thread::scope(|threads| {
        let first = first.clone();
        threads.spawn(move || _ = first.set_tag("from", "afar"));
    });
    scope.finish();
    first.set_tag("late", 1);
    second.log("late");
    assert_eq!(settled(&tracer).written_after_finish, 2);
    assert_eq!(first.context(), second.context());
    child.finish();
    let spans = take(&tracer, &memory);
    assert_child(&spans, "child", "scope");
    assert_eq!(named(&spans, "scope").tags.len(), 1);
}

#[test]
fn two_tracers_share_the_stack() {
    let ((one, first), (two, second)) = (traced(), traced());
    {
        let _a = one.scope("a");
        let _b = two.scope("b");
        let _c = one.scope("c");
        let _d = tracer_core::span("d").start_active();
        two.span("e").start().finish();
    }
    let mut spans = take(&one, &first);
    assert_eq!(spans.len(), 3);
    spans.extend(take(&two, &second));
    for (child, parent) in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")] {
        assert_child(&spans, child, parent);
    }
}

#[test]
fn panics_leave_and_finish() {
    let (tracer, memory) = traced();
    let outer = tracer.span("outer").start();
    let entered = outer.enter();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _scope = tracer.scope("scope");
        let span = tracer.span("span").start();
        let _span = span.enter();
        let _tagged = tracer.scope("tagged").set_tag("k", 1);
        panic!("on purpose");
    }));
    assert!(panicked.is_err());
    assert_eq!(now(), outer.context());
    assert_eq!((settled(&tracer).open, settled(&tracer).finished), (1, 3));
    drop((entered, outer));
    let spans = take(&tracer, &memory);
    assert_child(&spans, "scope", "outer");
    assert_child(&spans, "span", "scope");
}

#[test]
fn closures_carry_the_current_span_to_threads() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").start();
    let entered = span.enter();
    let work = bind_current(|| (now(), tracer_core::span("elsewhere").start().finish()).0);
    let other = span.bind(now);
    drop(entered);
    let (seen, bound) = std::thread::spawn(move || {
        assert_nothing_entered();
        let seen = (work(), other());
        assert_nothing_entered();
        seen
    })
    .join()
    .unwrap();
    assert_eq!((&seen, &bound), (&span.context(), &span.context()));
    drop(span);
    assert_child(&take(&tracer, &memory), "elsewhere", "span");
}

#[test]
fn entering_nothing_changes_nothing() {
    let (tracer, _memory) = traced();
    let span = tracer.span("span").start();
    let _entered = span.enter();
    let _noop = SpanRef::noop().enter();
    assert_eq!(now(), span.context());
}

/// Spans and handles go anywhere. That guards stay is shown by the `compile_fail` examples of
/// `SpanRef::enter` and `ActiveSpan`.
#[test]
fn spans_are_send_and_sync() {
    fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<tracer_core::Span>();
    anywhere::<SpanRef>();
    anywhere::<SpanContext>();
    anywhere::<tracer_core::Tracer>();
    anywhere::<tracer_core::InSpan<u8>>();
    anywhere::<tracer_core::Attached<u8>>();
}

/// A guard that nobody drops ends with its thread.
#[test]
#[allow(clippy::mem_forget, reason = "what happens then is the question")]
fn forgotten_guards_end_with_their_thread() {
    let (tracer, memory) = traced();
    let own = tracer.clone();
    std::thread::spawn(move || {
        std::mem::forget(own.scope("root"));
        std::mem::forget(own.scope("lean"));
        let tagged = own.scope("tagged");
        tagged.set_tag("k", 1);
        std::mem::forget(tagged);
    })
    .join()
    .unwrap();
    let spans = take(&tracer, &memory);
    assert_child(&spans, "lean", "root");
    assert_child(&spans, "tagged", "lean");
    assert_eq!(settled(&tracer).open, 0);
}
