//! Pointers to connections, as connections.

use std::fmt;

/// What leads to an asynchronous connection, as a connection: redis has its trait for few such
/// pointers. See [`TraceGuardExt`](crate::TraceGuardExt).
#[derive(Clone)]
pub struct Guard<G> {
    inner: G,
}

impl<G> Guard<G> {
    pub(crate) const fn new(inner: G) -> Self {
        Self { inner }
    }

    /// The pointer itself.
    pub const fn get_ref(&self) -> &G {
        &self.inner
    }

    /// The pointer itself.
    pub const fn get_mut(&mut self) -> &mut G {
        &mut self.inner
    }

    /// The pointer itself.
    pub fn into_inner(self) -> G {
        self.inner
    }
}

impl<G> fmt::Debug for Guard<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}
