//! Which span of the kit's a `Context` stands for.

use std::ptr;

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;
use tracer_core::{Baggage, Span, SpanContext, SpanRef};

use crate::convert::{Ids, baggage_from_otel, from_otel, ids, to_otel};
use crate::open;

/// What the kit has put into a `Context`, as a value of its own beside the span and the baggage that
/// opentelemetry sees.
#[derive(Debug)]
pub(crate) struct Known {
    /// A span of the kit's; a noop for a caller's context.
    span: SpanRef,
    /// A caller's context; empty for a span of the kit's.
    caller: SpanContext,
    /// As which span the `Context` showed it. Where the `Context` shows another span by now, this is
    /// what that one is below.
    shown: Option<Ids>,
    /// The baggage that was put into the `Context` along with it.
    seen: Baggage,
}

impl Known {
    pub(crate) fn span(span: &SpanRef, shown: Option<Ids>, seen: Baggage) -> Self {
        Self { span: span.clone(), caller: SpanContext::default(), shown, seen }
    }

    pub(crate) fn caller(context: SpanContext, shown: Option<Ids>, seen: Baggage) -> Self {
        Self { span: SpanRef::noop(), caller: context, shown, seen }
    }

    fn is_shown_as(&self, ids: Option<Ids>) -> bool {
        if self.shown == ids {
            return true;
        }
        // While tracing is off, a span that was started below a caller has that caller's ids, as
        // soon as somebody asks for them.
        let Some(raw) = self.caller.raw() else { return false };
        ids.is_some()
            && raw.parse().and_then(|parsed| crate::convert::ids(&to_otel(&parsed))) == ids
    }
}

/// What a `Context` names.
#[derive(Debug)]
pub(crate) struct Named {
    /// The span; a noop where all there is of it is a context.
    span: SpanRef,
    context: SpanContext,
    seen: Baggage,
}

impl Named {
    /// What is named by the `Context` itself; `None` where it has no span.
    pub(crate) fn by(cx: &Context) -> Option<Self> {
        let shown = cx.span();
        let shown = shown.span_context();
        let ids = ids(shown);
        if let Some(known) = cx.get::<Known>()
            && known.is_shown_as(ids)
        {
            return Some(Self::new(known.span.clone(), known.caller.clone(), known.seen.clone()));
        }
        Some(match open::find(ids?) {
            Some(open) => Self::new(open.span, SpanContext::default(), open.seen),
            None => Self::new(SpanRef::noop(), from_otel(shown), Baggage::new()),
        })
    }

    fn new(span: SpanRef, context: SpanContext, seen: Baggage) -> Self {
        let context = if span.is_noop() { context } else { span.context() };
        Self { span, context, seen }
    }

    /// Whether it is a caller's whose trace does not go on here.
    pub(crate) const fn is_linked(&self) -> bool {
        self.context.is_linked()
    }

    /// Its context, with the baggage of the `Context`.
    pub(crate) fn context(self, cx: &Context) -> SpanContext {
        match changed(cx, &self.context.baggage(), &self.seen) {
            Some(baggage) => self.context.with_baggage(baggage),
            None => self.context,
        }
    }

    /// A handle of it, with the baggage of the `Context`.
    pub(crate) fn span(self, cx: &Context) -> SpanRef {
        let baggage = changed(cx, &self.context.baggage(), &self.seen);
        let span =
            if self.span.is_noop() { Span::passive(self.context).handle() } else { self.span };
        match baggage {
            Some(baggage) => span.with_baggage(baggage),
            None => span,
        }
    }
}

/// The baggage of a `Context`; `None` where nobody has ever set one.
pub(crate) fn baggage(cx: &Context) -> Option<Baggage> {
    // An unset one is the same static for all. That somebody has cleared it is another thing.
    let unset: *const _ = Context::new().baggage();
    let own = cx.baggage();
    (!ptr::eq(own, unset)).then(|| baggage_from_otel(own))
}

/// The baggage for what is below a `Context`, where it is not what the span has anyway.
pub(crate) fn changed(cx: &Context, own: &Baggage, seen: &Baggage) -> Option<Baggage> {
    let merged = merge(baggage(cx)?, own, seen);
    (merged != *own).then_some(merged)
}

/// Baggage that has changed on two sides: opentelemetry's, which is what its `Context` has, and the
/// kit's, which is what the span has. Where opentelemetry has changed an item since it saw it last
/// (`seen`), that holds, and otherwise what the span has; so items stay of which the `Context` never
/// knew. One that was cleared is clear.
pub(crate) fn merge(theirs: Baggage, own: &Baggage, seen: &Baggage) -> Baggage {
    if theirs.is_empty() {
        return theirs;
    }
    let mut merged = Baggage::new();
    let mut take = |from: &Baggage, key: &str| {
        if let Some(value) = from.get(key) {
            let properties = from.properties(key).unwrap_or_default();
            merged.set_with_properties(key, value, properties);
        }
    };
    let same = |one: &Baggage, other: &Baggage, key: &str| {
        (one.get(key), one.properties(key)) == (other.get(key), other.properties(key))
    };
    for (key, _) in theirs.iter() {
        take(if same(&theirs, seen, key) { own } else { &theirs }, key);
    }
    for (key, _) in own.iter() {
        if theirs.get(key).is_none() && seen.get(key).is_none() {
            take(own, key);
        }
    }
    merged
}
