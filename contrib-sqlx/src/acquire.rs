//! Functions that take anything a connection can be had from.

use std::future::ready;
use std::ops::DerefMut;

use futures_core::future::BoxFuture;
use sqlx_core::connection::Connection;
use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::pool::PoolConnection;
use sqlx_core::transaction::Transaction;

use crate::conn::{DatabaseOf, TracedConn};
use crate::database::TracedDatabase;
use crate::pool::TracedPool;
use crate::pool_connection::TracedPoolConnection;
use crate::transaction::TracedTransaction;

/// What sqlx' [`Acquire`](sqlx_core::acquire::Acquire) is, for traced pools, connections and
/// transactions. That one hands out sqlx' own transactions, which nobody can see into: a function
/// that takes it has to take this instead.
///
/// ```no_run
/// use contrib_sqlx::TracedAcquire;
/// use sqlx::Sqlite;
///
/// async fn count<'a, A>(source: A) -> sqlx::Result<i64>
/// where
///     A: TracedAcquire<'a, Database = Sqlite>,
/// {
///     let mut conn = source.acquire().await?;
///     sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&mut *conn).await
/// }
/// ```
///
/// Where the compiler finds an implementation "not general enough", the same helps as with sqlx'
/// trait: `fn count<'s, 'a, A: … + 's>(source: A) -> impl Future<Output = …> + Send` with an
/// `async move` block inside.
pub trait TracedAcquire<'c>: Send {
    /// The database.
    type Database: TracedDatabase;
    /// What is inside of the connection.
    type Inner: DerefMut<Target = <Self::Database as Database>::Connection> + Send + ?Sized;
    /// A connection.
    type Connection: DerefMut<Target = TracedConn<Self::Inner>> + Send;

    /// A connection: one of the pool's, or the one that there is.
    fn acquire(self) -> BoxFuture<'c, Result<Self::Connection, Error>>;

    /// A transaction; in a transaction, a savepoint.
    fn begin(self) -> BoxFuture<'c, Result<TracedTransaction<'c, Self::Database>, Error>>;
}

impl<'c, DB: TracedDatabase> TracedAcquire<'c> for &'_ TracedPool<DB> {
    type Database = DB;
    type Inner = dyn DerefMut<Target = DB::Connection> + Send;
    type Connection = TracedPoolConnection<DB>;

    fn acquire(self) -> BoxFuture<'c, Result<Self::Connection, Error>> {
        Box::pin(self.acquire())
    }

    fn begin(self) -> BoxFuture<'c, Result<TracedTransaction<'c, DB>, Error>> {
        let pool = self.clone();
        Box::pin(async move { pool.begin().await })
    }
}

impl<'c, C> TracedAcquire<'c> for &'c mut TracedConn<C>
where
    C: DerefMut<Target: Connection<Database: TracedDatabase> + Sized> + Send + ?Sized,
{
    type Database = DatabaseOf<C>;
    type Inner = C;
    type Connection = Self;

    fn acquire(self) -> BoxFuture<'c, Result<Self, Error>> {
        Box::pin(ready(Ok(self)))
    }

    fn begin(self) -> BoxFuture<'c, Result<TracedTransaction<'c, DatabaseOf<C>>, Error>> {
        Box::pin(TracedConn::begin(self))
    }
}

impl<'c, DB: TracedDatabase> TracedAcquire<'c> for &'c mut TracedPoolConnection<DB> {
    type Database = DB;
    type Inner = PoolConnection<DB>;
    type Connection = &'c mut TracedConn<PoolConnection<DB>>;

    fn acquire(self) -> BoxFuture<'c, Result<Self::Connection, Error>> {
        Box::pin(ready(Ok(&mut self.conn)))
    }

    fn begin(self) -> BoxFuture<'c, Result<TracedTransaction<'c, DB>, Error>> {
        Box::pin(TracedConn::begin(&mut self.conn))
    }
}

impl<'t, 'c, DB: TracedDatabase> TracedAcquire<'t> for &'t mut TracedTransaction<'c, DB> {
    type Database = DB;
    type Inner = Transaction<'c, DB>;
    type Connection = &'t mut TracedConn<Transaction<'c, DB>>;

    fn acquire(self) -> BoxFuture<'t, Result<Self::Connection, Error>> {
        Box::pin(ready(Ok(&mut self.conn)))
    }

    fn begin(self) -> BoxFuture<'t, Result<TracedTransaction<'t, DB>, Error>> {
        Box::pin(TracedConn::begin(&mut self.conn))
    }
}
