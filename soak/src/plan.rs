//! What goes wrong, and when: drawn from a seed before anything starts.

use std::time::Duration;

use fastrand::Rng;

/// How long a slice takes.
pub(crate) const SLICE: Duration = Duration::from_secs(20);
/// The end of a disturbed slice, in which the collector works again: what piled up is sent in the
/// slice that it belongs to.
const RECOVERY: Duration = Duration::from_secs(6);
/// The shortest trouble, and the longest.
const TROUBLE_SECONDS: std::ops::Range<f64> = 2.0..7.0;

/// What a collector can do to those who send to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// Its port refuses, its connections are gone.
    Killed,
    /// It reads, and never answers.
    Hung,
    /// It takes a while for each answer.
    Slowed,
    /// It resets the connection in the middle of a request.
    Reset,
    /// It says 503, and to come back in a second.
    Busy,
    /// It goes and is back at once.
    Restarted,
}

impl Trouble {
    pub(crate) const ALL: [Self; 6] =
        [Self::Killed, Self::Hung, Self::Slowed, Self::Reset, Self::Busy, Self::Restarted];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Hung => "hung",
            Self::Slowed => "slowed",
            Self::Reset => "reset",
            Self::Busy => "busy",
            Self::Restarted => "restarted",
        }
    }
}

/// A stretch of time, with trouble or without.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slice {
    /// Since the load began.
    pub(crate) from: Duration,
    /// When each trouble begins, since the load did, one after another. None in an undisturbed
    /// slice. One ends where the next begins, and all do in time to recover.
    pub(crate) troubles: Vec<(Duration, Trouble)>,
}

impl Slice {
    pub(crate) fn is_disturbed(&self) -> bool {
        !self.troubles.is_empty()
    }

    pub(crate) fn end(&self) -> Duration {
        self.from + SLICE
    }

    /// When the collector is well again for good.
    pub(crate) fn recovers(&self) -> Duration {
        self.end() - RECOVERY
    }
}

/// Slices, half of them disturbed. One without and one with trouble, then one
/// with and one without, and so on: what drifts on this machine is shared by both halves.
pub(crate) fn slices(total: Duration, seed: u64) -> Vec<Slice> {
    let mut rng = Rng::with_seed(seed);
    // All kinds come before one comes again.
    let mut kinds = Vec::new();
    let pairs = (total.as_secs() / (2 * SLICE.as_secs())).max(1);
    let order = (0..pairs).flat_map(|pair| [pair % 2 == 1, pair % 2 == 0]);
    let mut from = Duration::ZERO;
    let slice = |is_disturbed| {
        let mut slice = Slice { from, troubles: Vec::new() };
        from += SLICE;
        let mut at = slice.from;
        while is_disturbed && at < slice.recovers() {
            if kinds.is_empty() {
                kinds.extend(Trouble::ALL);
                rng.shuffle(&mut kinds);
            }
            slice.troubles.extend(kinds.pop().map(|kind| (at, kind)));
            let span = TROUBLE_SECONDS.end - TROUBLE_SECONDS.start;
            at += Duration::from_secs_f64(TROUBLE_SECONDS.start + rng.f64() * span);
        }
        slice
    };
    order.map(slice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_time_is_disturbed_with_everything() {
        let slices = slices(Duration::from_secs(600), 7);
        let disturbed: Vec<_> = slices.iter().filter(|slice| slice.is_disturbed()).collect();
        assert_eq!((slices.len(), disturbed.len()), (30, 15));
        assert_eq!((slices[0].from, slices[29].end()), (Duration::ZERO, 30 * SLICE));
        for kind in Trouble::ALL {
            let met = disturbed.iter().flat_map(|slice| &slice.troubles);
            assert!(met.filter(|(_, trouble)| *trouble == kind).count() >= 5, "{kind:?}");
        }
        for slice in disturbed {
            let times = || slice.troubles.iter().map(|(at, _)| *at);
            assert!(times().is_sorted());
            assert!(times().all(|at| at >= slice.from && at < slice.recovers()));
        }
    }

    #[test]
    fn neighbours_change_places() {
        let slices = slices(Duration::from_secs(160), 1);
        let disturbed: Vec<_> = slices.iter().map(Slice::is_disturbed).collect();
        assert_eq!(disturbed, [false, true, true, false, false, true, true, false]);
    }

    #[test]
    fn a_seed_is_a_plan_and_there_is_always_one() {
        let plan = |seed| slices(Duration::from_secs(60), seed);
        assert_eq!(plan(3), plan(3));
        assert_ne!(plan(3), plan(4));
        assert_eq!(slices(Duration::ZERO, 1).len(), 2);
    }
}
