//! What a user can set.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, RedisResult, Value};
use support::{client, named, unique};
use testing::{Recorded, tag, tree};
use tracer_core::{InSpanExt, Status, semconv};

async fn connection(tracing: &RedisTracing) -> TracedConnection<MultiplexedConnection> {
    client().get_multiplexed_async_connection().await.unwrap().traced(tracing)
}

#[tokio::test]
async fn settings() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer)
        .with_filter(|operation| operation != "PING")
        .with_query_text()
        .with_error_messages()
        .on_start(|span, operation| {
            span.set_tag("app.service", format!("cache of {operation}"));
        });
    let mut con = connection(&tracing).await;
    let _: String = redis::cmd("PING").query_async(&mut con).await.unwrap();
    assert!(recorded.spans().is_empty(), "it is filtered");
    let key = unique("settings");
    let _: () = con.set_ex(&key, "value", 60).await.unwrap();
    let wrong: RedisResult<Value> = con.lpush(&key, "value").await;
    assert!(wrong.is_err());
    if tracer_core::ENABLED {
        let mut spans = recorded.spans();
        spans.sort_by_key(|span| span.start);
        let [set, push] = &spans[..] else { unreachable!("{}", tree(&spans)) };
        assert_eq!(tag(set, semconv::DB_QUERY_TEXT), format!("SETEX {key} ? ?"));
        assert_eq!(tag(set, "app.service"), "cache of SETEX");
        assert_eq!(tag(push, semconv::ERROR_TYPE), "WRONGTYPE");
        let Status::Error(message) = &push.status else { unreachable!("{push:?}") };
        assert!(message.starts_with("Operation against a key"), "{message}");
    }

    let mut picky = connection(&support::tracing(&recorded.tracer).only_with_parent()).await;
    let _: () = picky.set_ex(&key, "value", 60).await.unwrap();
    assert!(recorded.spans().is_empty(), "there is no parent");
    let parent = recorded.tracer.span("parent").start();
    let work = async { picky.del::<_, ()>(&key).await };
    work.in_span(parent).await.unwrap();
    if tracer_core::ENABLED {
        let mut spans = recorded.spans();
        spans.retain(|span| span.name != "parent");
        assert_eq!(tree(&spans), format!("client {}\n", named("DEL")));
        assert!(spans[0].parent_id.is_some());
        assert_eq!(tag(&spans[0], semconv::DB_QUERY_TEXT), "", "off by default");
    }
}

/// Whether an error comes as an answer or as a failure, its message is the server's own words; the
/// code is in the tags.
#[tokio::test]
async fn messages_are_without_codes() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer).with_error_messages();
    let mut con = connection(&tracing).await;
    let mut blocking = client().get_connection().unwrap().traced(&tracing);
    let key = unique("messages");
    let _: () = support::plain(redis::cmd("SETEX").arg(&key).arg(60).arg("text"));
    let mut wrong = redis::pipe();
    wrong.lpush(&key, "value").get(&key);
    let mut unknown = redis::pipe();
    unknown.atomic().get(&key).cmd("NOSUCHCOMMAND");
    for (pipeline, code, begin) in [
        (&wrong, "WRONGTYPE", "Operation against a key holding"),
        (wrong.clone().atomic(), "WRONGTYPE", "Operation against a key holding"),
        (&unknown, "EXECABORT", "unknown command 'NOSUCHCOMMAND'"),
    ] {
        assert!(pipeline.query_async::<Value>(&mut con).await.is_err());
        assert!(pipeline.query::<Value>(&mut blocking).is_err());
        if tracer_core::ENABLED {
            let spans = recorded.spans();
            assert_eq!(spans.len(), 2);
            for span in spans {
                assert_eq!(tag(&span, semconv::ERROR_TYPE), code);
                let Status::Error(message) = &span.status else { unreachable!("{span:?}") };
                assert!(message.starts_with(begin), "{message}");
            }
        }
    }
}
