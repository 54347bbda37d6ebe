//! Code that is instrumented with OpenTelemetry records into the kit and joins its traces, and the
//! kit's spans go to any exporter of OpenTelemetry's SDK.
//!
//! | in opentelemetry | here |
//! | --- | --- |
//! | `TracerProvider`, `Tracer`, `Span` | [`KitTracerProvider`], [`KitTracer`], [`KitSpan`]; [`install`] makes them the global ones |
//! | a span's name, kind, times, links | the same; attributes of links have no place |
//! | attribute | tag; OpenTracing's `error`, `span.kind`, `sampling.priority` are heard |
//! | event | log, its field `event` the name |
//! | status | [`Status`](tracer_core::Status), by opentelemetry's order: `Ok` is final |
//! | name and version of the instrumentation scope | tags `otel.scope.name`, `otel.scope.version` |
//! | `SpanContext`, baggage with its metadata | [`to_otel`] and [`from_otel`], [`baggage_to_otel`] and [`baggage_from_otel`] |
//! | `Context` | [`current_context`], [`context_of`] a span; [`span_of`] one, [`OtelContext`] as a parent |
//! | `TextMapPropagator` | [`KitPropagator`]: the tracer's own format |
//! | `SpanExporter` | [`OtelReporter`]: takes what the kit has finished |
//! | `Context::with_telemetry_suppressed` | a [suppressed](tracer_core::SpanContext::suppressed) context, below which nothing starts a span |
//!
//! The versions are opentelemetry 0.33 and opentelemetry_sdk 0.33.
//!
//! # Quick start
//! ```
//! use opentelemetry::{KeyValue, global, trace::{TraceContextExt, Tracer as _}};
//!
//! let tracer = tracer_core::Tracer::builder("shop").build();
//! contrib_otel::install(&tracer);
//!
//! // Some library, or your own code as it was:
//! fn reserve() {
//!     global::tracer("stock").in_span("reserve", |cx| {
//!         cx.span().set_attribute(KeyValue::new("items", 3));
//!     });
//! }
//!
//! let order = tracer.span("order").start();
//! let _entered = order.enter();
//! reserve(); // `reserve` is a child of `order`
//! # tracer.shutdown(std::time::Duration::from_secs(5)).unwrap();
//! ```
//! The other way, from the kit to an exporter: see [`OtelReporter`].
//!
//! # Who is whose child
//! What opentelemetry starts is below the span of its `Context`; where that has none, below the
//! [current](tracer_core::current()) span of the kit. A `Context` without a span that is given while
//! another one with a span is current begins a trace.
//!
//! What the kit starts is below what is current for the kit, which does not look at opentelemetry's
//! `Context` by itself: its own spans must not pay for that. So, inside of a span of
//! opentelemetry's, say it:
//!
//! ```
//! use contrib_otel::{OtelContext, OtelExt, current_context, enter, span_of};
//! use opentelemetry::Context;
//!
//! # async fn work() {}
//! # async fn run(tracer: &tracer_core::Tracer) {
//! // One span:
//! let span = tracer.span("look it up").child_of(&OtelContext::current()).start();
//! // All that a block starts, or a future:
//! # {
//! let _entered = span_of(&Context::current()).enter();
//! # }
//! work().bind_otel_context(current_context()).await;
//! // And a span of the kit's for code that looks at the Context itself:
//! # {
//! let _entered = enter(&span);
//! # }
//! # }
//! ```
//!
//! Or turn on the feature `follow` and call `follow_contexts` once: from then on what opentelemetry
//! makes current is current for the kit, and the latest of both sides is the parent on both.
//!
//! # Baggage
//! Opentelemetry keeps baggage in the `Context`, the kit in the span; both reach what is started
//! below, and the next service. What a `Context` has been shown of a span's baggage is its to change
//! and to take away; items that it never knew of stay. Baggage that was cleared is clear.
//!
//! # Good to know
//! - The kit's `InSpanExt` and opentelemetry's `Tracer` both have an `in_span`: where both traits are
//!   in scope, name one of them.
//! - Opentelemetry's `with_current_context()` carries its own `Context` only. Below a span that the kit
//!   has made current, as its layers for servers do, carry
//!   [both](OtelExt::bind_otel_context): `.bind_otel_context(current_context())`.
//! - [`install`] sets the global propagator too. Libraries that were given one of their own have to
//!   be given [`KitPropagator`].
//! - Opentelemetry's `Span` ends with the wall clock where it is ended through a `Context`. Where that
//!   says no more than "now", the kit reads its own, which nobody can step.
//! - An event called `error` is an `exception` on the wire, as a log of OpenTracing's is.
//! - Keys of attributes are copied once and kept for the life of the process, 1,024 at most.
//! - A `Context` that somebody keeps also keeps the place of its span, some 0.5 KiB.
//!
//! # Never recorded
//! What opentelemetry's code writes is recorded as it is, which is its own to decide, within the
//! tracer's [limits](tracer_core::Limits). Nothing is recorded of what an exporter does.
//!
//! # Features
//! | feature | default | |
//! | --- | --- | --- |
//! | `follow` | no | `follow_contexts`, by opentelemetry's feature `experimental_context_observer` |
//!
//! # Cost when off
//! Switched off, and with nothing to hand on, a span of opentelemetry's costs a few loads and a look
//! at its `Context`; no attribute is read. A caller is handed on unread, byte for byte, by
//! [`KitPropagator`], but that its baggage is read for the `Context`. Compiled out (tracer-core's
//! feature `off`) [`install`] leaves opentelemetry as it is, spans hand on what opentelemetry had
//! above them, and no exporter is ever called.
#![forbid(unsafe_code)]

mod attached;
mod contexts;
mod convert;
mod follow;
mod future;
mod known;
mod open;
mod parent;
mod propagator;
mod provider;
mod reporter;
mod span;

pub use contexts::{OtelContext, OtelEntered, context_of, current_context, enter, span_of};
pub use convert::{baggage_from_otel, baggage_to_otel, from_otel, to_otel};
#[cfg(feature = "follow")]
pub use follow::follow_contexts;
pub use future::{BoundToOtel, OtelExt};
pub use propagator::KitPropagator;
pub use provider::{KitTracer, KitTracerProvider, install};
pub use reporter::OtelReporter;
pub use span::KitSpan;
