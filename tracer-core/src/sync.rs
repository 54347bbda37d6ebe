//! What the recorder's threads meet at: the standard library's, and loom's while its models run,
//! which try every order in which they can.

#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};
#[cfg(not(loom))]
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};

use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Waits to be notified, but no longer than so, and not at all where that is no time: in loom's
/// models none passes.
pub(crate) fn wait<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    timeout: Duration,
) -> MutexGuard<'a, T> {
    if timeout.is_zero() {
        return guard;
    }
    condvar.wait_timeout(guard, timeout).unwrap_or_else(PoisonError::into_inner).0
}

/// Waits until `is_over`, but no longer than so.
pub(crate) fn wait_until<'a, T>(
    condvar: &Condvar,
    mut guard: MutexGuard<'a, T>,
    timeout: Duration,
    mut is_over: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    let began = Instant::now();
    while !is_over(&mut guard) {
        let left = timeout.saturating_sub(began.elapsed());
        if left.is_zero() {
            break;
        }
        guard = wait(condvar, guard, left);
    }
    guard
}
