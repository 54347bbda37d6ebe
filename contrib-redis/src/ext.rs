//! From a connection to a traced one.

#[cfg(feature = "aio")]
use std::ops::DerefMut;

#[cfg(feature = "aio")]
use crate::Guard;
use crate::{RedisTracing, TracedConnection};

/// An asynchronous connection and a blocking one, traced in the same way. Which one it is needs no
/// saying: `Kind` is there because nothing but a connection is to have this method.
pub trait TraceExt<Kind>: Sized {
    /// This connection, with a span for each of its commands. Takes a [`RedisTracing`], or the
    /// client the connection comes from; for pools and the like keep a [`RedisTracing`], which
    /// costs less to hand out.
    #[must_use]
    fn traced(self, tracing: impl Into<RedisTracing>) -> TracedConnection<Self> {
        TracedConnection { inner: self, config: tracing.into().config }
    }
}

/// [`TraceExt`] of what redis can send a command over and await the answer.
#[cfg(feature = "aio")]
#[derive(Debug)]
pub enum Asynchronous {}

/// [`TraceExt`] of what redis can send a command over and wait for the answer.
#[derive(Debug)]
pub enum Blocking {}

#[cfg(feature = "aio")]
impl<C: redis::aio::ConnectionLike> TraceExt<Asynchronous> for C {}

impl<C: redis::ConnectionLike> TraceExt<Blocking> for C {}

/// What is no asynchronous connection itself and only leads to one: the guards of bb8's pools, a
/// `&mut` of a connection. Blocking connections need it not.
#[cfg(feature = "aio")]
pub trait TraceGuardExt: Sized {
    /// The connection behind it, with a span for each of its commands; see [`TraceExt::traced`].
    #[must_use]
    fn traced_guard(self, tracing: impl Into<RedisTracing>) -> TracedConnection<Guard<Self>> {
        TracedConnection { inner: Guard::new(self), config: tracing.into().config }
    }
}

#[cfg(feature = "aio")]
impl<G> TraceGuardExt for G
where
    G: DerefMut,
    G::Target: redis::aio::ConnectionLike,
{
}
