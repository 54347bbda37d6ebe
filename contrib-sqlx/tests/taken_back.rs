//! Transactions that the server takes back by itself: a commit does not make them commit.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_sqlx::{TracedPool, TracedTransaction};
use sqlx::{Executor, Postgres};
use support::traced;
use testing::{Recorded, named, tag};

async fn postgres() -> (TracedPool<Postgres>, Recorded) {
    let recorded = Recorded::new();
    (traced(&support::postgres().await, &recorded.tracer), recorded)
}

async fn fail(tx: &mut TracedTransaction<'_, Postgres>) {
    assert!((&mut **tx).execute("SELECT 1 / 0").await.is_err());
}

#[tokio::test]
async fn postgres_after_an_error() {
    let (pool, recorded) = postgres().await;
    let mut tx = pool.begin().await.unwrap();
    fail(&mut tx).await;
    tx.commit().await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let transaction = named(&spans, "transaction");
    assert_eq!(transaction.events(), ["rollback"]);
    assert!(!transaction.status.is_error(), "sqlx says that all is well");
}

#[tokio::test]
async fn postgres_after_an_error_in_a_savepoint() {
    let (pool, recorded) = postgres().await;
    let mut tx = pool.begin().await.unwrap();
    let mut savepoint = tx.begin().await.unwrap();
    fail(&mut savepoint).await;
    savepoint.rollback().await.unwrap();
    let mut savepoint = tx.begin().await.unwrap();
    fail(&mut savepoint).await;
    drop(savepoint);
    tx.commit().await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    assert_eq!(named(&spans, "transaction").events(), ["savepoint dropped", "commit"]);
}

#[tokio::test]
async fn postgres_after_a_savepoint_of_the_programs_own() {
    let (pool, recorded) = postgres().await;
    let mut tx = pool.begin().await.unwrap();
    (&mut *tx).execute("SAVEPOINT mine").await.unwrap();
    fail(&mut tx).await;
    (&mut *tx).execute("ROLLBACK TO SAVEPOINT mine").await.unwrap();
    tx.commit().await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    assert_eq!(named(&recorded.spans(), "transaction").events(), ["commit"]);
}

/// The one that had to give in commits all the same.
#[tokio::test]
async fn mysql_after_a_deadlock() {
    let spans = support::deadlock::spans(async |tx| tx.commit().await.unwrap()).await;
    if !tracer_core::ENABLED {
        return;
    }
    let failed = spans.iter().find(|span| span.status.is_error()).unwrap();
    assert_eq!(tag(failed, "error.type"), "1213");
    for transaction in spans.iter().filter(|span| span.name == "transaction") {
        let has_failed = failed.parent_id == transaction.span_id;
        assert_eq!(transaction.events(), [if has_failed { "rollback" } else { "commit" }]);
    }
}

/// SQLite says so: sqlx gives an error.
#[tokio::test]
async fn sqlite_after_a_conflict() {
    let (pool, recorded) = support::songs().await;
    let mut tx = traced(&pool, &recorded.tracer).begin().await.unwrap();
    let twice = "INSERT OR ROLLBACK INTO songs VALUES (1, 'again')";
    assert!((&mut *tx).execute(twice).await.is_err());
    assert!(tx.commit().await.is_err());
    if !tracer_core::ENABLED {
        return;
    }
    assert_eq!(named(&recorded.spans(), "transaction").events(), ["rollback"]);
}
