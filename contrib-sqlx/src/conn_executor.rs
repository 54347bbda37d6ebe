//! What a connection executes.

use std::ops::DerefMut;

use futures_core::future::BoxFuture;
use sqlx_core::connection::Connection;
use sqlx_core::database::Database;
use sqlx_core::describe::Describe;
use sqlx_core::error::Error;
use sqlx_core::executor::{Execute, Executor};
use sqlx_core::sql_str::SqlStr;

use crate::conn::{DatabaseOf, TracedConn};
use crate::database::{Answers, Driver, TracedDatabase};
use crate::start;
use crate::stream::TracedStream;

impl<'c, C> Executor<'c> for &'c mut TracedConn<C>
where
    C: DerefMut<Target: Connection<Database: TracedDatabase> + Sized> + Send + ?Sized,
{
    type Database = DatabaseOf<C>;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Answers<'e, Self::Database>
    where
        'c: 'e,
        E: 'q + Execute<'q, Self::Database>,
    {
        match start::query::<DatabaseOf<C>, E>(&self.tracing, &self.scope, query) {
            Ok((query, call)) => {
                let rows = DatabaseOf::<C>::fetch_many(&mut *self.conn, query);
                Box::pin(TracedStream::new(rows, call))
            }
            Err(query) => DatabaseOf::<C>::fetch_many(&mut *self.conn, query),
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
                let row = DatabaseOf::<C>::fetch_optional(&mut *self.conn, query);
                Box::pin(call.drive(row, |row| row.iter().len() as u64))
            }
            Err(query) => DatabaseOf::<C>::fetch_optional(&mut *self.conn, query),
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
        let statement = DatabaseOf::<C>::prepare_with(&mut *self.conn, sql, parameters);
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
        let description = DatabaseOf::<C>::describe(&mut *self.conn, sql);
        match call {
            Some(call) => Box::pin(call.wait(description)),
            None => description,
        }
    }
}
