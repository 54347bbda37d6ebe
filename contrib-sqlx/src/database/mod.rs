//! What the three databases differ in.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::borrow::Cow;

use sqlx_core::connection::Connection;
use sqlx_core::database::Database;
use sqlx_core::error::DatabaseError;
use tracer_core::semconv::db::Endpoint;
use tracer_core::semconv::sql::Dialect;

/// How to reach a database.
pub(crate) type Options<DB> = <<DB as Database>::Connection as Connection>::Options;

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
}
