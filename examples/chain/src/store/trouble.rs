//! What can go wrong with a transaction. It does so for real: the database is made to fail, and
//! says so in its own words.

use std::time::Duration;

use contrib_sqlx::TracedTransaction;
use example_parts::faults::{Hook, Kind, latency};
use sqlx::{Encode, Error, Executor, IntoArguments, Pool, Type};
use tokio::sync::oneshot;

use super::schema::Dialect;

/// How long the other transaction of a deadlock is given to be where it waits for ours.
const WAITS: Duration = Duration::from_millis(200);
/// How long it keeps what ours wants, where the database does not see that there is no end to it.
const GIVES_UP: Duration = Duration::from_secs(1);
/// Writes an item, and waits for whoever has it. Nobody orders a piano: there is none.
pub(super) const WANT: &str = "UPDATE chain_items SET stock = stock + 1 WHERE name = ?";

/// The trouble that one transaction has, if any.
pub(super) struct Trouble(Option<Kind>);

impl Trouble {
    pub(super) fn of(hook: &Hook) -> Self {
        Self(hook.now())
    }

    /// Somebody has all connections.
    pub(super) async fn before<DB: Dialect>(&self, pool: &Pool<DB>) -> Result<(), Error> {
        let Some(Kind::Exhausted(time)) = self.0 else { return Ok(()) };
        let mut taken = Vec::new();
        for _ in 0..pool.options().get_max_connections() {
            taken.push(pool.acquire().await?);
        }
        later(time, async { drop(taken) });
        Ok(())
    }

    /// The first statement takes longer than it should.
    pub(super) async fn begun<DB: Dialect>(
        &self,
        pool: &Pool<DB>,
        ours: &mut TracedTransaction<'static, DB>,
        item: &str,
    ) -> Result<(), Error> {
        match self.0 {
            Some(Kind::Latency { by, jitter }) => {
                DB::delay(pool, ours.raw_mut(), item, latency(by, jitter)).await
            }
            _ => Ok(()),
        }
    }

    /// That one is through.
    pub(super) async fn over<DB: Dialect>(
        &self,
        ours: &mut TracedTransaction<'static, DB>,
    ) -> Result<(), Error> {
        match self.0 {
            Some(Kind::Latency { .. }) => DB::delay_no_more(ours.raw_mut()).await,
            _ => Ok(()),
        }
    }

    /// A statement that can't be done.
    pub(super) async fn within<DB>(
        &self,
        pool: &Pool<DB>,
        ours: &mut TracedTransaction<'static, DB>,
        item: &str,
    ) -> Result<(), Error>
    where
        DB: Dialect,
        DB::Arguments: IntoArguments<DB>,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
        for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    {
        let statement = match self.0 {
            Some(Kind::Error) => "INSERT INTO chain_lost (name) VALUES (?)",
            Some(Kind::Unique) => "INSERT INTO chain_items (name, stock) VALUES (?, 0)",
            Some(Kind::Deadlock) => return deadlock(pool, ours, item).await,
            _ => return Ok(()),
        };
        sqlx::query(statement).bind(item).execute(&mut **ours).await.map(drop)
    }
}

/// Ours has read this item and wants to write another one; somebody else has that and wants to write
/// this. One of the two is told so, and it is ours, which has written nothing yet.
async fn deadlock<DB>(
    pool: &Pool<DB>,
    ours: &mut TracedTransaction<'static, DB>,
    item: &str,
) -> Result<(), Error>
where
    DB: Dialect,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
{
    // Not of the pool's: where that has one connection, it is ours.
    let options = (*pool.connect_options()).clone();
    let mut theirs = <DB::Connection as sqlx::Connection>::connect_with(&options).await?;
    sqlx::raw_sql(DB::HOLD).execute(&mut theirs).await?;
    let item = item.to_owned();
    let (tried, is_tried) = oneshot::channel::<()>();
    tokio::spawn(async move {
        // Whatever becomes of it, nothing of it stays.
        let _ = sqlx::query(WANT).bind(&*item).execute(&mut theirs).await;
        let _ = tokio::time::timeout(GIVES_UP, is_tried).await;
        let _ = sqlx::raw_sql("ROLLBACK").execute(&mut theirs).await;
    });
    tokio::time::sleep(WAITS).await;
    let lost = sqlx::query(WANT).bind("piano").execute(&mut **ours).await;
    drop(tried);
    lost.map(drop)
}

/// Does this later.
pub(super) fn later(time: Duration, work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        work.await;
    });
}
