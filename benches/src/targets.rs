//! What is to be reached. Ratios hold on every machine, instructions and allocations too; a bare
//! time does not, so it is told beside its floor and nobody fails by it.

use crate::contestants::Who;
use crate::harness::measured::{Measured, Metric};
use crate::harness::rounds::Finding;
use crate::rows::Row;

/// What one figure of the kit has to be.
pub struct Target {
    pub row: &'static str,
    pub metric: Metric,
    pub reach: Reach,
}

#[derive(Clone, Copy)]
pub enum Reach {
    /// So many times the peer's figure, at most.
    Below(f64, Who),
    /// So many times it, at least.
    Above(f64, Who),
    AtMost(f64),
    AtLeast(f64),
    /// It would be good to be there; not gated.
    Hoped(f64),
    HopedAtLeast(f64),
}

use Reach::{Above, AtLeast, AtMost, Below, Hoped, HopedAtLeast};

const fn target(row: &'static str, metric: Metric, reach: Reach) -> Target {
    Target { row, metric, reach }
}

pub const TARGETS: &[Target] = &[
    target("root", Metric::Nanos, Below(0.5, Who::Fastrace)),
    target("root", Metric::Allocations, AtMost(0.0)),
    target("tags", Metric::Nanos, Below(0.5, Who::Fastrace)),
    // The caller's own string.
    target("tags", Metric::Allocations, AtMost(1.0)),
    target("children", Metric::Nanos, Below(0.65, Who::Fastrace)),
    target("children", Metric::Allocations, AtMost(0.0)),
    target("steady", Metric::CpuNanos, Below(0.4, Who::Fastrace)),
    target("instructions", Metric::Instructions, AtMost(15_000.0)),
    target("unsampled", Metric::Nanos, Below(0.5, Who::Fastrace)),
    target("off", Metric::Nanos, Hoped(1.1)),
    // No instruction more than without the kit.
    target("compiled-out", Metric::ProgramInstructions, Below(1.0, Who::Floor)),
    target("http-compiled-out", Metric::ProgramInstructions, Below(1.0, Who::Floor)),
    target("extract", Metric::Nanos, Below(0.5, Who::Fastrace)),
    target("extract", Metric::Allocations, AtMost(0.0)),
    target("inject", Metric::Nanos, Below(0.5, Who::Fastrace)),
    target("poll", Metric::Nanos, Hoped(5.0)),
    target("flat-out", Metric::Reported, HopedAtLeast(10.0)),
    target("flat-out", Metric::Growth, AtMost(16.0)),
    target("flat-out", Metric::Uncounted, AtMost(0.0)),
    target("encode", Metric::Nanos, Hoped(300.0)),
    target("hang", Metric::Growth, AtMost(8.0)),
    // Flat: a page or two may still come in.
    target("hang", Metric::LateGrowth, AtMost(0.5)),
    target("hang", Metric::ShutdownOff, AtMost(100.0)),
    target("hang", Metric::Uncounted, AtMost(0.0)),
    target("panic", Metric::AfterPanic, AtLeast(100.0)),
    target("panic", Metric::Uncounted, AtMost(0.0)),
    target("thread-local", Metric::Aborted, AtMost(0.0)),
    target("http", Metric::AddedMicros, Hoped(1.2)),
    target("http", Metric::PerSecond, Above(0.88, Who::Floor)),
    target("http", Metric::P99Micros, Below(1.3, Who::Floor)),
    target("http-0", Metric::AddedMicros, Hoped(0.45)),
    target("http-off", Metric::AddedMicros, Hoped(0.3)),
    target("http-count", Metric::AllAddedInstructions, AtMost(8_000.0)),
    target("http-0-count", Metric::AllAddedInstructions, AtMost(3_300.0)),
];

/// How a target was met.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Reached,
    Missed,
    /// Not gated: as hoped, or not.
    Told(bool),
    /// A figure is not there.
    Unknown,
}

pub fn of(row: &str, metric: Metric) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.row == row && target.metric == metric)
}

impl Target {
    /// What is to be reached, in words.
    pub fn words(&self) -> String {
        match self.reach {
            Reach::Below(ratio, who) => format!("≤ {ratio} × {}", who.name()),
            Reach::Above(ratio, who) => format!("≥ {ratio} × {}", who.name()),
            Reach::AtMost(most) => format!("≤ {most}"),
            Reach::AtLeast(least) => format!("≥ {least}"),
            Reach::Hoped(most) => format!("(≤ {most})"),
            Reach::HopedAtLeast(least) => format!("(≥ {least})"),
        }
    }

    pub fn judge(&self, finding: &Finding) -> Verdict {
        let figure = |who: Who| finding.by.get(&who).and_then(|found| found.get(self.metric));
        let Some(own) = figure(Who::Kit) else { return Verdict::Unknown };
        let gate = |met: bool| if met { Verdict::Reached } else { Verdict::Missed };
        match self.reach {
            Reach::Below(ratio, who) => {
                figure(who).map_or(Verdict::Unknown, |peer| gate(own <= ratio * peer))
            }
            Reach::Above(ratio, who) => {
                figure(who).map_or(Verdict::Unknown, |peer| gate(own >= ratio * peer))
            }
            Reach::AtMost(most) => gate(own <= most),
            Reach::AtLeast(least) => gate(own >= least),
            Reach::Hoped(most) => Verdict::Told(own <= most),
            Reach::HopedAtLeast(least) => Verdict::Told(own >= least),
        }
    }
}

/// Whether the kit has lost spans where none may be lost. Flat out it may, if it counts them.
pub fn lost(row: &Row, measured: &Measured) -> bool {
    !row.figures.contains(&Metric::Lost)
        && measured.get(Metric::Lost).is_some_and(|lost| lost > 0.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rows;

    #[test]
    fn every_target_is_of_a_figure_that_is_shown() {
        for target in TARGETS {
            let row = rows::find(target.row);
            let shown = row.is_some_and(|row| row.figures.contains(&target.metric));
            assert!(shown, "{}: {}", target.row, target.metric.name());
        }
    }

    fn judged(reach: Reach, kit: f64, fastrace: Option<f64>) -> Verdict {
        let row = rows::find("root").expect("it is there");
        let figure = |nanos| Measured::default().with(Metric::Nanos, nanos);
        let mut by = BTreeMap::from([(Who::Kit, figure(kit))]);
        by.extend(fastrace.map(|nanos| (Who::Fastrace, figure(nanos))));
        let finding = Finding { row, by, failures: Vec::new() };
        target("root", Metric::Nanos, reach).judge(&finding)
    }

    #[test]
    fn a_ratio_needs_both() {
        let half = Below(0.5, Who::Fastrace);
        assert_eq!(judged(half, 50.0, Some(100.0)), Verdict::Reached);
        assert_eq!(judged(half, 51.0, Some(100.0)), Verdict::Missed);
        assert_eq!(judged(half, 1.0, None), Verdict::Unknown);
        assert_eq!(judged(Above(0.88, Who::Fastrace), 87.0, Some(100.0)), Verdict::Missed);
    }

    #[test]
    fn what_is_hoped_for_is_not_gated() {
        assert_eq!(judged(Hoped(1.1), 3.0, None), Verdict::Told(false));
        assert_eq!(judged(AtMost(1.1), 3.0, None), Verdict::Missed);
        assert_eq!(judged(AtLeast(1.1), 3.0, None), Verdict::Reached);
    }
}
