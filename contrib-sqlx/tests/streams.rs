//! Rows as they come: read to the end, left early, broken off.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use futures_util::{StreamExt, TryStreamExt};
use sqlx::Executor;
use support::{songs, traced};
use testing::{Recorded, tag, tree_with};

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
    assert!(whole.events().is_empty());
    assert_eq!(left.events(), ["incomplete"]);
    assert_eq!(unread.events(), ["cancelled"]);
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
    assert!(!span.events().contains(&"incomplete".to_owned()), "it has said how it ended");
}
