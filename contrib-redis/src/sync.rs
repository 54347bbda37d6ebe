//! Blocking connections: the few places that all their commands come past.
//!
//! Pipelines and iterators come packed for the wire, and are read again for their names.

use redis::{Cmd, ConnectionLike, RedisResult, Value};
use tracer_core::observe::Shared;

use crate::TracedConnection;
use crate::call::{self, Call, Reply};
use crate::config::Config;
use crate::sent::{PackedBatch, PackedCommand, Sent};

// redis has this trait for every `DerefMut` to a connection: the wrapper must not become one.
impl<C: ConnectionLike> ConnectionLike for TracedConnection<C> {
    fn req_packed_command(&mut self, cmd: &[u8]) -> RedisResult<Value> {
        let inner = &mut self.inner;
        traced(&self.config, &PackedCommand(cmd), || inner.req_packed_command(cmd))
    }

    fn req_packed_commands(
        &mut self,
        cmd: &[u8],
        offset: usize,
        count: usize,
    ) -> RedisResult<Vec<Value>> {
        let inner = &mut self.inner;
        traced(&self.config, &PackedBatch(cmd), || inner.req_packed_commands(cmd, offset, count))
    }

    fn req_command(&mut self, cmd: &Cmd) -> RedisResult<Value> {
        let inner = &mut self.inner;
        traced(&self.config, cmd, || inner.req_command(cmd))
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }

    fn supports_pipelining(&self) -> bool {
        self.inner.supports_pipelining()
    }

    fn check_connection(&mut self) -> bool {
        self.inner.check_connection()
    }

    fn is_open(&self) -> bool {
        self.inner.is_open()
    }
}

fn traced<S: Sent, R: Reply>(
    config: &Shared<Config>,
    sent: &S,
    send: impl FnOnce() -> RedisResult<R>,
) -> RedisResult<R> {
    let Some(call) = Call::of(config, sent) else {
        return send();
    };
    let config = call.config();
    let Some(mut observed) = call.start() else {
        return send();
    };
    let result = observed.run(send);
    call::end(config, observed, &result);
    result
}
