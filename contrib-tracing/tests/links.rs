//! `follows_from`.

mod support;

use support::record;
use testing::named;
use tracer_core::{ENABLED, FinishedSpan, ReferenceKind, SpanId};
use tracing::info_span;

fn links(span: &FinishedSpan) -> Vec<Option<SpanId>> {
    assert!(span.links.iter().all(|link| link.kind == ReferenceKind::FollowsFrom));
    span.links.iter().map(|link| link.context.span_id()).collect()
}

#[test]
fn what_a_span_follows_from_is_linked() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let (a, b) = (info_span!("a"), info_span!("b"));
        let c = info_span!(parent: &a, "c");
        c.follows_from(&a);
        c.follows_from(b.id());
        c.follows_from(&c);
        c.follows_from(tracing::Span::none());
        tracing::Span::none().follows_from(&a);
        // It may be open or not, entered or not.
        c.in_scope(|| b.follows_from(&c));
    });
    let id = |name| named(&spans, name).span_id;
    assert_eq!(links(named(&spans, "c")), [id("a"), id("b")]);
    assert_eq!(links(named(&spans, "b")), [id("c")]);
    assert_eq!(links(named(&spans, "a")), []);
    assert_eq!(testing::tree(&spans), "a\n  c\nb\n", "a link is no parent");
    let traces: Vec<_> = spans.iter().map(|span| span.trace_id).collect();
    assert!(traces.iter().any(|trace| *trace != traces[0]), "and no trace");
}
