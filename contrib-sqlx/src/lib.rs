//! Traces the statements that sqlx sends to SQLite, MySQL, MariaDB and PostgreSQL.
//!
//! | span | tags | an error is |
//! | --- | --- | --- |
//! | what a statement does to which tables (`SELECT orders`), client | those of OpenTelemetry's conventions for SQL: system, database, server, summary, the text with `?` in the place of values, rows that came back, `db.response.affected_rows` of a change | whatever sqlx gives as an error: the database's own, by its code, no connection in time, a value that can't be sent; a panic |
//! | `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT`, `RELEASE SAVEPOINT`, `ROLLBACK TO SAVEPOINT`, client | system, database, server | the same |
//! | `transaction`, which holds the spans above | the same; a log `commit` or `rollback` | it could not begin or end |
//! | `acquire`, client: the wait for a connection that the program asked for | the same | there was none |
//! | `PREPARE …`, `DESCRIBE …`, client | as of a statement, without rows | as of a statement |
//!
//! # Quick start
//!
//! ```no_run
//! use contrib_sqlx::PoolExt;
//! use sqlx::SqlitePool;
//!
//! # async fn run() -> sqlx::Result<()> {
//! let pool = SqlitePool::connect("sqlite:shop.db").await?.traced();
//!
//! let mut tx = pool.begin().await?;
//! sqlx::query("INSERT INTO orders (item) VALUES (?)").bind("lamp").execute(&mut *tx).await?;
//! tx.commit().await?;
//! let orders: i64 = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&pool).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The rest of the program stays as it is, but for the names of types: [`TracedPool`] is sqlx'
//! `Pool`, [`TracedPoolConnection`] its `PoolConnection`, [`TracedTransaction`] its `Transaction`,
//! and `&mut` [`DynConn`] stands for `&mut PgConnection`. A traced transaction begins another one
//! without sqlx' trait `Acquire`. What sqlx returns, rows, results and errors, is sqlx' own.
//!
//! # Customising
//!
//! ```no_run
//! use contrib_sqlx::{PoolExt, SqlxTracing};
//! use sqlx::MySqlPool;
//! use tracer_core::semconv::db;
//!
//! # async fn run() -> sqlx::Result<()> {
//! let tracing = SqlxTracing::new()
//!     .with_system(db::MARIADB)
//!     .with_filter(|sql| sql != "SELECT 1")
//!     .only_with_parent();
//! let pool = MySqlPool::connect("mysql://db.internal/shop").await?.traced_with(tracing);
//! # Ok(())
//! # }
//! ```
//!
//! sqlx does not tell MariaDB from MySQL: without
//! [`with_system`](SqlxTracing::with_system) both are `mysql`.
//! [`with_comments`](SqlxTracing::with_comments) tells the server which span a statement belongs to
//! (sqlcommenter).
//!
//! # What it sees
//! What goes through a traced pool, connection or transaction: `query`, `query_as`,
//! `query_scalar`, their macros, `raw_sql`, `QueryBuilder`, prepared statements. One call is one
//! span, also where it has several statements.
//!
//! The span of a statement on a pool includes the wait for a connection. A span ends when the
//! answer is complete. A stream that is dropped before that is the caller's right: the span then
//! ends at the last row that came, with their number and a log `incomplete`; before the first, the
//! log is `cancelled`. A span begins where the statement is handed to the pool or connection, as
//! `fetch` does at once and `execute` when it is first polled.
//!
//! Rows are counted as far as drivers can be believed: `db.response.returned_rows` where rows came
//! back or the statement looks for some (those of `SELECT … INTO` go elsewhere);
//! `db.response.affected_rows` of an `INSERT`, `UPDATE`, `DELETE`, `REPLACE`, `MERGE` or `LOAD` that
//! gave no rows and came alone. `fetch_one` and `fetch_optional` count the one row that the caller
//! gets. To find no row is no error, though `fetch_one` makes one of it.
//!
//! `error.type` is MySQL's number (`1062`), PostgreSQL's SQLSTATE (`23505`), SQLite's extended code
//! (`2067`), or where the database did not answer what went wrong: `pool_timeout`,
//! `connection_refused`, `encode` and the like.
//!
//! # What is different
//! - [`TracedConn`] is no `sqlx::Connection`, and the rest of that trait is to be had through `raw`
//!   and `raw_mut`: `cached_statements_size`, `clear_cached_statements`, `shrink_buffers`. So are the
//!   methods of one database's connection, SQLite's `lock_handle` for instance, and
//!   `set_connect_options` of a pool.
//! - What is `AsMut<PgConnection>` of sqlx' types is `AsMut<DynConn<Postgres>>` of the traced ones.
//! - A function that is generic over databases needs the bound that `&sqlx::Pool` needs too:
//!   `for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>`.
//!
//! # What it can't see
//! - What goes through sqlx' own types: [`TracedPool::raw`], [`TracedConn::raw_mut`]. Migrations
//!   need that, `pool.raw()`; so do PostgreSQL's `COPY` in and out, its listeners and its advisory
//!   locks.
//! - Functions that take `impl sqlx::Acquire`: that trait hands out sqlx' own transactions. There is
//!   [`TracedAcquire`] to be taken instead.
//! - sqlx' `Any` database.
//! - What sqlx does by itself: connecting, testing a connection, a rollback after a drop, looking
//!   up types.
//!
//! # What it stands on
//! The traits and types of `sqlx-core`, which sqlx does not promise to keep as they are within a
//! version, and of which it hides some from its documentation: how a transaction begins on a
//! connection of either kind, and what `Executor::describe` returns. So this crate is for one
//! release of sqlx, 0.9.0, whose `sqlx-core` is to be pinned exactly; another release is another
//! one of this crate's.
//!
//! # Never recorded
//! Bound values, literals (they are masked, and where it is in doubt what is one, there is no
//! text), comments, credentials, the folders of SQLite's files. Messages of errors quote values and
//! are recorded with [`with_error_messages`](SqlxTracing::with_error_messages) only.
//!
//! # Features
//!
//! | feature | |
//! | --- | --- |
//! | `sqlite`, `mysql`, `postgres` | the database's driver; none is on by default |
//!
//! Turn on every database that sqlx has turned on, also one that is not traced: the drivers have to
//! agree on a part of sqlx that this crate needs, and one that was left out says that `describe` is
//! missing (with sqlx' `macros`, it never is left out). How SQLite is linked (sqlx' `sqlite` or
//! `sqlite-unbundled`), the runtime and TLS are chosen by sqlx' features.
//!
//! # Cost when off
//! A statement that is not traced, for whatever reason, is given to sqlx as it is, and sqlx' own
//! future or stream comes back; only a filter has to take the query apart first. Compiled out, the
//! types are as large as sqlx'.
#![forbid(unsafe_code)]

mod acquire;
mod answer;
mod begin;
mod call;
mod config;
mod conn;
mod conn_executor;
mod database;
mod end;
mod error;
mod ext;
mod fate;
mod pool;
mod pool_connection;
mod pool_executor;
mod query;
mod rows;
mod scope;
mod start;
mod stream;
mod transaction;
mod view;
mod wait;

pub use acquire::TracedAcquire;
pub use config::SqlxTracing;
pub use conn::{DynConn, TracedConn};
pub use database::TracedDatabase;
pub use ext::PoolExt;
pub use pool::TracedPool;
pub use pool_connection::TracedPoolConnection;
pub use transaction::TracedTransaction;
