//! [`Span`]: the owner of a span.

use std::fmt;
use std::ops::Deref;
use std::time::SystemTime;

use super::{Live, SpanRef};
use crate::clock::Stamp;
use crate::context::SpanContext;

/// A piece of work. Ends when it is dropped, or by [`finish`](Self::finish).
///
/// Tags, logs, baggage and entering are methods of [`SpanRef`], to which this derefs;
/// [`handle`](Self::handle) makes a handle that other tasks can hold.
///
/// ```
/// # let tracer = tracer_core::Tracer::builder("shop").build();
/// let span = tracer.span("checkout").start();
/// span.set_tag("cart.items", 3);
/// std::thread::scope(|scope| {
///     let handle = span.handle();
///     scope.spawn(move || {
///         handle.log("payment accepted");
///     });
/// });
/// span.finish();
/// ```
///
/// A span ends once, which the compiler knows:
///
/// ```compile_fail
/// # let span = tracer_core::Span::noop();
/// span.finish();
/// span.finish();
/// ```
#[must_use = "a span ends when it is dropped"]
pub struct Span {
    handle: SpanRef,
}

impl Span {
    /// A span with nothing inside.
    pub const fn noop() -> Self {
        Self { handle: SpanRef::noop() }
    }

    /// A span that records nothing and hands this context on.
    pub fn passive(context: SpanContext) -> Self {
        Self { handle: SpanRef { live: Live::passive(context) } }
    }

    /// A handle for other tasks and threads.
    #[must_use]
    pub fn handle(&self) -> SpanRef {
        self.handle.clone()
    }

    /// Ends the span now.
    pub fn finish(self) {
        drop(self);
    }

    /// Ends the span at a given time; a time before its start counts as its start.
    pub fn finish_at(mut self, time: SystemTime) {
        self.end(Some(Stamp::explicit(time)));
    }

    /// Ends the span at an earlier reading of the clock.
    pub(crate) fn finish_stamped(mut self, end: Option<Stamp>) {
        self.end(end);
    }

    #[inline]
    fn end(&mut self, end: Option<Stamp>) {
        Live::end(self.handle.live.take(), end);
    }

    #[inline]
    pub(crate) const fn live_mut(&mut self) -> &mut Option<Live> {
        &mut self.handle.live
    }

    #[inline]
    pub(crate) const fn from_live(live: Option<Live>) -> Self {
        Self { handle: SpanRef { live } }
    }
}

impl Default for Span {
    fn default() -> Self {
        Self::noop()
    }
}

impl Deref for Span {
    type Target = SpanRef;

    fn deref(&self) -> &SpanRef {
        &self.handle
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        self.end(None);
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(f)
    }
}
