//! Types of connections that the compiler needs to be told of, and what their wrappers are to it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::cell::Cell;
use std::marker::{PhantomData, PhantomPinned};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

use contrib_redis::{Asynchronous, Blocking, RedisTracing, TraceExt, TracedConnection};
use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value};
use testing::{Recorded, tree};

/// Stands in for a connection in tests, as mocks do: in an asynchronous way and in a blocking one.
struct Mock;

impl redis::ConnectionLike for Mock {
    fn req_packed_command(&mut self, _: &[u8]) -> RedisResult<Value> {
        Ok(Value::Int(1))
    }

    fn req_packed_commands(&mut self, _: &[u8], _: usize, _: usize) -> RedisResult<Vec<Value>> {
        Ok(vec![Value::Int(1)])
    }

    fn get_db(&self) -> i64 {
        0
    }

    fn check_connection(&mut self) -> bool {
        true
    }

    fn is_open(&self) -> bool {
        true
    }
}

impl redis::aio::ConnectionLike for Mock {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async { Ok(Value::Int(2)) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async { Ok(vec![Value::Int(2)]) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

#[tokio::test]
async fn of_both_kinds_at_once() {
    let recorded = Recorded::new();
    let tracing = RedisTracing::new().with_tracer(recorded.tracer.clone());
    let blocking = TraceExt::<Blocking>::traced(Mock, &tracing);
    let asynchronous = TraceExt::<Asynchronous>::traced(Mock, &tracing);
    for mut connection in [tracing.trace(Mock), blocking, asynchronous] {
        assert_eq!(redis::cmd("INCR").arg("key").query::<i64>(&mut connection), Ok(1));
        let answer = redis::cmd("INCR").arg("key").query_async::<i64>(&mut connection).await;
        assert_eq!(answer, Ok(2));
        let expected = if tracer_core::ENABLED { "client INCR\nclient INCR\n" } else { "" };
        assert_eq!(tree(&recorded.spans()), expected);
    }
}

/// The answer where a type has not got the trait; one that has answers before this is asked.
trait Has {
    const IT: bool = false;
}

impl<T> Has for T {}

/// Whether a type has a trait.
macro_rules! has {
    ($type:ty, $trait:path) => {{
        #[allow(dead_code, reason = "only its type is of use")]
        struct Type<T>(PhantomData<T>);
        #[allow(dead_code, reason = "some types have not got the trait")]
        impl<T: $trait> Type<T> {
            const IT: bool = true;
        }
        <Type<$type>>::IT
    }};
}

macro_rules! same {
    ($type:ty: $($trait:path),*) => {
        $(assert!(has!($type, $trait) == has!(TracedConnection<$type>, $trait));)*
    };
}

// The wrapper has what its connection has, and no more.
const _: () = {
    same!(MultiplexedConnection: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    same!(redis::Connection: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    same!(Rc<Mock>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    same!(Cell<i32>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    same!(Rc<Cell<i32>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    same!(&'static mut Mock: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    same!(PhantomPinned: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    same!(Mock: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone);
    // The question can be answered either way.
    assert!(has!(Mock, UnwindSafe) && !has!(Rc<Cell<i32>>, UnwindSafe));
    assert!(has!(Mock, Send) && !has!(Rc<Mock>, Send) && !has!(PhantomPinned, Unpin));
    assert!(has!(RedisTracing, UnwindSafe) && has!(RedisTracing, RefUnwindSafe));
};
