//! The suite for stores, on each database.

use std::time::Duration;

use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use testing::store::{Part, assert_holds};

use super::adapter::{Hangs, OnMysql, OnPostgres, OnSqlite, Through};
use super::tables::Tables;

/// Nothing listens on this port.
const NOBODY: &str = "127.0.0.1:1/none";
/// A connection is busy as long as the statement that nobody waits for any more: no pool gets it
/// back in time.
const ABANDONED: u32 = 12;
/// sqlx tries again and again.
const PATIENCE: Duration = Duration::from_millis(100);

pub(crate) async fn sqlite(part: Part, through: Through) {
    let (options, _file) = super::sqlite_file();
    let pool = SqlitePoolOptions::new().max_connections(super::CONNECTIONS);
    let pool = pool.connect_with(options).await.unwrap();
    let (locked, _lock) = super::sqlite_file();
    let lockable =
        SqlitePoolOptions::new().max_connections(ABANDONED).connect_with(locked).await.unwrap();
    super::send(&lockable, "CREATE TABLE held (id INT)").await;
    let mut holder = lockable.acquire().await.unwrap();
    super::send(&mut *holder, "BEGIN EXCLUSIVE").await;
    let gone = SqlitePoolOptions::new().connect_lazy("sqlite::memory:").unwrap();
    gone.close().await;
    let hangs = Hangs {
        pool: lockable,
        sql: "INSERT INTO held VALUES (1)".to_owned(),
        name: "INSERT held".to_owned(),
    };
    let tables = Tables::new();
    tables.create(&pool).await;
    assert_holds(OnSqlite { through, pool, gone, hangs, tables }, part).await;
}

pub(crate) async fn mysql(part: Part, through: Through) {
    let (pool, tables) = (super::mysql().await, Tables::new());
    tables.create(&pool).await;
    let slow = MySqlPoolOptions::new().max_connections(ABANDONED);
    let slow = slow.connect_with(super::mysql_options()).await.unwrap();
    let gone = MySqlPoolOptions::new().acquire_timeout(PATIENCE);
    let gone = gone.connect_lazy(&format!("mysql://{NOBODY}")).unwrap();
    let hangs = Hangs { pool: slow, sql: "DO SLEEP(10)".to_owned(), name: "DO".to_owned() };
    let adapter = OnMysql { through, pool: pool.clone(), gone, hangs, tables: tables.clone() };
    assert_holds(adapter, part).await;
    tables.drop(&pool).await;
}

pub(crate) async fn postgres(part: Part, through: Through) {
    let (pool, tables) = (super::postgres().await, Tables::new());
    tables.create(&pool).await;
    let slow = PgPoolOptions::new().max_connections(ABANDONED);
    let slow = slow.connect_with(super::postgres_options()).await.unwrap();
    let gone = PgPoolOptions::new().acquire_timeout(PATIENCE);
    let gone = gone.connect_lazy(&format!("postgres://{NOBODY}")).unwrap();
    let hangs =
        Hangs { pool: slow, sql: "SELECT pg_sleep(10)".to_owned(), name: "SELECT".to_owned() };
    let adapter = OnPostgres { through, pool: pool.clone(), gone, hangs, tables: tables.clone() };
    assert_holds(adapter, part).await;
    tables.drop(&pool).await;
}

/// A part of the suite, for each database and both ways.
#[macro_export]
macro_rules! suite {
    ($part:ident) => {
        #[tokio::test]
        async fn sqlite_pool() {
            support::suite::sqlite(Part::$part, Through::Pool).await;
        }

        #[tokio::test]
        async fn sqlite_connection() {
            support::suite::sqlite(Part::$part, Through::Connection).await;
        }

        #[tokio::test]
        async fn mysql_pool() {
            support::suite::mysql(Part::$part, Through::Pool).await;
        }

        #[tokio::test]
        async fn mysql_connection() {
            support::suite::mysql(Part::$part, Through::Connection).await;
        }

        #[tokio::test]
        async fn postgres_pool() {
            support::suite::postgres(Part::$part, Through::Pool).await;
        }

        #[tokio::test]
        async fn postgres_connection() {
            support::suite::postgres(Part::$part, Through::Connection).await;
        }
    };
}
