//! Collectors that mean harm: bounded work, and a count.

mod support;

use std::time::{Duration, Instant};

use support::{fates, report, reporter, tracer_for};
use testing::collector::{Collector, Fault};

/// Five spans meet a fault; the next three must arrive. The fates of the five.
fn once(fault: &Fault) -> [u64; 4] {
    let collector = Collector::start();
    collector.next([fault.clone()]);
    let builder = reporter(&collector.endpoint()).timeout(Duration::from_secs(10));
    let tracer = tracer_for(builder);
    let began = Instant::now();
    let fates_of_five = fates(&report(&tracer, 5));
    assert!(began.elapsed() < Duration::from_secs(8), "{fault:?}: {:?}", began.elapsed());
    let books = report(&tracer, 3);
    assert_eq!(books.reported, fates_of_five[0] + 3, "{fault:?}");
    assert_eq!(collector.span_count(), books.reported, "{fault:?}");
    fates_of_five
}

#[test]
fn s2_endless_bodies_are_not_read() {
    if support::off() {
        return;
    }
    assert_eq!(once(&Fault::EndlessBody { code: 200 }), [0, 0, 5, 0]);
    assert_eq!(once(&Fault::EndlessBody { code: 400 }), [0, 5, 0, 0]);
    assert_eq!(once(&Fault::EndlessBody { code: 500 }), [0, 0, 5, 0]);
}

#[test]
fn an_endless_body_does_not_keep_a_retry_from_being_made() {
    if support::off() {
        return;
    }
    assert_eq!(once(&Fault::EndlessBody { code: 503 }), [5, 0, 0, 0]);
}

#[test]
fn s2_a_bomb_is_not_unpacked() {
    if support::off() {
        return;
    }
    assert_eq!(once(&Fault::Bomb), [0, 0, 5, 0]);
}

#[test]
fn s2_too_many_headers_are_a_failure() {
    if support::off() {
        return;
    }
    assert_eq!(once(&Fault::ManyHeaders(200)), [0, 0, 5, 0]);
    assert_eq!(once(&Fault::ManyHeaders(1_000_000)), [0, 0, 5, 0]);
}

#[test]
fn what_is_no_http_is_a_failure() {
    if support::off() {
        return;
    }
    assert_eq!(once(&Fault::NoHttp), [0, 0, 5, 0]);
}

#[test]
fn a_reply_of_another_format_is_still_a_success() {
    if support::off() {
        return;
    }
    for body in [&b"OK"[..], b"{\"partialSuccess\":{}}", &[0xff; 60_000], &[0x0a, 0x7f, 1]] {
        assert_eq!(once(&Fault::Reply(body.to_vec())), [5, 0, 0, 0]);
    }
}

#[test]
fn s2_a_reply_beyond_64_kib_is_a_failure() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.next([Fault::Reply(vec![0; 64 << 10])]);
    let books = report(&tracer_for(reporter(&collector.endpoint())), 5);
    assert_eq!(fates(&books), [0, 0, 5, 0]);
}

#[test]
fn a_redirect_is_not_followed() {
    if support::off() {
        return;
    }
    let other = Collector::start();
    let elsewhere = format!("{}/v1/traces", other.endpoint());
    for code in [301, 302, 303, 307, 308] {
        let to = elsewhere.clone();
        assert_eq!(once(&Fault::Redirect { code, to }), [0, 0, 5, 0], "{code}");
    }
    assert_eq!(other.connections(), 0);
}
