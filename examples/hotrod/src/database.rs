//! The customers, in SQL: SQLite in memory, or somebody's MySQL.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};
use contrib_sqlx::{PoolExt, SqlxTracing, TracedPool};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{MySql, Sqlite};
use tracer_core::Tracer;

use crate::wire::Customer;

/// The table and who is in it, in words that both databases take.
const SCHEMA: &str = include_str!("customers.sql");
const ALL: &str = "SELECT id, name, location FROM hotrod_customers ORDER BY id";
const ONE: &str = "SELECT id, name, location FROM hotrod_customers WHERE id = ?";

/// How long somebody waits for a connection.
const CONNECTION: Duration = Duration::from_secs(3);
/// How long connections may take to end.
const LAST_CONNECTIONS: Duration = Duration::from_secs(1);

type Row = (i64, String, String);

/// Either of the two. Its statements look as if nobody traced them.
#[derive(Clone)]
pub enum Database {
    /// In this process.
    Sqlite(TracedPool<Sqlite>),
    /// Elsewhere; where that is.
    MySql(TracedPool<MySql>, String),
}

impl Database {
    /// Opens it: the one that this URL names, else SQLite. A table that is missing is created.
    ///
    /// # Errors
    /// When it can't be reached: in one line, and without what is secret in the URL.
    pub async fn open(mysql: Option<&str>, tracer: &Tracer) -> Result<Self> {
        let tracing = SqlxTracing::new().with_tracer(tracer.clone());
        let Some(url) = mysql else {
            // A memory is gone with its last connection: this one stays.
            let options = SqlitePoolOptions::new().max_connections(1).min_connections(1);
            let options = options.idle_timeout(None).max_lifetime(None);
            let pool = options.acquire_timeout(CONNECTION).connect("sqlite::memory:").await?;
            // Nobody's request: not traced. From then on what was a pool is a traced one.
            sqlx::raw_sql(SCHEMA).execute(&pool).await?;
            return Ok(Self::Sqlite(pool.traced_with(tracing)));
        };
        let options = MySqlConnectOptions::from_str(url)?;
        let database = options.get_database().context("names no database")?;
        let place = format!("{}:{}/{database}", options.get_host(), options.get_port());
        let pool = MySqlPoolOptions::new().acquire_timeout(CONNECTION).connect_with(options).await;
        let pool = pool.with_context(|| format!("no MySQL at {place}"))?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        Ok(Self::MySql(pool.traced_with(tracing), place))
    }

    /// All customers.
    ///
    /// # Errors
    /// The database's.
    pub async fn all(&self) -> Result<Vec<Customer>, sqlx::Error> {
        let rows: Vec<Row> = match self {
            Self::Sqlite(pool) => sqlx::query_as(ALL).fetch_all(pool).await?,
            Self::MySql(pool, _) => sqlx::query_as(ALL).fetch_all(pool).await?,
        };
        Ok(rows.into_iter().map(customer).collect())
    }

    /// One of them, if there is one of this number.
    ///
    /// # Errors
    /// The database's.
    pub async fn one(&self, id: i64) -> Result<Option<Customer>, sqlx::Error> {
        let row: Option<Row> = match self {
            Self::Sqlite(pool) => sqlx::query_as(ONE).bind(id).fetch_optional(pool).await?,
            Self::MySql(pool, _) => sqlx::query_as(ONE).bind(id).fetch_optional(pool).await?,
        };
        Ok(row.map(customer))
    }

    /// Ends the connections, once they are given back, and waits a little for it.
    pub async fn close(&self) {
        let close = async {
            match self {
                Self::Sqlite(pool) => pool.close().await,
                Self::MySql(pool, _) => pool.close().await,
            }
        };
        let _ = tokio::time::timeout(LAST_CONNECTIONS, close).await;
    }
}

fn customer((id, name, location): Row) -> Customer {
    Customer { id, name, location }
}

/// Where it is: no user, no password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(_) => f.write_str("SQLite in memory"),
            Self::MySql(_, place) => write!(f, "MySQL at {place}"),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}
