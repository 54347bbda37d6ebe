//! Reporters at work: spans that are reported when a test says so, and what the books say of them.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::must_use_candidate, reason = "they check something in any case")]

use std::time::Duration;

use tracer_core::DropReason::{ExportFailed, RejectedByServer};
use tracer_core::{Books, Decision, RecorderOptions, Reporter, Sampler, SamplingInput, Tracer};

/// Longer than anything takes that is to happen at all.
pub const WAIT: Duration = Duration::from_secs(20);

/// Says yes, and not who it is: spans have no tags but those that a test gives them.
#[derive(Debug)]
pub struct Everything;

impl Sampler for Everything {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        Decision::yes()
    }
}

/// A tracer that reports when it is told to.
pub fn tracer(reporter: impl Reporter) -> Tracer {
    let recorder = RecorderOptions::default().with_schedule_delay(Duration::from_secs(3600));
    Tracer::builder("shop").sampler(Everything).recorder(recorder).reporter(reporter).build()
}

/// Finishes this many spans.
pub fn spans(tracer: &Tracer, count: usize) {
    for number in 0..count {
        let span = tracer.span("GET /items").root().start();
        span.set_tag("item", number);
    }
}

/// Finishes spans, reports them, and reads the books, which must balance.
///
/// # Panics
/// When they do not, or nothing comes of it in time.
pub fn report(tracer: &Tracer, count: usize) -> Books {
    spans(tracer, count);
    tracer.flush(WAIT).unwrap();
    books(tracer)
}

/// The books, which must balance, with nothing under way.
///
/// # Panics
/// When they do not, or something is.
pub fn books(tracer: &Tracer) -> Books {
    let books = tracer.books();
    assert!(books.balance(), "{books:?}");
    assert_eq!((books.open, books.queued, books.in_flight), (0, 0, 0), "{books:?}");
    books
}

/// Reported, rejected by the server, failed, unknown.
///
/// # Panics
/// When spans were dropped for another reason.
pub fn fates(books: &Books) -> [u64; 4] {
    assert_eq!(
        books.dropped(),
        books.dropped_for(ExportFailed) + books.dropped_for(RejectedByServer),
        "{books:?}"
    );
    [
        books.reported,
        books.dropped_for(RejectedByServer),
        books.dropped_for(ExportFailed),
        books.outcome_unknown,
    ]
}
