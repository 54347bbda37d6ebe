//! Collectors that fail: the outcome of each fault, exactly, and how often it was tried.

mod support;

use std::time::{Duration, Instant};

use support::{WAIT, books, fates, report, reporter, spans, tracer_for};
use testing::collector::{Collector, Fault, Refusing};
use tracer_core::{Limits, RecorderOptions, Tracer};

const SECOND: Duration = Duration::from_secs(1);

/// Seven spans meet a fault that stays. The fates, and the number of requests.
fn always(fault: Fault, timeout: Duration) -> ([u64; 4], usize) {
    let collector = Collector::start();
    collector.always(fault);
    let builder = reporter(&collector.endpoint()).timeout(timeout).max_elapsed(SECOND);
    let began = Instant::now();
    let books = report(&tracer_for(builder), 7);
    assert!(began.elapsed() < WAIT / 2, "{:?}", began.elapsed());
    assert_eq!(books.reported, collector.span_count());
    (fates(&books), collector.requests().len())
}

#[test]
fn s3_a_client_error_is_final() {
    if support::off() {
        return;
    }
    for code in [400, 401, 403, 404, 418] {
        assert_eq!(always(Fault::status(code), SECOND), ([0, 7, 0, 0], 1), "{code}");
        let later = Fault::retry_after(code, "1");
        assert_eq!(always(later, SECOND), ([0, 7, 0, 0], 1), "{code}");
    }
}

#[test]
fn s3_most_server_errors_are_final() {
    if support::off() {
        return;
    }
    for code in [500, 501, 505, 599, 304] {
        assert_eq!(always(Fault::status(code), SECOND), ([0, 0, 7, 0], 1), "{code}");
    }
}

#[test]
fn four_statuses_are_tried_again_until_time_is_up() {
    if support::off() {
        return;
    }
    for code in [429, 502, 503, 504] {
        let (fates, requests) = always(Fault::retry_after(code, "0"), SECOND);
        assert_eq!(fates, [0, 0, 7, 0], "{code}");
        // Every 100 ms for a second.
        assert!((5..=10).contains(&requests), "{code}: {requests}");
    }
}

#[test]
fn s3_a_retry_after_is_held_between_100_ms_and_30_s() {
    if support::off() {
        return;
    }
    for soon in ["0", "-1", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let (fates, requests) = always(Fault::retry_after(503, soon), SECOND);
        assert_eq!(fates, [0, 0, 7, 0], "{soon}");
        assert!((2..=10).contains(&requests), "{soon}: {requests}");
    }
    // Longer than all the time there is for a batch.
    for late in ["30", "1e18", "1000000000000000000", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let outcome = always(Fault::retry_after(429, late), SECOND);
        assert_eq!(outcome, ([0, 0, 7, 0], 1), "{late}");
    }
}

#[test]
fn four_statuses_heal() {
    if support::off() {
        return;
    }
    for code in [429, 502, 503, 504] {
        let collector = Collector::start();
        collector.next([Fault::status(code), Fault::retry_after(code, "-1")]);
        let books = report(&tracer_for(reporter(&collector.endpoint())), 7);
        assert_eq!(fates(&books), [7, 0, 0, 0]);
        assert_eq!((collector.span_count(), collector.requests().len()), (7, 3));
        assert_eq!(collector.connections(), 1);
    }
}

#[test]
fn retry_after_is_waited_for() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.next([Fault::retry_after(503, "1")]);
    let began = Instant::now();
    let books = report(&tracer_for(reporter(&collector.endpoint())), 7);
    assert_eq!(fates(&books), [7, 0, 0, 0]);
    assert!(began.elapsed() >= SECOND && began.elapsed() < WAIT / 2);
}

#[test]
fn a_pause_longer_than_what_is_left_is_not_begun() {
    if support::off() {
        return;
    }
    let (fates, requests) = always(Fault::retry_after(503, "1e18"), SECOND);
    assert_eq!((fates, requests), ([0, 0, 7, 0], 1));
}

#[test]
fn a_refused_connection_is_tried_again() {
    if support::off() {
        return;
    }
    let nobody = Refusing::start();
    let builder = reporter(&nobody.endpoint()).max_elapsed(SECOND);
    let began = Instant::now();
    let books = report(&tracer_for(builder), 7);
    assert_eq!(fates(&books), [0, 0, 7, 0]);
    assert!(began.elapsed() > SECOND / 3, "{:?}", began.elapsed());
}

#[test]
fn a_hung_collector_is_asked_once_and_the_outcome_is_unknown() {
    if support::off() {
        return;
    }
    let short = Duration::from_millis(200);
    assert_eq!(always(Fault::Hang, short), ([0, 0, 0, 7], 1));
    assert_eq!(always(Fault::HangUnread, short), ([0, 0, 0, 7], 0));
    assert_eq!(always(Fault::SlowLoris, short), ([0, 0, 0, 7], 1));
}

#[test]
fn a_batch_that_does_not_go_out_has_failed() {
    // One span, which is more than the buffers of both ends hold.
    const LARGE: usize = 64 << 20;
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::HangUnread);
    let builder = reporter(&collector.endpoint())
        .timeout(Duration::from_millis(800))
        .max_elapsed(Duration::from_millis(850))
        .max_request_bytes(2 * LARGE);
    let recorder = RecorderOptions::default()
        .with_max_bytes(4 * LARGE)
        .with_schedule_delay(Duration::from_secs(3600));
    let limits = Limits::default().with_value_bytes(LARGE).with_span_bytes(2 * LARGE);
    let reporter = builder.build().unwrap();
    let tracer =
        Tracer::builder("shop").recorder(recorder).limits(limits).reporter(reporter).build();
    let span = tracer.span("large").root().start();
    span.set_tag("tag", "x".repeat(LARGE));
    span.finish();
    tracer.flush(WAIT).unwrap();
    assert_eq!(fates(&books(&tracer)), [0, 0, 1, 0]);
}

#[test]
fn a_broken_connection_is_tried_again_and_may_have_delivered() {
    if support::off() {
        return;
    }
    for fault in [Fault::ResetInRequest, Fault::CloseUnanswered] {
        let (fates, _) = always(fault.clone(), SECOND);
        assert_eq!(fates, [0, 0, 0, 7], "{fault:?}");
        let collector = Collector::start();
        collector.next([fault]);
        let books = report(&tracer_for(reporter(&collector.endpoint())), 7);
        assert_eq!(support::fates(&books), [7, 0, 0, 0]);
        assert_eq!(collector.span_count(), 7);
    }
}

#[test]
fn who_is_refused_after_a_broken_connection_may_have_delivered() {
    if support::off() {
        return;
    }
    let refused = || Fault::Status { code: 400, retry_after: None };
    for (first, fates) in [(Fault::CloseUnanswered, [0, 0, 0, 7]), (refused(), [0, 7, 0, 0])] {
        let collector = Collector::start();
        collector.next([first, refused()]);
        let books = report(&tracer_for(reporter(&collector.endpoint())), 7);
        assert_eq!(support::fates(&books), fates);
    }
}

#[test]
fn a_reply_that_breaks_off_leaves_the_outcome_unknown() {
    if support::off() {
        return;
    }
    assert_eq!(always(Fault::CloseInReply, SECOND), ([0, 0, 0, 7], 1));
}

#[test]
fn s3_partial_success_is_counted_and_never_repeated() {
    if support::off() {
        return;
    }
    let partial = |rejected, message: &str| {
        let message = message.to_owned();
        always(Fault::PartialSuccess { rejected, message }, SECOND)
    };
    assert_eq!(partial(3, "too old"), ([4, 3, 0, 0], 1));
    assert_eq!(partial(7, ""), ([0, 7, 0, 0], 1));
    assert_eq!(partial(i64::MAX, ""), ([0, 7, 0, 0], 1));
    assert_eq!(partial(0, "slow down, please"), ([7, 0, 0, 0], 1));
    assert_eq!(partial(-1, ""), ([7, 0, 0, 0], 1));
}

#[test]
fn a_restarted_collector_gets_the_next_batch() {
    if support::off() {
        return;
    }
    let collector = Collector::start_on_fixed_port();
    let address = collector.address();
    let builder = reporter(&collector.endpoint()).max_elapsed(Duration::from_millis(250));
    let tracer = tracer_for(builder);
    assert_eq!(fates(&report(&tracer, 5)), [5, 0, 0, 0]);
    collector.stop();
    assert_eq!(report(&tracer, 6).reported, 5);
    let collector = Collector::start_at(address);
    let books = report(&tracer, 7);
    assert_eq!(books.reported, 12);
    assert_eq!(collector.span_count(), 7);
    assert_eq!(books.dropped() + books.outcome_unknown, 6);
}

#[test]
fn a_collector_that_restarts_in_time_costs_nothing() {
    if support::off() {
        return;
    }
    let collector = Collector::start_on_fixed_port();
    let address = collector.address();
    let tracer = tracer_for(reporter(&collector.endpoint()));
    collector.stop();
    spans(&tracer, 9);
    let books = std::thread::scope(|scope| {
        scope.spawn(|| tracer.flush(WAIT).unwrap());
        std::thread::sleep(Duration::from_millis(300));
        let collector = Collector::start_at(address);
        assert!(collector.wait_for_requests(1));
        tracer.flush(WAIT).unwrap();
        assert_eq!(collector.span_count(), 9);
        books(&tracer)
    });
    assert_eq!(fates(&books), [9, 0, 0, 0]);
}
