//! The tracer that spans get when none is named.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::Tracer;

static GLOBAL: ArcSwapOption<Tracer> = ArcSwapOption::const_empty();

/// Makes this the tracer of [`span`](crate::span) and of layers that were given none. Returns the
/// one it replaces.
pub fn set_global(tracer: Tracer) -> Option<Tracer> {
    GLOBAL.swap(Some(Arc::new(tracer))).map(|old| (*old).clone())
}

/// Takes the global tracer away, so that its owner can drop it: statics are never dropped.
pub fn clear_global() -> Option<Tracer> {
    GLOBAL.swap(None).map(|old| (*old).clone())
}

/// The global tracer; `None` until one is set.
#[must_use]
pub fn global() -> Option<Tracer> {
    GLOBAL.load().as_deref().cloned()
}
