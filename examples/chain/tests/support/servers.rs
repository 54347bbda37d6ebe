//! A Redis and a MariaDB that somebody else has started, and a database of our own in there.

use std::env;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chain::store::Stores;
use redis::aio::MultiplexedConnection;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, MySqlConnection};

/// Where the two are. The database is dropped along with this, and so is what the cache keeps: the
/// database's name is in its keys.
pub struct Servers {
    pub redis_url: String,
    /// With the database in it.
    pub mysql_url: String,
    /// The database.
    pub name: String,
    admin: MySqlConnectOptions,
}

impl Servers {
    /// # Panics
    /// Where a server is not known, or does not answer.
    pub async fn find() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("chain_{}_{number}", std::process::id());
        let given = variable("MYSQL_URL");
        let admin = MySqlConnectOptions::from_str(&given).expect("MYSQL_URL");
        // One of a test that was killed, by a process of the same id.
        execute(&admin, format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}")).await;
        let server = given.split('?').next().unwrap_or_default();
        let (server, _) = server.rsplit_once('/').expect("MYSQL_URL names a database");
        Self {
            redis_url: variable("REDIS_URL"),
            mysql_url: format!("{server}/{name}"),
            name,
            admin,
        }
    }

    pub fn stores(&self) -> Stores {
        stores(&self.redis_url, &self.mysql_url)
    }

    /// Takes the lamps, so that orders for them wait until the end of this connection's transaction.
    pub async fn lock_lamps(&self) -> MySqlConnection {
        let mut connection = self.connect().await;
        let lock = "BEGIN; SELECT stock FROM chain_items WHERE name = 'lamp' FOR UPDATE";
        sqlx::raw_sql(lock).execute(&mut connection).await.unwrap();
        connection
    }

    /// Until somebody else in our database has asked for what is locked.
    pub async fn wait_for_a_waiting_order(&self, connection: &mut MySqlConnection) {
        let waiting = "SELECT COUNT(*) FROM information_schema.processlist
            WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info LIKE '%FOR UPDATE'";
        let until = Instant::now() + Duration::from_secs(20);
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *connection).await.unwrap() == 0
        {
            assert!(Instant::now() < until, "nobody waits");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The database server's.
    pub fn address(&self) -> (String, u16) {
        (self.admin.get_host().to_owned(), self.admin.get_port())
    }

    /// Our database, by way of another address.
    pub fn mysql_url_at(&self, address: SocketAddr) -> String {
        let (host, port) = self.address();
        let url = self.mysql_url.replace(&format!("{host}:{port}"), &address.to_string());
        assert_ne!(url, self.mysql_url, "MYSQL_URL names a host and a port");
        url
    }

    /// What the keys of the cache look like, for Redis to find them.
    pub fn keys(&self) -> String {
        format!("chain:*/{}:*", self.name)
    }

    pub async fn connect(&self) -> MySqlConnection {
        self.admin.clone().database(&self.name).connect().await.unwrap()
    }
}

/// As if these were in the environment.
pub fn stores(redis_url: &str, mysql_url: &str) -> Stores {
    Stores::from_vars(|name| match name {
        "REDIS_URL" => Some(redis_url.to_owned()),
        "MYSQL_URL" => Some(mysql_url.to_owned()),
        _ => None,
    })
}

impl Drop for Servers {
    fn drop(&mut self) {
        let (admin, drop) = (self.admin.clone(), format!("DROP DATABASE {}", self.name));
        let (redis_url, keys) = (self.redis_url.clone(), self.keys());
        // The test's own runtime may be gone, or in the middle of a panic.
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                execute(&admin, drop).await;
                forget(&redis_url, &keys).await;
            });
        };
        let _ = std::thread::spawn(work).join();
    }
}

/// To the cache.
pub async fn connect(redis_url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(redis_url).expect("REDIS_URL");
    client.get_multiplexed_async_connection().await.expect("REDIS_URL: the server does not answer")
}

/// Those that look like this.
pub async fn keys(redis: &mut MultiplexedConnection, pattern: &str) -> Vec<String> {
    redis::cmd("KEYS").arg(pattern).query_async(redis).await.unwrap()
}

async fn forget(redis_url: &str, pattern: &str) {
    let mut redis = connect(redis_url).await;
    let keys = keys(&mut redis, pattern).await;
    if !keys.is_empty() {
        let () = redis::cmd("DEL").arg(keys).query_async(&mut redis).await.unwrap();
    }
}

async fn execute(server: &MySqlConnectOptions, sql: String) {
    let mut connection = server.connect().await.expect("MYSQL_URL: the server does not answer");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| {
        panic!(
            "{name} is not set: this test needs the real server, as `cargo xtask test` starts it"
        )
    })
}
