//! Time stamps: read raw on the hot path, turned into nanoseconds on the reporter's thread.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::fork;

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

pub(crate) use source::{nanos_between, now, prepare};

/// One moment on both clocks. The process keeps one for as long as it tells the wall clock's time to
/// a millisecond: spans of several batches, and of several tracers, are then in the order in which
/// they began. Beyond that another one is taken, so that the monotonic clock's drift never adds up, and
/// a wall clock that is set is followed. Durations come from the monotonic clock alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    ticks: Ticks,
    unix_nanos: u64,
    scale: Scale,
}

/// Nanoseconds in `1 << Scale::SHIFT` ticks: asked for once a batch, so that a span's times take a
/// multiplication each.
#[derive(Clone, Copy, Debug)]
struct Scale(u64);

impl Scale {
    /// Minutes, with any counter there is: what is rounded away is a nanosecond in days.
    const SHIFT: u32 = 40;

    fn now() -> Self {
        Self(source::nanos_between(0, 1 << Self::SHIFT))
    }

    /// Zero where the later one is not later.
    #[inline]
    fn nanos_between(self, earlier: Ticks, later: Ticks) -> u64 {
        let ticks = later.saturating_sub(earlier);
        ((u128::from(ticks) * u128::from(self.0)) >> Self::SHIFT) as u64
    }
}

/// A wall clock's reading between two of the counter.
struct Reading {
    before: Ticks,
    unix_nanos: u64,
    after: Ticks,
}

fn wall() -> SystemTime {
    #[cfg(test)]
    return tests::stepped(SystemTime::now());
    #[cfg(not(test))]
    SystemTime::now()
}

impl Reading {
    fn take() -> Self {
        let before = now();
        let unix_nanos = unix_nanos(wall());
        Self { before, unix_nanos, after: now() }
    }

    fn width(&self) -> u64 {
        source::nanos_between(self.before, self.after)
    }
}

impl Anchor {
    /// How often it is tried to read both clocks without being put to sleep in between, which
    /// would move a whole batch in time.
    const TRIES: usize = 4;
    /// Nanoseconds in which both have been read if nothing came between.
    const CLOSE: u64 = 1_000;

    /// How far from the wall clock the one that is kept may be, in nanoseconds.
    const TOLERANCE: u64 = 1_000_000;

    /// The one that is kept, or another from now on.
    pub(crate) fn now() -> Self {
        static KEPT: Mutex<Option<Anchor>> = Mutex::new(None);
        let now = Self::closest(std::iter::repeat_with(Reading::take));
        let Some(mut kept) = fork::lock(&KEPT) else { return now };
        let is_good =
            |kept: &Self| kept.unix_nanos(now.ticks).abs_diff(now.unix_nanos) <= Self::TOLERANCE;
        let anchor = kept.filter(is_good).unwrap_or(now);
        *kept = Some(anchor);
        anchor
    }

    /// Out of several readings the one that took the least time.
    fn closest(readings: impl Iterator<Item = Reading>) -> Self {
        let mut best = Reading { before: 0, unix_nanos: 0, after: Ticks::MAX };
        let mut width = u64::MAX;
        for reading in readings.take(Self::TRIES) {
            if reading.width() < width {
                width = reading.width();
                best = reading;
            }
            if width < Self::CLOSE {
                break;
            }
        }
        let ticks = best.before + (best.after.saturating_sub(best.before)) / 2;
        Self { ticks, unix_nanos: best.unix_nanos, scale: Scale::now() }
    }

    /// Nanoseconds since 1970 of a raw reading.
    #[inline]
    pub(crate) fn unix_nanos(&self, ticks: Ticks) -> u64 {
        if ticks <= self.ticks {
            self.unix_nanos.saturating_sub(self.scale.nanos_between(ticks, self.ticks))
        } else {
            self.unix_nanos.saturating_add(self.scale.nanos_between(self.ticks, ticks))
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

    #[inline]
    pub(crate) fn unix_nanos(self, anchor: &Anchor) -> u64 {
        match self {
            Self::Ticks(ticks) => anchor.unix_nanos(ticks),
            Self::Unix(nanos) => nanos,
        }
    }

    /// Start and end in nanoseconds since 1970. A span never ends before it starts.
    #[inline]
    pub(crate) fn interval(start: Self, end: Self, anchor: &Anchor) -> (u64, u64) {
        let from = start.unix_nanos(anchor);
        match (start, end) {
            (Self::Ticks(first), Self::Ticks(last)) => {
                (from, from.saturating_add(anchor.scale.nanos_between(first, last)))
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
    use std::cell::Cell;
    use std::sync::mpsc;

    use super::*;
    use crate::{Batch, Outcome, Reporter, Tracer};

    thread_local! {
        /// How far this thread's wall clock was stepped, in seconds.
        static STEP: Cell<i64> = const { Cell::new(0) };
    }

    pub(super) fn stepped(time: SystemTime) -> SystemTime {
        let step = Duration::from_secs(STEP.get().unsigned_abs());
        if STEP.get() < 0 { time - step } else { time + step }
    }

    /// Steps its thread's wall clock after each batch, and tells what it has seen.
    struct Stepping {
        steps: std::vec::IntoIter<i64>,
        seen: mpsc::Sender<(String, u64, u64)>,
    }

    impl Reporter for Stepping {
        fn report(&mut self, batch: &Batch<'_>) -> Outcome {
            for span in batch.spans() {
                let seen = (span.name().to_owned(), span.start_unix_nanos(), span.end_unix_nanos());
                if self.seen.send(seen).is_err() {
                    return Outcome::Failed;
                }
            }
            STEP.set(self.steps.next().unwrap_or(0));
            Outcome::Reported
        }
    }

    /// A span that is open while somebody steps the wall clock an hour back, or ten years forth:
    /// its duration is the monotonic clock's, its start is told by the wall clock as it is now, and
    /// where one of its times came from the user it does not end before it starts.
    #[test]
    #[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
    fn r7_the_wall_clock_is_stepped_while_a_span_is_open() {
        const LONG: Duration = Duration::from_secs(20);
        const SLEPT: Duration = Duration::from_millis(20);
        for step in [-3_600, 315_360_000] {
            let (seen, spans) = mpsc::channel();
            let steps = vec![step].into_iter();
            let tracer = Tracer::builder("test").reporter(Stepping { steps, seen }).build();
            let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);

            let open = tracer.span("open").root().start();
            let explicit = tracer.span("explicit").root().start_time(SystemTime::now()).start();
            tracer.span("before").root().start().finish();
            assert_eq!(tracer.flush(LONG), Ok(()));
            std::thread::sleep(SLEPT);
            let now = unix_nanos(SystemTime::now());
            open.finish();
            explicit.finish();
            assert_eq!(tracer.flush(LONG), Ok(()));

            let take = || spans.try_recv().map(|(name, from, to)| (name, (from, to)));
            let (name, (from, to)) = take().expect("three spans");
            assert!(name == "before" && from <= to && now - from < nanos(LONG), "{from} {to}");
            let (name, (from, to)) = take().expect("three spans");
            assert!(name == "open" && (nanos(SLEPT)..nanos(LONG)).contains(&(to - from)));
            let stepped = now.saturating_add_signed(step * 1_000_000_000);
            assert!(to.abs_diff(stepped) < nanos(LONG), "{to} is not near {stepped}");
            let (name, (from, to)) = take().expect("three spans");
            assert!(name == "explicit" && now - from < nanos(LONG) && from <= to, "{from} {to}");
            assert!(step < 0 || to - from > nanos(LONG), "its end is the stepped clock's");
        }
    }

    /// A start that is reported late lies between those that were reported meanwhile.
    #[test]
    fn what_is_reported_later_has_the_same_time() {
        prepare();
        let start = now();
        let told = |_: &u32| {
            let first = Anchor::now().unix_nanos(start);
            std::thread::sleep(Duration::from_micros(200));
            first == Anchor::now().unix_nanos(start)
        };
        // Another test may step its clock in between.
        assert!((0..100).filter(told).count() > 50);
        STEP.set(1);
        let stepped = Anchor::now().unix_nanos(now());
        STEP.set(0);
        let real = unix_nanos(SystemTime::now());
        assert!((900_000_000..2_000_000_000).contains(&(stepped - real)), "{stepped} {real}");
    }

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
    fn a_reading_that_was_interrupted_is_not_taken() {
        prepare();
        let base = now();
        // Far more than 1 µs, whatever a tick is.
        let long = 100_000_000;
        let reading = |unix_nanos, ticks| Reading { before: base, unix_nanos, after: base + ticks };
        let anchor = Anchor::closest([reading(1, long), reading(2, 2), reading(3, 1)].into_iter());
        assert_eq!((anchor.unix_nanos, anchor.ticks), (2, base + 1), "close enough: no third try");
        let slow = (1..9).map(|nth| reading(nth, long * (9 - nth)));
        assert_eq!(Anchor::closest(slow).unix_nanos, 4, "the best of four");
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
