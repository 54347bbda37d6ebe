//! Instructions of a root with 100 children.

use super::{Case, Effort, Failure, Row, TRACERS};
use crate::contestants::{Contestant, Mode, Sink, for_contestant};
use crate::harness::callgrind;
use crate::harness::measured::{Measured, Metric};
use crate::model;

pub const INSTRUCTIONS: Row = Row {
    name: "instructions",
    title: "root with 100 children",
    who: TRACERS,
    figures: &[Metric::Instructions, Metric::AllInstructions],
    effort: Effort::Once,
    launch,
    run,
};

const BLOCKS: u64 = 10;
const TRACES: u64 = model::BLOCK_SPANS / (model::CHILDREN as u64 + 1);

fn launch(case: Case) -> Result<Measured, Failure> {
    let counted = callgrind::count(case)?;
    let traces = (BLOCKS * TRACES) as f64;
    Ok(Measured::default()
        .with(Metric::Instructions, counted.own / traces)
        .with(Metric::AllInstructions, counted.all / traces))
}

/// Below callgrind.
fn run(case: Case) -> Measured {
    for_contestant!(case.who, run_as())
}

fn run_as<C: Contestant>() -> Measured {
    let contestant = C::start(Mode::Sampled, Sink::Count);
    // As many as are counted at once, so that buffers have grown to what that takes.
    for _ in 0..TRACES {
        contestant.trace(model::CHILDREN);
    }
    contestant.flush();
    for _ in 0..BLOCKS {
        counted_calls(&contestant);
        contestant.flush();
    }
    assert_eq!(
        contestant.seen(),
        (BLOCKS + 1) * TRACES * (u64::from(model::CHILDREN) + 1),
        "every span is reported"
    );
    Measured::default()
}

/// Callgrind counts while this function runs.
#[inline(never)]
fn counted_calls<C: Contestant>(contestant: &C) {
    for _ in 0..TRACES {
        contestant.trace(model::CHILDREN);
    }
}
