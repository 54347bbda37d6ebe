//! Two threads, as fast as they can.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Case, Effort, Row, TRACERS, in_child};
use crate::contestants::{Contestant, Mode, Sink, for_contestant};
use crate::harness::measured::{Measured, Metric};
use crate::harness::memory;
use crate::model;

pub const FLAT_OUT: Row = Row {
    name: "flat-out",
    title: "two threads flat out, roots with 10 children",
    who: TRACERS,
    figures: &[Metric::Made, Metric::Reported, Metric::Growth, Metric::Lost, Metric::Uncounted],
    effort: Effort::Long,
    launch: in_child,
    run,
};

const THREADS: usize = 2;

fn run(case: Case) -> Measured {
    for_contestant!(case.who, run_as(Duration::from_secs(if case.quick { 1 } else { 3 })))
}

fn run_as<C: Contestant>(time: Duration) -> Measured {
    let contestant = C::start(Mode::Sampled, Sink::Count);
    let before = memory::resident();
    let began = Instant::now();
    let stop = AtomicBool::new(false);
    let made: u64 = thread::scope(|scope| {
        let work = || {
            let mut traces = 0;
            while !stop.load(Ordering::Relaxed) {
                contestant.trace(model::FEW_CHILDREN);
                traces += 1;
            }
            traces * u64::from(model::FEW_CHILDREN + 1)
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
    });
    let recording = began.elapsed();
    let reported = contestant.received();
    let until_reported = began.elapsed();
    let lost = made - reported;
    let per_second = |spans: u64, time: Duration| spans as f64 / time.as_secs_f64() / 1e6;
    Measured::default()
        .with(Metric::Made, per_second(made, recording))
        .with(Metric::Reported, per_second(reported, until_reported))
        .with(Metric::Growth, memory::resident().peak - before.now)
        .with(Metric::Lost, lost as f64)
        .with(Metric::Uncounted, uncounted(&contestant, lost))
}

/// Spans that are gone without a word.
pub fn uncounted<C: Contestant>(contestant: &C, lost: u64) -> f64 {
    (lost as f64 - contestant.known_losses().unwrap_or(0) as f64).abs()
}
