//! A Redis that is far away, at the end of a line that is not the best: what is asked takes a while,
//! and now and then no answer comes.
//!
//! It stands below the tracing: spans see what a program would see that really had such a line.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value};

use crate::Paces;

/// One of so many commands is not answered.
const LOST: u64 = 7;

/// A connection over that line. A clone is for one question: where that was not answered, it is the
/// next time. Or else somebody would be out of luck for ever, sooner or later.
#[derive(Clone)]
pub(crate) struct Far<C> {
    connection: C,
    paces: Paces,
    /// How many commands there were, over all clones.
    commands: Arc<AtomicU64>,
    has_lost: bool,
}

impl<C> Far<C> {
    pub(crate) fn new(connection: C, paces: Paces) -> Self {
        Self { connection, paces, commands: Arc::default(), has_lost: false }
    }

    /// There and back.
    async fn travel(&mut self) -> RedisResult<()> {
        let number = self.commands.fetch_add(1, Ordering::Relaxed) + 1;
        if number.is_multiple_of(LOST) && !self.has_lost {
            self.has_lost = true;
            tokio::time::sleep(self.paces.patience).await;
            return Err(io::Error::from(io::ErrorKind::TimedOut).into());
        }
        tokio::time::sleep(self.paces.redis).await;
        Ok(())
    }
}

impl<C: ConnectionLike + Send + Sync> ConnectionLike for Far<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            self.travel().await?;
            self.connection.req_packed_command(cmd).await
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            self.travel().await?;
            self.connection.req_packed_commands(pipeline, offset, count).await
        })
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}
