//! Beginning transactions and savepoints.

use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::pool::MaybePoolConnection;
use sqlx_core::sql_str::SqlStr;
use sqlx_core::transaction::Transaction;
use tracer_core::SpanRef;

use crate::config::SqlxTracing;
use crate::conn::TracedConn;
use crate::database::TracedDatabase;
use crate::end::End;
use crate::error;
use crate::scope::Scope;
use crate::start;
use crate::transaction::TracedTransaction;

/// Begins a transaction on what `connect` gives, which is told the span of `BEGIN`.
pub(crate) async fn transaction<'c, DB, C, F>(
    tracing: &SqlxTracing,
    statement: Option<SqlStr>,
    connect: impl FnOnce(SpanRef) -> F,
) -> Result<TracedTransaction<'c, DB>, Error>
where
    DB: TracedDatabase,
    C: Into<MaybePoolConnection<'c, DB>>,
    F: Future<Output = Result<C, Error>>,
{
    let span = start::transaction::<DB>(tracing);
    let scope = Scope::of(&span);
    let sql = statement.as_ref().map(SqlStr::as_str);
    let call = start::command::<DB>(tracing, &scope, "BEGIN", sql);
    let connecting = connect(call.span().clone());
    let begun =
        call.wait(async move { Transaction::begin(connecting.await?, statement).await }).await;
    match begun {
        Ok(conn) => {
            let conn = TracedConn { tracing: tracing.clone(), scope, conn };
            Ok(TracedTransaction { conn, end: End::of_transaction(span) })
        }
        Err(failure) => {
            error::record_on::<DB>(tracing, &span, &failure);
            Err(failure)
        }
    }
}

/// Makes a savepoint. It is a part of the transaction, and has no span that would hold what
/// happens until its end.
pub(crate) async fn savepoint<'c, DB: TracedDatabase>(
    tracing: &SqlxTracing,
    scope: &Scope,
    statement: Option<SqlStr>,
    conn: &'c mut <DB as Database>::Connection,
) -> Result<TracedTransaction<'c, DB>, Error> {
    let sql = statement.as_ref().map(SqlStr::as_str);
    let call = start::command::<DB>(tracing, scope, "SAVEPOINT", sql);
    let conn = MaybePoolConnection::Connection(conn);
    let conn = call.wait(Transaction::begin(conn, statement)).await?;
    let conn = TracedConn { tracing: tracing.clone(), scope: scope.savepoint(), conn };
    Ok(TracedTransaction { conn, end: End::of_savepoint(scope) })
}
