//! Everything that sqlx can send, and what its span says.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::pin::pin;

use contrib_sqlx::{PoolExt, SqlxTracing, TracedConn, TracedPool};
use futures_util::{StreamExt, TryStreamExt};
use sqlx::{AssertSqlSafe, Executor, QueryBuilder, Row, SqlSafeStr, Sqlite, Statement};
use support::{events, traced};
use testing::{Recorded, tag, tree_with};
use tracer_core::InSpanExt;

const SHOWN: [&str; 3] =
    ["db.query.text", "db.response.returned_rows", "db.response.affected_rows"];

async fn songs() -> (sqlx::SqlitePool, Recorded) {
    let pool = support::sqlite().await;
    support::send(&pool, "CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT)").await;
    support::send(&pool, "INSERT INTO songs (title) VALUES ('a'), ('b'), ('c')").await;
    (pool, Recorded::new())
}

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
    let tags: Vec<_> = span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    assert_eq!(
        tags,
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
    assert_eq!(events(&recorded.one()), ["connection acquired"]);
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

#[tokio::test]
async fn streams() {
    let (pool, recorded) = songs().await;
    let mut conn = traced(&pool, &recorded.tracer).acquire().await.unwrap();
    let query = sqlx::query_scalar::<_, i64>("SELECT id FROM songs ORDER BY id");
    let all: Vec<_> = query.fetch(&mut *conn).try_collect().await.unwrap();
    assert_eq!(all, [1, 2, 3]);
    let mut rows = sqlx::query("SELECT id FROM songs").fetch(&mut *conn);
    assert!(rows.next().await.unwrap().is_ok());
    drop(rows);
    drop(sqlx::query("SELECT id FROM songs").fetch(&mut *conn));
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    assert_eq!(
        tree_with(&spans, &["db.response.returned_rows"]),
        "\
client acquire
client SELECT songs db.response.returned_rows=3
client SELECT songs db.response.returned_rows=1
client SELECT songs
"
    );
    let [_, whole, left, unread] = &*spans else { panic!("four spans: {spans:#?}") };
    assert!(events(whole).is_empty());
    assert_eq!(events(left), ["incomplete"]);
    assert_eq!(events(unread), ["cancelled"]);
}

/// A stream with an error behind its first rows.
#[tokio::test]
async fn broken_streams() {
    let (postgres, recorded) = (support::postgres().await, Recorded::new());
    let pool = traced(&postgres, &recorded.tracer);
    let sql = "SELECT 10 / (3 - n) FROM generate_series(1, 5) AS n";
    let rows: Vec<_> = (&pool).fetch(sql).collect().await;
    assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, false]);
    if !tracer_core::ENABLED {
        return;
    }
    let span = recorded.one();
    assert_eq!(tag(&span, "error.type"), "22012");
    assert_eq!(tag(&span, "db.response.returned_rows"), "2");
    assert!(!events(&span).contains(&"incomplete".to_owned()), "it has said how it ended");
}

#[tokio::test]
async fn connections_that_come_from_elsewhere() {
    let (pool, recorded) = songs().await;
    let tracing = SqlxTracing::new().with_tracer(recorded.tracer.clone());
    let mut plain = pool.acquire().await.unwrap();
    let mut conn = TracedConn::new(&mut *plain, tracing.clone());
    (&mut conn).execute("SELECT 1").await.unwrap();
    let mut conn = TracedConn::new(Box::new(plain.detach()), tracing.clone());
    (&mut conn).execute("SELECT 2").await.unwrap();
    conn.ping().await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    assert_eq!(
        tree_with(&recorded.spans(), &["db.system.name", "db.namespace"]),
        "client SELECT db.system.name=sqlite\nclient SELECT db.system.name=sqlite\n"
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

#[tokio::test]
async fn settings() {
    let (pool, recorded) = songs().await;
    let tracing = || SqlxTracing::new().with_tracer(recorded.tracer.clone());
    let twice = sqlx::query("INSERT INTO songs VALUES (1, 'hush')");
    let quiet = pool.clone().traced_with(tracing().without_query_text());
    assert!(twice.execute(&quiet).await.is_err());
    let told = pool.clone().traced_with(tracing().with_error_messages());
    assert!((&told).execute("SELECT missing").await.is_err());
    let picky = pool.clone().traced_with(tracing().with_filter(|sql| sql != "SELECT 1"));
    (&picky).execute("SELECT 1").await.unwrap();
    assert!((&picky).fetch_optional("SELECT 1").await.unwrap().is_some());
    let below = pool.clone().traced_with(tracing().only_with_parent());
    (&below).execute("SELECT 2").await.unwrap();
    let unknown = TracedPool::new(pool);
    (&unknown).execute("SELECT 3").await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    assert_eq!(
        tree_with(&recorded.spans(), &["db.query.text", "error.type"]),
        "\
client INSERT songs ! error.type=1555
client SELECT !\"error returned from database: (code: 1) no such column: missing\" \
db.query.text=SELECT missing error.type=1
"
    );
}

/// What sqlx finds wrong before it asks anybody.
#[tokio::test]
async fn values_that_cannot_be_sent() {
    struct Odd;
    impl sqlx::Type<Sqlite> for Odd {
        fn type_info() -> sqlx::sqlite::SqliteTypeInfo {
            <i64 as sqlx::Type<Sqlite>>::type_info()
        }
    }
    impl sqlx::Encode<'_, Sqlite> for Odd {
        fn encode_by_ref(
            &self,
            _: &mut sqlx::sqlite::SqliteArgumentsBuffer,
        ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
            Err("odd".into())
        }
    }
    let (pool, recorded) = songs().await;
    let query = || sqlx::query("SELECT ?").bind(Odd).bind(1);
    let plain = query().fetch_all(&pool).await.unwrap_err();
    let pool = traced(&pool, &recorded.tracer);
    let error = query().fetch_all(&pool).await.unwrap_err();
    assert_eq!(format!("{error:?}"), format!("{plain:?}"));
    let error = query().fetch_optional(&pool).await.unwrap_err();
    assert_eq!(format!("{error:?}"), format!("{plain:?}"));
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let kinds: Vec<_> = spans.iter().map(|span| tag(span, "error.type")).collect();
    assert_eq!(kinds, ["encode", "encode"]);
}

/// Nothing happens to the cache of statements: who wants no caching has none.
#[tokio::test]
async fn statements_are_cached_as_ever() {
    use sqlx::Connection;
    let (pool, recorded) = songs().await;
    let mut conn = traced(&pool, &recorded.tracer).acquire().await.unwrap();
    for persistent in [true, false] {
        for nth in 0..3 {
            let sql = format!("SELECT {nth} + ?");
            let query = sqlx::query(AssertSqlSafe(sql)).bind(1).persistent(persistent);
            query.fetch_one(&mut *conn).await.unwrap();
        }
        // Its thread counts after it has answered; this comes after that.
        conn.ping().await.unwrap();
        assert_eq!(conn.raw().cached_statements_size(), 3, "persistent: {persistent}");
    }
}
