//! The wrapper.

use std::fmt;

use tracer_core::observe::Shared;

use crate::config::Config;

/// A connection whose commands have spans. It is what `C` is to redis: an asynchronous
/// `ConnectionLike` over an asynchronous one, a blocking one over a blocking one, and so it has
/// their commands, pipelines, scripts and iterators.
///
/// It does not deref to `C`: what is done with that directly is not traced.
#[derive(Clone)]
pub struct TracedConnection<C> {
    pub(crate) inner: C,
    pub(crate) config: Shared<Config>,
}

impl<C> TracedConnection<C> {
    /// The connection itself. Its commands are not traced.
    pub const fn get_ref(&self) -> &C {
        &self.inner
    }

    /// The connection itself, for its settings and subscriptions. Its commands are not traced.
    pub const fn get_mut(&mut self) -> &mut C {
        &mut self.inner
    }

    /// The connection, not traced any more.
    pub fn into_inner(self) -> C {
        self.inner
    }
}

impl<C> fmt::Debug for TracedConnection<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedConnection").field("config", &self.config).finish_non_exhaustive()
    }
}
