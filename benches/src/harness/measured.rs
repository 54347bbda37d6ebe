//! What one run of a case has found, and how several runs become one figure.

use std::collections::BTreeMap;

macro_rules! metrics {
    ($($variant:ident = $name:literal, $combine:ident;)*) => {
        /// What a figure is of, with its unit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $($variant,)*
        }

        impl Metric {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in tables and between processes.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            const fn combine(self) -> Combine {
                match self {
                    $(Self::$variant => Combine::$combine,)*
                }
            }
        }
    };
}

/// What several rounds come to. Noise only ever adds time, so the quietest round is the truest;
/// of what must not happen, the worst counts.
#[derive(Clone, Copy)]
enum Combine {
    Least,
    Most,
}

metrics! {
    Nanos = "ns", Least;
    Allocations = "allocations", Least;
    CpuNanos = "CPU ns, all threads", Least;
    OwnCpuNanos = "CPU ns, recording thread", Least;
    Instructions = "instructions", Least;
    AllInstructions = "instructions, all threads", Least;
    ProgramInstructions = "instructions of it all", Least;
    CpuMicros = "CPU µs a request", Least;
    AddedMicros = "CPU µs added", Least;
    AddedInstructions = "instructions added", Least;
    AllAddedInstructions = "instructions added, all threads", Least;
    PerSecond = "a second", Most;
    P99Micros = "p99 µs", Least;
    Made = "M spans/s made", Most;
    Reported = "M spans/s reported", Most;
    Growth = "MiB more", Most;
    LateGrowth = "MiB more, last third", Most;
    ShutdownOff = "ms off the deadline", Most;
    ShutdownMillis = "ms until shut down", Most;
    Lost = "spans lost", Most;
    Uncounted = "spans lost, uncounted", Most;
    AfterPanic = "% of later spans reported", Least;
    Aborted = "process aborts", Most;
    FloorInstant = "Instant::now, ns", Least;
    FloorCounter = "quanta, raw, ns", Least;
    FloorThreadLocal = "thread-local, read and write, ns", Least;
    FloorLoad = "relaxed load and branch, ns", Least;
    FloorMutex = "mutex, nobody else, ns", Least;
    FloorArc = "Arc, clone and drop, ns", Least;
    FloorRing = "128 bytes into a ring, ns", Least;
    FloorBox = "Box, alloc and free, ns", Least;
}

impl Metric {
    /// Whether the kit's figure by a peer's says something.
    pub const fn is_compared(self) -> bool {
        matches!(
            self,
            Self::Nanos
                | Self::CpuNanos
                | Self::OwnCpuNanos
                | Self::Instructions
                | Self::AllInstructions
                | Self::AddedMicros
                | Self::CpuMicros
                | Self::AddedInstructions
                | Self::AllAddedInstructions
                | Self::PerSecond
                | Self::P99Micros
                | Self::Made
                | Self::Reported
        )
    }

    /// What this one is above the floor's, where that is the question.
    pub const fn above_floor(self) -> Option<Self> {
        match self {
            Self::AddedMicros => Some(Self::CpuMicros),
            Self::AddedInstructions => Some(Self::Instructions),
            Self::AllAddedInstructions => Some(Self::AllInstructions),
            _ => None,
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.name() == name)
    }
}

/// The figures of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured(BTreeMap<Metric, f64>);

impl Measured {
    pub fn with(mut self, metric: Metric, value: f64) -> Self {
        self.0.insert(metric, value);
        self
    }

    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.0.get(&metric).copied()
    }

    /// Takes another round in.
    pub fn merge(&mut self, other: &Self) {
        for (&metric, &value) in &other.0 {
            let kept = self.0.entry(metric).or_insert(value);
            *kept = match metric.combine() {
                Combine::Least => kept.min(value),
                Combine::Most => kept.max(value),
            };
        }
    }

    /// A line for each figure, for the process that has started this one.
    pub fn to_lines(&self) -> String {
        self.0.iter().map(|(metric, value)| format!("{}={value}\n", metric.name())).collect()
    }

    /// Reads what [`to_lines`](Self::to_lines) wrote; other lines are somebody's output.
    pub fn from_lines(text: &str) -> Self {
        let pairs = text.lines().filter_map(|line| {
            let (name, value) = line.rsplit_once('=')?;
            Some((Metric::parse(name)?, value.parse().ok()?))
        });
        Self(pairs.collect())
    }
}

/// The middle one.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_cross_processes() {
        let measured = Measured::default()
            .with(Metric::Nanos, 93.25)
            .with(Metric::CpuNanos, 0.0)
            .with(Metric::Lost, 12.0);
        let text = format!("a warning = of somebody\n{}", measured.to_lines());
        assert_eq!(Measured::from_lines(&text), measured);
    }

    #[test]
    fn of_times_the_best_counts_and_of_losses_the_worst() {
        let mut first = Measured::default().with(Metric::Nanos, 5.0).with(Metric::Lost, 0.0);
        first.merge(&Measured::default().with(Metric::Nanos, 4.0).with(Metric::Lost, 3.0));
        first.merge(&Measured::default().with(Metric::Nanos, 9.0).with(Metric::Lost, 0.0));
        assert_eq!((first.get(Metric::Nanos), first.get(Metric::Lost)), (Some(4.0), Some(3.0)));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
    }
}
