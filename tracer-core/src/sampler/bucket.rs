//! A budget that fills with time.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::fork;

/// A token bucket: begins full, fills by `per_second`, holds `burst` at most, and gives whole
/// tokens. Time is monotonic, so that a wall clock that is set changes nothing.
///
/// What is no number or negative counts as 0; a rate or burst over [`MOST`](Self::MOST) as that.
/// A burst below 1 never gives anything.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    /// What [`take`](Self::take) counts from.
    origin: Instant,
    /// What made it.
    process: u32,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    per_second: f64,
    burst: f64,
    /// Tokens there were at `at`.
    tokens: f64,
    at: Duration,
}

impl TokenBucket {
    /// No limit to speak of, and far from where a `f64` would lose single tokens.
    const MOST: f64 = 1e12;

    pub(crate) fn new(per_second: f64, burst: f64) -> Self {
        let (per_second, burst) = (clamp(per_second), clamp(burst));
        let state = State { per_second, burst, tokens: burst, at: Duration::ZERO };
        Self { origin: Instant::now(), process: std::process::id(), state: Mutex::new(state) }
    }

    /// Takes a token, if there is one now.
    pub(crate) fn take(&self) -> bool {
        self.take_at(self.origin.elapsed())
    }

    /// Takes a token, if there is one at this time, which counts from the making of the bucket. An
    /// earlier time than one seen before is taken for that one.
    pub(crate) fn take_at(&self, now: Duration) -> bool {
        let Some(mut state) = self.lock() else { return false };
        let tokens = state.tokens_at(now);
        if tokens < 1.0 {
            // Left as it is: small steps that are added up would not give whole tokens again.
            return false;
        }
        state.tokens = tokens - 1.0;
        state.at = state.at.max(now);
        true
    }

    /// Sets another rate and size. A bucket that was half full is half full.
    pub(crate) fn reconfigure(&self, per_second: f64, burst: f64) {
        self.reconfigure_at(self.origin.elapsed(), per_second, burst);
    }

    pub(super) fn reconfigure_at(&self, now: Duration, per_second: f64, burst: f64) {
        let Some(mut state) = self.lock() else { return };
        let filled = if state.burst > 0.0 { state.tokens_at(now) / state.burst } else { 0.0 };
        state.per_second = clamp(per_second);
        state.burst = clamp(burst);
        state.tokens = filled * state.burst;
        state.at = state.at.max(now);
    }

    fn lock(&self) -> Option<MutexGuard<'_, State>> {
        fork::lock_made_in(|| self.process, &self.state)
    }
}

impl State {
    fn tokens_at(&self, now: Duration) -> f64 {
        let since = now.saturating_sub(self.at).as_secs_f64();
        self.burst.min(self.tokens + self.per_second * since)
    }
}

const fn clamp(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(0.0, TokenBucket::MOST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn two_a_second_are_yes_yes_no() {
        let bucket = TokenBucket::new(2.0, 2.0);
        assert_eq!([0, 0, 0].map(|at| bucket.take_at(ms(at))), [true, true, false]);
        assert_eq!(
            [499, 500, 501, 999, 1000].map(|at| bucket.take_at(ms(at))),
            [false, true, false, false, true]
        );
    }

    #[test]
    fn a_tenth_a_second_is_one_every_ten_seconds() {
        let bucket = TokenBucket::new(0.1, 1.0);
        assert!(bucket.take_at(ms(0)));
        assert!((0..100).all(|tenth| !bucket.take_at(ms(tenth * 100))));
        assert!(bucket.take_at(ms(10_000)));
        assert!(!bucket.take_at(ms(10_001)));
    }

    #[test]
    fn it_holds_no_more_than_its_burst() {
        let bucket = TokenBucket::new(1.0, 10.0);
        let given = |at| (0..100).filter(|_| bucket.take_at(at)).count();
        assert_eq!(given(ms(0)), 10);
        assert_eq!(given(Duration::from_secs(86_400)), 10);
        assert_eq!(given(Duration::MAX), 10);
    }

    #[test]
    fn reconfigured_it_keeps_the_filled_fraction() {
        let bucket = TokenBucket::new(0.0, 4.0);
        assert!(bucket.take_at(ms(0)) && bucket.take_at(ms(0)));
        bucket.reconfigure_at(ms(0), 0.0, 20.0);
        assert_eq!((0..100).filter(|_| bucket.take_at(ms(0))).count(), 10);
        bucket.reconfigure_at(ms(0), 1.0, 1.0);
        assert!(!bucket.take_at(ms(0)), "empty stays empty");
        bucket.reconfigure_at(ms(1_000), 0.0, 0.0);
        assert!(!bucket.take_at(ms(2_000)));
        bucket.reconfigure_at(ms(2_000), 0.0, 8.0);
        assert!(!bucket.take_at(ms(2_000)), "of nothing there is no fraction");
    }

    #[test]
    fn time_that_goes_back_gives_nothing() {
        let bucket = TokenBucket::new(1.0, 1.0);
        assert!(bucket.take_at(ms(5_000)));
        assert!(!bucket.take_at(ms(0)));
        assert!(!bucket.take_at(ms(5_999)), "nor does it count twice");
        assert!(bucket.take_at(ms(6_000)));
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for bad in [f64::NAN, -1.0, f64::NEG_INFINITY, -0.0, 0.0] {
            assert!(!TokenBucket::new(1.0, bad).take_at(Duration::MAX), "{bad}");
            let bucket = TokenBucket::new(bad, 1.0);
            assert!(bucket.take_at(ms(0)));
            assert!(!bucket.take_at(Duration::MAX), "{bad}");
        }
        assert!(!TokenBucket::new(1.0, 0.9).take_at(Duration::MAX), "less than one is none");
        let endless = TokenBucket::new(f64::INFINITY, f64::INFINITY);
        assert!((0..1_000).all(|_| endless.take_at(ms(0))));
        endless.reconfigure(f64::NAN, f64::NAN);
        assert!(!endless.take());
    }

    #[test]
    fn threads_share_it() {
        let bucket = TokenBucket::new(0.0, 1_000.0);
        let given = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..500).filter(|_| bucket.take()).count()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(given, 1_000);
    }
}
