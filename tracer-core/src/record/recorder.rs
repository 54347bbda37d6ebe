//! The recorder: what a tracer's threads and its reporter thread share.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::books::{Books, Counters, DropReason};
use super::budget::Budget;
use super::chunk::Chunk;
use super::control::{Control, LeftBehind, after};
use super::keep::KeepIf;
use super::options::RecorderOptions;
use super::ring::Writer;
use super::shutdown_error::ShutdownError;
use super::thread::ThreadBuf;
use super::worker::Worker;
use crate::ENABLED;
use crate::fork::note_process;
use crate::reporter::Reporter;
use crate::say::say;
use crate::sync::atomic::{AtomicBool, Ordering, fence};
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, wait_until};
use crate::tracer::Resource;

/// Threads from which on those that are gone are looked for when a new one comes.
const MANY_THREADS: usize = 64;

#[derive(Debug)]
pub(crate) struct Recorder {
    pub(super) shared: Arc<Shared>,
    /// For spans on threads whose thread-locals are gone.
    orphans: Mutex<Writer>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    threads: Mutex<Vec<Arc<ThreadBuf>>>,
    pub(super) budget: Budget,
    pub(super) books: Counters,
    pub(super) options: RecorderOptions,
    closed: AtomicBool,
    /// The process that has the reporter thread.
    process: u32,
    /// The reporter thread sleeps until somebody records something.
    pub(super) idle: AtomicBool,
    /// The reporter thread has been told that there is much to do.
    pub(super) poked: AtomicBool,
    control: Mutex<Control>,
    pub(super) wake: Condvar,
    pub(super) done: Condvar,
}

impl Recorder {
    pub(crate) fn start(
        reporter: Box<dyn Reporter>,
        resource: std::sync::Arc<Resource>,
        options: RecorderOptions,
        keep: Option<KeepIf>,
    ) -> Self {
        let shared = Arc::new(Shared::new(options));
        let reports = ENABLED
            && match Worker::spawn(Arc::clone(&shared), reporter, resource, keep) {
                Ok(()) => true,
                // Without a thread there is no reporting, and the service must not suffer from it.
                Err(error) => {
                    say(format_args!("no reporter thread, spans will be dropped: {error}"));
                    false
                }
            };
        if !reports {
            shared.closed.store(true, Ordering::Relaxed);
            shared.control().stopped = true;
        }
        let orphans = Mutex::new(Shared::register_thread(&shared));
        Self { shared, orphans }
    }

    /// The process that it was made in.
    pub(crate) fn process(&self) -> u32 {
        self.shared.process
    }

    /// A way to the reporter for one thread.
    pub(crate) fn register_thread(&self) -> Writer {
        Shared::register_thread(&self.shared)
    }

    /// What is recorded on threads whose thread-locals are gone.
    pub(crate) fn with_orphans(&self, work: impl FnOnce(&mut Writer)) {
        if !self.shared.is_forked() {
            work(&mut self.orphans.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.shared.books
    }

    /// Whether shutdown has begun: threads let go of what belongs to this recorder.
    pub(crate) fn is_closed(&self) -> bool {
        self.shared.is_closed()
    }

    pub(crate) fn books(&self) -> Books {
        self.shared.read_books()
    }

    pub(crate) fn flush(&self, timeout: Duration) -> Result<(), ShutdownError> {
        if self.shared.is_forked() {
            return Err(ShutdownError::Forked);
        }
        let mut control = self.shared.control();
        if control.stopped {
            return control.outcome();
        }
        if control.thread == Some(std::thread::current().id()) {
            return Err(ShutdownError::ReporterThread);
        }
        control.flush_asked += 1;
        let ticket = control.flush_asked;
        self.shared.wake.notify_all();
        let control = wait_until(&self.shared.done, control, timeout, |control| {
            control.flush_done >= ticket || control.stopped
        });
        if control.flush_done >= ticket || (control.stopped && !control.abandoned) {
            Ok(())
        } else {
            Err(ShutdownError::Timeout)
        }
    }

    pub(crate) fn shutdown(&self, timeout: Duration) -> Result<(), ShutdownError> {
        if self.shared.is_forked() {
            return Err(ShutdownError::Forked);
        }
        let deadline = after(timeout);
        let mut control = self.shared.control();
        if control.thread == Some(std::thread::current().id()) {
            // The worker stops as soon as the reporter returns.
            self.shared.closed.store(true, Ordering::SeqCst);
            control.stop_by(deadline);
            return Err(ShutdownError::ReporterThread);
        }
        if control.stopped {
            return control.outcome();
        }
        let mut control = self.shared.close(control, deadline);
        let (outcome, left) = (control.outcome(), control.left_behind.take());
        // Whoever reads standard error may be slow: nobody else waits for that.
        drop(control);
        // The reporter thread, which tells of losses otherwise, is not to be waited for.
        if let Some(LeftBehind { lost, unknown }) = left {
            say(format_args!(
                "the reporter was not done by the shutdown's deadline: \
                 {lost} spans lost (after_shutdown), outcome of {unknown} unknown"
            ));
        }
        outcome
    }

    pub(crate) fn shutdown_timeout(&self) -> Duration {
        self.shared.options.shutdown_timeout
    }
}

impl Shared {
    pub(super) fn new(options: RecorderOptions) -> Self {
        Self {
            threads: Mutex::default(),
            budget: Budget::new(options.max_bytes),
            books: Counters::default(),
            options,
            closed: AtomicBool::new(false),
            process: note_process(),
            idle: AtomicBool::new(false),
            poked: AtomicBool::new(false),
            control: Mutex::default(),
            wake: Condvar::new(),
            done: Condvar::new(),
        }
    }

    pub(super) fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn threads(&self) -> MutexGuard<'_, Vec<Arc<ThreadBuf>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Whether this is a fork of the process that has the reporter thread: then nobody reads what
    /// is written here, and any lock may be held for ever by a thread that was not copied. To be
    /// asked before a lock is taken; it takes a system call.
    #[cold]
    fn is_forked(&self) -> bool {
        let forked = std::process::id() != self.process;
        if forked {
            self.closed.store(true, Ordering::Relaxed);
        }
        forked
    }

    pub(super) fn register_thread(this: &Arc<Self>) -> Writer {
        let buf = Arc::new(ThreadBuf::default());
        if this.is_forked() {
            return Writer::new(buf, Arc::clone(this));
        }
        let mut threads = this.threads();
        // The reporter thread forgets them, unless it hangs or has ended: now and then, this does.
        if threads.len() >= MANY_THREADS && threads.len().is_power_of_two() {
            threads.retain(|buf| !this.forget(buf));
        }
        threads.push(Arc::clone(&buf));
        drop(threads);
        Writer::new(buf, Arc::clone(this))
    }

    /// Takes over the counters of a thread that is gone, if nothing of it is queued any more.
    fn forget(&self, buf: &Arc<ThreadBuf>) -> bool {
        // Looked at before the rings: what a thread wrote before it left is seen.
        let gone = Arc::strong_count(buf) == 1;
        fence(Ordering::Acquire);
        let done = gone && buf.queued() == 0;
        if done {
            buf.hand_over(&self.books);
            buf.discard(&self.budget);
        }
        done
    }

    /// Charges a ring. Growing may use half of the budget: the rest is for threads still to come.
    pub(super) fn grant(&self, old: usize, new: usize, bytes: usize) -> bool {
        if self.is_forked() {
            return false;
        }
        if old > 0 && new > old {
            self.budget.charge_from_half(bytes)
        } else {
            self.budget.charge(bytes)
        }
    }

    /// Wakes the reporter thread when rings take more than a quarter of the budget. To be called
    /// when one was made, which is rare.
    #[cold]
    pub(super) fn poke_for_rings(&self) {
        if self.budget.used() > self.options.max_bytes / 4 {
            self.poke();
        }
    }

    /// The same when strings do. What rings take does not count here: they keep it when emptied.
    #[cold]
    pub(super) fn poke_for_heap(&self) {
        if self.budget.heap() > self.options.max_bytes / 4 {
            self.poke();
        }
    }

    /// Wakes the reporter thread: there is much to do.
    #[cold]
    pub(super) fn poke(&self) {
        if !self.poked.swap(true, Ordering::Relaxed) && !self.is_forked() {
            let _control = self.control();
            self.wake.notify_all();
        }
    }

    /// The first span after a while: the reporter thread begins to count its delay.
    #[inline]
    pub(super) fn wake_if_idle(&self) {
        let idle = self.idle.load(Ordering::Relaxed) && self.idle.swap(false, Ordering::Relaxed);
        if idle && !self.is_forked() {
            let _control = self.control();
            self.wake.notify_all();
        }
    }

    /// The threads, each with the number of its spans that wait now. Forgets threads that are
    /// gone and have nothing left.
    pub(super) fn waiting(&self) -> Vec<(Arc<ThreadBuf>, usize)> {
        let mut waiting = Vec::new();
        self.threads().retain(|buf| {
            if self.forget(buf) {
                return false;
            }
            let due = buf.begin_round();
            if due > 0 {
                waiting.push((Arc::clone(buf), due));
            }
            true
        });
        waiting
    }

    /// Whether any thread has something for the reporter.
    pub(super) fn anything_queued(&self) -> bool {
        self.threads().iter().any(|buf| buf.queued() > 0)
    }

    /// Takes no span any more, and waits until the reporter thread is done or the time has come.
    pub(super) fn close<'a>(
        &self,
        mut control: MutexGuard<'a, Control>,
        deadline: Instant,
    ) -> MutexGuard<'a, Control> {
        self.closed.store(true, Ordering::SeqCst);
        control.stop_by(deadline);
        self.wake.notify_all();
        let timeout = deadline.saturating_duration_since(Instant::now());
        let mut control = wait_until(&self.done, control, timeout, |control| control.stopped);
        if !control.stopped {
            self.abandon(&mut control);
        }
        control
    }

    /// Closes the books at a shutdown's deadline, whatever the reporter thread is doing.
    fn abandon(&self, control: &mut Control) {
        control.abandoned = true;
        control.stopped = true;
        self.sweep();
        let held = self.books.held.swap(0, Ordering::Relaxed);
        self.books.count_drop(DropReason::AfterShutdown, held);
        let in_flight = self.books.in_flight.swap(0, Ordering::Relaxed);
        self.books.unknown.fetch_add(in_flight, Ordering::Relaxed);
        self.done.notify_all();
        let lost = self.books.read().dropped_for(DropReason::AfterShutdown);
        let left = LeftBehind { lost, unknown: in_flight };
        control.left_behind = (lost + in_flight > 0).then_some(left);
    }

    /// Counts what is still queued after the end as lost.
    fn sweep(&self) {
        let mut chunk = Chunk::new(usize::MAX);
        for (buf, queued) in self.waiting() {
            let mut left = queued;
            while left > 0 {
                let moved = buf.drain(&mut chunk, left, &self.budget);
                if moved == 0 {
                    break;
                }
                left -= moved;
                self.books.count_drop(DropReason::AfterShutdown, moved as u64);
                self.budget.release_heap(chunk.clear());
            }
        }
    }

    pub(super) fn read_books(&self) -> Books {
        if self.is_forked() {
            return Books::default();
        }
        // The control lock keeps batches from moving between the terms while they are read.
        let control = self.control();
        if control.stopped {
            // A span that finished in the very moment of the shutdown may have come too late.
            self.sweep();
        }
        let threads = self.threads();
        let mut books = self.books.read();
        let mut open = self.books.open.load(Ordering::Relaxed);
        for buf in threads.iter() {
            open += buf.add_to(&mut books);
        }
        books.open = u64::try_from(open).unwrap_or(0);
        books.bytes = self.budget.used() as u64;
        books
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reporter::NullReporter;

    #[test]
    fn threads_that_come_after_the_end_are_forgotten_too() {
        let resource = crate::Tracer::builder("test").build().resource().clone();
        let options = RecorderOptions::default();
        let recorder = Recorder::start(Box::new(NullReporter), resource.into(), options, None);
        assert_eq!(recorder.shutdown(Duration::from_secs(20)), Ok(()));
        let stays = recorder.register_thread();
        for _ in 0..10_000 {
            recorder.register_thread().buf().count_started();
        }
        assert!(recorder.shared.threads().len() <= MANY_THREADS + 1);
        assert_eq!(recorder.books().started, 10_000);
        drop(stays);
    }
}
