//! Transactions that are taken back by a drop, which SQLite's thread does when it comes to it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::traced;
use testing::{Recorded, tree};

/// Enough for the thread to be late now and then.
const TIMES: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_savepoint_and_a_commit() {
    let (pool, recorded) = (support::sqlite().await, Recorded::new());
    let pool = traced(&pool, &recorded.tracer);
    for _ in 0..TIMES {
        let mut tx = pool.begin().await.unwrap();
        drop(tx.begin().await.unwrap());
        tx.commit().await.unwrap();
    }
    if !tracer_core::ENABLED {
        return;
    }
    let one = "\
transaction
  client BEGIN
  client SAVEPOINT
  client COMMIT
";
    assert_eq!(tree(&recorded.spans()), one.repeat(TIMES));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_transaction_and_another_one() {
    let (pool, recorded) = (support::sqlite().await, Recorded::new());
    let mut conn = traced(&pool, &recorded.tracer).acquire().await.unwrap();
    for _ in 0..TIMES {
        drop(conn.begin().await.unwrap());
        conn.begin().await.unwrap().commit().await.unwrap();
    }
    if !tracer_core::ENABLED {
        return;
    }
    let one = "\
transaction
  client BEGIN
transaction
  client BEGIN
  client COMMIT
";
    let expected = format!("client acquire\n{}", one.repeat(TIMES));
    assert_eq!(tree(&recorded.spans()), expected);
}

/// A connection that was in a transaction when it was given to us, and one that no longer is.
#[tokio::test]
async fn transactions_of_somebody_else() {
    let (pool, recorded) = (support::sqlite().await, Recorded::new());
    let tracing = contrib_sqlx::SqlxTracing::new().with_tracer(recorded.tracer.clone());
    let mut plain = pool.begin().await.unwrap();
    let mut conn = contrib_sqlx::TracedConn::new(&mut *plain, tracing.clone());
    conn.begin().await.unwrap().commit().await.unwrap();
    plain.rollback().await.unwrap();
    let mut plain = pool.acquire().await.unwrap();
    let mut conn = contrib_sqlx::TracedConn::new(&mut *plain, tracing);
    conn.begin().await.unwrap().rollback().await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    let expected = "\
client SAVEPOINT
client RELEASE SAVEPOINT
transaction
  client BEGIN
  client ROLLBACK
";
    assert_eq!(tree(&recorded.spans()), expected);
}
