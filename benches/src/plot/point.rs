//! One point of a curve: processor time of all threads for each span that was reported.

use std::thread;
use std::time::{Duration, Instant};

use super::Axis;
use crate::contestants::{Contestant, Mode, Sink, Who, for_contestant};
use crate::harness::cpu;
use crate::harness::measured::{Measured, Metric};
use crate::harness::pace::Work;
use crate::model;

#[derive(Clone, Copy)]
pub struct Point {
    pub axis: Axis,
    pub x: u32,
    pub who: Who,
    pub quick: bool,
}

impl Point {
    /// Takes it, in a process of its own.
    pub fn take(self) -> Measured {
        for_contestant!(self.who, take_as(self))
    }
}

fn take_as<C: Contestant>(point: Point) -> Measured {
    let time = Duration::from_millis(if point.quick { 300 } else { 1_500 });
    match point.axis {
        Axis::SpansPerTrace => long_traces::<C>(u64::from(point.x), time),
        Axis::Threads => many_threads::<C>(point.x, time),
    }
}

fn figures<C: Contestant>(contestant: &C, made: u64, cpu: Duration) -> Measured {
    let seen = contestant.seen();
    Measured::default()
        .with(Metric::CpuNanos, cpu.as_nanos() as f64 / seen.max(1) as f64)
        .with(Metric::Lost, (made - seen) as f64)
}

/// Traces one after the other, flushed before anybody's queue is full, as far as a trace allows.
fn long_traces<C: Contestant>(spans: u64, time: Duration) -> Measured {
    let contestant = C::start(Mode::Sampled, Sink::Count);
    let children = u32::try_from(spans - 1).unwrap_or(u32::MAX);
    let traces = (model::BLOCK_SPANS / spans).max(1);
    let (began, before) = (Instant::now(), cpu::of_process());
    let mut made = 0;
    while began.elapsed() < time {
        for _ in 0..traces {
            contestant.trace(children);
        }
        made += traces * spans;
        contestant.flush();
    }
    figures(&contestant, made, cpu::of_process() - before)
}

/// Traces that a thread makes at a time.
const AT_A_TIME: u64 = 10;

/// A steady load, from as many threads. They wake a thousand times a second together, however
/// many they are, and what that costs is not counted.
fn many_threads<C: Contestant>(threads: u32, time: Duration) -> Measured {
    let contestant = C::start(Mode::Sampled, Sink::Count);
    let tick = Duration::from_millis(1) * threads;
    let ticks = u32::try_from(time.as_millis()).unwrap_or(u32::MAX).div_ceil(threads);
    let (thread, process) = (cpu::of_thread(), cpu::of_process());
    let began = Instant::now();
    let record = |nth: u32| {
        let before = cpu::of_thread();
        let mut work = Work::default();
        for turn in 0..ticks {
            let due = tick * turn + Duration::from_millis(1) * nth;
            thread::sleep(due.saturating_sub(began.elapsed()));
            work.add(|| {
                for _ in 0..AT_A_TIME {
                    contestant.trace(model::FEW_CHILDREN);
                }
            });
        }
        (cpu::of_thread() - before, work.0)
    };
    let record = &record;
    let (in_all, work) = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|nth| scope.spawn(move || record(nth))).collect();
        let times = threads.into_iter().map(|thread| thread.join().expect("it does not panic"));
        times.fold((Duration::ZERO, Duration::ZERO), |sum, of| (sum.0 + of.0, sum.1 + of.1))
    });
    contestant.flush();
    let (process, thread) = (cpu::of_process() - process, cpu::of_thread() - thread);
    let others = process.saturating_sub(thread + in_all);
    let traces = u64::from(ticks) * u64::from(threads) * AT_A_TIME;
    figures(&contestant, traces * u64::from(model::FEW_CHILDREN + 1), work + others)
}
