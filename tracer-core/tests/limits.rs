//! What a span is held to: 128 tags, 128 logs, 128 links, 4 KiB a value; the rest is counted.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use common::{context, take, traced};
use tracer_core::{Limits, MemoryReporter, Status, Tag, Tracer, Value};

#[test]
fn a_hundred_thousand_of_each_are_counted_exactly() {
    let (tracer, memory) = traced();
    let span = tracer.span("giant").start();
    for nth in 0..100_000 {
        span.set_tag(format!("k{nth}"), nth);
        span.log_fields([Tag::new("event", "log"), Tag::new("nth", nth)]);
    }
    span.set_tag("k0", "still changes").set_tag("k127", "x".repeat(10 << 20));
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((span.tags.len(), span.logs.len()), (128, 128));
    assert_eq!(span.dropped, (100_000 - 128, 100_000 - 128, 0));
    assert_eq!(span.tag("k0"), Some(&Value::from("still changes")));
    assert_eq!(span.tag("k127").and_then(Value::as_str).map(str::len), Some(4096));
    assert_eq!(span.tag("k128"), None);
    assert_eq!(span.logs[127].1[1], Tag::new("nth", 127), "the oldest stay");
    assert_eq!(tracer.books().cut_by_limits, 2 * (100_000 - 128) + 1);
}

#[test]
fn builders_are_held_to_them_too() {
    let (tracer, memory) = traced();
    let mut builder = tracer.span("giant").root();
    for nth in 0..100_000u64 {
        builder = builder.tag(format!("k{nth}"), nth);
    }
    for nth in 1..=1_000 {
        builder = builder.link(&context(nth, 1, true));
    }
    builder.start().finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((span.tags.len(), span.links.len()), (128, 128));
    assert_eq!(span.dropped, (100_000 - 128, 0, 1_000 - 128));
    assert_eq!(tracer.books().cut_by_limits, 100_000 - 128 + 1_000 - 128);
}

#[test]
fn fields_of_a_log_are_limited_and_counted() {
    let (tracer, memory) = traced();
    let span = tracer.span("fields").start();
    span.log_fields((0..1_000).map(|nth| Tag::new(format!("f{nth}"), nth)));
    span.log_fields([Tag::new("event", "y".repeat(5_000))]);
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(span.logs[0].1.len(), 128);
    assert_eq!(span.events()[0].len(), 4096);
    assert_eq!(tracer.books().cut_by_limits, 1_000 - 128 + 1);
}

#[test]
fn names_and_keys_and_reasons_are_values_too() {
    let (tracer, memory) = traced();
    let big = || "é".repeat(1 << 20);
    tracer.span(big()).start().finish();
    let span = tracer.span(big()).start();
    span.set_tag(big(), 1).set_status(Status::Error(big().into()));
    span.finish();
    let span = tracer.span("short").start();
    span.rename(big()).set_tag("list", vec![big(), big()]);
    span.finish();
    let spans = take(&tracer, &memory);
    assert!(spans.iter().all(|span| span.name.len() == 4096), "whole characters, and no more");
    assert_eq!(spans[1].tags[0].key.len(), 4096);
    let Status::Error(reason) = &spans[1].status else { panic!("{:?}", spans[1].status) };
    assert_eq!(reason.len(), 4096);
    assert!(spans[2].tags[0].value.to_string().len() < 4200);
    assert_eq!(tracer.books().cut_by_limits, 1 + 3 + 2);
    let held = tracer.books().bytes;
    assert!(held < 64 << 10, "{held} bytes are kept of what is gone");
}

#[test]
fn limits_can_be_chosen() {
    let memory = MemoryReporter::new();
    let mut limits = Limits::default();
    (limits.tags, limits.logs, limits.links, limits.value_bytes) = (1, 0, 2, 3);
    let tracer = Tracer::builder("test").reporter(memory.clone()).limits(limits).build();
    let span = tracer.span("ab".repeat(2)).start();
    span.set_tag("k", "vwxyz").set_tag("l", 1).log("gone");
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((span.name.as_str(), span.tags.len(), span.dropped), ("aba", 1, (1, 1, 0)));
    assert_eq!(span.tag("k"), Some(&Value::from("vwx")));
    assert_eq!(tracer.books().cut_by_limits, 4);
}
