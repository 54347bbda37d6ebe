//! Where finished spans go.

mod console;
mod memory;
mod waterfall;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use crate::record::Batch;

pub use console::ConsoleReporter;
pub use memory::MemoryReporter;
pub use waterfall::{Waterfall, WaterfallStyle};

/// Takes finished spans, batch by batch, on the reporter's own thread.
///
/// It may block: recording goes on meanwhile within its budget. It may panic: the batch is counted
/// as lost and the next one comes. Whatever it calls starts no span, through instrumented clients
/// of the program's own too; work that it hands to another thread takes that along with
/// [`in_current_span`](crate::InSpanExt::in_current_span) or
/// [`bind_current`](crate::bind_current).
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

    /// Called once, after the last batch. Who shuts the tracer down waits until the deadline, and
    /// not any longer: what is not done by then is better left undone.
    fn shutdown(&mut self, deadline: Instant) {
        let _ = deadline;
    }
}

/// What became of a batch, from good to bad: see [`or_worse`](Self::or_worse).
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
    /// Its spans fared differently.
    Mixed(Fates),
    /// The batch was sent, and no answer came in time.
    Unknown,
    /// The receiver refused the batch for good.
    Rejected,
    /// Its spans are larger than a request may be, each by itself.
    TooLarge,
    /// The batch could not be sent.
    Failed,
}

/// How many spans of a batch did not reach the receiver, or perhaps not. The others did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fates {
    /// The receiver refused these for good.
    pub rejected: u64,
    /// These could not be sent.
    pub failed: u64,
    /// These are larger than a request may be.
    pub too_large: u64,
    /// These were sent, and no answer came in time.
    pub unknown: u64,
}

impl Outcome {
    /// The worse of two outcomes of one batch: `Reported`, `PartlyRejected` (of two, the one with
    /// more), `Mixed` (the one with fewer that arrived), `Unknown`, `Rejected`, `TooLarge`,
    /// `Failed`, where the last is the worst.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        if other.badness() > self.badness() { other } else { self }
    }

    const fn badness(self) -> (u8, u64) {
        match self {
            Self::Reported => (0, 0),
            Self::PartlyRejected { rejected } => (1, rejected),
            Self::Mixed(Fates { rejected, failed, too_large, unknown }) => {
                let lost = rejected.saturating_add(failed).saturating_add(too_large);
                (2, lost.saturating_add(unknown))
            }
            Self::Unknown => (3, 0),
            Self::Rejected => (4, 0),
            Self::TooLarge => (5, 0),
            Self::Failed => (6, 0),
        }
    }

    /// The same in numbers, where the largest stands for all spans of the batch.
    pub(crate) const fn fates(self) -> Fates {
        const ALL: u64 = u64::MAX;
        let mut fates = Fates { rejected: 0, failed: 0, too_large: 0, unknown: 0 };
        match self {
            Self::Reported => {}
            Self::PartlyRejected { rejected } => fates.rejected = rejected,
            Self::Mixed(mixed) => fates = mixed,
            Self::Unknown => fates.unknown = ALL,
            Self::Rejected => fates.rejected = ALL,
            Self::TooLarge => fates.too_large = ALL,
            Self::Failed => fates.failed = ALL,
        }
        fates
    }
}

impl Reporter for Box<dyn Reporter> {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        (**self).report(batch)
    }

    fn flush(&mut self) {
        (**self).flush();
    }

    fn shutdown(&mut self, deadline: Instant) {
        (**self).shutdown(deadline);
    }
}

/// Both of two reporters, one after the other. The batch has the
/// [worse](Outcome::or_worse) of the two outcomes.
impl<A: Reporter, B: Reporter> Reporter for (A, B) {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let (first, second) = self;
        let (first, second) = both(|| first.report(batch), || second.report(batch));
        first.or_worse(second)
    }

    fn flush(&mut self) {
        let (first, second) = self;
        both(|| first.flush(), || second.flush());
    }

    fn shutdown(&mut self, deadline: Instant) {
        let (first, second) = self;
        both(|| first.shutdown(deadline), || second.shutdown(deadline));
    }
}

/// The second one is not to suffer from a panic of the first.
fn both<T>(first: impl FnOnce() -> T, second: impl FnOnce() -> T) -> (T, T) {
    let first = catch_unwind(AssertUnwindSafe(first));
    let second = second();
    match first {
        Ok(first) => (first, second),
        Err(panic) => resume_unwind(panic),
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

#[cfg(all(test, not(any(feature = "off", all(feature = "release-off", not(debug_assertions))))))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Tracer;

    struct Answers(Outcome);

    impl Reporter for Answers {
        fn report(&mut self, _: &Batch<'_>) -> Outcome {
            self.0
        }
    }

    #[test]
    fn two_reporters_have_the_worse_outcome() {
        let some = |rejected| Outcome::PartlyRejected { rejected };
        let order = [
            Outcome::Reported,
            some(1),
            some(2),
            Outcome::Mixed(Fates { rejected: 1, ..Fates::default() }),
            Outcome::Mixed(Fates { unknown: 2, ..Fates::default() }),
            Outcome::Unknown,
            Outcome::Rejected,
            Outcome::TooLarge,
            Outcome::Failed,
        ];
        for (nth, bad) in order.into_iter().enumerate() {
            for worse in &order[nth..] {
                assert_eq!(bad.or_worse(*worse), *worse);
                assert_eq!(worse.or_worse(bad), *worse);
            }
        }
        for pair in [(Outcome::Failed, some(1)), (some(1), Outcome::Failed)] {
            let reporter = (Answers(pair.0), Answers(pair.1));
            let tracer = Tracer::builder("test").reporter(reporter).build();
            for _ in 0..3 {
                tracer.span("a").root().start().finish();
            }
            assert_eq!(tracer.flush(Duration::from_secs(10)), Ok(()));
            assert_eq!((tracer.books().reported, tracer.books().dropped()), (0, 3), "{pair:?}");
        }
    }
}
