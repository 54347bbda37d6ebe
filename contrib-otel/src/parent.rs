//! What a span is below that is started in a `Context`.

use std::ptr;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracer_core::{SpanBuilder, SpanContext, SpanRef, current, has_current};

use crate::attached;
use crate::follow::is_following;
use crate::known::{Named, baggage, changed};

/// Where a span belongs.
#[derive(Debug)]
pub(crate) enum Below {
    /// Below what is current for the kit, whatever that is.
    Current,
    /// Below that, with other baggage.
    View(SpanRef),
    /// Below this; if it has no ids, a trace begins.
    Context(SpanContext),
}

impl Below {
    /// The span of the `Context`, or without one what is current for the kit.
    ///
    /// A `Context` without a span that is given where another one with a span is current was given
    /// for that reason: a trace begins.
    pub(crate) fn of(cx: &Context) -> Self {
        let is_current = || attached::look(|current| ptr::eq(current, cx)).unwrap_or(false);
        let named = Named::by(cx);
        let is_linked = named.as_ref().is_some_and(Named::is_linked);
        if is_following() && !is_linked && has_current() && is_current() {
            // The latest of both sides, which is not always the one of the Context.
            return Self::Current;
        }
        if let Some(named) = named {
            return Self::Context(named.context(cx));
        }
        let names_none = !is_current()
            && attached::look(|current| current.span().span_context().is_valid()).unwrap_or(false);
        if names_none {
            return Self::Context(
                SpanContext::default().with_baggage(baggage(cx).unwrap_or_default()),
            );
        }
        let Some(theirs) = baggage(cx) else { return Self::Current };
        let span = current();
        match changed(cx, &span.baggage(), &Default::default()) {
            _ if span.is_noop() => Self::Context(SpanContext::default().with_baggage(theirs)),
            Some(baggage) => Self::View(span.with_baggage(baggage)),
            None => Self::Current,
        }
    }

    /// The same as a context, for who hands it on.
    pub(crate) fn context(self) -> SpanContext {
        match self {
            Self::Current => current().context(),
            Self::View(span) => span.context(),
            Self::Context(context) => context,
        }
    }

    /// Whether there is nothing above.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Current => !has_current(),
            Self::View(span) => span.is_noop(),
            Self::Context(context) => context.is_empty(),
        }
    }

    pub(crate) fn parent_of<'a>(&self, builder: SpanBuilder<'a>) -> SpanBuilder<'a> {
        match self {
            Self::Current => builder,
            Self::View(span) => builder.child_of(span),
            Self::Context(context) => builder.root().child_of(context),
        }
    }
}
