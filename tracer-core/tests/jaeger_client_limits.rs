//! jaeger-client's cases about what a span is held to: of too many logs the oldest and the newest
//! stay, and the rest is counted.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::{LONG, own_tags, take};
use tracer_core::{FinishedSpan, Limits, MemoryReporter, Tag, Tracer, Value};

fn with(limits: Limits) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (Tracer::builder("test").reporter(memory.clone()).limits(limits).build(), memory)
}

fn at(nth: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(nth)
}

/// A span with so many logs, each of which says which one it is.
fn logged(limits: Limits, logs: u64) -> (FinishedSpan, u64) {
    let (tracer, memory) = with(limits);
    let span = tracer.span("logged").start();
    for nth in 0..logs {
        span.log_at(at(nth), [Tag::new("event", "log"), Tag::new("nth", nth)]);
    }
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    (span, tracer.books().cut_by_limits)
}

/// What the logs say, and where the mark is.
fn kept(span: &FinishedSpan) -> (Vec<u64>, Option<usize>) {
    let mut mark = None;
    let mut kept = Vec::new();
    for (at, (time, fields)) in span.logs.iter().enumerate() {
        match &fields[..] {
            [event, count] if event.value == Value::from("dropped logs") => {
                assert_eq!(count, &Tag::new("dropped_log_count", span.dropped.logs));
                assert_eq!(mark.replace(at), None, "one mark");
            }
            [_, Tag { value: Value::I64(nth), .. }] => {
                assert_eq!(*time, self::at(*nth as u64));
                kept.push(*nth as u64);
            }
            other => panic!("{other:?}"),
        }
    }
    (kept, mark)
}

#[test]
fn a_log_cap_n_keeps_half_of_it_oldest_a_marker_and_the_newest() {
    let caps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 31, 32, 64, 99, 100, 127, 128, 129];
    for cap in caps {
        let n = cap as u64;
        for logs in [0, 1, 2, n.saturating_sub(1), n, n + 1, n + 2, 2 * n, 2 * n + 1, 10 * n + 7] {
            let (span, cut) = logged(Limits::default().with_logs(cap), logs);
            let (kept, mark) = kept(&span);
            let case = format!("{cap} of {logs}: {kept:?}");
            assert_eq!(kept.len() as u64 + u64::from(span.dropped.logs), logs, "{case}");
            assert_eq!(cut, u64::from(span.dropped.logs), "{case}");
            if logs <= n {
                assert_eq!((kept, mark), ((0..logs).collect(), None), "{case}");
            } else if n == 0 {
                assert!(span.logs.is_empty(), "{case}");
            } else {
                let oldest = (n - 1) / 2;
                let newest = n - 1 - oldest;
                let expected: Vec<_> = (0..oldest).chain(logs - newest..logs).collect();
                assert_eq!(span.logs.len() as u64, n, "{case}");
                assert_eq!((kept, mark), (expected, Some(oldest as usize)), "{case}");
                // When the latest of those that went was written.
                assert_eq!(span.logs[oldest as usize].0, at(logs - newest - 1), "{case}");
            }
        }
    }
}

#[test]
fn logs_of_any_number_of_fields_stay_whole() {
    let (tracer, memory) = with(Limits::default().with_logs(9));
    let span = tracer.span("fields").start();
    for nth in 0..100u64 {
        span.log_fields((0..nth % 7).map(|field| Tag::new(format!("f{field}"), nth)));
    }
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    let shape: Vec<_> = span.logs.iter().map(|(_, fields)| fields.clone()).collect();
    let log = |nth: u64| -> Vec<Tag> {
        (0..nth % 7).map(|field| Tag::new(format!("f{field}"), nth)).collect()
    };
    let mark = vec![Tag::new("event", "dropped logs"), Tag::new("dropped_log_count", 92)];
    let expected: Vec<_> = (0..4).map(log).chain([mark]).chain((96..100).map(log)).collect();
    assert_eq!(shape, expected);
    assert_eq!((span.dropped.logs, tracer.books().cut_by_limits), (92, 92));
}

/// R9: as many logs as a loop that has gone wrong writes, in one span.
#[test]
fn r9_ten_million_logs_a_hundred_thousand_tags_and_a_tag_of_ten_mebibytes() {
    let (logs, tags) = (10_000_000u64, 100_000u64);
    let (tracer, memory) = with(Limits::default());
    let start = Instant::now();
    let span = tracer.span("giant").start();
    let before = resident();
    for _ in 0..logs / 1_000 {
        for _ in 0..1_000 {
            span.log("again");
        }
    }
    let grown = resident().saturating_sub(before);
    for nth in 0..tags {
        span.set_tag(format!("k{nth}"), nth);
    }
    span.set_tag("k0", "x".repeat(10 << 20));
    span.finish();
    let took = start.elapsed();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((span.logs.len(), own_tags(&span).len()), (128, 128));
    assert_eq!(span.tag("k0").and_then(Value::as_str).map(str::len), Some(4096));
    let dropped = (u64::from(span.dropped.logs), u64::from(span.dropped.tags));
    assert_eq!(dropped, (logs - 127, tags - 128));
    assert_eq!(tracer.books().cut_by_limits, dropped.0 + dropped.1 + 1);
    assert!(took < LONG * 15, "{took:?}");
    // Other tests of this process hold something too; ten million logs would be half a gigabyte.
    assert!(grown < 64 << 20, "{grown} bytes");
}

/// Bytes of memory that this process has, where the system tells.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: Option<usize> = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * 4096
}

#[test]
fn where_room_is_short_the_newest_logs_stay_too() {
    let limits = Limits::default().with_span_bytes(20_000);
    let (tracer, memory) = with(limits);
    let span = tracer.span("large").start();
    for nth in 0..1_000u64 {
        span.log_fields([Tag::new("nth", nth), Tag::new("text", "x".repeat(1_000))]);
    }
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    let nth = |(_, fields): &(SystemTime, Vec<Tag>)| match &fields[0].value {
        Value::I64(nth) => *nth as u64,
        _ => u64::MAX,
    };
    let kept: Vec<_> = span.logs.iter().map(nth).collect();
    let mark = kept.iter().position(|nth| *nth == u64::MAX).expect("a mark");
    let (oldest, newest) = (&kept[..mark], &kept[mark + 1..]);
    assert!(oldest.iter().copied().eq(0..oldest.len() as u64), "{kept:?}");
    assert!(newest.iter().copied().eq(1_000 - newest.len() as u64..1_000), "{kept:?}");
    let (oldest, newest) = (oldest.len(), newest.len());
    assert!(oldest >= 7 && (oldest..oldest + 3).contains(&newest), "{oldest} {newest}");
    assert_eq!(oldest + newest + span.dropped.logs as usize, 1_000);
    let bytes = (oldest + newest) * (1_000 + 2 * size_of::<Tag>());
    assert!(bytes < 20_000, "{bytes}");
}

#[test]
fn a_log_that_never_fits_pushes_nothing_out() {
    let (tracer, memory) =
        with(Limits::default().with_span_bytes(10_000).with_value_bytes(1 << 20));
    let span = tracer.span("huge").start();
    let huge = || Tag::new("text", "x".repeat(9_900));
    span.log_fields([huge()]);
    for _ in 0..10 {
        span.log("small");
    }
    for _ in 0..10 {
        span.log_fields([huge()]).log_fields([huge(), huge()]);
    }
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    // The first is one of the newest as soon as there is no room: it makes room for the small.
    assert_eq!(span.events(), [&["dropped logs"][..], &["small"; 10]].concat());
    assert_eq!((span.dropped.logs, tracer.books().cut_by_limits), (21, 21));
}

#[test]
fn slots_that_serve_again_begin_anew() {
    let (tracer, memory) = with(Limits::default().with_logs(4));
    for round in 0..3 {
        let span = tracer.span("again").start();
        for nth in 0..round * 10 {
            span.log_fields([Tag::new("nth", nth)]);
        }
        span.finish();
    }
    let spans = take(&tracer, &memory);
    let counts: Vec<_> = spans.iter().map(|span| (span.logs.len(), span.dropped.logs)).collect();
    assert_eq!(counts, [(0, 0), (4, 7), (4, 17)]);
    assert_eq!(tracer.books().cut_by_limits, 24);
}

#[test]
fn a_shortened_value_and_a_log_that_went_each_count() {
    let (tracer, memory) = with(Limits::default().with_logs(2).with_value_bytes(3));
    let span = tracer.span("cut").start();
    for _ in 0..5 {
        span.log_fields([Tag::new("text", "wxyz")]);
    }
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(span.logs[1].1, [Tag::new("text", "wxy")]);
    assert_eq!((span.dropped.logs, tracer.books().cut_by_limits), (4, 4 + 5));
}
