//! What can be chosen, and what stays as it is whatever was chosen.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::Duration;

use contrib_sqlx::{PoolExt, SqlxTracing, TracedConn, TracedPool};
use sqlx::{AssertSqlSafe, Executor, Sqlite};
use support::{songs, traced};
use testing::{tag, tree_with};

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

#[tokio::test]
async fn slow_ones_are_marked() {
    let (pool, recorded) = songs().await;
    let marking = |limit| {
        let tracing = SqlxTracing::new().with_tracer(recorded.tracer.clone());
        pool.clone().traced_with(tracing.with_slow_mark(limit))
    };
    for limit in [Duration::ZERO, Duration::from_secs(3_600), Duration::MAX] {
        let pool = marking(limit);
        pool.fetch_all("SELECT * FROM songs").await.unwrap();
        assert!(pool.fetch_all("SELECT missing").await.is_err());
    }
    if tracer_core::ENABLED {
        let spans = recorded.spans();
        let marks: Vec<_> = spans.iter().map(|span| tag(span, "db.operation.slow")).collect();
        assert_eq!(marks, ["true", "true", "", "", "", ""]);
    }
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
