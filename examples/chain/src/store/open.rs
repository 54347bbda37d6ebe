//! Which stores there are: the user's own, or embedded ones.

use std::fmt;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use contrib_sqlx::SqlxTracing;
use example_parts::faults::{Faults, Hook, Part};
use redis::Client;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{MySql, Sqlite};
use stand_ins::RedisStandIn;
use tracer_core::Tracer;
use tracer_core::semconv::db::MARIADB;

use super::Store;
use super::book::Book;
use super::cache::Cache;
use super::orders::{Database, Orders};

/// How long an order waits for a connection to the database.
const CONNECTION: Duration = Duration::from_secs(3);

/// Which stores are used. By default both are embedded: SQLite in memory, and a stand-in for
/// Redis.
#[derive(Clone, Default)]
pub struct Stores {
    redis: Option<Url>,
    sql: Option<Url>,
}

/// A URL that may hold a password, and who gave it.
#[derive(Clone)]
struct Url {
    variable: &'static str,
    url: String,
}

impl Stores {
    /// As the environment says: `REDIS_URL`; `MYSQL_URL`, else `DATABASE_URL`.
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// [`from_env`](Self::from_env) with variables from elsewhere.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Self {
        let url = |variable| {
            let url = get(variable).filter(|url| !url.trim().is_empty())?;
            Some(Url { variable, url })
        };
        Self { redis: url("REDIS_URL"), sql: url("MYSQL_URL").or_else(|| url("DATABASE_URL")) }
    }

    /// Opens both, or starts them. Tables that are missing are created.
    ///
    /// # Errors
    /// When a store can't be reached or is of an unknown kind: in one line, with the variable that
    /// named it, and without what is secret in that.
    pub async fn open(&self, tracer: &Tracer, faults: &Faults) -> Result<Store> {
        let (sql_hook, redis_hook) =
            (faults.hook("server3.sql", Part::Sql), faults.hook("server3.redis", Part::Redis));
        let orders = match &self.sql {
            Some(sql) => sql.database(tracer, sql_hook).await.context(sql.variable)?,
            None => sqlite("sqlite::memory:", tracer, sql_hook).await?,
        };
        let (cache, embedded) = match &self.redis {
            Some(redis) => {
                let cache = redis.cache(&orders.id, tracer, redis_hook).await;
                (cache.context(redis.variable)?, None)
            }
            None => {
                let server = RedisStandIn::start().await.context("the stand-in for Redis")?;
                let client = Client::open(format!("redis://{}/", server.address))?;
                let cache = Cache::open(client, &orders.id, tracer, redis_hook).await?;
                (cache, Some(Arc::new(server)))
            }
        };
        Ok(Store { cache, orders: Arc::new(orders), embedded })
    }
}

impl Url {
    async fn cache(&self, book: &str, tracer: &Tracer, hook: Hook) -> Result<Cache> {
        let client = Client::open(self.url.as_str())?;
        let address = client.get_connection_info().addr().to_string();
        let cache = Cache::open(client, book, tracer, hook).await;
        cache.with_context(|| format!("no Redis at {address}"))
    }

    async fn database(&self, tracer: &Tracer, hook: Hook) -> Result<Orders> {
        match self.url.split(':').next() {
            Some("sqlite") => sqlite(&self.url, tracer, hook).await,
            Some("mysql" | "mariadb") => mysql(&self.url, tracer, hook).await,
            _ => bail!("begins with neither mysql:, nor mariadb:, nor sqlite:"),
        }
    }
}

async fn sqlite(url: &str, tracer: &Tracer, hook: Hook) -> Result<Orders> {
    let options = SqliteConnectOptions::from_str(url)?.create_if_missing(true);
    let file = options.get_filename().display().to_string();
    let (place, id) = match file.strip_prefix("file:sqlx-in-memory") {
        Some(_) => ("SQLite in memory".to_owned(), format!("memory-{:x}", random())),
        None => (format!("SQLite at {file}"), short("sqlite", &file)),
    };
    // A second connection to the memory would be a second database, and a first one that is closed
    // is gone. In a file, one that writes would wait for the other all the same.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(CONNECTION)
        .connect_with(options)
        .await;
    let pool = pool.with_context(|| format!("no {place}"))?;
    let tracing = SqlxTracing::new().with_tracer(tracer.clone());
    let book = Book::<Sqlite>::open(pool, tracing, hook).await?;
    Ok(Orders { database: Database::Sqlite(book), place, id })
}

/// Of a book that nobody has seen before. A process's id may have been that of another one, in
/// another container, and the cache would answer for its orders.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Of a file: keys begin with it and are seen in traces, where paths have no place.
fn short(kind: &str, file: &str) -> String {
    let mut hasher = DefaultHasher::new();
    file.hash(&mut hasher);
    format!("{kind}-{:x}", hasher.finish())
}

/// For the keys, and for people: `?socket=` goes before host and port.
fn mysql_place(options: &MySqlConnectOptions, database: &str) -> (String, String) {
    if let Some(socket) = options.get_socket() {
        let socket = socket.display().to_string();
        let id = format!("{}/{database}", short("mysql", &socket));
        return (id, format!("MySQL at {socket}, database {database}"));
    }
    let id = format!("{}:{}/{database}", options.get_host(), options.get_port());
    let place = format!("MySQL at {id}");
    (id, place)
}

async fn mysql(url: &str, tracer: &Tracer, hook: Hook) -> Result<Orders> {
    let options = MySqlConnectOptions::from_str(url)?;
    let database = options.get_database().context("names no database")?;
    let (id, place) = mysql_place(&options, database);
    let pool = MySqlPoolOptions::new().acquire_timeout(CONNECTION).connect_with(options).await;
    let pool = pool.with_context(|| format!("no {place}"))?;
    let mut tracing = SqlxTracing::new().with_tracer(tracer.clone());
    if url.starts_with("mariadb:") {
        // To sqlx the two are one.
        tracing = tracing.with_system(MARIADB);
    }
    let book = Book::<MySql>::open(pool, tracing, hook).await?;
    Ok(Orders { database: Database::MySql(book), place, id })
}

impl fmt::Debug for Stores {
    /// Who names them: a URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = |url: &Option<Url>| url.as_ref().map(|url| url.variable);
        f.debug_struct("Stores")
            .field("redis", &variable(&self.redis))
            .field("sql", &variable(&self.sql))
            .finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::str::FromStr;

    use sqlx::mysql::MySqlConnectOptions;

    use super::{Stores, mysql_place};

    #[test]
    fn where_a_mysql_is() {
        let place = |url| mysql_place(&MySqlConnectOptions::from_str(url).unwrap(), "d");
        let (id, shown) = place("mysql://u:hush@h:1/d");
        assert_eq!((id.as_str(), shown.as_str()), ("h:1/d", "MySQL at h:1/d"));
        let (id, shown) = place("mysql://u:hush@h:1/d?socket=/run/a.sock");
        assert_eq!(shown, "MySQL at /run/a.sock, database d");
        assert!(id.starts_with("mysql-") && id.ends_with("/d") && !id.contains("run"), "{id}");
        assert_ne!(id, place("mysql://u:hush@h:1/d?socket=/run/b.sock").0);
    }

    #[test]
    fn which_variable_counts() {
        let stores = |set: &[&str]| {
            let stores = Stores::from_vars(|name| {
                let is_set = set.contains(&name).then(|| "mysql://u:hush@h/d".to_owned());
                // Set to nothing is not set.
                Some(is_set.unwrap_or_default())
            });
            format!("{stores:?}").replace("Stores ", "")
        };
        assert_eq!(stores(&[]), "{ redis: None, sql: None }");
        let only = stores(&["DATABASE_URL"]);
        assert_eq!(only, r#"{ redis: None, sql: Some("DATABASE_URL") }"#);
        let all = stores(&["DATABASE_URL", "MYSQL_URL", "REDIS_URL"]);
        assert_eq!(all, r#"{ redis: Some("REDIS_URL"), sql: Some("MYSQL_URL") }"#);
    }
}
