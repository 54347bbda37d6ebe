//! How far callers are believed.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::context::SpanContext;
use crate::sampler::bucket::TokenBucket;

/// How far the callers of a service are believed: a setting of the side that is called, of a tracer
/// ([`TracerBuilder::trust`](crate::TracerBuilder::trust)) or of one of its layers.
///
/// | | trace id, parent | `sampled=1` | tracestate, baggage | switched off |
/// | --- | --- | --- | --- | --- |
/// | `Trust` | the caller's | the caller's | the caller's | handed on |
/// | `Limited` | the caller's | the caller's, as far as the budget goes | the caller's | handed on |
/// | `Link` | new, with a link to the caller's | ours | none | not handed on |
/// | `Ignore` | new | ours | none | not handed on |
///
/// Under `Trust`, `Limited` and `Link`, whoever insists on a trace (`jaeger-debug-id`, the debug
/// flags of Jaeger and B3) spends the
/// [budget of forced sampling](crate::TracerBuilder::forced_sampling). Under `Ignore` nobody is
/// listened to: there is no caller then, and a span is what it would be without one, a child of the
/// current span if there is one.
///
/// ```
/// use tracer_core::Tracer;
///
/// // The default, `Trust`: the caller's trace goes on here.
/// let tracer = Tracer::builder("stock").build();
/// let headers = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
/// let span = tracer.span("GET /").child_of(&tracer.extract(&headers)).start();
/// if tracer_core::ENABLED {
///     let trace_id = span.context().trace_id().map(|id| id.to_string());
///     assert_eq!(trace_id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
/// }
/// ```
///
/// ```
/// use tracer_core::{Tracer, Trust};
///
/// // A service that the whole world can call.
/// let tracer = Tracer::builder("gateway").trust(Trust::Link).build();
/// let headers = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
/// let span = tracer.span("GET /").child_of(&tracer.extract(&headers)).start();
/// if tracer_core::ENABLED {
///     let trace_id = span.context().trace_id().map(|id| id.to_string());
///     assert_ne!(trace_id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
/// }
/// ```
///
/// `Limited` keeps a caller from having everything recorded: here one trace in a second, and ten
/// at once.
///
/// ```
/// # use tracer_core::{Tracer, Trust};
/// let tracer =
///     Tracer::builder("shop").trust(Trust::Limited).forced_sampling(1.0, 10.0).build();
/// let headers = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
/// for _ in 0..1000 {
///     tracer.span("GET /").child_of(&tracer.extract(&headers)).start().finish();
/// }
/// if tracer_core::ENABLED {
///     assert_eq!((tracer.books().forced, tracer.books().forced_refused), (10, 990));
/// }
/// ```
///
/// ```
/// # use tracer_core::{Tracer, Trust};
/// let tracer = Tracer::builder("shop").trust(Trust::Ignore).build();
/// assert!(tracer.extract(&[("baggage", "role=admin")]).is_empty());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// The caller's trace goes on here, recorded where the caller records it.
    #[default]
    Trust,
    /// The caller's trace goes on here. That it is to be recorded spends the
    /// [budget of forced sampling](crate::TracerBuilder::forced_sampling); where that is spent, the
    /// sampler sees a caller who does not record.
    Limited,
    /// A new trace begins here, with a link (FollowsFrom) to the caller's span.
    Link,
    /// A new trace begins here, and nothing is known of a caller.
    Ignore,
}

impl Trust {
    /// Whether what a caller sent may be handed on unread, while tracing is off.
    pub(crate) const fn hands_on(self) -> bool {
        matches!(self, Self::Trust | Self::Limited)
    }

    /// What is left of a caller's context.
    pub(crate) fn of(self, context: SpanContext) -> SpanContext {
        match self {
            Self::Trust => context,
            Self::Limited => context.with_limited(),
            Self::Link => context.with_linked(),
            Self::Ignore => SpanContext::EMPTY,
        }
    }
}

/// What callers, and `sampling.priority`, can force to be recorded: a budget, with counts.
#[derive(Debug)]
pub(crate) struct Forced {
    bucket: TokenBucket,
    granted: AtomicU64,
    refused: AtomicU64,
}

impl Forced {
    pub(crate) fn new(per_second: f64, burst: f64) -> Self {
        let bucket = TokenBucket::new(per_second, burst);
        Self { bucket, granted: AtomicU64::new(0), refused: AtomicU64::new(0) }
    }

    /// Spends one of the budget, if there is any left.
    pub(crate) fn allows(&self) -> bool {
        let allowed = self.bucket.take();
        let counter = if allowed { &self.granted } else { &self.refused };
        counter.fetch_add(1, Ordering::Relaxed);
        allowed
    }

    /// How often it was granted, and refused.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.granted.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}
