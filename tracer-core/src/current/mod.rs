//! The current span: what a thread is working on.

mod future;
mod guard;
mod local;
mod stack;

pub use future::{Attached, InSpan, InSpanExt, bind_current};
pub use guard::Entered;
pub(crate) use guard::{Lent, enter, suppress};
pub(crate) use local::{
    Below, Lately, Local, below, finish, give_back, ids, is_empty, is_suppressed, scratch, start,
    with_local,
};
pub(crate) use stack::{Lean, Top};

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
pub fn current() -> SpanRef {
    if !crate::ENABLED {
        return SpanRef::noop();
    }
    SpanRef { live: with_local(Local::current).flatten() }
}
