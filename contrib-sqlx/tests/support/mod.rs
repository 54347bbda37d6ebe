//! Databases to test with. SQLite needs nothing; MySQL (or MariaDB) and PostgreSQL are servers whose
//! URLs are in the environment, where `cargo xtask test` puts them. Without them, tests fail.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

pub(crate) mod adapter;
pub(crate) mod deadlock;
pub(crate) mod suite;
mod tables;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use contrib_sqlx::{PoolExt, SqlxTracing, TracedDatabase, TracedPool};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Executor, MySql, Pool, Postgres, Sqlite};
use testing::Recorded;
use tracer_core::Tracer;

/// As many as no test keeps waiting for one.
pub(crate) const CONNECTIONS: u32 = 6;

pub(crate) fn sqlite_file() -> (SqliteConnectOptions, TempFile) {
    let file = TempFile::new();
    let options = SqliteConnectOptions::new()
        .filename(&file.path)
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(10));
    (options, file)
}

/// In memory: with one connection, for each has a database of its own.
pub(crate) async fn sqlite() -> Pool<Sqlite> {
    let options = SqliteConnectOptions::new();
    SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap()
}

/// With a table of three songs.
pub(crate) async fn songs() -> (Pool<Sqlite>, Recorded) {
    let pool = sqlite().await;
    send(&pool, "CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT)").await;
    send(&pool, "INSERT INTO songs (title) VALUES ('a'), ('b'), ('c')").await;
    (pool, Recorded::new())
}

pub(crate) fn mysql_options() -> MySqlConnectOptions {
    url("MYSQL_URL").parse().unwrap()
}

pub(crate) async fn mysql() -> Pool<MySql> {
    let pool = MySqlPoolOptions::new().max_connections(CONNECTIONS);
    answering("MYSQL_URL", pool.connect_with(mysql_options()).await)
}

pub(crate) fn postgres_options() -> PgConnectOptions {
    url("POSTGRES_URL").parse().unwrap()
}

pub(crate) async fn postgres() -> Pool<Postgres> {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
    answering("POSTGRES_URL", pool.connect_with(postgres_options()).await)
}

fn url(name: &str) -> String {
    let hint = "the test needs its server, which `cargo xtask test` starts";
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: {hint}"))
}

fn answering<T>(name: &str, connected: sqlx::Result<T>) -> T {
    connected.unwrap_or_else(|error| panic!("nobody answers at {name}: {error}"))
}

/// The pool with the settings that a test of everything has.
pub(crate) fn traced<DB: TracedDatabase>(pool: &Pool<DB>, tracer: &Tracer) -> TracedPool<DB> {
    pool.clone().traced_with(SqlxTracing::new().with_tracer(tracer.clone()))
}

/// A name that no other test has for its table.
pub(crate) fn unique(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let nth = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{name}_{}_{nth}", std::process::id())
}

/// Sends something that is no part of the test.
pub(crate) async fn send<'c, E: Executor<'c>>(executor: E, sql: &str) {
    executor.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
}

/// A file for a database, removed in the end.
#[derive(Debug)]
pub(crate) struct TempFile {
    pub(crate) path: PathBuf,
}

impl TempFile {
    fn new() -> Self {
        Self { path: std::env::temp_dir().join(format!("{}.db", unique("contrib_sqlx"))) }
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
