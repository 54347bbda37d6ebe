//! The wrapper is what it wraps.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::sync::Arc;

use contrib_redis::TraceExt;
use redis::{ConnectionLike, Value};
use support::{client, named};
use testing::{Recorded, tag};
use tracer_core::semconv;

/// Traced or not, a connection is what it is.
#[test]
fn blocking_connections_answer_for_themselves() {
    let recorded = Recorded::new();
    let mut connection =
        client().get_connection().unwrap().traced(support::tracing(&recorded.tracer));
    assert!(connection.check_connection() && connection.is_open());
    assert!(connection.supports_pipelining());
    assert_eq!(connection.get_db(), connection.get_ref().get_db());
    let _: String = redis::cmd("PING").query(connection.get_mut()).unwrap();
    assert!(recorded.spans().is_empty(), "none of it is a command of the user's");
    let mut plain = connection.into_inner();
    let _: String = redis::cmd("PING").query(&mut plain).unwrap();
    // Packed by hand, and not for redis.
    let mut connection = plain.traced(support::tracing(&recorded.tracer));
    let answer = connection.req_packed_command(b"PING\r\n").unwrap();
    assert_eq!(answer, Value::SimpleString("PONG".into()));
    if tracer_core::ENABLED {
        assert_eq!(recorded.one().name, named("_OTHER"));
    }
}

/// The library's own future, and a panic of somebody else's.
#[tokio::test]
async fn a_panic_goes_on() {
    struct Panics;
    impl redis::aio::ConnectionLike for Panics {
        fn req_packed_command<'a>(
            &'a mut self,
            _: &'a redis::Cmd,
        ) -> redis::RedisFuture<'a, Value> {
            Box::pin(async { panic!("somebody else's") })
        }

        fn req_packed_commands<'a>(
            &'a mut self,
            _: &'a redis::Pipeline,
            _: usize,
            _: usize,
        ) -> redis::RedisFuture<'a, Vec<Value>> {
            panic!("somebody else's")
        }

        fn get_db(&self) -> i64 {
            0
        }
    }
    let recorded = Arc::new(Recorded::new());
    for pipeline in [false, true] {
        let mut connection = Panics.traced(support::tracing(&recorded.tracer));
        let work = tokio::spawn(async move {
            if pipeline {
                redis::pipe().ping().query_async::<Value>(&mut connection).await
            } else {
                redis::cmd("PING").query_async::<Value>(&mut connection).await
            }
        });
        assert!(work.await.unwrap_err().is_panic());
        if tracer_core::ENABLED {
            let span = recorded.one();
            assert_eq!(
                (&*span.name, tag(&span, semconv::ERROR_TYPE)),
                (&*named("PING"), "panic".into())
            );
        }
    }
}

/// Other libraries' pools are traced by a method of the same name, and in the same file.
#[test]
fn only_connections_have_the_method() {
    trait PoolExt: Sized {
        fn traced(self) -> &'static str {
            "a pool"
        }
    }
    struct Pool;
    impl PoolExt for Pool {}
    assert_eq!(Pool.traced(), "a pool");
    let connection = client().get_connection().unwrap().traced(&client());
    assert!(connection.is_open());
}
