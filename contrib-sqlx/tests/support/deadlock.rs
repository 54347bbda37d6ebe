//! Two transactions that want what the other one has.

use contrib_sqlx::TracedTransaction;
use sqlx::{AssertSqlSafe, MySql};
use testing::Recorded;
use tracer_core::FinishedSpan;

use super::{send, traced, unique};

/// Lets MySQL find a deadlock, ends both transactions with `end`, the one that had to give in too,
/// and returns the spans of all that.
pub(crate) async fn spans(
    end: impl AsyncFn(TracedTransaction<'static, MySql>),
) -> Vec<FinishedSpan> {
    let (plain, recorded) = (super::mysql().await, Recorded::new());
    let (table, pool) = (unique("locks"), traced(&plain, &recorded.tracer));
    let create = format!("CREATE TABLE {table} (id INT PRIMARY KEY, n INT) ENGINE=InnoDB");
    send(&plain, &create).await;
    send(&plain, &format!("INSERT INTO {table} VALUES (1, 0), (2, 0)")).await;
    let update = |id: i32| {
        let sql = format!("UPDATE {table} SET n = n + 1 WHERE id = ?");
        sqlx::query(AssertSqlSafe(sql)).bind(id)
    };
    let (mut one, mut other) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    update(1).execute(&mut *one).await.unwrap();
    update(2).execute(&mut *other).await.unwrap();
    let finish = async |mut tx: TracedTransaction<'static, MySql>, id| {
        let result = update(id).execute(&mut *tx).await;
        end(tx).await;
        result
    };
    let (first, second) = futures_util::join!(finish(one, 2), finish(other, 1));
    assert!(first.is_err() != second.is_err(), "one has to give in");
    send(&plain, &format!("DROP TABLE {table}")).await;
    recorded.spans()
}
