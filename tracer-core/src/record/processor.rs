//! Whoever is told of each span as it ends.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

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
/// [`sampling.priority`](crate::semconv::opentracing::SAMPLING_PRIORITY) of zero. Nor, where a sampler
/// is [asked for children](crate::Sampler::samples_children) and traces are [kept](crate::KeepIf), of
/// those that it refuses.
///
/// Where there are several tracers, it does not hear of spans below an unsampled span of one that has
/// no processor: that one's decision is not looked at again. And what is recorded for a processor
/// alone is not told from what is held: a child of it that a tracer with [`KeepIf`](crate::KeepIf)
/// starts by reference (`child_of`) is held there, without a root.
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
    /// A span has ended, and takes no more tags and logs. This is called by the thread that has
    /// ended it, a request's: it is not to wait for anything. Of spans that it ends itself no
    /// processor is told. After a panic, which is caught, it is not called any more.
    ///
    /// The tracer owns its processor: one that owns the tracer keeps both for ever.
    fn on_end(&self, span: &EndedSpan<'_>);
}

impl<P: SpanProcessor + ?Sized> SpanProcessor for Arc<P> {
    fn on_end(&self, span: &EndedSpan<'_>) {
        (**self).on_end(span);
    }
}

impl<P: SpanProcessor + ?Sized> SpanProcessor for Box<P> {
    fn on_end(&self, span: &EndedSpan<'_>) {
        (**self).on_end(span);
    }
}

/// A span at its end.
pub struct EndedSpan<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: SpanKind,
    pub(crate) ids: ([u64; 2], u64),
    pub(crate) flags: u8,
    pub(crate) start: Stamp,
    pub(crate) end: Stamp,
    pub(crate) tags: &'a [Tag],
    pub(crate) status: &'a Status,
}

impl EndedSpan<'_> {
    /// What was done.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name
    }

    /// Which part it played.
    #[must_use]
    pub const fn kind(&self) -> SpanKind {
        self.kind
    }

    /// From its start to its end. (One of the two given by the user, and the other one not, are
    /// times of two clocks: that takes a lock, and some readings.)
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(match (self.start, self.end) {
            (Stamp::Ticks(start), Stamp::Ticks(end)) => clock::nanos_between(start, end),
            (Stamp::Unix(start), Stamp::Unix(end)) => end.saturating_sub(start),
            (start, end) => {
                let (start, end) = Stamp::interval(start, end, &Anchor::now());
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

    /// Whether its trace is sampled. One that is not is reported where it is
    /// [kept](crate::KeepIf), and nowhere else.
    #[must_use]
    pub const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Its trace.
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        TraceId::from_words(self.ids.0)
    }

    /// Its own id.
    #[must_use]
    pub fn span_id(&self) -> Option<SpanId> {
        SpanId::from_u64(self.ids.1)
    }
}

impl fmt::Debug for EndedSpan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndedSpan")
            .field("name", &self.name)
            .field("kind", &self.kind)
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
    /// A processor is being told. Of what it ends itself it is not: that would have no end.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

impl Processing {
    pub(crate) fn new(processor: Box<dyn SpanProcessor>) -> Self {
        Self { processor, panicked: AtomicBool::new(false) }
    }

    /// Whether it would hear of a span that ends here and now.
    pub(crate) fn listens(&self) -> bool {
        !TELLING.get() && !self.panicked.load(Ordering::Relaxed)
    }

    /// To be called without a lock: this runs users' code.
    pub(crate) fn tell(&self, span: &EndedSpan<'_>) {
        TELLING.set(true);
        let told = catch_unwind(AssertUnwindSafe(|| self.processor.on_end(span)));
        TELLING.set(false);
        if told.is_err() && !self.panicked.swap(true, Ordering::Relaxed) {
            say(format_args!("the span processor panicked, and is not called any more"));
        }
    }
}
