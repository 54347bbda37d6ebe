//! Ordinary loads, with a reporter that keeps up: nothing is lost between two schedule delays.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

use std::thread;
use std::time::{Duration, Instant};

use tracer_core::{NullReporter, Tracer};

const TICK: Duration = Duration::from_millis(5);
const TIME: Duration = Duration::from_millis(1_500);

/// Calls `burst` every tick, and holds the books to what was made.
fn load(spans_per_tick: u64, mut burst: impl FnMut(&Tracer)) {
    let tracer = Tracer::builder("loads").reporter(NullReporter).build();
    let began = Instant::now();
    let mut ticks = 0;
    while began.elapsed() < TIME {
        burst(&tracer);
        ticks += 1;
        thread::sleep((TICK * ticks).saturating_sub(began.elapsed()));
    }
    assert_eq!(tracer.flush(Duration::from_secs(10)), Ok(()));
    let books = tracer.books();
    assert_eq!(books.dropped(), 0, "{books:?}");
    assert_eq!(books.reported, u64::from(ticks) * spans_per_tick, "{books:?}");
    assert!(books.balance(), "{books:?}");
}

/// What an HTTP server's span has.
#[test]
fn twenty_thousand_spans_a_second_of_twelve_tags() {
    const KEYS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    load(100, |tracer| {
        for _ in 0..100 {
            let span = tracer.span("request").start();
            KEYS.iter().zip(0i64..).for_each(|(key, value)| {
                span.set_tag(*key, value);
            });
        }
    });
}

#[test]
fn five_thousand_spans_a_second_of_three_kilobytes() {
    load(25, |tracer| {
        for _ in 0..25 {
            tracer.span("query").start().set_tag("text", "x".repeat(3_000));
        }
    });
}

#[test]
fn thousands_of_threads_with_a_span_each() {
    load(15, |tracer| {
        let threads: Vec<_> = (0..15)
            .map(|_| {
                let tracer = tracer.clone();
                thread::spawn(move || drop(tracer.span("job").tag("kind", "short").start()))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}
