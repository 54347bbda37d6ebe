//! A program written for sqlx stays as it is: one file, compiled with sqlx' pool and with the
//! traced one.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::duplicate_mod, reason = "that one file is compiled twice is the test")]

mod support;

use sqlx::Sqlite;
use sqlx::sqlite::SqlitePoolOptions;
use support::traced;
use testing::{Recorded, tree_with};

#[path = "unchanged/instrumented.rs"]
mod instrumented;
#[path = "unchanged/plain.rs"]
mod plain;

async fn pool() -> sqlx::Pool<Sqlite> {
    SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap()
}

#[tokio::test]
async fn the_same_program() {
    let recorded = Recorded::new();
    let expected = plain::catalogue::tour(pool().await).await.unwrap();
    assert!(recorded.spans().is_empty());
    let pool = traced(&pool().await, &recorded.tracer);
    let seen = instrumented::catalogue::tour(pool).await.unwrap();
    assert_eq!(seen, expected);
    if !tracer_core::ENABLED {
        return;
    }
    let tree = tree_with(&recorded.spans(), &["error.type", "db.response.returned_rows"]);
    assert_eq!(tree, include_str!("unchanged/tree.txt"));
}
