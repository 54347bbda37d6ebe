//! A store that fails: what the customer is told, and what the trace shows.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::Duration;

use chain::store::Stores;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use stand_ins::RedisStandIn;
use support::gate::Gate;
use support::servers::{Servers, stores};
use support::{Running, send, tree};
use tracer_core::ENABLED;

/// An order goes on without its cache, and does not wait for it for long.
#[tokio::test]
async fn the_cache_is_down() {
    let cache = RedisStandIn::start().await.unwrap();
    let stores = stores(&format!("redis://{}/", cache.address), "");
    let mut running = Running::start_on(&stores).await;
    drop(cache);
    // The connection that is lost shows itself in one way or another; that there is none to be
    // had, in one way.
    let (status, _) = send(running.order("7", "lamp")).await;
    assert_eq!(status, StatusCode::CREATED);
    if ENABLED {
        running.trace().await;
    }

    let ordered = tokio::time::timeout(Duration::from_secs(5), send(running.order("7", "lamp")));
    let (status, reply) = ordered.await.unwrap();
    assert_eq!((status, &reply["order"]), (StatusCode::CREATED, &json!(2)));
    assert_eq!(send(running.steps(2)).await.1, json!(["stored", "confirmed"]));
    if !ENABLED {
        return;
    }
    let spans = running.trace().await.spans;
    assert_eq!(tree(&spans), include_str!("trees/cache_down.txt"));
    // Not an error of the order's, and still there to be seen: GET, SETEX and MULTI.
    let order = spans.iter().find(|span| span.name == "store order").unwrap();
    assert_eq!(order.events(), ["cache failed: going on without it"; 3]);
}

/// It is there, and does not answer.
#[tokio::test]
async fn the_cache_hangs() {
    let cache = RedisStandIn::start().await.unwrap();
    let gate = Gate::to(cache.address).await;
    let stores = stores(&format!("redis://{}/", gate.address), "");
    let mut running = Running::start_on(&stores).await;
    gate.hold();
    let ordered = tokio::time::timeout(Duration::from_secs(10), send(running.order("7", "lamp")));
    assert_eq!(ordered.await.unwrap().0, StatusCode::CREATED);
    if ENABLED {
        assert_eq!(tree(&running.trace().await.spans), include_str!("trees/cache_hangs.txt"));
    }
}

/// A file, and its orders, for one test.
struct Book {
    folder: std::path::PathBuf,
}

impl Book {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chain-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    fn file(&self) -> String {
        self.folder.join("book.db").display().to_string()
    }

    fn stores(&self, redis: Option<&RedisStandIn>) -> Stores {
        let (file, redis) = (self.file(), redis.map(|redis| redis.address));
        Stores::from_vars(|name| match name {
            "REDIS_URL" => redis.map(|address| format!("redis://{address}/")),
            "DATABASE_URL" => Some(format!("sqlite:{file}")),
            _ => None,
        })
    }

    async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The caller is not told what went wrong; each span from the statement to the first says that it
/// failed.
#[tokio::test]
async fn a_statement_fails() {
    let book = Book::new("statement");
    let mut running = Running::start_on(&book.stores(None)).await;
    let mut other = book.connect().await;
    sqlx::raw_sql("DROP TABLE chain_steps").execute(&mut other).await.unwrap();
    let (status, reply) = send(running.order("7", "lamp")).await;
    let error = "the book of orders is out of reach";
    assert_eq!((status, &reply["error"]), (StatusCode::BAD_GATEWAY, &json!(error)));
    // What came before it in the transaction is taken back.
    let orders: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM chain_orders")
        .fetch_one(&mut other)
        .await
        .unwrap();
    assert_eq!(orders, 0);
    if ENABLED {
        let spans = running.trace().await.spans;
        assert_eq!(tree(&spans), include_str!("trees/statement_fails.txt"));
        // In the database's own words there may be values.
        assert!(!format!("{spans:?}").contains("no such table"), "{spans:#?}");
    }
}

/// The cache says yes, the book says no: the transaction is taken back.
#[tokio::test]
async fn the_cache_is_behind() {
    let (book, cache) = (Book::new("behind"), RedisStandIn::start().await.unwrap());
    let mut running = Running::start_on(&book.stores(Some(&cache))).await;
    let client = redis::Client::open(format!("redis://{}/", cache.address)).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    // Somebody looks at the piano, and then the key is not what it should be.
    send(running.order("7", "piano")).await;
    if ENABLED {
        running.trace().await;
    }
    let [key]: [String; 1] =
        redis::cmd("KEYS").arg("chain:*").query_async(&mut connection).await.unwrap();
    assert!(key.ends_with(":item:piano"), "{key}");
    let () = redis::cmd("SET").arg(key).arg(5).query_async(&mut connection).await.unwrap();
    let (status, reply) = send(running.order("7", "piano")).await;
    assert_eq!((status, &reply["error"]), (StatusCode::CONFLICT, &json!("out of stock")));
    if !ENABLED {
        return;
    }
    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/cache_behind.txt"));
    let transaction = trace.spans.iter().find(|span| span.name == "transaction").unwrap();
    let events = transaction.events();
    assert!(events.iter().any(|event| event.contains("rollback")), "{events:?}");
}

/// Nobody is there any more: no connection can be had in time.
#[tokio::test]
async fn the_database_is_down() {
    let servers = Servers::find().await;
    let gate = Gate::to(servers.address()).await;
    let mysql_url = servers.mysql_url_at(gate.address);
    let mut running = Running::start_on(&stores(&servers.redis_url, &mysql_url)).await;
    send(running.order("7", "lamp")).await;
    if ENABLED {
        running.trace().await;
    }
    drop(gate);
    let (status, _) = send(running.order("7", "lamp")).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    if ENABLED {
        assert_eq!(tree(&running.trace().await.spans), include_str!("trees/database_down.txt"));
    }
}
