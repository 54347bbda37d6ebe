//! The transaction that a connection's statements belong to.

use tracer_core::{ENABLED, Entered, Span, SpanRef};

/// A transaction's span, and what was current when it began. Empty outside of transactions; with
/// tracing compiled out it takes no room.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    span: SpanRef,
    outer: SpanRef,
}

impl Scope {
    /// Of a transaction that begins now.
    pub(crate) fn of(span: &Span) -> Self {
        Self { span: span.handle(), outer: tracer_core::current() }
    }

    /// The transaction's span; a noop outside of transactions.
    pub(crate) const fn span(&self) -> &SpanRef {
        &self.span
    }

    /// Makes the transaction's span current for the start of a statement's span, unless the
    /// program has entered another one since the transaction began: then it wants the statement
    /// below that.
    pub(crate) fn enter(&self) -> Option<Entered> {
        if !ENABLED || !self.span.context().is_valid() {
            return None;
        }
        let current = tracer_core::current();
        if current.is_suppressed() {
            return None;
        }
        let here = current.context();
        let is_outer = here.span_id() == self.outer.context().span_id();
        (is_outer || !here.is_valid()).then(|| self.span.enter())
    }
}
