//! The book of orders in SQL, and a cache in Redis in front of it.
//!
//! The book is right; the cache is fast, and the shop does without it when it has to.

mod book;
mod cache;
mod open;
mod orders;
mod schema;
mod trouble;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use stand_ins::RedisStandIn;

use self::cache::Cache;
pub use self::open::Stores;
use self::orders::Orders;

/// The orders, and what is left of each item.
#[derive(Clone, Debug)]
pub struct Store {
    cache: Cache,
    orders: Arc<Orders>,
    /// Runs for as long as there is a store that needs it.
    embedded: Option<Arc<RedisStandIn>>,
}

/// An order to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewOrder<'a> {
    /// What is ordered.
    pub item: &'a str,
    /// How many.
    pub quantity: u32,
    /// In cents.
    pub price: u64,
    /// Who orders.
    pub customer: &'a str,
}

/// What keeps an order from being stored.
#[derive(Debug)]
pub enum Refused {
    /// Nothing of this name is sold here.
    UnknownItem,
    /// Too few are left.
    OutOfStock,
    /// The database failed.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Store {
    /// Stores an order and returns its number.
    ///
    /// # Errors
    /// What [`Refused`] lists; then nothing was stored.
    pub async fn place(&self, order: NewOrder<'_>) -> Result<u64, Refused> {
        let stock = match self.cache.stock(order.item).await {
            Some(stock) => stock,
            None => {
                let stock = self.orders.stock(order.item).await?.ok_or(Refused::UnknownItem)?;
                self.cache.keep_stock(order.item, stock).await;
                stock
            }
        };
        // The cache may be a little behind: it can say no, a yes is the transaction's to say.
        if stock < i64::from(order.quantity) {
            return Err(Refused::OutOfStock);
        }
        let number = self.orders.place(order).await?;
        self.cache.count_order(order.item).await;
        Ok(number)
    }

    /// Writes down that the order was confirmed.
    ///
    /// # Errors
    /// The database's.
    pub async fn confirm(&self, order: u64) -> Result<(), sqlx::Error> {
        self.orders.step(order, CONFIRMED).await
    }

    /// What became of an order so far; nothing where there is no such order.
    ///
    /// # Errors
    /// The database's.
    pub async fn steps(&self, order: u64) -> Result<Vec<String>, sqlx::Error> {
        if let Some(steps) = self.cache.steps(order).await {
            return Ok(steps);
        }
        let steps = self.orders.steps(order).await?;
        // Nothing follows on that: only then can it be kept.
        if steps.last().is_some_and(|last| last == CONFIRMED) {
            self.cache.keep_steps(order, &steps).await;
        }
        Ok(steps)
    }

    /// Ends the connections to the database, once they are given back, and waits a little for it.
    pub async fn close(&self) {
        let _ = tokio::time::timeout(LAST_CONNECTIONS, self.orders.close()).await;
    }
}

/// How long connections may take to end.
const LAST_CONNECTIONS: Duration = Duration::from_secs(1);

const STORED: &str = "stored";
const CONFIRMED: &str = "confirmed";

/// Where the two are: no user, no password.
impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cache = if self.embedded.is_some() { "a stand-in for Redis" } else { "Redis" };
        write!(f, "{}, and {cache} at {}", self.orders.place, self.cache.address())
    }
}
