//! What a connection executes.

use std::ops::DerefMut;

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx_core::Either;
use sqlx_core::connection::Connection;
use sqlx_core::database::Database;
use sqlx_core::describe::Describe;
use sqlx_core::error::Error;
use sqlx_core::executor::{Execute, Executor};
use sqlx_core::sql_str::SqlStr;

use crate::conn::{DatabaseOf, TracedConn};
use crate::database::TracedDatabase;
use crate::start;
use crate::stream::TracedStream;

impl<'c, C> Executor<'c> for &'c mut TracedConn<C>
where
    C: DerefMut<Target: Connection<Database: TracedDatabase> + Sized> + Send + ?Sized,
    for<'a> &'a mut C::Target: Executor<'a, Database = DatabaseOf<C>>,
{
    type Database = DatabaseOf<C>;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<
        'e,
        Result<
            Either<<Self::Database as Database>::QueryResult, <Self::Database as Database>::Row>,
            Error,
        >,
    >
    where
        'c: 'e,
        E: 'q + Execute<'q, Self::Database>,
    {
        match start::query::<DatabaseOf<C>, E>(&self.tracing, &self.scope, query) {
            Ok((query, call)) => Box::pin(TracedStream::new(self.conn.fetch_many(query), call)),
            Err(query) => self.conn.fetch_many(query),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<<Self::Database as Database>::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Self::Database>,
    {
        match start::query::<DatabaseOf<C>, E>(&self.tracing, &self.scope, query) {
            Ok((query, call)) => {
                let row = self.conn.fetch_optional(query);
                Box::pin(call.drive(row, |row| row.iter().len() as u64))
            }
            Err(query) => self.conn.fetch_optional(query),
        }
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<Self::Database as Database>::TypeInfo],
    ) -> BoxFuture<'e, Result<<Self::Database as Database>::Statement, Error>>
    where
        'c: 'e,
    {
        let call =
            start::about::<DatabaseOf<C>>(&self.tracing, &self.scope, "PREPARE", sql.as_str());
        let statement = self.conn.prepare_with(sql, parameters);
        match call {
            Some(call) => Box::pin(call.wait(statement)),
            None => statement,
        }
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Self::Database>, Error>>
    where
        'c: 'e,
    {
        let call =
            start::about::<DatabaseOf<C>>(&self.tracing, &self.scope, "DESCRIBE", sql.as_str());
        let description = self.conn.describe(sql);
        match call {
            Some(call) => Box::pin(call.wait(description)),
            None => description,
        }
    }
}
