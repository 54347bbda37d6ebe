//! Processor time and where threads run.

use std::time::Duration;

use rustix::thread::CpuSet;
use rustix::time::{ClockId, clock_gettime};

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Processor time of all threads of this process, also of those that are gone.
pub fn of_process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

/// Processor time of this thread.
pub fn of_thread() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// Keeps this thread, and those it starts from now on, on one processor. Where that can't be had
/// they run anywhere.
pub fn pin(processor: usize) {
    let mut set = CpuSet::new();
    set.set(processor);
    let _ = rustix::thread::sched_setaffinity(None, &set);
}
