//! One line on standard error per reason and half a minute: losses are said, never shouted.

use std::time::{Duration, Instant};

use super::books::{Counters, DropReason};
use crate::say::say;

const EVERY: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Warnings {
    said: [Option<Instant>; DropReason::ALL.len()],
    counted: [u64; DropReason::ALL.len()],
}

impl Warnings {
    /// Says what has been lost since the last time.
    pub(super) fn check(&mut self, counters: &Counters) {
        let books = counters.read();
        for (at, (reason, total)) in books.dropped_by_reason().enumerate() {
            let recently = self.said[at].is_some_and(|then| then.elapsed() < EVERY);
            if reason.is_loss() && total > self.counted[at] && !recently {
                let lost = total - self.counted[at];
                say(format_args!("{lost} spans lost ({}), {total} in all", reason.as_str()));
                self.said[at] = Some(Instant::now());
                self.counted[at] = total;
            }
        }
    }
}
