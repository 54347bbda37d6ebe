//! A span in the destructor of a thread-local, when the tracer's own are gone.

use std::cell::OnceCell;
use std::thread;

use super::{Case, Effort, Failure, Row, TRACERS};
use crate::contestants::{Contestant, Mode, Sink, for_contestant};
use crate::harness::child;
use crate::harness::measured::{Measured, Metric};
use crate::model;

pub const THREAD_LOCAL: Row = Row {
    name: "thread-local",
    title: "span in a thread-local's destructor",
    who: TRACERS,
    figures: &[Metric::Aborted],
    effort: Effort::Once,
    launch,
    run,
};

/// How the process ended is the figure.
fn launch(case: Case) -> Result<Measured, Failure> {
    let output = child::output(case)?;
    let aborted = if output.status.success() { 0.0 } else { 1.0 };
    Ok(Measured::default().with(Metric::Aborted, aborted))
}

fn run(case: Case) -> Measured {
    for_contestant!(case.who, run_as());
    Measured::default()
}

/// Calls what it holds when its thread ends.
struct AtTheEnd(Box<dyn Fn()>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        (self.0)();
    }
}

thread_local! {
    static EARLY: OnceCell<AtTheEnd> = const { OnceCell::new() };
    static LATE: OnceCell<AtTheEnd> = const { OnceCell::new() };
}

fn run_as<C: Contestant + 'static>() {
    let contestant: &'static C = Box::leak(Box::new(C::start(Mode::Sampled, Sink::Count)));
    let work = move || {
        let end = || AtTheEnd(Box::new(move || contestant.trace(model::FEW_CHILDREN)));
        // One on each side of the tracer's own, whatever order they are destroyed in.
        EARLY.with(|cell| drop(cell.set(end())));
        contestant.trace(model::FEW_CHILDREN);
        LATE.with(|cell| drop(cell.set(end())));
    };
    thread::spawn(work).join().expect("a thread that ends");
}
