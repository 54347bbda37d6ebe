//! The short way to a traced pool.

use sqlx_core::pool::Pool;

use crate::config::SqlxTracing;
use crate::database::TracedDatabase;
use crate::pool::TracedPool;

/// Turns a pool into a traced one.
pub trait PoolExt: Sized {
    /// The pool's database.
    type Database: TracedDatabase;

    /// With the global tracer and the default settings.
    #[must_use]
    fn traced(self) -> TracedPool<Self::Database> {
        self.traced_with(SqlxTracing::new())
    }

    /// With these settings.
    #[must_use]
    fn traced_with(self, tracing: SqlxTracing) -> TracedPool<Self::Database>;
}

impl<DB: TracedDatabase> PoolExt for Pool<DB> {
    type Database = DB;

    fn traced_with(self, tracing: SqlxTracing) -> TracedPool<DB> {
        TracedPool::with(self, tracing)
    }
}
