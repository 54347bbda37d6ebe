//! The book of orders, in whichever database there is.

use sqlx::{MySql, Sqlite};

use super::book::Book;
use super::{NewOrder, Refused};

/// The book, and where it is.
#[derive(Debug)]
pub(super) struct Orders {
    pub(super) database: Database,
    /// For people to read.
    pub(super) place: String,
    /// What no other book has.
    pub(super) id: String,
}

#[derive(Debug)]
pub(super) enum Database {
    Sqlite(Book<Sqlite>),
    MySql(Book<MySql>),
}

impl Orders {
    /// How many are left of an item; `None` where it is not sold here.
    pub(super) async fn stock(&self, item: &str) -> Result<Option<i64>, sqlx::Error> {
        match &self.database {
            Database::Sqlite(book) => book.stock(item).await,
            Database::MySql(book) => book.stock(item).await,
        }
    }

    /// Stores an order, and takes what it orders off the stock.
    pub(super) async fn place(&self, order: NewOrder<'_>) -> Result<u64, Refused> {
        match &self.database {
            Database::Sqlite(book) => book.place(order).await,
            Database::MySql(book) => book.place(order).await,
        }
    }

    pub(super) async fn step(&self, order: u64, state: &str) -> Result<(), sqlx::Error> {
        match &self.database {
            Database::Sqlite(book) => book.step(order, state).await,
            Database::MySql(book) => book.step(order, state).await,
        }
    }

    /// In the order in which they were taken.
    pub(super) async fn steps(&self, order: u64) -> Result<Vec<String>, sqlx::Error> {
        match &self.database {
            Database::Sqlite(book) => book.steps(order).await,
            Database::MySql(book) => book.steps(order).await,
        }
    }

    pub(super) async fn close(&self) {
        match &self.database {
            Database::Sqlite(book) => book.close().await,
            Database::MySql(book) => book.close().await,
        }
    }
}
