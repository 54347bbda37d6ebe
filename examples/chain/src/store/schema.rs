//! What the databases do not agree on.

use std::future::ready;
use std::time::Duration;

use contrib_sqlx::TracedDatabase;
use sqlx::{Error, MySql, MySqlConnection, Pool, Sqlite, SqliteConnection};

use super::trouble::later;

/// A database that can keep the book.
pub(super) trait Dialect: TracedDatabase {
    /// The tables and what is sold, where they are not there yet.
    const SCHEMA: &'static str;
    /// How many are left, and nobody takes one until the transaction's end.
    const LOCK_STOCK: &'static str;
    /// Begins a transaction that has what another one will want, with [`WANT`](super::trouble::WANT).
    const HOLD: &'static str;

    /// The number that an INSERT has given.
    fn last_id(result: &Self::QueryResult) -> u64;

    /// Makes the next statement on this connection, which locks `item`, take so much longer.
    fn delay(
        pool: &Pool<Self>,
        connection: &mut Self::Connection,
        item: &str,
        by: Duration,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Makes it as fast as it was.
    fn delay_no_more(_: &mut Self::Connection) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }
}

impl Dialect for Sqlite {
    const SCHEMA: &'static str = "
        CREATE TABLE IF NOT EXISTS chain_items (name TEXT PRIMARY KEY, stock INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS chain_orders (
            id INTEGER PRIMARY KEY,
            item TEXT NOT NULL REFERENCES chain_items (name),
            quantity INTEGER NOT NULL,
            price INTEGER NOT NULL,
            customer TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS chain_steps (
            number INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES chain_orders (id),
            state TEXT NOT NULL
        );
        INSERT OR IGNORE INTO chain_items (name, stock)
            VALUES ('lamp', 1000000), ('chair', 1000000), ('piano', 0);
    ";
    // Who writes has the whole database.
    const LOCK_STOCK: &'static str = "SELECT stock FROM chain_items WHERE name = ?";
    const HOLD: &'static str = "BEGIN IMMEDIATE";

    fn last_id(result: &Self::QueryResult) -> u64 {
        result.last_insert_rowid().cast_unsigned()
    }

    /// SQLite asks now and then whether it is to go on, and waits for the answer.
    async fn delay(
        _: &Pool<Self>,
        connection: &mut SqliteConnection,
        _: &str,
        by: Duration,
    ) -> Result<(), Error> {
        let mut waits = Some(by);
        let go_on = move || {
            if let Some(by) = waits.take() {
                std::thread::sleep(by);
            }
            true
        };
        connection.lock_handle().await?.set_progress_handler(1, go_on);
        Ok(())
    }

    async fn delay_no_more(connection: &mut SqliteConnection) -> Result<(), Error> {
        connection.lock_handle().await?.remove_progress_handler();
        Ok(())
    }
}

impl Dialect for MySql {
    const SCHEMA: &'static str = "
        CREATE TABLE IF NOT EXISTS chain_items (
            name VARCHAR(100) PRIMARY KEY,
            stock BIGINT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS chain_orders (
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            item VARCHAR(100) NOT NULL REFERENCES chain_items (name),
            quantity BIGINT NOT NULL,
            price BIGINT NOT NULL,
            customer TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS chain_steps (
            number BIGINT AUTO_INCREMENT PRIMARY KEY,
            order_id BIGINT NOT NULL REFERENCES chain_orders (id),
            state VARCHAR(20) NOT NULL
        );
        INSERT IGNORE INTO chain_items (name, stock)
            VALUES ('lamp', 1000000), ('chair', 1000000), ('piano', 0);
    ";
    const LOCK_STOCK: &'static str = "SELECT stock FROM chain_items WHERE name = ? FOR UPDATE";
    const HOLD: &'static str =
        "BEGIN; UPDATE chain_items SET stock = stock + 1 WHERE name = 'piano'";

    fn last_id(result: &Self::QueryResult) -> u64 {
        result.last_insert_id()
    }

    /// Somebody else has the row that the statement wants.
    async fn delay(
        pool: &Pool<Self>,
        _: &mut MySqlConnection,
        item: &str,
        by: Duration,
    ) -> Result<(), Error> {
        let mut other = pool.begin().await?;
        sqlx::query(Self::LOCK_STOCK).bind(item).execute(&mut *other).await?;
        later(by, async { drop(other.rollback().await) });
        Ok(())
    }
}
