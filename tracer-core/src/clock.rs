//! Time stamps: read raw on the hot path, turned into nanoseconds on the reporter's thread.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A raw reading of the monotonic clock. Only [`Anchor`] gives it a meaning.
pub(crate) type Ticks = u64;

#[cfg(feature = "tsc")]
mod source {
    use std::sync::OnceLock;

    use super::Ticks;

    static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();

    /// Calibrates the counter, which takes up to 200 ms the first time in a process: the tracer's
    /// builder does it, so that no request has to.
    pub(crate) fn prepare() {
        CLOCK.get_or_init(quanta::Clock::new);
    }

    #[inline]
    pub(crate) fn now() -> Ticks {
        CLOCK.get_or_init(quanta::Clock::new).raw()
    }

    pub(crate) fn nanos_between(earlier: Ticks, later: Ticks) -> u64 {
        CLOCK.get_or_init(quanta::Clock::new).delta_as_nanos(earlier, later)
    }
}

#[cfg(not(feature = "tsc"))]
mod source {
    use std::sync::OnceLock;
    use std::time::Instant;

    use super::Ticks;

    static START: OnceLock<Instant> = OnceLock::new();

    pub(crate) fn prepare() {
        START.get_or_init(Instant::now);
    }

    pub(crate) fn now() -> Ticks {
        u64::try_from(START.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    pub(crate) const fn nanos_between(earlier: Ticks, later: Ticks) -> u64 {
        later.saturating_sub(earlier)
    }
}

pub(crate) use source::{now, prepare};

/// One moment on both clocks. Taken anew for every batch, so that the monotonic clock's drift
/// against the wall clock never adds up; durations come from the monotonic clock alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    ticks: Ticks,
    unix_nanos: u64,
}

impl Anchor {
    pub(crate) fn now() -> Self {
        let unix_nanos = unix_nanos(SystemTime::now());
        Self { ticks: now(), unix_nanos }
    }

    /// Nanoseconds since 1970 of a raw reading.
    pub(crate) fn unix_nanos(&self, ticks: Ticks) -> u64 {
        if ticks <= self.ticks {
            self.unix_nanos.saturating_sub(source::nanos_between(ticks, self.ticks))
        } else {
            self.unix_nanos.saturating_add(source::nanos_between(self.ticks, ticks))
        }
    }
}

/// When something happened: a raw reading, or a moment that the user gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    Ticks(Ticks),
    Unix(u64),
}

impl Stamp {
    pub(crate) fn explicit(time: SystemTime) -> Self {
        Self::Unix(unix_nanos(time))
    }

    /// The bare number, for where the kind is kept beside it.
    #[inline]
    pub(crate) const fn word(self) -> u64 {
        match self {
            Self::Ticks(word) | Self::Unix(word) => word,
        }
    }

    #[inline]
    pub(crate) const fn is_unix(self) -> bool {
        matches!(self, Self::Unix(_))
    }

    pub(crate) fn unix_nanos(self, anchor: &Anchor) -> u64 {
        match self {
            Self::Ticks(ticks) => anchor.unix_nanos(ticks),
            Self::Unix(nanos) => nanos,
        }
    }

    /// Start and end in nanoseconds since 1970. A span never ends before it starts.
    pub(crate) fn interval(start: Self, end: Self, anchor: &Anchor) -> (u64, u64) {
        let from = start.unix_nanos(anchor);
        match (start, end) {
            (Self::Ticks(first), Self::Ticks(last)) => {
                (from, from.saturating_add(source::nanos_between(first, last.max(first))))
            }
            _ => (from, end.unix_nanos(anchor).max(from)),
        }
    }
}

pub(crate) fn unix_nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_never_negative() {
        prepare();
        let anchor = Anchor::now();
        let (from, to) = Stamp::interval(Stamp::Ticks(2_000_000), Stamp::Ticks(1_000), &anchor);
        assert_eq!(from, to);
        let (from, to) = Stamp::interval(Stamp::Unix(5_000), Stamp::Unix(4_000), &anchor);
        assert_eq!((from, to), (5_000, 5_000));
    }

    #[test]
    fn durations_do_not_see_the_wall_clock() {
        prepare();
        let start = now();
        std::thread::sleep(Duration::from_millis(5));
        let end = now();
        let mut anchor = Anchor::now();
        // The wall clock is stepped an hour back and ten years forth between the two readings.
        for step in [-3_600i64, 315_360_000] {
            anchor.unix_nanos = anchor.unix_nanos.saturating_add_signed(step * 1_000_000_000);
            let (from, to) = Stamp::interval(Stamp::Ticks(start), Stamp::Ticks(end), &anchor);
            assert!((5_000_000..500_000_000).contains(&(to - from)), "{}", to - from);
        }
    }

    #[test]
    fn explicit_times_come_back_exactly() {
        let time = UNIX_EPOCH + Duration::from_nanos(1_700_000_000_123_456_789);
        assert_eq!(Stamp::explicit(time).unix_nanos(&Anchor::now()), 1_700_000_000_123_456_789);
    }
}
