//! A connection that goes back to its pool.

use std::fmt;
use std::ops::{Deref, DerefMut};

use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::pool::PoolConnection;

use crate::config::SqlxTracing;
use crate::conn::{DynConn, TracedConn};
use crate::scope::Scope;

/// sqlx' [`PoolConnection`] with a span for each statement: `&mut *conn` is an
/// [`Executor`](sqlx_core::executor::Executor), as it is without tracing.
pub struct TracedPoolConnection<DB: Database> {
    pub(crate) conn: TracedConn<PoolConnection<DB>>,
}

impl<DB: Database> TracedPoolConnection<DB> {
    pub(crate) fn new(conn: PoolConnection<DB>, tracing: SqlxTracing) -> Self {
        Self { conn: TracedConn { tracing, scope: Scope::default(), conn } }
    }

    /// sqlx' connection.
    #[must_use]
    pub fn into_inner(self) -> PoolConnection<DB> {
        self.conn.into_inner()
    }

    /// sqlx' connection. What is sent through it is not traced.
    #[must_use]
    pub const fn raw(&self) -> &PoolConnection<DB> {
        self.conn.raw()
    }

    /// sqlx' connection, to change it. What is sent through it is not traced.
    #[must_use]
    pub const fn raw_mut(&mut self) -> &mut PoolConnection<DB> {
        self.conn.raw_mut()
    }

    /// As [`PoolConnection::close`].
    ///
    /// # Errors
    /// Those of sqlx.
    pub async fn close(self) -> Result<(), Error> {
        self.into_inner().close().await
    }

    /// As [`PoolConnection::close_on_drop`].
    pub fn close_on_drop(&mut self) {
        self.conn.raw_mut().close_on_drop();
    }

    /// As [`PoolConnection::detach`], and still traced.
    #[must_use]
    pub fn detach(self) -> TracedConn<Box<DB::Connection>> {
        let TracedConn { tracing, scope, conn } = self.conn;
        TracedConn { tracing, scope, conn: Box::new(conn.detach()) }
    }

    /// As [`PoolConnection::leak`], and still traced.
    #[must_use]
    pub fn leak(self) -> TracedConn<Box<DB::Connection>> {
        let TracedConn { tracing, scope, conn } = self.conn;
        TracedConn { tracing, scope, conn: Box::new(conn.leak()) }
    }
}

/// What takes a connection of any origin is given `&mut conn`.
impl<DB: Database> Deref for TracedPoolConnection<DB> {
    type Target = DynConn<'static, DB>;

    fn deref(&self) -> &Self::Target {
        &self.conn
    }
}

impl<DB: Database> DerefMut for TracedPoolConnection<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.conn
    }
}

impl<DB: Database> AsMut<DynConn<'static, DB>> for TracedPoolConnection<DB> {
    fn as_mut(&mut self) -> &mut DynConn<'static, DB> {
        self
    }
}

impl<DB: Database> AsRef<DynConn<'static, DB>> for TracedPoolConnection<DB> {
    fn as_ref(&self) -> &DynConn<'static, DB> {
        self
    }
}

impl<DB: Database> fmt::Debug for TracedPoolConnection<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.conn.fmt(f)
    }
}
