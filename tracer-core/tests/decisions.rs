//! Who decides that a span is recorded, beside samplers: the caller, the tag `sampling.priority`, and
//! a context that the span is to be.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use tracer_core::{
    AlwaysOff, AlwaysOn, ENABLED, FinishedSpan, MemoryReporter, ParentBased, Sampler, SpanContext,
    SpanId, TraceId, Tracer, TracerBuilder,
};

fn tracer(set: impl FnOnce(TracerBuilder) -> TracerBuilder) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (set(Tracer::builder("test").reporter(memory.clone())).build(), memory)
}

fn spans(tracer: &Tracer, memory: &MemoryReporter) -> Vec<FinishedSpan> {
    tracer.flush(Duration::from_secs(10)).unwrap();
    memory.take()
}

fn caller(sampled: bool) -> SpanContext {
    let trace_id = TraceId::from_u128(7).unwrap();
    SpanContext::new(trace_id, SpanId::from_u64(8).unwrap(), sampled).with_remote()
}

#[test]
fn what_a_caller_leaves_open_is_the_root_samplers_to_decide() {
    if !ENABLED {
        return;
    }
    for (root, recorded) in
        [(Box::new(AlwaysOn) as Box<dyn Sampler>, true), (Box::new(AlwaysOff), false)]
    {
        let (tracer, memory) = tracer(|builder| builder.sampler(ParentBased::new(root)));
        let open = caller(true).with_deferred();
        assert!(open.is_deferred() && !open.is_sampled());
        let span = tracer.span("serve").child_of(&open).start();
        let own = span.context();
        assert_eq!((own.is_sampled(), own.is_deferred()), (recorded, false));
        assert_eq!(own.trace_id(), open.trace_id(), "the trace goes on");
        span.finish();
        let spans = spans(&tracer, &memory);
        assert_eq!(
            spans.first().map(|span| span.tag("sampler.type").is_some()),
            recorded.then_some(true)
        );
    }
}

#[test]
fn a_decision_without_ids_holds_for_the_new_trace() {
    if !ENABLED {
        return;
    }
    for sampled in [true, false] {
        let (tracer, _memory) = tracer(|builder| {
            let root: Box<dyn Sampler> =
                if sampled { Box::new(AlwaysOff) } else { Box::new(AlwaysOn) };
            builder.sampler(ParentBased::new(root))
        });
        let decided = SpanContext::decision(sampled);
        assert!(decided.is_decision_only() && !decided.is_empty() && !decided.is_valid());
        let span = tracer.span("serve").child_of(&decided).start();
        assert_eq!((span.context().is_valid(), span.context().is_sampled()), (true, sampled));
    }
}

#[test]
fn sampling_priority_before_the_start() {
    if !ENABLED {
        return;
    }
    let (tracer, memory) = tracer(|builder| builder.sampler(AlwaysOff).forced_sampling(0.0, 1.0));
    let key = "sampling.priority";
    let first = tracer.span("first").tag(key, 1).start();
    assert!(first.context().is_sampled() && first.context().is_debug());
    first.finish();
    let second = tracer.span("second").tag(key, 1).start();
    assert!(!second.context().is_sampled(), "the budget is spent");
    let third = tracer.span("third").tag(key, true).start();
    assert!(!third.context().is_sampled(), "a truth value is no priority");
    assert_eq!(spans(&tracer, &memory).len(), 1);

    let (tracer, memory) = self::tracer(|builder| builder);
    let parent = tracer.span("parent").start();
    let child = tracer.span("child").child_of(&parent).tag(key, 0).start();
    assert!(!child.context().is_sampled());
    drop((child, parent));
    assert_eq!(spans(&tracer, &memory).len(), 1);
    // A child of one that is not recorded can be recorded.
    let parent = tracer.span("parent").tag(key, 0).start();
    let entered = parent.enter();
    assert!(tracer.span("child").tag(key, 1).start().context().is_sampled());
    drop(entered);
}

#[test]
fn a_span_can_go_on_as_a_given_context() {
    if !ENABLED {
        return;
    }
    let (tracer, memory) = tracer(|builder| builder.sampler(AlwaysOff));
    let given = caller(true);
    let cause = caller(false);
    let span = tracer.span("again").child_of(&cause).continue_as(&given).start();
    assert_eq!(span.context(), given, "ids and decision, whatever the sampler says");
    assert!(!span.context().is_remote());
    span.finish();
    let unsampled = tracer.span("again").continue_as(&caller(false)).start();
    assert_eq!((unsampled.context(), unsampled.is_recording()), (caller(false), false));
    let none = tracer.span("new").continue_as(&SpanContext::default()).start();
    assert!(none.context().is_valid());
    let spans = spans(&tracer, &memory);
    assert_eq!((spans.len(), spans[0].parent_id, spans[0].links.len()), (1, None, 1));
}

/// B3 without a sampling state, gone on as by a service that shares its caller's span.
#[test]
fn what_is_left_open_is_decided_there_too() {
    if !ENABLED {
        return;
    }
    for (root, recorded) in
        [(Box::new(AlwaysOn) as Box<dyn Sampler>, true), (Box::new(AlwaysOff), false)]
    {
        let (tracer, memory) = tracer(|builder| builder.sampler(ParentBased::new(root)));
        let open = caller(true).with_deferred();
        let span = tracer.span("serve").continue_as(&open).start();
        let own = span.context();
        assert_eq!((own.trace_id(), own.span_id()), (open.trace_id(), open.span_id()));
        assert_eq!((own.is_sampled(), own.is_deferred()), (recorded, false));
        span.finish();
        assert_eq!(spans(&tracer, &memory).len(), usize::from(recorded));
    }
}
