//! Receivers that fail: the outcome of each fault, exactly, and how often it was tried.

use std::time::{Duration, Instant};

use prost::Message;
use testing::collector::{Collector, Fault as Raw, Refusing};
use tonic::{Code, Status};

use crate::support::grpc::{Fault, Receiver};
use crate::support::{self, WAIT, fates, grpc_reporter, report, spans, tracer_for};

const SECOND: Duration = Duration::from_secs(1);

/// Seven spans meet a fault that stays. The fates, and the number of calls.
fn always(fault: Fault, timeout: Duration) -> ([u64; 4], usize) {
    let receiver = Receiver::start();
    receiver.always(fault);
    let builder = grpc_reporter(&receiver.endpoint()).timeout(timeout).max_elapsed(SECOND);
    let books = report(&tracer_for(builder), 7);
    assert_eq!(books.reported, receiver.span_count());
    (fates(&books), receiver.calls())
}

fn status(code: Code) -> Fault {
    Fault::Status(Status::new(code, "no"))
}

/// A status with a `RetryInfo` of so many seconds.
fn come_back(code: Code, seconds: i64) -> Fault {
    #[derive(Clone, PartialEq, Message)]
    struct RpcStatus {
        #[prost(message, repeated, tag = "3")]
        details: Vec<Any>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Any {
        #[prost(string, tag = "1")]
        type_url: String,
        #[prost(message, optional, tag = "2")]
        value: Option<RetryInfo>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct RetryInfo {
        #[prost(message, optional, tag = "1")]
        retry_delay: Option<Delay>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Delay {
        #[prost(int64, tag = "1")]
        seconds: i64,
    }
    let value = Some(RetryInfo { retry_delay: Some(Delay { seconds }) });
    let type_url = "type.googleapis.com/google.rpc.RetryInfo".to_owned();
    let details = RpcStatus { details: vec![Any { type_url, value }] }.encode_to_vec();
    Fault::Status(Status::with_details(code, "no", details.into()))
}

const AGAIN: [Code; 6] = [
    Code::Cancelled,
    Code::DeadlineExceeded,
    Code::Aborted,
    Code::OutOfRange,
    Code::Unavailable,
    Code::DataLoss,
];

#[test]
fn s3_six_codes_heal() {
    if support::off() {
        return;
    }
    for code in AGAIN {
        let receiver = Receiver::start();
        receiver.next([status(code), come_back(code, -1)]);
        let books = report(&tracer_for(grpc_reporter(&receiver.endpoint())), 7);
        assert_eq!(fates(&books), [7, 0, 0, 0], "{code:?}");
        assert_eq!((receiver.span_count(), receiver.calls()), (7, 3), "{code:?}");
        assert_eq!(receiver.connections(), 1, "{code:?}");
    }
}

#[test]
fn s3_the_other_codes_are_final() {
    if support::off() {
        return;
    }
    for code in [
        Code::InvalidArgument,
        Code::NotFound,
        Code::AlreadyExists,
        Code::PermissionDenied,
        Code::ResourceExhausted,
        Code::FailedPrecondition,
        Code::Unimplemented,
        Code::Unauthenticated,
    ] {
        assert_eq!(always(status(code), SECOND), ([0, 7, 0, 0], 1), "{code:?}");
    }
    for code in [Code::Unknown, Code::Internal] {
        assert_eq!(always(status(code), SECOND), ([0, 0, 7, 0], 1), "{code:?}");
    }
}

#[test]
fn s3_resource_exhausted_is_tried_again_where_the_receiver_says_when() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    receiver.next([come_back(Code::ResourceExhausted, 1)]);
    let began = Instant::now();
    let books = report(&tracer_for(grpc_reporter(&receiver.endpoint())), 7);
    assert_eq!((fates(&books), receiver.calls()), ([7, 0, 0, 0], 2));
    assert!(began.elapsed() >= SECOND, "{:?}", began.elapsed());
}

#[test]
fn s3_a_retry_info_is_held_between_100_ms_and_30_s() {
    if support::off() {
        return;
    }
    for soon in [0, -1, i64::MIN] {
        let (fates, calls) = always(come_back(Code::Unavailable, soon), SECOND);
        assert_eq!(fates, [0, 0, 7, 0], "{soon}");
        // Every 100 ms for a second, where nothing else takes time.
        assert!((2..=10).contains(&calls), "{soon}: {calls}");
    }
    // Longer than all the time there is for a batch.
    for late in [30, 1_000_000_000_000_000_000, i64::MAX] {
        let began = Instant::now();
        let outcome = always(come_back(Code::ResourceExhausted, late), SECOND);
        assert_eq!(outcome, ([0, 0, 7, 0], 1), "{late}");
        assert!(began.elapsed() < WAIT, "{late}");
    }
}

#[test]
fn s3_partial_success_is_counted_and_never_repeated() {
    if support::off() {
        return;
    }
    assert_eq!(always(Fault::Partial(3), SECOND), ([4, 3, 0, 0], 1));
    assert_eq!(always(Fault::Partial(7), SECOND), ([0, 7, 0, 0], 1));
    assert_eq!(always(Fault::Partial(i64::MAX), SECOND), ([0, 7, 0, 0], 1));
    assert_eq!(always(Fault::Partial(0), SECOND), ([7, 0, 0, 0], 1));
    assert_eq!(always(Fault::Partial(-1), SECOND), ([7, 0, 0, 0], 1));
}

#[test]
fn proxies_that_answer_in_http_are_understood() {
    if support::off() {
        return;
    }
    for code in [429, 502, 503, 504] {
        let receiver = Receiver::start();
        receiver.next([Fault::Http(code)]);
        let books = report(&tracer_for(grpc_reporter(&receiver.endpoint())), 7);
        assert_eq!((fates(&books), receiver.calls()), ([7, 0, 0, 0], 2), "{code}");
    }
    for code in [401, 403, 404] {
        assert_eq!(always(Fault::Http(code), SECOND), ([0, 7, 0, 0], 1), "{code}");
    }
    for code in [400, 500] {
        assert_eq!(always(Fault::Http(code), SECOND), ([0, 0, 7, 0], 1), "{code}");
    }
}

#[test]
fn at_its_deadline_a_call_is_abandoned_and_its_connection_closed() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    receiver.next([Fault::Hang]);
    let builder = grpc_reporter(&receiver.endpoint()).timeout(SECOND);
    let tracer = tracer_for(builder);
    assert_eq!(fates(&report(&tracer, 7)), [0, 0, 0, 7]);
    assert_eq!(fates(&report(&tracer, 2)), [2, 0, 0, 7]);
    assert_eq!((receiver.calls(), receiver.connections()), (2, 2));
    assert_eq!(receiver.span_count(), 2);
}

#[test]
fn a_black_hole_is_asked_once_and_the_outcome_is_unknown() {
    if support::off() {
        return;
    }
    let hole = Collector::start();
    hole.always(Raw::HangUnread);
    let builder = grpc_reporter(&hole.endpoint()).timeout(SECOND / 4);
    assert_eq!(fates(&report(&tracer_for(builder), 7)), [0, 0, 0, 7]);
    assert_eq!(hole.connections(), 1);
}

#[test]
fn a_batch_that_does_not_go_out_has_failed() {
    // More than the buffers of both ends hold.
    const LARGE: usize = 64 << 20;
    if support::off() {
        return;
    }
    let hole = Collector::start();
    hole.always(Raw::HangUnread);
    let builder = grpc_reporter(&hole.endpoint())
        .timeout(SECOND)
        .max_elapsed(SECOND)
        .max_request_bytes(2 * LARGE);
    let recorder = tracer_core::RecorderOptions::default()
        .with_max_bytes(4 * LARGE)
        .with_schedule_delay(Duration::from_secs(3600));
    let limits = tracer_core::Limits::default().with_value_bytes(LARGE).with_span_bytes(2 * LARGE);
    let tracer = tracer_core::Tracer::builder("shop")
        .recorder(recorder)
        .limits(limits)
        .reporter(builder.build().unwrap())
        .build();
    let span = tracer.span("large").root().start();
    span.set_tag("tag", "x".repeat(LARGE));
    span.finish();
    tracer.flush(WAIT).unwrap();
    assert_eq!(fates(&support::books(&tracer)), [0, 0, 1, 0]);
}

#[test]
fn a_refused_connection_is_tried_again() {
    if support::off() {
        return;
    }
    let nobody = Refusing::start();
    let builder = grpc_reporter(&nobody.endpoint()).max_elapsed(SECOND);
    let began = Instant::now();
    let books = report(&tracer_for(builder), 7);
    assert_eq!(fates(&books), [0, 0, 7, 0]);
    assert!(began.elapsed() > SECOND / 3, "{:?}", began.elapsed());
}

#[test]
fn a_hung_receiver_costs_a_shutdown_its_deadline_and_no_more() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    receiver.always(Fault::Hang);
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()).timeout(WAIT));
    spans(&tracer, 700);
    let began = Instant::now();
    let _ = tracer.shutdown(SECOND);
    assert!(began.elapsed() < WAIT / 2, "{:?}", began.elapsed());
    let books = tracer.books();
    assert!(books.balance(), "{books:?}");
    assert_eq!((books.reported, books.queued, books.in_flight), (0, 0, 0), "{books:?}");
    assert!(books.outcome_unknown >= 512, "{books:?}");
    assert_eq!(books.dropped() + books.outcome_unknown, 700);
}
