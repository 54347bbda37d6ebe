//! The reporter thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::batch::Batch;
use super::books::DropReason;
use super::chunk::Chunk;
use super::recorder::Shared;
use super::warn::Warnings;
use crate::current;
use crate::reporter::{Outcome, Reporter};
use crate::tracer::Resource;

pub(super) struct Worker {
    shared: Arc<Shared>,
    reporter: Box<dyn Reporter>,
    resource: Arc<Resource>,
    warnings: Warnings,
}

/// What woke the worker.
struct Round {
    flush: u64,
    stop: bool,
}

impl Worker {
    pub(super) fn spawn(
        shared: Arc<Shared>,
        reporter: Box<dyn Reporter>,
        resource: Arc<Resource>,
    ) -> std::io::Result<()> {
        let worker = Self {
            shared,
            reporter,
            resource,
            warnings: Warnings::default(),
        };
        std::thread::Builder::new()
            .name("tracer-reporter".into())
            .spawn(move || worker.run())?;
        Ok(())
    }

    fn run(mut self) {
        // No telemetry about telemetry: whatever the reporter calls starts no span.
        let _quiet = current::suppress();
        self.shared.control().thread = Some(std::thread::current().id());
        loop {
            let round = self.wait();
            self.shared.collect();
            let mut chunks = self.shared.queue.len();
            while chunks > 0 {
                let batch = self.next_batch(&mut chunks);
                if batch.is_empty() {
                    break;
                }
                self.export(batch);
            }
            self.warnings.check(&self.shared.books);
            if round.stop {
                self.guarded(|reporter| reporter.shutdown());
            } else if round.flush > 0 {
                self.guarded(|reporter| reporter.flush());
            }
            let mut control = self.shared.control();
            control.flush_done = control.flush_done.max(round.flush);
            control.stopped |= round.stop;
            self.shared.done.notify_all();
            if control.stopped {
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
        loop {
            if control.stop.is_some()
                || control.flush_asked > control.flush_done
                || shared.poked.swap(false, Ordering::Relaxed)
                || due.is_some_and(|due| Instant::now() >= due)
            {
                shared.idle.store(false, Ordering::Relaxed);
                return Round {
                    flush: control.flush_asked,
                    stop: control.stop.is_some(),
                };
            }
            if due.is_none() && !shared.idle.load(Ordering::Relaxed) {
                // Set first, then look: a thread that records after this look sees the flag.
                shared.idle.store(true, Ordering::SeqCst);
                if shared.anything_queued() {
                    shared.idle.store(false, Ordering::Relaxed);
                    due = Some(Instant::now() + shared.options.schedule_delay);
                }
            }
            control = match due {
                None => shared
                    .wake
                    .wait(control)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(due) => {
                    let left = due.saturating_duration_since(Instant::now());
                    let waited = shared.wake.wait_timeout(control, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            if due.is_none() && !shared.idle.load(Ordering::Relaxed) {
                due = Some(Instant::now() + shared.options.schedule_delay);
            }
        }
    }

    /// Takes as many chunks as make a batch, and counts them as in flight in the same breath.
    fn next_batch(&self, chunks: &mut usize) -> Vec<Chunk> {
        let control = self.shared.control();
        let mut batch: Vec<Chunk> = Vec::new();
        let mut spans = 0;
        if control.abandoned {
            return batch;
        }
        while *chunks > 0
            && spans + self.shared.chunk_spans() <= self.shared.options.max_batch.max(1)
        {
            let Some(chunk) = self.shared.queue.pop_full() else {
                break;
            };
            *chunks -= 1;
            spans += chunk.spans.len();
            batch.push(chunk);
        }
        self.shared
            .books
            .in_flight
            .fetch_add(spans as u64, Ordering::Relaxed);
        batch
    }

    fn export(&mut self, chunks: Vec<Chunk>) {
        let spans: u64 = chunks.iter().map(|chunk| chunk.spans.len() as u64).sum();
        let batch = Batch::new(&chunks, &self.resource, &self.shared);
        let reporter = &mut self.reporter;
        let outcome = catch_unwind(AssertUnwindSafe(|| reporter.report(&batch)));
        let outcome = match outcome {
            Ok(outcome) => Settled::from(outcome),
            Err(_) => Settled {
                dropped: Some((DropReason::ReporterPanic, u64::MAX)),
                unknown: false,
            },
        };
        self.settle(spans, &outcome);
        for chunk in chunks {
            self.shared.queue.give_back(chunk, &self.shared.budget);
        }
    }

    fn settle(&self, spans: u64, outcome: &Settled) {
        let control = self.shared.control();
        if control.abandoned {
            // The shutdown has already booked these as unknown.
            return;
        }
        let books = &self.shared.books;
        books.in_flight.fetch_sub(spans, Ordering::Relaxed);
        if outcome.unknown {
            books.unknown.fetch_add(spans, Ordering::Relaxed);
            return;
        }
        let (reason, dropped) = outcome.dropped.unwrap_or((DropReason::ExportFailed, 0));
        let dropped = dropped.min(spans);
        books.count_drop(reason, dropped);
        books.reported.fetch_add(spans - dropped, Ordering::Relaxed);
    }

    /// Calls the reporter and survives its panic.
    fn guarded(&mut self, call: impl FnOnce(&mut dyn Reporter)) {
        let reporter = &mut *self.reporter;
        if catch_unwind(AssertUnwindSafe(|| call(reporter))).is_err() {
            eprintln!("tracer: the reporter panicked");
        }
    }
}

struct Settled {
    dropped: Option<(DropReason, u64)>,
    unknown: bool,
}

impl From<Outcome> for Settled {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Reported => Self {
                dropped: None,
                unknown: false,
            },
            Outcome::PartlyRejected { rejected } => Self {
                dropped: Some((DropReason::RejectedByServer, rejected)),
                unknown: false,
            },
            Outcome::Rejected => Self {
                dropped: Some((DropReason::RejectedByServer, u64::MAX)),
                unknown: false,
            },
            Outcome::Failed => Self {
                dropped: Some((DropReason::ExportFailed, u64::MAX)),
                unknown: false,
            },
            Outcome::Unknown => Self {
                dropped: None,
                unknown: true,
            },
        }
    }
}
