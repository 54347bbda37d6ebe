//! The mock tracer, by the cases that OpenTracing's own (mocktracer) checks of itself.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use common::{SPAN, TRACE, context, own_tags};
use tracer_core::mock::MockTracer;
use tracer_core::propagation::ExtractError;
use tracer_core::{
    AlwaysOff, Baggage, FinishedSpan, InSpanExt, Limits, SpanKind, SpanRef, Tag, Tracer, Value,
};

fn names(spans: &[FinishedSpan]) -> Vec<&str> {
    spans.iter().map(|span| &*span.name).collect()
}

#[test]
fn a_child_finishes_before_its_parent() {
    let tracer = MockTracer::new();
    let parent = tracer.span("parent").start();
    let child = tracer.span("child").child_of(&parent).start();
    child.finish();
    assert_eq!(names(&tracer.finished_spans()), ["child"]);
    parent.finish();
    let spans = tracer.finished_spans();
    assert_eq!(names(&spans), ["child", "parent"]);
    assert_eq!(spans[0].parent_id, spans[1].span_id);
    // And the other way round.
    tracer.reset();
    let parent = tracer.span("parent").start();
    let child = tracer.span("child").child_of(&parent).start();
    parent.finish();
    child.finish();
    let spans = tracer.finished_spans();
    assert_eq!(names(&spans), ["parent", "child"]);
    assert_eq!(spans[1].parent_id, spans[0].span_id);
}

#[test]
fn finished_spans_are_in_finish_order() {
    let tracer = MockTracer::new();
    let mut expected = Vec::new();
    let mut name = || {
        let name = format!("{}", expected.len());
        expected.push(name.clone());
        name
    };
    // Of every kind, on this thread and on others, reported now and then.
    for round in 0..50 {
        tracer.span(name()).start().finish_at(UNIX_EPOCH + Duration::from_secs(1_000 - round));
        let outer = tracer.span("late").start();
        let entered = outer.enter();
        let (scope, tagged) = (tracer.scope("scope"), tracer.scope("tagged"));
        tagged.set_tag("k", 1).handle().rename(name());
        drop(tagged);
        scope.handle().rename(name());
        drop((scope, entered));
        let (other, own) = (name(), tracer.clone());
        std::thread::spawn(move || own.span(other).tag("k", 1).start().finish()).join().unwrap();
        outer.rename(name());
        outer.finish();
        if round % 7 == 0 {
            assert_eq!(tracer.flush(common::LONG), Ok(()));
        }
    }
    assert_eq!(names(&tracer.finished_spans()), expected);
}

#[test]
fn scopes_that_are_no_more_than_a_name_keep_the_order_too() {
    let tracer = MockTracer::new();
    {
        let _a = tracer.scope("a");
        {
            let _b = tracer.scope("b");
            tracer.scope("c").finish();
            tracer.span("d").start().finish();
        }
        tracer.scope("e").finish();
    }
    assert_eq!(names(&tracer.finished_spans()), ["c", "d", "b", "e", "a"]);
}

#[test]
fn unfinished_one_then_none() {
    let tracer = MockTracer::new();
    assert_eq!(tracer.open_spans(), 0);
    let span = tracer.span("span").start();
    assert_eq!(tracer.open_spans(), 1);
    {
        let _entered = span.enter();
        let _scope = tracer.scope("scope");
        assert_eq!(tracer.open_spans(), 2);
    }
    assert_eq!(tracer.open_spans(), 1);
    let handle = span.handle();
    span.finish();
    assert_eq!((tracer.open_spans(), handle.is_recording()), (0, false));
}

#[test]
fn reset_empties_both_and_a_live_span_still_reports_later() {
    let tracer = MockTracer::new();
    tracer.span("done").start().finish();
    let live = tracer.span("live").start();
    let given = tracer.span("given").start_time(UNIX_EPOCH).start();
    assert_eq!((tracer.finished_spans().len(), tracer.open_spans()), (1, 2));
    tracer.reset();
    assert!(tracer.finished_spans().is_empty());
    assert_eq!(tracer.open_spans(), 0);
    // What begins now counts, whatever the old ones do.
    let new = tracer.span("new").start();
    assert_eq!(tracer.open_spans(), 1);
    live.set_tag("still", "writable");
    live.finish();
    assert_eq!(tracer.open_spans(), 1);
    drop(new);
    drop(given);
    assert_eq!(tracer.open_spans(), 0);
    let spans = tracer.finished_spans();
    assert_eq!(names(&spans), ["live", "new", "given"]);
    assert!(spans[0].tag("still").is_some());
    tracer.reset();
    assert!(tracer.finished_spans().is_empty());
}

#[test]
fn what_is_returned_is_a_copy() {
    let tracer = MockTracer::new();
    let clone = tracer.clone();
    tracer.span("span").tag("k", 1).start().finish();
    let mut spans = tracer.finished_spans();
    spans[0].tags.clear();
    spans[0].name.clear();
    let again = tracer.finished_spans();
    assert_eq!((&*again[0].name, again[0].tag("k")), ("span", Some(&Value::I64(1))));
    assert_eq!(clone.finished_spans(), again, "a clone has the same spans");
}

#[test]
fn baggage_is_copied_when_written() {
    let tracer = MockTracer::new();
    let parent = tracer.span("parent").start();
    parent.set_baggage_item("k", "parent");
    let (before, child) = (parent.context(), tracer.span("child").child_of(&parent).start());
    child.set_baggage_item("k", "child");
    parent.set_baggage_item("l", "late");
    assert_eq!(before.baggage_item("k").as_deref(), Some("parent"));
    assert_eq!(before.baggage_item("l"), None);
    assert_eq!(parent.baggage_item("k").as_deref(), Some("parent"));
    assert_eq!(child.baggage().iter().collect::<Vec<_>>(), [("k", "child")]);
}

#[test]
fn going_through_the_baggage_ends_when_told() {
    let tracer = MockTracer::new();
    let span = tracer.span("span").start();
    span.set_baggage_item("a", "1");
    span.set_baggage_item("b", "2");
    let mut seen = 0;
    let baggage = span.context().baggage();
    let found = baggage.iter().find(|_| {
        seen += 1;
        true
    });
    assert_eq!((found, seen), (Some(("a", "1")), 1));
}

#[test]
fn fields_keep_their_kinds_and_can_be_read_as_text() {
    let tracer = MockTracer::new();
    let fields = [
        Tag::new("bool", true),
        Tag::new("int", -4),
        Tag::new("int64", i64::MIN),
        Tag::new("uint64", u64::MAX),
        Tag::new("float", 1.5),
        Tag::new("string", "text"),
        Tag::new("list", vec![1i64, 2]),
    ];
    let span = tracer.span("span").start();
    span.log_fields(fields.clone());
    span.finish();
    let span = tracer.span_named("span").unwrap();
    assert_eq!(span.logs[0].1, fields);
    let text: Vec<_> = span.logs[0].1.iter().map(|field| field.value.to_string()).collect();
    let least = i64::MIN.to_string();
    let expected = ["true", "-4", &least, "18446744073709551615", "1.5", "text", "[1, 2]"];
    assert_eq!(text, expected);
}

#[test]
fn a_lazy_field_chooses_its_key() {
    let tracer = MockTracer::new();
    let asked = AtomicBool::new(false);
    let lazy = || {
        std::iter::once_with(|| {
            asked.store(true, Ordering::Relaxed);
            Tag::new(format!("key.{}", 40 + 2), 42)
        })
    };
    SpanRef::noop().log_fields(lazy());
    let unsampled = Tracer::builder("test").sampler(AlwaysOff).build();
    unsampled.span("span").start().log_fields(lazy());
    assert!(!asked.load(Ordering::Relaxed), "not made for nobody");
    let span = tracer.span("span").start();
    span.log_fields(lazy());
    span.finish();
    let span = tracer.span_named("span").unwrap();
    assert_eq!(span.logs[0].1, [Tag::new("key.42", 42)]);
    assert!(asked.load(Ordering::Relaxed));
}

#[test]
fn a_given_finish_time_is_honoured() {
    let tracer = MockTracer::new();
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let span = tracer.span("span").start_time(at(100)).start();
    span.log_at(at(150), [Tag::new("event", "midway")]);
    span.finish_at(at(200));
    let span = tracer.span_named("span").unwrap();
    assert_eq!((span.start, span.end, span.logs[0].0), (at(100), at(200), at(150)));
}

/// In their own format the ids are four keys; in the W3C's, two headers.
#[test]
fn propagation_of_sampled_and_unsampled_in_text_and_http() {
    let tracer = MockTracer::new();
    for sampled in [true, false] {
        let mut baggage = Baggage::new();
        baggage.set("x", "y:z");
        let context = context(0xa, 0xb, sampled).with_baggage(baggage);
        let parent = format!("00-{:032x}-{:016x}-0{}", 0xa, 0xb, u8::from(sampled));
        let mut text = BTreeMap::<String, String>::new();
        tracer.inject(&context, &mut text);
        let pairs: Vec<_> = text.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(pairs, [("baggage", "x=y:z"), ("traceparent", &parent)], "and no others");
        assert_eq!(tracer.extract(&text), context);
        #[cfg(feature = "http")]
        {
            let mut headers = http::HeaderMap::new();
            tracer.inject(&context, &mut headers);
            assert_eq!((headers.len(), headers["traceparent"] == *parent), (2, true));
            assert_eq!(tracer.extract(&headers), context);
        }
    }
}

#[test]
fn values_round_trip_escaped_where_the_format_wants_it() {
    let tracer = MockTracer::new();
    for value in [":", "a b", "x=1;y=2,z", "%3A", "ключ", "\u{1f980}", "\"\\\r\n\0"] {
        let span = tracer.span("span").start();
        span.set_baggage_item("key", value);
        let mut carrier = HashMap::<String, String>::new();
        tracer.inject(&span, &mut carrier);
        assert!(carrier["baggage"].bytes().all(|byte| byte.is_ascii_graphic()), "{carrier:?}");
        assert_eq!(tracer.extract(&carrier).baggage_item("key").as_deref(), Some(value));
    }
}

#[test]
fn a_missing_id_is_not_found_and_one_that_is_no_number_is_an_error() {
    let tracer = MockTracer::new();
    let none: [(&str, &str); 0] = [];
    assert_eq!(tracer.try_extract(&none), Err(ExtractError::NotFound));
    assert_eq!(tracer.try_extract(&[("tracestate", "a=1")]), Err(ExtractError::NotFound));
    for bad in [
        format!("00-{TRACE}"),
        format!("00-{TRACE}-"),
        format!("00--{SPAN}-01"),
        format!("00-{TRACE}-not a number at -01"),
        format!("00-{}-{SPAN}-01", TRACE.replace('a', "z")),
    ] {
        let error = tracer.try_extract(&[("traceparent", &bad)]).unwrap_err();
        assert!(matches!(error, ExtractError::Corrupted { field: "traceparent", .. }), "{bad}");
        assert!(!error.to_string().contains(&bad[3..]), "the value is the caller's");
        assert!(tracer.extract(&[("traceparent", &bad)]).is_empty(), "and no request fails");
    }
}

#[test]
fn header_keys_are_case_insensitive() {
    let tracer = MockTracer::new();
    let parent = format!("00-{TRACE}-{SPAN}-01");
    for name in ["traceparent", "Traceparent", "TRACEPARENT", "tRaCePaReNt"] {
        let carriers = [(name.to_owned(), parent.clone()), ("BAGGAGE".to_owned(), "k=v".into())];
        let context = tracer.extract(&HashMap::from(carriers));
        assert_eq!(context.trace_id().unwrap().to_string(), TRACE);
        assert_eq!(context.baggage_item("k").as_deref(), Some("v"));
    }
}

#[test]
fn race_set_baggage_while_reading_the_context() {
    let tracer = MockTracer::new();
    let span = tracer.span("span").start();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (handle, tracer, done) = (span.handle(), &tracer, &done);
        scope.spawn(move || {
            for nth in 0..5_000 {
                assert!(handle.set_baggage_item("a", &nth.to_string()));
                assert!(handle.set_baggage_item("b", &nth.to_string()));
            }
            done.store(true, Ordering::Relaxed);
        });
        for _ in 0..2 {
            let handle = span.handle();
            scope.spawn(move || {
                let mut last = 0;
                while !done.load(Ordering::Relaxed) {
                    let context = handle.context();
                    let item = |key| context.baggage_item(key).and_then(|item| item.parse().ok());
                    let (a, b): (u64, u64) = (item("a").unwrap_or(0), item("b").unwrap_or(0));
                    assert!(a == b || a == b + 1, "{a} {b}: a context is one moment");
                    assert!(a >= last);
                    last = a;
                    let mut carrier = HashMap::<String, String>::new();
                    tracer.inject(&handle, &mut carrier);
                    tracer.span("child").child_of(&handle).start().finish();
                }
            });
        }
    });
    assert_eq!(span.baggage_item("a").as_deref(), Some("4999"));
}

/// The parent is the first ChildOf, else the first reference.
#[test]
fn the_first_reference_decides_trace_parent_sampled_and_baggage() {
    let tracer = MockTracer::new();
    let with = |trace: u128, sampled, value: &str| {
        let mut baggage = Baggage::new();
        baggage.set("from", value);
        context(trace, trace as u64, sampled).with_baggage(baggage)
    };
    let (first, second, third) = (with(1, true, "1"), with(2, false, "2"), with(3, true, "3"));
    let look = |span: &SpanRef| {
        let context = span.context();
        (context.trace_id().unwrap().to_u128(), context.is_sampled(), span.baggage_item("from"))
    };
    let span = tracer.span("s").child_of(&first).child_of(&second).follows_from(&third).start();
    assert_eq!(look(&span), (1, true, Some("1".into())));
    drop(span);
    assert_eq!(tracer.span_named("s").unwrap().parent_id, first.span_id());
    let span = tracer.span("s").follows_from(&first).child_of(&second).child_of(&third).start();
    assert_eq!(look(&span), (2, false, Some("2".into())));
    let span = tracer.span("s").follows_from(&third).follows_from(&second).start();
    assert_eq!(look(&span), (3, true, Some("3".into())));
}

#[test]
fn spans_are_found_by_name_parent_and_trace() {
    let tracer = MockTracer::new();
    let root = tracer.span("root").start();
    let trace = root.context().trace_id().unwrap();
    {
        let _entered = root.enter();
        let child = tracer.span("child").start();
        tracer.span("grandchild").child_of(&child).start().finish();
        child.finish();
        tracer.span("child").start().finish();
    }
    root.finish();
    tracer.span("other").root().start().finish();
    let root = tracer.span_named("root").unwrap();
    assert_eq!(names(&tracer.children_of(&root)), ["child", "child"]);
    assert_eq!(tracer.children_of(&root), tracer.spans_named("child"));
    let child = tracer.span_named("child").unwrap();
    assert_eq!(names(&tracer.children_of(&child)), ["grandchild"], "the first of them");
    assert_eq!(names(&tracer.roots()), ["root", "other"]);
    assert_eq!(names(&tracer.trace(trace)), ["grandchild", "child", "child", "root"]);
    assert_eq!(tracer.span_named("no such"), None);
    assert!(tracer.spans_named("no such").is_empty());
}

#[test]
fn any_set_up_can_be_mocked() {
    let limits = Limits::default().with_tags(1);
    let tracer = MockTracer::with(Tracer::builder("shop").tag("region", "eu").limits(limits));
    tracer.span("span").kind(SpanKind::Client).tag("a", 1).tag("b", 2).start().finish();
    let span = tracer.span_named("span").unwrap();
    assert_eq!((span.service(), own_tags(&span).len(), span.dropped.tags), ("shop", 1, 1));
    assert_eq!(tracer.resource().tag("region"), Some(&Value::from("eu")));
}

#[test]
fn it_is_the_global_one_as_long_as_it_is_asked_to_be() {
    let threads = 8;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let tracer = MockTracer::new();
                for _ in 0..20 {
                    let _global = tracer.set_as_global();
                    tracer_core::span("mine").root().start().finish();
                    let inner = MockTracer::new();
                    let nested = inner.set_as_global();
                    tracer_core::span("inner").root().start().finish();
                    assert_eq!(inner.finished_spans().len(), 1);
                    drop(nested);
                    tracer_core::span("mine").root().start().finish();
                }
                assert_eq!(tracer.spans_named("mine").len(), 40, "one test after the other");
                assert_eq!(tracer.finished_spans().len(), 40);
            });
        }
    });
    let tracer = MockTracer::new();
    let guard = tracer.set_as_global();
    assert!(tracer_core::global().is_some());
    drop(guard);
    assert!(tracer_core::global().is_none());
}

#[test]
fn after_the_shutdown_there_is_what_there_was() {
    let tracer = MockTracer::new();
    tracer.span("before").start().finish();
    assert_eq!(tracer.shutdown(common::LONG), Ok(()));
    tracer.span("after").start().finish();
    assert_eq!(names(&tracer.finished_spans()), ["before"]);
}

#[tokio::test]
async fn futures_of_many_tasks() {
    let tracer = MockTracer::new();
    let root = tracer.span("root").start();
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let span = tracer.span("task").child_of(&root).start();
            tokio::spawn(async { tokio::task::yield_now().await }.in_span(span))
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    root.finish();
    let root = tracer.span_named("root").unwrap();
    assert_eq!(tracer.children_of(&root).len(), 10);
    assert_eq!(tracer.finished_spans().last(), Some(&root));
}
