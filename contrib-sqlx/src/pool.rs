//! A pool whose statements are traced.

use std::fmt;
use std::sync::Arc;

use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::pool::{CloseEvent, Pool, PoolOptions};
use sqlx_core::sql_str::{SqlSafeStr, SqlStr};

use crate::begin;
use crate::config::SqlxTracing;
use crate::database::{Options, TracedDatabase};
use crate::pool_connection::TracedPoolConnection;
use crate::transaction::TracedTransaction;
use crate::wait;

/// sqlx' [`Pool`] with a span for each statement. To be used as a pool is: `&pool` is an
/// [`Executor`](sqlx_core::executor::Executor).
///
/// The span of a statement on `&pool` includes the wait for a connection; where none was idle, or
/// the wait took a millisecond or more, a log `connection acquired` says when it came.
///
/// It does not deref to the pool, which would lose the tracing in silence: for what has to have
/// that, as migrations do, there is [`raw`](Self::raw).
pub struct TracedPool<DB: Database> {
    pub(crate) pool: Pool<DB>,
    pub(crate) tracing: SqlxTracing,
}

impl<DB: TracedDatabase> TracedPool<DB> {
    /// With the default settings.
    #[must_use]
    pub fn new(pool: Pool<DB>) -> Self {
        Self::with(pool, SqlxTracing::new())
    }

    /// With these settings. Server and database are taken from the pool's options, as they are
    /// now.
    #[must_use]
    pub fn with(pool: Pool<DB>, tracing: SqlxTracing) -> Self {
        let tracing = tracing.complete(|| Some(DB::endpoint(&pool.connect_options())));
        Self { pool, tracing }
    }

    /// A connection. The wait for it is a span named `acquire`.
    ///
    /// # Errors
    /// Those of [`Pool::acquire`].
    pub fn acquire(
        &self,
    ) -> impl Future<Output = Result<TracedPoolConnection<DB>, Error>> + use<DB> {
        let Self { pool, tracing } = self.clone();
        async move {
            let connection = wait::acquire(&pool, &tracing).await?;
            Ok(TracedPoolConnection::new(connection, tracing))
        }
    }

    /// A connection, if there is an idle one.
    #[must_use]
    pub fn try_acquire(&self) -> Option<TracedPoolConnection<DB>> {
        let connection = self.pool.try_acquire()?;
        Some(TracedPoolConnection::new(connection, self.tracing.clone()))
    }

    /// Begins a transaction, which has a span of its own: see [`TracedTransaction`].
    ///
    /// # Errors
    /// Those of [`Pool::begin`].
    pub async fn begin(&self) -> Result<TracedTransaction<'static, DB>, Error> {
        self.begin_on_any(None).await
    }

    /// Begins a transaction with this statement instead of `BEGIN`.
    ///
    /// # Errors
    /// Those of [`Pool::begin_with`].
    pub async fn begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<TracedTransaction<'static, DB>, Error> {
        self.begin_on_any(Some(statement.into_sql_str())).await
    }

    /// Begins a transaction, if there is an idle connection.
    ///
    /// # Errors
    /// Those of [`Pool::try_begin`].
    pub async fn try_begin(&self) -> Result<Option<TracedTransaction<'static, DB>>, Error> {
        self.try_begin_on_idle(None).await
    }

    /// The same with this statement instead of `BEGIN`.
    ///
    /// # Errors
    /// Those of [`Pool::try_begin_with`].
    pub async fn try_begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<Option<TracedTransaction<'static, DB>>, Error> {
        self.try_begin_on_idle(Some(statement.into_sql_str())).await
    }

    async fn begin_on_any(
        &self,
        statement: Option<SqlStr>,
    ) -> Result<TracedTransaction<'static, DB>, Error> {
        let connect = async move |span| wait::connection(&self.pool, &span).await;
        begin::transaction(&self.tracing, statement, connect).await
    }

    async fn try_begin_on_idle(
        &self,
        statement: Option<SqlStr>,
    ) -> Result<Option<TracedTransaction<'static, DB>>, Error> {
        let Some(connection) = self.pool.try_acquire() else {
            return Ok(None);
        };
        let connect = async move |_| Ok(connection);
        begin::transaction(&self.tracing, statement, connect).await.map(Some)
    }

    /// sqlx' pool. What is sent through it is not traced.
    #[must_use]
    pub const fn raw(&self) -> &Pool<DB> {
        &self.pool
    }

    /// sqlx' pool.
    #[must_use]
    pub fn into_inner(self) -> Pool<DB> {
        self.pool
    }

    /// As [`Pool::close`].
    pub fn close(&self) -> impl Future<Output = ()> + '_ {
        self.pool.close()
    }

    /// As [`Pool::close_event`].
    #[must_use]
    pub fn close_event(&self) -> CloseEvent {
        self.pool.close_event()
    }

    /// As [`Pool::is_closed`].
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }

    /// How many connections there are, idle ones included.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.pool.size()
    }

    /// How many connections nobody uses.
    #[must_use]
    pub fn num_idle(&self) -> usize {
        self.pool.num_idle()
    }

    /// As [`Pool::connect_options`].
    #[must_use]
    pub fn connect_options(&self) -> Arc<Options<DB>> {
        self.pool.connect_options()
    }

    /// As [`Pool::options`].
    #[must_use]
    pub fn options(&self) -> &PoolOptions<DB> {
        self.pool.options()
    }
}

impl<DB: Database> Clone for TracedPool<DB> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), tracing: self.tracing.clone() }
    }
}

impl<DB: TracedDatabase> From<Pool<DB>> for TracedPool<DB> {
    fn from(pool: Pool<DB>) -> Self {
        Self::new(pool)
    }
}

impl<DB: Database> fmt::Debug for TracedPool<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedPool")
            .field("pool", &self.pool)
            .field("tracing", &self.tracing)
            .finish()
    }
}
