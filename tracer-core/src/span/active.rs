//! [`ActiveSpan`]: a span that is current as long as it lives.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::{Live, SpanRef};
use crate::value::Value;
use crate::{ENABLED, current};

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
    place: Place,
    not_send: PhantomData<*const ()>,
}

/// Where an active span is among the thread's entered spans.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// It does nothing.
    Nowhere,
    /// Entered, with this ticket.
    At(usize),
    /// It is not recorded, and the span around it, of this ticket, stands for it.
    Around(usize),
}

impl ActiveSpan {
    #[inline]
    pub(crate) const fn new(place: Place) -> Self {
        Self { place, not_send: PhantomData }
    }

    /// A handle of the span, for everything that this type does not offer itself. A
    /// [`scope`](crate::Tracer::scope) in a trace that is not recorded shares the handle, and so
    /// the baggage, of the span around it.
    #[must_use]
    #[inline]
    pub fn handle(&self) -> SpanRef {
        match self.place {
            Place::At(ticket) | Place::Around(ticket) if ENABLED => handle(ticket),
            _ => SpanRef::noop(),
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
        if let Place::At(ticket) = self.place
            && ENABLED
        {
            end(ticket);
        }
    }
}

fn handle(ticket: usize) -> SpanRef {
    SpanRef { live: current::with_local(|local| local.handle(ticket)).flatten() }
}

/// Not in line: most guards of a service that samples little have nothing to end.
#[inline(never)]
fn end(ticket: usize) {
    if let Some(Some(left)) = current::with_local(|local| local.end_active(ticket)) {
        end_outside(left);
    }
}

/// Outside the loan: it may be the last holder of a tracer, or one that somebody is told of.
#[cold]
fn end_outside(left: Live) {
    Live::end(Some(left), None);
}
