//! From a span of the kit's to a `Context` of opentelemetry's, and back.

use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, ContextGuard};
use tracer_core::{ENABLED, Entered, Span, SpanContext, SpanRef, ToContext, current};

use crate::KitSpan;
use crate::attached;
use crate::convert::{baggage_to_otel, ids, to_otel};
use crate::follow::is_following;
use crate::known::{Known, Named, baggage};

/// The `Context` of what this thread works on: opentelemetry's current one, with the kit's current
/// span where it has none of its own.
///
/// For code of opentelemetry's that is called from code of the kit's and looks at the `Context`
/// itself. (To start a span, [`KitTracer`](crate::KitTracer) looks for the kit's current one without
/// it.)
///
/// ```
/// use opentelemetry::trace::TraceContextExt;
///
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// let span = tracer.span("request").start();
/// let _entered = span.enter();
/// let context = contrib_otel::current_context();
/// assert_eq!(context.span().span_context(), &contrib_otel::to_otel(&span.context()));
/// ```
#[must_use]
pub fn current_context() -> Context {
    let context = attached::current();
    if !ENABLED {
        return context;
    }
    let span = current();
    let theirs = ids(context.span().span_context());
    // Where the kit follows, what is current for it is the latest of both.
    let own_is_later =
        theirs.is_none() || (is_following() && theirs != ids(&to_otel(&span.context())));
    if own_is_later { with_span(&context, &span) } else { context }
}

/// The `Context` of this span: opentelemetry's current one, with this span and its baggage. What is
/// written to the span in it is written to this one; to `end` it does nothing.
#[must_use]
pub fn context_of(span: &SpanRef) -> Context {
    with_span(&attached::current(), span)
}

fn with_span(context: &Context, span: &SpanRef) -> Context {
    if span.is_noop() {
        return context.clone();
    }
    let own = span.context();
    let shown = ids(&to_otel(&own));
    let seen = own.baggage();
    let mut context = context.with_span(KitSpan::lent(span, &own));
    if !seen.is_empty() {
        let mut all = baggage_to_otel(&seen);
        for (key, (value, metadata)) in context.baggage() {
            if seen.get(key.as_str()).is_none() {
                all.insert_with_metadata(key.clone(), value.clone(), metadata.clone());
            }
        }
        context = context.with_baggage(all);
    }
    let context = context.with_value(Known::span(span, shown, seen));
    if own.is_suppressed() { context.with_telemetry_suppressed() } else { context }
}

/// The span of the kit's that a `Context` stands for, with the baggage of the `Context`; a noop where
/// that has neither a span nor baggage.
///
/// That of a [`KitSpan`] is the span itself: what is written to it is written there. Of another
/// provider's span, or of a caller, it is one that is only handed on: to enter it makes it the
/// parent of what is started meanwhile.
///
/// ```
/// use contrib_otel::{KitTracerProvider, span_of};
/// use opentelemetry::Context;
/// use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider};
///
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// let provider = KitTracerProvider::new(&tracer);
/// let context = Context::current_with_span(provider.tracer("cart").start("add"));
/// let span = span_of(&context);
/// span.set_tag("item", 42);
/// let _entered = span.enter();
/// let _child = tracer.scope("look it up");
/// ```
#[must_use]
pub fn span_of(context: &Context) -> SpanRef {
    if !ENABLED {
        return SpanRef::noop();
    }
    let span = match Named::by(context) {
        Some(named) => named.span(context),
        None => SpanRef::noop().with_baggage(baggage(context).unwrap_or_default()),
    };
    if context.is_telemetry_suppressed() {
        return Span::passive(span.context().suppressed()).handle();
    }
    span
}

/// A `Context` that stands for a span, wherever the kit takes one.
///
/// ```
/// use contrib_otel::OtelContext;
///
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// // In code of the kit's, inside of a span of opentelemetry's:
/// let _span = tracer.span("look it up").child_of(&OtelContext::current()).start();
/// ```
///
/// With the feature `follow` it takes no such thing.
#[derive(Clone, Debug, Default)]
pub struct OtelContext(Context);

impl OtelContext {
    /// Opentelemetry's current one.
    #[must_use]
    pub fn current() -> Self {
        Self(attached::current())
    }

    /// What is inside.
    #[must_use]
    pub fn into_inner(self) -> Context {
        self.0
    }
}

impl From<Context> for OtelContext {
    fn from(context: Context) -> Self {
        Self(context)
    }
}

impl ToContext for OtelContext {
    fn to_context(&self) -> SpanContext {
        if !ENABLED {
            return SpanContext::default();
        }
        let context = match Named::by(&self.0) {
            Some(named) => named.context(&self.0),
            None => SpanContext::default().with_baggage(baggage(&self.0).unwrap_or_default()),
        };
        if self.0.is_telemetry_suppressed() { context.suppressed() } else { context }
    }
}

/// Makes a span of the kit's current on this thread for both sides: for code of opentelemetry's that
/// looks at its own `Context`. Guards are dropped in reverse, and belong to their thread.
///
/// ```
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// let span = tracer.span("request").start();
/// {
///     let _entered = contrib_otel::enter(&span);
///     opentelemetry::trace::get_active_span(|span| span.add_event("seen by both", vec![]));
/// }
/// ```
pub fn enter(span: &SpanRef) -> OtelEntered {
    // The Context first: where the kit follows it, the span is on top all the same.
    let theirs = if ENABLED { attached::attach(context_of(span)) } else { None };
    OtelEntered { _own: span.enter(), _theirs: theirs }
}

/// Keeps a span current for both sides: see [`enter`].
#[must_use = "the span is current only as long as the guard lives"]
#[derive(Debug)]
pub struct OtelEntered {
    // Dropped in this order.
    _own: Entered,
    _theirs: Option<ContextGuard>,
}
