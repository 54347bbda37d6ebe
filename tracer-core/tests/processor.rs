//! A span processor hears of every span, and of unsampled ones nothing else is seen.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use common::{context, take};
use tracer_core::{
    AlwaysOff, Decision, DropReason, EndedSpan, KeepIf, MemoryReporter, Sampler, SamplingInput,
    Span, SpanKind, SpanProcessor, SpanRef, Status, Tag, Tracer, TracerBuilder, Value,
};

/// Writes down what it hears of.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl SpanProcessor for Heard {
    fn on_end(&self, span: &EndedSpan<'_>) {
        let sampled = if span.is_sampled() { "+" } else { "-" };
        self.0.lock().unwrap().push(format!("{sampled}{}", span.name()));
    }
}

impl Heard {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn hearing(finish: impl FnOnce(TracerBuilder) -> TracerBuilder) -> (Tracer, MemoryReporter, Heard) {
    let (memory, heard) = (MemoryReporter::new(), Heard::default());
    let builder = Tracer::builder("test").reporter(memory.clone()).processor(heard.clone());
    (finish(builder).build(), memory, heard)
}

fn deaf_and_hearing(sampler: impl Sampler + 'static) -> (Tracer, MemoryReporter, Heard) {
    hearing(|builder| builder.sampler(sampler))
}

/// Spans of all kinds, each by each way to start one.
fn mixture(tracer: &Tracer) {
    let root = tracer.span("root").kind(SpanKind::Server).tag("k", 1).start();
    let _entered = root.enter();
    let scope = tracer.scope("scope");
    drop(tracer.scope("below a scope"));
    drop(tracer.span(format!("owned {}", 1)).start());
    drop(scope);
    tracer.span("elsewhere").child_of(&root).start().finish();
}

const MIXTURE: [&str; 5] = ["below a scope", "owned 1", "scope", "elsewhere", "root"];

#[test]
fn it_hears_of_every_sampled_span_and_all_are_reported() {
    let (tracer, memory, heard) = hearing(|builder| builder);
    mixture(&tracer);
    drop(tracer.scope("a scope for a root"));
    drop(tracer.span("active root").start_active());
    let names: Vec<_> = take(&tracer, &memory).into_iter().map(|span| span.name).collect();
    let all = MIXTURE.into_iter().chain(["a scope for a root", "active root"]);
    assert_eq!(heard.take(), all.map(|name| format!("+{name}")).collect::<Vec<_>>());
    assert_eq!(names.len(), 7);
    assert!(tracer.books().balance());
}

#[test]
fn it_hears_of_unsampled_spans_and_none_is_reported() {
    let (tracer, memory, heard) = deaf_and_hearing(AlwaysOff);
    mixture(&tracer);
    drop(tracer.scope("a scope for a root"));
    // A caller who does not record.
    let below = tracer.span("below a caller").child_of(&context(1, 2, false).with_remote()).start();
    assert!(!below.context().is_sampled());
    drop(below);
    let unsampled = MIXTURE.into_iter().chain(["a scope for a root", "below a caller"]);
    assert_eq!(heard.take(), unsampled.map(|name| format!("-{name}")).collect::<Vec<_>>());
    assert!(take(&tracer, &memory).is_empty());
    let books = tracer.books();
    assert_eq!((books.finished, books.dropped_for(DropReason::NotKept), books.lost()), (7, 7, 0));
    assert!(books.balance(), "{books}");
}

#[test]
fn what_a_thread_that_is_gone_has_let_go_stays_in_the_books() {
    let (tracer, _, heard) = deaf_and_hearing(AlwaysOff);
    for _ in 0..3 {
        let tracer = tracer.clone();
        thread::spawn(move || mixture(&tracer)).join().unwrap();
    }
    tracer.flush(common::LONG).unwrap();
    let books = tracer.books();
    assert_eq!((books.dropped_for(DropReason::NotKept), books.open), (15, 0));
    assert!(books.balance(), "{books}");
    assert_eq!(heard.take().len(), 15);
}

#[test]
fn what_the_application_wants_no_trace_of_is_not_heard_of() {
    for sampled in [false, true] {
        let (tracer, memory, heard) =
            hearing(|builder| if sampled { builder } else { builder.sampler(AlwaysOff) });
        drop(tracer.span("never").tag("sampling.priority", 0).start());
        let span = tracer.span("not any more").start();
        span.set_tag("sampling.priority", 0);
        drop(tracer.span("child").child_of(&span).start());
        drop(span);
        tracer.set_enabled(false);
        drop(tracer.span("off").start());
        assert_eq!(heard.take(), [""; 0]);
        assert!(take(&tracer, &memory).is_empty());
        let books = tracer.books();
        assert_eq!((books.finished, books.dropped_for(DropReason::Unsampled)), (1, 1), "{books}");
        assert!(books.balance(), "{books}");
    }
}

#[test]
fn a_trace_that_is_asked_for_late_is_reported() {
    let (tracer, memory, heard) = deaf_and_hearing(AlwaysOff);
    let span = tracer.span("wanted").start();
    span.set_tag("sampling.priority", 1);
    drop(span);
    assert_eq!(heard.take(), ["+wanted"]);
    assert_eq!(take(&tracer, &memory).len(), 1);
}

#[test]
fn traces_are_kept_as_without_it() {
    let (tracer, memory, heard) =
        hearing(|builder| builder.sampler(AlwaysOff).keep_if(KeepIf::new().failed()));
    for failed in [false, true] {
        let root = tracer.span("root").start();
        tracer.span("child").child_of(&root).start().set_tag("error", failed);
    }
    assert_eq!(heard.take(), ["-child", "-root", "-child", "-root"]);
    assert_eq!(take(&tracer, &memory).len(), 2);
    let books = tracer.books();
    assert_eq!(books.dropped_for(DropReason::NotKept), 2);
    assert!(books.balance(), "{books}");
}

#[test]
fn each_tracer_tells_its_own() {
    let (hearing, memory, heard) = deaf_and_hearing(AlwaysOff);
    let (deaf, other) = common::traced();
    let root = hearing.span("root").start();
    let entered = root.enter();
    drop(deaf.span("of the other").start());
    drop(deaf.scope("scope of the other"));
    drop(hearing.scope("below"));
    drop(entered);
    drop(root);
    assert_eq!(heard.take(), ["-below", "-root"]);
    assert!(take(&hearing, &memory).is_empty());
    assert!(take(&deaf, &other).is_empty(), "its parent's decision holds");
    assert!(deaf.books().balance() && hearing.books().balance());
}

#[test]
fn what_it_sees_of_a_span() {
    #[derive(Clone, Default)]
    struct Looks(Arc<Mutex<Option<(String, Duration)>>>);
    impl SpanProcessor for Looks {
        fn on_end(&self, span: &EndedSpan<'_>) {
            assert_eq!(span.tag("rows"), Some(&Value::I64(7)));
            assert_eq!(span.tag("none"), None);
            assert!(span.status().is_error() && span.trace_id().is_some());
            assert_eq!((span.tags().len(), span.kind()), (1, SpanKind::Client));
            let said = format!("{} {:?}", span.name(), span.span_id());
            *self.0.lock().unwrap() = Some((said, span.duration()));
        }
    }
    let looks = Looks::default();
    let tracer = Tracer::builder("test").processor(looks.clone()).build();
    let begun = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
    let span = tracer.span("q").kind(SpanKind::Client).start_time(begun).start();
    span.set_tag("rows", 7).set_tag("error", true).rename("query");
    let id = span.context().span_id();
    span.finish_at(begun + Duration::from_millis(1_250));
    let (said, duration) = looks.0.lock().unwrap().take().unwrap();
    assert_eq!((said, duration), (format!("query {id:?}"), Duration::from_millis(1_250)));

    let span = tracer.span("timed").kind(SpanKind::Client).tag("rows", 7).tag("error", true);
    let span = span.start();
    thread::sleep(Duration::from_millis(20));
    drop(span);
    let (_, duration) = looks.0.lock().unwrap().take().unwrap();
    assert!((Duration::from_millis(20)..common::LONG).contains(&duration), "{duration:?}");
}

#[test]
fn one_that_panics_hurts_nobody_and_is_let_alone() {
    struct Panics(Arc<AtomicU64>);
    impl SpanProcessor for Panics {
        fn on_end(&self, _: &EndedSpan<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
            panic!("as it likes to");
        }
    }
    let (memory, called) = (MemoryReporter::new(), Arc::default());
    let panics = Panics(Arc::clone(&called));
    let tracer = Tracer::builder("test").reporter(memory.clone()).processor(panics).build();
    mixture(&tracer);
    assert_eq!(take(&tracer, &memory).len(), 5);
    assert!(tracer.books().balance());
    assert_eq!(called.load(Ordering::Relaxed), 1);
}

/// It has kept a handle of the span, which is good for nothing any more, and hurts nobody.
#[test]
fn one_that_writes_on_the_span_comes_too_late() {
    #[derive(Clone, Default)]
    struct Writes(Arc<Mutex<Option<SpanRef>>>);
    impl SpanProcessor for Writes {
        fn on_end(&self, span: &EndedSpan<'_>) {
            assert_eq!(span.tags().len(), 1);
            let handle = self.0.lock().unwrap().take();
            handle.unwrap().set_tag("late", 1).log("late");
        }
    }
    let (memory, writes) = (MemoryReporter::new(), Writes::default());
    let tracer = Tracer::builder("test").reporter(memory.clone()).processor(writes.clone()).build();
    let span = tracer.span("span").tag("k", 1).start();
    span.rename("renamed").set_tag("error", true).log("in time");
    *writes.0.lock().unwrap() = Some(span.handle());
    drop(span);
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((&*span.name, &span.status), ("renamed", &Status::ERROR));
    assert_eq!(common::own_tags(&span), [Tag::new("k", 1)]);
    assert_eq!((span.logs.len(), tracer.books().written_after_finish), (1, 2));
}

#[test]
fn what_is_held_for_it_is_nothing_to_another_tracer() {
    let (hearing, memory, heard) = deaf_and_hearing(AlwaysOff);
    let kept = MemoryReporter::new();
    let keep = KeepIf::new().failed().any_slower_than(Duration::ZERO);
    let keeping = Tracer::builder("keeping").reporter(kept.clone()).keep_if(keep).build();
    let root = hearing.span("root").start();
    let entered = root.enter();
    drop(keeping.span("child").start());
    drop(keeping.span("tagged child").tag("error", true).start());
    drop(keeping.scope("scope"));
    drop(entered);
    drop(root);
    assert_eq!(heard.take(), ["-root"]);
    assert!(take(&keeping, &kept).is_empty() && take(&hearing, &memory).is_empty());
    assert_eq!(keeping.books().started, 0);
}

#[test]
fn children_that_the_sampler_refuses_are_heard_of() {
    #[derive(Debug)]
    struct OnlyRoots;
    impl Sampler for OnlyRoots {
        fn sample(&self, input: &SamplingInput<'_>) -> Decision {
            Decision::of(input.parent.is_none())
        }

        fn samples_children(&self) -> bool {
            true
        }
    }
    let (tracer, memory, heard) = deaf_and_hearing(OnlyRoots);
    let root = tracer.span("root").start();
    let entered = root.enter();
    let child = tracer.span("child").start();
    drop(tracer.span("grandchild").child_of(&child).start());
    drop(child);
    drop(entered);
    drop(root);
    assert_eq!(heard.take(), ["-grandchild", "-child", "+root"]);
    assert_eq!(take(&tracer, &memory).len(), 1);
    let unwanted = tracer.span("unwanted").tag("sampling.priority", 0).start();
    drop(tracer.span("below it").child_of(&unwanted).start());
    drop(unwanted);
    assert_eq!(heard.take(), [""; 0]);
    assert!(tracer.books().balance());
}

#[test]
fn one_that_traces_has_an_end() {
    #[derive(Clone, Default)]
    struct Traces(Arc<Mutex<Option<Tracer>>>, Heard);
    impl SpanProcessor for Traces {
        fn on_end(&self, span: &EndedSpan<'_>) {
            self.1.on_end(span);
            let tracer = self.0.lock().unwrap().clone();
            if let Some(tracer) = tracer {
                drop(tracer.span("about a span").start());
            }
        }
    }
    let (memory, traces) = (MemoryReporter::new(), Traces::default());
    let tracer = Tracer::builder("test").reporter(memory.clone()).processor(traces.clone()).build();
    *traces.0.lock().unwrap() = Some(tracer.clone());
    drop(tracer.span("span").start());
    assert_eq!(traces.1.take(), ["+span"]);
    let names: Vec<_> = take(&tracer, &memory).into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["about a span", "span"]);
    late(&tracer);
    assert_eq!(traces.1.take(), ["+late"]);
    let books = tracer.books();
    assert!(books.balance() && books.started == 4, "{books}");
    *traces.0.lock().unwrap() = None;
}

/// Ends a span in the destructor of a thread-local, when the thread's own part of the tracer is gone.
fn late(tracer: &Tracer) {
    thread_local! {
        static LATE: RefCell<Option<Span>> = const { RefCell::new(None) };
    }
    let tracer = tracer.clone();
    let thread = thread::spawn(move || {
        // Made first, and so gone last.
        LATE.with(|late| drop(late.borrow_mut().take()));
        let span = tracer.span("late").start();
        LATE.with(|late| *late.borrow_mut() = Some(span));
    });
    thread.join().unwrap();
}

/// Guards that were forgotten: what they stand for ends with its thread.
#[test]
#[allow(clippy::mem_forget, reason = "what comes of it")]
fn it_hears_of_active_spans_that_nobody_has_ended() {
    let (tracer, _, heard) = deaf_and_hearing(AlwaysOff);
    let own = tracer.clone();
    let thread = thread::spawn(move || {
        std::mem::forget(own.span("root").tag("k", 1).start_active());
        std::mem::forget(own.scope("scope"));
    });
    thread.join().unwrap();
    assert_eq!(heard.take(), ["-scope", "-root"]);
    let books = tracer.books();
    assert_eq!((books.finished, books.open), (2, 0));
    assert!(books.balance(), "{books}");
}

/// Two tracers with processors, in any order: each hears of its own.
#[test]
fn each_of_two_hears_of_what_is_below_the_other() {
    let (first, _, heard_by_first) = deaf_and_hearing(AlwaysOff);
    let (second, _, heard_by_second) = deaf_and_hearing(AlwaysOff);
    let root = first.span("root").start();
    let entered = root.enter();
    drop(second.span("current").start());
    drop(second.scope("scope"));
    drop(second.span("by reference").child_of(&root).start());
    drop(entered);
    drop(root);
    assert_eq!(heard_by_first.take(), ["-root"]);
    assert_eq!(heard_by_second.take(), ["-current", "-scope", "-by reference"]);
    assert!(first.books().balance() && second.books().balance());
}

#[test]
fn it_hears_of_spans_in_the_destructors_of_thread_locals() {
    let (tracer, _, heard) = deaf_and_hearing(AlwaysOff);
    late(&tracer);
    assert_eq!(heard.take(), ["-late"]);
    let books = tracer.books();
    assert_eq!((books.finished, books.dropped_for(DropReason::NotKept)), (1, 1));
    assert!(books.balance(), "{books}");
}
