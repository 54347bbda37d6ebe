//! Whoever is told of each span as it ends.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::entry::SpanHead;
use crate::clock::{self, Anchor, Stamp};
use crate::context::SAMPLED;
use crate::id::{SpanId, TraceId};
use crate::say::say;
use crate::span::{SpanKind, Status};
use crate::value::{Tag, Value};

/// Is told of each span as it ends (OpenTelemetry: `SpanProcessor`): to count it, to measure it.
///
/// Given to [`TracerBuilder::processor`](crate::TracerBuilder::processor). It hears of the spans
/// that the sampler, or the caller, says no to as well: they are recorded until their end, cost what
/// sampled ones cost up to there, and go no further ([`DropReason::NotKept`](crate::DropReason::NotKept)).
/// It does not hear of what the application wants no trace of: filters, the switches,
/// [`sampling.priority`](crate::semconv::opentracing::SAMPLING_PRIORITY) of zero.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use tracer_core::{AlwaysOff, EndedSpan, SpanProcessor, Tracer};
///
/// #[derive(Clone, Default)]
/// struct Failures(Arc<AtomicU64>);
///
/// impl SpanProcessor for Failures {
///     fn on_end(&self, span: &EndedSpan<'_>) {
///         self.0.fetch_add(u64::from(span.status().is_error()), Ordering::Relaxed);
///     }
/// }
///
/// let failures = Failures::default();
/// let tracer = Tracer::builder("shop").sampler(AlwaysOff).processor(failures.clone()).build();
/// tracer.span("pay").start().set_tag("error", true);
/// assert_eq!(failures.0.load(Ordering::Relaxed), u64::from(tracer_core::ENABLED));
/// ```
pub trait SpanProcessor: Send + Sync + 'static {
    /// A span has ended. This is called by the thread that has ended it, a request's: it is not to
    /// wait for anything. Spans that it starts itself are not recorded; a panic is caught, and said
    /// once on standard error.
    fn on_end(&self, span: &EndedSpan<'_>);
}

/// A span at its end.
pub struct EndedSpan<'a> {
    head: &'a SpanHead,
    tags: &'a [Tag],
    status: &'a Status,
}

impl EndedSpan<'_> {
    /// What was done.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// Which part it played.
    #[must_use]
    pub const fn kind(&self) -> SpanKind {
        self.head.kind
    }

    /// From its start to its end.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(match self.head.stamps() {
            (Stamp::Ticks(start), Stamp::Ticks(end)) => clock::nanos_between(start, end),
            _ => {
                let (start, end) = self.head.interval(&Anchor::now());
                end - start
            }
        })
    }

    /// Its tags.
    #[must_use]
    pub const fn tags(&self) -> &[Tag] {
        self.tags
    }

    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&Value> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| &tag.value)
    }

    /// How it ended.
    #[must_use]
    pub const fn status(&self) -> &Status {
        self.status
    }

    /// Whether it is reported.
    #[must_use]
    pub const fn is_sampled(&self) -> bool {
        self.head.flags & SAMPLED != 0
    }

    /// Its trace.
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        TraceId::from_words(self.head.trace_id)
    }

    /// Its own id.
    #[must_use]
    pub fn span_id(&self) -> Option<SpanId> {
        SpanId::from_u64(self.head.span_id)
    }
}

impl fmt::Debug for EndedSpan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndedSpan")
            .field("name", &self.name())
            .field("kind", &self.kind())
            .field("duration", &self.duration())
            .field("tags", &self.tags)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A tracer's processor.
pub(crate) struct Processing {
    processor: Box<dyn SpanProcessor>,
    panicked: AtomicBool,
}

thread_local! {
    /// A processor is being told. What it traces itself would have no end.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

impl Processing {
    pub(crate) fn new(processor: Box<dyn SpanProcessor>) -> Self {
        Self { processor, panicked: AtomicBool::new(false) }
    }

    /// Whether a processor is being told of a span on this thread now.
    pub(crate) fn is_under_way() -> bool {
        TELLING.get()
    }

    pub(crate) fn tell(&self, head: &SpanHead, tags: &[Tag], status: &Status) {
        TELLING.set(true);
        let span = EndedSpan { head, tags, status };
        let told = catch_unwind(AssertUnwindSafe(|| self.processor.on_end(&span)));
        TELLING.set(false);
        if told.is_err() && !self.panicked.swap(true, Ordering::Relaxed) {
            say(format_args!("the span processor panicked; it is not said again"));
        }
    }
}
