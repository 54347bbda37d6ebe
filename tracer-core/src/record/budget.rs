//! Bytes that all threads of a tracer may hold together.

use crate::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    used: AtomicUsize,
    /// What strings take of it.
    heap: AtomicUsize,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, used: AtomicUsize::new(0), heap: AtomicUsize::new(0) }
    }

    /// Takes bytes, if they are there.
    pub(super) fn charge(&self, bytes: usize) -> bool {
        self.charge_below(bytes, self.limit)
    }

    /// Takes bytes, if that leaves half of all for others.
    pub(super) fn charge_from_half(&self, bytes: usize) -> bool {
        self.charge_below(bytes, self.limit / 2)
    }

    fn charge_below(&self, bytes: usize, limit: usize) -> bool {
        let charge = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= limit);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, charge).is_ok()
    }

    /// Takes bytes for strings, if they are there.
    pub(super) fn charge_heap(&self, bytes: usize) -> bool {
        let granted = self.charge(bytes);
        if granted {
            self.heap.fetch_add(bytes, Ordering::Relaxed);
        }
        granted
    }

    pub(super) fn release_heap(&self, bytes: usize) {
        self.heap.fetch_sub(bytes, Ordering::Relaxed);
        self.release(bytes);
    }

    pub(super) fn heap(&self) -> usize {
        self.heap.load(Ordering::Relaxed)
    }

    pub(super) fn release(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}
