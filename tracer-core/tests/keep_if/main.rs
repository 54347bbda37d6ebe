//! Traces that the head decision says no to are held, and kept for what became of them.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod bounds;
#[path = "../common/mod.rs"]
mod common;
mod conditions;
mod who;

use std::time::Duration;

use common::lazy;
use futures_util::FutureExt;
use tracer_core::{
    AlwaysOff, Books, DropReason, FinishedSpan, InSpanExt, KeepIf, MemoryReporter, Reporter, Span,
    Tracer, TracerBuilder, current, semconv,
};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Failures, and what takes an hour.
pub(crate) fn rules() -> KeepIf {
    KeepIf::new().failed().slower_than(HOUR)
}

pub(crate) fn builder(keep: KeepIf, reporter: impl Reporter) -> TracerBuilder {
    Tracer::builder("test").sampler(AlwaysOff).recorder(lazy()).keep_if(keep).reporter(reporter)
}

pub(crate) fn holding(keep: KeepIf) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (builder(keep, memory.clone()).build(), memory)
}

pub(crate) fn names(spans: &[FinishedSpan]) -> Vec<&str> {
    let mut names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    names.sort_unstable();
    names
}

pub(crate) fn why(span: &FinishedSpan) -> Option<String> {
    span.tag(semconv::KEPT).map(ToString::to_string)
}

pub(crate) fn gone(books: &Books) -> [u64; 2] {
    [books.dropped_for(DropReason::NotKept), books.dropped_for(DropReason::Undecided)]
}

/// A request of spans of all kinds, on several threads; `end` is called with the one at the bottom
/// and the local root.
pub(crate) fn request(tracer: &Tracer, root: Span, end: impl FnOnce(&Span, &Span) + Send) {
    {
        let _entered = root.enter();
        let scope = tracer.scope("scope");
        tracer.scope("lean").finish();
        scope.set_tag("made", "ordinary");
        let explicit = tracer.span("explicit").child_of(&root).start();
        let future = async { _ = current().log("here") }.in_span(tracer.span("future").start());
        assert!(future.now_or_never().is_some());
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let _entered = explicit.enter();
                end(&tracer.span("bottom").start(), &root);
            });
        });
    }
    root.finish();
}

pub(crate) const REQUEST: [&str; 6] = ["bottom", "explicit", "future", "lean", "root", "scope"];
