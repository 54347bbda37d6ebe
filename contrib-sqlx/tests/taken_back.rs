//! Transactions that the server takes back by itself: a commit does not make them commit.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_sqlx::{TracedPool, TracedTransaction};
use sqlx::{AssertSqlSafe, Executor, MySql, Postgres};
use support::{events, named, traced, unique};
use testing::{Recorded, tag};

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
    assert_eq!(events(transaction), ["rollback"]);
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
    assert_eq!(events(named(&spans, "transaction")), ["savepoint dropped", "commit"]);
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
    assert_eq!(events(named(&recorded.spans(), "transaction")), ["commit"]);
}

/// The one that had to give in commits all the same.
#[tokio::test]
async fn mysql_after_a_deadlock() {
    let (plain, recorded) = (support::mysql().await, Recorded::new());
    let (table, pool) = (unique("taken"), traced(&plain, &recorded.tracer));
    let create = format!("CREATE TABLE {table} (id INT PRIMARY KEY, n INT) ENGINE=InnoDB");
    support::send(&plain, &create).await;
    support::send(&plain, &format!("INSERT INTO {table} VALUES (1, 0), (2, 0)")).await;
    let update = |id: i32| {
        let sql = format!("UPDATE {table} SET n = n + 1 WHERE id = ?");
        sqlx::query(AssertSqlSafe(sql)).bind(id)
    };
    let (mut one, mut other) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    update(1).execute(&mut *one).await.unwrap();
    update(2).execute(&mut *other).await.unwrap();
    async fn end(
        mut tx: TracedTransaction<'_, MySql>,
        update: sqlx::query::Query<'_, MySql, sqlx::mysql::MySqlArguments>,
    ) -> bool {
        let is_well = update.execute(&mut *tx).await.is_ok();
        tx.commit().await.unwrap();
        is_well
    }
    let (first, second) = futures_util::join!(end(one, update(2)), end(other, update(1)));
    assert!(first != second, "one has to give in");
    support::send(&plain, &format!("DROP TABLE {table}")).await;
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let failed = spans.iter().find(|span| span.status.is_error()).unwrap();
    assert_eq!(tag(failed, "error.type"), "1213");
    for transaction in spans.iter().filter(|span| span.name == "transaction") {
        let has_failed = failed.parent_id == transaction.span_id;
        assert_eq!(events(transaction), [if has_failed { "rollback" } else { "commit" }]);
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
    assert_eq!(events(named(&recorded.spans(), "transaction")), ["rollback"]);
}
