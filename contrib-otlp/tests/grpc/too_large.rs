//! Messages that are too large, by our limit or the receiver's.

use tonic::{Code, Status};
use tracer_core::{Books, DropReason};

use crate::support::grpc::{Fault, Receiver};
use crate::support::{self, WAIT, books, grpc_reporter, tracer_for};

const KIB: usize = 1 << 10;

/// Spans of about these many KiB, reported in one batch.
fn report(builder: contrib_otlp::OtlpReporterBuilder, sizes: &[usize]) -> Books {
    let tracer = tracer_for(builder);
    for kib in sizes {
        let span = tracer.span("work").root().start();
        for nth in 0..*kib {
            span.set_tag(format!("tag.{nth}"), "x".repeat(KIB));
        }
        span.finish();
    }
    tracer.flush(WAIT).unwrap();
    books(&tracer)
}

/// Reported, and too large; nothing else has been lost.
fn fates(books: &Books) -> [u64; 2] {
    let too_large = books.dropped_for(DropReason::TooLarge);
    assert_eq!((books.dropped(), books.outcome_unknown), (too_large, 0), "{books:?}");
    [books.reported, too_large]
}

#[test]
fn what_is_over_our_limit_goes_out_in_halves_or_is_counted() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let builder = grpc_reporter(&receiver.endpoint()).max_request_bytes(64 * KIB);
    assert_eq!(fates(&report(builder, &[20, 20, 20, 20, 90, 20])), [5, 1]);
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
    assert_eq!(fates(&report(builder, &[20, 20, 20, 20, 90, 20])), [5, 1]);
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
    assert_eq!(fates(&report(builder, &[10; 4])), [0, 4]);
    assert_eq!(receiver.calls(), 1 + 2 + 4);
}
