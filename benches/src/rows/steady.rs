//! Processor time of all threads at a steady load: work moved to the reporter's thread is not
//! work saved.

use std::hint::black_box;
use std::time::Duration;

use super::{Case, Effort, Row, TRACERS, in_child};
use crate::contestants::{Contestant, Mode, Sink, for_contestant};
use crate::harness::measured::{Measured, Metric};
use crate::harness::{cpu, pace};
use crate::{model, receiver};

const FIGURES: &[Metric] = &[Metric::CpuNanos, Metric::OwnCpuNanos];

pub const STEADY: Row = Row {
    name: "steady",
    title: "100k root spans/s",
    who: TRACERS,
    figures: FIGURES,
    effort: Effort::Long,
    launch: in_child,
    run,
};

pub const OTLP: Row = Row {
    name: "otlp",
    title: "20k root spans/s with 4 tags and a log, OTLP to a local receiver",
    who: TRACERS,
    figures: FIGURES,
    effort: Effort::Long,
    launch: in_child,
    run: run_otlp,
};

fn run(case: Case) -> Measured {
    for_contestant!(case.who, counted(seconds(case)))
}

fn run_otlp(case: Case) -> Measured {
    for_contestant!(case.who, sent(seconds(case)))
}

fn seconds(case: Case) -> Duration {
    Duration::from_secs(if case.quick { 1 } else { 4 })
}

fn counted<C: Contestant>(time: Duration) -> Measured {
    let idle = idle(model::STEADY_RATE, time);
    let contestant = C::start(Mode::Sampled, Sink::Count);
    let load = load(&contestant, model::STEADY_RATE, time, |_| contestant.root());
    load.figures(idle).with(Metric::Lost, (load.made - contestant.seen()) as f64)
}

fn sent<C: Contestant>(time: Duration) -> Measured {
    let receiver = receiver::Remote::start().expect("a receiver");
    let idle = idle(model::OTLP_RATE, time);
    let contestant = C::start(Mode::Sampled, Sink::Otlp(receiver.url()));
    let load = load(&contestant, model::OTLP_RATE, time, |nth| contestant.root_with_tags(nth));
    contestant.shutdown(Duration::from_secs(10));
    load.figures(idle).with(Metric::Lost, load.made as f64 - receiver.spans() as f64)
}

/// Processor time of the pacing itself over this time, which nobody is to pay for.
fn idle(rate: u64, time: Duration) -> Duration {
    let before = cpu::of_thread();
    pace::calls(rate, time / 4, |nth| {
        black_box(nth);
    });
    (cpu::of_thread() - before) * 4
}

struct Load {
    made: u64,
    own: Duration,
    all: Duration,
}

fn load<C: Contestant>(contestant: &C, rate: u64, time: Duration, call: impl FnMut(u64)) -> Load {
    let (own, all) = (cpu::of_thread(), cpu::of_process());
    let made = pace::calls(rate, time, call);
    let own = cpu::of_thread() - own;
    contestant.flush();
    Load { made, own, all: cpu::of_process() - all }
}

impl Load {
    fn figures(&self, idle: Duration) -> Measured {
        let each = |time: Duration| time.saturating_sub(idle).as_nanos() as f64 / self.made as f64;
        Measured::default()
            .with(Metric::CpuNanos, each(self.all))
            .with(Metric::OwnCpuNanos, each(self.own))
    }
}
