//! The reporter hangs: what piles up, and whether the program can end.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::flat_out::uncounted;
use super::{Case, Effort, Row, TRACERS, in_child};
use crate::contestants::{Contestant, Mode, Sink, for_contestant};
use crate::harness::measured::{Measured, Metric};
use crate::harness::{memory, pace};
use crate::model;

pub const HANG: Row = Row {
    name: "hang",
    title: "the reporter hangs, 10k spans/s",
    who: TRACERS,
    figures: &[
        Metric::Growth,
        Metric::LateGrowth,
        Metric::ShutdownMillis,
        Metric::ShutdownOff,
        Metric::Uncounted,
    ],
    effort: Effort::Once,
    launch: in_child,
    run,
};

/// What the contestant is given to stop.
const DEADLINE: Duration = Duration::from_secs(2);
/// When it is given up.
const PATIENCE: Duration = Duration::from_secs(20);

fn run(case: Case) -> Measured {
    // As many spans either way: what is to stay flat has to be full first.
    let (time, rate) = if case.quick {
        (Duration::from_secs(3), model::HANGING_RATE * 5)
    } else {
        (Duration::from_secs(15), model::HANGING_RATE)
    };
    for_contestant!(case.who, run_as(time, rate))
}

fn run_as<C: Contestant + Send + 'static>(time: Duration, rate: u64) -> Measured {
    let contestant: &'static C = Box::leak(Box::new(C::start(Mode::Sampled, Sink::Hang)));
    let before = memory::resident();
    let mut made = pace::calls(rate, time * 2 / 3, |_| contestant.root());
    let late = memory::resident();
    made += pace::calls(rate, time / 3, |_| contestant.root());
    let after = memory::resident();

    let (done, is_done) = mpsc::channel();
    let began = Instant::now();
    thread::spawn(move || {
        contestant.shutdown(DEADLINE);
        let _ = done.send(began.elapsed());
    });
    // Who is not back by then is told to have taken that long.
    let took = is_done.recv_timeout(PATIENCE).unwrap_or(PATIENCE);
    Measured::default()
        .with(Metric::Growth, after.peak - before.now)
        .with(Metric::LateGrowth, after.now - late.now)
        .with(Metric::ShutdownMillis, took.as_secs_f64() * 1e3)
        .with(Metric::ShutdownOff, took.abs_diff(DEADLINE).as_secs_f64() * 1e3)
        .with(Metric::Uncounted, uncounted(contestant, made - contestant.seen()))
}
