//! Reporters that panic, are slow or hang: recording goes on, memory stays, the books stay exact.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use common::{Calls, Counting, LONG, lazy, settled, tracer_with, wait_for};
use tracer_core::{Batch, DropReason, Outcome, RecorderOptions, Reporter, ShutdownError, Tracer};

fn spans(tracer: &Tracer, count: u64) {
    for _ in 0..count {
        tracer.span("span").start().set_tag("k", "v".repeat(50));
    }
}

/// Bytes of this process that are in memory.
fn resident() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split_whitespace().nth(1)?.parse::<u64>().ok()? * 4096)
}

#[test]
fn r4_a_panic_costs_one_batch() {
    let seen = Arc::new(AtomicU64::new(0));
    let (own, mut calls) = (Arc::clone(&seen), 0);
    let tracer = tracer_with(
        Calls(move |batch: &Batch<'_>| {
            calls += 1;
            assert_ne!(calls, 2, "on purpose");
            own.fetch_add(batch.len() as u64, Ordering::SeqCst);
            Outcome::Reported
        }),
        lazy(),
    );
    for (count, lost) in [(3, 0), (5, 5), (7, 5)] {
        spans(&tracer, count);
        let books = settled(&tracer);
        assert_eq!(books.dropped_for(DropReason::ReporterPanic), lost);
        assert_eq!((books.dropped(), books.reported), (lost, seen.load(Ordering::SeqCst)));
    }
    assert_eq!(seen.load(Ordering::SeqCst), 10);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
}

/// Panics wherever it can.
struct Panics;

impl Reporter for Panics {
    fn report(&mut self, _: &Batch<'_>) -> Outcome {
        panic!("report, on purpose")
    }

    fn flush(&mut self) {
        panic!("flush, on purpose")
    }

    fn shutdown(&mut self, _: Instant) {
        panic!("shutdown, on purpose")
    }
}

#[test]
fn a_reporter_that_always_panics_loses_all_and_counts_all() {
    let tracer = tracer_with(Panics, lazy().with_max_batch(10));
    for _ in 0..3 {
        spans(&tracer, 15);
        assert_eq!(tracer.flush(LONG), Ok(()));
    }
    assert_eq!(settled(&tracer).dropped_for(DropReason::ReporterPanic), 45);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
}

#[test]
fn r4_ten_thousand_spans_a_second_and_half_a_second_a_batch() {
    let counting = Counting::slow(Duration::from_millis(500));
    let delay = Duration::from_millis(20);
    let options = lazy().with_max_bytes(256 << 10).with_schedule_delay(delay);
    let tracer = tracer_with(counting.clone(), options);
    let start = Instant::now();
    let mut made = 0;
    while start.elapsed() < Duration::from_secs(2) {
        spans(&tracer, 10);
        made += 10;
        let books = tracer.books();
        assert!(books.bytes <= 256 << 10, "{books:?}");
        std::thread::sleep(Duration::from_micros(700));
    }
    // Four batches go out in this time.
    assert!(made > 5_000, "nobody waits for the reporter: {made}");
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    let books = settled(&tracer);
    assert_eq!((books.finished, books.reported), (made, counting.seen()));
    assert_eq!(books.dropped_for(DropReason::QueueFull), made - counting.seen());
    assert!(books.reported > 0 && books.dropped() > 0, "{books:?}");
}

#[test]
fn r4_a_reporter_that_hangs_costs_its_deadline_and_no_memory() {
    let (release, hang) = mpsc::channel::<()>();
    let gone = Arc::new(AtomicBool::new(false));
    struct Hangs(mpsc::Receiver<()>, Arc<AtomicBool>, u64);
    impl Reporter for Hangs {
        fn report(&mut self, batch: &Batch<'_>) -> Outcome {
            let _ = self.0.recv();
            self.2 = batch.len() as u64;
            Outcome::Reported
        }

        fn shutdown(&mut self, _: Instant) {
            self.1.store(true, Ordering::SeqCst);
        }
    }
    let max_bytes = 1 << 20;
    let options = lazy().with_max_bytes(max_bytes).with_schedule_delay(Duration::ZERO);
    let tracer = tracer_with(Hangs(hang, Arc::clone(&gone), 0), options);
    spans(&tracer, 100);
    assert!(wait_for(LONG, || tracer.books().in_flight > 0));
    let work = |rounds: u64| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| spans(&tracer, rounds));
            }
        });
        let books = tracer.books();
        assert!(books.balance() && books.bytes <= max_bytes as u64, "{books:?}");
    };
    (0..20).for_each(|_| work(1_000));
    let before = resident();
    (0..20).for_each(|_| work(10_000));
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(after < before + (16 << 20), "{before} bytes became {after}");
    }
    assert_eq!(tracer.flush(Duration::from_millis(50)), Err(ShutdownError::Timeout));
    let before = tracer.books();
    let start = Instant::now();
    let deadline = Duration::from_millis(200);
    assert_eq!(tracer.shutdown(deadline), Err(ShutdownError::Timeout));
    assert!(start.elapsed() < deadline + LONG / 4, "{:?}", start.elapsed());
    let books = tracer.books();
    assert!(books.balance(), "{books:?}");
    assert_eq!((books.queued, books.in_flight, books.reported), (0, 0, 0));
    assert_eq!(books.outcome_unknown, before.in_flight);
    assert_eq!(books.dropped_for(DropReason::QueueFull), before.dropped());
    assert_eq!(books.dropped_for(DropReason::AfterShutdown), before.queued);
    assert_eq!(books.finished, 880_100);
    // At once now, with the same answer, and nothing changes any more: not even when it comes back.
    assert_eq!(tracer.shutdown(LONG), Err(ShutdownError::Timeout));
    drop(release);
    assert!(wait_for(LONG, || gone.load(Ordering::SeqCst)), "it is still told of the end");
    let after = tracer.books();
    assert!(after.balance() && after.outcome_unknown == books.outcome_unknown);
    assert!(after.dropped_by_reason().eq(books.dropped_by_reason()) && after.reported == 0);
}

/// Notes which of its methods were called.
#[derive(Clone, Default)]
struct Noting(Arc<std::sync::Mutex<Vec<&'static str>>>);

impl Reporter for Noting {
    fn report(&mut self, _: &Batch<'_>) -> Outcome {
        self.0.lock().unwrap().push("report");
        Outcome::Reported
    }

    fn flush(&mut self) {
        self.0.lock().unwrap().push("flush");
    }

    fn shutdown(&mut self, _: Instant) {
        self.0.lock().unwrap().push("shutdown");
    }
}

#[test]
fn a_reporter_is_told_what_is_asked_and_no_more() {
    let noting = Noting::default();
    let delay = Duration::from_millis(1);
    let tracer = tracer_with(noting.clone(), lazy().with_schedule_delay(delay));
    let calls = || noting.0.lock().unwrap().clone();
    assert_eq!(tracer.flush(LONG), Ok(()));
    assert_eq!(calls(), ["flush"]);
    for nth in 1..4 {
        spans(&tracer, 1);
        assert!(wait_for(LONG, || tracer.books().reported == nth));
    }
    assert_eq!(calls(), ["flush", "report", "report", "report"], "a flush is one flush");
    spans(&tracer, 1);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    assert_eq!(calls()[4..], ["report", "shutdown"]);
    drop(tracer);
    assert_eq!(calls().len(), 6, "once");
}

#[test]
fn for_ever_is_a_time_too() {
    let counting = Counting::new();
    let options = RecorderOptions::default()
        .with_schedule_delay(Duration::MAX)
        .with_shutdown_timeout(Duration::MAX)
        .with_max_bytes(usize::MAX)
        .with_max_batch(usize::MAX);
    let tracer = tracer_with(counting.clone(), options);
    spans(&tracer, 10);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!((counting.seen(), tracer.books().queued), (0, 10));
    assert_eq!(tracer.flush(Duration::MAX), Ok(()));
    assert_eq!(tracer.shutdown(Duration::MAX), Ok(()));
    assert_eq!(counting.seen(), 10);
}

#[test]
fn no_budget_is_a_budget() {
    let tracer = tracer_with(Counting::new(), lazy().with_max_bytes(0));
    spans(&tracer, 10);
    let _scopes = (tracer.scope("a"), tracer.scope("b"));
    let books = settled(&tracer);
    assert_eq!((books.dropped_for(DropReason::QueueFull), books.open, books.bytes), (10, 2, 0));
}

#[test]
fn of_two_reporters_the_second_one_does_not_suffer() {
    let second = Counting::new();
    let tracer = tracer_with((Panics, second.clone()), lazy());
    spans(&tracer, 10);
    tracer.flush(LONG).unwrap();
    assert_eq!(second.seen(), 10);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    // As far as the books can tell, it is one reporter.
    let books = settled(&tracer);
    assert_eq!((books.dropped_for(DropReason::ReporterPanic), books.lost()), (10, 10));
}

#[test]
fn after_a_shutdown_that_timed_out_a_flush_says_so_too() {
    struct Hangs(mpsc::Receiver<()>);
    impl Reporter for Hangs {
        fn report(&mut self, _: &Batch<'_>) -> Outcome {
            let _ = self.0.recv();
            Outcome::Reported
        }
    }
    let (release, hang) = mpsc::channel::<()>();
    let tracer = tracer_with(Hangs(hang), lazy().with_schedule_delay(Duration::ZERO));
    spans(&tracer, 1);
    assert!(wait_for(LONG, || tracer.books().in_flight > 0));
    assert_eq!(tracer.shutdown(Duration::ZERO), Err(ShutdownError::Timeout));
    assert_eq!(tracer.flush(LONG), Err(ShutdownError::Timeout));
    drop(release);
}
