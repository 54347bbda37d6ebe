//! One thread's part of the recorder.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::DropReason;
use super::chunk::{Chunk, Lists, Room, SpanHead};
use super::recorder::Shared;

/// A thread's current chunk and counters. Only its own thread writes the counters (a load and a
/// store, no read-modify-write); the lock is taken by others for the time of a swap only.
#[derive(Debug, Default)]
pub(crate) struct ThreadBuf {
    chunk: Mutex<Chunk>,
    started: AtomicU64,
    /// Starts less finishes here: negative on a thread that finishes what others started.
    open: AtomicI64,
    finished: AtomicU64,
}

impl ThreadBuf {
    /// Counts a span that starts on this thread.
    #[inline]
    pub(crate) fn count_started(&self) {
        bump(&self.started);
        add(&self.open, 1);
    }

    /// The same where several threads share this buffer.
    pub(crate) fn count_started_shared(&self) {
        let _chunk = self.lock();
        self.count_started();
    }

    /// Counts a span that finished on this thread and moves it into the chunk, or drops it.
    #[inline]
    pub(crate) fn push(&self, head: SpanHead, lists: Lists<'_>, shared: &Shared) {
        let mut chunk = self.lock();
        bump(&self.finished);
        add(&self.open, -1);
        // Read under the lock: the last sweep of a shutdown takes it too, so that a span is either
        // swept or counted here.
        if shared.is_closed() {
            return shared.books.count_drop(DropReason::AfterShutdown, 1);
        }
        if !chunk.has_room(&head, &lists) && !Self::make_room(&mut chunk, &head, &lists, shared) {
            return shared.books.count_drop(DropReason::QueueFull, 1);
        }
        let first = chunk.is_empty();
        chunk.push(head, lists);
        if first {
            // Released first: the reporter may want this very lock.
            drop(chunk);
            shared.wake_if_idle();
        }
    }

    #[cold]
    fn make_room(chunk: &mut Chunk, head: &SpanHead, lists: &Lists<'_>, shared: &Shared) -> bool {
        match chunk.make_room(head, lists, &shared.budget, shared.chunk_spans()) {
            Room::Yes => return true,
            Room::None => return false,
            Room::Full => {}
        }
        shared.hand_over(chunk);
        chunk.has_room(head, lists)
            || chunk.make_room(head, lists, &shared.budget, shared.chunk_spans()) == Room::Yes
    }

    /// Takes what has been recorded so far.
    pub(super) fn take(&self, empty: impl FnOnce() -> Option<Chunk>) -> Option<Chunk> {
        let mut chunk = self.lock();
        if chunk.is_empty() {
            return None;
        }
        Some(std::mem::replace(&mut chunk, empty().unwrap_or_default()))
    }

    pub(super) fn take_all(&self) -> Chunk {
        std::mem::take(&mut self.lock())
    }

    pub(super) fn queued(&self) -> u64 {
        self.lock().spans.len() as u64
    }

    pub(super) fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    pub(super) fn open(&self) -> i64 {
        self.open.load(Ordering::Relaxed)
    }

    pub(super) fn finished(&self) -> u64 {
        self.finished.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Chunk> {
        self.chunk.lock().unwrap_or_else(PoisonError::into_inner)
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
