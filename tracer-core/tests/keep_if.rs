//! Traces that the head decision says no to are held, and kept for what became of them.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use common::{
    Calls, Counting, LONG, TRACE, assert_child, context, everything, lazy, named, settled, take,
    wait_for,
};
use tracer_core::{
    AlwaysOff, AlwaysOn, Books, DropReason, FinishedSpan, InSpanExt, KeepIf, MemoryReporter,
    Outcome, ParentBased, RecorderOptions, Reporter, Sampler, ShutdownError, Span, SpanContext,
    Tracer, TracerBuilder, Trust, current, semconv,
};

const HOUR: Duration = Duration::from_secs(3600);

/// Failures, and what takes an hour.
fn rules() -> KeepIf {
    KeepIf::new().failed().slower_than(HOUR)
}

fn builder(keep: KeepIf, reporter: impl Reporter) -> TracerBuilder {
    Tracer::builder("test").sampler(AlwaysOff).recorder(lazy()).keep_if(keep).reporter(reporter)
}

fn holding(keep: KeepIf) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (builder(keep, memory.clone()).build(), memory)
}

fn names(spans: &[FinishedSpan]) -> Vec<&str> {
    let mut names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    names.sort_unstable();
    names
}

fn why(span: &FinishedSpan) -> Option<String> {
    span.tag(semconv::KEPT).map(ToString::to_string)
}

fn gone(books: &Books) -> [u64; 2] {
    [books.dropped_for(DropReason::NotKept), books.dropped_for(DropReason::Undecided)]
}

/// A request of spans of all kinds, on several threads; `end` is called with the one at the bottom
/// and the local root.
fn request(tracer: &Tracer, root: Span, end: impl FnOnce(&Span, &Span) + Send) {
    {
        let _entered = root.enter();
        let scope = tracer.scope("scope");
        tracer.scope("lean").finish();
        scope.set_tag("made", "ordinary");
        let explicit = tracer.span("explicit").child_of(&root).start();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime
            .block_on(async { _ = current().log("here") }.in_span(tracer.span("future").start()));
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let _entered = explicit.enter();
                end(&tracer.span("bottom").start(), &root);
            });
        });
    }
    root.finish();
}

const REQUEST: [&str; 6] = ["bottom", "explicit", "future", "lean", "root", "scope"];

#[test]
fn what_is_kept_is_kept_whole() {
    type End = fn(&Span, &Span);
    let cases: [(&str, End, Option<&str>); 7] = [
        ("nothing special", |_, _| {}, None),
        ("a tag that is no failure", |bottom, _| _ = bottom.set_tag("error", false), None),
        ("a child fails", |bottom, _| _ = bottom.set_tag("error", true), Some("error")),
        ("the root fails", |_, root| _ = root.set_tag("error", true), Some("error")),
        ("asked for below", |b, _| _ = b.set_tag("sampling.priority", 1), Some("priority")),
        ("asked for at the root", |_, r| _ = r.set_tag("sampling.priority", 1), Some("priority")),
        ("taken back", |_, root| _ = root.set_tag("sampling.priority", 0), None),
    ];
    for (case, end, expected) in cases {
        let (tracer, memory) = holding(rules());
        request(&tracer, tracer.span("root").start(), end);
        let books = tracer.books();
        assert!(books.balance() && books.queued == 6 && books.held == 0, "{case}: {books:?}");
        let spans = take(&tracer, &memory);
        let books = settled(&tracer);
        assert_eq!((books.held, books.held_bytes, books.bytes > 0), (0, 0, true), "{case}");
        if expected.is_some() {
            assert_eq!(names(&spans), REQUEST, "{case}");
            assert_eq!(why(named(&spans, "root")).as_deref(), expected, "{case}");
            assert_eq!(spans.iter().filter_map(why).count(), 1, "{case}: on the root alone");
            let above = [
                ("scope", "root"),
                ("lean", "scope"),
                ("explicit", "root"),
                ("future", "scope"),
                ("bottom", "explicit"),
            ];
            above.iter().for_each(|(child, parent)| assert_child(&spans, child, parent));
            assert_eq!(named(&spans, "future").events(), ["here"], "{case}");
            assert!(named(&spans, "scope").tag("made").is_some(), "{case}");
            assert_eq!((books.reported, books.dropped()), (6, 0), "{case}");
        } else {
            let unsampled = u64::from(case == "taken back");
            assert_eq!(spans, [], "{case}");
            assert_eq!(books.dropped_for(DropReason::Unsampled), unsampled, "{case}");
            assert_eq!(gone(&books), [6 - unsampled, 0], "{case}");
        }
    }
}

#[test]
fn slow_by_whose_measure() {
    let second = Duration::from_secs(1);
    let began = SystemTime::UNIX_EPOCH + HOUR;
    for (keep, root_took, child_took, kept) in [
        (KeepIf::new().slower_than(second), 1001, 10, true),
        (KeepIf::new().slower_than(second), 1000, 10, false),
        (KeepIf::new().slower_than(second), 10, 1001, false),
        (KeepIf::new().any_slower_than(second), 10, 1001, true),
        (KeepIf::new().any_slower_than(second), 1001, 10, true),
        (KeepIf::new().any_slower_than(second), 1000, 1000, false),
        (KeepIf::new().any_slower_than(HOUR).slower_than(second), 1001, 10, true),
        (KeepIf::new().failed(), 1001, 1001, false),
    ] {
        let (tracer, memory) = holding(keep.clone());
        let root = tracer.span("root").start_time(began).start();
        let child = tracer.span("child").child_of(&root).start_time(began).start();
        child.finish_at(began + Duration::from_millis(child_took));
        root.finish_at(began + Duration::from_millis(root_took));
        let spans = take(&tracer, &memory);
        let expected: &[&str] = if kept { &["child", "root"] } else { &[] };
        assert_eq!(names(&spans), expected, "{keep:?} {root_took} {child_took}");
        assert!(spans.iter().filter_map(why).all(|why| why == "slow"));
        let books = settled(&tracer);
        assert_eq!(gone(&books), [if kept { 0 } else { 2 }, 0]);
    }
    // The clock's own time.
    let (tracer, memory) = holding(KeepIf::new().slower_than(Duration::from_millis(20)));
    let root = tracer.scope("root");
    tracer.scope("lean").finish();
    std::thread::sleep(Duration::from_millis(30));
    drop(root);
    assert_eq!(names(&take(&tracer, &memory)), ["lean", "root"]);
}

#[test]
fn others_are_told_that_it_is_not_recorded() {
    let (tracer, memory) = holding(rules());
    let root = tracer.span("root").start();
    root.set_baggage_item("who", "ada");
    let _entered = root.enter();
    let scope = tracer.scope("scope");
    for span in [&root.handle(), &scope.handle(), &current()] {
        assert!(span.is_recording());
        assert!(!span.context().is_sampled() && span.context().trace_flags() & 1 == 0);
        let mut headers = Vec::new();
        tracer.inject(span, &mut headers);
        let (_, traceparent) = headers.iter().find(|(key, _)| key == "traceparent").unwrap();
        // Random, and not sampled.
        assert!(traceparent.ends_with("-02"), "{traceparent}");
        let back = tracer.extract(&headers);
        assert_eq!(back, span.context(), "the same span, as others see it");
        assert!(!tracer.has_decided_against(&span.context()));
    }
    assert_eq!(tracer_core::current_ids().unwrap().2 & 1, 0);
    drop(scope);
    root.set_tag("error", true);
    drop(_entered);
    root.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(names(&spans), ["root", "scope"]);
}

/// By sampler and by caller: who is sampled, held, or neither.
#[test]
fn who_is_held() {
    #[derive(Debug, PartialEq)]
    enum Is {
        Sampled,
        Held,
        Neither,
    }
    let caller = |sampled| context(7, 9, sampled).with_remote();
    let nobody = SpanContext::default;
    let tagged = |priority| Some(("sampling.priority", priority));
    let off = || Box::new(AlwaysOff) as Box<dyn Sampler>;
    let on = || Box::new(AlwaysOn) as Box<dyn Sampler>;
    let by_parent = || Box::new(ParentBased::new(AlwaysOn)) as Box<dyn Sampler>;
    let cases: [(Box<dyn Sampler>, SpanContext, Option<(&str, i64)>, Is); 14] = [
        (off(), nobody(), None, Is::Held),
        (on(), nobody(), None, Is::Sampled),
        (by_parent(), nobody(), None, Is::Sampled),
        (by_parent(), caller(false), None, Is::Held),
        (by_parent(), caller(true), None, Is::Sampled),
        (off(), caller(true), None, Is::Held),
        (on(), caller(false), None, Is::Sampled),
        (by_parent(), SpanContext::decision(false), None, Is::Held),
        (by_parent(), caller(false).suppressed(), None, Is::Neither),
        (off(), nobody(), tagged(0), Is::Neither),
        (off(), nobody(), tagged(1), Is::Sampled),
        (by_parent(), caller(false), tagged(0), Is::Neither),
        // A span of this process that was decided against.
        (by_parent(), context(7, 9, false), None, Is::Neither),
        (by_parent(), context(7, 9, true), None, Is::Sampled),
    ];
    for (nth, (sampler, parent, tag, expected)) in cases.into_iter().enumerate() {
        let memory = MemoryReporter::new();
        let tracer = builder(rules(), memory.clone()).sampler(sampler).build();
        let mut described = tracer.span("root").child_of(&parent);
        if let Some((key, value)) = tag {
            described = described.tag(key, value);
        }
        let root = described.start();
        let is = match (root.context().is_sampled(), root.is_recording()) {
            (true, _) => Is::Sampled,
            (_, true) => Is::Held,
            _ => Is::Neither,
        };
        assert_eq!(is, expected, "{nth}");
        tracer.span("child").child_of(&root).start().set_tag("error", true);
        root.finish();
        let spans = take(&tracer, &memory);
        assert_eq!(spans.len(), if expected == Is::Neither { 0 } else { 2 }, "{nth}");
        let kept = spans.iter().filter_map(why).count();
        assert_eq!(kept, usize::from(expected == Is::Held), "{nth}");
        assert!(settled(&tracer).dropped() == 0);
    }
}

#[test]
fn a_caller_who_is_not_followed_or_gone_on_as() {
    let (tracer, memory) = holding(rules());
    let headers = [("traceparent", format!("00-{TRACE}-b7ad6b7169203331-00"))];
    let linked = tracer.extract_with(Trust::Link, &headers);
    tracer.span("linked").child_of(&linked).start().set_tag("error", true);
    let caller = tracer.extract(&headers);
    tracer.span("itself").continue_as(&caller).start().set_tag("error", true);
    let local = tracer.span("local").start();
    // Work that goes on elsewhere, under ids that are held here.
    tracer.span("goes on").continue_as(&local.context()).start().set_tag("error", true);
    local.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(names(&spans), ["goes on", "itself", "linked", "local"]);
    assert!(spans.iter().all(|span| why(span).as_deref() == Some("error")));
}

#[test]
fn what_is_sampled_is_as_it_was() {
    let counting = Counting::new();
    let tracer = builder(rules(), counting.clone()).sampler(AlwaysOn).build();
    for _ in 0..2_000 {
        everything(&tracer);
    }
    let books = settled(&tracer);
    assert_eq!((books.started, books.reported, counting.seen()), (6_000, 6_000, 6_000));
}

#[test]
fn without_a_condition_nothing_is_held() {
    for keep in [None, Some(KeepIf::new())] {
        let counting = Counting::new();
        let mut described = Tracer::builder("test").sampler(AlwaysOff).reporter(counting.clone());
        if let Some(keep) = keep {
            described = described.keep_if(keep);
        }
        let tracer = described.build();
        let root = tracer.span("root").start();
        assert!(!root.is_recording() && tracer.has_decided_against(&root.context()));
        drop(root);
        assert_eq!(settled(&tracer).started, 0);
    }
}

#[test]
fn off_by_switch_nothing_is_held_and_what_is_open_ends() {
    let (tracer, memory) = holding(rules());
    let root = tracer.span("root").start();
    let _entered = root.enter();
    tracer.set_enabled(false);
    let none = tracer.span("none").start();
    assert!(!none.is_recording());
    assert_eq!(none.context(), root.context(), "handed on");
    tracer.scope("none either").finish();
    tracer.set_enabled(true);
    // Below what was handed on meanwhile, the trace goes on.
    tracer.span("again").child_of(&none).start().set_tag("error", true);
    drop((none, _entered, root));
    assert_eq!(names(&take(&tracer, &memory)), ["again", "root"]);
}

#[test]
fn held_until_its_root_ends_and_late_ones_follow() {
    let (tracer, memory) = holding(rules());
    let root = tracer.span("root").start();
    tracer.span("early").child_of(&root).start().finish();
    let late = tracer.span("late").child_of(&root).start();
    assert_eq!(take(&tracer, &memory), []);
    let books = settled(&tracer);
    assert_eq!((books.held, books.open, books.in_flight, books.queued), (1, 2, 0, 0));
    assert!(books.held_bytes > 0);
    // A failure is told while the request is still running.
    tracer.span("failed").child_of(&root).start().set_tag("error", true);
    let spans = take(&tracer, &memory);
    assert_eq!(names(&spans), ["early", "failed"]);
    assert_eq!(settled(&tracer).held, 0);
    root.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(why(named(&spans, "root")).as_deref(), Some("error"));
    late.finish();
    assert_eq!(names(&take(&tracer, &memory)), ["late"]);
    assert_eq!(settled(&tracer).reported, 4);
}

#[test]
fn late_ones_of_a_trace_that_was_let_go() {
    let (tracer, memory) = holding(rules().with_max_wait(Duration::from_millis(200)));
    let root = tracer.span("root").start();
    let late = tracer.span("late").child_of(&root).start();
    let fails = tracer.span("fails").child_of(&root).start();
    root.finish();
    assert_eq!(take(&tracer, &memory), []);
    assert_eq!(gone(&settled(&tracer)), [1, 0]);
    late.finish();
    assert_eq!(take(&tracer, &memory), []);
    assert_eq!(settled(&tracer).held, 1, "there may be another request of the same trace");
    // It is no loss, and nothing slow: its root has ended.
    assert!(wait_for(LONG, || settled(&tracer).held == 0));
    assert_eq!(gone(&settled(&tracer)), [2, 0]);
    fails.set_tag("error", true);
    drop(fails);
    assert_eq!(names(&take(&tracer, &memory)), ["fails"], "by itself");
}

/// A caller that tries again: each request is judged by itself.
#[test]
fn requests_of_one_trace_one_after_another() {
    let (tracer, memory) = holding(rules());
    let serve = |name: &'static str, failed: bool| {
        let root = tracer.span(name).child_of(&context(7, 9, false).with_remote()).start();
        tracer.span("query").child_of(&root).start().finish();
        root.set_tag("error", failed);
        root.finish();
        names(&take(&tracer, &memory)).len()
    };
    assert_eq!([serve("first", false), serve("second", true), serve("third", false)], [0, 2, 2]);
    assert_eq!(gone(&settled(&tracer)), [2, 0], "once kept, it is kept");
}

/// Local roots and what is below them end on different threads, in any order of the rings.
#[test]
fn no_root_is_judged_before_what_ended_earlier() {
    let (tracer, memory) = holding(rules());
    let (sender, receiver) = channel::<Span>();
    std::thread::scope(|threads| {
        let tracer = &tracer;
        threads.spawn(move || {
            // This thread's ring is there first: the roots'.
            for root in receiver {
                root.finish();
            }
        });
        for round in 0..200 {
            let sender = sender.clone();
            threads.spawn(move || {
                let root = tracer.span("root").start();
                let child = tracer.span("child").child_of(&root).start();
                child.set_tag("error", round % 2 == 0);
                child.finish();
                let _ = sender.send(root);
            });
            if round % 20 == 0 {
                let _ = tracer.flush(LONG);
            }
        }
        drop(sender);
    });
    let _ = tracer.flush(LONG);
    let spans = take(&tracer, &memory);
    let books = settled(&tracer);
    assert_eq!((spans.len(), books.reported, gone(&books)), (200, 200, [200, 0]), "{books:?}");
    assert_eq!(spans.iter().filter_map(why).count(), 100);
}

#[test]
fn a_store_that_is_full_lets_the_oldest_go() {
    let bound = 64 << 10;
    let (tracer, memory) = holding(rules().with_max_bytes(bound));
    let roots: Vec<_> = (0..2_000)
        .map(|nth| {
            let root = tracer.span("root").start();
            tracer
                .span("child")
                .child_of(&root)
                .tag("text", "x".repeat(nth % 500))
                .start()
                .finish();
            if nth % 100 == 0 {
                let books = settled(&tracer);
                assert!(books.held_bytes <= bound as u64, "{books:?}");
            }
            root
        })
        .collect();
    let books = settled(&tracer);
    let lost = books.dropped_for(DropReason::Undecided);
    assert!(books.held > 10 && lost > 1_000 && books.held + lost == 2_000, "{books:?}");
    assert!(books.held_bytes <= bound as u64 && books.held_bytes > bound as u64 / 2, "{books:?}");
    // The newest are still there, whole.
    for root in roots.into_iter().rev().take(10) {
        root.set_tag("error", true);
    }
    assert_eq!(names(&take(&tracer, &memory)).len(), 20);
    // The others' roots end after them: nothing is left.
    assert_eq!(settled(&tracer).held, 0);
}

/// Traces whose root has ended are decided before any goes that may still be worth it.
#[test]
fn ended_traces_make_room_first() {
    let (tracer, memory) = holding(rules().with_max_bytes(256 << 10));
    let open = tracer.span("open").start();
    tracer.span("below").child_of(&open).start().finish();
    assert_eq!(take(&tracer, &memory), []);
    for _ in 0..5_000 {
        let root = tracer.span("root").start();
        tracer.span("child").child_of(&root).start().finish();
    }
    assert_eq!(take(&tracer, &memory), []);
    let books = settled(&tracer);
    assert_eq!((books.held, gone(&books)), (1, [10_000, 0]), "{books:?}");
    open.set_tag("error", true);
    drop(open);
    assert_eq!(names(&take(&tracer, &memory)), ["below", "open"]);
}

#[test]
fn a_trace_of_too_many_spans() {
    let (tracer, memory) = holding(rules().with_max_spans(10));
    let root = tracer.span("root").start();
    for _ in 0..25 {
        tracer.span("child").child_of(&root).start().finish();
    }
    assert_eq!(take(&tracer, &memory), []);
    assert_eq!((settled(&tracer).held, gone(&settled(&tracer))), (10, [0, 15]));
    root.set_tag("error", true);
    drop(root);
    let spans = take(&tracer, &memory);
    assert_eq!((spans.len(), why(named(&spans, "root")).as_deref()), (11, Some("error")));
}

#[test]
fn a_root_that_does_not_end() {
    let wait = Duration::from_millis(100);
    for (keep, expected) in [
        (KeepIf::new().failed(), [0, 0, 1]),
        (KeepIf::new().slower_than(Duration::from_secs(60)), [0, 0, 1]),
        (KeepIf::new().slower_than(Duration::from_millis(10)), [1, 0, 0]),
    ] {
        let counting = Counting::new();
        // Nobody asks the reporter thread to look: it does so by itself.
        let options = RecorderOptions::default().with_schedule_delay(Duration::from_millis(10));
        let tracer =
            builder(keep.clone().with_max_wait(wait), counting.clone()).recorder(options).build();
        let root = tracer.span("root").start();
        tracer.span("child").child_of(&root).start().finish();
        assert!(wait_for(LONG, || {
            let books = tracer.books();
            books.finished == 1 && books.queued + books.held + books.in_flight == 0
        }));
        let books = tracer.books();
        let [not_kept, undecided] = gone(&books);
        assert_eq!([books.reported, not_kept, undecided], expected, "{keep:?}");
        // What comes of it then is decided by itself, or follows.
        root.set_tag("error", true);
        drop(root);
        let kept = settled(&tracer).reported;
        let failed_counts = keep == KeepIf::new().failed();
        assert_eq!(kept, if expected[0] == 1 { 2 } else { u64::from(failed_counts) }, "{keep:?}");
    }
}

#[test]
fn a_shutdown_decides_by_what_is_there() {
    for (keep, reported) in
        [(rules(), 0), (KeepIf::new().slower_than(Duration::from_millis(10)), 1)]
    {
        let counting = Counting::new();
        let tracer = builder(keep, counting.clone()).build();
        let root = tracer.span("root").start();
        tracer.span("child").child_of(&root).start().finish();
        let _ = settled(&tracer);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(tracer.books().held, 1);
        // Ended, and not looked at yet.
        tracer.span("ended").root().start().finish();
        tracer.span("failed").root().start().set_tag("error", true);
        let failed = u64::from(reported == 0);
        assert_eq!(tracer.shutdown(LONG), Ok(()));
        root.finish();
        let books = tracer.books();
        assert!(books.balance(), "{books:?}");
        assert_eq!((books.held, books.held_bytes), (0, 0));
        assert_eq!(books.reported, reported + failed, "{books:?}");
        assert_eq!(gone(&books), [3 - reported - failed, 0], "{books:?}");
        assert_eq!(books.dropped_for(DropReason::AfterShutdown), 1);
        assert_eq!(counting.seen(), books.reported);
    }
}

/// The deadline passes while the reporter hangs: what is held is lost, and counted once.
#[test]
fn an_abandoned_shutdown() {
    let (release, gate) = channel::<()>();
    let hang = Calls(move |_: &tracer_core::Batch<'_>| {
        let _ = gate.recv();
        Outcome::Reported
    });
    let tracer = builder(rules(), hang).build();
    let open = tracer.span("open").start();
    for _ in 0..5 {
        tracer.span("below").child_of(&open).start().finish();
    }
    let _ = settled(&tracer);
    for _ in 0..2_000 {
        tracer.span("failed").root().start().set_tag("error", true);
    }
    assert_eq!(tracer.shutdown(Duration::from_millis(100)), Err(ShutdownError::Timeout));
    let books = tracer.books();
    assert!(books.balance() && books.held == 0 && books.reported == 0, "{books:?}");
    let lost = books.dropped_for(DropReason::AfterShutdown);
    assert_eq!((lost + books.outcome_unknown, books.open), (2_005, 1), "{books:?}");
    drop(release);
    assert!(wait_for(LONG, || tracer.books().held_bytes == 0), "{:?}", tracer.books());
    std::thread::sleep(Duration::from_millis(20));
    let after = tracer.books();
    assert!(after.balance() && after.reported == 0, "{after:?}");
    assert_eq!(after.dropped(), books.dropped());
}

#[test]
fn a_reporter_that_panics_costs_its_batch() {
    let mut first = true;
    let panics = Calls(move |_: &tracer_core::Batch<'_>| {
        assert!(!std::mem::take(&mut first), "on purpose");
        Outcome::Reported
    });
    let tracer = builder(rules(), panics).build();
    let open = tracer.span("open").start();
    tracer.span("below").child_of(&open).start().finish();
    tracer.span("failed").root().start().set_tag("error", true);
    assert_eq!(settled(&tracer).dropped_for(DropReason::ReporterPanic), 1);
    open.set_tag("error", true);
    drop(open);
    assert_eq!((settled(&tracer).reported, settled(&tracer).dropped()), (2, 1));
}

/// A tracer that holds nothing has no spans of a trace that another one holds.
#[test]
fn another_tracer_below() {
    let (tracer, memory) = holding(rules());
    let (other, others) = common::traced();
    let root = tracer.span("root").start();
    let _entered = root.enter();
    let scope = tracer.scope("scope");
    for below in [other.span("implicit").start(), other.span("x").child_of(&root).start()] {
        assert!(!below.is_recording() && !below.context().is_sampled());
        assert_eq!(below.context().trace_id(), root.context().trace_id());
    }
    other.scope("lean").finish();
    scope.handle().set_tag("error", true);
    drop((scope, _entered, root));
    assert_eq!(names(&take(&tracer, &memory)), ["root", "scope"]);
    assert_eq!(take(&other, &others), []);
}

/// Batches are no larger than asked, however a trace falls on them, and the budget is given back.
#[test]
fn many_traces_on_many_threads() {
    let counting = Counting::new();
    let options = lazy().with_max_batch(7).with_max_bytes(64 << 20);
    let mut own = counting.clone();
    let report = Calls(move |batch: &tracer_core::Batch<'_>| {
        assert!(batch.len() <= 7 && !batch.is_empty());
        own.report(batch)
    });
    let keep = rules().with_max_bytes(64 << 20);
    let tracer = builder(keep, report).recorder(options).build();
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let tracer = &tracer;
            threads.spawn(move || {
                for round in 0..200 {
                    request(tracer, tracer.span("root").start(), |bottom, _| {
                        bottom.set_tag("error", round % 4 == thread);
                    });
                    if round % 50 == 0 {
                        let _ = tracer.flush(LONG);
                    }
                }
            });
        }
    });
    let _ = tracer.flush(LONG);
    let books = settled(&tracer);
    assert_eq!((books.started, books.reported, gone(&books)), (4_800, 1_200, [3_600, 0]));
    assert_eq!((counting.seen(), books.held, books.held_bytes), (1_200, 0, 0));
    let back = wait_for(LONG, || {
        let _ = tracer.flush(LONG);
        tracer.books().bytes < 64 << 10
    });
    assert!(back, "{:?}", tracer.books());
}
