//! Who decides, for which spans, and what a span tells of it.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{context, named, own_tags, take, traced};
use tracer_core::semconv::{HTTP_ROUTE, RPC_METHOD, SAMPLER_PARAM, SAMPLER_TYPE, URL_PATH};
use tracer_core::{
    AlwaysOff, AlwaysOn, Decision, FinishedSpan, Limits, MemoryReporter, OperationSampling,
    ParentBased, PerOperation, Probabilistic, RateLimiting, Rule, Rules, Sampler, SamplingInput,
    Span, SpanKind, Tag, Tracer, Updatable, Value,
};

fn sampled_by(sampler: impl Sampler + 'static) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    (Tracer::builder("test").reporter(memory.clone()).sampler(sampler).build(), memory)
}

/// What a span says of its sampler.
fn told(span: &FinishedSpan) -> Option<(String, Value)> {
    let kind = span.tag(SAMPLER_TYPE)?.to_string();
    Some((kind, span.tag(SAMPLER_PARAM)?.clone()))
}

#[test]
fn local_roots_tell_type_and_parameter_of_their_sampler() {
    let rates = |rate| OperationSampling::new(Probabilistic::clamped(rate)).lower_bound(0.001);
    let updatable = Updatable::new(RateLimiting::per_second(100.0));
    let kept = Probabilistic::clamped(0.999);
    let cases: [(Box<dyn Sampler>, &str, Value); 9] = [
        (Box::new(AlwaysOn), "const", Value::Bool(true)),
        (Box::new(ParentBased::new(AlwaysOn)), "const", Value::Bool(true)),
        (Box::new(Probabilistic::clamped(1.0)), "probabilistic", Value::F64(1.0)),
        (Box::new(RateLimiting::per_second(2.5)), "ratelimiting", Value::F64(2.5)),
        (Box::new(PerOperation::new(&rates(1.0))), "probabilistic", Value::F64(1.0)),
        (Box::new(PerOperation::new(&rates(0.0))), "lowerbound", Value::F64(0.0)),
        (Box::new(PerOperation::new(&rates(1e-3))), "lowerbound", Value::F64(0.001)),
        (Box::new(Rules::new().rule(Rule::new(), kept)), "probabilistic", Value::F64(0.999)),
        (Box::new(updatable), "ratelimiting", Value::F64(100.0)),
    ];
    for (sampler, kind, param) in cases {
        let text = format!("{sampler:?}");
        let (tracer, memory) = sampled_by(sampler);
        // Ids that every rate takes, or none does.
        let caller = |id| context(id, 1, true).with_remote();
        let builder = tracer.span("root").root();
        let builder = match kind {
            "probabilistic" => builder.child_of(&caller(u128::MAX)),
            "lowerbound" => builder.child_of(&caller(1)),
            _ => builder,
        };
        builder.start().finish();
        let spans = take(&tracer, &memory);
        assert_eq!(told(&spans[0]), Some((kind.to_owned(), param)), "{text}");
        assert_eq!(spans[0].tags.len(), 2, "{text}");
    }
}

#[test]
fn a_root_that_is_a_scope_or_entered_tells_it_too() {
    let (tracer, memory) = traced();
    {
        let _scope = tracer.scope("scope");
        tracer.span("child").start_active().log("here");
        let _lean = tracer.scope("lean");
    }
    tracer.span("active").start_active().finish();
    let spans = take(&tracer, &memory);
    for (name, is_told) in [("scope", true), ("active", true), ("child", false), ("lean", false)] {
        assert_eq!(told(named(&spans, name)).is_some(), is_told, "{name}");
    }
}

#[test]
fn children_and_callers_decisions_tell_nothing() {
    let (tracer, memory) = sampled_by(ParentBased::new(AlwaysOff));
    let remote = context(1, 1, true).with_remote();
    for parent in [remote, context(1, 1, true)] {
        let span = tracer.span("parent").child_of(&parent).start();
        tracer.span("child").child_of(&span).start().finish();
        span.finish();
    }
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|span| span.tags.is_empty()), "{spans:?}");
    // Slots are used again: a child may get that of a root.
    let (tracer, memory) = traced();
    for _ in 0..100 {
        let root = tracer.span("root").root().start();
        let child = tracer.span("child").child_of(&root).start();
        root.finish();
        tracer.span("grandchild").child_of(&child).start().finish();
    }
    let spans = take(&tracer, &memory);
    let is_root = |span: &FinishedSpan| span.name == "root";
    assert!(spans.iter().all(|span| told(span).is_some() == is_root(span)));
    assert_eq!(spans.len(), 300);
}

#[test]
fn a_caller_whose_decision_is_not_followed_is_no_reason_to_be_silent() {
    let (tracer, memory) = sampled_by(AlwaysOn);
    let caller = context(1, 1, false).with_remote();
    tracer.span("serve").child_of(&caller).start().finish();
    let spans = take(&tracer, &memory);
    assert_eq!(told(&spans[0]), Some(("const".to_owned(), Value::Bool(true))));
}

#[test]
fn a_renamed_root_has_them_once() {
    let (tracer, memory) = traced();
    let root = tracer.span("root").start();
    root.rename("renamed").set_tag("k", 1).rename("again");
    root.finish();
    let spans = take(&tracer, &memory);
    let keys: Vec<_> = spans[0].tags.iter().map(|tag| &*tag.key).collect();
    assert_eq!((spans[0].name.as_str(), keys), ("again", vec![SAMPLER_TYPE, SAMPLER_PARAM, "k"]));
}

#[test]
fn what_a_program_says_itself_stays_and_is_there_once() {
    let (tracer, memory) = traced();
    let root = tracer.span("root").tag(SAMPLER_TYPE, "mine").start();
    root.log_fields([Tag::new(SAMPLER_PARAM, "of a log")]).set_tag("k", 1);
    root.finish();
    tracer.span("next").start().set_tag(SAMPLER_PARAM, 7);
    let spans = take(&tracer, &memory);
    assert_eq!(told(&spans[0]), Some(("mine".to_owned(), Value::Bool(true))));
    assert_eq!(spans[0].tags.len(), 3);
    assert_eq!(spans[0].logs[0].1.len(), 1);
    assert_eq!(told(&spans[1]), Some(("const".to_owned(), Value::I64(7))));
    assert_eq!(spans[1].tags.len(), 2);
}

#[test]
fn they_come_on_top_of_the_limit_of_tags() {
    let memory = MemoryReporter::new();
    let limits = Limits::default().with_tags(1);
    let tracer = Tracer::builder("test").reporter(memory.clone()).limits(limits).build();
    tracer.span("root").start().set_tag("a", 1).set_tag("b", 2);
    let spans = take(&tracer, &memory);
    assert!(told(&spans[0]).is_some());
    assert_eq!((own_tags(&spans[0]), spans[0].dropped.tags), (vec![Tag::new("a", 1)], 1));
}

#[test]
fn tags_set_before_a_positive_decision_are_kept_beside_the_samplers_own() {
    #[derive(Debug)]
    struct Explains;
    impl Sampler for Explains {
        fn sample(&self, input: &SamplingInput<'_>) -> Decision {
            let mut decision = AlwaysOn.sample(input);
            decision.sampled = input.tags.contains(&Tag::new("vip", true));
            decision.tags = vec![Tag::new("because", "vip")];
            decision
        }
    }
    let (tracer, memory) = sampled_by(Explains);
    tracer.span("no").root().tag("vip", false).start().finish();
    tracer.span("yes").root().tag("vip", true).tag("k", 1).start().finish();
    let spans = take(&tracer, &memory);
    let keys: Vec<_> = spans[0].tags.iter().map(|tag| &*tag.key).collect();
    assert_eq!(keys, [SAMPLER_TYPE, SAMPLER_PARAM, "vip", "k", "because"]);
    assert_eq!(spans.len(), 1);
}

#[test]
fn health_checks_are_dropped_with_all_their_children() {
    let health = [
        Rule::new().name("GET /health*").kind(SpanKind::Server),
        Rule::new().route("*.Health/Check"),
        Rule::new().path("/ready"),
        Rule::new().tag("probe", true),
    ];
    let rules = health.into_iter().fold(Rules::new(), |rules, rule| rules.rule(rule, AlwaysOff));
    let (tracer, memory) = sampled_by(rules.otherwise(ParentBased::new(AlwaysOn)));
    // The load balancer's own trace is sampled, and that changes nothing.
    let caller = context(7, 7, true).with_remote();
    let checks = [
        ("GET /health", Tag::new(HTTP_ROUTE, "/health")),
        ("GET /healthz/live", Tag::new("k", 1)),
        ("check", Tag::new(RPC_METHOD, "grpc.health.v1.Health/Check")),
        ("GET", Tag::new(URL_PATH, "/ready")),
        ("any", Tag::new("probe", true)),
    ];
    for (name, tag) in checks {
        for parent in [Some(&caller), None] {
            let builder =
                tracer.span(name).kind(SpanKind::Server).tag(tag.key.clone(), tag.value.clone());
            let builder = match parent {
                Some(parent) => builder.child_of(parent),
                None => builder.root(),
            };
            let check = builder.start();
            let _entered = check.enter();
            let _scope = tracer.scope("scope");
            let select = tracer.span("SELECT 1").kind(SpanKind::Client).start();
            assert!(!check.is_recording() && !select.is_recording(), "{name}");
            assert!(!select.context().is_sampled(), "nor is it anywhere below");
            assert_eq!(select.context().trace_id(), check.context().trace_id());
        }
    }
    tracer.span("GET /cart").kind(SpanKind::Server).child_of(&caller).start().finish();
    let spans = take(&tracer, &memory);
    assert_eq!(spans.iter().map(|span| &*span.name).collect::<Vec<_>>(), ["GET /cart"]);
}

#[test]
fn rates_of_operations_are_for_local_roots_only() {
    let none = Probabilistic::clamped(0.0);
    let rates = OperationSampling::new(Probabilistic::clamped(1.0)).operation("dropped", none);
    let (tracer, memory) = sampled_by(PerOperation::new(&rates));
    let root = tracer.span("root").root().start();
    tracer.span("dropped").child_of(&root).start().finish();
    root.finish();
    let root = tracer.span("dropped").root().start();
    tracer.span("root").child_of(&root).start().finish();
    root.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(spans.iter().map(|span| &*span.name).collect::<Vec<_>>(), ["dropped", "root"]);
}

#[test]
fn children_never_decide_again() {
    #[derive(Debug)]
    struct Counts(Arc<AtomicUsize>, bool);
    impl Sampler for Counts {
        fn sample(&self, _: &SamplingInput<'_>) -> Decision {
            self.0.fetch_add(1, Ordering::Relaxed);
            Decision::of(self.1)
        }
    }
    for sampled in [true, false] {
        let asked = Arc::default();
        let (tracer, _memory) = sampled_by(Counts(Arc::clone(&asked), sampled));
        let root = tracer.span("root").root().start();
        root.rename("renamed");
        let child: Span = tracer.span("child").child_of(&root).start();
        tracer.inject(&root, &mut Vec::new());
        let _entered = child.enter();
        let _scope = tracer.scope("scope");
        tracer.span("current").start().finish();
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn the_same_traces_are_taken_at_every_service_with_the_same_rate() {
    let tracers = [(); 3].map(|()| sampled_by(Probabilistic::clamped(0.3)).0);
    let mut taken = 0;
    for nth in 1..1_000u128 {
        let caller = context(nth.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060), 1, nth % 2 == 0);
        let caller = caller.with_remote();
        let recorded = |tracer: &Tracer| tracer.span("s").child_of(&caller).start().is_recording();
        let said = tracers.each_ref().map(recorded);
        assert!(said.iter().all(|one| *one == said[0]), "{nth}");
        taken += usize::from(said[0]);
    }
    assert!((200..400).contains(&taken), "{taken}");
}
