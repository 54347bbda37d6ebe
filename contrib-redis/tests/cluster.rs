//! Connections of clusters, to one of Redis' own that has a single node.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod one_node;

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use one_node::OneNode;
use redis::cluster_async::ClusterConnection;
use redis::{AsyncCommands, RedisResult, Script};
use testing::{Recorded, tag};
use tracer_core::ENABLED;

/// A user's program.
async fn work(connection: &mut TracedConnection<ClusterConnection>) -> RedisResult<i64> {
    let _: () = connection.set("{stock}:7", 1).await?;
    let _: String = redis::cmd("PING").query_async(connection).await?;
    let mut pipeline = redis::pipe();
    pipeline.atomic().incr("{stock}:7", 1).ignore().get("{stock}:7");
    let (left,): (i64,) = pipeline.query_async(connection).await?;
    let twice: i64 = Script::new("return 2 * ARGV[1]").arg(left).invoke_async(connection).await?;
    let task = tokio::spawn({
        let mut connection = connection.clone();
        async move { connection.del::<_, i64>("{stock}:7").await }
    });
    Ok(twice + task.await.unwrap()?)
}

async fn blocking(
    mut connection: redis::cluster::ClusterConnection,
    tracing: &RedisTracing,
) -> RedisResult<i64> {
    let mut traced = (&mut connection).traced(tracing);
    let _: () = redis::Commands::set(&mut traced, "key", 1)?;
    let mut traced = connection.traced(tracing);
    // What the documentation says of pipelines.
    let (got,) = redis::cluster::cluster_pipe().get("key").query(traced.get_mut())?;
    Ok(got)
}

/// Redirections and the cluster's own questions are no spans; a command is one, of no address.
#[tokio::test]
async fn a_users_program() {
    let node = OneNode::start();
    let recorded = Recorded::new();
    let tracing = RedisTracing::new().with_tracer(recorded.tracer.clone());
    let client = redis::cluster::ClusterClient::new([node.url()]).unwrap();
    let mut connection = client.get_async_connection().await.unwrap().traced(tracing.clone());
    assert_eq!(work(&mut connection).await.unwrap(), 5);
    let plain = tokio::task::spawn_blocking(move || client.get_connection()).await.unwrap();
    assert_eq!(blocking(plain.unwrap(), &tracing).await.unwrap(), 1);
    if !ENABLED {
        return;
    }
    let spans = recorded.spans();
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    // The script is not there at first.
    let script = ["EVALSHA", "SCRIPT LOAD", "EVALSHA"];
    assert_eq!(names, [&["SET", "PING", "MULTI"][..], &script, &["DEL", "SET"]].concat());
    assert!(spans.iter().all(|span| !span.status.is_error()), "{spans:#?}");
    assert_eq!(tag(&spans[2], "db.operation.batch.size"), "2");
}

/// Nobody is there: the library's own error.
#[tokio::test]
async fn nobody_is_there() {
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("redis://{}/", nobody.local_addr().unwrap());
    let client = redis::cluster::ClusterClient::new([url]).unwrap();
    assert!(client.get_async_connection().await.err().unwrap().is_io_error());
}
