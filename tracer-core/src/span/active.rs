//! [`ActiveSpan`]: a span that is current as long as it lives.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::SpanRef;
use crate::current;
use crate::value::Value;

/// A span that is current on this thread, and ends with this guard. For synchronous code; made by
/// [`Tracer::scope`](crate::Tracer::scope) or, with everything a builder offers, by
/// [`SpanBuilder::start_active`](super::SpanBuilder::start_active).
///
/// ```
/// # let tracer = tracer_core::Tracer::builder("shop").build();
/// fn price(tracer: &tracer_core::Tracer) -> u32 {
///     let span = tracer.scope("price");
///     span.set_tag("currency", "EUR");
///     42
/// }
/// # price(&tracer);
/// ```
///
/// It stays on its thread, which the compiler knows:
///
/// ```compile_fail
/// # let tracer = tracer_core::Tracer::builder("shop").build();
/// let span = tracer.scope("price");
/// std::thread::spawn(move || drop(span));
/// ```
#[must_use = "the span ends when the guard is dropped"]
#[derive(Debug)]
pub struct ActiveSpan {
    /// Where it is among the thread's entered spans; `None` where it is not recorded and nothing
    /// tells it from the span around it.
    depth: Option<usize>,
    not_send: PhantomData<*const ()>,
}

impl ActiveSpan {
    #[inline]
    pub(crate) const fn new(depth: Option<usize>) -> Self {
        Self { depth, not_send: PhantomData }
    }

    /// A handle of the span, for everything that this type does not offer itself.
    #[must_use]
    pub fn handle(&self) -> SpanRef {
        match self.depth {
            Some(depth) => {
                let live = current::with_local(|local| local.handle(depth));
                SpanRef { live: live.flatten() }
            }
            None => SpanRef::noop(),
        }
    }

    /// Sets a tag; an earlier value under the same key is replaced.
    pub fn set_tag(&self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> &Self {
        self.handle().set_tag(key, value);
        self
    }

    /// Writes a log of one field, `event`.
    pub fn log(&self, event: impl Into<Cow<'static, str>>) -> &Self {
        self.handle().log(event);
        self
    }

    /// Ends the span now.
    pub fn finish(self) {
        drop(self);
    }
}

impl Drop for ActiveSpan {
    #[inline]
    fn drop(&mut self) {
        if let Some(depth) = self.depth {
            // Dropped outside the loan: it may be the last holder of a tracer.
            drop(current::with_local(|local| local.end_active(depth)));
        }
    }
}
