//! jaeger-client's cases of `sampling.priority`, set on a span that has begun.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::HashMap;

use common::{assert_child, context, named, own_tags, settled, take, traced};
use tracer_core::observe::StoreSettings;
use tracer_core::semconv::opentracing::SAMPLING_PRIORITY;
use tracer_core::{
    AlwaysOff, DropReason, MemoryReporter, Span, SpanContext, SpanRef, Tag, Tracer, Value, current,
};

fn unsampled() -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (Tracer::builder("test").reporter(memory.clone()).sampler(AlwaysOff).build(), memory)
}

/// The flags that the next service is told.
fn told(tracer: &Tracer, span: &SpanRef) -> String {
    let mut carrier = HashMap::<String, String>::new();
    tracer.inject(span, &mut carrier);
    let parent = &carrier["traceparent"];
    parent[parent.len() - 2..].to_owned()
}

#[test]
fn zero_unsets_sampled_and_the_span_is_not_reported() {
    let (tracer, memory) = traced();
    let span = tracer.span("health").start();
    assert_eq!(told(&tracer, &span), "03");
    span.set_tag("before", 1).log("before");
    span.set_tag(SAMPLING_PRIORITY, 0);
    assert_eq!(told(&tracer, &span), "02");
    assert!(!span.is_recording() && !span.context().is_sampled());
    span.set_tag("after", 1).rename("renamed");
    let handle = span.handle();
    span.finish();
    assert_eq!(told(&tracer, &handle), "02", "also after the end");
    tracer.span("other").start().finish();
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].name, "other");
    let books = settled(&tracer);
    assert_eq!((books.finished, books.reported), (2, 1));
    assert_eq!(books.dropped_for(DropReason::Unsampled), 1);
    assert_eq!((books.dropped(), DropReason::Unsampled.as_str()), (1, "sampling_priority"));
}

#[test]
fn what_is_below_a_span_of_no_priority_is_not_recorded() {
    let (tracer, memory) = traced();
    let span = tracer.span("outer").start();
    let entered = span.enter();
    let (before, scope) = (tracer.span("before").start(), tracer.scope("scope before"));
    scope.finish();
    span.set_tag(SAMPLING_PRIORITY, 0);
    let settings = StoreSettings { tracer: Some(tracer.clone()), ..StoreSettings::default() };
    assert!(settings.tracer().is_none(), "not even asked for");
    let below = [
        tracer.span("implicit").start(),
        tracer.span("explicit").child_of(&span).start(),
        tracer_core::span("of no tracer").child_of(&span).start(),
    ];
    for child in &below {
        assert!(!child.is_recording() && !child.context().is_sampled());
        assert_eq!(child.context().trace_id(), span.context().trace_id());
    }
    {
        let scope = tracer.scope("scope");
        scope.set_tag("k", 1);
        let inner = tracer.scope("inner");
        assert!(!inner.handle().is_recording() && !current().context().is_sampled());
    }
    tracer.span("root").root().start().finish();
    drop((below, before, entered, span));
    let spans = take(&tracer, &memory);
    let mut names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["before", "root", "scope before"], "what had begun is reported");
    assert_eq!(settled(&tracer).dropped_for(DropReason::Unsampled), 1);
}

/// A scope is an ordinary span from its first tag on.
#[test]
fn scopes_hear_it_too() {
    let (tracer, memory) = traced();
    {
        let _outer = tracer.scope("outer");
        let quiet = tracer.scope("quiet");
        quiet.set_tag(SAMPLING_PRIORITY, 0);
        let below = tracer.scope("below");
        assert!(!below.handle().context().is_sampled());
        drop(below);
        tracer.scope("also below").finish();
        drop(quiet);
        tracer.scope("loud").finish();
    }
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 2);
    assert_child(&spans, "loud", "outer");
    assert_eq!(settled(&tracer).dropped_for(DropReason::Unsampled), 1);
}

#[test]
fn one_on_a_recorded_span_insists_and_the_tag_stays() {
    let (tracer, memory) = traced();
    let span = tracer.span("important").start();
    assert!(!span.context().is_debug());
    span.set_tag(SAMPLING_PRIORITY, 1);
    assert!(span.context().is_sampled() && span.context().is_debug());
    let child = tracer.span("child").child_of(&span).start();
    assert!(child.context().is_debug());
    drop((child, span));
    let spans = take(&tracer, &memory);
    assert_eq!(named(&spans, "important").tag(SAMPLING_PRIORITY), Some(&Value::I64(1)));
    assert_eq!(named(&spans, "child").tag(SAMPLING_PRIORITY), None);
}

#[test]
fn throttled_it_is_sampled_only() {
    let memory = MemoryReporter::new();
    let builder = Tracer::builder("test").reporter(memory.clone());
    let tracer = builder.forced_sampling(0.0, 2.0).build();
    let flags = |priority: i64| {
        let span = tracer.span("span").start();
        span.set_tag(SAMPLING_PRIORITY, priority).set_tag(SAMPLING_PRIORITY, priority);
        (span.context().is_sampled(), span.context().is_debug())
    };
    assert_eq!([flags(1), flags(0), flags(7)], [(true, true), (false, false), (true, true)]);
    assert_eq!(flags(1), (true, false), "the budget is spent, and the sampler's word stands");
    let books = settled(&tracer);
    assert_eq!((books.forced, books.forced_refused), (2, 2));
    assert_eq!(take(&tracer, &memory).len(), 3);
}

#[test]
fn a_child_can_have_another_priority_than_its_parent() {
    let (tracer, memory) = traced();
    let parent = tracer.span("parent").start();
    let entered = parent.enter();
    tracer.span("quiet").tag(SAMPLING_PRIORITY, 0).start().finish();
    let scope = tracer.scope("scope");
    tracer.span("quiet").tag(SAMPLING_PRIORITY, 0).start_active().finish();
    tracer.span("loud").tag(SAMPLING_PRIORITY, 2).start().finish();
    drop((scope, entered, parent));
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 3);
    assert_child(&spans, "loud", "scope");
    assert_eq!(settled(&tracer).dropped(), 0, "decided before anything is recorded");
}

#[test]
fn zero_keeps_the_debug_bit() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").start();
    span.set_tag(SAMPLING_PRIORITY, 1).set_tag(SAMPLING_PRIORITY, 0);
    assert!(!span.context().is_sampled() && span.context().is_debug());
    span.finish();
    assert!(take(&tracer, &memory).is_empty());
}

#[test]
fn zero_can_be_taken_back() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").start();
    span.set_tag("before", 1).set_tag(SAMPLING_PRIORITY, 0);
    span.set_tag("meanwhile", 2).set_tag(SAMPLING_PRIORITY, 1);
    assert!(span.is_recording());
    span.finish();
    let spans = take(&tracer, &memory);
    let tags = own_tags(&spans[0]);
    let keys: Vec<_> = tags.iter().map(|tag| &*tag.key).collect();
    assert_eq!(keys, ["before", "sampling.priority", "meanwhile"]);
    assert_eq!(settled(&tracer).dropped(), 0);
}

#[test]
fn one_on_an_unsampled_span_samples_what_is_below() {
    let (tracer, memory) = unsampled();
    let span = tracer.span("gap").start();
    let entered = span.enter();
    span.set_baggage_item("k", "v");
    tracer.span("too early").start().finish();
    tracer.scope("too early").finish();
    assert_eq!(told(&tracer, &span), "02");
    span.set_tag(SAMPLING_PRIORITY, 1);
    assert_eq!(told(&tracer, &span), "03");
    assert!(!span.is_recording(), "it has begun without");
    assert!(!span.context().is_debug(), "it does not know its tracer's budget");
    tracer.span("implicit").start().finish();
    tracer.span("explicit").child_of(&span).start().finish();
    {
        let scope = tracer.scope("scope");
        scope.set_tag("k", 1);
        tracer.scope("inner").finish();
        assert_eq!(current().baggage_item("k").as_deref(), Some("v"));
    }
    tracer.span("other trace").root().start().finish();
    let gap = span.context();
    drop((entered, span));
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 4, "{spans:?}");
    for name in ["implicit", "explicit", "scope"] {
        let span = named(&spans, name);
        assert_eq!((span.trace_id, span.parent_id), (gap.trace_id(), gap.span_id()), "{name}");
    }
    assert_child(&spans, "inner", "scope");
    assert_eq!(settled(&tracer).open, 0);
}

#[test]
fn in_a_scope_of_an_unsampled_trace_it_is_the_span_around_that_hears_it() {
    let (tracer, memory) = unsampled();
    let span = tracer.span("gap").start();
    let entered = span.enter();
    let scope = tracer.scope("no more than the span around");
    scope.set_tag(SAMPLING_PRIORITY, 1.0);
    tracer.scope("heard").finish();
    drop((scope, entered));
    let heard = take(&tracer, &memory).remove(0);
    assert_eq!((&*heard.name, heard.parent_id), ("heard", span.context().span_id()));
    // And back: nothing new below it.
    let entered = span.enter();
    span.set_tag(SAMPLING_PRIORITY, 0);
    tracer.scope("not heard").finish();
    drop(entered);
    assert_eq!(told(&tracer, &span), "02");
    assert!(take(&tracer, &memory).is_empty());
}

/// However a tag comes.
#[test]
fn among_several_tags_and_among_costly_ones_it_is_heard() {
    let (tracer, memory) = traced();
    let priority = |wanted: i64| [Tag::new("k", 1), Tag::new(SAMPLING_PRIORITY, wanted)];
    let span = tracer.span("several").start();
    span.set_tags(priority(0));
    assert!(!span.context().is_sampled());
    span.set_tags(priority(1));
    assert!(span.context().is_sampled() && span.context().is_debug());
    span.set_tags(priority(0));
    span.finish();
    let span = tracer.span("costly").start_with(|tags| tags.extend(priority(0)));
    assert!(!span.context().is_sampled());
    span.finish();
    assert!(take(&tracer, &memory).is_empty());
    assert_eq!(settled(&tracer).dropped_for(DropReason::Unsampled), 2);
    let (tracer, _memory) = unsampled();
    let span = tracer.span("gap").start();
    span.set_tags(priority(1));
    assert!(span.context().is_sampled());
}

#[test]
fn what_is_no_priority_is_a_tag_and_no_more() {
    let (tracer, memory) = traced();
    let values = [
        Value::from("0"),
        Value::from(vec![1i64]),
        Value::from(false),
        Value::from(f64::NAN),
        "".into(),
    ];
    for value in values {
        let span = tracer.span("span").start();
        span.set_tag(SAMPLING_PRIORITY, value.clone()).set_tag("sampling.priority ", 0);
        assert!(span.is_recording() && !span.context().is_debug(), "{value:?}");
        span.finish();
        let span = take(&tracer, &memory).remove(0);
        assert_eq!(format!("{:?}", span.tag(SAMPLING_PRIORITY)), format!("{:?}", Some(value)));
    }
    let (tracer, _memory) = unsampled();
    let span = tracer.span("span").start();
    span.set_tag(SAMPLING_PRIORITY, "1").set_tag("other", 1);
    assert!(!span.context().is_sampled());
}

#[test]
fn a_context_that_is_only_handed_on_is_left_alone() {
    let (tracer, _memory) = traced();
    tracer.set_enabled(false);
    let headers = [("traceparent", format!("00-{}-{}-01", common::TRACE, common::SPAN))];
    let spans = [
        tracer.span("off").child_of(&tracer.extract(&headers)).start(),
        Span::passive(context(1, 2, true)),
        Span::passive(context(1, 2, false).with_remote()),
        Span::passive(SpanContext::default().suppressed()),
        Span::passive(context(1, 2, false).suppressed()),
    ];
    for span in &spans {
        let before = span.context();
        span.set_tag(SAMPLING_PRIORITY, 1).set_tag(SAMPLING_PRIORITY, 0);
        assert_eq!(span.context(), before);
        assert_eq!(span.context().is_suppressed(), before.is_suppressed());
    }
}

#[test]
fn after_the_end_it_changes_nothing() {
    let (tracer, memory) = traced();
    let handle = tracer.span("done").start().handle();
    handle.set_tag(SAMPLING_PRIORITY, 0);
    assert!(handle.context().is_sampled());
    assert_eq!(take(&tracer, &memory).len(), 1);
    assert_eq!(settled(&tracer).written_after_finish, 1);
}
