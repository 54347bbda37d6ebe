//! The wrapper is what it wraps.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::sync::Arc;

use contrib_redis::{TraceExt, TraceGuardExt};
use redis::{Cmd, ConnectionLike, RedisResult, Value};
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

/// A blocking connection that notes how it is used.
#[derive(Default)]
struct Noting(Vec<&'static str>);

impl ConnectionLike for Noting {
    fn req_packed_command(&mut self, _: &[u8]) -> RedisResult<Value> {
        self.0.push("packed");
        Ok(Value::Nil)
    }

    fn req_packed_commands(&mut self, _: &[u8], _: usize, _: usize) -> RedisResult<Vec<Value>> {
        self.0.push("batch");
        Ok(vec![Value::Nil])
    }

    fn req_command(&mut self, command: &Cmd) -> RedisResult<Value> {
        self.0.push(if command.is_no_response() { "silent" } else { "command" });
        Ok(Value::Nil)
    }

    fn get_db(&self) -> i64 {
        7
    }

    fn supports_pipelining(&self) -> bool {
        false
    }

    fn check_connection(&mut self) -> bool {
        self.0.push("check");
        false
    }

    fn is_open(&self) -> bool {
        false
    }
}

/// What a packed command does not say any more reaches the connection.
#[test]
fn each_method_goes_to_its_own() {
    let recorded = Recorded::new();
    let mut connection = Noting::default().traced(support::tracing(&recorded.tracer));
    connection.req_command(&redis::cmd("PING")).unwrap();
    connection.req_command(redis::cmd("SUBSCRIBE").set_no_response(true)).unwrap();
    connection.req_packed_command(&redis::cmd("PING").get_packed_command()).unwrap();
    connection.req_packed_commands(&redis::pipe().ping().get_packed_pipeline(), 0, 1).unwrap();
    assert!(!connection.check_connection() && !connection.is_open());
    assert!(!connection.supports_pipelining());
    assert_eq!(connection.get_db(), 7);
    assert!(redis::pipe().ping().query::<Value>(&mut connection).is_err(), "it has no pipelines");
    assert_eq!(connection.into_inner().0, ["command", "silent", "packed", "batch", "check"]);
    if tracer_core::ENABLED {
        let expected = ["PING", "SUBSCRIBE", "PING", "PING"].map(named);
        let mut spans = recorded.spans();
        spans.sort_by_key(|span| span.start);
        assert!(spans.iter().map(|span| &span.name).eq(&expected), "{spans:?}");
    }
}

#[tokio::test]
async fn a_guard_knows_the_database() {
    let client = client();
    let info = client.get_connection_info().clone();
    let settings = info.redis_settings().clone().set_db(4);
    let client = redis::Client::open(info.set_redis_settings(settings)).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let guard = (&mut connection).traced_guard(&client);
    assert_eq!(redis::aio::ConnectionLike::get_db(&guard), 4);
    let traced = guard.into_inner().into_inner().clone().traced(&client);
    assert_eq!(redis::aio::ConnectionLike::get_db(&traced), 4);
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
