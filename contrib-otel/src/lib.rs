//! Code that is instrumented with OpenTelemetry records into the kit, and the kit reports to
//! OpenTelemetry's exporters.
#![forbid(unsafe_code)]

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
