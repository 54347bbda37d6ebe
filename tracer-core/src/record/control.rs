//! What a flush or a shutdown has asked for, and how far the reporter thread has come.

use std::thread::ThreadId;
use std::time::{Duration, Instant};

use super::ShutdownError;

#[derive(Debug, Default)]
pub(super) struct Control {
    pub(super) flush_asked: u64,
    pub(super) flush_done: u64,
    /// Shutdown has been asked for; its deadline.
    pub(super) stop: Option<Instant>,
    pub(super) stopped: bool,
    /// A shutdown's deadline has passed: the books are closed without the reporter thread.
    pub(super) abandoned: bool,
    /// What that has cost, until somebody says so.
    pub(super) left_behind: Option<LeftBehind>,
    pub(super) thread: Option<ThreadId>,
}

/// Spans of which the reporter thread was not done in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeftBehind {
    pub(super) lost: u64,
    pub(super) unknown: u64,
}

impl Control {
    /// What whoever asks is told once all is over.
    pub(super) const fn outcome(&self) -> Result<(), ShutdownError> {
        if self.abandoned { Err(ShutdownError::Timeout) } else { Ok(()) }
    }

    /// The reporter is held to the earliest of all deadlines.
    pub(super) fn stop_by(&mut self, deadline: Instant) {
        self.stop = Some(self.stop.map_or(deadline, |earlier| earlier.min(deadline)));
    }
}

/// That much later. "For ever", as users say it with `Duration::MAX`, is a century here.
pub(super) fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now + Duration::from_secs(100 * 365 * 86_400))
}
