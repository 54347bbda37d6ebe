//! Where finished spans go.

mod console;
mod memory;
mod waterfall;

use crate::record::Batch;

pub use console::ConsoleReporter;
pub use memory::MemoryReporter;
pub use waterfall::{Waterfall, WaterfallStyle};

/// Takes finished spans, batch by batch, on the reporter's own thread.
///
/// It may block: recording goes on meanwhile within its budget. It may panic: the batch is counted
/// as lost and the next one comes. Whatever it calls starts no span.
///
/// ```
/// use tracer_core::{Batch, Outcome, Reporter, Tracer};
///
/// struct CountingReporter(u64);
///
/// impl Reporter for CountingReporter {
///     fn report(&mut self, batch: &Batch<'_>) -> Outcome {
///         self.0 += batch.len() as u64;
///         Outcome::Reported
///     }
/// }
///
/// let tracer = Tracer::builder("shop").reporter(CountingReporter(0)).build();
/// # drop(tracer);
/// ```
#[doc(alias = "SpanExporter")]
#[doc(alias = "Exporter")]
pub trait Reporter: Send + 'static {
    /// Sends a batch and says what became of it.
    fn report(&mut self, batch: &Batch<'_>) -> Outcome;

    /// Called after the batches of a [`Tracer::flush`](crate::Tracer::flush).
    fn flush(&mut self) {}

    /// Called once, after the last batch.
    fn shutdown(&mut self) {}
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Every span reached the receiver.
    Reported,
    /// The receiver took the batch but for this many spans.
    PartlyRejected {
        /// Spans that were refused.
        rejected: u64,
    },
    /// The receiver refused the batch for good.
    Rejected,
    /// The batch could not be sent.
    Failed,
    /// The batch was sent, and no answer came in time.
    Unknown,
}

impl Reporter for Box<dyn Reporter> {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        (**self).report(batch)
    }

    fn flush(&mut self) {
        (**self).flush();
    }

    fn shutdown(&mut self) {
        (**self).shutdown();
    }
}

/// Both of two reporters, one after the other. The batch has the worse of the two outcomes.
impl<A: Reporter, B: Reporter> Reporter for (A, B) {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        match (self.0.report(batch), self.1.report(batch)) {
            (Outcome::Reported, second) => second,
            (first, _) => first,
        }
    }

    fn flush(&mut self) {
        self.0.flush();
        self.1.flush();
    }

    fn shutdown(&mut self) {
        self.0.shutdown();
        self.1.shutdown();
    }
}

/// Takes spans and forgets them: the default, until a reporter is set.
#[derive(Clone, Copy, Debug, Default)]
pub struct NullReporter;

impl Reporter for NullReporter {
    fn report(&mut self, _: &Batch<'_>) -> Outcome {
        Outcome::Reported
    }
}
