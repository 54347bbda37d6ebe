//! jaeger-client's cases of references: which one is the parent, and what becomes of the others.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use common::{context, named, settled, take, traced};
use tracer_core::{
    Baggage, FinishedSpan, Limits, MemoryReporter, ReferenceKind, Span, SpanContext, SpanKind,
    SpanRef, Tracer,
};

use ReferenceKind::{ChildOf, FollowsFrom};

/// Trace, parent, and links by their span ids.
fn references(span: &FinishedSpan) -> (u128, Option<u64>, Vec<(u64, ReferenceKind)>) {
    let links = span.links.iter();
    let links = links.map(|link| (link.context.span_id().unwrap().to_u64(), link.kind)).collect();
    (span.trace_id.unwrap().to_u128(), span.parent_id.map(|id| id.to_u64()), links)
}

fn nth(nth: u64) -> SpanContext {
    context(u128::from(nth), nth, true)
}

#[test]
fn the_first_child_of_is_the_parent() {
    let (tracer, memory) = traced();
    let builder = tracer.span("span").follows_from(&nth(1)).follows_from(&nth(2));
    builder.child_of(&nth(3)).child_of(&nth(4)).follows_from(&nth(5)).start().finish();
    let span = take(&tracer, &memory).remove(0);
    let links = vec![(1, FollowsFrom), (2, FollowsFrom), (4, ChildOf), (5, FollowsFrom)];
    assert_eq!(references(&span), (3, Some(3), links), "the others in their order");
}

#[test]
fn with_follows_from_alone_the_first_becomes_the_parent() {
    let (tracer, memory) = traced();
    let builder = tracer.span("span").follows_from(&nth(1));
    builder.follows_from(&nth(2)).follows_from(&nth(3)).start().finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(references(&span), (1, Some(1), vec![(2, FollowsFrom), (3, FollowsFrom)]));
}

#[test]
fn empty_contexts_are_skipped_three_of_five_kept() {
    let (tracer, memory) = traced();
    let builder = tracer.span("span").child_of(&SpanContext::default()).follows_from(&nth(1));
    let builder = builder.child_of(&SpanRef::noop()).child_of(&nth(2)).follows_from(&nth(3));
    builder.start().finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(references(&span), (2, Some(2), vec![(1, FollowsFrom), (3, FollowsFrom)]));
}

#[test]
fn an_empty_parent_begins_a_new_valid_trace() {
    let (tracer, memory) = traced();
    for _ in 0..100 {
        let builder = tracer.span("span").child_of(&SpanContext::default());
        let builder = builder.child_of(&Span::noop()).follows_from(&None::<SpanContext>);
        let span = builder.start();
        assert!(span.context().is_valid() && span.context().is_sampled());
    }
    let spans = take(&tracer, &memory);
    assert!(spans.iter().all(|span| span.parent_id.is_none() && span.links.is_empty()));
    let traces: std::collections::HashSet<_> = spans.iter().map(|span| span.trace_id).collect();
    assert_eq!((spans.len(), traces.len()), (100, 100));
}

/// A thousand of them: one parent, as many links as a span may have, and the rest counted.
#[test]
fn many_references() {
    for (limit, kept) in [(0, 0), (1, 1), (128, 128), (2_000, 999)] {
        let memory = MemoryReporter::new();
        let limits = Limits::default().with_links(limit).with_span_bytes(1 << 20);
        let tracer = Tracer::builder("test").reporter(memory.clone()).limits(limits).build();
        let mut builder = tracer.span("span");
        for id in 1..=1_000 {
            builder = builder.child_of(&nth(id));
        }
        builder.start().finish();
        let span = take(&tracer, &memory).remove(0);
        let links: Vec<_> = (2..=kept + 1).map(|id| (id, ChildOf)).collect();
        assert_eq!(references(&span), (1, Some(1), links), "{limit}");
        assert_eq!(u64::from(span.dropped.links), 999 - kept);
        assert_eq!(tracer.books().cut_by_limits, 999 - kept);
    }
}

#[test]
fn a_self_reference_keeps_the_exact_context() {
    let (tracer, memory) = traced();
    let mut baggage = Baggage::new();
    baggage.set("k", "v");
    let given = nth(7).with_baggage(baggage);
    let span = tracer.span("again").child_of(&nth(1)).continue_as(&given).start();
    assert_eq!(span.context(), given);
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((span.trace_id, span.span_id), (given.trace_id(), given.span_id()));
    assert_eq!(references(&span), (7, None, vec![(1, ChildOf)]));
}

/// Sharing the caller's span id, as Zipkin's servers do, is not what this kit does.
#[test]
fn a_server_span_has_an_id_of_its_own() {
    let (tracer, memory) = traced();
    let caller = nth(1).with_remote();
    tracer.span("serve").kind(SpanKind::Server).child_of(&caller).start().finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(references(&span), (1, Some(1), vec![]));
    assert_ne!(span.span_id, caller.span_id());
    assert!(span.has_remote_parent);
}

#[test]
fn baggage_without_ids_gives_a_root_with_baggage_and_no_reference() {
    let (tracer, memory) = traced();
    let headers = [("baggage", "user=7,words=two%20words")];
    for follows in [false, true] {
        let caller = tracer.extract(&headers);
        assert!(!caller.is_valid() && !caller.is_empty());
        let builder = tracer.span("serve");
        let builder =
            if follows { builder.follows_from(&caller) } else { builder.child_of(&caller) };
        let span = builder.start();
        assert_eq!(span.baggage_item("words").as_deref(), Some("two words"));
    }
    let spans = take(&tracer, &memory);
    assert!(spans.iter().all(|span| span.parent_id.is_none() && span.links.is_empty()));
    assert!(spans.iter().all(|span| !span.has_remote_parent));
    assert_eq!((spans.len(), settled(&tracer).started), (2, 2), "started, and not joined");
}

/// References to what has a parent of its own in this process, and is open or has finished.
#[test]
fn spans_and_handles_and_contexts_are_references_alike() {
    let (tracer, memory) = traced();
    let (first, second) = (tracer.span("first").start(), tracer.span("second").start());
    let handle = second.handle();
    let context = first.context();
    first.finish();
    let builder = tracer.span("span").child_of(&context).child_of(&second).child_of(&handle);
    builder.link(&context).start().finish();
    second.finish();
    let spans = take(&tracer, &memory);
    common::assert_child(&spans, "span", "first");
    let links = &named(&spans, "span").links;
    let ids: Vec<_> = links.iter().map(|link| link.context.span_id()).collect();
    let of = |name: &str| named(&spans, name).span_id;
    assert_eq!(ids, [of("second"), of("second"), of("first")]);
    assert_eq!(links[2].kind, FollowsFrom);
}
