//! One thread's part of the recorder, as the reporter thread sees it.

use std::sync::PoisonError;

use super::books::{Books, DropReason};
use super::budget::Budget;
use super::chunk::Chunk;
use super::ring::Reader;
use crate::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard};

/// A thread's rings and counters. Only its own thread writes the counters (a load and a store, no
/// read-modify-write); the lock is for readers, and taken by the thread when it changes its rings.
#[derive(Debug, Default)]
pub(crate) struct ThreadBuf {
    counters: Counters,
    readers: Mutex<Vec<Waiting>>,
}

/// A ring, and how many of its spans are to be read in this round.
#[derive(Debug)]
struct Waiting {
    reader: Reader,
    due: usize,
}

/// In cache lines of their own: the reporter thread's work on the lock does not disturb them.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counters {
    started: AtomicU64,
    /// Starts less finishes here: negative on a thread that finishes what others started.
    open: AtomicI64,
    finished: AtomicU64,
    /// Of these, those that were not to be kept, and went nowhere.
    let_go: AtomicU64,
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

    #[inline]
    pub(super) fn count_let_go(&self) {
        bump(&self.counters.let_go);
    }

    pub(super) fn add_reader(&self, reader: Reader) {
        self.lock().push(Waiting { reader, due: 0 });
    }

    /// Begins a round: what waits now is due, ring by ring. Returns how much that is. What comes
    /// meanwhile is for the next round, for a ring that is being filled must not keep the others of
    /// its thread waiting.
    pub(super) fn begin_round(&self) -> usize {
        let mut readers = self.lock();
        readers.iter_mut().for_each(|waiting| waiting.due = waiting.reader.queued());
        readers.iter().map(|waiting| waiting.due).sum()
    }

    /// Moves up to `max` spans that are due into the chunk, each ring's oldest first. Returns how
    /// many.
    pub(super) fn drain(&self, chunk: &mut Chunk, max: usize, budget: &Budget) -> usize {
        let mut readers = self.lock();
        let mut moved = 0;
        readers.retain_mut(|Waiting { reader, due }| {
            let taken = reader.drain(chunk, (*due).min(max - moved));
            *due -= taken;
            moved += taken;
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
        self.lock().drain(..).for_each(|waiting| budget.release(waiting.reader.bytes()));
    }

    pub(super) fn queued(&self) -> usize {
        self.lock().iter().map(|waiting| waiting.reader.queued()).sum()
    }

    /// Adds what this thread has counted, and what waits here. Returns the starts less the finishes.
    pub(super) fn add_to(&self, books: &mut Books) -> i64 {
        books.started += self.counters.started.load(Ordering::Relaxed);
        books.finished += self.counters.finished.load(Ordering::Relaxed);
        books.add_drops(DropReason::NotKept, self.counters.let_go.load(Ordering::Relaxed));
        books.queued += self.queued() as u64;
        self.counters.open.load(Ordering::Relaxed)
    }

    /// Adds what a thread that is gone has counted.
    pub(super) fn hand_over(&self, to: &super::books::Counters) {
        let counters = &self.counters;
        to.started.fetch_add(counters.started.load(Ordering::Relaxed), Ordering::Relaxed);
        to.open.fetch_add(counters.open.load(Ordering::Relaxed), Ordering::Relaxed);
        to.finished.fetch_add(counters.finished.load(Ordering::Relaxed), Ordering::Relaxed);
        to.count_drop(DropReason::NotKept, counters.let_go.load(Ordering::Relaxed));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
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

#[cfg(test)]
mod tests {
    use super::super::lean::{self, LINE, PlainSpan};
    use super::*;

    #[test]
    fn a_ring_that_is_being_filled_does_not_keep_the_others_waiting() {
        let (buf, budget) = (ThreadBuf::default(), Budget::new(1 << 20));
        let (mut busy, reader) = lean::ring(64);
        buf.add_reader(Reader::Lean { reader, bytes: 64 * LINE });
        let (mut calm, reader) = lean::ring(64);
        buf.add_reader(Reader::Lean { reader, bytes: 64 * LINE });
        let span = |id| PlainSpan { span_id: id, ..PlainSpan::default() };
        (1..=3).for_each(|id| busy.push(span(id)));
        (11..=12).for_each(|id| calm.push(span(id)));
        assert_eq!(buf.begin_round(), 5);
        (4..=20).for_each(|id| busy.push(span(id)));
        let mut chunk = Chunk::new(100);
        assert_eq!(buf.drain(&mut chunk, 5, &budget), 5);
        let ids: Vec<_> = chunk.spans.iter().map(|span| span.head.span_id).collect();
        assert_eq!(ids, [1, 2, 3, 11, 12]);
        assert_eq!(buf.drain(&mut chunk, 5, &budget), 0, "the rest is for the next round");
        assert_eq!(buf.begin_round(), 17);
    }
}
