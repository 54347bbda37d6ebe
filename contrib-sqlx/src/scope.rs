//! The transaction that a connection's statements belong to.

use tracer_core::{ENABLED, Entered, Span, SpanRef};

use crate::fate::Fate;

/// A transaction's span, and what was current when it began. Empty outside of transactions; with
/// tracing compiled out it takes no room.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    span: SpanRef,
    outer: SpanRef,
    fate: Fate,
    kept: [Kept; ENABLED as usize],
}

#[derive(Clone, Copy, Default)]
struct Kept {
    place: Place,
    /// Whether the span that was current when the transaction began is one that ends.
    has_outer: bool,
}

/// Where a connection is. sqlx is not asked: SQLite's thread takes a dropped transaction back when
/// it comes to it, and until then sqlx counts it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Outside,
    /// sqlx counted a transaction when the connection was given to us, which can be over.
    Foreign,
    Transaction,
    Savepoint,
}

impl Scope {
    /// Of a transaction that begins now.
    pub(crate) fn of(span: &Span) -> Self {
        let outer = tracer_core::current();
        let fate = if span.is_recording() { Fate::new() } else { Fate::default() };
        let kept = Kept { place: Place::Transaction, has_outer: outer.is_recording() };
        Self { span: span.handle(), outer, fate, kept: [kept; ENABLED as usize] }
    }

    /// Of a connection that somebody else has used before.
    pub(crate) fn of_foreign(is_in_transaction: bool) -> Self {
        let place = if is_in_transaction { Place::Foreign } else { Place::Outside };
        Self::default().at(place)
    }

    /// Of a savepoint in it.
    pub(crate) fn savepoint(&self) -> Self {
        self.clone().at(Place::Savepoint)
    }

    /// Whether what begins here is a savepoint.
    pub(crate) fn is_nested(&self, counted: impl FnOnce() -> bool) -> bool {
        match self.place() {
            Place::Outside => false,
            Place::Foreign => counted(),
            Place::Transaction | Place::Savepoint => true,
        }
    }

    /// Whether what ends here is a savepoint.
    pub(crate) fn is_savepoint(&self) -> bool {
        self.place() == Place::Savepoint
    }

    /// The transaction's span; a noop outside of transactions.
    pub(crate) const fn span(&self) -> &SpanRef {
        &self.span
    }

    /// Whether the transaction can still be committed.
    pub(crate) const fn fate(&self) -> &Fate {
        &self.fate
    }

    /// Makes the transaction's span current for the start of a statement's span, unless the
    /// program has entered another one since the transaction began: then it wants the statement
    /// below that.
    ///
    /// A function that begins a transaction for its caller can have a span of its own. When that
    /// has ended, the current span is one that was there before; whether a newer one has been
    /// entered then, nobody can tell.
    pub(crate) fn enter(&self) -> Option<Entered> {
        // Most statements are in no transaction, and look at nothing else.
        if !self.has_span() {
            return None;
        }
        let here = tracer_core::current().context();
        let outer_is_here = here.span_id() == self.outer.context().span_id();
        let outer_has_ended =
            self.kept().is_some_and(|kept| kept.has_outer) && !self.outer.is_recording();
        let is_ours = !here.is_valid()
            || outer_is_here
            || (outer_has_ended && here.trace_id() == self.span.context().trace_id());
        if is_ours { self.enter_always() } else { None }
    }

    /// The same for what is a part of the transaction whoever asks for it, as its end is.
    pub(crate) fn enter_always(&self) -> Option<Entered> {
        let enters = self.has_span() && !tracer_core::current().is_suppressed();
        enters.then(|| self.span.enter())
    }

    fn has_span(&self) -> bool {
        ENABLED && self.span.context().is_valid()
    }

    fn at(mut self, place: Place) -> Self {
        self.kept = self.kept.map(|kept| Kept { place, ..kept });
        self
    }

    fn place(&self) -> Place {
        self.kept().map_or(Place::Outside, |kept| kept.place)
    }

    fn kept(&self) -> Option<&Kept> {
        self.kept.first()
    }
}
