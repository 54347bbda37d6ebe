//! Servers that end a connection, a transaction or both.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor};
use support::{traced, unique};
use testing::{Recorded, named, tag, tree_with};

/// How long a test waits for a statement to reach its server.
const PATIENCE: Duration = Duration::from_secs(8);

#[tokio::test]
async fn mysql_kills_the_connection() {
    let (pool, recorded) = (support::mysql().await, Recorded::new());
    let mut conn = traced(&pool, &recorded.tracer).acquire().await.unwrap();
    let id: u64 = sqlx::query_scalar("SELECT connection_id()").fetch_one(&mut *conn).await.unwrap();
    let mut tx = conn.begin().await.unwrap();
    // In the middle of a statement.
    let slow = (&mut *tx).execute("SELECT sleep(10)");
    let kill = async {
        let sql =
            "SELECT count(*) FROM information_schema.processlist WHERE id = ? AND info LIKE ?";
        let runs = || sqlx::query_scalar::<_, i64>(sql).bind(id).bind("SELECT sleep%");
        let seen = async { while runs().fetch_one(&pool).await.unwrap() == 0 {} };
        tokio::time::timeout(PATIENCE, seen).await.unwrap();
        support::send(&pool, &format!("KILL {id}")).await;
    };
    let (result, ()) = futures_util::join!(slow, kill);
    assert!(result.is_err());
    assert!(tx.commit().await.is_err());
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let slow = spans.iter().find(|span| tag(span, "db.query.text") == "SELECT sleep(?)").unwrap();
    let kind = tag(slow, "error.type");
    // Which of the two comes first is the server's business.
    assert!(["1927", "1317", "unexpected_eof", "connection_reset"].contains(&&*kind), "{kind}");
    let transaction = named(&spans, "transaction");
    assert!(transaction.status.is_error(), "it could not end");
    assert!(transaction.events().is_empty(), "nobody knows how");
    assert_eq!(tag(named(&spans, "COMMIT"), "error.type"), tag(transaction, "error.type"));
}

#[tokio::test]
async fn postgres_ends_the_connection() {
    let (pool, recorded) = (support::postgres().await, Recorded::new());
    let mut conn = traced(&pool, &recorded.tracer).acquire().await.unwrap();
    let pid: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *conn).await.unwrap();
    let slow = (&mut *conn).execute("SELECT pg_sleep(10)");
    let kill = async {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active' \
                   AND query LIKE '%pg_sleep(10)'";
        let runs = || sqlx::query_scalar::<_, i64>(sql).bind(pid);
        let seen = async { while runs().fetch_one(&pool).await.unwrap() == 0 {} };
        tokio::time::timeout(PATIENCE, seen).await.unwrap();
        support::send(&pool, &format!("SELECT pg_terminate_backend({pid})")).await;
    };
    let (result, ()) = futures_util::join!(slow, kill);
    assert!(result.is_err());
    assert!((&mut *conn).execute("SELECT 'next'").await.is_err());
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let ended = |text: &str| spans.iter().find(|span| tag(span, "db.query.text") == text).unwrap();
    assert_eq!(tag(ended("SELECT pg_sleep(?)"), "db.response.status_code"), "57P01");
    let next = ended("SELECT ?");
    assert_eq!(tag(next, "db.response.status_code"), "", "nobody has answered");
    let kind = tag(next, "error.type");
    assert!(["unexpected_eof", "broken_pipe", "connection_reset"].contains(&&*kind), "{kind}");
}

/// A constraint that is looked at only in the end, and what comes after an error.
#[tokio::test]
async fn postgres_refuses_to_commit() {
    let (plain, recorded) = (support::postgres().await, Recorded::new());
    let (table, pool) = (unique("late"), traced(&plain, &recorded.tracer));
    let constraint = "id INT UNIQUE DEFERRABLE INITIALLY DEFERRED";
    support::send(&plain, &format!("CREATE TABLE {table} ({constraint})")).await;
    let insert = || AssertSqlSafe(format!("INSERT INTO {table} VALUES (1)"));
    let mut tx = pool.begin().await.unwrap();
    (&mut *tx).execute(insert()).await.unwrap();
    (&mut *tx).execute(insert()).await.unwrap();
    assert!(tx.commit().await.is_err());

    let mut tx = pool.begin().await.unwrap();
    assert!((&mut *tx).execute("SELECT 1 / 0").await.is_err());
    assert!((&mut *tx).execute("SELECT 1").await.is_err());
    tx.rollback().await.unwrap();
    support::send(&plain, &format!("DROP TABLE {table}")).await;
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let expected = format!(
        "\
transaction ! error.type=23505
  client BEGIN
  client INSERT {table}
  client INSERT {table}
  client COMMIT ! error.type=23505
transaction
  client BEGIN
  client SELECT ! error.type=22012
  client SELECT ! error.type=25P02
  client ROLLBACK
"
    );
    assert_eq!(tree_with(&spans, &["error.type"]), expected);
    let mut transactions = spans.iter().filter(|span| span.name == "transaction");
    assert!(transactions.all(|span| span.events() == ["rollback"]));
}

#[tokio::test]
async fn mysql_finds_a_deadlock() {
    let spans = support::deadlock::spans(async |tx| tx.rollback().await.unwrap()).await;
    if !tracer_core::ENABLED {
        return;
    }
    let failed: Vec<_> = spans.iter().filter(|span| span.status.is_error()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(tag(failed[0], "db.response.status_code"), "1213");
}
