//! Room, age, shutdowns, threads: what is held is bounded, and accounted for.

use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use tracer_core::{DropReason, KeepIf, Outcome, RecorderOptions, Reporter, ShutdownError};

use crate::common::{Calls, Counting, LONG, lazy, named, settled, take, wait_for};
use crate::{builder, gone, holding, names, request, rules, why};

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
        let now = SystemTime::now();
        let at_once = |name| tracer.span(name).root().start_time(now).start();
        at_once("ended").finish_at(now);
        let failed = at_once("failed");
        failed.set_tag("error", true);
        failed.finish_at(now);
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
