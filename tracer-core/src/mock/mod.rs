//! A tracer for tests: what it records stays in memory, to be looked at.
//!
//! ```
//! use tracer_core::mock::MockTracer;
//! use tracer_core::{SpanKind, Status, Tracer};
//!
//! // The code to be tested.
//! fn checkout(tracer: &Tracer, cents: i64) {
//!     let span = tracer.span("checkout").kind(SpanKind::Server).tag("cents", cents).start();
//!     let _entered = span.enter();
//!     if cents > 1_000 {
//!         tracer.scope("ask the bank").set_tag("error", true);
//!     }
//! }
//!
//! let tracer = MockTracer::new();
//! checkout(&tracer, 5_000);
//! # if !tracer_core::ENABLED { return }
//! let spans = tracer.finished_spans();
//! assert_eq!(spans.len(), 2);
//! assert_eq!(spans[0].name, "ask the bank", "the first to finish");
//! assert_eq!(spans[0].status, Status::ERROR);
//! assert_eq!(tracer.children_of(&spans[1]), spans[..1]);
//! assert_eq!(tracer.open_spans(), 0, "nothing was left open");
//! ```
//!
//! Code that names no tracer finds the global one, which a test can lend itself:
//!
//! ```
//! use tracer_core::mock::MockTracer;
//!
//! fn render() {
//!     tracer_core::span("render").tag("pages", 3).start().finish();
//! }
//!
//! let tracer = MockTracer::new();
//! let global = tracer.set_as_global();
//! render();
//! drop(global); // the one before is back
//! # if !tracer_core::ENABLED { return }
//! let span = tracer.span_named("render").expect("a span");
//! assert_eq!(span.tag("pages"), Some(&3.into()));
//! ```
//!
//! It records what a real tracer with the same settings records, by the same code. With tracing
//! compiled out (the features `off` and `release-off`) that is nothing: no span finishes, none is
//! open, and nothing panics. Tests that have to pass then too begin with
//! `if !tracer_core::ENABLED { return }`.

mod global;
mod kept;

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use global::GlobalMock;
use kept::{Collect, Kept};

use crate::id::TraceId;
use crate::record::FinishedSpan;
use crate::tracer::{Tracer, TracerBuilder};

/// The reporter of a mock tracer fills a list, which takes no time worth mentioning.
const AT_MOST: Duration = Duration::from_secs(30);

/// A tracer that keeps its finished spans: see the [module](self). Derefs to [`Tracer`]. A clone
/// has the same tracer and the same spans.
///
/// The latest 100,000 spans are kept.
#[derive(Clone)]
pub struct MockTracer {
    tracer: Tracer,
    kept: Arc<Mutex<Kept>>,
}

impl MockTracer {
    /// A tracer of the service `mock`, with all defaults: it records everything.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Tracer::builder("mock"))
    }

    /// A tracer of any other set-up. Its reporter is replaced.
    ///
    /// ```
    /// use tracer_core::mock::MockTracer;
    /// use tracer_core::{AlwaysOff, Tracer};
    ///
    /// let tracer = MockTracer::with(Tracer::builder("shop").sampler(AlwaysOff));
    /// tracer.span("not recorded").start().finish();
    /// assert!(tracer.finished_spans().is_empty());
    /// ```
    #[must_use]
    pub fn with(builder: TracerBuilder) -> Self {
        let kept = Arc::default();
        let tracer = builder.reporter(Collect(Arc::clone(&kept))).build();
        Self { tracer, kept }
    }

    /// The spans that have finished since the beginning, or the last [`reset`](Self::reset), in
    /// the order in which they finished, on all threads. They are copies.
    ///
    /// The order is that of the clock's readings at the end of each span. One whose end was given
    /// ([`finish_at`](crate::Span::finish_at)) stands behind the span that its thread finished
    /// before it.
    #[must_use]
    pub fn finished_spans(&self) -> Vec<FinishedSpan> {
        self.flushed().in_order()
    }

    /// How many spans are recorded and have not finished. Those that were open at a
    /// [`reset`](Self::reset) do not count.
    #[must_use]
    pub fn open_spans(&self) -> u64 {
        let kept = self.flushed();
        let books = self.tracer.books();
        books.open.saturating_sub(kept.forgotten(books.dropped()))
    }

    /// Forgets the finished spans and those that are open now. Those stay as usable as they were:
    /// when they finish they are among the finished ones.
    pub fn reset(&self) {
        let mut kept = self.flushed();
        let books = self.tracer.books();
        kept.reset(books.open, books.dropped());
    }

    /// The first span of this name that has finished.
    #[must_use]
    pub fn span_named(&self, name: &str) -> Option<FinishedSpan> {
        self.finished_spans().into_iter().find(|span| span.name == name)
    }

    /// All spans of this name, in the order in which they finished.
    #[must_use]
    pub fn spans_named(&self, name: &str) -> Vec<FinishedSpan> {
        self.finished_where(|span| span.name == name)
    }

    /// The finished spans that have this one for a parent, in the order in which they finished.
    #[must_use]
    pub fn children_of(&self, parent: &FinishedSpan) -> Vec<FinishedSpan> {
        self.finished_where(|span| {
            span.trace_id == parent.trace_id
                && span.parent_id.is_some()
                && span.parent_id == parent.span_id
        })
    }

    /// The finished spans that have no parent, in the order in which they finished.
    #[must_use]
    pub fn roots(&self) -> Vec<FinishedSpan> {
        self.finished_where(|span| span.parent_id.is_none())
    }

    /// The finished spans of one trace, in the order in which they finished.
    #[must_use]
    pub fn trace(&self, trace_id: TraceId) -> Vec<FinishedSpan> {
        self.finished_where(|span| span.trace_id == Some(trace_id))
    }

    fn finished_where(&self, wanted: impl Fn(&FinishedSpan) -> bool) -> Vec<FinishedSpan> {
        let mut spans = self.finished_spans();
        spans.retain(wanted);
        spans
    }

    /// What has been kept, with all that has finished by now.
    fn flushed(&self) -> MutexGuard<'_, Kept> {
        // Where the tracer was shut down everything has come already.
        let _ = self.tracer.flush(AT_MOST);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MockTracer {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for MockTracer {
    type Target = Tracer;

    fn deref(&self) -> &Tracer {
        &self.tracer
    }
}

impl fmt::Debug for MockTracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockTracer").field("tracer", &self.tracer).finish_non_exhaustive()
    }
}
