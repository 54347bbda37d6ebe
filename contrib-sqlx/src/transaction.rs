//! A transaction whose statements are traced.

use std::fmt;
use std::ops::{Deref, DerefMut};

use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::transaction::Transaction;
use tracer_core::semconv::db::{self, TransactionEnd};

use crate::conn::{DynConn, TracedConn};
use crate::database::TracedDatabase;
use crate::end::End;
use crate::error;
use crate::start;

/// sqlx' [`Transaction`] with spans: one named `transaction` from its beginning to its end, and
/// below it one for each statement, `BEGIN` and `COMMIT` or `ROLLBACK` among them. `&mut *tx` is
/// an [`Executor`](sqlx_core::executor::Executor), as it is without tracing.
///
/// A statement stands below the transaction's span where the current span is the one that was
/// current when the transaction began, or where there is none. Where the program has entered
/// another span meanwhile, the statement stands below that. Where the span that was current has
/// ended, because a function with a span of its own began the transaction for its caller, its
/// statements stand below the transaction, also those in newer spans of the trace: these can't be
/// told from those that were there before. What begins and ends transactions and savepoints always
/// stands below the transaction.
///
/// How it ended is a log of the transaction's span: `commit`, or `rollback`, with a message where
/// it was dropped without either. None of that is a failure. The span has an error where the
/// transaction could not begin or end; where the database refused to commit, it has a log
/// `rollback` too, and where the answer never came, nobody knows, and there is none.
///
/// To commit a transaction that the server has taken back already is no error of sqlx': PostgreSQL
/// does so after a failed statement, unless it was taken back to a savepoint, and MySQL after a
/// deadlock. The log is `rollback` then, as far as the failed statement was traced: a filter can
/// hide it.
///
/// A savepoint (a transaction begun in a transaction) has no span of its own: what is done in it
/// stands below the transaction's. One that is dropped is a log `savepoint dropped` there.
pub struct TracedTransaction<'c, DB: Database> {
    // Dropped before the span ends.
    pub(crate) conn: TracedConn<Transaction<'c, DB>>,
    pub(crate) end: End,
}

impl<DB: TracedDatabase> TracedTransaction<'_, DB> {
    /// Commits, or releases the savepoint.
    ///
    /// # Errors
    /// Those of [`Transaction::commit`].
    pub async fn commit(self) -> Result<(), Error> {
        self.finish(TransactionEnd::Commit).await
    }

    /// Takes everything back, or everything since the savepoint.
    ///
    /// # Errors
    /// Those of [`Transaction::rollback`].
    pub async fn rollback(self) -> Result<(), Error> {
        self.finish(TransactionEnd::Rollback).await
    }

    async fn finish(self, end: TransactionEnd) -> Result<(), Error> {
        let Self { conn: TracedConn { tracing, scope, conn }, end: owner } = self;
        // Not an `End` any more: dropped from here on, nobody knows how the transaction ends.
        let span = owner.take();
        let commits = end == TransactionEnd::Commit;
        // As it is before the server's answer, which counts as a statement's.
        let is_sealed = scope.fate().is_sealed();
        let summary = match (commits, scope.is_savepoint()) {
            (true, false) => "COMMIT",
            (true, true) => "RELEASE SAVEPOINT",
            (false, false) => "ROLLBACK",
            (false, true) => "ROLLBACK TO SAVEPOINT",
        };
        let call = start::command::<DB>(&tracing, &scope, summary, None);
        let result =
            if commits { call.wait(conn.commit()).await } else { call.wait(conn.rollback()).await };
        if !span.is_recording() {
            return result;
        }
        match &result {
            Ok(()) if is_sealed => db::on_transaction_end(&span, TransactionEnd::Rollback),
            Ok(()) => db::on_transaction_end(&span, end),
            Err(failure) => {
                error::record_on::<DB>(&tracing, &span, failure);
                if failure.as_database_error().is_some() {
                    db::on_transaction_end(&span, TransactionEnd::Rollback);
                }
            }
        }
        result
    }
}

impl<'c, DB: Database> TracedTransaction<'c, DB> {
    /// sqlx' transaction. What is sent through it is not traced.
    #[must_use]
    pub const fn raw(&self) -> &Transaction<'c, DB> {
        self.conn.raw()
    }

    /// sqlx' transaction, to change it. What is sent through it is not traced.
    #[must_use]
    pub const fn raw_mut(&mut self) -> &mut Transaction<'c, DB> {
        self.conn.raw_mut()
    }
}

/// What takes a connection of any origin is given `&mut tx`.
impl<'c, DB: Database> Deref for TracedTransaction<'c, DB> {
    type Target = DynConn<'c, DB>;

    fn deref(&self) -> &Self::Target {
        &self.conn
    }
}

impl<DB: Database> DerefMut for TracedTransaction<'_, DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.conn
    }
}

impl<'c, DB: Database> AsMut<DynConn<'c, DB>> for TracedTransaction<'c, DB> {
    fn as_mut(&mut self) -> &mut DynConn<'c, DB> {
        self
    }
}

impl<DB: Database> fmt::Debug for TracedTransaction<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedTransaction")
            .field("tracing", &self.conn.tracing)
            .finish_non_exhaustive()
    }
}
