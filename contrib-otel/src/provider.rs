//! The kit as the provider of opentelemetry's tracers.

use std::sync::Arc;

use opentelemetry::trace::{SpanBuilder, TraceContextExt, Tracer as OtelTracer, TracerProvider};
use opentelemetry::{Context, InstrumentationScope, global};
use tracer_core::semconv::otel;
use tracer_core::{Baggage, ENABLED, Tag, Tracer, is_suppressed};

use crate::convert::{from_otel, kind_from_otel, tag};
use crate::known;
use crate::parent::Below;
use crate::{KitPropagator, KitSpan};

/// Makes the kit what opentelemetry's global API stands on: spans of `global::tracer(..)` are spans
/// of this tracer, and the global propagator reads and writes what the tracer does.
///
/// Statics are never dropped, so that the tracer has to be [shut down](Tracer::shutdown) to send its
/// last spans. A second call replaces the first one. Compiled out, it does nothing.
///
/// ```
/// use opentelemetry::{KeyValue, global, trace::Tracer as _};
///
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// contrib_otel::install(&tracer);
///
/// // In some library that knows nothing of the kit:
/// global::tracer("cart").in_span("add item", |cx| {
///     use opentelemetry::trace::TraceContextExt;
///     cx.span().set_attribute(KeyValue::new("item", 42));
/// });
/// # tracer.shutdown(std::time::Duration::from_secs(5)).unwrap();
/// # if tracer_core::ENABLED { assert_eq!(tracer.books().reported, 1); }
/// ```
pub fn install(tracer: &Tracer) {
    if ENABLED {
        global::set_tracer_provider(KitTracerProvider::new(tracer));
        global::set_text_map_propagator(KitPropagator::new(tracer));
    }
}

/// Gives code that is instrumented with opentelemetry tracers that record into the kit.
///
/// [`install`] makes one the global provider; a library that takes a provider is given one.
#[derive(Clone, Debug)]
pub struct KitTracerProvider {
    tracer: Tracer,
}

impl KitTracerProvider {
    /// Everything is recorded by this tracer, which lives as long as the provider and its tracers.
    #[must_use]
    pub fn new(tracer: &Tracer) -> Self {
        Self { tracer: tracer.clone() }
    }
}

impl TracerProvider for KitTracerProvider {
    type Tracer = KitTracer;

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> KitTracer {
        KitTracer { tracer: self.tracer.clone(), scope: Arc::new(scope) }
    }
}

/// Starts spans for code that is instrumented with opentelemetry. The name and version of the
/// library that it is in become the tags `otel.scope.name` and `otel.scope.version`.
#[derive(Clone, Debug)]
pub struct KitTracer {
    tracer: Tracer,
    scope: Arc<InstrumentationScope>,
}

impl KitTracer {
    fn scope(&self) -> impl Iterator<Item = Tag> {
        let name = Some(self.scope.name()).filter(|name| !name.is_empty());
        let [name_key, version_key] = [otel::SCOPE_NAME[0], otel::SCOPE_VERSION[0]];
        let name = name.map(|name| Tag::new(name_key, name.to_owned()));
        let version = self.scope.version().map(|version| Tag::new(version_key, version.to_owned()));
        name.into_iter().chain(version)
    }
}

impl OtelTracer for KitTracer {
    type Span = KitSpan;

    fn build_with_context(&self, described: SpanBuilder, cx: &Context) -> KitSpan {
        if !ENABLED || cx.is_telemetry_suppressed() {
            return KitSpan::handing_on(cx.span().span_context().clone());
        }
        let below = Below::of(cx);
        let is_on = self.tracer.is_enabled() && !is_suppressed();
        if !is_on && below.is_nothing() {
            return KitSpan::handing_on(opentelemetry::trace::SpanContext::NONE);
        }
        let mut builder = below.parent_of(self.tracer.span(described.name));
        if let Some(kind) = &described.span_kind {
            builder = builder.kind(kind_from_otel(kind));
        }
        if let Some(start) = described.start_time {
            builder = builder.start_time(start);
        }
        if is_on {
            for Tag { key, value } in described.attributes.into_iter().flatten().map(tag) {
                builder = builder.tag(key, value);
            }
            for link in described.links.into_iter().flatten() {
                builder = builder.link(&from_otel(&link.span_context));
            }
        }
        let span = builder.start();
        let seen = if is_on { known::baggage(cx).unwrap_or_default() } else { Baggage::new() };
        let span = KitSpan::own(span, seen);
        let handle = span.handle();
        if handle.is_recording() {
            handle.set_tags(self.scope());
            described.events.into_iter().flatten().for_each(|event| span.add(event));
        }
        span
    }
}
