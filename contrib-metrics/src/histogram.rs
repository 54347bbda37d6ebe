//! Counts of durations, by fixed buckets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// In nanoseconds. The bounds that OpenTelemetry's conventions have for HTTP, RPC and messaging.
pub(crate) const CALLS: &[u64] = &[
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    75_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    750_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    7_500_000_000,
    10_000_000_000,
];

/// Those for databases, which are quicker.
pub(crate) const STORES: &[u64] = &[
    1_000_000,
    5_000_000,
    10_000_000,
    50_000_000,
    100_000_000,
    500_000_000,
    1_000_000_000,
    5_000_000_000,
    10_000_000_000,
];

/// A bound, or a sum, in seconds.
pub(crate) fn seconds(nanos: u64) -> f64 {
    Duration::from_nanos(nanos).as_secs_f64()
}

pub(crate) struct Histogram {
    bounds: &'static [u64],
    /// One for each bound, which is within it, and one for what is above all of them.
    counts: Box<[AtomicU64]>,
    /// Nanoseconds: 584 years of them.
    sum: AtomicU64,
}

impl Histogram {
    pub(crate) fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    #[inline]
    pub(crate) fn record(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let at = self.bounds.partition_point(|bound| *bound < nanos);
        self.counts[at].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(nanos, Ordering::Relaxed);
    }

    /// Counts up to each bound, in seconds, and of all at last.
    pub(crate) fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = self.bounds.iter().map(|bound| seconds(*bound)).chain([f64::INFINITY]);
        let mut below = 0;
        let counts = self.counts.iter().map(|count| {
            below += count.load(Ordering::Relaxed);
            below
        });
        bounds.zip(counts).collect()
    }

    pub(crate) fn sum(&self) -> f64 {
        seconds(self.sum.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_within_its_bucket() {
        let histogram = Histogram::new(STORES);
        let durations = [0, 1_000_000, 1_000_001, 10_000_000_000, 10_000_000_001, u64::MAX / 4];
        for nanos in durations {
            histogram.record(Duration::from_nanos(nanos));
        }
        let buckets = histogram.buckets();
        let counts: Vec<_> = buckets.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [2, 3, 3, 3, 3, 3, 3, 3, 4, 6]);
        assert_eq!((buckets[0].0, buckets[8].0, buckets[9].0), (0.001, 10.0, f64::INFINITY));
    }
}
