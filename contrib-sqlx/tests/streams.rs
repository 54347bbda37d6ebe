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

/// A server sends what it has, and whoever reads it goes away.
#[tokio::test]
async fn left_after_one_row_of_a_hundred() {
    let (postgres, recorded) = (support::postgres().await, Recorded::new());
    let mut conn = traced(&postgres, &recorded.tracer).acquire().await.unwrap();
    let mut rows = conn.fetch("SELECT n FROM generate_series(1, 100) AS n");
    assert!(rows.next().await.unwrap().is_ok());
    drop(rows);
    // The rest is not taken for somebody else's answer.
    assert_eq!(conn.fetch_all("SELECT 1").await.unwrap().len(), 1);
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let rows = ["db.response.returned_rows"];
    let expected = format!(
        "client acquire\nclient SELECT generate_series {0}=1\nclient SELECT {0}=1\n",
        rows[0]
    );
    assert_eq!(tree_with(&spans, &rows), expected);
    assert_eq!((spans[1].events(), spans[2].events()), (vec!["incomplete".to_owned()], vec![]));
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
