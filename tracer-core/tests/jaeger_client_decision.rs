//! jaeger-client's cases of a decision's life. Its retryable decisions, which stay open as long as
//! a span is, are left out on purpose: here a decision is final when a span begins, and
//! `sampling.priority` alone can change it.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{context, named, own_tags, take, traced};
use tracer_core::{
    AlwaysOff, AlwaysOn, Decision, MemoryReporter, ParentBased, Probabilistic, Sampler,
    SamplingInput, Tag, Tracer,
};

/// Counts how often it is asked; says yes to all but `quiet`.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Sampler for Counting {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        self.0.fetch_add(1, Ordering::Relaxed);
        if input.name == "quiet" { Decision::no() } else { Decision::yes() }
    }
}

fn counting() -> (Tracer, MemoryReporter, Arc<Counting>) {
    let (memory, sampler) = (MemoryReporter::new(), Arc::new(Counting::default()));
    let builder = Tracer::builder("test").reporter(memory.clone());
    (builder.sampler(Arc::clone(&sampler)).build(), memory, sampler)
}

#[test]
fn a_decision_is_final_when_the_span_begins() {
    let (tracer, memory, sampler) = counting();
    let span = tracer.span("loud").start();
    span.rename("quiet").set_tag("k", 1);
    assert!(span.is_recording(), "nobody is asked again");
    span.finish();
    let span = tracer.span("quiet").start();
    span.rename("loud").set_tag("k", 1);
    assert!(!span.is_recording());
    span.finish();
    assert_eq!(sampler.0.load(Ordering::Relaxed), 2);
    assert_eq!(take(&tracer, &memory).len(), 1);
}

#[test]
fn children_never_decide_again() {
    let (tracer, memory, sampler) = counting();
    for name in ["loud", "quiet"] {
        let root = tracer.span(name).start();
        let _entered = root.enter();
        let child = tracer.span("quiet").start();
        let scope = tracer.scope("quiet");
        let grandchild = tracer.span("loud").child_of(&child).start();
        let own = [child.context(), grandchild.context(), scope.handle().context()];
        assert!(own.iter().all(|own| own.is_sampled() == root.context().is_sampled()), "{name}");
    }
    assert_eq!(sampler.0.load(Ordering::Relaxed), 2, "once a trace");
    assert_eq!(take(&tracer, &memory).len(), 4);
}

#[test]
fn inject_does_not_finalise() {
    let (tracer, memory) = traced();
    let span = tracer.span("span").start();
    let told = || {
        let mut carrier = HashMap::<String, String>::new();
        tracer.inject(&span, &mut carrier);
        carrier["traceparent"].ends_with("-03")
    };
    assert!(told());
    span.set_tag("sampling.priority", 0);
    assert!(!told());
    span.set_tag("sampling.priority", 1);
    assert!(told());
    drop(span);
    assert_eq!(take(&tracer, &memory).len(), 1);
}

#[test]
fn the_child_of_a_remote_parent_has_its_flag() {
    for (root, sampled) in [(true, false), (false, true)] {
        let memory = MemoryReporter::new();
        let builder = Tracer::builder("test").reporter(memory.clone());
        let tracer = if root {
            builder.sampler(ParentBased::new(AlwaysOn)).build()
        } else {
            builder.sampler(ParentBased::new(AlwaysOff)).build()
        };
        let caller = context(1, 2, sampled).with_remote();
        let span = tracer.span("serve").child_of(&caller).start();
        span.rename("other").set_tag("k", 1);
        let child = tracer.span("child").child_of(&span).start();
        assert_eq!((span.is_recording(), child.is_recording()), (sampled, sampled));
        drop((child, span));
        assert_eq!(take(&tracer, &memory).len(), if sampled { 2 } else { 0 });
    }
}

#[test]
fn tags_set_before_a_positive_decision_are_kept() {
    let (tracer, memory, _) = counting();
    tracer.span("loud").tag("early", 1).tag("early", 2).tag("other", "x").start().finish();
    let span = take(&tracer, &memory).remove(0);
    assert_eq!(own_tags(&span), [Tag::new("early", 2), Tag::new("other", "x")]);
}

/// What jaeger-client would keep as long as its decision was open.
#[test]
fn what_is_written_on_an_unsampled_span_is_lost_whatever_comes_later() {
    let (tracer, memory, _) = counting();
    let span = tracer.span("quiet").tag("early", 1).start();
    span.set_tag("late", 1).log("lost").set_tag("sampling.priority", 1);
    tracer.span("child").child_of(&span).start().finish();
    span.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 1);
    assert!(named(&spans, "child").tags.is_empty() && tracer.books().written_after_finish == 0);
}

#[test]
fn a_rename_makes_no_second_tag_of_the_sampler() {
    let memory = MemoryReporter::new();
    let sampler = Probabilistic::new(1.0).unwrap();
    let builder = Tracer::builder("test").reporter(memory.clone()).sampler(sampler);
    let tracer = builder.build();
    let span = tracer.span("a").start();
    span.rename("b").rename("c").set_tag("k", 1);
    tracer.span("child").child_of(&span).start().finish();
    span.finish();
    let spans = take(&tracer, &memory);
    let count = |name: &str, key: &str| {
        named(&spans, name).tags.iter().filter(|tag| tag.key == key).count()
    };
    assert_eq!((count("c", "sampler.type"), count("c", "sampler.param")), (1, 1));
    assert_eq!((count("child", "sampler.type"), count("child", "sampler.param")), (0, 0));
}
