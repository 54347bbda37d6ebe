//! What the three databases differ in.

#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod forward;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::borrow::Cow;

#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
use forward::forward;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx_core::Either;
use sqlx_core::connection::Connection;
use sqlx_core::database::Database;
use sqlx_core::describe::Describe;
use sqlx_core::error::{DatabaseError, Error};
use sqlx_core::executor::Execute;
use sqlx_core::sql_str::SqlStr;
use tracer_core::semconv::db::Endpoint;
use tracer_core::semconv::sql::Dialect;

use crate::fate::Damage;

/// How to reach a database.
pub(crate) type Options<DB> = <<DB as Database>::Connection as Connection>::Options;

/// What a database answers to statements: their rows, and after those of each its result.
pub(crate) type Answers<'e, DB> =
    BoxStream<'e, Result<Either<<DB as Database>::QueryResult, <DB as Database>::Row>, Error>>;

/// A database whose statements can be traced: SQLite, MySQL (and MariaDB) and PostgreSQL, each with
/// its feature. Nobody else can implement it.
pub trait TracedDatabase: Database + Driver {}

impl<DB: Database + Driver> TracedDatabase for DB {}

/// What is asked of a database; out of reach, so that it can change.
#[expect(unnameable_types, reason = "it seals the trait above")]
pub trait Driver: Database {
    /// Whose grammar it speaks.
    const DIALECT: Dialect;
    /// The database alone, where nobody knows which server it is.
    const ENDPOINT: &'static Endpoint;

    /// The server and the database on it, nothing of the credentials.
    fn endpoint(options: &Options<Self>) -> Endpoint;

    /// How many rows a statement changed, if it is one that changes rows.
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// The database's own number of an error.
    fn code(error: &dyn DatabaseError) -> Option<Cow<'static, str>> {
        error.code().map(|code| Cow::Owned(code.into_owned()))
    }

    /// What this error does to the transaction that it is in, where the server does not tell of
    /// that when it comes to the end.
    fn damage(_error: &dyn DatabaseError) -> Damage {
        Damage::None
    }

    /// As [`Executor::fetch_many`](sqlx_core::executor::Executor::fetch_many).
    fn fetch_many<'e, 'q: 'e, E>(
        connection: &'e mut Self::Connection,
        query: E,
    ) -> Answers<'e, Self>
    where
        E: 'q + Execute<'q, Self>;

    /// As [`Executor::fetch_optional`](sqlx_core::executor::Executor::fetch_optional).
    fn fetch_optional<'e, 'q: 'e, E>(
        connection: &'e mut Self::Connection,
        query: E,
    ) -> BoxFuture<'e, Result<Option<Self::Row>, Error>>
    where
        E: 'q + Execute<'q, Self>;

    /// As [`Executor::prepare_with`](sqlx_core::executor::Executor::prepare_with).
    fn prepare_with<'e>(
        connection: &'e mut Self::Connection,
        sql: SqlStr,
        parameters: &'e [Self::TypeInfo],
    ) -> BoxFuture<'e, Result<Self::Statement, Error>>;

    /// As `Executor::describe`.
    fn describe(
        connection: &mut Self::Connection,
        sql: SqlStr,
    ) -> BoxFuture<'_, Result<Describe<Self>, Error>>;
}
