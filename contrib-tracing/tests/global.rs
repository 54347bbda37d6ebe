//! With a subscriber for the whole process, as programs have it. `tracing` does not guard that one
//! against calls from within, as it does with those of `with_default`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::cell::RefCell;
use std::fmt;
use std::sync::LazyLock;
use std::thread;

use support::logs;
use testing::named;
use tracer_core::{ENABLED, FinishedSpan, MemoryReporter, TraceId, Tracer, current};
use tracing::field::{Empty, debug, display};
use tracing::span::EnteredSpan;
use tracing::{Span, error, info, info_span};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The process's tracer and subscriber. All tests have them in common, and look at their traces.
static TRACED: LazyLock<(Tracer, MemoryReporter)> = LazyLock::new(|| {
    let reporter = MemoryReporter::new();
    let tracer = Tracer::builder("test").reporter(reporter.clone()).build();
    let layer = contrib_tracing::TraceLayer::new().with_tracer(tracer.clone());
    tracing_subscriber::registry().with(layer).init();
    (tracer, reporter)
});

/// What is recorded below a span of this name.
fn record(root: &'static str, work: impl FnOnce()) -> Vec<FinishedSpan> {
    let (tracer, reporter) = &*TRACED;
    let span = info_span!("root", otel.name = root);
    let trace = span.in_scope(|| {
        work();
        current().context().trace_id()
    });
    drop(span);
    assert!(trace.is_some() && current().is_noop());
    of_trace(tracer, reporter, trace)
}

fn of_trace(
    tracer: &Tracer,
    reporter: &MemoryReporter,
    trace: Option<TraceId>,
) -> Vec<FinishedSpan> {
    tracer.flush(std::time::Duration::from_secs(5)).unwrap();
    reporter.spans().into_iter().filter(|span| span.trace_id == trace).collect()
}

/// Traces in every way there is, while it is shown and while it is dropped.
struct Nosy;

fn trace() {
    let span = info_span!("nosy", late = Empty);
    span.in_scope(|| info!("seen"));
    span.record("late", 1);
    Span::current().record("touched", true);
    span.follows_from(Span::current());
    error!(error = %"nosy");
    current().log("by the kit").set_tag("kit", true);
    let again = span.clone();
    drop(span);
    drop(again.entered());
}

impl fmt::Debug for Nosy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        trace();
        f.write_str("shown")
    }
}

impl fmt::Display for Nosy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Nosy {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        trace();
        None
    }
}

impl Drop for Nosy {
    fn drop(&mut self) {
        trace();
    }
}

/// Does something in the process's subscriber.
fn within(root: &'static str, times: usize, work: impl FnOnce()) {
    if !ENABLED {
        return;
    }
    let spans = record(root, work);
    let nosy: Vec<_> = spans.iter().filter(|span| span.name == "nosy").collect();
    assert_eq!(nosy.len(), times, "{}", testing::tree(&spans));
    for span in nosy {
        assert_eq!(logs(span), ["event=seen"]);
        assert_eq!(testing::tag(span, "late"), "1");
        assert_eq!(span.links.len(), 1);
    }
}

#[test]
fn in_the_fields_of_a_new_span() {
    within("new span", 5, || {
        drop(info_span!("span", value = ?Nosy));
        let error = Nosy;
        drop(info_span!("span", cause = &error as &(dyn std::error::Error + 'static)));
    });
}

#[test]
fn in_the_name_of_a_new_span() {
    // Looked at twice: before the start, and after it for the tags.
    within("named", 3, || drop(info_span!("span", otel.name = %Nosy)));
}

#[test]
fn in_fields_that_are_recorded_later() {
    within("recorded", 5, || {
        let span = info_span!("span", value = Empty, shown = Empty, touched = Empty).entered();
        span.record("value", debug(Nosy));
        span.record("shown", display(Nosy));
        drop(span);
        trace();
    });
}

#[test]
fn in_events() {
    within("event", 4, || {
        let nosy = Nosy;
        info!(value = ?nosy, "{nosy:?}");
        info_span!("span", touched = Empty).in_scope(|| info!(value = %nosy));
    });
}

#[test]
fn in_errors() {
    within("error", 3, || {
        let nosy = Nosy;
        info_span!("span").in_scope(|| info!(error = &nosy as &(dyn std::error::Error + 'static)));
    });
}

thread_local! {
    static KEPT: RefCell<Vec<EnteredSpan>> = const { RefCell::new(Vec::new()) };
    static AT_THE_END: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
}

/// Traces while its thread ends. To begin or enter a span of `tracing` is more than its registry
/// can do then.
struct AtTheEnd(Span);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        info!(parent: &self.0, "at the end");
        info!("of whatever is current");
        self.0.record("late", true);
        drop(self.0.clone());
        tracer_core::span("kit").start().finish();
    }
}

/// Spans that are still entered when their thread ends, and code that traces there, in whatever
/// order the thread's own things go.
#[test]
fn in_a_thread_that_is_being_torn_down() {
    if !ENABLED {
        return;
    }
    let (tracer, reporter) = &*TRACED;
    for first in [true, false] {
        let work = move || {
            let register = || {
                KEPT.with_borrow_mut(|_| ());
                AT_THE_END.with_borrow_mut(|_| ());
            };
            if first {
                register();
            }
            let outer = info_span!("outer").entered();
            let trace = current().context().trace_id();
            let inner = info_span!("inner").entered();
            register();
            let span = info_span!("kept", late = Empty);
            AT_THE_END.with_borrow_mut(|at_the_end| *at_the_end = Some(AtTheEnd(span)));
            KEPT.with_borrow_mut(|kept| kept.extend([outer, inner]));
            trace
        };
        let trace = thread::spawn(work).join().expect("no panic while the thread ends");
        let spans = of_trace(tracer, reporter, trace);
        // The kit's own is below `inner`, or begins a trace, as the order wants it.
        let tree = testing::tree(&spans);
        assert!(tree.starts_with("outer\n  inner\n    kept\n"), "{tree}");
        assert!(logs(named(&spans, "kept")).contains(&"event=at the end".to_owned()));
        assert_eq!(testing::tag(named(&spans, "kept"), "late"), "true");
    }
}

/// The last reference to a parent is its child's, on another thread.
#[test]
fn a_parent_that_only_its_child_keeps_open() {
    if !ENABLED {
        return;
    }
    let (tracer, reporter) = &*TRACED;
    let parent = info_span!("parent");
    let (child, trace) = parent.in_scope(|| (info_span!("child"), current().context().trace_id()));
    drop(parent);
    thread::spawn(move || child.in_scope(|| drop(info_span!("grandchild")))).join().unwrap();
    let spans = of_trace(tracer, reporter, trace);
    assert_eq!(testing::tree(&spans), "parent\n  child\n    grandchild\n");
    let [parent, child] = ["parent", "child"].map(|name| named(&spans, name));
    assert!(parent.end <= child.end, "it ended where it was left");
}
