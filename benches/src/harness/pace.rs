//! A steady load: so many calls a second, a few every millisecond.

use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(1);

/// Makes calls at this rate for this long, and says how many. Who comes late catches up.
pub fn calls(per_second: u64, time: Duration, mut call: impl FnMut(u64)) -> u64 {
    let began = Instant::now();
    let mut made = 0;
    let mut next = TICK;
    while next <= time {
        let elapsed = began.elapsed();
        if elapsed < next {
            std::thread::sleep(next - elapsed);
        }
        let due = u64::try_from(next.as_micros()).unwrap_or(u64::MAX) * per_second / 1_000_000;
        while made < due {
            call(made);
            made += 1;
        }
        next += TICK;
    }
    made
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
