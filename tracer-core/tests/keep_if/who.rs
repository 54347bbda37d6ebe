//! Which traces are held, and what others are told of them.

use tracer_core::{
    AlwaysOff, AlwaysOn, Baggage, Decision, KeepIf, MemoryReporter, ParentBased, Sampler,
    SamplingInput, SpanContext, Tracer, Trust, current,
};

use crate::common::{self, Counting, TRACE, context, everything, settled, take};
use crate::{builder, gone, holding, names, rules, why};

#[test]
fn others_are_told_that_it_is_not_recorded() {
    let (tracer, memory) = holding(rules());
    let root = tracer.span("root").start();
    root.set_baggage_item("who", "ada");
    let _entered = root.enter();
    let scope = tracer.scope("scope");
    for span in [&root.handle(), &scope.handle(), &current()] {
        assert!(span.is_recording());
        assert!(!span.context().is_sampled() && span.context().trace_flags() & 1 == 0);
        let mut headers = Vec::new();
        tracer.inject(span, &mut headers);
        let (_, traceparent) = headers.iter().find(|(key, _)| key == "traceparent").unwrap();
        // Random, and not sampled.
        assert!(traceparent.ends_with("-02"), "{traceparent}");
        let back = tracer.extract(&headers);
        assert_eq!(back, span.context(), "the same span, as others see it");
        assert!(!tracer.has_decided_against(&span.context()));
    }
    assert_eq!(tracer_core::current_ids().unwrap().2 & 1, 0);
    drop(scope);
    root.set_tag("error", true);
    drop(_entered);
    root.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(names(&spans), ["root", "scope"]);
}

/// By sampler and by caller: who is sampled, held, or neither.
#[test]
fn who_is_held() {
    #[derive(Debug, PartialEq)]
    enum Is {
        Sampled,
        Held,
        Neither,
    }
    let caller = |sampled| context(7, 9, sampled).with_remote();
    let nobody = SpanContext::default;
    let tagged = |priority| Some(("sampling.priority", priority));
    let off = || Box::new(AlwaysOff) as Box<dyn Sampler>;
    let on = || Box::new(AlwaysOn) as Box<dyn Sampler>;
    let by_parent = || Box::new(ParentBased::new(AlwaysOn)) as Box<dyn Sampler>;
    type Case = (Box<dyn Sampler>, SpanContext, Option<(&'static str, i64)>, Is);
    let cases: [Case; 14] = [
        (off(), nobody(), None, Is::Held),
        (on(), nobody(), None, Is::Sampled),
        (by_parent(), nobody(), None, Is::Sampled),
        (by_parent(), caller(false), None, Is::Held),
        (by_parent(), caller(true), None, Is::Sampled),
        (off(), caller(true), None, Is::Held),
        (on(), caller(false), None, Is::Sampled),
        (by_parent(), SpanContext::decision(false), None, Is::Held),
        (by_parent(), caller(false).suppressed(), None, Is::Neither),
        (off(), nobody(), tagged(0), Is::Neither),
        (off(), nobody(), tagged(1), Is::Sampled),
        (by_parent(), caller(false), tagged(0), Is::Neither),
        // A span of this process that was decided against.
        (by_parent(), context(7, 9, false), None, Is::Neither),
        (by_parent(), context(7, 9, true), None, Is::Sampled),
    ];
    for (nth, (sampler, parent, tag, expected)) in cases.into_iter().enumerate() {
        let memory = MemoryReporter::new();
        let tracer = builder(rules(), memory.clone()).sampler(sampler).build();
        let mut described = tracer.span("root").child_of(&parent);
        if let Some((key, value)) = tag {
            described = described.tag(key, value);
        }
        let root = described.start();
        let is = match (root.context().is_sampled(), root.is_recording()) {
            (true, _) => Is::Sampled,
            (_, true) => Is::Held,
            _ => Is::Neither,
        };
        assert_eq!(is, expected, "{nth}");
        tracer.span("child").child_of(&root).start().set_tag("error", true);
        root.finish();
        let spans = take(&tracer, &memory);
        assert_eq!(spans.len(), if expected == Is::Neither { 0 } else { 2 }, "{nth}");
        let kept = spans.iter().filter_map(why).count();
        assert_eq!(kept, usize::from(expected == Is::Held), "{nth}");
        assert!(settled(&tracer).dropped() == 0);
    }
}

#[test]
fn a_caller_who_is_not_followed_or_gone_on_as() {
    let (tracer, memory) = holding(rules());
    let headers = [("traceparent", format!("00-{TRACE}-b7ad6b7169203331-00"))];
    let linked = tracer.extract_with(Trust::Link, &headers);
    tracer.span("linked").child_of(&linked).start().set_tag("error", true);
    let caller = tracer.extract(&headers);
    tracer.span("itself").continue_as(&caller).start().set_tag("error", true);
    let local = tracer.span("local").start();
    // Work that goes on elsewhere, under ids that are held here.
    tracer.span("goes on").continue_as(&local.context()).start().set_tag("error", true);
    local.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(names(&spans), ["goes on", "itself", "linked", "local"]);
    assert!(spans.iter().all(|span| why(span).as_deref() == Some("error")));
}

#[test]
fn what_is_sampled_is_as_it_was() {
    let counting = Counting::new();
    let tracer = builder(rules(), counting.clone()).sampler(AlwaysOn).build();
    for _ in 0..2_000 {
        everything(&tracer);
    }
    let books = settled(&tracer);
    assert_eq!((books.started, books.reported, counting.seen()), (6_000, 6_000, 6_000));
}

#[test]
fn without_a_condition_nothing_is_held() {
    for keep in [None, Some(KeepIf::new())] {
        let counting = Counting::new();
        let mut described = Tracer::builder("test").sampler(AlwaysOff).reporter(counting.clone());
        if let Some(keep) = keep {
            described = described.keep_if(keep);
        }
        let tracer = described.build();
        let root = tracer.span("root").start();
        assert!(!root.is_recording() && tracer.has_decided_against(&root.context()));
        drop(root);
        assert_eq!(settled(&tracer).started, 0);
    }
}

#[test]
fn off_by_switch_nothing_is_held_and_what_is_open_ends() {
    let (tracer, memory) = holding(rules());
    let root = tracer.span("root").start();
    let _entered = root.enter();
    tracer.set_enabled(false);
    let none = tracer.span("none").start();
    assert!(!none.is_recording());
    assert_eq!(none.context(), root.context(), "handed on");
    tracer.scope("none either").finish();
    tracer.set_enabled(true);
    // Below what was handed on meanwhile, the trace goes on.
    tracer.span("again").child_of(&none).start().set_tag("error", true);
    drop((none, _entered, root));
    assert_eq!(names(&take(&tracer, &memory)), ["again", "root"]);
}

/// A tracer that holds nothing has no spans of a trace that another one holds.
#[test]
fn another_tracer_below() {
    let (tracer, memory) = holding(rules());
    let (other, others) = common::traced();
    let root = tracer.span("root").start();
    let _entered = root.enter();
    let scope = tracer.scope("scope");
    for below in [other.span("implicit").start(), other.span("x").child_of(&root).start()] {
        assert!(!below.is_recording() && !below.context().is_sampled());
        assert_eq!(below.context().trace_id(), root.context().trace_id());
    }
    other.scope("lean").finish();
    scope.handle().set_tag("error", true);
    drop((scope, _entered, root));
    assert_eq!(names(&take(&tracer, &memory)), ["root", "scope"]);
    assert_eq!(take(&other, &others), []);
}

/// A sampler that is asked for children: what it says yes to goes out, the rest is held with its
/// root, and nothing is held below what is sampled.
#[test]
fn samplers_that_are_asked_for_children() {
    #[derive(Debug)]
    struct ByName;
    impl Sampler for ByName {
        fn sample(&self, input: &SamplingInput<'_>) -> Decision {
            Decision::of(input.name.contains("yes"))
        }
        fn samples_children(&self) -> bool {
            true
        }
    }
    for (root, failed, reported, not_kept) in [
        ("no", false, vec!["scope yes", "yes"], 3),
        ("no", true, vec!["below no", "no", "scope no", "scope yes", "yes"], 0),
        ("root yes", true, vec!["root yes", "scope yes", "yes"], 0),
    ] {
        let memory = MemoryReporter::new();
        let tracer = builder(rules(), memory.clone()).sampler(ByName).build();
        let root = tracer.span(root).start();
        {
            let _entered = root.enter();
            tracer.scope("scope yes").finish();
            {
                let _no = tracer.scope("scope no");
                tracer.span("below no").start().finish();
            }
            let yes = tracer.span("yes").child_of(&root).start();
            let below = tracer.span("below").child_of(&yes).start();
            assert!(!below.is_recording());
        }
        root.set_tag("error", failed);
        drop(root);
        let spans = take(&tracer, &memory);
        assert_eq!((names(&spans), gone(&settled(&tracer))), (reported, [not_kept, 0]));
    }
}

/// The last word of its application holds below a view with other baggage, too.
#[test]
fn priority_below_a_view_with_other_baggage() {
    let (tracer, memory) = holding(KeepIf::new().failed());
    let root = tracer.span("root").start();
    let view = root.with_baggage(Baggage::default());
    let _entered = view.enter();
    assert!(tracer.span("held").start().is_recording());
    root.set_tag("sampling.priority", 0);
    let child = tracer.span("child").start();
    assert!(!child.is_recording());
    child.set_tag("error", true);
    child.finish();
    drop(_entered);
    root.finish();
    assert!(take(&tracer, &memory).is_empty());
}
