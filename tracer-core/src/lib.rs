//! A distributed tracer with OpenTracing's model, W3C headers and books that add up: the core that
//! `tracer` and its integrations stand on.
//!
//! # Quick start
//!
//! A service handles `Foo`, which calls `Bar`, which fails. Both are spans of one trace:
//!
//! ```
//! use tracer_core::{ConsoleReporter, SpanKind, Tracer};
//!
//! let tracer = Tracer::builder("shop").reporter(ConsoleReporter::new()).build();
//!
//! let foo = tracer.span("Foo").kind(SpanKind::Server).tag("customer", 42).start();
//! let bar = tracer.span("Bar").child_of(&foo).start();
//! bar.log("cache miss").set_tag("error", true);
//! bar.finish();
//! foo.finish();
//!
//! // With its last clone, or by `shutdown`, a tracer sends what is left.
//! drop(tracer);
//! ```
//!
//! Most code names neither tracer nor parent. What runs in a span finds it as the current one:
//!
//! ```
//! use tracer_core::{InSpanExt, current};
//!
//! async fn charge(cents: i64) {
//!     current().set_tag("cents", cents).log("card accepted");
//! }
//!
//! # async fn checkout(tracer: &tracer_core::Tracer) {
//! charge(990).in_span(tracer.span("charge").start()).await; // asynchronous
//! # }
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! let _scope = tracer.scope("render"); // synchronous: until the end of the block
//! ```
//!
//! From one service to the next the context travels in headers, or in any carrier that implements
//! [`Extract`](propagation::Extract) and [`Inject`](propagation::Inject):
//!
//! ```
//! use std::collections::HashMap;
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//!
//! let mut headers = HashMap::<String, String>::new();
//! let call = tracer.span("call").start();
//! tracer.inject(&call, &mut headers);
//!
//! // In the other service. No header, or a bad one, begins a new trace.
//! let serve = tracer.span("serve").child_of(&tracer.extract(&headers)).start();
//! assert_eq!(serve.context().trace_id(), call.context().trace_id());
//! ```
//!
//! # Words
//!
//! The API speaks OpenTracing. Headers and tag names speak OpenTelemetry, which is what backends
//! understand; the documentation finds items by either name.
//!
//! | here, in OpenTracing | in OpenTelemetry |
//! | --- | --- |
//! | tag ([`SpanRef::set_tag`]) | attribute |
//! | log ([`SpanRef::log`]) | event |
//! | operation name ([`SpanRef::rename`]) | span name |
//! | reference: child of, follows from ([`ReferenceKind`]) | parent, link |
//! | tag `error=true` | status ([`Status::ERROR`]) |
//! | tag `span.kind` | kind ([`SpanKind`]) |
//! | tag [`sampling.priority`](semconv::opentracing::SAMPLING_PRIORITY) | a tag; decides what is recorded |
//! | log `event=error` ([`SpanRef::log_error`]) | exception event |
//! | [`Baggage`] | baggage |
//! | [`Reporter`] | exporter |
//! | [`Resource`]: the tracer's own tags | resource |
//! | [`ActiveSpan`], [`Entered`] (scope) | current span in a context |
//!
//! The first [`child_of`](SpanBuilder::child_of), else the first reference, is the parent; every
//! other one becomes a [`Link`].
//!
//! Of what Jaeger's clients could do beside that, some is [left out](conformance#what-is-left-out)
//! on purpose.
//!
//! # Tests
//!
//! A [`MockTracer`](mock::MockTracer) keeps what a program's own tests want to look at. Whether a
//! tracer that somebody has put together keeps its promises is what [`conformance`] checks.
//!
//! # Switches
//!
//! Tracing is on where the process-wide [`switch`] and the tracer's own
//! ([`Tracer::set_enabled`]) are both on. Either can be flipped at any time, under load.
//!
//! | state | callers' headers | handed on | baggage | spans |
//! | --- | --- | --- | --- | --- |
//! | compiled out | not read | nothing | none | none; the types stay and are empty |
//! | off | kept, not parsed | as they came, byte for byte | parsed when asked for | none; open ones finish |
//! | filtered ([`SpanContext::suppressed`]) | kept, not parsed | as they came | parsed when asked for | none, here and below |
//! | not sampled | parsed | ids, `sampled=0`, tracestate, baggage | yes | not recorded |
//! | not sampled, held ([`KeepIf`]) | parsed | ids, `sampled=0`, tracestate, baggage | yes | recorded, and reported if they turn out to be worth it |
//! | sampled | parsed | ids, `sampled=1`, tracestate, baggage | yes | recorded |
//!
//! # What it costs
//!
//! A span that is recorded takes no lock, makes no allocation and does no atomic
//! read-modify-write until somebody tags it, logs to it, enters it or asks for a handle: it goes
//! into a ring of its thread, which the reporter's thread empties. All rings and texts of a tracer draw
//! on one budget ([`RecorderOptions::max_bytes`]); what does not fit is dropped, counted
//! ([`Books`]) and said on standard error, once in half a minute. Nothing waits for a reporter
//! but [`Tracer::flush`] and [`Tracer::shutdown`].
//!
//! Switched off, a span costs two relaxed loads. Compiled out, [`Span`] and [`SpanRef`] take no
//! room, every method is empty, and no thread is started.
//!
//! What is recorded is held to [`Limits`]: 128 tags, logs and links a span, 4 KiB a value, and
//! 256 KiB a span. Of too many logs the oldest and the newest stay.
//!
//! # Features
//!
//! | feature | default | |
//! | --- | --- | --- |
//! | `tsc` | yes | time stamps from the processor's counter; else from [`std::time::Instant`] |
//! | `http` | yes | `http::HeaderMap` as a carrier, and the HTTP parts of [`semconv`] |
//! | `off` | no | compiles tracing out; for the final binary to set, never for a library |
//! | `release-off` | no | the same in builds without debug assertions |
#![forbid(unsafe_code)]
#![deny(clippy::print_stderr, clippy::print_stdout)]
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
pub mod conformance;
mod context;
mod current;
mod fork;
mod id;
pub mod mock;
pub mod observe;
pub mod propagation;
mod record;
mod reporter;
mod sampler;
mod say;
pub mod semconv;
mod span;
pub mod switch;
mod sync;
mod tracer;
mod tracestate;
mod trust;
mod value;

use std::borrow::Cow;

pub use baggage::Baggage;
pub use context::SpanContext;
pub use current::{
    Attached, Entered, InSpan, InSpanExt, bind_current, current, current_ids, has_current,
    is_suppressed,
};
pub use id::{SpanId, TraceId};
pub use record::{
    Batch, Books, DropReason, Dropped, EndedSpan, FinishedSpan, KeepIf, Link, LogView,
    RecorderOptions, ShutdownError, SpanProcessor, SpanView,
};
pub use reporter::{
    ConsoleReporter, Fates, MemoryReporter, NullReporter, Outcome, Reporter, Waterfall,
    WaterfallStyle,
};
pub use sampler::{
    AlwaysOff, AlwaysOn, Decision, OperationSampling, ParentBased, PerOperation, Probabilistic,
    RateLimiting, Rule, Rules, SampledBy, Sampler, SamplerKind, SamplingInput, Updatable,
};
pub use span::{
    ActiveSpan, Limits, Parent, ReferenceKind, Span, SpanBuilder, SpanKind, SpanRef, Status,
    ToContext,
};
pub use tracer::{Resource, Tracer, TracerBuilder, clear_global, global, set_global};
pub use tracestate::TraceState;
pub use trust::Trust;
pub use value::{Array, Tag, Value};

/// Whether tracing is compiled in: false with the feature `off`, or with `release-off` in a build
/// without debug assertions.
pub const ENABLED: bool =
    !(cfg!(feature = "off") || (cfg!(feature = "release-off") && !cfg!(debug_assertions)));

/// A variable of this process's environment, as the kit reads all of them. What is no Unicode in it
/// is replaced, so that it is complained of like other bad values, and not taken for unset.
///
/// ```
/// assert_eq!(tracer_core::env_var("NO_SUCH_VARIABLE"), None);
/// ```
#[must_use]
pub fn env_var(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Describes a span of the current span's tracer; where there is none, or it is not recorded, of the
/// global one.
#[inline]
pub fn span(name: impl Into<Cow<'static, str>>) -> SpanBuilder<'static> {
    SpanBuilder::new(None, name.into())
}
