//! core
#![forbid(unsafe_code)]
#![cfg_attr(
    any(feature = "off", all(feature = "release-off", not(debug_assertions))),
    allow(
        dead_code,
        unused_imports,
        unused_variables,
        unreachable_code,
        reason = "compiled out, most of the crate is not called"
    )
)]

pub mod baggage;
mod clock;
mod context;
mod current;
mod id;
pub mod observe;
pub mod propagation;
mod record;
mod reporter;
mod sampler;
pub mod semconv;
mod span;
pub mod switch;
mod tracer;
mod tracestate;
mod value;

use std::borrow::Cow;

pub use baggage::Baggage;
pub use context::SpanContext;
pub use current::{Attached, Entered, InSpan, InSpanExt, bind_current, current};
pub use id::{SpanId, TraceId};
pub use record::{
    Batch, Books, DropReason, FinishedSpan, Link, LogView, RecorderOptions, ShutdownError, SpanView,
};
pub use reporter::{
    ConsoleReporter, MemoryReporter, NullReporter, Outcome, Reporter, Waterfall, WaterfallStyle,
};
pub use sampler::{
    AlwaysOff, AlwaysOn, Decision, ParentBased, Probabilistic, Sampler, SamplingInput,
};
pub use span::{
    ActiveSpan, Limits, Parent, ReferenceKind, Span, SpanBuilder, SpanKind, SpanRef, Status,
    ToContext,
};
pub use tracer::{Resource, Tracer, TracerBuilder, clear_global, global, set_global};
pub use tracestate::TraceState;
pub use value::{Array, Tag, Value};

/// Whether tracing is compiled in: false with the feature `off`, or with `release-off` in a build
/// without debug assertions.
pub const ENABLED: bool =
    !(cfg!(feature = "off") || (cfg!(feature = "release-off") && !cfg!(debug_assertions)));

/// Describes a span of the parent's tracer, or of the global one.
#[inline]
pub fn span(name: impl Into<Cow<'static, str>>) -> SpanBuilder<'static> {
    SpanBuilder::new(None, name.into())
}
