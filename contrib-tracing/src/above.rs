//! Which span is above.

use tracer_core::{SpanRef, current, has_current, is_suppressed};
use tracing_core::span::{Attributes, Id};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::layer::State;

/// What a span of `tracing` is to be below.
pub(crate) enum Above {
    /// Whatever is current on this thread.
    Current,
    /// Nothing.
    Nothing,
    /// This one, which is not current.
    Span(SpanRef),
}

impl Above {
    /// Whether there is nothing above.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Current => !has_current(),
            Self::Nothing => true,
            Self::Span(span) => span.is_noop(),
        }
    }
}

/// What a new span is below. On a thread where a span is current it is that one, whoever has
/// entered it: it is the innermost. `tracing`'s own parent decides where it was given, and where
/// nothing is current because a span that this layer does not see has been entered.
pub(crate) fn of_span<S>(
    state: &State,
    attributes: &Attributes<'_>,
    id: &Id,
    context: &Context<'_, S>,
) -> Above
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let contextual = attributes.is_contextual();
    if attributes.is_root() {
        return Above::Nothing;
    }
    if (contextual && has_current()) || state.spans.is_empty() {
        return if contextual { Above::Current } else { Above::Nothing };
    }
    let above = context.span(id).and_then(|span| {
        let mut ancestors = span.scope().skip(1);
        ancestors.find_map(|ancestor| state.spans.span(&ancestor.id()))
    });
    above.map_or(Above::Nothing, Above::Span)
}

/// The span whose log an event is.
pub(crate) fn of_event<S>(
    state: &State,
    event: &Event<'_>,
    context: &Context<'_, S>,
) -> Option<SpanRef>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    // Nor is a log written to a span that happens to be named inside of a reporter.
    if event.is_root() || is_suppressed() {
        return None;
    }
    if event.is_contextual() && has_current() {
        return Some(current());
    }
    if state.spans.is_empty() {
        return None;
    }
    match event.parent() {
        Some(parent) => nearest(state, parent, context),
        None => nearest(state, context.current_span().id()?, context),
    }
}

/// What stands for a span of `tracing`, or for the nearest one above it that has something.
pub(crate) fn nearest<S>(state: &State, id: &Id, context: &Context<'_, S>) -> Option<SpanRef>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if let Some(span) = state.spans.span(id) {
        return Some(span);
    }
    if let Some(span) = context.span(id) {
        return span.scope().find_map(|ancestor| state.spans.span(&ancestor.id()));
    }
    // A filter hides the span from this layer, and with it all that is above. The subscriber as a
    // whole has them.
    let dispatch = state.dispatch.get()?.upgrade()?;
    let subscriber = dispatch.downcast_ref::<S>()?;
    subscriber.span(id)?.scope().find_map(|ancestor| state.spans.span(&ancestor.id()))
}
