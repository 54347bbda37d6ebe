//! Pipelines and transactions: one span each, and errors wherever they come.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_redis::TraceExt;
use redis::{AsyncCommands, Pipeline, RedisResult, Value};
use support::{client, named, unique};
use testing::{Recorded, tag};
use tracer_core::{FinishedSpan, semconv};

/// Over both kinds of connections, traced and not: the answers are the same, and the two spans are.
async fn made(pipeline: &Pipeline) -> (RedisResult<Value>, Option<FinishedSpan>) {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer);
    let mut plain = client().get_multiplexed_async_connection().await.unwrap();
    let expected = pipeline.query_async::<Value>(&mut plain).await;
    let mut traced = plain.traced(&tracing);
    let answer = pipeline.query_async::<Value>(&mut traced).await;
    // Not every error of redis is equal to itself.
    assert_eq!(format!("{answer:?}"), format!("{expected:?}"));
    let asynchronous = tracer_core::ENABLED.then(|| recorded.one());

    let mut plain = client().get_connection().unwrap();
    let expected = pipeline.query::<Value>(&mut plain);
    let blocking = pipeline.query::<Value>(&mut plain.traced(&tracing));
    assert_eq!(format!("{blocking:?}"), format!("{expected:?}"));
    let blocking = tracer_core::ENABLED.then(|| recorded.one());
    let said = |span: &Option<FinishedSpan>| {
        span.as_ref().map(|span| (span.name.clone(), span.tags.clone(), span.status.clone()))
    };
    assert_eq!(said(&asynchronous), said(&blocking));
    (answer, asynchronous)
}

fn expect(span: Option<FinishedSpan>, operation: &str, size: &str, error: &str) {
    assert_eq!(span.is_some(), tracer_core::ENABLED);
    let Some(span) = span else { return };
    assert_eq!(span.name, named(operation));
    assert_eq!(tag(&span, semconv::DB_OPERATION_NAME), operation);
    assert_eq!(tag(&span, semconv::DB_OPERATION_BATCH_SIZE), size, "{operation}");
    assert_eq!(tag(&span, semconv::ERROR_TYPE), error, "{operation}");
    assert_eq!(tag(&span, semconv::DB_RESPONSE_STATUS_CODE), error, "{operation}");
    assert_eq!(span.status.is_error(), !error.is_empty(), "{operation}");
}

fn sets(count: usize) -> Pipeline {
    let mut pipeline = redis::pipe();
    let key = unique("sets");
    for nth in 0..count {
        pipeline.set_ex(format!("{key}:{nth}"), nth, 60);
    }
    pipeline
}

#[tokio::test]
async fn of_any_length() {
    for (count, operation, size) in
        [(1, "SETEX", ""), (2, "PIPELINE SETEX", "2"), (1000, "PIPELINE SETEX", "1000")]
    {
        let mut pipeline = sets(count);
        let (answer, span) = made(&pipeline).await;
        assert_eq!(answer, Ok(Value::Array(vec![Value::Okay; count])));
        expect(span, operation, size, "");
        let (answer, span) = made(pipeline.atomic()).await;
        assert_eq!(answer, Ok(Value::Array(vec![Value::Okay; count])));
        expect(span, "MULTI SETEX", size, "");
    }
}

#[tokio::test]
async fn of_nothing() {
    let (answer, span) = made(redis::pipe().atomic()).await;
    assert_eq!(answer, Ok(Value::Array(Vec::new())));
    expect(span, "MULTI", "0", "");
    // redis sends no such thing, and says so.
    let (answer, span) = made(&redis::pipe()).await;
    assert_eq!(answer.unwrap_err().kind(), redis::ErrorKind::Client);
    if let Some(span) = span {
        assert_eq!(span.name, named("PIPELINE"));
        assert_eq!(tag(&span, semconv::DB_OPERATION_BATCH_SIZE), "0");
        assert_eq!(tag(&span, semconv::ERROR_TYPE), "client");
        assert_eq!(tag(&span, semconv::DB_RESPONSE_STATUS_CODE), "");
    }
}

#[tokio::test]
async fn of_several_commands() {
    let mut pipeline = sets(2);
    pipeline.cmd("PING");
    let (_, span) = made(&pipeline).await;
    expect(span, "PIPELINE", "3", "");
    let (_, span) = made(pipeline.atomic()).await;
    expect(span, "MULTI", "3", "");
}

#[tokio::test]
async fn an_error_among_answers() {
    let key = unique("text");
    let mut pipeline = redis::pipe();
    pipeline.set_ex(&key, "v", 60).lpush(&key, "x").get(&key);
    let (answer, span) = made(&pipeline).await;
    assert!(answer.is_err());
    expect(span, "PIPELINE", "3", "WRONGTYPE");
    // The caller looks at each answer himself; a command has failed nevertheless.
    let (answer, span) = made(pipeline.ignore_errors()).await;
    assert!(answer.is_ok(), "{answer:?}");
    expect(span, "PIPELINE", "3", "WRONGTYPE");
}

#[tokio::test]
async fn an_error_inside_of_exec() {
    let key = unique("text");
    let mut pipeline = redis::pipe();
    pipeline.atomic().set_ex(&key, "v", 60).lpush(&key, "x").get(&key);
    let (answer, span) = made(&pipeline).await;
    assert!(answer.is_err());
    expect(span, "MULTI", "3", "WRONGTYPE");
}

#[tokio::test]
async fn an_error_before_exec() {
    let mut pipeline = sets(1);
    pipeline.atomic().cmd("NOSUCHCOMMAND").arg("argument");
    let (answer, span) = made(&pipeline).await;
    assert!(answer.is_err());
    expect(span, "MULTI", "2", "EXECABORT");
}

#[tokio::test]
async fn a_watched_key_that_has_changed() {
    let recorded = Recorded::new();
    let key = unique("watched");
    let mut other = client().get_multiplexed_async_connection().await.unwrap();
    let mut connection = client().get_multiplexed_async_connection().await.unwrap();
    let _: () = redis::cmd("WATCH").arg(&key).query_async(&mut connection).await.unwrap();
    let _: () = other.set_ex(&key, 1, 60).await.unwrap();
    let mut connection = connection.traced(support::tracing(&recorded.tracer));
    let mut pipeline = redis::pipe();
    pipeline.atomic().incr(&key, 1);
    let answer: Option<Vec<i64>> = pipeline.query_async(&mut connection).await.unwrap();
    assert_eq!(answer, None);
    expect(tracer_core::ENABLED.then(|| recorded.one()), "MULTI INCRBY", "", "");
}
