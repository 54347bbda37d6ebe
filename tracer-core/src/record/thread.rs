//! One thread's part of the recorder, as the reporter thread sees it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::budget::Budget;
use super::chunk::Chunk;
use super::ring::Reader;

/// A thread's rings and counters. Only its own thread writes the counters (a load and a store, no
/// read-modify-write); the lock is for readers, and taken by the thread when it changes its rings.
#[derive(Debug, Default)]
pub(crate) struct ThreadBuf {
    counters: Counters,
    readers: Mutex<Vec<Reader>>,
}

/// In cache lines of their own: the reporter thread's work on the lock does not disturb them.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counters {
    started: AtomicU64,
    /// Starts less finishes here: negative on a thread that finishes what others started.
    open: AtomicI64,
    finished: AtomicU64,
}

impl ThreadBuf {
    /// Counts a span that starts on this thread.
    #[inline]
    pub(crate) fn count_started(&self) {
        bump(&self.counters.started);
        add(&self.counters.open, 1);
    }

    #[inline]
    pub(super) fn count_finished(&self) {
        bump(&self.counters.finished);
        add(&self.counters.open, -1);
    }

    pub(super) fn add_reader(&self, reader: Reader) {
        self.lock().push(reader);
    }

    /// Moves up to `max` spans into the chunk, oldest first. Returns how many.
    pub(super) fn drain(&self, chunk: &mut Chunk, max: usize, budget: &Budget) -> usize {
        let mut readers = self.lock();
        let mut moved = 0;
        readers.retain_mut(|reader| {
            moved += reader.drain(chunk, max - moved);
            let done = reader.is_done();
            if done {
                budget.release(reader.bytes());
            }
            !done
        });
        moved
    }

    /// Gives the rings of a thread that is gone back.
    pub(super) fn discard(&self, budget: &Budget) {
        self.lock().drain(..).for_each(|reader| budget.release(reader.bytes()));
    }

    pub(super) fn queued(&self) -> usize {
        self.lock().iter().map(Reader::queued).sum()
    }

    pub(super) fn started(&self) -> u64 {
        self.counters.started.load(Ordering::Relaxed)
    }

    pub(super) fn open(&self) -> i64 {
        self.counters.open.load(Ordering::Relaxed)
    }

    pub(super) fn finished(&self) -> u64 {
        self.counters.finished.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[inline]
fn bump(counter: &AtomicU64) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

#[inline]
fn add(gauge: &AtomicI64, step: i64) {
    gauge.store(gauge.load(Ordering::Relaxed) + step, Ordering::Relaxed);
}
