//! Samplers that are asked for children too: a process of its own, for the rest of its tracers
//! looks for them from then on.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use tracer_core::conformance;
use tracer_core::{
    AlwaysOff, AlwaysOn, ENABLED, MemoryReporter, ParentBased, Rule, Rules, Sampler, Tracer,
};

fn tracer(sampler: impl Sampler + 'static) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (Tracer::builder("test").reporter(memory.clone()).sampler(sampler).build(), memory)
}

fn names(tracer: &Tracer, memory: &MemoryReporter) -> Vec<String> {
    tracer.flush(Duration::from_secs(10)).unwrap();
    let mut names: Vec<String> = memory.take().into_iter().map(|span| span.name).collect();
    names.sort();
    names
}

#[test]
fn local_parents_have_samplers_of_their_own() {
    if !ENABLED {
        return;
    }
    let quiet = Rules::new().rule(Rule::new().name("noise*"), AlwaysOff).otherwise(AlwaysOn);
    let (tracer, memory) = tracer(ParentBased::new(AlwaysOn).local_sampled(quiet));
    let root = tracer.span("root").start();
    let entered = root.enter();
    // However a child is started: by the tracer, by its parent's tracer, as a scope, by reference.
    tracer.span("noise 1").start().finish();
    tracer_core::span("noise 2").start().finish();
    tracer.scope("noise 3").finish();
    tracer.span("noise 4").child_of(&root).start().finish();
    tracer.span("kept 1").start().finish();
    tracer_core::span("kept 2").start().finish();
    {
        let _scope = tracer.scope("kept 3");
        tracer.scope("kept 4").finish();
    }
    {
        let noise = tracer.span("noise 5").start();
        let _entered = noise.enter();
        tracer.span("below noise").start().finish();
        tracer.scope("below noise").finish();
    }
    drop(entered);
    root.finish();
    assert_eq!(names(&tracer, &memory), ["kept 1", "kept 2", "kept 3", "kept 4", "root"]);
    assert!(tracer.books().balance());
}

#[test]
fn children_of_what_is_not_recorded_can_be() {
    if !ENABLED {
        return;
    }
    let (tracer, memory) = tracer(ParentBased::new(AlwaysOff).local_not_sampled(AlwaysOn));
    let root = tracer.span("root").start();
    assert!(!root.context().is_sampled());
    let entered = root.enter();
    tracer.span("child").start().finish();
    tracer.scope("scope").finish();
    drop(entered);
    tracer.span("by reference").child_of(&root).start().finish();
    assert_eq!(names(&tracer, &memory), ["by reference", "child", "scope"]);
}

/// The suite for set-ups of one's own knows such samplers.
#[test]
fn a_set_up_that_asks_for_children_conforms() {
    for sampler in [true, false] {
        let make = || {
            let asked = ParentBased::new(AlwaysOn);
            let asked = if sampler {
                asked.local_sampled(AlwaysOff)
            } else {
                asked.local_sampled(AlwaysOn)
            };
            Tracer::builder("test").reporter(MemoryReporter::new()).sampler(asked).build()
        };
        let checked = conformance::check(make, &conformance::Options::new());
        assert!(checked.is_ok(), "{sampler}: {}", checked.unwrap_err());
    }
}

#[test]
fn who_insists_is_recorded_whatever_samplers_say() {
    if !ENABLED {
        return;
    }
    let (tracer, memory) = tracer(ParentBased::new(AlwaysOn).local_sampled(AlwaysOff));
    let root = tracer.span("root").tag("sampling.priority", 1).start();
    let entered = root.enter();
    let child = tracer.span("child").start();
    assert!(!child.context().is_sampled() && !child.context().is_debug());
    tracer.span("wanted").tag("sampling.priority", 1).start().finish();
    drop((child, entered));
    root.finish();
    assert_eq!(names(&tracer, &memory), ["root", "wanted"]);
}

#[test]
fn other_tracers_of_the_process_are_as_they_were() {
    if !ENABLED {
        return;
    }
    let (_asking, _) = tracer(ParentBased::new(AlwaysOn).local_sampled(AlwaysOff));
    let (tracer, memory) = tracer(ParentBased::new(AlwaysOn));
    let root = tracer.span("root").start();
    let entered = root.enter();
    tracer.span("child").start().finish();
    tracer_core::span("parent's").start().finish();
    tracer.scope("scope").finish();
    drop(entered);
    root.finish();
    assert_eq!(names(&tracer, &memory), ["child", "parent's", "root", "scope"]);
}
