//! jaeger-client's cases of baggage on spans: what is set, inherited, deleted, logged. (Its
//! restrictions by key, which come from an agent, are left out on purpose.)
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use common::{named, take, traced};
use tracer_core::baggage::{MAX_BYTES, MAX_MEMBERS};
use tracer_core::{AlwaysOff, FinishedSpan, MemoryReporter, Sampler, Tag, Tracer};

fn logging(sampler: Option<Box<dyn Sampler>>) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    let builder = Tracer::builder("test").reporter(memory.clone()).log_baggage(true);
    let tracer = match sampler {
        Some(sampler) => builder.sampler(sampler).build(),
        None => builder.build(),
    };
    (tracer, memory)
}

fn logs(span: &FinishedSpan) -> Vec<Vec<Tag>> {
    span.logs.iter().map(|(_, fields)| fields.clone()).collect()
}

fn set(key: &'static str, value: &'static str, more: &[&'static str]) -> Vec<Tag> {
    let more = more.iter().map(|field| Tag::new(*field, true));
    [("event", "baggage"), ("key", key), ("value", value)]
        .into_iter()
        .map(|(key, value)| Tag::new(key, value))
        .chain(more)
        .collect()
}

#[test]
fn an_item_that_is_set_is_logged_where_that_is_wanted() {
    let (tracer, memory) = logging(None);
    let span = tracer.span("span").start();
    assert!(span.set_baggage_item("key", "one") && span.set_baggage_item("key", "two"));
    assert!(!span.set_baggage_item("two words", "value"));
    assert!(span.set_baggage_item("key", ""), "deleted");
    assert!(span.set_baggage_item("key", "three"));
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    let expected = [
        set("key", "one", &[]),
        set("key", "two", &["override"]),
        set("two words", "value", &["invalid"]),
        set("key", "", &["override"]),
        set("key", "three", &[]),
    ];
    assert_eq!(logs(&span), expected);
}

#[test]
fn by_default_nothing_is_logged() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").start();
    assert!(span.set_baggage_item("card", "4111111111111111"));
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    assert!(span.logs.is_empty());
    assert!(!format!("{span:?}").contains("4111111111111111"), "values can be secrets");
}

#[test]
fn nothing_is_logged_when_unsampled() {
    let (tracer, memory) = logging(Some(Box::new(AlwaysOff)));
    let span = tracer.span("span").start();
    assert!(span.set_baggage_item("key", "value"));
    assert_eq!(span.baggage_item("key").as_deref(), Some("value"), "and it is set all the same");
    span.finish();
    assert!(take(&tracer, &memory).is_empty());
    // Nor while the application wants none of it.
    let (sampled, memory) = logging(None);
    let quiet = sampled.span("quiet").start();
    quiet.set_tag("sampling.priority", 0);
    assert!(quiet.set_baggage_item("key", "value"));
    quiet.set_tag("sampling.priority", 1);
    quiet.finish();
    assert!(take(&sampled, &memory)[0].logs.is_empty());
}

#[test]
fn after_the_end_nothing_is_logged() {
    let (tracer, memory) = logging(None);
    let handle = tracer.span("span").start().handle();
    assert!(handle.set_baggage_item("key", "value"));
    assert_eq!(handle.context().baggage_item("key").as_deref(), Some("value"));
    assert!(take(&tracer, &memory)[0].logs.is_empty());
}

#[test]
fn a_child_inherits_values_and_no_logs() {
    let (tracer, memory) = logging(None);
    let parent = tracer.span("parent").start();
    parent.set_baggage_item("key", "value");
    let child = tracer.span("child").child_of(&parent).start();
    assert_eq!(child.baggage_item("key").as_deref(), Some("value"));
    child.set_baggage_item("own", "1");
    drop((child, parent));
    let spans = take(&tracer, &memory);
    assert_eq!(logs(named(&spans, "parent")), [set("key", "value", &[])]);
    assert_eq!(logs(named(&spans, "child")), [set("own", "1", &[])]);
}

#[test]
fn delete_by_an_empty_value_leaves_the_parent_untouched() {
    let (tracer, _memory) = traced();
    let parent = tracer.span("parent").start();
    parent.set_baggage_item("a", "1");
    parent.set_baggage_item("b", "2");
    let child = tracer.span("child").child_of(&parent).start();
    let grandchild = tracer.span("grandchild").child_of(&child).start();
    assert!(child.set_baggage_item("a", "") && child.set_baggage_item("never there", ""));
    let items = |span: &tracer_core::SpanRef| {
        span.baggage().iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
    };
    assert_eq!(items(&child), ["b=2"]);
    assert_eq!(items(&parent), ["a=1", "b=2"]);
    assert_eq!(items(&grandchild), ["a=1", "b=2"], "as it was when it began");
    let mut carrier = std::collections::HashMap::<String, String>::new();
    tracer.inject(&child, &mut carrier);
    assert_eq!(carrier["baggage"], "b=2");
    child.set_baggage_item("b", "");
    tracer.inject(&child, &mut carrier);
    assert!(!carrier.contains_key("baggage"), "nothing empty is sent");
}

/// Jaeger's clients cut a value; half of a value is somebody else's.
#[test]
fn what_does_not_fit_is_refused_whole_and_never_truncated() {
    let (tracer, memory) = logging(None);
    let span = tracer.span("span").start();
    let large = "x".repeat(MAX_BYTES - 2);
    assert!(span.set_baggage_item("k", &large));
    assert!(!span.set_baggage_item("k", &format!("{large}x")));
    assert_eq!(span.baggage_item("k").as_deref(), Some(&*large), "the value before stays");
    assert!(span.set_baggage_item("k", "small"));
    for nth in 1..MAX_MEMBERS {
        assert!(span.set_baggage_item(&format!("k{nth}"), "v"));
    }
    assert!(!span.set_baggage_item("one-more", "v"));
    assert_eq!(span.baggage().len(), MAX_MEMBERS);
    span.finish();
    let span = take(&tracer, &memory).remove(0);
    let last = span.logs.last().unwrap().1.clone();
    assert_eq!(last, set("one-more", "v", &["invalid"]));
    // In the log it is a field, and held to what fields are.
    assert_eq!(span.logs[0].1[2].value.as_str().map(str::len), Some(4096));
}
