//! What a span says of a command, beside what the suite asks for.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use futures_util::StreamExt;
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Client, Commands, RedisResult, Value};
use support::{client, named, unique, url};
use testing::{Recorded, tag, tags, tree};
use tracer_core::{InSpanExt, Status, semconv};

async fn connection(tracing: &RedisTracing) -> TracedConnection<MultiplexedConnection> {
    client().get_multiplexed_async_connection().await.unwrap().traced(tracing)
}

#[tokio::test]
async fn all_that_a_command_says() {
    let recorded = Recorded::new();
    let base = Client::open(url()).unwrap();
    let info = base.get_connection_info().clone();
    let client =
        Client::open(info.clone().set_redis_settings(info.redis_settings().clone().set_db(3)))
            .unwrap();
    let tracing = RedisTracing::of(&client).with_tracer(recorded.tracer.clone());
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut connection = connection.traced(&tracing);
    let missing: Option<String> = connection.get(unique("missing")).await.unwrap();
    assert_eq!(missing, None);
    if !tracer_core::ENABLED {
        return assert!(recorded.spans().is_empty());
    }
    let span = recorded.one();
    let mut expected = vec![
        (semconv::DB_SYSTEM_NAME, "redis".to_owned()),
        (semconv::DB_NAMESPACE, "3".to_owned()),
    ];
    if let redis::ConnectionAddr::Tcp(host, port) = info.addr() {
        expected.push((semconv::SERVER_ADDRESS, host.clone()));
        if *port != 6379 {
            expected.push((semconv::SERVER_PORT, port.to_string()));
        }
    }
    expected.push((semconv::DB_OPERATION_NAME, "GET".to_owned()));
    let expected: Vec<_> =
        expected.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!((tags(&span), span.status), (expected, Status::Unset));
}

#[tokio::test]
async fn iterators_have_a_span_for_each_batch() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer);
    let (key, count) = (unique("set"), 1000);
    let members: Vec<usize> = (0..count).collect();
    let mut setup = client().get_connection().unwrap();
    let _: () = setup.sadd(&key, &members).unwrap();
    let _: () = setup.expire(&key, 600).unwrap();

    let mut connection = connection(&tracing).await;
    let found: Vec<usize> = AsyncCommands::sscan::<_, usize>(&mut connection, &key)
        .await
        .unwrap()
        .map(Result::unwrap)
        .collect()
        .await;
    let asynchronous = recorded.spans();

    let mut blocking = client().get_connection().unwrap().traced(&tracing);
    let same = Commands::sscan::<_, usize>(&mut blocking, &key).unwrap();
    assert_eq!(same.map(Result::unwrap).collect::<Vec<_>>(), found);
    assert_eq!(found.len(), count);
    if tracer_core::ENABLED {
        let blocking = recorded.spans();
        assert!(asynchronous.len() > 2, "{}", tree(&asynchronous));
        assert_eq!(asynchronous.len(), blocking.len());
        let sscan = named("SSCAN");
        assert!(asynchronous.iter().chain(&blocking).all(|span| span.name == sscan));
    }
}

#[tokio::test]
async fn who_waits_longer_than_the_client_does() {
    let recorded = Recorded::new();
    let mut connection = connection(&support::tracing(&recorded.tracer)).await;
    let answer: RedisResult<Value> = connection.blpop(unique("empty"), 2.0).await;
    assert!(answer.unwrap_err().is_timeout());
    if tracer_core::ENABLED {
        let span = recorded.one();
        assert_eq!(
            (&*span.name, tag(&span, semconv::ERROR_TYPE)),
            (&*named("BLPOP"), "timeout".into())
        );
        assert_eq!(span.status, Status::ERROR);
        assert_eq!(tag(&span, semconv::DB_RESPONSE_STATUS_CODE), "");
    }
}

#[tokio::test]
async fn what_the_server_does_not_know() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer);
    let mut connection = connection(&tracing).await;
    for name in ["NOSUCH", &"N".repeat(65), "GET k"] {
        let answer: RedisResult<Value> =
            redis::cmd(name).arg("argument").query_async(&mut connection).await;
        assert!(answer.is_err(), "{name}");
    }
    let empty: RedisResult<Value> = redis::Cmd::new().query_async(&mut connection).await;
    assert_eq!(empty.unwrap_err().kind(), redis::ErrorKind::Client);
    if tracer_core::ENABLED {
        let (other, nosuch) = (named("_OTHER"), named("NOSUCH"));
        let mut spans = recorded.spans();
        spans.sort_by_key(|span| span.start);
        let said: Vec<_> =
            spans.iter().map(|span| (&*span.name, tag(span, semconv::ERROR_TYPE))).collect();
        let err = || "ERR".to_owned();
        let expected =
            [(&*nosuch, err()), (&*other, err()), (&*other, err()), (&*other, "client".into())];
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn a_large_value_is_not_in_the_span() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer).with_query_text();
    let mut connection = client().get_connection().unwrap().traced(&tracing);
    let (key, value) = (unique("large"), vec![b'v'; 10 << 20]);
    let _: () = connection.set_ex(&key, &value, 60).unwrap();
    let _: () = redis::pipe().set_ex(&key, &value, 60).del(&key).query(&mut connection).unwrap();
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    let server = client();
    let patient = server.get_multiplexed_async_connection_with_config(&config);
    let mut connection = patient.await.unwrap().traced(&tracing);
    let _: () = AsyncCommands::set_ex(&mut connection, &key, &value, 60).await.unwrap();
    let _: () =
        redis::pipe().set(&key, &value).del(&key).query_async(&mut connection).await.unwrap();
    if tracer_core::ENABLED {
        let spans = recorded.spans();
        assert_eq!(spans.len(), 4);
        for span in spans {
            assert!(format!("{span:?}").len() < 4096, "{span:?}");
        }
    }
}

#[tokio::test]
async fn clones_in_two_tasks() {
    let recorded = Recorded::new();
    let connection = connection(&support::tracing(&recorded.tracer)).await;
    let tasks = ["one", "other"].map(|caller| {
        let mut connection = connection.clone();
        let key = unique(caller);
        let work = async move {
            for nth in 0..20 {
                let _: () = connection.set_ex(&key, nth, 60).await.unwrap();
                tokio::task::yield_now().await;
                assert_eq!(connection.get::<_, i32>(&key).await.unwrap(), nth);
            }
        };
        tokio::spawn(work.in_span(recorded.tracer.span(caller).start()))
    });
    for task in tasks {
        task.await.unwrap();
    }
    if tracer_core::ENABLED {
        let spans = recorded.spans();
        for caller in ["one", "other"] {
            let parent = spans.iter().find(|span| span.name == caller).unwrap().span_id;
            let below = spans.iter().filter(|span| span.parent_id == parent);
            assert_eq!(below.count(), 40, "{}", tree(&spans));
        }
    }
}
