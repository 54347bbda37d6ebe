//! The books: every span that was started is accounted for.

use crate::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::fmt;

/// Why a finished span never reached the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The recorder's budget in bytes was spent: the reporter is too slow for the load.
    QueueFull,
    /// The reporter gave up on a batch.
    ExportFailed,
    /// The receiver refused the span for good.
    RejectedByServer,
    /// The span is larger than a request may be, by the reporter's limit or the receiver's.
    TooLarge,
    /// The span finished after the tracer's shutdown, or was still queued at its deadline.
    AfterShutdown,
    /// The reporter panicked with this batch in its hands.
    ReporterPanic,
    /// The application asked for no trace after the span had begun: see
    /// [`SAMPLING_PRIORITY`](crate::semconv::opentracing::SAMPLING_PRIORITY). Nothing is wrong.
    Unsampled,
    /// The sampler had said no. It was recorded all the same, for a trace that may be
    /// [kept](crate::KeepIf) or for a [processor](crate::SpanProcessor), and nothing spoke for keeping
    /// it. Nothing is wrong.
    NotKept,
    /// Its trace was [held](crate::KeepIf) and could not be until it was known what became of it:
    /// there was no room, it had too many spans, or its local root took too long.
    Undecided,
}

impl DropReason {
    /// All reasons. There can be more of them one day.
    pub const ALL: &'static [Self] = &[
        Self::QueueFull,
        Self::ExportFailed,
        Self::RejectedByServer,
        Self::TooLarge,
        Self::AfterShutdown,
        Self::ReporterPanic,
        Self::Unsampled,
        Self::NotKept,
        Self::Undecided,
    ];

    /// Whether something went wrong, and nobody wanted it.
    pub(super) const fn is_loss(self) -> bool {
        !matches!(self, Self::Unsampled | Self::NotKept)
    }

    /// The reason as a word for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::ExportFailed => "export_failed",
            Self::RejectedByServer => "rejected_by_server",
            Self::TooLarge => "too_large",
            Self::AfterShutdown => "after_shutdown",
            Self::ReporterPanic => "reporter_panic",
            Self::Unsampled => "sampling_priority",
            Self::NotKept => "not_kept",
            Self::Undecided => "undecided",
        }
    }
}

/// A tracer's counters at one moment. Each is counted on its own. At rest, exactly:
///
/// - `started = open + finished`
/// - `finished = queued + held + in_flight + reported + dropped() + outcome_unknown`
///
/// Only recorded spans (sampled, [held](crate::KeepIf), or [processed](crate::SpanProcessor)) count. While spans are being made the terms are read one after
/// another and may be a few apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Books {
    /// Recorded spans that were started.
    pub started: u64,
    /// Recorded spans that are not finished yet.
    pub open: u64,
    /// Recorded spans that were finished.
    pub finished: u64,
    /// Finished spans that wait for the reporter.
    pub queued: u64,
    /// Finished spans of traces that are [held](crate::KeepIf) until it is known what becomes of
    /// them.
    pub held: u64,
    /// Finished spans that the reporter is busy with.
    pub in_flight: u64,
    /// Finished spans that reached the receiver.
    pub reported: u64,
    /// Finished spans of exports that ended without an answer: the receiver may have them or not.
    pub outcome_unknown: u64,
    /// Finished spans that were lost, in the order of [`DropReason::ALL`].
    dropped_by: [u64; DropReason::ALL.len()],
    /// How often [`Limits`](crate::Limits) cut something: tags, logs, fields and links that were
    /// dropped, names and values that were shortened. A log that is dropped counts once.
    pub cut_by_limits: u64,
    /// Tags, logs and renames that came after their span had finished.
    pub written_after_finish: u64,
    /// Bytes that the recorder holds now, of its budget.
    pub bytes: u64,
    /// Bytes that [held](Self::held) spans take, on top of that.
    pub held_bytes: u64,
    /// Callers' contexts that were malformed.
    pub malformed_contexts: u64,
    /// Traces that somebody insisted on and got: see
    /// [`forced_sampling`](crate::TracerBuilder::forced_sampling).
    pub forced: u64,
    /// Those that were refused, since the budget was spent.
    pub forced_refused: u64,
}

impl Books {
    /// Spans lost for this reason.
    #[must_use]
    pub const fn dropped_for(&self, reason: DropReason) -> u64 {
        self.dropped_by[reason as usize]
    }

    pub(super) const fn add_drops(&mut self, reason: DropReason, spans: u64) {
        self.dropped_by[reason as usize] += spans;
    }

    /// Spans lost, by reason: all reasons, also those for which none was.
    pub fn dropped_by_reason(&self) -> impl Iterator<Item = (DropReason, u64)> + use<> {
        DropReason::ALL.iter().copied().zip(self.dropped_by)
    }

    /// Spans lost, for any reason.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped_by.iter().sum()
    }

    /// Spans lost that somebody wanted: all but those that were not to be kept.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let losses = self.dropped_by_reason().filter(|(reason, _)| reason.is_loss());
        losses.map(|(_, spans)| spans).sum()
    }

    /// Whether the two sums come out. False at rest would be a defect of the kit.
    #[must_use]
    pub fn balance(&self) -> bool {
        self.started == self.open + self.finished
            && self.finished
                == self.queued
                    + self.held
                    + self.in_flight
                    + self.reported
                    + self.dropped()
                    + self.outcome_unknown
    }
}

/// In words for a log: what was started, finished and reported, and whatever else is not zero.
///
/// ```
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// assert_eq!(tracer.books().to_string(), "started=0 finished=0 reported=0");
/// ```
impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { started, finished, reported, .. } = self;
        write!(f, "started={started} finished={finished} reported={reported}")?;
        let terms = [
            ("open", self.open),
            ("queued", self.queued),
            ("held", self.held),
            ("in_flight", self.in_flight),
            ("outcome_unknown", self.outcome_unknown),
            ("cut_by_limits", self.cut_by_limits),
            ("written_after_finish", self.written_after_finish),
            ("malformed_contexts", self.malformed_contexts),
            ("forced_refused", self.forced_refused),
        ];
        let dropped = self.dropped_by_reason().map(|(reason, spans)| (reason.as_str(), spans));
        for (term, count) in terms.into_iter().chain(dropped).filter(|(_, count)| *count > 0) {
            write!(f, " {term}={count}")?;
        }
        Ok(())
    }
}

/// The terms that are counted centrally, off the hot path.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// These three of threads that are gone.
    pub(super) started: AtomicU64,
    pub(super) open: AtomicI64,
    pub(super) finished: AtomicU64,
    pub(super) held: AtomicU64,
    pub(super) held_bytes: AtomicU64,
    pub(super) in_flight: AtomicU64,
    pub(super) reported: AtomicU64,
    pub(super) unknown: AtomicU64,
    dropped: [AtomicU64; DropReason::ALL.len()],
    cut: AtomicU64,
    late: AtomicU64,
    malformed: AtomicU64,
}

impl Counters {
    pub(crate) fn count_drop(&self, reason: DropReason, spans: u64) {
        self.dropped[reason as usize].fetch_add(spans, Ordering::Relaxed);
    }

    pub(crate) fn count_cut(&self, items: u64) {
        self.cut.fetch_add(items, Ordering::Relaxed);
    }

    pub(crate) fn count_late_write(&self) {
        self.late.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_malformed(&self) {
        self.malformed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Books {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Books {
            started: get(&self.started),
            finished: get(&self.finished),
            held: get(&self.held),
            held_bytes: get(&self.held_bytes),
            in_flight: get(&self.in_flight),
            reported: get(&self.reported),
            outcome_unknown: get(&self.unknown),
            dropped_by: std::array::from_fn(|reason| get(&self.dropped[reason])),
            cut_by_limits: get(&self.cut),
            written_after_finish: get(&self.late),
            malformed_contexts: get(&self.malformed),
            ..Books::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_number() {
        let counters = Counters::default();
        for (nth, reason) in (1..).zip(DropReason::ALL) {
            counters.count_drop(*reason, nth);
        }
        let books = counters.read();
        let read: Vec<_> = books.dropped_by_reason().collect();
        let expected: Vec<_> = DropReason::ALL.iter().copied().zip(1..).collect();
        assert_eq!(read, expected);
        assert!(read.iter().all(|(reason, lost)| books.dropped_for(*reason) == *lost));
        assert_eq!(books.dropped(), (1..=DropReason::ALL.len() as u64).sum());
        let said = books.to_string();
        for (reason, lost) in read {
            assert!(said.contains(&format!(" {}={lost}", reason.as_str())), "{said}");
        }
    }
}
