//! Operations that come, stay and go.

use std::sync::atomic::{AtomicBool, Ordering};

use super::super::tests::of_name;
use super::*;

/// A rate of `of_a` for `a`, and a default.
fn rates(default: f64, of_a: f64) -> OperationSampling {
    OperationSampling::new(Probabilistic::clamped(default))
        .operation("a", Probabilistic::clamped(of_a))
}

/// How many of a hundred traces are recorded.
fn yes(sampler: &PerOperation, name: &str) -> usize {
    (0..100).filter(|_| of_name(sampler, name, 1, None).sampled).count()
}

/// A bound of which no second one comes while a test is running.
const RARE: f64 = 1e-9;

#[test]
fn each_operation_has_its_rate_and_others_the_default() {
    for (default, of_a) in [(0.0, 1.0), (1.0, 0.0)] {
        let sampler = PerOperation::new(&rates(default, of_a));
        assert_eq!(yes(&sampler, "a"), of_a as usize * 100);
        assert_eq!(yes(&sampler, "b"), default as usize * 100);
        assert_eq!(sampler.operations(), 1, "without bounds there is nothing to keep of `b`");
    }
}

#[test]
fn the_lower_bound_fires_when_probability_says_no() {
    let sampler = PerOperation::new(&rates(0.0, 0.25).lower_bound(RARE));
    for (name, rate) in [("a", 0.25), ("b", 0.0)] {
        let first = of_name(&sampler, name, 1, None);
        assert!(first.sampled);
        assert_eq!(first.by, Some(SampledBy::new(SamplerKind::LowerBound, rate)));
        assert_eq!(yes(&sampler, name), 0, "the bound is spent");
    }
}

#[test]
fn what_probability_takes_spends_the_lower_bound_too() {
    let sampler = PerOperation::new(&rates(0.0, 0.5).lower_bound(RARE));
    let taken = of_name(&sampler, "a", u128::MAX, None);
    assert!(taken.sampled);
    assert_eq!(taken.by, Some(SampledBy::new(SamplerKind::Probabilistic, 0.5)));
    assert_eq!(yes(&sampler, "a"), 0);
}

#[test]
fn the_upper_bound_holds_for_what_probability_takes() {
    let sampler = PerOperation::new(&rates(1.0, 1.0).upper_bound(RARE));
    assert_eq!((yes(&sampler, "a"), yes(&sampler, "b")), (1, 1));
    sampler.update(&rates(1.0, 1.0));
    assert_eq!((yes(&sampler, "a"), yes(&sampler, "b")), (100, 100), "no bound any more");
    for none in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let sampler = PerOperation::new(&rates(1.0, 1.0).upper_bound(none).lower_bound(none));
        assert_eq!(yes(&sampler, "a"), 100, "{none}");
    }
}

#[test]
fn over_the_most_operations_there_is_the_default_only() {
    let sampling = rates(0.0, 0.0).lower_bound(RARE);
    let sampler = PerOperation::with_max_operations(&sampling, 2);
    let first = ["a", "b", "c", "d"].map(|name| of_name(&sampler, name, 1, None).sampled);
    assert_eq!(first, [true, true, false, false]);
    assert_eq!(sampler.operations(), 2);
}

#[test]
fn whatever_names_arrive_it_stays_small() {
    let sampler = PerOperation::new(&rates(0.0, 0.0).lower_bound(RARE));
    for nth in 0..5_000 {
        let _ = of_name(&sampler, &format!("GET /{nth}"), 1, None);
    }
    assert_eq!(sampler.operations(), PerOperation::MAX_OPERATIONS);
    let sampler = PerOperation::new(&rates(0.0, 0.0).lower_bound(RARE));
    let (long, longest) = ("x".repeat(1 << 20), "y".repeat(PerOperation::MAX_NAME));
    assert!(!of_name(&sampler, &long, 1, None).sampled, "the default only");
    assert!(of_name(&sampler, &longest, 1, None).sampled);
    assert!(of_name(&sampler, "", 1, None).sampled, "the empty name is one");
    assert_eq!(sampler.operations(), 3);
    sampler.update(&rates(0.0, 0.0).operation(long, Probabilistic::clamped(1.0)));
    assert_eq!(sampler.operations(), 1);
    assert!(format!("{sampler:?}").len() < 200, "{sampler:?}");
}

#[test]
fn more_rates_than_may_be_are_cut() {
    let all = Probabilistic::clamped(1.0);
    let many = (0..10_000)
        .fold(rates(0.0, 0.0), |sampling, nth| sampling.operation(format!("op {nth:05}"), all));
    let sampler = PerOperation::new(&many);
    assert_eq!(sampler.operations(), PerOperation::MAX_OPERATIONS);
    assert_eq!((yes(&sampler, "op 00000"), yes(&sampler, "op 09999")), (100, 0));
}

#[test]
fn an_update_keeps_existing_operations_and_drops_removed_ones() {
    let both = rates(0.0, 0.0).operation("b", Probabilistic::clamped(0.0));
    let sampler = PerOperation::new(&both.lower_bound(RARE));
    assert_eq!(["a", "b", "c"].map(|name| yes(&sampler, name)), [1, 1, 1]);
    sampler.update(&rates(0.0, 0.0).lower_bound(RARE));
    assert_eq!(sampler.operations(), 1);
    assert_eq!(yes(&sampler, "a"), 0, "what it had spent stays spent");
    assert_eq!(["b", "c"].map(|name| yes(&sampler, name)), [1, 1], "they are taken up anew");
}

#[test]
fn an_update_changes_rates_bounds_and_the_default() {
    let sampler = PerOperation::new(&rates(0.0, 0.0));
    sampler.update(&rates(1.0, 0.0));
    assert_eq!(["a", "b"].map(|name| yes(&sampler, name)), [0, 100]);
    sampler.update(&rates(0.0, 1.0));
    assert_eq!(["a", "b"].map(|name| yes(&sampler, name)), [100, 0]);
    sampler.update(&rates(0.0, 0.0).lower_bound(1e9));
    assert_eq!(yes(&sampler, "b"), 100);
}

#[test]
fn operations_are_made_while_rates_are_updated() {
    let sampling = rates(0.5, 1.0).lower_bound(1.0);
    let sampler = PerOperation::with_max_operations(&sampling, 50);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let (sampler, done) = (&sampler, &done);
            scope.spawn(move || {
                let mut nth = 0;
                while !done.load(Ordering::Relaxed) {
                    assert!(of_name(sampler, "a", 1, None).sampled, "always in the rates");
                    let _ = of_name(sampler, &format!("{thread} {nth}"), 1, None);
                    assert!(sampler.operations() <= 50);
                    nth = (nth + 1) % 100;
                }
            });
        }
        for nth in 0..500 {
            sampler.update(&sampling.clone().operation(format!("b {nth}"), sampling.default));
        }
        done.store(true, Ordering::Relaxed);
    });
    sampler.update(&sampling);
    assert_eq!(sampler.operations(), 1);
}
