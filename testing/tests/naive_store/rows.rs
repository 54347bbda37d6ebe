//! A stream of rows with its span.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tracer_core::Tracer;
use tracer_core::observe::Observed;
use tracer_core::semconv::db;

use super::Fault;
use super::memory::{ROWS, Rows, StoreError};

pub(crate) struct TracedRows {
    pub(crate) rows: Rows,
    pub(crate) observed: Observed,
    pub(crate) tracer: Option<Tracer>,
    pub(crate) fault: Fault,
    pub(crate) read: u64,
}

impl TracedRows {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn note(&mut self, row: bool) {
        let is_off = self.tracer.as_ref().is_some_and(|tracer| !tracer.is_enabled());
        if self.has(Fault::ForgetsWhatIsOpenWhenOff) && is_off {
            return self.observed.end();
        }
        if row && self.has(Fault::ForgetsRowsSoFar) {
            self.observed.head();
        } else if row {
            self.read += 1;
            self.observed.progress(1);
            if self.has(Fault::EndsAtTheHead) {
                db::on_rows(self.observed.span(), ROWS);
                self.observed.end();
            }
        } else {
            if !self.has(Fault::ForgetsRows) {
                db::on_rows(self.observed.span(), ROWS);
            }
            if !self.has(Fault::StaysOpenAfterTheLastRow) {
                self.observed.end();
            }
        }
    }
}

impl Stream for TracedRows {
    type Item = Result<u64, StoreError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { rows, observed, .. } = &mut *self;
        let polled = observed.run(|| Pin::new(rows).poll_next(cx));
        if let Poll::Ready(row) = &polled {
            self.note(row.is_some());
        }
        polled
    }
}

impl Drop for TracedRows {
    fn drop(&mut self) {
        if self.has(Fault::EndsWithTheDrop) && !self.observed.is_none() {
            self.observed.span().log("incomplete");
            db::on_rows(self.observed.span(), self.read);
            self.observed.end();
        }
        if self.has(Fault::StaysOpenAfterTheLastRow) || self.has(Fault::CallsLeavingFine) {
            self.observed.end();
        }
    }
}
