//! The reporter thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::books::DropReason;
use super::chunk::Chunk;
use super::control::after;
use super::keep::{KeepIf, Keeper};
use super::recorder::Shared;
use super::thread::ThreadBuf;
use super::warn::Warnings;
use crate::current;
use crate::reporter::{Outcome, Reporter};
use crate::say::say;
use crate::sync;
use crate::sync::atomic::Ordering;
use crate::tracer::Resource;

/// After this time a store of another thread is visible, fence or not.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// An idle reporter thread sleeps; this bounds the price of a wake-up that went missing.
const LONG_SLEEP: Duration = Duration::from_secs(60);

pub(super) struct Worker {
    shared: sync::Arc<Shared>,
    reporter: Box<dyn Reporter>,
    resource: Arc<Resource>,
    chunk: Chunk,
    /// Where traces are held that the sampler has said no to, if any are.
    keeper: Option<Keeper>,
    warnings: Warnings,
}

/// What woke the worker.
pub(super) struct Round {
    /// The latest flush asked for, if there is one that has not been done.
    flush: Option<u64>,
    pub(super) stop: bool,
}

impl Worker {
    pub(super) fn spawn(
        shared: sync::Arc<Shared>,
        reporter: Box<dyn Reporter>,
        resource: Arc<Resource>,
        keep: Option<KeepIf>,
    ) -> std::io::Result<()> {
        let worker = Self::new(shared, reporter, resource, keep);
        std::thread::Builder::new().name("tracer-reporter".into()).spawn(move || worker.run())?;
        Ok(())
    }

    pub(super) fn new(
        shared: sync::Arc<Shared>,
        reporter: Box<dyn Reporter>,
        resource: Arc<Resource>,
        keep: Option<KeepIf>,
    ) -> Self {
        let max_batch = shared.options.max_batch.max(1);
        let chunk = Chunk::new(max_batch);
        let keeper = keep.map(|rules| Keeper::new(rules, max_batch));
        Self { shared, reporter, resource, chunk, keeper, warnings: Warnings::default() }
    }

    fn run(mut self) {
        // No telemetry about telemetry: whatever the reporter calls starts no span.
        let _quiet = current::suppress();
        self.shared.control().thread = Some(std::thread::current().id());
        loop {
            let round = self.wait();
            self.export_waiting(round.stop);
            self.warnings.check(&self.shared.books);
            // A shutdown that gave up waiting meanwhile ends the thread too.
            let (stopped, stop) = {
                let control = self.shared.control();
                (control.stopped, control.stop)
            };
            let stop = stop.filter(|_| round.stop || stopped);
            if let Some(deadline) = stop {
                self.guarded(|reporter| reporter.shutdown(deadline));
            } else if round.flush.is_some() {
                self.guarded(|reporter| reporter.flush());
            }
            let mut control = self.shared.control();
            control.flush_done = control.flush_done.max(round.flush.unwrap_or(0));
            control.stopped |= stop.is_some();
            self.shared.done.notify_all();
            if stop.is_some() {
                return;
            }
        }
    }

    /// Sleeps until there is a reason to look: the schedule delay after the first span, much in
    /// the queue, a flush, a shutdown.
    pub(super) fn wait(&self) -> Round {
        let shared = &*self.shared;
        let mut control = shared.control();
        let mut due: Option<Instant> = None;
        let look_again = Instant::now() + LOOK_AGAIN;
        let keeper_due =
            self.keeper.as_ref().and_then(|keeper| keeper.due(shared.options.schedule_delay));
        let mut said = false;
        loop {
            if control.stop.is_some()
                || control.flush_asked > control.flush_done
                || shared.poked.swap(false, Ordering::Relaxed)
                || [due, keeper_due].iter().flatten().any(|due| Instant::now() >= *due)
            {
                shared.idle.store(false, Ordering::Relaxed);
                let asked = control.flush_asked;
                let flush = (asked > control.flush_done).then_some(asked);
                return Round { flush, stop: control.stop.is_some() };
            }
            if due.is_none() {
                // Set first, then look: a thread that records after this look sees the flag. One
                // that records in the very moment of it may not, for want of a fence on the hot
                // path: hence the second look after `LOOK_AGAIN`.
                let idle = shared.idle.swap(true, Ordering::SeqCst);
                if shared.anything_queued() || (said && !idle) {
                    shared.idle.store(false, Ordering::Relaxed);
                    due = Some(after(shared.options.schedule_delay));
                }
                said = true;
            }
            let now = Instant::now();
            let sleep = match due {
                None if now < look_again => look_again - now,
                None => LONG_SLEEP,
                Some(due) => due.saturating_duration_since(now),
            };
            let sleep = match keeper_due {
                Some(due) => sleep.min(due.saturating_duration_since(now)),
                None => sleep,
            };
            control = sync::wait(&shared.wake, control, sleep);
        }
    }

    /// Exports what waits now, in batches. What is recorded meanwhile has to wait for the next
    /// round, so that a flush ends however busy the service is.
    pub(super) fn export_waiting(&mut self, stop: bool) {
        self.empty_rings();
        self.decide(stop);
        if self.chunk.len() > 0 {
            self.export();
        }
    }

    fn empty_rings(&mut self) {
        for (buf, mut left) in self.shared.waiting() {
            while left > 0 {
                let moved = self.fill(&buf, left);
                if moved == 0 {
                    break;
                }
                left -= moved;
                self.sort();
                if self.chunk.is_full() {
                    self.export();
                }
                self.take_ready();
            }
        }
    }

    /// Decides about held traces.
    fn decide(&mut self, stop: bool) {
        if self.keeper.as_mut().is_some_and(Keeper::has_ended) {
            self.empty_rings();
        }
        let Some(keeper) = &mut self.keeper else { return };
        keeper.judge();
        if stop {
            keeper.close(Instant::now());
        } else {
            keeper.expire(Instant::now());
        }
        self.rebook();
        self.take_ready();
    }

    /// Sorts what is to be held out of what has come.
    fn sort(&mut self) {
        let Some(keeper) = &mut self.keeper else { return };
        let released = keeper.sort(&mut self.chunk, Instant::now());
        self.shared.budget.release_heap(released);
        self.rebook();
    }

    /// Exports the traces that are kept, but for a last batch that is not full.
    fn take_ready(&mut self) {
        while let Some(keeper) = &mut self.keeper
            && keeper.has_ready()
        {
            keeper.give_ready(&mut self.chunk);
            if self.rebook() && self.chunk.is_full() {
                self.export();
            }
        }
    }

    /// Books what the keeper has done with what was in flight or held. False if a shutdown has
    /// closed the books: then there is nothing to be kept any more.
    fn rebook(&mut self) -> bool {
        let Some(keeper) = &mut self.keeper else { return true };
        let control = self.shared.control();
        let books = &self.shared.books;
        if control.abandoned {
            drop(control);
            books.held_bytes.store(0, Ordering::Relaxed);
            self.keeper = None;
            self.shared.budget.release_heap(self.chunk.clear());
            return false;
        }
        let gone = keeper.take_gone();
        books.count_drop(DropReason::Unsampled, gone.unsampled);
        books.count_drop(DropReason::NotKept, gone.not_kept);
        books.count_drop(DropReason::Undecided, gone.undecided);
        books.held.store(keeper.spans() as u64, Ordering::Relaxed);
        books.held_bytes.store(keeper.bytes() as u64, Ordering::Relaxed);
        books.in_flight.store(self.chunk.len() as u64, Ordering::Relaxed);
        true
    }

    /// Moves spans into the chunk, or to where they are sorted, and counts them as in flight, in
    /// one breath.
    fn fill(&mut self, buf: &ThreadBuf, max: usize) -> usize {
        let control = self.shared.control();
        if control.abandoned {
            return 0;
        }
        let (into, max) = match &mut self.keeper {
            // All of it may turn out to be sampled.
            Some(keeper) => (&mut keeper.incoming, max.min(self.chunk.room())),
            None => (&mut self.chunk, max),
        };
        let moved = buf.drain(into, max, &self.shared.budget);
        self.shared.books.in_flight.fetch_add(moved as u64, Ordering::Relaxed);
        moved
    }

    fn export(&mut self) {
        let batch = Batch::new(&self.chunk, &self.resource, &self.shared);
        let reporter = &mut self.reporter;
        let outcome = catch_unwind(AssertUnwindSafe(|| reporter.report(&batch)));
        self.settle(self.chunk.len() as u64, outcome.ok());
        self.shared.budget.release_heap(self.chunk.clear());
    }

    /// Books what became of this many spans; without an outcome the reporter panicked.
    fn settle(&self, spans: u64, outcome: Option<Outcome>) {
        let control = self.shared.control();
        if control.abandoned {
            // The shutdown has already booked these as unknown.
            return;
        }
        let books = &self.shared.books;
        books.in_flight.fetch_sub(spans, Ordering::Relaxed);
        let Some(outcome) = outcome else {
            books.count_drop(DropReason::ReporterPanic, spans);
            return;
        };
        let fates = outcome.fates();
        // However much a reporter says: there are no more than these.
        let mut left = spans;
        let mut take = |wanted: u64| {
            let taken = wanted.min(left);
            left -= taken;
            taken
        };
        books.count_drop(DropReason::ExportFailed, take(fates.failed));
        books.count_drop(DropReason::RejectedByServer, take(fates.rejected));
        books.count_drop(DropReason::TooLarge, take(fates.too_large));
        books.unknown.fetch_add(take(fates.unknown), Ordering::Relaxed);
        books.reported.fetch_add(left, Ordering::Relaxed);
    }

    /// Calls the reporter and survives its panic.
    fn guarded(&mut self, call: impl FnOnce(&mut dyn Reporter)) {
        let reporter = &mut *self.reporter;
        if catch_unwind(AssertUnwindSafe(|| call(reporter))).is_err() {
            say(format_args!("the reporter panicked"));
        }
    }
}
