//! Functions that take a connection wherever it comes from.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_sqlx::{DynConn, TracedAcquire, TracedConn, TracedDatabase, TracedPool};
use sqlx::{Database, Executor, Pool, Sqlite};
use support::traced;
use testing::Recorded;

async fn songs() -> (TracedPool<Sqlite>, Recorded) {
    let (pool, recorded) = (support::sqlite().await, Recorded::new());
    support::send(&pool, "CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT)").await;
    (traced(&pool, &recorded.tracer), recorded)
}

async fn add<'e, E: Executor<'e, Database = Sqlite>>(executor: E) {
    let query = sqlx::query("INSERT INTO songs (title) VALUES (?)").bind("a");
    query.execute(executor).await.unwrap();
}

async fn count(pool: &TracedPool<Sqlite>) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM songs").fetch_one(pool.raw()).await.unwrap()
}

/// Takes a connection of any origin.
async fn add_by(conn: &mut DynConn<'_, Sqlite>) {
    add(&mut *conn).await;
    add(&mut *conn).await;
}

async fn add_in<'a, A: TracedAcquire<'a, Database = Sqlite>>(source: A) {
    let mut conn = source.acquire().await.unwrap();
    add(&mut *conn).await;
}

async fn nest<'a, A: TracedAcquire<'a, Database = Sqlite>>(source: A) {
    let mut tx = source.begin().await.unwrap();
    add(&mut *tx).await;
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn connections_of_any_origin() {
    let (pool, recorded) = songs().await;
    add_in(&pool).await;
    nest(&pool).await;
    let mut conn = pool.acquire().await.unwrap();
    add_by(&mut *conn).await;
    add_by(&mut conn).await;
    add_in(&mut *conn).await;
    nest(&mut *conn).await;
    add_in(&mut conn).await;
    nest(&mut conn).await;
    drop(conn);
    let mut tx = pool.begin().await.unwrap();
    add_by(&mut *tx).await;
    add_by(&mut tx).await;
    add_by(tx.as_mut()).await;
    add_in(&mut tx).await;
    nest(&mut tx).await;
    tx.commit().await.unwrap();
    let mut plain = pool.raw().acquire().await.unwrap();
    let tracing = contrib_sqlx::SqlxTracing::new().with_tracer(recorded.tracer.clone());
    add_by(&mut TracedConn::new(&mut *plain, tracing)).await;
    drop(plain);
    assert_eq!(count(&pool).await, 20);
    if tracer_core::ENABLED {
        let spans = recorded.spans();
        assert_eq!(spans.iter().filter(|span| span.name == "INSERT songs").count(), 20);
        assert_eq!(spans.iter().filter(|span| span.name == "transaction").count(), 4);
    }
}

/// For whatever database, with the bound that sqlx' own pool needs too.
async fn ask<DB>(pool: &TracedPool<DB>) -> sqlx::Result<()>
where
    DB: TracedDatabase,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    pool.execute("SELECT 1").await?;
    let mut conn = pool.acquire().await?;
    conn.execute("SELECT 2").await?;
    let mut tx = conn.begin().await?;
    (&mut *tx).execute("SELECT 3").await?;
    tx.commit().await
}

/// The same without tracing: it is not to notice that there are traced connections.
async fn ask_plainly<DB>(pool: &Pool<DB>) -> sqlx::Result<()>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    pool.execute("SELECT 1").await?;
    Ok(())
}

#[tokio::test]
async fn any_database() {
    let recorded = Recorded::new();
    ask_plainly(&support::sqlite().await).await.unwrap();
    ask(&traced(&support::sqlite().await, &recorded.tracer)).await.unwrap();
    ask(&traced(&support::mysql().await, &recorded.tracer)).await.unwrap();
    ask(&traced(&support::postgres().await, &recorded.tracer)).await.unwrap();
    if tracer_core::ENABLED {
        let one = "\
client SELECT
client acquire
client SELECT
transaction
  client BEGIN
  client SELECT
  client COMMIT
";
        assert_eq!(testing::tree(&recorded.spans()), one.repeat(3));
    }
}
