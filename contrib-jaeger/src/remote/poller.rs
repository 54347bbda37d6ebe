//! The thread that asks the backend.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use contrib_http::{Client, Failures};
use tracer_core::{PerOperation, RateLimiting, SpanContext, Updatable};

use super::counts::Counters;
use crate::strategy::{Strategy, parse};

/// Most bytes of an answer: 2,000 operations with names of 256 bytes are some 600 KiB.
const MAX_ANSWER: usize = 2 << 20;

/// Whom to ask, and how often.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) client: Client,
    pub(super) timeout: Duration,
    pub(super) interval: Duration,
    /// Breaks when nobody has the sampler any more.
    pub(super) stopped: Receiver<()>,
}

/// What the backend's answers are put into.
#[derive(Debug)]
pub(super) struct Poller {
    sampler: Updatable,
    counters: Arc<Counters>,
    max_operations: usize,
    failures: Failures,
    /// The last good answer.
    strategy: Option<Strategy>,
    /// Samplers of its making that can be changed in place.
    limiter: Option<Arc<RateLimiting>>,
    operations: Option<Arc<PerOperation>>,
}

impl Poller {
    pub(super) const fn new(
        sampler: Updatable,
        counters: Arc<Counters>,
        max_operations: usize,
    ) -> Self {
        let failures = Failures::new("the sampling strategy could not be read");
        let (strategy, limiter, operations) = (None, None, None);
        Self { sampler, counters, max_operations, failures, strategy, limiter, operations }
    }

    /// Asks from time to time, on a thread of its own. False where there is no thread to be had:
    /// then the initial sampler stays.
    pub(super) fn start(mut self, work: Work) -> bool {
        let counters = Arc::clone(&self.counters);
        let thread = thread::Builder::new().name("tracer-sampling".to_owned());
        let started = thread.spawn(move || self.run(&work)).is_ok();
        if !started {
            counters.failed();
        }
        started
    }

    fn run(&mut self, work: &Work) {
        // Whatever traces HTTP calls in this process: not these ones.
        let quiet = SpanContext::default().suppressed();
        let quiet = tracer_core::span("sampling").child_of(&quiet).start();
        let _quiet = quiet.enter();
        loop {
            self.poll(&work.client, work.timeout);
            match work.stopped.recv_timeout(work.interval) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn poll(&mut self, client: &Client, timeout: Duration) {
        match client.get(timeout, MAX_ANSWER) {
            Ok(answer) => self.take(&answer),
            Err(why) => {
                self.counters.failed();
                self.failures.say(&why);
            }
        }
        self.counters.polled();
    }

    /// Takes an answer over, if it is a good one.
    fn take(&mut self, answer: &[u8]) {
        match parse(answer, self.max_operations) {
            Ok(strategy) if self.strategy.as_ref() == Some(&strategy) => {}
            Ok(strategy) => {
                self.apply(&strategy);
                self.strategy = Some(strategy);
                self.counters.updated();
            }
            Err(why) => {
                self.counters.failed();
                self.failures.say(&why);
            }
        }
    }

    /// Changes the sampler in place where it is of the same kind, so that what is left of its
    /// rates stays.
    fn apply(&mut self, strategy: &Strategy) {
        match (strategy, &self.limiter, &self.operations) {
            (Strategy::RateLimiting(limit), Some(limiter), _) => limiter.reconfigure(*limit),
            (Strategy::PerOperation(rates), _, Some(operations)) => operations.update(rates),
            _ => {
                (self.limiter, self.operations) = (None, None);
                self.replace(strategy);
            }
        }
    }

    fn replace(&mut self, strategy: &Strategy) {
        match strategy {
            Strategy::Probabilistic(rate) => self.sampler.set(*rate),
            Strategy::RateLimiting(limit) => {
                let limiter = Arc::new(RateLimiting::per_second(*limit));
                self.sampler.set(Arc::clone(&limiter));
                self.limiter = Some(limiter);
            }
            Strategy::PerOperation(rates) => {
                let operations = PerOperation::with_max_operations(rates, self.max_operations);
                let operations = Arc::new(operations);
                self.sampler.set(Arc::clone(&operations));
                self.operations = Some(operations);
            }
        }
    }
}

#[cfg(test)]
#[path = "poller_tests.rs"]
mod tests;
