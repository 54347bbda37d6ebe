//! What the databases do not agree on.

use contrib_sqlx::TracedDatabase;
use sqlx::{MySql, Sqlite};

/// A database that can keep the book.
pub(super) trait Dialect: TracedDatabase {
    /// The tables and what is sold, where they are not there yet.
    const SCHEMA: &'static str;
    /// How many are left, and nobody takes one until the transaction's end.
    const LOCK_STOCK: &'static str;

    /// The number that an INSERT has given.
    fn last_id(result: &Self::QueryResult) -> u64;
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

    fn last_id(result: &Self::QueryResult) -> u64 {
        result.last_insert_rowid().cast_unsigned()
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

    fn last_id(result: &Self::QueryResult) -> u64 {
        result.last_insert_id()
    }
}
