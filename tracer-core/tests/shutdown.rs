//! Shutdown and flush from everywhere: no hang, no panic, and everything queued is sent.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use common::{Calls, Counting, LONG, lazy, settled, tracer_with};
use tokio::runtime::Builder;
use tracer_core::{Batch, DropReason, Outcome, RecorderOptions, ShutdownError, Tracer};

fn with_spans(count: u64) -> (Tracer, Counting) {
    let counting = Counting::new();
    let tracer = tracer_with(counting.clone(), lazy());
    for nth in 0..count {
        tracer.span("span").tag("nth", nth).start().finish();
    }
    (tracer, counting)
}

#[track_caller]
fn assert_all_sent(tracer: &Tracer, counting: &Counting, count: u64) {
    let books = settled(tracer);
    assert_eq!((books.reported, books.dropped(), counting.seen()), (count, 0, count));
}

#[test]
fn twice() {
    let (tracer, counting) = with_spans(1_000);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    assert_eq!(tracer.shutdown(Duration::ZERO), Ok(()));
    assert_eq!(tracer.flush(Duration::ZERO), Ok(()));
    assert_all_sent(&tracer, &counting, 1_000);
}

#[test]
fn sixteen_threads_at_once() {
    for _ in 0..20 {
        let (tracer, counting) = with_spans(100);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| assert_eq!(tracer.shutdown(LONG), Ok(())));
            }
        });
        assert_all_sent(&tracer, &counting, 100);
    }
}

#[test]
fn while_others_record() {
    for _ in 0..20 {
        let counting = Counting::new();
        let delay = Duration::from_millis(1);
        let options = RecorderOptions::default().with_schedule_delay(delay);
        let tracer = tracer_with(counting.clone(), options);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        let _outer = tracer.scope("outer");
                        drop(tracer.scope("lean"));
                        tracer.span("span").start().set_tag("k", 1);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(2));
            assert_eq!(tracer.shutdown(LONG), Ok(()));
        });
        let books = settled(&tracer);
        assert_eq!((books.started, books.open, books.queued), (24_000, 0, 0), "{books:?}");
        assert_eq!(books.reported, counting.seen());
        assert_eq!(books.reported + books.dropped(), 24_000);
    }
}

#[test]
fn with_the_last_clone() {
    let (tracer, counting) = with_spans(100);
    let clone = tracer.clone();
    let open = clone.span("still open").start();
    drop(tracer);
    assert_eq!(counting.seen(), 0, "not the last one");
    drop(clone);
    assert_eq!(counting.seen(), 100);
    open.finish();
}

#[test]
fn from_a_thread_without_a_runtime_and_from_every_kind_of_worker() {
    let runtimes = [
        Builder::new_current_thread().enable_all().build(),
        Builder::new_multi_thread().worker_threads(1).enable_all().build(),
        Builder::new_multi_thread().worker_threads(4).enable_all().build(),
    ];
    for runtime in runtimes.map(Result::unwrap) {
        let (tracer, counting) = with_spans(50);
        runtime.block_on(async { assert_eq!(tracer.shutdown(LONG), Ok(())) });
        assert_all_sent(&tracer, &counting, 50);
        // In a task, and by its drop.
        let (tracer, counting) = with_spans(50);
        let clone = tracer.clone();
        runtime.block_on(async {
            tokio::spawn(async move { clone.shutdown(LONG) }).await.unwrap().unwrap();
        });
        assert_all_sent(&tracer, &counting, 50);
        let (tracer, counting) = with_spans(50);
        runtime.block_on(async { tokio::spawn(async move { drop(tracer) }).await.unwrap() });
        assert_eq!(counting.seen(), 50);
        // After the runtime is gone, with a span that a task of it has left open.
        let (tracer, counting) = with_spans(50);
        let span = tracer.span("left open").start();
        runtime.spawn(async move {
            let _span = span;
            std::future::pending::<()>().await;
        });
        drop(runtime);
        assert_eq!(tracer.shutdown(LONG), Ok(()));
        assert_all_sent(&tracer, &counting, 51);
    }
}

#[test]
fn while_panicking() {
    let (tracer, counting) = with_spans(50);
    struct Last(Tracer);
    impl Drop for Last {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            assert_eq!(self.0.shutdown(LONG), Ok(()));
        }
    }
    let last = Last(tracer.clone());
    let thread = std::thread::spawn(move || {
        let _last = last;
        panic!("on purpose");
    });
    assert!(thread.join().is_err());
    assert_all_sent(&tracer, &counting, 50);
}

#[test]
fn from_the_reporters_own_thread() {
    let (slot, answers) = (Arc::new(OnceLock::<Tracer>::new()), Arc::new(Mutex::new(Vec::new())));
    let (own, log) = (Arc::clone(&slot), Arc::clone(&answers));
    let reporter = Calls(move |batch: &Batch<'_>| {
        let tracer = own.get().unwrap();
        let mut log = log.lock().unwrap();
        log.push((batch.len(), tracer.flush(LONG), tracer.shutdown(LONG)));
        Outcome::Reported
    });
    let tracer = tracer_with(reporter, lazy());
    slot.set(tracer.clone()).unwrap();
    tracer.span("span").start().finish();
    let start = Instant::now();
    assert_eq!(tracer.flush(LONG), Ok(()));
    let refused = Err(ShutdownError::ReporterThread);
    assert_eq!(*answers.lock().unwrap(), [(1, refused, refused)]);
    // It has begun all the same: the thread ends after this round.
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    assert!(start.elapsed() < Duration::from_secs(5));
    tracer.span("late").start().finish();
    let books = settled(&tracer);
    assert_eq!((books.reported, books.dropped_for(DropReason::AfterShutdown)), (1, 1));
}

/// The last clone dropped by the reporter itself.
#[test]
fn by_a_drop_on_the_reporters_own_thread() {
    let slot = Arc::new(Mutex::new(None::<Tracer>));
    let (own, counting) = (Arc::clone(&slot), Counting::new());
    let seen = Arc::clone(&counting.seen);
    let reporter = Calls(move |batch: &Batch<'_>| {
        drop(own.lock().unwrap().take());
        seen.fetch_add(batch.len() as u64, std::sync::atomic::Ordering::SeqCst);
        Outcome::Reported
    });
    let options = lazy().with_schedule_delay(Duration::from_millis(50));
    let tracer = tracer_with(reporter, options);
    tracer.span("span").start().finish();
    *slot.lock().unwrap() = Some(tracer);
    assert!(common::wait_for(LONG, || counting.seen() == 1));
}

#[test]
fn a_flush_waits_for_what_finished_before_it_and_not_for_more() {
    let counting = Counting::slow(Duration::from_millis(30));
    let tracer = tracer_with(counting.clone(), lazy().with_max_batch(10));
    for round in 1..=5 {
        for _ in 0..20 {
            tracer.span("span").start().finish();
        }
        assert_eq!(tracer.flush(LONG), Ok(()));
        assert_eq!(counting.seen(), round * 20);
    }
    // With others that never stop, and from several threads at once.
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                tracer.span("noise").start().finish();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let flushes: Vec<_> = (0..4).map(|_| scope.spawn(|| tracer.flush(LONG))).collect();
        for flush in flushes {
            assert_eq!(flush.join().unwrap(), Ok(()));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    tracer.span("one more").start().finish();
    assert_eq!(tracer.flush(Duration::ZERO), Err(ShutdownError::Timeout));
    assert_eq!(settled(&tracer).reported, counting.seen());
}
