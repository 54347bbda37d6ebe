//! The rows of the table.

mod compiled_out;
mod encode;
mod flat_out;
mod floors;
mod hang;
mod http;
mod instructions;
mod panic;
mod spans;
mod steady;
mod thread_local;

use crate::contestants::Who;
use crate::harness::child;
use crate::harness::measured::{Measured, Metric};

/// A line of the table, or some: what is done, by whom, and which figures it gives.
pub struct Row {
    /// What `--case` calls it.
    pub name: &'static str,
    pub title: &'static str,
    pub who: &'static [Who],
    pub figures: &'static [Metric],
    pub effort: Effort,
    /// Gets a case's figures, in the process that collects them.
    pub launch: fn(Case) -> Result<Measured, Failure>,
    /// Takes them, in a process of its own.
    pub run: fn(Case) -> Measured,
}

/// How often a case is worth being repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Times: as often as it takes to find a quiet moment.
    Times,
    /// Long runs, and such that show what happens.
    Long,
    /// Times that take seconds each.
    Http,
    /// The same every time.
    Once,
}

impl Effort {
    pub const fn rounds(self, quick: bool) -> u32 {
        match (self, quick) {
            (Self::Times, false) => 9,
            (Self::Times, true) => 3,
            (Self::Http, false) => 7,
            (Self::Long, false) => 2,
            (Self::Long | Self::Http, true) | (Self::Once, _) => 1,
        }
    }
}

/// Why a case has no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This machine, or this build, lacks what it takes.
    NotHere(String),
    /// It went wrong.
    Broken(String),
}

/// One contestant in one row.
#[derive(Clone, Copy)]
pub struct Case {
    pub row: &'static Row,
    pub who: Who,
    pub quick: bool,
}

pub const ALL: &[Row] = &[
    floors::FLOORS,
    spans::ROOT,
    spans::TAGS,
    spans::CHILDREN,
    steady::STEADY,
    instructions::INSTRUCTIONS,
    spans::UNSAMPLED,
    spans::OFF,
    compiled_out::SPANS,
    spans::EXTRACT,
    spans::INJECT,
    spans::POLL,
    flat_out::FLAT_OUT,
    encode::ENCODE,
    steady::OTLP,
    hang::HANG,
    panic::PANIC,
    thread_local::THREAD_LOCAL,
    http::SAMPLED,
    http::UNSAMPLED,
    http::MEASURED,
    http::OFF,
    http::SAMPLED_COUNT,
    http::UNSAMPLED_COUNT,
    http::MEASURED_COUNT,
    http::OFF_COUNT,
    compiled_out::HTTP,
];

pub fn find(name: &str) -> Option<&'static Row> {
    ALL.iter().find(|row| row.name == name)
}

/// The kit, its peers, and the same without any.
const EVERYBODY: &[Who] = &Who::ALL;
const TRACERS: &[Who] = &[Who::Kit, Who::Fastrace, Who::OpenTelemetry, Who::TracingOpenTelemetry];

/// In a process of its own, as it is.
fn in_child(case: Case) -> Result<Measured, Failure> {
    child::run(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = ALL.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
