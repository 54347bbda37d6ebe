//! The current span: what a thread is working on.

mod future;
mod guard;
mod local;
mod stack;
mod tracers;

pub use future::{Attached, InSpan, InSpanExt, bind_current};
pub use guard::Entered;
pub(crate) use guard::{Lent, enter, suppress};
pub use local::is_suppressed;
pub(crate) use local::{
    Below, Local, below, finish, give_back, ids, is_empty, scratch, start, unrecorded, with_local,
};
pub(crate) use stack::{Lean, Top};

use crate::id::{SpanId, TraceId};
use crate::span::SpanRef;

/// The span that this thread works on; a noop where there is none.
///
/// ```
/// # let tracer = tracer_core::Tracer::builder("shop").build();
/// fn deep_down() {
///     tracer_core::current().log("reached");
/// }
///
/// let span = tracer.span("request").start();
/// let _entered = span.enter();
/// deep_down();
/// ```
#[must_use]
#[inline]
pub fn current() -> SpanRef {
    if crate::ENABLED { look() } else { SpanRef::noop() }
}

fn look() -> SpanRef {
    SpanRef { live: with_local(Local::current).flatten() }
}

/// Whether this thread works on a span; quicker than to look at [`current`].
#[inline]
#[must_use]
pub fn has_current() -> bool {
    crate::ENABLED && !is_empty()
}

/// Trace id, span id and W3C trace flags of the current span, sampled or not: what a line of a log
/// shows of it. Makes no handle, which costs more. `None` where no span is current, or one without
/// ids, as while tracing is off.
///
/// ```
/// # let tracer = tracer_core::Tracer::builder("shop").build();
/// let _scope = tracer.scope("request");
/// if let Some((trace_id, span_id, _)) = tracer_core::current_ids() {
///     println!("order placed trace_id={trace_id} span_id={span_id}");
/// }
/// ```
#[must_use]
pub fn current_ids() -> Option<(TraceId, SpanId, u8)> {
    if !has_current() {
        return None;
    }
    with_local(|local| local.ids()).flatten()
}
