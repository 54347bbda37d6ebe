//! Spans, references, tags, logs, baggage, within the process.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use super::Check;
use super::run::{Findings, Run};
use crate::context::SpanContext;
use crate::current;
use crate::span::SpanKind;
use crate::tracer::Tracer;
use crate::value::Tag;

pub(super) fn check(run: &mut Run<'_>, tracer: &Tracer) {
    let options = run.options;
    run.check(Check::Start, |found| start(found, tracer));
    run.check(Check::References, |found| {
        references(found, tracer, options.same_trace);
    });
    run.check(Check::Rename, |found| {
        let span = tracer.span("").root().start();
        span.rename("named").rename(String::from("named again"));
        found.expect(span.context().is_valid(), "a span without a name has no ids");
    });
    run.check(Check::Tags, |found| tags(found, tracer));
    run.check(Check::Finish, |found| finish(found, tracer, options.same_context));
    run.check(Check::Baggage, |found| baggage(found, tracer));
}

fn start(found: &mut Findings, tracer: &Tracer) {
    let before = current::current().context();
    let open = tracer.books().open;
    let mut ids = HashSet::new();
    for _ in 0..10 {
        let span = tracer.span("start").root().tag("key", "value").start();
        span.set_tag("number", 1).log("an event");
        found.expect(span.context().is_valid(), "a span has no ids");
        found.expect(!span.context().is_remote(), "a span of this process is one of another");
        ids.insert(span.context().span_id());
        let scope = tracer.span("active").root().start_active();
        found.expect(scope.handle().context().is_valid(), "an active span has no ids");
        ids.insert(scope.handle().context().span_id());
        scope.finish();
        span.finish();
    }
    found.expect(ids.len() == 20, "two spans have one id");
    found.expect(tracer.books().open == open, "a span is open after its end");
    let after = current::current().context();
    found.expect(after == before, "a span is left current on the thread");
}

fn references(found: &mut Findings, tracer: &Tracer, same_trace: super::Probe) {
    let parent = tracer.span("parent").root().start();
    let (child, follower) = (
        tracer.span("child").child_of(&parent).start(),
        tracer.span("follower").follows_from(&parent).start(),
    );
    let entered = parent.enter();
    let implicit = tracer.span("implicit").start();
    drop(entered);
    for (what, span) in [("child", &child), ("follower", &follower), ("implicit", &implicit)] {
        let (own, of_parent) = (span.context(), parent.context());
        let in_trace = same_trace(&own, &of_parent);
        found.expect(in_trace, &format!("a {what} is not in the trace of its parent"));
        let has_own = own.is_valid() && own.span_id() != of_parent.span_id();
        found.expect(has_own, &format!("a {what} has no id of its own"));
        let decided = own.is_sampled() == of_parent.is_sampled();
        // Unless the sampler is asked for children, too.
        found.expect(
            decided || tracer.asks_for_children(),
            &format!("a {what} has another decision than its parent"),
        );
    }
    let other = tracer.span("other").root().start();
    let apart = !same_trace(&other.context(), &parent.context());
    found.expect(apart, "two traces are one");
    let alone = tracer.span("alone").root().child_of(&None::<SpanContext>);
    let alone = alone.follows_from(&SpanContext::default()).start();
    found.expect(alone.context().is_valid(), "a span with empty references has no ids");
}

fn tags(found: &mut Findings, tracer: &Tracer) {
    let builder = tracer.span("tags").root().kind(SpanKind::Client).tag("text", "text");
    let builder = builder.tag("number", -1).tag("truth", true).tag("broken", 0.5);
    let builder = builder.tag("list", vec!["a", ""]).tag("", "").tag("ключ", "значение");
    let span = builder.tag("\u{1f980}", "\u{0}\r\n").start();
    span.set_tag("text", "again").set_tag("number", i64::MAX).set_tag("truth", false);
    span.set_tag("имя", "имя").set_tag("text", "x".repeat(100_000)).remove_tag("number");
    found.expect(span.context().is_valid(), "a span with tags has no ids");
}

fn finish(found: &mut Findings, tracer: &Tracer, same_context: super::Probe) {
    let now = SystemTime::now();
    let (started, open) = (tracer.books().started, tracer.books().open);
    let span = tracer.span("logs").root().start_time(now).start();
    span.log("one").log_fields([Tag::new("event", "two"), Tag::new("n", 2)]);
    span.log_at(now - Duration::from_secs(1), [Tag::new("event", "earlier")]);
    span.log_at(now + Duration::from_secs(3600), [Tag::new("event", "later")]).log_fields([]);
    let (context, handle) = (span.context(), span.handle());
    let mut recorded = u64::from(span.is_recording());
    span.finish_at(now + Duration::from_secs(1));
    handle.set_tag("late", true).log("late").rename("late");
    found.expect(!handle.is_recording(), "a span is recording after its end");
    let same = same_context(&handle.context(), &context);
    found.expect(same, "a context has changed with the end of its span");
    let child = tracer.span("child").child_of(&handle).start();
    let of_trace = child.context().trace_id() == context.trace_id();
    found.expect(of_trace, "a span that has finished is nobody's parent");
    recorded += u64::from(child.is_recording());
    child.finish();
    let books = tracer.books();
    found.expect(books.started - started == recorded, "spans are counted wrongly");
    found.expect(books.open == open, "a span is open after its end");
}

fn baggage(found: &mut Findings, tracer: &Tracer) {
    let parent = tracer.span("parent").root().start();
    found.expect(parent.baggage().is_empty(), "a new span has baggage");
    found.expect(parent.set_baggage_item("first", "1"), "an item is refused");
    let child = tracer.span("child").child_of(&parent).start();
    child.set_baggage_item("second", "2");
    let items = child.context().baggage();
    let all: Vec<_> = items.iter().collect();
    found.expect(all == [("first", "1"), ("second", "2")], "items are missing, or come twice");
    found.expect(items.iter().take(1).count() == 1, "going through the items does not end");
    found.expect(parent.baggage_item("second").is_none(), "an item has gone to the parent");
    child.set_baggage_item("first", "");
    found.expect(child.baggage_item("first").is_none(), "a deleted item is there");
    let kept = parent.baggage_item("first");
    found.expect(kept.as_deref() == Some("1"), "an item is deleted on the parent");
}
