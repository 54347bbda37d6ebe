//! The model: spans, references, tags, logs, times, baggage, as OpenTracing has them.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{assert_child, context, named, own_tags, take, traced};
use tracer_core::{ReferenceKind, Span, SpanContext, SpanKind, Status, Tag, Value};

fn at(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}

#[test]
fn quick_start() {
    let (tracer, memory) = traced();
    let foo = tracer.span("Foo").kind(SpanKind::Server).tag("http.method", "GET").start();
    let bar = tracer.span("Bar").child_of(&foo).start();
    bar.log("cache miss").set_tag("error", true);
    bar.finish();
    foo.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 2);
    assert_child(&spans, "Bar", "Foo");
    let (foo, bar) = (named(&spans, "Foo"), named(&spans, "Bar"));
    assert_eq!((foo.kind, bar.kind), (SpanKind::Server, SpanKind::Internal));
    assert_eq!(foo.parent_id, None);
    assert_eq!(foo.tag("http.method"), Some(&Value::from("GET")));
    assert_eq!((&foo.status, &bar.status), (&Status::Unset, &Status::ERROR));
    assert_eq!(bar.tag("error"), None, "a status on the wire");
    assert_eq!(bar.events(), ["cache miss"]);
    assert!(foo.start <= bar.start && bar.start <= bar.end && bar.end <= foo.end);
    assert_eq!((foo.service(), foo.has_remote_parent), ("test", false));
}

#[test]
fn the_first_child_of_is_the_parent_and_the_rest_are_links() {
    let (tracer, memory) = traced();
    let [a, b, c] = [1u64, 2, 3].map(|id| context(u128::from(id), id, true));
    tracer.span("mixed").follows_from(&a).child_of(&b).child_of(&c).start().finish();
    tracer.span("follows").follows_from(&a).follows_from(&b).start().finish();
    tracer.span("linked").root().link(&a).start().finish();
    tracer.span("linked first").link(&a).child_of(&b).start().finish();
    let spans = take(&tracer, &memory);
    let look = |name: &str| {
        let span = named(&spans, name);
        let links: Vec<_> = span
            .links
            .iter()
            .map(|link| (link.context.span_id().unwrap().to_u64(), link.kind))
            .collect();
        (span.trace_id.unwrap().to_u128(), span.parent_id.map(|id| id.to_u64()), links)
    };
    use ReferenceKind::{ChildOf, FollowsFrom};
    assert_eq!(look("mixed"), (2, Some(2), vec![(1, FollowsFrom), (3, ChildOf)]));
    assert_eq!(look("follows"), (1, Some(1), vec![(2, FollowsFrom)]));
    assert_eq!(look("linked first"), (2, Some(2), vec![(1, FollowsFrom)]));
    let (trace, parent, links) = look("linked");
    assert_eq!((parent, links), (None, vec![(1, FollowsFrom)]));
    assert_ne!(trace, 1);
}

#[test]
fn empty_contexts_are_no_references() {
    let (tracer, memory) = traced();
    let (empty, none) = (SpanContext::default(), None::<SpanContext>);
    let (a, b) = (context(1, 1, true), context(2, 2, true));
    let span = tracer.span("kept").child_of(&empty).child_of(&a).child_of(&none).child_of(&b);
    span.child_of(&Span::noop()).link(&empty).start().finish();
    tracer.span("root").child_of(&empty).start().finish();
    let outer = tracer.span("outer").start();
    let entered = outer.enter();
    tracer.span("implicit").child_of(&empty).start().finish();
    drop(entered);
    drop(outer);
    let spans = take(&tracer, &memory);
    let kept = named(&spans, "kept");
    assert_eq!(kept.parent_id, a.span_id());
    assert_eq!(kept.links.iter().map(|l| l.context.clone()).collect::<Vec<_>>(), [b]);
    assert_eq!(named(&spans, "root").parent_id, None);
    assert_child(&spans, "implicit", "outer");
}

#[test]
fn a_reference_to_oneself_is_an_ordinary_one() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").start();
    let own = span.context();
    tracer.span("twice").child_of(&own).follows_from(&own).start().finish();
    drop(span);
    let spans = take(&tracer, &memory);
    assert_child(&spans, "twice", "span");
    let twice = named(&spans, "twice");
    assert_eq!(twice.links[0].context, own);
    assert_ne!(twice.span_id, own.span_id());
}

#[test]
fn tags_are_typed_and_the_last_value_stays() {
    let (tracer, memory) = traced();
    let span = tracer.span("tags").tag("a", 1).tag("a", 2).start();
    span.set_tag("a", 3i64).set_tag("b", true).set_tag("c", 1.5).set_tag("d", u64::MAX);
    span.set_tag("ключ", "значение").set_tag("list", vec![1i64, 2]);
    span.set_tag("texts", vec!["x", "y"]).set_tag("e", String::from("owned"));
    span.set_tag("b", "text now");
    span.finish();
    let spans = take(&tracer, &memory);
    let span = &spans[0];
    assert_eq!(own_tags(span).len(), 8);
    assert_eq!(span.tag("a"), Some(&Value::I64(3)));
    assert_eq!(span.tag("b"), Some(&Value::from("text now")));
    assert_eq!(span.tag("c"), Some(&Value::F64(1.5)));
    assert_eq!(span.tag("d"), Some(&Value::from("18446744073709551615")));
    assert_eq!(span.tag("ключ"), Some(&Value::from("значение")));
    assert_eq!(span.tag("list"), Some(&Value::from(vec![1i64, 2])));
    assert_eq!(span.tag("texts"), Some(&Value::from(vec!["x", "y"])));
}

#[test]
fn logs_keep_order_fields_and_times() {
    let (tracer, memory) = traced();
    let span = tracer.span("logs").start();
    span.log("one");
    span.log_fields([Tag::new("event", "two"), Tag::new("size", 2), Tag::new("ok", false)]);
    span.log_at(at(5_000_000_001), [Tag::new("event", "three")]);
    span.log_fields([]).log_fields([Tag::new("message", "no event")]);
    span.log_error(&std::io::Error::other("disk on fire"));
    span.finish();
    let spans = take(&tracer, &memory);
    let span = &spans[0];
    assert_eq!(span.events(), ["one", "two", "three", "error"]);
    let sizes: Vec<_> = span.logs.iter().map(|(_, fields)| fields.len()).collect();
    assert_eq!(sizes, [1, 3, 1, 0, 1, 3]);
    assert_eq!(span.logs[1].1[1], Tag::new("size", 2));
    assert_eq!(span.logs[2].0, at(5_000_000_001));
    assert!(span.start <= span.logs[0].0 && span.logs[1].0 <= span.end);
    assert_eq!(span.logs[5].1[2], Tag::new("message", "disk on fire"));
    assert_eq!(span.status, Status::Error("disk on fire".into()));
}

#[test]
fn names_and_times_can_be_given_late_and_by_hand() {
    let (tracer, memory) = traced();
    let span = tracer.span("").start_time(at(1_000)).start();
    span.rename("late").rename(format!("later{}", 1));
    span.finish_at(at(3_500));
    tracer.span("backwards").start_time(at(9_000)).start().finish_at(at(8_000));
    let before = SystemTime::now();
    tracer.span("half").start_time(at(7)).start().finish();
    tracer.span("other half").start().finish_at(at(1));
    let spans = take(&tracer, &memory);
    let times = |name| (named(&spans, name).start, named(&spans, name).end);
    assert_eq!(times("later1"), (at(1_000), at(3_500)));
    assert_eq!(times("backwards"), (at(9_000), at(9_000)));
    let (start, end) = times("half");
    assert_eq!(start, at(7));
    assert!(end + Duration::from_millis(100) > before, "{end:?}");
    let (start, end) = times("other half");
    assert_eq!(start, end, "never before its start");
}

#[test]
fn the_tag_error_is_the_status() {
    let (tracer, memory) = traced();
    let status = |set: &dyn Fn(&Span)| {
        let span = tracer.span("status").start();
        set(&span);
        span.finish();
        take(&tracer, &memory)[0].status.clone()
    };
    assert_eq!(status(&|s| _ = s.set_tag("error", true)), Status::ERROR);
    assert_eq!(status(&|s| _ = s.set_tag("error", "true")), Status::ERROR);
    assert_eq!(status(&|s| _ = s.set_tag("error", false)), Status::Unset);
    assert_eq!(status(&|s| _ = s.set_tag("error", true).set_tag("error", false)), Status::Unset);
    let kept = Status::Error("why".into());
    let set = |s: &Span| _ = s.set_status(kept.clone()).set_tag("error", true);
    assert_eq!(status(&set), kept, "the reason stays");
    assert_eq!(status(&|s| _ = s.set_status(Status::Ok)), Status::Ok);
    let fine = |s: &Span| _ = s.set_status(Status::Ok).set_tag("error", false);
    assert_eq!(status(&fine), Status::Ok, "that it did not fail is no news");
    assert_eq!(status(&|s| _ = s.set_tag("error", true).remove_tag("error")), Status::Unset);
    tracer.span("early").tag("error", true).start().finish();
    assert_eq!(take(&tracer, &memory)[0].status, Status::ERROR);
}

#[test]
fn a_tag_error_that_is_no_truth_value_is_a_tag() {
    let (tracer, memory) = traced();
    let span = tracer.span("text").start();
    span.set_status(Status::Error("why".into())).set_tag("error", "timeout of upstream");
    span.finish();
    tracer.span("number").tag("error", 7).start().finish();
    let spans = take(&tracer, &memory);
    assert_eq!(spans[0].status, Status::Error("why".into()), "the error stays");
    assert_eq!(spans[0].tag("error"), Some(&Value::from("timeout of upstream")));
    assert_eq!((&spans[1].status, spans[1].tag("error")), (&Status::Unset, Some(&Value::I64(7))));
}

#[test]
fn a_tag_can_be_taken_away() {
    let (tracer, memory) = traced();
    let span = tracer.span("removed").tag("a", 1).start();
    span.set_tag("b", 2).set_tag("c", "three".to_owned());
    span.remove_tag("b").remove_tag("never there");
    span.handle().remove_tag("a");
    span.finish();
    let (handle, done) = (tracer.span("late").start().handle(), take(&tracer, &memory));
    assert_eq!(own_tags(&done[0]), [Tag::new("c", "three")]);
    handle.remove_tag("late");
    assert_eq!(tracer.books().written_after_finish, 1);
}

#[test]
fn after_the_end_the_context_is_good_and_writes_are_counted() {
    let (tracer, memory) = traced();
    let span = tracer.span("done").start();
    let (handle, context) = (span.handle(), span.context());
    assert!(handle.is_recording());
    span.finish();
    assert!(!handle.is_recording());
    assert_eq!(handle.context(), context);
    handle.set_tag("late", 1).log("late").rename("late").set_status(Status::Ok);
    handle.log_fields([Tag::new("event", "late")]).log_error(&std::fmt::Error);
    tracer.span("child").child_of(&handle).start().finish();
    let spans = take(&tracer, &memory);
    assert_child(&spans, "child", "done");
    let done = named(&spans, "done");
    assert!(own_tags(done).is_empty() && done.logs.is_empty() && done.status == Status::Unset);
    assert_eq!(tracer.books().written_after_finish, 6);
    for _ in 0..200 {
        tracer.span("next").start().finish();
        assert_eq!(handle.context(), context, "the handle's slot is not given to another span");
    }
}
