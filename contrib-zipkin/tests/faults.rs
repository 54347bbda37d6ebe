//! Receivers that fail: the outcome of each fault, exactly, and how often it was tried.

mod support;

use std::time::{Duration, Instant};

use support::{WAIT, fates, report, reporter, spans, tracer_for};
use testing::collector::{Collector, Fault, Refusing};

const SECOND: Duration = Duration::from_secs(1);

/// Seven spans meet a fault that stays. The fates, and the number of requests.
fn always(fault: Fault, timeout: Duration) -> ([u64; 4], usize) {
    let collector = Collector::start();
    collector.always(fault);
    let builder = reporter(&collector.endpoint()).timeout(timeout).max_elapsed(SECOND);
    let began = Instant::now();
    let books = report(&tracer_for(builder), 7);
    assert!(began.elapsed() < WAIT, "{:?}", began.elapsed());
    assert_eq!(books.reported, collector.span_count());
    (fates(&books), collector.requests().len())
}

#[test]
fn a_client_error_is_final() {
    if support::off() {
        return;
    }
    for code in [400, 401, 404] {
        assert_eq!(always(Fault::status(code), SECOND), ([0, 7, 0, 0], 1), "{code}");
    }
}

#[test]
fn what_is_too_large_for_the_server_is_counted_as_that() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::Limit(16 << 10));
    let books = report(&tracer_for(reporter(&collector.endpoint())), 200);
    assert_eq!((books.reported, books.dropped()), (200, 0), "in parts");
    assert_eq!(collector.span_count(), 200);
    collector.always(Fault::status(413));
    let books = report(&tracer_for(reporter(&collector.endpoint())), 7);
    assert_eq!(books.dropped_for(tracer_core::DropReason::TooLarge), 7);
}

#[test]
fn most_server_errors_are_final() {
    if support::off() {
        return;
    }
    for code in [500, 501, 304] {
        assert_eq!(always(Fault::status(code), SECOND), ([0, 0, 7, 0], 1), "{code}");
    }
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.next([Fault::retry_after(503, "1"), Fault::retry_after(429, "0")]);
    let began = Instant::now();
    let books = report(&tracer_for(reporter(&collector.endpoint())), 7);
    assert_eq!(fates(&books), [7, 0, 0, 0]);
    assert!(began.elapsed() >= SECOND && began.elapsed() < WAIT, "{:?}", began.elapsed());
    assert_eq!((collector.span_count(), collector.requests().len()), (7, 3));
    let bodies: Vec<_> = collector.requests().into_iter().map(|request| request.body).collect();
    assert!(bodies.windows(2).all(|two| two[0] == two[1]), "what is repeated is the same");
}

#[test]
fn a_server_that_stays_away_is_given_up() {
    if support::off() {
        return;
    }
    let (fates_of_seven, requests) = always(Fault::retry_after(503, "0"), SECOND);
    assert_eq!(fates_of_seven, [0, 0, 7, 0]);
    assert!((5..=10).contains(&requests), "{requests}");
    assert_eq!(always(Fault::retry_after(503, "30"), SECOND), ([0, 0, 7, 0], 1));
    let nobody = Refusing::start();
    let books = report(&tracer_for(reporter(&nobody.endpoint()).max_elapsed(SECOND)), 7);
    assert_eq!(fates(&books), [0, 0, 7, 0]);
}

#[test]
fn an_endless_reply_is_not_read() {
    if support::off() {
        return;
    }
    for (code, expected) in [(202, [0, 0, 7, 0]), (400, [0, 7, 0, 0]), (500, [0, 0, 7, 0])] {
        assert_eq!(always(Fault::EndlessBody { code }, SECOND), (expected, 1), "{code}");
    }
}

#[test]
fn no_answer_is_an_unknown_outcome() {
    if support::off() {
        return;
    }
    let short = Duration::from_millis(200);
    assert_eq!(always(Fault::Hang, short), ([0, 0, 0, 7], 1));
    assert_eq!(always(Fault::SlowLoris, short), ([0, 0, 0, 7], 1));
    assert_eq!(always(Fault::SlowBody, short), ([0, 0, 0, 7], 1));
    assert_eq!(always(Fault::CloseInReply, SECOND), ([0, 0, 0, 7], 1));
    assert_eq!(always(Fault::CloseUnanswered, SECOND).0, [0, 0, 0, 7]);
}

#[test]
fn what_is_no_zipkin_is_a_failure() {
    if support::off() {
        return;
    }
    assert_eq!(always(Fault::NoHttp, SECOND), ([0, 0, 7, 0], 1));
    let other = Collector::start();
    let to = other.endpoint();
    assert_eq!(always(Fault::Redirect { code: 307, to }, SECOND), ([0, 0, 7, 0], 1));
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_hung_receiver_costs_a_shutdown_its_deadline_and_no_more() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::Hang);
    let tracer = tracer_for(reporter(&collector.endpoint()));
    spans(&tracer, 100);
    let began = Instant::now();
    // The reporter's own deadline is before this one.
    tracer.shutdown(WAIT).unwrap();
    assert!(began.elapsed() < WAIT, "{:?}", began.elapsed());
    assert_eq!(fates(&support::books(&tracer)), [0, 0, 0, 100]);
    tracer.shutdown(WAIT).unwrap();
}
