//! Requests that are too large, by our limit or the receiver's: sent in parts, and what is too
//! large by itself is counted as that.

mod support;

use support::sized::{KIB, fates, report};
use support::{reporter, tracer_for};
use testing::collector::{Collector, Fault};
use tracer_core::DropReason;

#[test]
fn a_batch_over_the_limit_goes_out_in_halves() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()).max_request_bytes(64 * KIB));
    assert_eq!(fates(&report(&tracer, &[20; 9])), [9, 0]);
    assert_eq!(collector.span_count(), 9);
    let requests = collector.requests();
    // 9 spans: 4 and 5, then 2 and 2, 2 and 3.
    let sizes: Vec<usize> = requests.iter().map(|request| request.spans().count()).collect();
    assert_eq!(sizes, [2, 2, 2, 3]);
    assert!(requests.iter().all(|request| request.body.len() <= 64 * KIB));
    // All of them, each once, in their order.
    let starts: Vec<u64> = collector.spans().iter().map(|span| span.start_time_unix_nano).collect();
    assert!(starts.is_sorted() && starts.len() == 9, "{starts:?}");
}

#[test]
fn a_span_over_the_limit_is_counted_and_costs_no_other() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()).max_request_bytes(64 * KIB));
    assert_eq!(fates(&report(&tracer, &[1, 1, 90, 1, 1, 1])), [5, 1]);
    assert_eq!(collector.span_count(), 5);
    // By itself nothing is sent at all.
    let requests = collector.requests().len();
    assert_eq!(fates(&report(&tracer, &[90])), [5, 2]);
    assert_eq!(collector.requests().len(), requests);
}

#[test]
fn s3_a_413_is_answered_with_halves_and_never_with_the_same() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::Limit(64 * KIB));
    let tracer = tracer_for(reporter(&collector.endpoint()));
    assert_eq!(fates(&report(&tracer, &[20, 20, 20, 20, 90, 20])), [5, 1]);
    assert_eq!(collector.span_count(), 5);
    let bodies: Vec<Vec<u8>> = collector.requests().into_iter().map(|seen| seen.body).collect();
    for (nth, body) in bodies.iter().enumerate() {
        assert!(!bodies[..nth].contains(body), "request {nth} was sent before");
    }
}

#[test]
fn s3_who_finds_everything_too_large_is_not_asked_for_ever() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::status(413));
    let tracer = tracer_for(reporter(&collector.endpoint()));
    // 500 spans of a hundred bytes: 50 KiB, halved twice.
    let books = support::report(&tracer, 500);
    assert_eq!(fates(&books), [0, 500]);
    assert!(collector.requests().len() <= 7, "{}", collector.requests().len());
    assert_eq!(support::report(&tracer, 7).dropped_for(DropReason::TooLarge), 507);
    assert_eq!(collector.span_count(), 0);
}

#[test]
fn parts_fare_each_in_their_own_way() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()).max_request_bytes(64 * KIB));
    collector.next([
        Fault::None,
        Fault::status(400),
        Fault::status(500),
        Fault::PartialSuccess { rejected: 1, message: "old".into() },
    ]);
    // In parts of 2, 2, 2 and 3.
    let books = report(&tracer, &[20; 9]);
    assert_eq!(books.reported, 2 + 2);
    assert_eq!(books.dropped_for(DropReason::RejectedByServer), 2 + 1);
    assert_eq!(books.dropped_for(DropReason::ExportFailed), 2);
    assert_eq!(collector.span_count(), books.reported);
}
