//! Spans as a text that reads as what happened.

use std::fmt::Write;

use tracer_core::{FinishedSpan, SpanId, SpanKind, Status};

/// Who is whose child, kind, name, status: a line a span, children indented below their parent,
/// in the order they started. A span whose parent is not among them stands at the left.
///
/// ```
/// use std::time::Duration;
/// use tracer_core::{MemoryReporter, SpanKind, Tracer};
///
/// let reporter = MemoryReporter::new();
/// let tracer = Tracer::builder("test").reporter(reporter.clone()).build();
/// let request = tracer.span("GET").kind(SpanKind::Server).start();
/// tracer.span("inside").child_of(&request).start().finish();
/// request.finish();
/// # if !tracer_core::ENABLED { return; }
/// tracer.flush(Duration::from_secs(5)).unwrap();
/// assert_eq!(testing::tree(&reporter.spans()), "server GET\n  inside\n");
/// ```
#[must_use]
pub fn tree(spans: &[FinishedSpan]) -> String {
    tree_with(spans, &[])
}

/// The same with the values of these tags.
#[must_use]
pub fn tree_with(spans: &[FinishedSpan], tags: &[&str]) -> String {
    let mut ordered: Vec<_> = spans.iter().collect();
    ordered.sort_by_key(|span| span.start);
    let mut out = String::new();
    for span in &ordered {
        let is_root = !ordered.iter().any(|other| Some(other.span_id) == span.parent_id.map(Some));
        if is_root {
            write(&mut out, span, &ordered, tags, 0);
        }
    }
    out
}

/// The span of this name, which there is once.
///
/// # Panics
/// When there is none, or several.
#[must_use]
#[track_caller]
pub fn named<'a>(spans: &'a [FinishedSpan], name: &str) -> &'a FinishedSpan {
    let mut found = spans.iter().filter(|span| span.name == name);
    match (found.next(), found.next()) {
        (Some(span), None) => span,
        _ => panic!("not one {name} in\n{}", tree(spans)),
    }
}

fn write(
    out: &mut String,
    span: &FinishedSpan,
    all: &[&FinishedSpan],
    tags: &[&str],
    depth: usize,
) {
    let _ = write!(out, "{:indent$}", "", indent = depth * 2);
    if span.kind != SpanKind::Internal {
        let _ = write!(out, "{} ", span.kind.as_str());
    }
    out.push_str(&span.name);
    match &span.status {
        Status::Error(text) if text.is_empty() => out.push_str(" !"),
        Status::Error(text) => {
            let _ = write!(out, " !{text:?}");
        }
        Status::Ok => out.push_str(" ok"),
        _ => {}
    }
    for key in tags {
        if let Some(value) = span.tag(key) {
            let _ = write!(out, " {key}={value}");
        }
    }
    out.push('\n');
    // A span that is its own ancestor is somebody's bug, and no reason to hang.
    if depth < 64 {
        for child in all.iter().filter(|child| is_child(child, span.span_id)) {
            write(out, child, all, tags, depth + 1);
        }
    }
}

fn is_child(span: &FinishedSpan, parent: Option<SpanId>) -> bool {
    span.parent_id.is_some() && span.parent_id == parent
}
