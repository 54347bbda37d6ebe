//! The published check: set-ups that are right pass it, and each that is wrong on purpose fails on
//! the check that is there for it.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod wrong;

use std::collections::BTreeSet;
use std::time::Duration;

use tracer_core::conformance::{Check, Failures, Options, check};
use tracer_core::propagation::{
    B3, Composite, Jaeger, OtTrace, Propagator, TraceContext, W3c, W3cBaggage,
};
use tracer_core::{
    AlwaysOff, AlwaysOn, Batch, Decision, KeepIf, Limits, Outcome, Parent, ParentBased,
    Probabilistic, RecorderOptions, Reporter, Sampler, SamplingInput, Span, SpanContext, Tracer,
    TracerBuilder, Trust,
};
use wrong::Wrong;

fn builder() -> TracerBuilder {
    // Whatever becomes of it: no test waits for a reporter.
    let recorder = RecorderOptions::default().with_shutdown_timeout(Duration::from_secs(1));
    Tracer::builder("test").recorder(recorder)
}

fn checked(set: impl FnOnce(TracerBuilder) -> TracerBuilder, options: &Options) -> Names {
    names(check(|| set(builder()).build(), options))
}

type Names = BTreeSet<String>;

fn names(result: Result<(), Failures>) -> Names {
    let failures = result.err();
    failures.iter().flat_map(Failures::iter).map(|failure| format!("{:?}", failure.check)).collect()
}

fn set(checks: &[Check]) -> Names {
    checks.iter().map(|check| format!("{check:?}")).collect()
}

fn format(propagator: impl Propagator + 'static, options: &Options) -> Names {
    checked(|builder| builder.propagator(propagator), options)
}

#[test]
fn set_ups_that_are_right_pass() {
    let (all, none) = (Options::new(), Options::new().without_baggage());
    assert_eq!(checked(|builder| builder, &all), set(&[]));
    assert_eq!(format(wrong::RIGHT, &all), set(&[]));
    assert_eq!(format(TraceContext, &none), set(&[]));
    let both = || -> [Box<dyn Propagator>; 2] { [Box::new(TraceContext), Box::new(W3cBaggage)] };
    assert_eq!(format(Composite::new(both()), &all), set(&[]));
    let samplers: [Box<dyn Sampler>; 4] = [
        Box::new(AlwaysOn),
        Box::new(AlwaysOff),
        Box::new(ParentBased::new(AlwaysOff)),
        Box::new(Probabilistic::new(0.5).unwrap()),
    ];
    for sampler in samplers {
        assert_eq!(checked(|builder| builder.sampler(sampler), &all), set(&[]));
    }
    let keep = KeepIf::new().failed();
    assert_eq!(checked(|builder| builder.sampler(AlwaysOff).keep_if(keep), &all), set(&[]));
    let nothing = Limits::default().with_tags(0).with_logs(0).with_links(0).with_value_bytes(0);
    assert_eq!(checked(|builder| builder.limits(nothing.with_span_bytes(0)), &all), set(&[]));
    assert_eq!(checked(|builder| builder.trust(Trust::Limited), &all), set(&[]));
}

#[test]
fn every_format_of_the_kit_passes() {
    let (all, none) = (Options::new(), Options::new().without_baggage());
    let text = Options::new().in_text_maps();
    let formats: [(Box<dyn Propagator>, &Options); 8] = [
        (Box::new(W3c), &all),
        (Box::new(TraceContext), &none),
        (Box::new(B3::single()), &none),
        (Box::new(B3::multi()), &none),
        (Box::new(Jaeger::http()), &all),
        (Box::new(Jaeger::text_map()), &text),
        (Box::new(OtTrace::http()), &all),
        (Box::new(OtTrace::text_map()), &text),
    ];
    for (format, options) in formats {
        let name = format!("{format:?}");
        let checked = check(|| builder().propagator(format).build(), options);
        assert!(checked.is_ok(), "{name}: {}", checked.unwrap_err());
    }
    let both = || -> [Box<dyn Propagator>; 2] { [Box::new(Jaeger::http()), Box::new(W3c)] };
    let checked = check(|| builder().propagator(Composite::new(both())).build(), &all);
    assert!(checked.is_ok(), "both: {}", checked.unwrap_err());
}

/// What is right in a format, and what is not there, can be told.
#[test]
fn what_a_set_up_is_not_made_for_can_be_left_out() {
    let all = Options::new();
    assert_eq!(format(TraceContext, &all), set(&[Check::Baggage]));
    for trust in [Trust::Link, Trust::Ignore] {
        let failed = checked(|builder| builder.trust(trust), &all);
        assert_eq!(failed, set(&[Check::Joins, Check::HandedOn]), "{trust:?}");
        let options = Options::new().without_joining();
        assert_eq!(checked(|builder| builder.trust(trust), &options), set(&[]));
    }
    let plain = wrong::carries_plain_values_only();
    assert_eq!(format(plain, &all), set(&[Check::Baggage]));
    assert_eq!(format(plain, &Options::new().with_plain_baggage()), set(&[]));
    fn low(context: &SpanContext) -> Option<u64> {
        context.trace_id().map(|id| (id.to_u128() as u64).max(1))
    }
    let short = wrong::keeps_the_low_half_only();
    assert!(format(short, &all).contains("RoundTrip"));
    let options = Options::new()
        .with_same_trace(|a, b| low(a) == low(b))
        .with_same_context(|a, b| low(a) == low(b) && a.span_id() == b.span_id());
    assert_eq!(format(short, &options), set(&[]));
    let raw = wrong::writes_values_as_they_are();
    let text = Options::new().in_text_maps();
    assert_eq!(format(raw, &text), set(&[Check::Legal, Check::Garbage]));
    // Who never reads is not asked to, and who never writes neither.
    assert_eq!(format(wrong::panics_on_garbage(), &Options::new().without_extract()), set(&[]));
    assert_eq!(format(wrong::injects_empty_fields(), &Options::new().without_inject()), set(&[]));
}

#[test]
fn every_format_that_is_wrong_fails_on_the_check_for_it() {
    use Check::{
        Baggage, Decision, Garbage, HandedOn, Joins, Legal, NothingAppears, NothingEmpty, Remote,
        Replaces, RoundTrip, Strips, Unrelated,
    };
    let cases: &[(&str, Wrong, &[Check])] = &[
        ("drops the baggage", wrong::drops_the_baggage(), &[Baggage]),
        ("keeps one item", wrong::keeps_one_item_only(), &[Baggage]),
        ("swaps halves", wrong::swaps_the_halves_of_the_trace_id(), &[RoundTrip, Replaces, Joins]),
        ("takes trace for span", wrong::takes_the_trace_for_the_span(), &[RoundTrip, Replaces]),
        ("loses sampled", wrong::loses_the_sampled_flag(), &[Decision]),
        ("samples everything", wrong::samples_everything(), &[Decision]),
        ("forgets remote", wrong::forgets_that_it_is_remote(), &[Remote]),
        ("empty fields", wrong::injects_empty_fields(), &[NothingEmpty, Garbage, HandedOn]),
        ("writes for nobody", wrong::writes_for_nobody(), &[NothingEmpty]),
        ("panics on garbage", wrong::panics_on_garbage(), &[Garbage]),
        ("panics on bytes", wrong::panics_on_bytes_that_are_no_text(), &[Garbage]),
        ("makes up baggage", wrong::makes_baggage_up(), &[NothingAppears, Baggage, Replaces]),
        ("out of nothing", wrong::reads_a_context_out_of_nothing(), &[Unrelated]),
        ("any header", wrong::takes_any_header_for_baggage(), &[Unrelated, Replaces]),
        ("leaves what was there", wrong::leaves_what_was_there(), &[Replaces]),
        ("as they are", wrong::writes_values_as_they_are(), &[Legal, Garbage, Baggage, HandedOn]),
        ("an unlisted field", wrong::leaves_a_field_out_of_its_list(), &[HandedOn, Strips]),
    ];
    for (name, wrong, expected) in cases {
        let failed = format(*wrong, &Options::new());
        assert_eq!(failed, set(expected), "{name}");
    }
}

#[test]
fn a_tracer_that_cannot_be_made_or_is_off_is_not_checked_further() {
    let panicked = check(|| panic!("no such file"), &Options::new()).unwrap_err();
    assert_eq!(panicked.to_string(), "SetUp: a panic: no such file");
    let off = check(
        || {
            let tracer = builder().build();
            tracer.set_enabled(false);
            tracer
        },
        &Options::new(),
    );
    let off = off.unwrap_err();
    assert_eq!(off.to_string(), "SetUp: the tracer is switched off");
    assert!(off.has(Check::SetUp) && !off.has(Check::Start) && off.iter().count() == 1);
}

/// Samplers out of a function.
#[derive(Debug)]
struct Says(fn(&SamplingInput<'_>));

impl Sampler for Says {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        (self.0)(input);
        Decision::yes()
    }
}

#[test]
fn samplers_that_are_wrong_fail_where_they_are_asked() {
    let failed = |says| checked(|builder| builder.sampler(Says(says)), &Options::new());
    assert!(failed(|_| panic!("never")).contains("Start"));
    let leaves = failed(|_| {
        Box::leak(Box::new(Span::passive(SpanContext::decision(true)).enter()));
    });
    assert!(leaves.contains("Start"), "{leaves:?}");
    let unnamed = failed(|input| assert!(!input.name.is_empty(), "a name"));
    assert_eq!(unnamed, set(&[Check::Rename]));
    let ascii = failed(|input| assert!(input.tags.iter().all(|tag| tag.key.is_ascii())));
    assert_eq!(ascii, set(&[Check::Tags]));
    let typed = failed(|input| {
        assert!(input.tags.iter().all(|tag| tag.value.as_str().is_some()), "text only");
    });
    assert_eq!(typed, set(&[Check::Tags]));
    let callers = failed(|input| assert!(input.parent.is_none(), "no callers"));
    assert_eq!(callers, set(&[Check::Joins, Check::Garbage]));
}

#[test]
fn probes_decide_what_is_the_same() {
    let never = Options::new().with_same_trace(|_, _| false);
    let failed = checked(|builder| builder, &never);
    assert_eq!(failed, set(&[Check::References, Check::RoundTrip, Check::Joins]));
    let never = Options::new().with_same_context(|_, _| false);
    let failed = checked(|builder| builder, &never);
    assert_eq!(failed, set(&[Check::Finish, Check::RoundTrip, Check::Replaces]));
    let always = Options::new().with_same_trace(|_, _| true);
    assert_eq!(checked(|builder| builder, &always), set(&[Check::References]));
}

#[test]
fn a_reporter_that_panics_fails_nothing_but_its_spans() {
    struct Panics;
    impl Reporter for Panics {
        fn report(&mut self, _: &Batch<'_>) -> Outcome {
            panic!("as always");
        }
    }
    assert_eq!(checked(|builder| builder.reporter(Panics), &Options::new()), set(&[]));
}

#[test]
fn what_is_wrong_is_told_once_and_not_at_length() {
    let make = || builder().propagator(wrong::panics_on_garbage()).build();
    let failures = check(make, &Options::new()).unwrap_err();
    assert!((1..=8).contains(&failures.iter().count()), "{failures}");
    let first = failures.iter().next().unwrap();
    assert_eq!(first.check, Check::Garbage);
    assert!(first.what.contains("a panic (range end index 2") && first.what.contains("at "));
    assert_eq!(failures.to_string().lines().count(), failures.iter().count());
}

/// Below a span that is current, and with one that is not sampled.
#[test]
fn it_can_be_run_anywhere() {
    for sampler in [Box::new(AlwaysOn) as Box<dyn Sampler>, Box::new(AlwaysOff)] {
        let tracer = builder().sampler(sampler).build();
        let span = tracer.span("around").start();
        let _entered = span.enter();
        assert_eq!(checked(|builder| builder.propagator(W3c), &Options::new()), set(&[]));
        assert_eq!(tracer_core::current().context(), span.context());
        assert!(matches!(Parent::default(), Parent::Current));
    }
}
