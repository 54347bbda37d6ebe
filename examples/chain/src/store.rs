//! The book of orders: SQLite, in memory.

use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

/// The orders, and what is left of each item.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
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

const SCHEMA: &str = "
    CREATE TABLE items (name TEXT PRIMARY KEY, stock INTEGER NOT NULL);
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        item TEXT NOT NULL REFERENCES items (name),
        quantity INTEGER NOT NULL,
        price INTEGER NOT NULL,
        customer TEXT NOT NULL
    );
    CREATE TABLE steps (number INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, state TEXT NOT NULL);
    INSERT INTO items VALUES ('lamp', 1000000), ('chair', 1000000), ('piano', 0);
";

impl Store {
    /// A new book.
    ///
    /// # Errors
    /// The database's.
    pub async fn open() -> Result<Self, sqlx::Error> {
        // A second connection would be a second database, and a first one that is closed is gone.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(SqliteConnectOptions::from_str("sqlite::memory:")?)
            .await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        Ok(Self { pool })
    }

    /// Stores an order and returns its number.
    ///
    /// # Errors
    /// What [`Refused`] lists; then nothing was stored.
    pub async fn place(
        &self,
        item: &str,
        quantity: u32,
        price: u64,
        customer: &str,
    ) -> Result<u64, Refused> {
        let mut transaction = self.pool.begin().await?;
        let stock: Option<i64> = sqlx::query_scalar("SELECT stock FROM items WHERE name = ?")
            .bind(item)
            .fetch_optional(&mut *transaction)
            .await?;
        match stock {
            None => return Err(Refused::UnknownItem),
            Some(stock) if stock < i64::from(quantity) => return Err(Refused::OutOfStock),
            Some(_) => {}
        }
        sqlx::query("UPDATE items SET stock = stock - ? WHERE name = ?")
            .bind(quantity)
            .bind(item)
            .execute(&mut *transaction)
            .await?;
        let order = "INSERT INTO orders (item, quantity, price, customer) VALUES (?, ?, ?, ?)";
        let order = sqlx::query(order)
            .bind(item)
            .bind(quantity)
            .bind(i64::try_from(price).unwrap_or(i64::MAX))
            .bind(customer)
            .execute(&mut *transaction)
            .await?
            .last_insert_rowid()
            .cast_unsigned();
        step(&mut transaction, order, "stored").await?;
        transaction.commit().await?;
        Ok(order)
    }

    /// Writes down that the order was confirmed.
    ///
    /// # Errors
    /// The database's.
    pub async fn confirm(&self, order: u64) -> Result<(), sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        step(&mut connection, order, "confirmed").await
    }

    /// What became of an order so far; nothing where there is no such order.
    ///
    /// # Errors
    /// The database's.
    pub async fn steps(&self, order: u64) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT state FROM steps WHERE order_id = ? ORDER BY number")
            .bind(order.cast_signed())
            .fetch_all(&self.pool)
            .await
    }
}

async fn step(
    connection: &mut sqlx::SqliteConnection,
    order: u64,
    state: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO steps (order_id, state) VALUES (?, ?)")
        .bind(order.cast_signed())
        .bind(state)
        .execute(connection)
        .await?;
    Ok(())
}
