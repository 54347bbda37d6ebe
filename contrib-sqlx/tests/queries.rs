//! Everything that sqlx can send, and what its span says.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::pin::pin;

use contrib_sqlx::{PoolExt, SqlxTracing};
use sqlx::{Executor, QueryBuilder, Row, SqlSafeStr, Sqlite, Statement};
use support::{songs, traced};
use testing::{Recorded, tag, tags, tree_with};
use tracer_core::InSpanExt;

const SHOWN: [&str; 3] =
    ["db.query.text", "db.response.returned_rows", "db.response.affected_rows"];

#[tokio::test]
async fn everything_there_is() {
    if !tracer_core::ENABLED {
        return;
    }
    let (pool, recorded) = songs().await;
    let query = sqlx::query("SELECT title FROM songs WHERE id = ?").bind(2);
    let row = query.fetch_one(&traced(&pool, &recorded.tracer)).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "b");
    let span = recorded.one();
    assert_eq!((&*span.name, span.kind.as_str()), ("SELECT songs", "client"));
    assert_eq!(
        tags(&span),
        [
            "db.system.name=sqlite",
            "db.namespace=:memory:",
            "db.query.summary=SELECT songs",
            "db.query.text=SELECT title FROM songs WHERE id = ?",
            "db.response.returned_rows=1",
        ]
    );
}

/// The only connection is somebody else's for a while.
#[tokio::test]
async fn who_waits_for_a_connection() {
    let (pool, recorded) = songs().await;
    let traced = traced(&pool, &recorded.tracer);
    let held = pool.acquire().await.unwrap();
    let mut waiting = pin!((&traced).execute("SELECT 1"));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    drop(held);
    waiting.await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    assert_eq!(recorded.one().events(), ["connection acquired"]);
}

/// sqlx asks an idle connection whether it is well, which takes a moment each time.
#[tokio::test]
async fn who_gets_a_connection_at_once() {
    let (pool, recorded) = songs().await;
    let traced = traced(&pool, &recorded.tracer);
    for _ in 0..20 {
        while pool.num_idle() == 0 {
            tokio::task::yield_now().await;
        }
        (&traced).execute("SELECT 1").await.unwrap();
    }
    if tracer_core::ENABLED {
        // On a busy machine some have to wait.
        assert!(recorded.spans().iter().any(|span| span.events().is_empty()));
    }
}

#[tokio::test]
async fn servers_are_told_apart() {
    if !tracer_core::ENABLED {
        return;
    }
    let (mysql, postgres) = (support::mysql().await, support::postgres().await);
    let recorded = Recorded::new();
    traced(&mysql, &recorded.tracer).execute("SELECT 1").await.unwrap();
    let span = recorded.one();
    let options = support::mysql_options();
    let found = ["db.system.name", "db.namespace", "server.address", "server.port"];
    let found = found.map(|key| tag(&span, key));
    let port = options.get_port().to_string();
    let host = options.get_host();
    assert_eq!(found, ["mysql", options.get_database().unwrap(), host, &port]);

    traced(&postgres, &recorded.tracer).execute("SELECT 1").await.unwrap();
    let span = recorded.one();
    let options = support::postgres_options();
    let found = ["db.system.name", "db.namespace", "server.address", "server.port"];
    let found = found.map(|key| tag(&span, key));
    let port = options.get_port().to_string();
    let host = options.get_host();
    assert_eq!(found, ["postgresql", options.get_database().unwrap(), host, &port]);

    let tracing = SqlxTracing::new()
        .with_tracer(recorded.tracer.clone())
        .with_system(tracer_core::semconv::db::MARIADB);
    mysql.traced_with(tracing).execute("SELECT 1").await.unwrap();
    assert_eq!(tag(&recorded.one(), "db.system.name"), "mariadb");
}

#[tokio::test]
async fn ways_to_query() {
    let (pool, recorded) = songs().await;
    let pool = traced(&pool, &recorded.tracer);
    let title: (String,) = sqlx::query_as("SELECT title FROM songs WHERE id = ?")
        .bind(1)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(title.0, "a");
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM songs").fetch_one(&pool).await.unwrap();
    assert_eq!(count, 3);
    let mut builder = QueryBuilder::<Sqlite>::new("INSERT INTO songs (title) ");
    builder.push_values(["d", "e"], |mut row, title| {
        row.push_bind(title);
    });
    assert_eq!(builder.build().execute(&pool).await.unwrap().rows_affected(), 2);
    let many = sqlx::raw_sql("UPDATE songs SET title = 'x'; SELECT * FROM songs; SELECT 1");
    assert_eq!(many.fetch_all(&pool).await.unwrap().len(), 6);
    let changed = sqlx::query("DELETE FROM songs WHERE id > ?").bind(7).execute(&pool).await;
    assert_eq!(changed.unwrap().rows_affected(), 0);
    let none = sqlx::query("SELECT * FROM songs WHERE id = 9").fetch_all(&pool).await.unwrap();
    assert!(none.is_empty());
    let none = sqlx::query("SELECT * FROM songs WHERE id = 9").fetch_one(&pool).await;
    assert!(matches!(none, Err(sqlx::Error::RowNotFound)));
    let fetched = (&pool).fetch_optional("UPDATE songs SET id = 8 WHERE id = 3 RETURNING id").await;
    assert_eq!(fetched.unwrap().unwrap().get::<i64, _>(0), 8);
    (&pool).execute("CREATE TABLE more (id INT)").await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    let expected = "\
client SELECT songs db.query.text=SELECT title FROM songs WHERE id = ? db.response.returned_rows=1
client SELECT songs db.query.text=SELECT count(*) FROM songs db.response.returned_rows=1
client INSERT songs db.query.text=INSERT INTO songs (title) VALUES (?), (?) db.response.affected_rows=2
client UPDATE songs; SELECT songs; SELECT db.query.text=UPDATE songs SET title = ?; SELECT * FROM songs; SELECT ? db.response.returned_rows=6
client DELETE songs db.query.text=DELETE FROM songs WHERE id > ? db.response.affected_rows=0
client SELECT songs db.query.text=SELECT * FROM songs WHERE id = ? db.response.returned_rows=0
client SELECT songs db.query.text=SELECT * FROM songs WHERE id = ? db.response.returned_rows=0
client UPDATE songs db.query.text=UPDATE songs SET id = ? WHERE id = ? RETURNING id db.response.returned_rows=1
client CREATE TABLE more db.query.text=CREATE TABLE more (id INT)
";
    assert_eq!(tree_with(&recorded.spans(), &SHOWN), expected);
}

#[tokio::test]
async fn prepared_statements() {
    let (pool, recorded) = songs().await;
    let pool = traced(&pool, &recorded.tracer);
    let statement = (&pool).prepare("SELECT title FROM songs WHERE id = ?".into_sql_str()).await;
    let statement = statement.unwrap();
    let title: String = statement.query_scalar().bind(3).fetch_one(&pool).await.unwrap();
    let (same,): (String,) = statement.query_as().bind(3).fetch_one(&pool).await.unwrap();
    let row = statement.query().bind(3).fetch_one(&pool).await.unwrap();
    assert_eq!((&*title, &*same, row.get(0)), ("c", "c", "c"));
    let columns = (&pool).describe("SELECT id, title FROM songs".into_sql_str()).await.unwrap();
    assert_eq!(columns.columns().len(), 2);
    if !tracer_core::ENABLED {
        return;
    }
    assert_eq!(
        tree_with(&recorded.spans(), &["db.response.returned_rows"]),
        "\
client PREPARE SELECT songs
client SELECT songs db.response.returned_rows=1
client SELECT songs db.response.returned_rows=1
client SELECT songs db.response.returned_rows=1
client DESCRIBE SELECT songs
"
    );
}

async fn generic<'e, E: Executor<'e, Database = Sqlite>>(executor: E) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM songs").fetch_one(executor).await.unwrap()
}

#[tokio::test]
async fn generic_functions_and_tasks() {
    let (pool, recorded) = songs().await;
    let pool = traced(&pool, &recorded.tracer);
    let span = recorded.tracer.span("task").start();
    let other = pool.clone();
    let task = async move {
        let mut tx = other.begin().await.unwrap();
        let count = generic(&mut *tx).await;
        tx.commit().await.unwrap();
        generic(&other).await + count
    };
    assert_eq!(tokio::spawn(task.in_span(span)).await.unwrap(), 6);
    if !tracer_core::ENABLED {
        return;
    }
    assert_eq!(
        tree_with(&recorded.spans(), &[]),
        "\
task
  transaction
    client BEGIN
    client SELECT songs
    client COMMIT
  client SELECT songs
"
    );
}
