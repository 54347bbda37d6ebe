//! Receivers that mean harm: bounded work, and a count.

use std::time::{Duration, Instant};

use testing::collector::{Collector, Fault as Http};

use crate::support::grpc::{Fault, Receiver, Then};
use crate::support::raw::{Harm, Raw};
use crate::support::{self, WAIT, fates, grpc_reporter, report, tracer_for};

const SECOND: Duration = Duration::from_secs(1);

/// Five spans meet a fault; the next three must arrive. The fates of the five.
fn once(fault: &Fault) -> [u64; 4] {
    let receiver = Receiver::start();
    receiver.next([fault.clone()]);
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()).timeout(WAIT));
    let began = Instant::now();
    let fates_of_five = fates(&report(&tracer, 5));
    assert!(began.elapsed() < WAIT / 2, "{fault:?}: {:?}", began.elapsed());
    let books = report(&tracer, 3);
    assert_eq!(books.reported, fates_of_five[0] + 3, "{fault:?}");
    assert_eq!(receiver.span_count(), books.reported, "{fault:?}");
    fates_of_five
}

/// Zeros: as messages, empty ones without an end.
static ZEROS: [u8; 16 << 10] = [0; 16 << 10];

#[test]
fn s2_endless_replies_are_not_read() {
    if support::off() {
        return;
    }
    assert_eq!(once(&Fault::Reply(&[], &ZEROS, Then::Endless)), [0, 0, 5, 0]);
    // One message that says it has 4 GiB.
    assert_eq!(once(&Fault::Reply(&[], &[0, 255, 255, 255, 255], Then::Endless)), [0, 0, 5, 0]);
}

#[test]
fn s2_a_reply_that_has_no_end_is_abandoned_at_the_deadline() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    receiver.next([Fault::Reply(&[], &[0], Then::Trickle)]);
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()).timeout(SECOND));
    assert_eq!(fates(&report(&tracer, 5)), [0, 0, 0, 5]);
    assert_eq!(fates(&report(&tracer, 3)), [3, 0, 0, 5]);
    assert_eq!((receiver.connections(), receiver.span_count()), (2, 3));
}

#[test]
fn s2_a_bomb_is_not_unpacked() {
    if support::off() {
        return;
    }
    let packed: &[(&str, &str)] = &[("grpc-encoding", "gzip")];
    // "Compressed", and what would be the beginning of gzip.
    let bomb = Fault::Reply(packed, &[1, 0, 0, 0, 3, 0x1f, 0x8b, 8], Then::Ok);
    assert_eq!(once(&bomb), [0, 0, 5, 0]);
}

#[test]
fn s2_a_million_headers_are_not_read() {
    if support::off() {
        return;
    }
    for count in [2_000, 1_000_000] {
        let raw = Raw::start(Harm::Headers(count));
        let builder = grpc_reporter(&raw.endpoint()).timeout(WAIT).max_elapsed(WAIT);
        let books = report(&tracer_for(builder), 5);
        assert_eq!(fates(&books), [0, 0, 5, 0], "{count}");
        assert_eq!(raw.connections(), 1, "{count}: not asked again");
    }
}

#[test]
fn s2_a_slow_loris_is_abandoned_at_the_deadline() {
    if support::off() {
        return;
    }
    let raw = Raw::start(Harm::SlowLoris);
    let builder = grpc_reporter(&raw.endpoint()).timeout(SECOND / 2);
    assert_eq!(fates(&report(&tracer_for(builder), 5)), [0, 0, 0, 5]);
    assert_eq!(raw.connections(), 1);
}

#[test]
fn a_reset_in_the_middle_is_tried_again_and_may_have_delivered() {
    if support::off() {
        return;
    }
    let raw = Raw::start(Harm::Reset);
    let builder = grpc_reporter(&raw.endpoint()).max_elapsed(SECOND);
    assert_eq!(fates(&report(&tracer_for(builder), 5)), [0, 0, 0, 5]);
    assert!(raw.connections() > 1, "{}", raw.connections());
}

#[test]
fn what_is_no_grpc_is_a_failure() {
    if support::off() {
        return;
    }
    // A server of HTTP/1.1, which leaves the connection open.
    let collector = Collector::start();
    collector.always(Http::SlowLoris);
    let builder = grpc_reporter(&collector.endpoint()).timeout(WAIT);
    assert_eq!(fates(&report(&tracer_for(builder), 5)), [0, 0, 5, 0]);
    // No status, no message, half a message, two messages, a message that is shorter than it says.
    for fault in [
        Fault::Reply(&[], &[0, 0, 0, 0, 0], Then::End),
        Fault::Reply(&[], &[], Then::Ok),
        Fault::Reply(&[], &[0, 0, 0], Then::Ok),
        Fault::Reply(&[], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Then::Ok),
        Fault::Reply(&[], &[0, 0, 0, 0, 2, 1], Then::Ok),
        Fault::Reply(&[("grpc-status", "0")], &[], Then::End),
        Fault::Reply(&[("grpc-status", "soon")], &[], Then::End),
    ] {
        assert_eq!(once(&fault), [0, 0, 5, 0], "{fault:?}");
    }
}

#[test]
fn details_that_are_none_make_nothing_panic() {
    if support::off() {
        return;
    }
    for details in ["!!", "AAAA", "CP////////////8B", "Gv8B"] {
        let head = vec![("grpc-status", "8"), ("grpc-status-details-bin", details)].leak();
        assert_eq!(once(&Fault::Reply(head, &[], Then::End)), [0, 5, 0, 0], "{details}");
    }
    let head: &[(&str, &str)] = &[("grpc-status", "14"), ("grpc-message", "%zz%f")];
    assert_eq!(once(&Fault::Reply(head, &[], Then::End)), [5, 0, 0, 0]);
}
