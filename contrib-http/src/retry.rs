//! How long to wait before the next attempt.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::date;

/// No server talks us into hammering it, or into forgetting it.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);
const FACTOR: f64 = 1.5;
/// A pause is spread by this share of itself, so that instances which failed together do not come
/// back together.
const JITTER: f64 = 0.5;

/// The pauses of one batch.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) const fn new(first: Duration) -> Self {
        Self { next: first }
    }

    /// The next pause: what the server asked for, else one that grows.
    pub(crate) fn pause(&mut self, asked: Option<Duration>) -> Duration {
        let own = self.next.mul_f64(1.0 - JITTER + 2.0 * JITTER * fastrand::f64());
        self.next = self.next.mul_f64(FACTOR).min(LONGEST);
        asked.unwrap_or(own).clamp(SHORTEST, LONGEST)
    }
}

/// The value of a `Retry-After` header: seconds, or a date. A date in the past and a negative
/// number mean "at once"; a number too large means "late".
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let (negative, digits) = match value.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = digits.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(if negative { 0 } else { seconds }));
    }
    if let Some(at) = date::parse(value) {
        let at = UNIX_EPOCH + Duration::from_secs(at);
        return Some(at.duration_since(now).unwrap_or(Duration::ZERO));
    }
    // `1e18` is no number to HTTP, and meant as a large one.
    let seconds: f64 = value.parse().ok()?;
    let seconds = if seconds.is_nan() { 0.0 } else { seconds };
    Some(Duration::from_secs_f64(seconds.clamp(0.0, 1e9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> Duration {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        Backoff::new(Duration::from_secs(1)).pause(retry_after(value, now))
    }

    #[test]
    fn s3_what_the_server_asks_for_is_clamped() {
        assert_eq!(asked("2"), Duration::from_secs(2));
        for soon in ["0", "-1", "-99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "-inf"] {
            assert_eq!(asked(soon), SHORTEST, "{soon}");
        }
        for late in ["31", "1e18", "1000000000000000000", "99999999999999999999", "inf"] {
            assert_eq!(asked(late), LONGEST, "{late}");
        }
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:42 GMT"), Duration::from_secs(5));
        assert_eq!(asked("Fri, 31 Dec 9999 23:59:59 GMT"), LONGEST);
        assert_eq!(asked("Sun, 06 Nov 1987 08:49:37 GMT"), SHORTEST);
    }

    #[test]
    fn nonsense_is_as_good_as_nothing() {
        for bad in ["", "soon", "-", "1 2", "0x10"] {
            assert_eq!(retry_after(bad, SystemTime::now()), None, "{bad}");
        }
    }

    #[test]
    fn pauses_grow_within_their_bounds() {
        let mut backoff = Backoff::new(Duration::from_secs(1));
        let mut middle = 1.0;
        for _ in 0..40 {
            let pause = backoff.pause(None).as_secs_f64();
            assert!(pause >= middle * 0.5 && pause <= 30.0 && pause <= middle * 1.5, "{pause}");
            middle = (middle * FACTOR).min(30.0);
        }
        for first in [Duration::ZERO, Duration::from_millis(1)] {
            assert_eq!(Backoff::new(first).pause(None), SHORTEST);
        }
    }
}
