//! From a connection to a traced one.

#[cfg(feature = "aio")]
use std::ops::DerefMut;

#[cfg(feature = "aio")]
use crate::Guard;
use crate::{RedisTracing, TracedConnection};

/// An asynchronous connection and a blocking one, traced in the same way. `Kind` is there because
/// nothing but a connection is to have this method, and for all of redis' connections the compiler
/// finds it by itself. For a type that is both kinds at once it cannot: what stands in for a
/// connection in tests is often one (redis-test's `MockRedisConnection`, for example), and then the
/// error is `E0283`. [`RedisTracing::trace`] takes these, and all others.
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
///
/// With [`TraceExt::traced`] on such a guard the compiler sees the connection behind it, and says
/// `E0507`, cannot move out of dereference of `PooledConnection<'_, Client>`. Do not follow its
/// advice to call `clone` there: the guard goes back to the pool while its connection is still in
/// use, and the pool's limit counts for nothing. Call `traced_guard`:
///
/// ```no_run
/// use contrib_redis::{RedisTracing, TraceGuardExt};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let client = redis::Client::open("redis://cache.internal/")?;
/// let tracing = RedisTracing::of(&client);
/// let pool = bb8::Pool::builder().build(client).await?;
/// let mut connection = pool.get().await?.traced_guard(&tracing);
/// # Ok(())
/// # }
/// ```
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
