//! Scripts: their digest names them, and having to load one is no failure.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_redis::TraceExt;
use redis::{RedisResult, Script, Value};
use support::{client, unique};
use testing::{Recorded, tag, tree_with};
use tracer_core::{InSpanExt, semconv};

#[tokio::test]
async fn a_script_is_loaded_once() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer);
    let client = client();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap().traced(&tracing);
    // Nobody has loaded this one.
    let script = Script::new(&format!("return ARGV[1] .. '{}'", unique("script")));
    let work = async {
        for _ in 0..2 {
            let said: String = script.arg("said ").invoke_async(&mut connection).await.unwrap();
            assert!(said.starts_with("said "));
        }
    };
    work.in_span(recorded.tracer.span("caller").start()).await;
    let (hash, server) = (script.get_hash(), support::named(""));
    let (name, status) = (semconv::DB_STORED_PROCEDURE_NAME, semconv::DB_RESPONSE_STATUS_CODE);
    let expected = format!(
        "caller
  client EVALSHA{server} {name}={hash} {status}=NOSCRIPT
  client SCRIPT LOAD{server}
  client EVALSHA{server} {name}={hash}
  client EVALSHA{server} {name}={hash}
"
    );
    let tags = [name, status, semconv::ERROR_TYPE];
    if tracer_core::ENABLED {
        assert_eq!(tree_with(&recorded.spans(), &tags), expected);
    }

    // The same in a blocking way, with a script of its own.
    let script = Script::new(&format!("return ARGV[1] .. '{}'", unique("script")));
    let caller = recorded.tracer.span("caller").start();
    let entered = caller.enter();
    let mut connection = client.get_connection().unwrap().traced(&tracing);
    for _ in 0..2 {
        let said: String = script.arg("said ").invoke(&mut connection).unwrap();
        assert!(said.starts_with("said "));
    }
    drop(entered);
    caller.finish();
    if tracer_core::ENABLED {
        let expected = expected.replace(hash, script.get_hash());
        assert_eq!(tree_with(&recorded.spans(), &tags), expected);
    }
}

#[tokio::test]
async fn a_script_that_fails() {
    let recorded = Recorded::new();
    let mut connection =
        client().get_connection().unwrap().traced(support::tracing(&recorded.tracer));
    for (text, expected) in [
        ("return redis.error_reply('BUSYKEY what went wrong')", "BUSYKEY"),
        ("return redis.error_reply('OWNCODE what went wrong')", semconv::OTHER),
        ("return redis.error_reply('HUNTER2SECRET boo')", semconv::OTHER),
        ("return redis.error_reply('What went wrong, in words')", semconv::OTHER),
        ("return nothing.at_all", "ERR"),
    ] {
        let answer: RedisResult<Value> = redis::cmd("EVAL").arg(text).arg(0).query(&mut connection);
        assert!(answer.is_err());
        if tracer_core::ENABLED {
            let span = recorded.one();
            assert_eq!(tag(&span, semconv::ERROR_TYPE), expected, "{text}");
            assert_eq!(tag(&span, semconv::DB_STORED_PROCEDURE_NAME), "", "{text}");
        }
    }
}

#[tokio::test]
async fn a_script_that_a_pipeline_misses() {
    let recorded = Recorded::new();
    let mut connection =
        client().get_connection().unwrap().traced(support::tracing(&recorded.tracer));
    let missing = Script::new(&unique("return nil --"));
    let mut pipeline = redis::pipe();
    pipeline.cmd("EVALSHA").arg(missing.get_hash()).arg(0).cmd("PING");
    assert!(pipeline.query::<Value>(&mut connection).is_err());
    if tracer_core::ENABLED {
        assert_eq!(tag(&recorded.one(), semconv::ERROR_TYPE), "NOSCRIPT");
    }
}
