//! What an integration's clones have in common. `shared_off.rs` is its other half.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// A layer's or wrapper's settings: one refcount a clone, and nothing at all where tracing is
/// compiled out.
pub struct Shared<T> {
    inner: Arc<T>,
}

impl<T> Shared<T> {
    /// Settings.
    #[must_use]
    pub fn new(settings: T) -> Self {
        Self { inner: Arc::new(settings) }
    }

    /// The settings; `None` where tracing is compiled out.
    #[inline]
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        Some(&self.inner)
    }

    /// Other settings for this clone.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut T)) -> Self
    where
        T: Clone,
    {
        change(Arc::make_mut(&mut self.inner));
        self
    }
}

// Nobody sees settings half changed: they are made before they are shared. So a wrapper is as safe
// to unwind past as what it wraps.
impl<T> UnwindSafe for Shared<T> {}
impl<T> RefUnwindSafe for Shared<T> {}

impl<T> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
