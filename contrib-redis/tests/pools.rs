//! Connections of pools, and borrowed ones: the user's code is the same with each.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_redis::{TraceExt, TraceGuardExt};
use redis::{AsyncCommands, Commands, RedisResult};
use support::{client, named, unique, url};
use testing::{Recorded, tree};

async fn work(connection: &mut impl AsyncCommands) -> RedisResult<i64> {
    let key = unique("pooled");
    let _: () = connection.set_ex(&key, 1, 60).await?;
    let mut pipeline = redis::pipe();
    let (answer,): (i64,) =
        pipeline.atomic().incr(&key, 1).del(&key).ignore().query_async(connection).await?;
    Ok(answer)
}

fn expect(recorded: &Recorded) {
    if tracer_core::ENABLED {
        let expected = format!("client {}\nclient {}\n", named("SETEX"), named("MULTI"));
        assert_eq!(tree(&recorded.spans()), expected);
    }
}

#[tokio::test]
async fn bb8_pool() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer);
    let pool = bb8::Pool::builder().max_size(1).build(client()).await.unwrap();
    for _ in 0..2 {
        let mut connection = pool.get().await.unwrap().traced_guard(&tracing);
        assert_eq!(work(&mut connection).await, Ok(2));
        drop(connection);
        expect(&recorded);
    }
    let mut owned = pool.get_owned().await.unwrap().traced_guard(&tracing);
    let task = tokio::spawn(async move { work(&mut owned).await });
    assert_eq!(task.await.unwrap(), Ok(2));
    expect(&recorded);
    assert_eq!(pool.state().connections, 1);
}

#[tokio::test]
async fn deadpool() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer);
    let pool = deadpool_redis::Config::from_url(url())
        .create_pool(Some(deadpool_redis::Runtime::Tokio1))
        .unwrap();
    for _ in 0..2 {
        let mut connection = pool.get().await.unwrap().traced(&tracing);
        assert_eq!(work(&mut connection).await, Ok(2));
        drop(connection);
        expect(&recorded);
    }
    assert_eq!(pool.status().size, 1);
}

#[tokio::test]
async fn borrowed() {
    let recorded = Recorded::new();
    let tracing = support::tracing(&recorded.tracer);
    let mut connection = client().get_multiplexed_async_connection().await.unwrap();
    assert_eq!(work(&mut (&mut connection).traced_guard(&tracing)).await, Ok(2));
    expect(&recorded);

    let mut connection = client().get_connection().unwrap();
    let mut traced = (&mut connection).traced(&tracing);
    let key = unique("borrowed");
    let _: () = traced.set_ex(&key, 1, 60).unwrap();
    let _: () = connection.del(&key).unwrap();
    if tracer_core::ENABLED {
        assert_eq!(recorded.one().name, named("SETEX"));
    }
}
