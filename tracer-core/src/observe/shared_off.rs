//! An integration's settings while tracing is compiled out: nobody asks for them.

use std::fmt;
use std::marker::PhantomData;

/// A layer's or wrapper's settings: one refcount a clone, and nothing at all where tracing is
/// compiled out.
pub struct Shared<T> {
    gone: PhantomData<fn() -> T>,
}

impl<T> Shared<T> {
    /// Settings.
    #[must_use]
    pub fn new(_: T) -> Self {
        Self { gone: PhantomData }
    }

    /// The settings; `None` where tracing is compiled out.
    #[inline]
    #[must_use]
    pub const fn get(&self) -> Option<&T> {
        None
    }

    /// Other settings for this clone.
    #[must_use]
    pub fn with(self, _: impl FnOnce(&mut T)) -> Self
    where
        T: Clone,
    {
        self
    }
}

impl<T> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { gone: PhantomData }
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared(compiled out)")
    }
}
