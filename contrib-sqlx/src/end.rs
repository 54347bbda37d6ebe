//! What is left to do for the span of a transaction.

use std::mem;

use tracer_core::semconv::db::{self, TransactionEnd};
use tracer_core::{Span, SpanRef};

use crate::fate::Fate;
use crate::scope::Scope;

/// Ends the span of a transaction, and says so where that was dropped. With tracing compiled out
/// it takes no room.
#[derive(Default)]
pub(crate) struct End {
    /// The transaction's; a noop of a savepoint.
    span: Span,
    /// Of a savepoint, the span of the transaction around it.
    around: SpanRef,
    /// And whether that can be committed.
    fate: Fate,
}

impl End {
    pub(crate) fn of_transaction(span: Span) -> Self {
        Self { span, around: SpanRef::noop(), fate: Fate::default() }
    }

    pub(crate) fn of_savepoint(around: &Scope) -> Self {
        Self { span: Span::noop(), around: around.span().clone(), fate: around.fate().clone() }
    }

    /// The transaction's span: somebody else says how it ends.
    pub(crate) fn take(mut self) -> Span {
        self.around = SpanRef::noop();
        self.fate = Fate::default();
        mem::take(&mut self.span)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.span.is_recording() {
            db::on_transaction_end(&self.span, TransactionEnd::Dropped);
        }
        self.around.log("savepoint dropped");
        self.fate.heal();
    }
}
