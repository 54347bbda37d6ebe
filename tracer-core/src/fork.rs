//! What is different in a fork: it is one thread of its parent's, with all of its parent's memory.
//! Its ids would be the parent's, and a lock that another thread held in that moment is never
//! given back.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{
    LockResult, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    TryLockError, TryLockResult,
};
use std::time::Duration;

/// The process that made the first recorder; 0 until there is one.
static FIRST: AtomicU32 = AtomicU32::new(0);
/// The process that made the latest recorder.
static LATEST: AtomicU32 = AtomicU32::new(0);
/// The latest process that has waited for a lock in vain.
static HAS_LOST: AtomicU32 = AtomicU32::new(0);

/// How long a fork waits for a lock that is older than it is, in naps. They are held for
/// microseconds.
const PATIENCE: u32 = 200;
/// The same in one that has waited in vain before: it may have lost what every request wants.
const LEFT: u32 = 2;
const NAP: Duration = Duration::from_micros(100);

/// A recorder is made in this process, whose number is returned.
pub(crate) fn note_process() -> u32 {
    let process = std::process::id();
    let _ = FIRST.compare_exchange(0, process, Ordering::Relaxed, Ordering::Relaxed);
    LATEST.store(process, Ordering::Relaxed);
    process
}

/// The process that made the latest recorder; 0 until there is one.
#[inline]
pub(crate) fn latest() -> u32 {
    LATEST.load(Ordering::Relaxed)
}

/// A lock of this program, of which a panic does no harm. `None` only in a fork, where nobody has
/// given it back for long: it was held by a thread that the fork does not have.
#[inline]
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    lock_made_in(|| FIRST.load(Ordering::Relaxed), mutex)
}

/// The same of a lock that was made in this process, where whoever holds it gives it back. Asked for
/// when somebody holds it.
#[inline]
pub(crate) fn lock_made_in<T: ?Sized>(
    process: impl FnOnce() -> u32,
    mutex: &Mutex<T>,
) -> Option<MutexGuard<'_, T>> {
    held(mutex.try_lock()).or_else(|| wait(process(), || mutex.try_lock(), || mutex.lock()))
}

/// The same to read.
#[inline]
pub(crate) fn read<T: ?Sized>(process: u32, lock: &RwLock<T>) -> Option<RwLockReadGuard<'_, T>> {
    held(lock.try_read()).or_else(|| wait(process, || lock.try_read(), || lock.read()))
}

/// The same to write.
#[inline]
pub(crate) fn write<T: ?Sized>(process: u32, lock: &RwLock<T>) -> Option<RwLockWriteGuard<'_, T>> {
    held(lock.try_write()).or_else(|| wait(process, || lock.try_write(), || lock.write()))
}

#[inline]
fn held<G>(result: TryLockResult<G>) -> Option<G> {
    match result {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cold]
fn wait<G>(
    made_in: u32,
    mut again: impl FnMut() -> TryLockResult<G>,
    block: impl FnOnce() -> LockResult<G>,
) -> Option<G> {
    let process = std::process::id();
    if made_in == 0 || made_in == process {
        return Some(block().unwrap_or_else(PoisonError::into_inner));
    }
    let has_lost = HAS_LOST.load(Ordering::Relaxed) == process;
    // Counted, not timed: a process that was stopped has not waited.
    for _ in 0..if has_lost { LEFT } else { PATIENCE } {
        std::thread::sleep(NAP);
        if let Some(guard) = held(again()) {
            return Some(guard);
        }
    }
    HAS_LOST.store(process, Ordering::Relaxed);
    None
}
