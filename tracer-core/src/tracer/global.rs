//! The tracer that spans get when none is named.

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwapOption;

use super::Tracer;
use crate::fork;

/// For requests: none of them is an owner of it, not even for the moment of looking.
static GLOBAL: ArcSwapOption<Tracer> = ArcSwapOption::const_empty();
/// Its owner.
static OWNED: Mutex<Option<Tracer>> = Mutex::new(None);

/// Returns the one that was there.
fn replace(tracer: Option<Tracer>) -> Option<Tracer> {
    let mut owned = fork::lock(&OWNED);
    GLOBAL.store(tracer.as_ref().map(|tracer| Arc::new(tracer.for_now())));
    match &mut owned {
        Some(owned) => std::mem::replace(&mut **owned, tracer),
        None => None,
    }
}

/// Makes this the tracer of [`span`](crate::span) and of layers that were given none. Returns the
/// one it replaces: if that was its last clone, it shuts down where the result is dropped, and
/// that can wait for [`RecorderOptions::shutdown_timeout`](crate::RecorderOptions). In
/// asynchronous code, and where another deadline is wanted, keep it and
/// [shut it down](Tracer::shutdown).
#[allow(clippy::must_use_candidate, reason = "dropped, it shuts down, as the text says")]
pub fn set_global(tracer: Tracer) -> Option<Tracer> {
    replace(Some(tracer))
}

/// Takes the global tracer away: statics are never dropped, and so would never send their last
/// spans. The tracer shuts down where its last clone is dropped; with no other one around, that is
/// where the result of this is.
#[allow(clippy::must_use_candidate, reason = "dropped, it shuts down, as the text says")]
pub fn clear_global() -> Option<Tracer> {
    replace(None)
}

/// Asks the global tracer, without a clone of it; false where there is none.
pub(crate) fn global_is(what: impl FnOnce(&Tracer) -> bool) -> bool {
    GLOBAL.load().as_deref().is_some_and(what)
}

/// The global tracer for as long as a request: not an owner of it, so that no request is the one
/// that shuts down a tracer which was replaced meanwhile.
pub(crate) fn global_for_now() -> Option<Tracer> {
    GLOBAL.load().as_deref().cloned()
}

/// The global tracer; `None` until one is set. Held for longer than [`set_global`] or
/// [`clear_global`] takes, it is one of the clones that the shutdown waits for.
#[must_use]
pub fn global() -> Option<Tracer> {
    fork::lock(&OWNED).map_or_else(global_for_now, |owned| owned.clone())
}
