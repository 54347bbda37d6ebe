//! Spans of a size, and what becomes of those that are too large.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use tracer_core::{Books, DropReason, Tracer};

use super::{WAIT, books};

pub(crate) const KIB: usize = 1 << 10;

/// Finishes spans of about these many KiB and reports them in one batch.
pub(crate) fn report(tracer: &Tracer, sizes: &[usize]) -> Books {
    for kib in sizes {
        let span = tracer.span("work").root().start();
        for nth in 0..*kib {
            span.set_tag(format!("tag.{nth}"), "x".repeat(KIB));
        }
        span.finish();
    }
    tracer.flush(WAIT).unwrap();
    books(tracer)
}

/// Reported, and too large; nothing else has been lost.
pub(crate) fn fates(books: &Books) -> [u64; 2] {
    let too_large = books.dropped_for(DropReason::TooLarge);
    assert_eq!((books.dropped(), books.outcome_unknown), (too_large, 0), "{books:?}");
    [books.reported, too_large]
}
