//! Which traces are kept although the head decision said no.

use std::time::Duration;

/// Keeps traces that turn out to be worth it, although the sampler, or the caller, said no.
///
/// A sampler decides at the head of a trace, when nobody knows yet how it ends. With this
/// ([`TracerBuilder::keep_if`](crate::TracerBuilder::keep_if)) the spans of a trace that it says no
/// to are recorded all the same and held back, in a store of their own, until the trace's local
/// root has ended: the span without a parent, or with one in another process. Then all of them are
/// reported, or none.
///
/// ```
/// use std::time::Duration;
///
/// use tracer_core::{AlwaysOff, KeepIf, MemoryReporter, Tracer};
///
/// let memory = MemoryReporter::new();
/// let tracer = Tracer::builder("shop")
///     .sampler(AlwaysOff)
///     .keep_if(KeepIf::new().failed().slower_than(Duration::from_secs(60)))
///     .reporter(memory.clone())
///     .build();
/// for failed in [false, true] {
///     let request = tracer.span("request").start();
///     let query = tracer.span("query").child_of(&request).start();
///     // Others are told that the trace is not recorded, as the sampler has it.
///     assert!(!query.context().is_sampled());
///     query.set_tag("error", failed);
/// }
/// tracer.flush(Duration::from_secs(10)).unwrap();
/// if tracer_core::ENABLED {
///     let names: Vec<_> = memory.take().into_iter().map(|span| span.name).collect();
///     assert_eq!(names, ["query", "request"], "of the second trace alone");
/// }
/// ```
///
/// # What it promises
///
/// - All spans of this process' part of the trace that have finished before its local root are
///   reported with it, on whatever threads they were. The local root has the tag
///   [`tracer.kept`](crate::semconv::KEPT), which says why: `error`, `slow`, or `priority` where the
///   application has [asked for the trace](crate::semconv::opentracing::SAMPLING_PRIORITY) late.
///   What ends after that follows.
/// - A trace is kept as soon as one of its spans meets a condition: its failure is reported while
///   the request is still running.
/// - What is not kept is counted ([`DropReason::NotKept`](crate::DropReason::NotKept)), and so is
///   what could not be held ([`DropReason::Undecided`](crate::DropReason::Undecided)); what is held
///   is [`Books::held`](crate::Books::held). A shutdown decides by what is there.
/// - Traces that are sampled are as they were, and go the same way. `sampling.priority` of zero,
///   filters and the switches hold nothing.
///
/// # What it cannot promise
///
/// A trace crosses services, and each one sees its own part.
///
/// - **Other services go by the head decision.** What is sent to them says `sampled=0`, for when it
///   is sent nobody knows how the trace ends. Their parts are missing, unless they keep them too,
///   for reasons of their own. The ids are the same in all of them, so that the parts that were
///   kept join.
/// - **A caller need not see what its callee saw.** Where a call fails here, and the caller tries
///   again and succeeds, this part is kept and the caller's is not: its local root then names a
///   parent that nobody has reported. To judge traces as a whole takes a collector that sees all
///   spans (the OpenTelemetry Collector's `tail_sampling`), and a sampler that records them.
/// - **Several requests of one trace in this process** are judged one by one as long as they do
///   not overlap. Where they do, they share their fate: what of the second has ended by the time
///   the first one is let go is let go with it.
/// - **What ends after its local root** was let go is judged by itself: a failure of it is kept,
///   without what has gone.
/// - **Each tracer holds its own spans.** What is below another tracer's span in the same process
///   has no local root here, and is decided as below one that takes too long.
///
/// # What it costs
///
/// A trace that is held costs the threads that record it what a sampled one costs; nothing more
/// goes over the wire. All of them go through the recorder's rings: its budget
/// ([`RecorderOptions::max_bytes`](crate::RecorderOptions::max_bytes)) has to be what it would be
/// for a sampler that always says yes. The store comes on top of that
/// ([`with_max_bytes`](Self::with_max_bytes)), with a batch on its way through it and 256 KiB that
/// know what was decided lately. Where nothing is kept ([`TracerBuilder::keep_if`] was not called,
/// or no condition was set) nothing is held, and it costs nothing.
///
/// [`TracerBuilder::keep_if`]: crate::TracerBuilder::keep_if
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "give it to the tracer's builder"]
#[non_exhaustive]
pub struct KeepIf {
    pub(super) failed: bool,
    pub(super) slow_root: Option<Duration>,
    pub(super) slow_span: Option<Duration>,
    pub(super) max_bytes: usize,
    pub(super) max_spans: usize,
    pub(super) max_wait: Duration,
}

impl KeepIf {
    /// Keeps nothing yet: a trace is kept if any of the conditions that are set holds.
    pub const fn new() -> Self {
        Self {
            failed: false,
            slow_root: None,
            slow_span: None,
            max_bytes: 4 << 20,
            max_spans: 2_048,
            max_wait: Duration::from_secs(30),
        }
    }

    /// Keeps traces of which a span has failed: its status is
    /// [`Status::Error`](crate::Status::Error).
    pub const fn failed(mut self) -> Self {
        self.failed = true;
        self
    }

    /// Keeps traces whose local root took longer than this.
    pub const fn slower_than(mut self, limit: Duration) -> Self {
        self.slow_root = Some(limit);
        self
    }

    /// Keeps traces of which any span took longer than this.
    pub const fn any_slower_than(mut self, limit: Duration) -> Self {
        self.slow_span = Some(limit);
        self
    }

    /// Bytes that held spans may take, over all traces, on top of the recorder's own budget.
    /// Default 4 MiB. When they are spent, the trace that is held longest is let go: a trace that
    /// has been held for longer than [`slower_than`](Self::slower_than) by then is slow, and kept.
    pub const fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Most spans of one trace that are held. Default 2,048. Beyond that only the local root is
    /// taken, and a span that decides. Zero is one.
    pub const fn with_max_spans(mut self, spans: usize) -> Self {
        self.max_spans = if spans == 0 { 1 } else { spans };
        self
    }

    /// Longest time that a finished span waits for its trace's local root to end. Default 30 s.
    /// Then the trace is let go; if that is longer than [`slower_than`](Self::slower_than), it is
    /// slow by then, and kept. So a request that hangs is reported while it hangs.
    pub const fn with_max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }

    /// Whether anything can be kept.
    pub(crate) const fn has_condition(&self) -> bool {
        self.failed || self.slow_root.is_some() || self.slow_span.is_some()
    }
}

impl Default for KeepIf {
    fn default() -> Self {
        Self::new()
    }
}
