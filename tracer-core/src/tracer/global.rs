//! The tracer that spans get when none is named.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::Tracer;

static GLOBAL: ArcSwapOption<Tracer> = ArcSwapOption::const_empty();

/// Makes this the tracer of [`span`](crate::span) and of layers that were given none. Returns the
/// one it replaces: if that was its last clone, it shuts down where the result is dropped, and
/// that can wait for [`RecorderOptions::shutdown_timeout`](crate::RecorderOptions). In
/// asynchronous code, and where another deadline is wanted, keep it and
/// [shut it down](Tracer::shutdown).
pub fn set_global(tracer: Tracer) -> Option<Tracer> {
    GLOBAL.swap(Some(Arc::new(tracer))).map(|old| (*old).clone())
}

/// Takes the global tracer away: statics are never dropped, and so would never send their last
/// spans. The tracer shuts down where its last clone is dropped; with no other one around, that is
/// where the result of this is.
pub fn clear_global() -> Option<Tracer> {
    GLOBAL.swap(None).map(|old| (*old).clone())
}

/// Asks the global tracer, without a clone of it; false where there is none.
pub(crate) fn global_is(what: impl FnOnce(&Tracer) -> bool) -> bool {
    GLOBAL.load().as_deref().is_some_and(what)
}

/// The global tracer for as long as a request: not an owner of it, so that no request is the one
/// that shuts down a tracer which was replaced meanwhile.
pub(crate) fn global_for_now() -> Option<Tracer> {
    GLOBAL.load().as_deref().map(Tracer::for_now)
}

/// The global tracer; `None` until one is set. Held for longer than [`set_global`] or
/// [`clear_global`] takes, it is one of the clones that the shutdown waits for.
#[must_use]
pub fn global() -> Option<Tracer> {
    GLOBAL.load().as_deref().cloned()
}
