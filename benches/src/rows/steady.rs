//! Processor time of all threads at a steady load: work moved to the reporter's thread is not
//! work saved.

use std::time::Duration;

use super::{Case, Effort, Row, TRACERS, in_child};
use crate::contestants::{Contestant, Mode, Sink, for_contestant};
use crate::harness::cpu;
use crate::harness::measured::{Measured, Metric};
use crate::harness::pace::{self, Work};
use crate::{model, receiver};

const FIGURES: &[Metric] = &[Metric::CpuNanos, Metric::OwnCpuNanos];

pub const STEADY: Row = Row {
    name: "steady",
    title: "100k spans/s, roots with 10 children",
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

/// A trace of one span would be easy on us: fastrace's collector works by the trace.
const SPANS_PER_TRACE: u64 = model::FEW_CHILDREN as u64 + 1;
const TRACES_PER_SECOND: u64 = model::STEADY_RATE / SPANS_PER_TRACE;

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
    let contestant = C::start(Mode::Sampled, Sink::Count);
    let call = |_| contestant.trace(model::FEW_CHILDREN);
    let load = load(&contestant, TRACES_PER_SECOND, time, call).of_traces();
    load.figures().with(Metric::Lost, (load.spans - contestant.seen()) as f64)
}

fn sent<C: Contestant>(time: Duration) -> Measured {
    let receiver = receiver::Remote::start().expect("a receiver");
    let contestant = C::start(Mode::Sampled, Sink::Otlp(receiver.url()));
    let load = load(&contestant, model::OTLP_RATE, time, |nth| contestant.root_with_tags(nth));
    contestant.shutdown(Duration::from_secs(10));
    load.figures().with(Metric::Lost, load.spans as f64 - receiver.spans() as f64)
}

struct Load {
    spans: u64,
    /// Of the thread that records, without waking up for it.
    own: Duration,
    all: Duration,
}

fn load<C: Contestant>(
    contestant: &C,
    rate: u64,
    time: Duration,
    mut call: impl FnMut(u64),
) -> Load {
    let (thread, process) = (cpu::of_thread(), cpu::of_process());
    let mut own = Work::default();
    let spans = pace::bursts(rate, time, |calls| own.add(|| calls.for_each(&mut call)));
    contestant.flush();
    let others = (cpu::of_process() - process).saturating_sub(cpu::of_thread() - thread);
    Load { spans, own: own.0, all: own.0 + others }
}

impl Load {
    fn of_traces(self) -> Self {
        Self { spans: self.spans * SPANS_PER_TRACE, ..self }
    }

    fn figures(&self) -> Measured {
        let each = |time: Duration| time.as_nanos() as f64 / self.spans as f64;
        Measured::default()
            .with(Metric::CpuNanos, each(self.all))
            .with(Metric::OwnCpuNanos, each(self.own))
    }
}
