//! The reporter thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::books::DropReason;
use super::chunk::Chunk;
use super::recorder::{Shared, after};
use super::thread::ThreadBuf;
use super::warn::Warnings;
use crate::current;
use crate::reporter::{Outcome, Reporter};
use crate::say::say;
use crate::tracer::Resource;

/// After this time a store of another thread is visible, fence or not.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// An idle reporter thread sleeps; this bounds the price of a wake-up that went missing.
const LONG_SLEEP: Duration = Duration::from_secs(60);

pub(super) struct Worker {
    shared: Arc<Shared>,
    reporter: Box<dyn Reporter>,
    resource: Arc<Resource>,
    chunk: Chunk,
    warnings: Warnings,
}

/// What woke the worker.
struct Round {
    /// The latest flush asked for, if there is one that has not been done.
    flush: Option<u64>,
    stop: bool,
}

impl Worker {
    pub(super) fn spawn(
        shared: Arc<Shared>,
        reporter: Box<dyn Reporter>,
        resource: Arc<Resource>,
    ) -> std::io::Result<()> {
        let chunk = Chunk::new(shared.options.max_batch.max(1));
        let worker = Self { shared, reporter, resource, chunk, warnings: Warnings::default() };
        std::thread::Builder::new().name("tracer-reporter".into()).spawn(move || worker.run())?;
        Ok(())
    }

    fn run(mut self) {
        // No telemetry about telemetry: whatever the reporter calls starts no span.
        let _quiet = current::suppress();
        self.shared.control().thread = Some(std::thread::current().id());
        loop {
            let round = self.wait();
            self.export_waiting();
            self.warnings.check(&self.shared.books);
            // A shutdown that gave up waiting meanwhile ends the thread too.
            let stop = round.stop || self.shared.control().stopped;
            if stop {
                self.guarded(|reporter| reporter.shutdown());
            } else if round.flush.is_some() {
                self.guarded(|reporter| reporter.flush());
            }
            let mut control = self.shared.control();
            control.flush_done = control.flush_done.max(round.flush.unwrap_or(0));
            control.stopped |= stop;
            self.shared.done.notify_all();
            if stop {
                return;
            }
        }
    }

    /// Sleeps until there is a reason to look: the schedule delay after the first span, much in
    /// the queue, a flush, a shutdown.
    fn wait(&self) -> Round {
        let shared = &*self.shared;
        let mut control = shared.control();
        let mut due: Option<Instant> = None;
        let look_again = Instant::now() + LOOK_AGAIN;
        let mut said = false;
        loop {
            if control.stop.is_some()
                || control.flush_asked > control.flush_done
                || shared.poked.swap(false, Ordering::Relaxed)
                || due.is_some_and(|due| Instant::now() >= due)
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
            let waited = shared.wake.wait_timeout(control, sleep);
            control = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Exports what waits now, in batches. What is recorded meanwhile has to wait for the next
    /// round, so that a flush ends however busy the service is.
    fn export_waiting(&mut self) {
        for (buf, mut left) in self.shared.waiting() {
            while left > 0 {
                let moved = self.fill(&buf, left);
                if moved == 0 {
                    break;
                }
                left -= moved;
                if self.chunk.is_full() {
                    self.export();
                }
            }
        }
        if self.chunk.len() > 0 {
            self.export();
        }
    }

    /// Moves spans into the chunk and counts them as in flight, in one breath.
    fn fill(&mut self, buf: &ThreadBuf, max: usize) -> usize {
        let control = self.shared.control();
        if control.abandoned {
            return 0;
        }
        let moved = buf.drain(&mut self.chunk, max, &self.shared.budget);
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
