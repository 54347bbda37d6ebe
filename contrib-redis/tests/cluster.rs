//! Connections of clusters. Whether this builds is most of the test: there is no cluster here.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use redis::cluster_async::ClusterConnection;
use redis::{AsyncCommands, RedisResult, Script};

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

async fn blocking(mut connection: redis::cluster::ClusterConnection) -> RedisResult<i64> {
    let tracing = RedisTracing::new();
    let mut traced = (&mut connection).traced(&tracing);
    let _: () = redis::Commands::set(&mut traced, "key", 1)?;
    let mut traced = connection.traced(&tracing);
    // What the documentation says of pipelines.
    redis::cluster::cluster_pipe().get("key").query(traced.get_mut())
}

async fn connect(client: &redis::cluster::ClusterClient) -> RedisResult<i64> {
    let mut connection = client.get_async_connection().await?.traced(RedisTracing::new());
    work(&mut connection).await
}

#[tokio::test]
async fn a_users_program_builds() {
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("redis://{}/", nobody.local_addr().unwrap());
    let client = redis::cluster::ClusterClient::new([url]).unwrap();
    assert!(connect(&client).await.unwrap_err().is_io_error());
    let answer = match client.get_connection() {
        Ok(connection) => blocking(connection).await,
        Err(error) => Err(error),
    };
    assert!(answer.unwrap_err().is_io_error());
}
