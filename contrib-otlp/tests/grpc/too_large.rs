//! Messages that are too large, by our limit or the receiver's.

use tonic::{Code, Status};

use crate::support::grpc::{Fault, Receiver};
use crate::support::sized::{KIB, fates, report};
use crate::support::{self, grpc_reporter, tracer_for};

#[test]
fn what_is_over_our_limit_goes_out_in_halves_or_is_counted() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let builder = grpc_reporter(&receiver.endpoint()).max_request_bytes(64 * KIB);
    assert_eq!(fates(&report(&tracer_for(builder), &[20, 20, 20, 20, 90, 20])), [5, 1]);
    assert_eq!(receiver.span_count(), 5);
}

#[test]
fn what_is_over_the_receiver_s_limit_goes_out_in_halves_or_is_counted() {
    if support::off() {
        return;
    }
    // tonic's own words for it.
    let receiver = Receiver::with_limit(64 * KIB);
    let builder = grpc_reporter(&receiver.endpoint());
    assert_eq!(fates(&report(&tracer_for(builder), &[20, 20, 20, 20, 90, 20])), [5, 1]);
    assert_eq!(receiver.span_count(), 5);
}

#[test]
fn who_finds_everything_too_large_is_not_asked_for_ever() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let words = "grpc: received message larger than max (5 vs. 4)";
    receiver.always(Fault::Status(Status::new(Code::ResourceExhausted, words)));
    let builder = grpc_reporter(&receiver.endpoint());
    assert_eq!(fates(&report(&tracer_for(builder), &[10; 4])), [0, 4]);
    assert_eq!(receiver.calls(), 1 + 2 + 4);
}
