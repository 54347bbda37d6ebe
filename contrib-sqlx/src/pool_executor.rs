//! What a pool executes.

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream as _;
use futures_core::future::BoxFuture;
use sqlx_core::database::Database;
use sqlx_core::describe::Describe;
use sqlx_core::error::Error;
use sqlx_core::executor::{Execute, Executor};
use sqlx_core::sql_str::SqlStr;

use crate::database::{Answers, TracedDatabase};
use crate::pool::TracedPool;
use crate::rows::Rows;
use crate::scope::Scope;
use crate::start;
use crate::stream::TracedStream;
use crate::wait;

impl<'p, DB> Executor<'p> for &'_ TracedPool<DB>
where
    DB: TracedDatabase,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Answers<'e, DB>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let (query, call) = match start::query(&self.tracing, &Scope::default(), query) {
            Ok(traced) => traced,
            Err(query) => return self.pool.fetch_many(query),
        };
        let (pool, span) = (self.pool.clone(), call.span().clone());
        let rows = Rows::new(|reader| async move {
            let mut connection = wait::connection(&pool, &span).await?;
            let mut rows = connection.fetch_many(query);
            while let Some(row) = poll_fn(|cx| Pin::new(&mut rows).poll_next(cx)).await {
                reader.give(row?).await;
            }
            Ok(())
        });
        Box::pin(TracedStream::new(rows, call))
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let (query, call) = match start::query(&self.tracing, &Scope::default(), query) {
            Ok(traced) => traced,
            Err(query) => return self.pool.fetch_optional(query),
        };
        let (pool, span) = (self.pool.clone(), call.span().clone());
        let row = async move {
            let mut connection = wait::connection(&pool, &span).await?;
            connection.fetch_optional(query).await
        };
        Box::pin(call.drive(row, |row| row.iter().len() as u64))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<DB as Database>::TypeInfo],
    ) -> BoxFuture<'e, Result<<DB as Database>::Statement, Error>>
    where
        'p: 'e,
    {
        let (tracing, scope) = (&self.tracing, &Scope::default());
        let Some(call) = start::about::<DB>(tracing, scope, "PREPARE", sql.as_str()) else {
            return self.pool.prepare_with(sql, parameters);
        };
        let (pool, span) = (self.pool.clone(), call.span().clone());
        Box::pin(call.wait(async move {
            let mut connection = wait::connection(&pool, &span).await?;
            connection.prepare_with(sql, parameters).await
        }))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'p: 'e,
    {
        let (tracing, scope) = (&self.tracing, &Scope::default());
        let Some(call) = start::about::<DB>(tracing, scope, "DESCRIBE", sql.as_str()) else {
            return self.pool.describe(sql);
        };
        let (pool, span) = (self.pool.clone(), call.span().clone());
        Box::pin(call.wait(async move {
            let mut connection = wait::connection(&pool, &span).await?;
            connection.describe(sql).await
        }))
    }
}
