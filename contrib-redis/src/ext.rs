//! From a connection to a traced one.

#[cfg(feature = "aio")]
use crate::Guard;
use crate::{RedisTracing, TracedConnection};

/// Any connection, traced.
pub trait TraceExt: Sized {
    /// This connection, with a span for each of its commands. Takes a [`RedisTracing`], or the
    /// client the connection comes from; for pools and the like keep a [`RedisTracing`], which
    /// costs less to hand out.
    #[must_use]
    fn traced(self, tracing: impl Into<RedisTracing>) -> TracedConnection<Self> {
        TracedConnection { inner: self, config: tracing.into().config }
    }

    /// The same for what is no asynchronous connection itself and only leads to one: the guards of
    /// bb8's pools, a `&mut` of a connection. Blocking connections need it not.
    #[cfg(feature = "aio")]
    #[must_use]
    fn traced_guard(self, tracing: impl Into<RedisTracing>) -> TracedConnection<Guard<Self>> {
        Guard::new(self).traced(tracing)
    }
}

impl<C> TraceExt for C {}
