//! Asynchronous connections: the one place that all their commands come past.

use std::ops::DerefMut;

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use tracer_core::observe::Shared;

use crate::call::{self, Call, Reply};
use crate::config::Config;
use crate::sent::{self, Sent};
use crate::{Guard, TracedConnection};

impl<C: ConnectionLike + Send> ConnectionLike for TracedConnection<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        let Self { inner, config } = self;
        traced(config, cmd, || inner.req_packed_command(cmd))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let Self { inner, config } = self;
        traced(config, pipeline, move || inner.req_packed_commands(pipeline, offset, count))
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }
}

/// The library's own future where it is certain by now that nothing is recorded. All else is decided
/// with the first poll, where the span starts and its parent is taken: whoever makes a future here
/// and polls it inside of a span means that span. A future that is never polled sends nothing.
fn traced<'a, S, R>(
    config: &'a Shared<Config>,
    sent: &'a S,
    send: impl FnOnce() -> RedisFuture<'a, R> + Send + 'a,
) -> RedisFuture<'a, R>
where
    S: Sent + Sync,
    R: Reply + Send + 'a,
{
    let Some(call) = Call::of(config, sent) else {
        return send();
    };
    Box::pin(async move {
        let config = call.config();
        let Some(mut observed) = call.start() else {
            return send().await;
        };
        let answer = observed.run(send);
        let (result, observed) = observed.drive(answer).await;
        call::end(config, observed, &result);
        result
    })
}

impl Sent for Pipeline {
    fn batch(&self) -> Option<bool> {
        Some(self.is_transaction())
    }

    fn commands(&self) -> impl Iterator<Item = impl Iterator<Item = &[u8]>> {
        self.cmd_iter().map(sent::args)
    }
}

impl<G> ConnectionLike for Guard<G>
where
    G: DerefMut,
    G::Target: ConnectionLike,
{
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        self.get_mut().req_packed_command(cmd)
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.get_mut().req_packed_commands(pipeline, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.get_ref().get_db()
    }
}
