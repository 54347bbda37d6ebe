//! The cases of the harness that OpenTracing ships with its API, each under its number. What can
//! be told of any set-up is checked by `tracer_core::conformance` too; 14 to 16 (an unknown format,
//! a foreign context, a wrong carrier) are what the compiler checks, and are there as
//! `compile_fail` examples.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

use common::{context, own_tags};
use tracer_core::conformance::{self, Options};
use tracer_core::mock::MockTracer;
use tracer_core::propagation::{Extract, Inject};
use tracer_core::{SpanContext, Tag, Tracer, Value};

#[test]
fn the_default_set_up_conforms() {
    let checked = conformance::check(|| Tracer::builder("test").build(), &Options::new());
    assert_eq!(checked, Ok(()));
}

#[test]
fn a_mock_tracer_conforms() {
    let mock = MockTracer::new();
    let tracer = Tracer::clone(&mock);
    assert_eq!(conformance::check(|| tracer, &Options::new()), Ok(()));
    assert!(mock.finished_spans().len() > 100);
    assert_eq!(mock.open_spans(), 0);
}

#[test]
fn case_01_start_with_a_tag_and_a_log_and_finish() {
    let tracer = MockTracer::new();
    let span = tracer.span("Fry").tag("birthday", "August 14 1974").start();
    span.log_fields([Tag::new("hospital", "Brooklyn Pre-Med Hospital"), Tag::new("city", "x")]);
    span.finish();
    let span = tracer.span_named("Fry").unwrap();
    assert_eq!(span.tag("birthday"), Some(&Value::from("August 14 1974")));
    assert_eq!((span.logs.len(), span.logs[0].1.len(), span.parent_id), (1, 2, None));
}

#[test]
fn case_02_child_of_and_follows_from_share_the_trace_of_a_live_parent() {
    let tracer = MockTracer::new();
    let parent = tracer.span("Turanga Munda").start();
    let child = tracer.span("Leela").child_of(&parent).start();
    let follower = tracer.span("Leela 2").follows_from(&parent).start();
    for span in [&child, &follower] {
        assert_eq!(span.context().trace_id(), parent.context().trace_id());
        assert_ne!(span.context().span_id(), parent.context().span_id());
    }
    drop((child, follower, parent));
    let parent = tracer.span_named("Turanga Munda").unwrap();
    assert_eq!(tracer.children_of(&parent).len(), 2);
}

#[test]
fn case_03_renamed_after_the_start_with_an_empty_name() {
    let tracer = MockTracer::new();
    let span = tracer.span("").start();
    span.rename("Farnsworth");
    span.finish();
    assert!(tracer.span_named("Farnsworth").is_some() && tracer.span_named("").is_none());
}

#[test]
fn case_04_tags_of_integers_truth_values_and_text() {
    let tracer = MockTracer::new();
    let span = tracer.span("Bender").tag("profession", "bender").tag("age", 4).start();
    span.set_tag("gender", true).set_tag("evil", false);
    span.finish();
    let span = tracer.span_named("Bender").unwrap();
    let expected = [
        Tag::new("profession", "bender"),
        Tag::new("age", 4),
        Tag::new("gender", true),
        Tag::new("evil", false),
    ];
    assert_eq!(own_tags(&span), expected);
}

#[test]
fn case_05_tags_are_set_in_a_chain_and_in_any_script() {
    let tracer = MockTracer::new();
    let span = tracer.span("Farnsworth").start();
    span.set_tag("first", 1).set_tag("ключ", "значение").set_tag("火", "\u{1f525}");
    span.finish();
    let span = tracer.span_named("Farnsworth").unwrap();
    let expected =
        [Tag::new("first", 1), Tag::new("ключ", "значение"), Tag::new("火", "\u{1f525}")];
    assert_eq!(own_tags(&span), expected);
}

#[test]
fn case_06_many_logs_with_times_of_their_own_and_one_after_the_end() {
    let tracer = MockTracer::new();
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let span = tracer.span("Zoidberg").start_time(at(100)).start();
    span.log("one").log_fields([Tag::new("event", "two"), Tag::new("n", 2)]);
    span.log_at(at(101), [Tag::new("event", "three")]);
    span.log_at(at(99), [Tag::new("event", "before the start")]);
    let handle = span.handle();
    span.finish_at(at(102));
    handle.log("after the end").log_at(at(100), [Tag::new("event", "after the end")]);
    let span = tracer.span_named("Zoidberg").unwrap();
    assert_eq!(span.events(), ["one", "two", "three", "before the start"]);
    assert_eq!((span.logs[2].0, span.logs[3].0), (at(101), at(99)));
    assert_eq!(tracer.books().written_after_finish, 2);
}

#[test]
fn case_07_a_new_span_has_no_baggage_and_what_is_set_is_there() {
    let tracer = MockTracer::new();
    let span = tracer.span("Fry").start();
    assert!(span.baggage().is_empty());
    assert!(span.set_baggage_item("Kiff-loves", "Amy"));
    assert_eq!(span.baggage_item("Kiff-loves").as_deref(), Some("Amy"));
    let renamed = span.rename("Kif");
    assert_eq!(renamed.context().span_id(), span.context().span_id(), "the same span");
}

#[test]
fn case_08_the_context_has_an_item_exactly_once() {
    let tracer = MockTracer::new();
    let span = tracer.span("Fry").start();
    span.set_baggage_item("Kiff-loves", "Amy");
    let context = span.context();
    assert_eq!(context.baggage().iter().collect::<Vec<_>>(), [("Kiff-loves", "Amy")]);
    // Also when it is set again.
    span.set_baggage_item("Kiff-loves", "Amy");
    assert_eq!(span.context().baggage().len(), 1);
}

#[test]
fn case_09_two_items_and_going_through_them_stops_when_told() {
    let tracer = MockTracer::new();
    let span = tracer.span("Fry").start();
    span.set_baggage_item("Bender", "Rodriguez");
    span.set_baggage_item("Zoidberg", "John");
    let baggage = span.context().baggage();
    let all: HashMap<_, _> = baggage.iter().collect();
    assert_eq!(all, HashMap::from([("Bender", "Rodriguez"), ("Zoidberg", "John")]));
    let mut calls = 0;
    let stopped = baggage.iter().try_for_each(|_| {
        calls += 1;
        Err(())
    });
    assert_eq!((stopped, calls), (Err(()), 1));
}

fn round_trip<C: Extract + Inject + Default>(tracer: &Tracer) {
    let span = tracer.span("Bender").start();
    for context in [span.context(), context(7, 8, true), context(7, 8, false)] {
        let mut carrier = C::default();
        tracer.inject(&context, &mut carrier);
        let read = tracer.try_extract(&carrier).unwrap();
        assert!(read.baggage().is_empty(), "none appears");
        assert_eq!(read, context);
    }
}

#[test]
fn case_10_text_map_brings_back_the_same_context_and_no_baggage() {
    let tracer = MockTracer::new();
    round_trip::<HashMap<String, String>>(&tracer);
    round_trip::<std::collections::BTreeMap<String, String>>(&tracer);
    round_trip::<Vec<(String, String)>>(&tracer);
}

#[cfg(feature = "http")]
#[test]
fn case_11_http_headers_bring_back_the_same_context_and_no_baggage() {
    round_trip::<http::HeaderMap>(&MockTracer::new());
}

/// A carrier of one format is read where it comes from another kind of carrier.
#[cfg(feature = "http")]
#[test]
fn case_13_mandatory_formats_both_ways() {
    let tracer = MockTracer::new();
    let span = tracer.span("Bender").start();
    span.set_baggage_item("k", "v w");
    let mut text = HashMap::<String, String>::new();
    tracer.inject(&span, &mut text);
    let headers: http::HeaderMap = (&text).try_into().unwrap();
    assert_eq!(tracer.extract(&headers), span.context());
    let mut headers = http::HeaderMap::new();
    tracer.inject(&span, &mut headers);
    let text: HashMap<String, String> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    assert_eq!(tracer.extract(&text), span.context());
}

/// A context of another kit is one as soon as its type says how.
#[test]
fn case_15_a_foreign_context_says_what_it_is() {
    struct Foreign(u128, u64);
    impl tracer_core::ToContext for Foreign {
        fn to_context(&self) -> SpanContext {
            context(self.0, self.1, true)
        }
    }
    let tracer = MockTracer::new();
    let mut carrier = HashMap::<String, String>::new();
    tracer.inject(&Foreign(0xa, 0xb), &mut carrier);
    assert_eq!(tracer.extract(&carrier), context(0xa, 0xb, true));
    let span = tracer.span("child").child_of(&Foreign(0xa, 0xb)).start();
    assert_eq!(span.context().trace_id(), context(0xa, 0xb, true).trace_id());
}
