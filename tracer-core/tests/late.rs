//! What a span is told after its start, and what it is asked for: the bridges to logging need it.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{context, own_tags, take, traced};
use tracer_core::{
    AlwaysOff, Decision, MemoryReporter, ReferenceKind, Sampler, SamplingInput, Span, SpanContext,
    SpanRef, Status, Tag, Tracer, current, current_ids, has_current,
};

#[test]
fn several_tags_at_once_follow_the_rules_of_one() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").tag("k", 1).start();
    span.set_tags([Tag::new("k", 2), Tag::new("error", true), Tag::new("k", 3), Tag::new("l", 4)]);
    span.set_tags([]);
    let handle = span.handle();
    span.finish();
    handle.set_tags([Tag::new("late", 1)]);
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(own_tags(&span), [Tag::new("k", 3), Tag::new("l", 4)]);
    assert_eq!(span.status, Status::ERROR);
    assert_eq!(tracer.books().written_after_finish, 1);
}

#[test]
fn a_priority_among_several_tags_is_heard() {
    let priority = |number: i64| [Tag::new("k", 1), Tag::new("sampling.priority", number)];
    let (tracer, memory) = traced();
    let span = tracer.span("unwanted").start();
    span.set_tags(priority(0));
    drop(tracer.span("child").child_of(&span).start());
    drop(span);
    assert!(take(&tracer, &memory).is_empty());

    let memory = MemoryReporter::new();
    let tracer = Tracer::builder("test").sampler(AlwaysOff).reporter(memory.clone()).build();
    let span = tracer.span("unsampled").start();
    span.set_tags(priority(1));
    let _entered = span.enter();
    assert_shown(&span);
    assert_eq!(current_ids().map(|ids| ids.2 & 1), Some(1));
    drop(tracer.span("child").start());
    let names: Vec<_> = take(&tracer, &memory).into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["child"]);
}

#[test]
fn links_made_late_are_links() {
    let (tracer, memory) = traced();
    let (first, second) = (context(1, 1, true), context(2, 2, false));
    let span = tracer.span("span").root().link(&first).start();
    span.link(&second).link(&SpanContext::default()).link(&Span::noop());
    let handle = span.handle();
    span.finish();
    handle.link(&first);
    let span = take(&tracer, &memory).remove(0);
    let links: Vec<_> = span.links.iter().map(|link| (&link.context, link.kind)).collect();
    assert_eq!(
        links,
        [(&first, ReferenceKind::FollowsFrom), (&second, ReferenceKind::FollowsFrom)]
    );
    assert_eq!(tracer.books().written_after_finish, 1);
}

#[test]
fn links_made_late_are_limited_too() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").start();
    for nth in 1..=1_000 {
        span.link(&context(nth, 1, true));
    }
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((span.links.len(), span.dropped.links), (128, 1_000 - 128));
}

/// Records what has a tag.
#[derive(Debug)]
struct Picky;

impl Sampler for Picky {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        if input.tags.iter().any(|tag| tag.key == "wanted") {
            Decision::yes()
        } else {
            Decision::no()
        }
    }
}

#[test]
fn costly_tags_are_made_for_whoever_sees_them() {
    let (tracer, memory) = traced();
    let fill = |tags: &mut Vec<Tag>| {
        tags.extend([Tag::new("a", 1), Tag::new("error", "true"), Tag::new("a", 2)]);
    };
    tracer.span("recorded").tag("b", 1).start_with(fill).finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(own_tags(&span), [Tag::new("b", 1), Tag::new("a", 2)]);
    assert_eq!(span.status, Status::ERROR);

    let never = |_: &mut Vec<Tag>| panic!("nobody sees them");
    let unsampled = Tracer::builder("test").sampler(AlwaysOff).build();
    assert!(unsampled.span("unsampled").start_with(never).context().is_valid());
    tracer.set_enabled(false);
    assert!(tracer.span("off").start_with(never).is_noop());

    let picky = Tracer::builder("test").sampler(Picky).build();
    let wanted = picky.span("op").start_with(|tags| tags.push(Tag::new("wanted", true)));
    assert!(wanted.is_recording());
    assert!(!picky.span("op").start_with(|tags| tags.push(Tag::new("other", true))).is_recording());
}

#[test]
fn a_panic_among_costly_tags_ends_the_span() {
    let (tracer, memory) = traced();
    let started = catch_unwind(AssertUnwindSafe(|| {
        let _never = tracer.span("span").start_with(|_| panic!("on purpose"));
    }));
    assert!(started.is_err());
    assert_eq!(take(&tracer, &memory).len(), 1);
    assert!(tracer.books().balance());
}

/// The ids of a span, as a line of a log shows them.
fn ids(span: &SpanRef) -> Option<(String, String, u8)> {
    let context = span.context();
    Some((context.trace_id()?.to_string(), context.span_id()?.to_string(), context.trace_flags()))
}

#[track_caller]
fn assert_shown(span: &SpanRef) {
    let shown =
        current_ids().map(|(trace, span, flags)| (trace.to_string(), span.to_string(), flags));
    assert!(shown.is_some());
    assert_eq!(shown, ids(span));
}

#[test]
fn ids_of_the_current_span() {
    assert!(current_ids().is_none() && !has_current() && current().is_noop());
    let (tracer, memory) = traced();
    {
        let span = tracer.span("span").start();
        let _entered = span.enter();
        assert!(has_current());
        assert_shown(&span);
        let scope = tracer.scope("scope");
        assert_ne!(current_ids().map(|ids| ids.1), span.context().span_id(), "its own");
        assert_shown(&scope.handle());
        assert_shown(&current());
    }
    assert!(current_ids().is_none() && !has_current());
    {
        let unsampled = Tracer::builder("test").sampler(AlwaysOff).build();
        let span = unsampled.span("unsampled").start();
        let _entered = span.enter();
        assert_shown(&span);
        assert_eq!(current_ids().map(|ids| ids.2 & 1), Some(0));
    }
    {
        // Somebody insists, which is no flag of the W3C's.
        let insisting = tracer.span("insisting").tag("sampling.priority", 1).start();
        let _entered = insisting.enter();
        assert_shown(&insisting);
        let _scope = tracer.scope("below");
        assert_eq!(current_ids().map(|ids| ids.2), Some(insisting.context().trace_flags()));
    }
    let filtered = Span::passive(SpanContext::default().suppressed());
    let _entered = filtered.enter();
    assert!(has_current() && current_ids().is_none());
    let spans = take(&tracer, &memory);
    let mut names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["below", "insisting", "scope", "span"]);
}
