//! Answers in, samplers out.

use tracer_core::{AlwaysOff, ENABLED, Sampler, Tracer};

use super::super::counts::Counts;
use super::*;

/// A poller, what it puts its samplers into, and a tracer that asks that.
struct Case {
    poller: Poller,
    sampler: Updatable,
    tracer: Tracer,
}

impl Case {
    fn new() -> Self {
        let sampler = Updatable::new(AlwaysOff);
        let poller = Poller::new(sampler.clone(), Arc::default(), 2_000);
        let tracer = Tracer::builder("test").sampler(sampler.clone()).build();
        Self { poller, sampler, tracer }
    }

    fn take(&mut self, answer: &str) {
        self.poller.take(answer.as_bytes());
    }

    /// How many of a hundred traces are recorded.
    fn yes(&self, name: &'static str) -> usize {
        (0..100).filter(|_| self.tracer.span(name).root().start().is_recording()).count()
    }

    /// Where the sampler of now is: another instance is elsewhere.
    fn instance(&self) -> *const () {
        Arc::as_ptr(&self.sampler.current()).cast()
    }

    fn counts(&self) -> (u64, u64) {
        let Counts { failures, updates, .. } = self.poller.counters.read();
        (failures, updates)
    }
}

fn rate(rate: f64) -> String {
    format!(
        r#"{{"strategyType":"PROBABILISTIC","probabilisticSampling":{{"samplingRate":{rate}}}}}"#
    )
}

fn limit(limit: f64) -> String {
    format!(
        r#"{{"strategyType":"RATE_LIMITING","rateLimitingSampling":{{"maxTracesPerSecond":{limit}}}}}"#
    )
}

fn operations(default: f64, lower: f64, rates: &[(&str, f64)]) -> String {
    let one = |(name, rate): &(&str, f64)| {
        format!(r#"{{"operation":"{name}","probabilisticSampling":{{"samplingRate":{rate}}}}}"#)
    };
    format!(
        r#"{{"strategyType":"PROBABILISTIC","operationSampling":{{
            "defaultSamplingProbability":{default},"defaultLowerBoundTracesPerSecond":{lower},
            "perOperationStrategies":[{}]}}}}"#,
        rates.iter().map(one).collect::<Vec<_>>().join(",")
    )
}

/// A rate of which no second one comes while a test is running.
const RARE: f64 = 1e-9;

#[test]
fn unchanged_parameters_keep_the_same_instance() {
    let rates = [("a", 1.0), ("b", 0.5)];
    let turned = [rates[1], rates[0]];
    for (answer, again) in [
        (rate(0.5), rate(0.5)),
        (limit(2.0), limit(2.0)),
        (operations(0.5, 1.0, &rates), operations(0.5, 1.0, &turned)),
    ] {
        let mut case = Case::new();
        case.take(&answer);
        let instance = case.instance();
        case.take(&again);
        assert_eq!((case.instance(), case.counts()), (instance, (0, 1)), "{answer}");
    }
}

#[test]
fn the_type_of_the_strategy_can_change() {
    if !ENABLED {
        return;
    }
    let all = [(rate(1.0), 100), (limit(RARE), 1), (operations(0.0, RARE, &[]), 1)];
    for (from, _) in &all {
        for (to, expected) in &all {
            let mut case = Case::new();
            case.take(from);
            case.take(to);
            assert_eq!(case.yes("a"), *expected, "{from} {to}");
            case.take(from);
            case.take(to);
            let again = if from == to && *expected == 1 { 0 } else { *expected };
            assert_eq!(case.yes("a"), again, "{from} {to}");
        }
    }
}

#[test]
fn a_change_of_rates_takes_effect_in_place() {
    if !ENABLED {
        return;
    }
    let mut case = Case::new();
    case.take(&operations(0.0, RARE, &[("a", 1.0), ("b", 0.0)]));
    let instance = case.instance();
    assert_eq!([case.yes("a"), case.yes("b"), case.yes("c")], [100, 1, 1]);
    case.take(&operations(1.0, RARE, &[("a", 0.0), ("b", 0.0)]));
    assert_eq!(case.instance(), instance);
    assert_eq!([case.yes("a"), case.yes("b"), case.yes("c")], [0, 0, 100], "bounds stay spent");

    case.take(&limit(RARE));
    let instance = case.instance();
    assert_eq!(case.yes("a"), 1);
    case.take(&limit(RARE * 2.0));
    assert_eq!((case.instance(), case.yes("a")), (instance, 0), "what was spent stays so");

    case.take(&rate(0.0));
    assert_eq!(case.yes("a"), 0);
    case.take(&rate(1.0));
    assert_eq!((case.yes("a"), case.counts()), (100, (0, 6)));
}

#[test]
fn a_bad_answer_changes_nothing() {
    if !ENABLED {
        return;
    }
    let mut case = Case::new();
    case.take("<html>");
    assert_eq!((case.yes("a"), case.counts()), (0, (1, 0)), "the initial sampler");
    case.take(&rate(1.0));
    let instance = case.instance();
    let bad = ["", "{}", &rate(5.0), &rate(-1.0), &operations(0.0, -1.0, &[])];
    for answer in bad {
        case.take(answer);
        assert_eq!((case.instance(), case.yes("a")), (instance, 100), "{answer}");
    }
    case.take(&rate(1.0));
    assert_eq!((case.instance(), case.counts()), (instance, (1 + bad.len() as u64, 1)));
}

#[test]
fn the_most_operations_are_those_of_the_settings() {
    let sampler = Updatable::new(AlwaysOff);
    let mut poller = Poller::new(sampler.clone(), Arc::default(), 1);
    let rates = [("a", 1.0), ("b", 1.0)];
    poller.take(operations(0.0, 0.0, &rates).as_bytes());
    assert_eq!(poller.operations.map(|all| all.operations()), Some(1));
    assert!(!sampler.reads_tags());
}
