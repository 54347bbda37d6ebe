//! The statements, for any of the databases.

use contrib_sqlx::{PoolExt, SqlxTracing, TracedPool};
use example_parts::faults::Hook;
use futures_util::TryStreamExt;
use sqlx::{ColumnIndex, Decode, Encode, Executor, IntoArguments, Pool, Type};

use super::schema::Dialect;
use super::trouble::Trouble;
use super::{NewOrder, Refused, STORED};

/// The book in one kind of database.
#[derive(Debug)]
pub(super) struct Book<DB: Dialect> {
    pool: TracedPool<DB>,
    hook: Hook,
}

// What sqlx asks of a database that is not named: queries, texts and numbers.
impl<DB> Book<DB>
where
    DB: Dialect,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> String: Decode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    /// From here on what was a pool is a traced one, and no statement below looks any different.
    pub(super) async fn open(
        pool: Pool<DB>,
        tracing: SqlxTracing,
        hook: Hook,
    ) -> Result<Self, sqlx::Error> {
        // Nobody's request: not traced.
        sqlx::raw_sql(DB::SCHEMA).execute(&pool).await?;
        Ok(Self { pool: pool.traced_with(tracing), hook })
    }

    pub(super) async fn stock(&self, item: &str) -> Result<Option<i64>, sqlx::Error> {
        sqlx::query_scalar("SELECT stock FROM chain_items WHERE name = ?")
            .bind(item)
            .fetch_optional(&self.pool)
            .await
    }

    pub(super) async fn place(&self, order: NewOrder<'_>) -> Result<u64, Refused> {
        let NewOrder { item, quantity, price, customer } = order;
        let quantity = i64::from(quantity);
        let trouble = Trouble::of(&self.hook);
        trouble.before(self.pool.raw()).await?;
        let mut transaction = self.pool.begin().await?;
        trouble.begun(self.pool.raw(), &mut transaction, item).await?;
        let stock: Option<i64> =
            sqlx::query_scalar(DB::LOCK_STOCK).bind(item).fetch_optional(&mut *transaction).await?;
        trouble.over(&mut transaction).await?;
        if stock.ok_or(Refused::UnknownItem)? < quantity {
            // Dropped, the transaction is taken back.
            return Err(Refused::OutOfStock);
        }
        trouble.within(self.pool.raw(), &mut transaction, item).await?;
        sqlx::query("UPDATE chain_items SET stock = stock - ? WHERE name = ?")
            .bind(quantity)
            .bind(item)
            .execute(&mut *transaction)
            .await?;
        let insert =
            "INSERT INTO chain_orders (item, quantity, price, customer) VALUES (?, ?, ?, ?)";
        let stored = sqlx::query(insert)
            .bind(item)
            .bind(quantity)
            .bind(i64::try_from(price).unwrap_or(i64::MAX))
            .bind(customer)
            .execute(&mut *transaction)
            .await?;
        let number = DB::last_id(&stored);
        step(&mut *transaction, number, STORED).await?;
        transaction.commit().await?;
        Ok(number)
    }

    pub(super) async fn step(&self, order: u64, state: &str) -> Result<(), sqlx::Error> {
        step(&self.pool, order, state).await
    }

    /// Read as they come, one by one.
    pub(super) async fn steps(&self, order: u64) -> Result<Vec<String>, sqlx::Error> {
        let select = "SELECT state FROM chain_steps WHERE order_id = ? ORDER BY number";
        let mut rows = sqlx::query_scalar(select).bind(order.cast_signed()).fetch(&self.pool);
        let mut steps = Vec::new();
        while let Some(state) = rows.try_next().await? {
            steps.push(state);
        }
        Ok(steps)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// In a transaction or outside of one: whoever executes.
async fn step<'c, DB, E>(executor: E, order: u64, state: &str) -> Result<(), sqlx::Error>
where
    DB: Dialect,
    DB::Arguments: IntoArguments<DB>,
    E: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    sqlx::query("INSERT INTO chain_steps (order_id, state) VALUES (?, ?)")
        .bind(order.cast_signed())
        .bind(state)
        .execute(executor)
        .await?;
    Ok(())
}
