//! What threads and the reporter share: the budget, full chunks, empty chunks.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::chunk::Chunk;

/// Most emptied chunks kept for further use.
const MAX_FREE: usize = 16;

/// Bytes that all chunks of a tracer may hold together.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    used: AtomicUsize,
}

impl Budget {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            used: AtomicUsize::new(0),
        }
    }

    pub(super) fn charge(&self, bytes: usize) -> bool {
        let charge = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, charge)
            .is_ok()
    }

    pub(super) fn release(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Replaces a charge of `asked` by one of `got`.
    pub(super) fn adjust(&self, asked: usize, got: usize) {
        if got != asked {
            self.used.fetch_add(got, Ordering::Relaxed);
            self.used.fetch_sub(asked, Ordering::Relaxed);
        }
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) const fn limit(&self) -> usize {
        self.limit
    }
}

/// Chunks on their way: full ones to the reporter, empty ones back.
#[derive(Debug, Default)]
pub(super) struct Queue(Mutex<Lists>);

#[derive(Debug, Default)]
struct Lists {
    full: VecDeque<Chunk>,
    free: Vec<Chunk>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a full chunk, gives an empty one. Returns the bytes that now wait for the reporter.
    pub(super) fn hand_over(&self, chunk: &mut Chunk) -> usize {
        let mut lists = self.lock();
        let empty = lists.free.pop().unwrap_or_default();
        lists.full.push_back(std::mem::replace(chunk, empty));
        lists.full.iter().map(Chunk::charged).sum()
    }

    /// An emptied chunk, if one is at hand.
    pub(super) fn take_free(&self) -> Option<Chunk> {
        self.lock().free.pop()
    }

    pub(super) fn push_full(&self, chunk: Chunk) {
        self.lock().full.push_back(chunk);
    }

    pub(super) fn pop_full(&self) -> Option<Chunk> {
        self.lock().full.pop_front()
    }

    pub(super) fn give_back(&self, mut chunk: Chunk, budget: &Budget) {
        chunk.clear(budget);
        let mut lists = self.lock();
        // Idle chunks must not keep the budget from busy threads.
        if lists.free.len() < MAX_FREE && budget.used() <= budget.limit() / 2 {
            lists.free.push(chunk);
        } else {
            drop(lists);
            chunk.discard(budget);
        }
    }

    /// Number of full chunks.
    pub(super) fn len(&self) -> usize {
        self.lock().full.len()
    }

    /// Spans in full chunks.
    pub(super) fn spans(&self) -> u64 {
        self.lock()
            .full
            .iter()
            .map(|chunk| chunk.spans.len() as u64)
            .sum()
    }
}
