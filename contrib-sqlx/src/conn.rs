//! A connection whose statements are traced.

use std::fmt;
use std::future::ready;
use std::ops::DerefMut;

use futures_core::future::BoxFuture;
use sqlx_core::connection::Connection;
use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::sql_str::{SqlSafeStr, SqlStr};

use crate::begin;
use crate::config::SqlxTracing;
use crate::database::TracedDatabase;
use crate::scope::Scope;
use crate::transaction::TracedTransaction;

/// Any connection with a span for each statement: a pool's, a transaction's, a borrowed one.
/// `&mut conn` is an [`Executor`](sqlx_core::executor::Executor).
///
/// `C` is what derefs to sqlx' connection. What takes a connection of any origin takes this:
///
/// ```no_run
/// use contrib_sqlx::DynConn;
/// use sqlx::Sqlite;
///
/// async fn count(conn: &mut DynConn<'_, Sqlite>) -> sqlx::Result<i64> {
///     sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&mut *conn).await
/// }
///
/// # async fn run(pool: contrib_sqlx::TracedPool<Sqlite>) -> sqlx::Result<()> {
/// let mut tx = pool.begin().await?;
/// let before = count(&mut tx).await?;
/// tx.commit().await?;
/// let mut conn = pool.acquire().await?;
/// let after = count(&mut conn).await?;
/// # Ok(())
/// # }
/// ```
///
/// It does not deref to sqlx' connection, which would lose the tracing in silence.
pub struct TracedConn<C: ?Sized> {
    pub(crate) tracing: SqlxTracing,
    pub(crate) scope: Scope,
    pub(crate) conn: C,
}

/// A connection of any origin, behind a reference. Transactions and connections of pools deref to
/// it, so that `&mut tx` and `&mut conn` are good for it, and a `&mut` [`TracedConn`] coerces to it.
pub type DynConn<'c, DB> =
    TracedConn<dyn DerefMut<Target = <DB as Database>::Connection> + Send + 'c>;

/// The database of what derefs to a connection.
pub(crate) type DatabaseOf<C> = <<C as std::ops::Deref>::Target as Connection>::Database;

impl<C> TracedConn<C>
where
    C: DerefMut<Target: Connection<Database: TracedDatabase> + Sized>,
{
    /// A connection that does not come from a pool: `&mut conn`, or `Box::new(conn)`. It does not
    /// tell which server it is connected to; [`SqlxTracing::with_endpoint`] does.
    #[must_use]
    pub fn new(conn: C, tracing: SqlxTracing) -> Self {
        let scope = Scope::of_foreign(conn.is_in_transaction());
        Self { tracing: tracing.complete(|| None), scope, conn }
    }
}

impl<C> TracedConn<C> {
    /// What is inside.
    #[must_use]
    pub fn into_inner(self) -> C {
        self.conn
    }
}

impl<C: ?Sized> TracedConn<C> {
    /// What is inside. What is sent through it is not traced.
    #[must_use]
    pub const fn raw(&self) -> &C {
        &self.conn
    }

    /// What is inside, to change it. What is sent through it is not traced.
    #[must_use]
    pub const fn raw_mut(&mut self) -> &mut C {
        &mut self.conn
    }
}

impl<C> TracedConn<C>
where
    C: DerefMut<Target: Connection<Database: TracedDatabase> + Sized> + Send + ?Sized,
{
    /// Begins a transaction, or in a transaction a savepoint.
    ///
    /// # Errors
    /// Those of sqlx' [`Connection::begin`].
    pub async fn begin(&mut self) -> Result<TracedTransaction<'_, DatabaseOf<C>>, Error> {
        self.begin_or_nest(None).await
    }

    /// Begins a transaction with this statement instead of `BEGIN`.
    ///
    /// # Errors
    /// Those of sqlx' [`Connection::begin_with`]: in a transaction, always.
    pub async fn begin_with(
        &mut self,
        statement: impl SqlSafeStr,
    ) -> Result<TracedTransaction<'_, DatabaseOf<C>>, Error> {
        self.begin_or_nest(Some(statement.into_sql_str())).await
    }

    /// Runs `work` in a transaction, or in a transaction in a savepoint, which is committed where
    /// that returns `Ok` and rolled back where it returns an error.
    ///
    /// # Errors
    /// That of `work`, or those of [`begin`](Self::begin) and the transaction's end.
    pub async fn transaction<F, R, E>(&mut self, work: F) -> Result<R, E>
    where
        F: for<'t> FnOnce(
            &'t mut TracedTransaction<'_, DatabaseOf<C>>,
        ) -> BoxFuture<'t, Result<R, E>>,
        E: From<Error>,
    {
        let mut transaction = self.begin().await?;
        match work(&mut transaction).await {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(error) => {
                transaction.rollback().await?;
                Err(error)
            }
        }
    }

    /// Asks the server whether it is there. Not traced.
    ///
    /// # Errors
    /// Those of sqlx' [`Connection::ping`].
    pub async fn ping(&mut self) -> Result<(), Error> {
        self.conn.ping().await
    }

    /// As [`Connection::is_in_transaction`].
    #[must_use]
    pub fn is_in_transaction(&self) -> bool {
        self.conn.is_in_transaction()
    }

    async fn begin_or_nest(
        &mut self,
        statement: Option<SqlStr>,
    ) -> Result<TracedTransaction<'_, DatabaseOf<C>>, Error> {
        let Self { tracing, scope, conn } = self;
        let conn: &mut C::Target = conn;
        if scope.is_nested(|| conn.is_in_transaction()) {
            begin::savepoint(tracing, scope, statement, conn).await
        } else {
            begin::transaction(tracing, statement, |_| ready(Ok(conn))).await
        }
    }
}

impl<C: ?Sized> fmt::Debug for TracedConn<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedConn").field("tracing", &self.tracing).finish_non_exhaustive()
    }
}
