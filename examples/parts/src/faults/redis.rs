//! Commands to Redis that fail: a connection below the one that traces.

use std::future::pending;
use std::io;

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value, parse_redis_value};

use super::{Hook, Kind, wait};

/// A connection that breaks.
#[derive(Clone, Debug)]
pub struct FaultyConnection<C> {
    inner: C,
    hook: Hook,
}

impl<C> FaultyConnection<C> {
    /// At this place.
    pub const fn new(inner: C, hook: Hook) -> Self {
        Self { inner, hook }
    }
}

impl<C: ConnectionLike + Send> ConnectionLike for FaultyConnection<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            strike(&self.hook).await?;
            self.inner.req_packed_command(cmd).await
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            strike(&self.hook).await?;
            self.inner.req_packed_commands(pipeline, offset, count).await
        })
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }
}

/// In Redis' own words, and the operating system's.
async fn strike(hook: &Hook) -> RedisResult<()> {
    let broken = |kind: io::ErrorKind| Err(io::Error::from(kind).into());
    match hook.now() {
        Some(Kind::Latency { by, jitter }) => {
            wait(by, jitter).await;
            Ok(())
        }
        Some(Kind::Hang) => pending().await,
        Some(Kind::Timeout(time)) => {
            tokio::time::sleep(time).await;
            broken(io::ErrorKind::TimedOut)
        }
        Some(Kind::Refused) => broken(io::ErrorKind::ConnectionRefused),
        Some(Kind::Reset) => broken(io::ErrorKind::ConnectionReset),
        Some(Kind::Error) => says(b"-ERR fault injected\r\n"),
        Some(Kind::WrongType) => {
            says(b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        }
        _ => Ok(()),
    }
}

/// What the library makes of this answer.
fn says(answer: &[u8]) -> RedisResult<()> {
    parse_redis_value(answer)?.extract_error().map(drop)
}
