//! What a span is held to: 128 tags, 128 logs, 128 links, 4 KiB a value, 256 KiB in all; the
//! rest is counted.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use common::{context, own_tags, take, traced};
use tracer_core::{FinishedSpan, Limits, MemoryReporter, Status, Tag, Tracer, Value};

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
    assert_eq!((own_tags(&span).len(), span.logs.len()), (128, 128));
    assert_eq!(dropped(&span), (100_000 - 128, 100_000 - 127, 0));
    assert_eq!(span.tag("k0"), Some(&Value::from("still changes")));
    assert_eq!(span.tag("k127").and_then(Value::as_str).map(str::len), Some(4096));
    assert_eq!(span.tag("k128"), None);
    let nth = |at: usize| span.logs[at].1[1].clone();
    assert_eq!(nth(62), Tag::new("nth", 62), "the oldest stay");
    assert_eq!(nth(63), Tag::new("dropped_log_count", 100_000 - 127), "those between went");
    assert_eq!(nth(127), Tag::new("nth", 99_999), "the newest stay");
    assert_eq!(tracer.books().cut_by_limits, 2 * 100_000 - 128 - 127 + 1);
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
    assert_eq!((own_tags(&span).len(), span.links.len()), (128, 128));
    assert_eq!(dropped(&span), (100_000 - 128, 0, 1_000 - 128));
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
fn names_and_reasons_have_a_limit_of_their_own() {
    let (tracer, memory) = traced();
    let big = || "é".repeat(1 << 20);
    tracer.span(big()).start().finish();
    let span = tracer.span(big()).start();
    span.set_status(Status::Error(big().into()));
    span.finish();
    let span = tracer.span("short").start();
    span.rename(big()).set_tag("list", vec![big(), big()]);
    span.finish();
    let spans = take(&tracer, &memory);
    assert!(spans.iter().all(|span| span.name.len() == 4096), "whole characters, and no more");
    let Status::Error(reason) = &spans[1].status else { panic!("{:?}", spans[1].status) };
    assert_eq!(reason.len(), 4096);
    let text = "é".repeat(2048);
    assert_eq!(spans[2].tag("list"), Some(&Value::from(vec![text.clone(), text])), "each of them");
    assert_eq!(tracer.books().cut_by_limits, 1 + 2 + 2);
    let held = tracer.books().bytes;
    assert!(held < 64 << 10, "{held} bytes are kept of what is gone");
}

#[test]
fn keys_are_never_shortened() {
    let (tracer, memory) = traced_with(Limits::default().with_value_bytes(4));
    let key = |last: char| "k".repeat(200) + &last.to_string();
    let span = tracer.span("keys").start();
    span.set_tag(key('a'), 1).set_tag(key('b'), 2).set_tag("k".repeat(257), 3);
    span.log_fields([Tag::new("event", "found"), Tag::new("k".repeat(257), 1)]);
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(own_tags(&span), [Tag::new(key('a'), 1), Tag::new(key('b'), 2)]);
    assert_eq!(
        (span.dropped.tags, span.logs[0].1.len()),
        (1, 1),
        "too long is dropped, and counted"
    );
    assert_eq!(tracer.books().cut_by_limits, 2);
}

#[test]
fn numbers_are_not_cut_and_arrays_by_their_number_of_items() {
    let (tracer, memory) = traced_with(Limits::default().with_value_bytes(8));
    let span = tracer.span("arrays").start();
    span.set_tag("few", vec![1i64; 1024]).set_tag("many", vec![1.5; 100_000]);
    span.set_tag("texts", vec!["0123456789", "ok"]);
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(span.tag("few"), Some(&Value::from(vec![1i64; 1024])));
    assert_eq!(span.tag("many"), Some(&Value::from(vec![1.5; 1024])));
    assert_eq!(span.tag("texts"), Some(&Value::from(vec!["01234567", "ok"])));
    assert_eq!(tracer.books().cut_by_limits, 2);
}

#[test]
fn values_of_no_length_leave_a_trace_that_can_be_read() {
    let (tracer, memory) = traced_with(Limits::default().with_value_bytes(0));
    let span = tracer.span("a name".to_owned()).start();
    span.set_tag("text", "x").set_tag("number", 7).set_tag("list", vec![1i64, 2]);
    span.log("an event").set_status(Status::Error("why".into()));
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    let tags = [Tag::new("text", ""), Tag::new("number", 7), Tag::new("list", vec![1i64, 2])];
    assert_eq!((span.name.as_str(), own_tags(&span)), ("a name", tags.to_vec()));
    assert_eq!(span.events(), ["an event"]);
    assert_eq!(span.status, Status::Error("why".into()));
    assert_eq!(tracer.books().cut_by_limits, 1);
}

#[test]
fn room_that_an_array_does_not_use_is_not_kept() {
    let (tracer, memory) = traced();
    let roomy = |nth: usize| {
        let mut items = Vec::with_capacity(1 << 20);
        items.push(nth as i64);
        items
    };
    for nth in 0..10 {
        tracer.span("roomy").start().set_tag("array", roomy(nth));
    }
    let held = tracer.books().bytes;
    assert!((1..64 << 10).contains(&held), "{held}");
    assert_eq!(take(&tracer, &memory).len(), 10);
}

#[test]
fn an_open_span_holds_so_many_bytes_and_no_more() {
    let (tracer, memory) = traced();
    let span = tracer.span("giant").start();
    span.set_tag("first", 1);
    for log in 0..128 {
        let field = |nth| Tag::new(format!("{log}.{nth}"), "x".repeat(4096));
        span.log_fields((0..128).map(field));
        span.log("small");
    }
    span.set_tag("fits", "x".repeat(1024));
    for nth in 0..128 {
        span.set_tag(format!("k{nth}"), "x".repeat(4096));
    }
    span.set_tag("first", "x".repeat(4096)).set_status(Status::Error("x".repeat(2048).into()));
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    let tags: usize = span.tags.iter().map(size).sum();
    let logs: usize = span.logs.iter().flat_map(|(_, fields)| fields).map(size).sum();
    let held = tags + logs;
    assert!((200 << 10..=256 << 10).contains(&held), "{held}");
    // The large logs are gone, and the small ones between them are there.
    assert_eq!((span.logs.len(), span.dropped.logs), (128, 128));
    assert!(span.tag("fits").is_some());
    assert_eq!(span.tag("first"), Some(&Value::I64(1)), "a new value that has no room");
    assert_eq!(own_tags(&span).len() + span.dropped.tags as usize, 131);
    assert_eq!(tracer.books().cut_by_limits, u64::from(span.dropped.tags + span.dropped.logs));
}

fn dropped(span: &FinishedSpan) -> (u32, u32, u32) {
    (span.dropped.tags, span.dropped.logs, span.dropped.links)
}

fn size(tag: &Tag) -> usize {
    size_of::<Tag>() + tag.key.len() + tag.value.as_str().map_or(0, str::len)
}

#[test]
fn what_is_replaced_or_removed_makes_room() {
    let (tracer, memory) = traced_with(Limits::default().with_span_bytes(10_000));
    let span = tracer.span("full").start();
    for _ in 0..100 {
        span.set_tag("same", "x".repeat(4096)).set_tag("gone", "x".repeat(4096));
        span.remove_tag("gone").remove_tag("never there");
    }
    span.set_tag("same", 1);
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(own_tags(&span), [Tag::new("same", 1)]);
    assert!(span.dropped.is_empty());
}

#[test]
fn limits_can_be_chosen() {
    let limits = Limits::default().with_tags(1).with_logs(0).with_links(2).with_value_bytes(3);
    let (tracer, memory) = traced_with(limits);
    let span = tracer.span("ab".repeat(2)).start();
    span.set_tag("k", "vwxyz").set_tag("l", 1).log("gone");
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!((span.name.as_str(), own_tags(&span).len(), dropped(&span)), ("abab", 1, (1, 1, 0)));
    assert_eq!(span.tag("k"), Some(&Value::from("vwx")));
    assert_eq!(tracer.books().cut_by_limits, 3);
}

fn traced_with(limits: Limits) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (Tracer::builder("test").reporter(memory.clone()).limits(limits).build(), memory)
}
