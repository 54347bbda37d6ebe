//! The tracer's formats as a propagator of opentelemetry's.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext as OtelSpanContext, TraceContextExt};
use tracer_core::propagation::{Extract, Field, Inject};
use tracer_core::{ENABLED, Tracer};

use crate::convert::{baggage_to_otel, ids, to_otel};
use crate::known::Known;
use crate::parent::Below;

/// A propagator of opentelemetry's that reads and writes what a tracer of the kit does: its format,
/// its [trust](tracer_core::Trust) in callers, its switch, its books. [`install`](crate::install)
/// makes one the global propagator.
///
/// Opentelemetry's propagators do not know where a message goes to. A tracer that tells only some
/// hosts ([`propagate_to`](tracer_core::TracerBuilder::propagate_to)) tells none by this one. Nor
/// can they take a field away: what a message has of another context stays where this one has
/// nothing to put in its place.
///
/// ```
/// use std::collections::HashMap;
///
/// use contrib_otel::KitPropagator;
/// use opentelemetry::Context;
/// use opentelemetry::propagation::TextMapPropagator;
///
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// let propagator = KitPropagator::new(&tracer);
/// let span = tracer.span("call").start();
/// let mut headers = HashMap::<String, String>::new();
/// propagator.inject_context(&contrib_otel::context_of(&span), &mut headers);
/// # if tracer_core::ENABLED {
/// assert_eq!(headers["traceparent"].len(), 55);
/// # }
/// ```
#[derive(Clone)]
pub struct KitPropagator {
    tracer: Tracer,
    fields: Vec<String>,
}

impl KitPropagator {
    /// By this tracer, which lives as long as the propagator.
    #[must_use]
    pub fn new(tracer: &Tracer) -> Self {
        let mut fields = Names(Vec::new());
        tracer.strip(&mut fields);
        Self { tracer: tracer.clone(), fields: fields.0 }
    }
}

impl fmt::Debug for KitPropagator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KitPropagator").field("fields", &self.fields).finish_non_exhaustive()
    }
}

impl TextMapPropagator for KitPropagator {
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector) {
        if !ENABLED {
            return;
        }
        // Several lines of a field are one there, which is all that an injector can hold.
        let mut message = BTreeMap::<String, String>::new();
        // A message to nobody knows whom: what is told to some hosts only is not for it.
        self.tracer.inject_to("", &Below::of(cx).context(), &mut message);
        for (name, value) in message {
            injector.set(&name, value);
        }
    }

    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context {
        let caller = self.tracer.extract(&Incoming(extractor));
        let mut cx = cx.clone();
        let baggage = caller.baggage();
        if !baggage.is_empty() {
            cx = cx.with_baggage(baggage_to_otel(&baggage));
        }
        let is_unread = caller.raw().is_some();
        let decides = caller.is_decision_only() || caller.debug_id().is_some();
        if !caller.is_valid() && !is_unread && !decides {
            return cx;
        }
        // Taken unread, it stays so: ids are shown when somebody asks a span for them.
        let shown = if is_unread { OtelSpanContext::NONE } else { to_otel(&caller) };
        if shown.is_valid() {
            cx = cx.with_remote_span_context(shown);
        }
        let shown = ids(cx.span().span_context());
        cx.with_value(Known::caller(caller, shown, baggage))
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.fields)
    }
}

/// Notes which fields it is asked to remove.
struct Names(Vec<String>);

impl Inject for Names {
    fn set(&mut self, _: &Field, _: &str) {}

    fn remove(&mut self, field: &Field) {
        self.0.push(field.name().to_owned());
    }
}

/// What opentelemetry reads messages by.
struct Incoming<'e>(&'e dyn Extractor);

impl Extract for Incoming<'_> {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        for value in self.0.get_all(field.name()).into_iter().flatten() {
            each(value.as_bytes());
        }
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        for name in self.0.keys() {
            let behind = name
                .split_at_checked(prefix.len())
                .filter(|(head, rest)| head.eq_ignore_ascii_case(prefix) && !rest.is_empty());
            if let (Some((_, key)), Some(value)) = (behind, self.0.get(name))
                && each(key, value.as_bytes()).is_break()
            {
                return;
            }
        }
    }
}
