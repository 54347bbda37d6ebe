//! A steady load: so many calls a second, a few every millisecond.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::cpu;

const TICK: Duration = Duration::from_millis(1);

/// Makes calls at this rate for this long, and says how many. Who comes late catches up.
pub fn calls(per_second: u64, time: Duration, mut call: impl FnMut(u64)) -> u64 {
    bursts(per_second, time, |calls| calls.for_each(&mut call))
}

/// The same, with all calls of a millisecond at once.
pub fn bursts(per_second: u64, time: Duration, mut burst: impl FnMut(Range<u64>)) -> u64 {
    let began = Instant::now();
    let mut made = 0;
    let mut next = TICK;
    while next <= time {
        let elapsed = began.elapsed();
        if elapsed < next {
            std::thread::sleep(next - elapsed);
        }
        let due = u64::try_from(next.as_micros()).unwrap_or(u64::MAX) * per_second / 1_000_000;
        burst(made..due);
        made = due;
        next += TICK;
    }
    made
}

/// Processor time of this thread that was work: not waking up, nor going to sleep again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work(pub Duration);

impl Work {
    /// Adds what this takes to the work.
    pub fn add(&mut self, work: impl FnOnce()) {
        let before = cpu::of_thread();
        work();
        self.0 += cpu::of_thread() - before;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_ordered() {
        let mut last = None;
        let made = calls(2_000, Duration::from_millis(50), |nth| last = Some(nth));
        assert_eq!((made, last), (100, Some(99)));
    }
}
