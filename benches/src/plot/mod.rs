//! Curves: what a span costs by how many are in a trace, and by how many threads make them.

mod draw;
mod point;

use std::process::{Command, Stdio};

use crate::contestants::Who;
use crate::harness::child;
use crate::harness::measured::{Measured, Metric};

pub use point::Point;

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    SpansPerTrace,
    Threads,
}

impl Axis {
    const ALL: [Self; 2] = [Self::SpansPerTrace, Self::Threads];

    const fn name(self) -> &'static str {
        match self {
            Self::SpansPerTrace => "spans-per-trace",
            Self::Threads => "threads",
        }
    }

    const fn values(self) -> &'static [u32] {
        match self {
            Self::SpansPerTrace => &[1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000],
            Self::Threads => &[1, 2, 4, 8, 16, 32, 64],
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::SpansPerTrace => "spans in a trace",
            Self::Threads => "threads, together 110,000 spans a second",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.name() == name)
    }
}

const CONTESTANTS: [Who; 4] =
    [Who::Kit, Who::Fastrace, Who::OpenTelemetry, Who::TracingOpenTelemetry];

/// One contestant's line.
struct Curve {
    who: Who,
    points: Vec<Dot>,
}

#[derive(Clone, Copy)]
struct Dot {
    x: u32,
    nanos: f64,
    /// Some spans were lost.
    lost: bool,
}

/// Takes all curves and draws them into `docs/performance`.
pub fn run(quick: bool) -> Result<(), String> {
    for axis in Axis::ALL {
        let mut curves: Vec<Curve> =
            CONTESTANTS.into_iter().map(|who| Curve { who, points: Vec::new() }).collect();
        for &x in axis.values() {
            eprintln!("{}: {x}", axis.name());
            for curve in &mut curves {
                let measured = best(Point { axis, x, who: curve.who, quick })?;
                let nanos = measured.get(Metric::CpuNanos).ok_or("a point without a figure")?;
                let lost = measured.get(Metric::Lost).is_some_and(|lost| lost > 0.0);
                println!(
                    "{} {x} {} {nanos:.0}{}",
                    axis.name(),
                    curve.who.name(),
                    if lost { " (lost some)" } else { "" }
                );
                curve.points.push(Dot { x, nanos, lost });
            }
        }
        draw::draw(axis, &curves)?;
    }
    Ok(())
}

/// The best of some rounds.
fn best(point: Point) -> Result<Measured, String> {
    let mut best = Measured::default();
    for _ in 0..if point.quick { 1 } else { 3 } {
        let mut command = Command::new(child::own_path());
        command.args(["point", point.axis.name(), &point.x.to_string(), point.who.name()]);
        if point.quick {
            command.arg("--quick");
        }
        let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!("{:?}", child::told(&output)));
        }
        best.merge(&Measured::from_lines(&String::from_utf8_lossy(&output.stdout)));
    }
    Ok(best)
}
