//! What an integration's clones have in common. `shared_off.rs` is its other half.

use std::fmt;
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
