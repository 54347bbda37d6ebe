//! The reporter panics once.

use std::thread;
use std::time::{Duration, Instant};

use super::flat_out::uncounted;
use super::{Case, Effort, Row, TRACERS, in_child};
use crate::contestants::{Contestant, Mode, Sink, for_contestant};
use crate::harness::measured::{Measured, Metric};

pub const PANIC: Row = Row {
    name: "panic",
    title: "the reporter panics once",
    who: TRACERS,
    figures: &[Metric::AfterPanic, Metric::Uncounted],
    effort: Effort::Once,
    launch: in_child,
    run,
};

/// Spans of the batch that fails, and of the time after it.
const SPANS: u64 = 100;
/// All contestants report within a second; OpenTelemetry's default is five.
const PATIENCE: Duration = Duration::from_secs(8);

fn run(case: Case) -> Measured {
    for_contestant!(case.who, run_as())
}

fn run_as<C: Contestant>() -> Measured {
    let contestant = C::start(Mode::Sampled, Sink::PanicOnce);
    make(&contestant);
    // No flush: it is the reporter's own thread that is to live on.
    thread::sleep(PATIENCE);
    make(&contestant);
    let began = Instant::now();
    while contestant.seen() < SPANS && began.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
    let seen = contestant.seen();
    Measured::default()
        .with(Metric::AfterPanic, seen as f64 * 100.0 / SPANS as f64)
        .with(Metric::Uncounted, uncounted(&contestant, 2 * SPANS - seen))
}

fn make<C: Contestant>(contestant: &C) {
    for _ in 0..SPANS {
        contestant.root();
    }
}
