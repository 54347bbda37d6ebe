//! The books: every span that was started is accounted for, and the receiver agrees.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use common::{Calls, Counting, LONG, lazy, settled, tracer_with, wait_for};
use tracer_core::{Books, DropReason, Fates, Outcome, RecorderOptions, Span, Tag, Tracer};

fn spans(tracer: &Tracer, count: u64) {
    for _ in 0..count {
        tracer.span("span").start().finish();
    }
}

/// Spans of all kinds: heads alone, lean ones, with tags, logs and links, of owned names.
fn mixture(tracer: &Tracer, rounds: u64) -> u64 {
    for nth in 0..rounds {
        let span = tracer.span(format!("owned {nth}")).tag("nth", nth).start();
        let _entered = span.enter();
        let scope = tracer.scope("scope");
        drop((tracer.scope("lean"), tracer.scope("another")));
        scope.set_tag("text", "x".repeat(nth as usize % 100)).log("log");
        tracer.span("linked").link(&span).start().finish();
    }
    rounds * 5
}

#[test]
fn each_term_at_each_rest_point() {
    let counting = Counting::new();
    let tracer = tracer_with(counting.clone(), lazy());
    let look = |started, open, queued, reported| {
        let books = tracer.books();
        assert!(books.balance(), "{books:?}");
        assert_eq!((books.started, books.open), (started, open));
        assert_eq!((books.queued, books.reported, books.in_flight), (queued, reported, 0));
        assert_eq!(counting.seen(), reported);
    };
    look(0, 0, 0, 0);
    let open: Vec<_> = (0..7).map(|_| tracer.span("open").start()).collect();
    look(7, 7, 0, 0);
    spans(&tracer, 5);
    look(12, 7, 5, 0);
    assert_eq!(tracer.flush(LONG), Ok(()));
    look(12, 7, 0, 5);
    drop(open);
    look(12, 0, 7, 5);
    let scope = tracer.scope("scope");
    let lean = tracer.scope("lean");
    look(14, 2, 7, 5);
    drop((lean, scope));
    look(14, 0, 9, 5);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    look(14, 0, 0, 14);
    spans(&tracer, 3);
    let late = tracer.scope("late");
    tracer.scope("lean and late").finish();
    late.set_tag("k", 1);
    late.finish();
    let books = settled(&tracer);
    assert_eq!((books.started, books.finished, books.reported), (19, 19, 14));
    assert_eq!(books.dropped_for(DropReason::AfterShutdown), 5);
    assert_eq!(counting.seen(), 14);
}

#[test]
fn threads_come_and_go_and_finish_each_others_spans() {
    let counting = Counting::new();
    let options = RecorderOptions::default().with_max_bytes(64 << 20);
    let tracer = tracer_with(counting.clone(), options);
    let (sender, receiver) = mpsc::channel::<Span>();
    let receiver = Arc::new(Mutex::new(receiver));
    let made = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let receiver = Arc::clone(&receiver);
            // Ends what others have started.
            scope.spawn(move || while receiver.lock().unwrap().recv().is_ok() {});
        }
        for round in 0..40 {
            for _ in 0..5 {
                let (sender, tracer, made) = (sender.clone(), &tracer, &made);
                scope.spawn(move || {
                    made.fetch_add(mixture(tracer, round) + 1, Ordering::Relaxed);
                    let _ = sender.send(tracer.span("sent away").start());
                });
            }
            let books = tracer.books();
            assert!(books.finished <= books.started + 1_000, "{books:?}");
        }
        drop(sender);
    });
    let books = settled(&tracer);
    let made = made.into_inner();
    assert_eq!((books.started, books.finished, books.reported), (made, made, made));
    assert_eq!((counting.seen(), books.open), (made, 0));
    assert!(
        wait_for(LONG, || {
            let _ = tracer.flush(LONG);
            tracer.books().bytes < 16 << 10
        }),
        "what threads held is given back: {:?}",
        tracer.books()
    );
}

/// Threads go, their reporter hangs, and still nothing grows.
#[test]
fn threads_that_are_gone_are_forgotten_without_the_reporter() {
    let (release, hang) = mpsc::channel::<()>();
    let hang = Calls(move |_: &tracer_core::Batch<'_>| {
        let _ = hang.recv();
        Outcome::Reported
    });
    let options = common::lazy().with_max_bytes(64 << 10);
    let tracer = tracer_with(hang, options);
    spans(&tracer, 1);
    let _ = tracer.flush(Duration::from_millis(20));
    for _ in 0..1_000 {
        let tracer = tracer.clone();
        std::thread::spawn(move || spans(&tracer, 1)).join().unwrap();
    }
    let books = tracer.books();
    assert!(books.balance() && books.bytes <= 64 << 10, "{books:?}");
    assert_eq!((books.started, books.in_flight), (1_001, 1));
    assert_eq!(books.queued + books.dropped_for(DropReason::QueueFull), 1_000);
    drop(release);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    assert_eq!(tracer.books().reported, 1 + books.queued);
}

#[test]
fn every_outcome_is_booked_where_it_belongs() {
    let look = |outcome, expected: fn(&Books) -> [u64; 2]| {
        let counting = Counting::answering(outcome);
        let tracer = tracer_with(counting.clone(), lazy());
        spans(&tracer, 10);
        let books = settled(&tracer);
        assert_eq!((books.finished, counting.seen()), (10, 10));
        expected(&books)
    };
    let rejected =
        |books: &Books| [books.reported, books.dropped_for(DropReason::RejectedByServer)];
    assert_eq!(look(Outcome::Reported, |books| [books.reported, books.dropped()]), [10, 0]);
    assert_eq!(look(Outcome::PartlyRejected { rejected: 3 }, rejected), [7, 3]);
    assert_eq!(look(Outcome::PartlyRejected { rejected: 99 }, rejected), [0, 10]);
    assert_eq!(look(Outcome::Rejected, rejected), [0, 10]);
    let failed = |books: &Books| [books.reported, books.dropped_for(DropReason::ExportFailed)];
    assert_eq!(look(Outcome::Failed, failed), [0, 10]);
    assert_eq!(look(Outcome::Unknown, |books| [books.dropped(), books.outcome_unknown]), [0, 10]);
    let too_large = |books: &Books| [books.reported, books.dropped_for(DropReason::TooLarge)];
    assert_eq!(look(Outcome::TooLarge, too_large), [0, 10]);
}

#[test]
fn spans_that_fared_differently_are_booked_each_where_it_belongs() {
    let mut fates = Fates::default();
    (fates.rejected, fates.failed, fates.too_large, fates.unknown) = (1, 2, 3, 1);
    let look = |fates| {
        let tracer = tracer_with(Counting::answering(Outcome::Mixed(fates)), lazy());
        spans(&tracer, 10);
        let books = settled(&tracer);
        let dropped = |reason| books.dropped_for(reason);
        [
            books.reported,
            dropped(DropReason::RejectedByServer),
            dropped(DropReason::ExportFailed),
            dropped(DropReason::TooLarge),
            books.outcome_unknown,
        ]
    };
    assert_eq!(look(fates), [3, 1, 2, 3, 1]);
    // A reporter that can't count loses no span twice.
    fates.too_large = 99;
    assert_eq!(look(fates), [0, 1, 2, 7, 0]);
    assert_eq!(look(Fates::default()), [10, 0, 0, 0, 0]);
}

#[test]
fn a_small_budget_is_kept_and_what_does_not_fit_is_counted() {
    type Make = fn(&Tracer);
    let makes: [Make; 4] = [
        |tracer| tracer.span("head").start().finish(),
        |tracer| _ = tracer.span("x".repeat(100)).start().set_tag("k", "y".repeat(500)),
        |tracer| drop((tracer.scope("outer"), tracer.scope("lean"))),
        |tracer| {
            let state = tracer_core::TraceState::parse(["a=b,c=d".as_bytes()]).unwrap();
            let caller = common::context(1, 1, true).with_tracestate(state);
            let span = tracer.span("remote").child_of(&caller).start();
            span.log_fields((0..128).map(|nth| Tag::new("f", nth)));
        },
    ];
    for (nth, make) in makes.into_iter().enumerate() {
        // The reporter thread is told when much of the budget is spent: here it is held.
        let (release, counting, reporter) = common::gated();
        let tracer = tracer_with(reporter, lazy().with_max_bytes(64 << 10));
        for _ in 0..5_000 {
            make(&tracer);
            let bytes = tracer.books().bytes;
            assert!(bytes <= 64 << 10, "{bytes}");
        }
        let before = tracer.books();
        assert!(before.balance() && before.in_flight > 0, "{before:?}");
        let full = before.dropped_for(DropReason::QueueFull);
        assert!(full > 1_000 && full == before.dropped(), "{nth}: {before:?}");
        drop(release);
        let books = settled(&tracer);
        let sent = before.finished - full;
        assert_eq!((books.reported, counting.seen()), (sent, sent));
        assert_eq!(books.dropped(), full);
        // There is room again.
        make(&tracer);
        assert_eq!(settled(&tracer).dropped(), full);
    }
}

/// What a caller sends and spans keep until they are sent counts too.
#[test]
fn tracestates_are_in_the_budget() {
    let (release, _counting, reporter) = common::gated();
    let tracer = tracer_with(reporter, lazy().with_max_bytes(1 << 20));
    let state = format!(
        "k={},{}",
        "v".repeat(250),
        (0..9).map(|n| format!("k{n}={},", "v".repeat(250))).collect::<String>()
    );
    for nth in 0..5_000u64 {
        let state = tracer_core::TraceState::parse([state.as_bytes()]).unwrap();
        let caller = common::context(1, nth + 1, true).with_tracestate(state);
        tracer.span("serve").child_of(&caller).start().finish();
    }
    let books = tracer.books();
    let held = books.queued + books.in_flight;
    assert!(books.balance() && held > 100 && held * 2_500 < 1 << 20, "{books:?}");
    drop(release);
    assert_eq!(settled(&tracer).reported, held);
}

#[test]
fn batches_are_never_larger_than_asked() {
    for max_batch in [0, 1, 100, 512] {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&sizes);
        let report = Calls(move |batch: &tracer_core::Batch<'_>| {
            assert!(!batch.is_empty());
            own.lock().unwrap().push(batch.len());
            Outcome::Reported
        });
        let tracer = tracer_with(report, lazy().with_max_batch(max_batch));
        std::thread::scope(|scope| {
            scope.spawn(|| mixture(&tracer, 60));
        });
        mixture(&tracer, 60);
        assert_eq!(settled(&tracer).reported, 600);
        let sizes = std::mem::take(&mut *sizes.lock().unwrap());
        let limit = max_batch.max(1);
        assert!(sizes.iter().all(|size| *size <= limit), "{sizes:?}");
        assert_eq!(sizes.len(), 600usize.div_ceil(limit), "and no smaller than need be");
    }
}

/// A thread that has recorded a span and then sleeps has no idle hook: nothing waits for it.
#[test]
fn one_span_is_reported_within_the_delay() {
    let counting = Counting::new();
    let delay = Duration::from_millis(50);
    let tracer =
        tracer_with(counting.clone(), RecorderOptions::default().with_schedule_delay(delay));
    std::thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    spans(&tracer, 1);
    assert!(wait_for(LONG, || counting.seen() == 1));
    let took = start.elapsed();
    // Without the wake-up it would be the reporter thread's long sleep.
    assert!(took >= delay && took < delay + LONG / 2, "{took:?}");
}

#[test]
fn idle_and_awake_a_thousand_times() {
    let counting = Counting::new();
    let tracer = tracer_with(
        counting.clone(),
        RecorderOptions::default().with_schedule_delay(Duration::from_millis(5)),
    );
    let mut slow = 0;
    for nth in 1..=1_000 {
        // At every distance from the moment that the reporter thread goes to sleep.
        std::thread::sleep(Duration::from_micros(nth % 97 * 10));
        let start = Instant::now();
        if nth % 2 == 0 {
            spans(&tracer, 1);
        } else {
            let _entered = tracer.scope("scope");
        }
        assert!(wait_for(LONG, || counting.seen() == nth), "{nth}: {:?}", tracer.books());
        slow += u32::from(start.elapsed() > Duration::from_millis(150));
    }
    assert!(slow < 20, "{slow} of a thousand came late: wake-ups are lost");
    assert!(settled(&tracer).reported == 1_000);
}
