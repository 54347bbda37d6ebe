//! Shutdown returns by its deadline, whatever the collector does.

mod support;

use std::time::{Duration, Instant};

use support::{WAIT, fates, reporter, spans, tracer_for};
use testing::collector::{Collector, Fault, Refusing};
use tracer_core::Tracer;

const DEADLINE: Duration = Duration::from_millis(500);
/// Over that on a machine that has other things to do.
const SLACK: Duration = Duration::from_secs(5);

/// Shuts down with 700 spans queued: two batches. How long it took, and the books.
fn shut_down(tracer: &Tracer, deadline: Duration) -> (Duration, tracer_core::Books) {
    spans(tracer, 700);
    let began = Instant::now();
    let _ = tracer.shutdown(deadline);
    let took = began.elapsed();
    let books = tracer.books();
    assert!(books.balance(), "{books:?}");
    assert_eq!((books.finished, books.reported), (700, 0), "{books:?}");
    assert_eq!((books.queued, books.in_flight), (0, 0), "{books:?}");
    (took, books)
}

#[test]
fn a_hung_collector_costs_the_deadline_and_no_more() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::Hang);
    let tracer = tracer_for(reporter(&collector.endpoint()));
    let (took, books) = shut_down(&tracer, DEADLINE);
    assert!(took < DEADLINE + SLACK, "{took:?}");
    assert_eq!(books.dropped() + books.outcome_unknown, 700);
    assert!(books.outcome_unknown > 0, "{books:?}");
}

#[test]
fn the_last_attempt_ends_before_the_deadline() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::Hang);
    let tracer = tracer_for(reporter(&collector.endpoint()));
    spans(&tracer, 100);
    // Done by itself: the reporter's thread does not linger until the request's own timeout.
    tracer.shutdown(2 * DEADLINE).unwrap();
    assert_eq!(fates(&tracer.books()), [0, 0, 0, 100]);
}

#[test]
fn a_request_under_way_does_not_hold_shutdown_up() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::Hang);
    let tracer = tracer_for(reporter(&collector.endpoint()));
    spans(&tracer, 100);
    std::thread::scope(|scope| {
        scope.spawn(|| tracer.flush(WAIT));
        assert!(collector.wait_for_requests(1));
        let began = Instant::now();
        assert!(tracer.shutdown(DEADLINE).is_err());
        assert!(began.elapsed() < DEADLINE + SLACK);
    });
    assert_eq!(fates(&tracer.books()), [0, 0, 0, 100]);
}

#[test]
fn nothing_is_tried_again_at_shutdown() {
    if support::off() {
        return;
    }
    let nobody = Refusing::start();
    let tracer = tracer_for(reporter(&nobody.endpoint()));
    let (took, books) = shut_down(&tracer, WAIT);
    assert!(took < WAIT / 2, "{took:?}");
    assert_eq!(fates(&books), [0, 0, 700, 0]);
}

#[test]
fn a_pause_ends_with_the_tracer() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::retry_after(503, "30"));
    let tracer = tracer_for(reporter(&collector.endpoint()));
    spans(&tracer, 100);
    std::thread::scope(|scope| {
        scope.spawn(|| tracer.flush(WAIT));
        assert!(collector.wait_for_requests(1));
        let began = Instant::now();
        tracer.shutdown(WAIT).unwrap();
        assert!(began.elapsed() < WAIT / 2);
    });
    assert_eq!(fates(&tracer.books()), [0, 0, 100, 0]);
    assert_eq!(collector.requests().len(), 1);
}

#[test]
fn sixteen_threads_and_twice() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()));
    spans(&tracer, 100);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| tracer.shutdown(WAIT).unwrap());
        }
    });
    tracer.shutdown(WAIT).unwrap();
    drop(tracer);
    assert_eq!(collector.span_count(), 100);
}
