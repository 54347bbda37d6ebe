//! The same traces with a real Redis and a real MariaDB.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use reqwest::StatusCode;
use serde_json::json;
use support::servers::{Servers, connect, keys, stores};
use support::{Running, all_saw, seen, send, store_calls, tree};
use tracer_core::ENABLED;

#[tokio::test]
async fn an_order() {
    let servers = Servers::find().await;
    let mut running = Running::start_on(&servers.stores()).await;
    let (status, reply) = send(running.order("7", "lamp")).await;
    assert_eq!((status, &reply["order"]), (StatusCode::CREATED, &json!(1)));
    let (stock, customer) = stored(&servers).await;
    if !ENABLED {
        // Nothing but the baggage carries the customer.
        return assert_eq!((stock, customer.as_str()), (999_999, ""));
    }
    assert_eq!((stock, customer.as_str()), (999_999, "7"));
    assert_eq!(seen(&reply), all_saw("7"));
    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/an_order.txt"));
    let calls = without_names(&store_calls(&trace.spans), &servers);
    assert_eq!(calls, include_str!("trees/stores_real.txt"));
}

/// The database is another one each time; the cache's keys begin with where it is.
fn without_names(calls: &str, servers: &Servers) -> String {
    let (host, port) = servers.address();
    let calls = calls.replace(&format!("chain:{host}:{port}/"), "chain:");
    calls.replace(&servers.name, "book")
}

/// sqlx takes both for one; the URL knows better.
#[tokio::test]
async fn mariadb_by_its_name() {
    let servers = Servers::find().await;
    let mariadb_url = servers.mysql_url.replacen("mysql:", "mariadb:", 1);
    let mut running = Running::start_on(&stores(&servers.redis_url, &mariadb_url)).await;
    assert_eq!(send(running.order("7", "lamp")).await.0, StatusCode::CREATED);
    if !ENABLED {
        return;
    }
    let calls = store_calls(&running.trace().await.spans);
    let expected = include_str!("trees/stores_real.txt").replace("mysql book", "mariadb book");
    assert_eq!(without_names(&calls, &servers), expected);
}

/// What has become of an order for a lamp: how many are left, and who ordered.
async fn stored(servers: &Servers) -> (i64, String) {
    let select = "SELECT stock, customer FROM chain_items JOIN chain_orders ON item = name";
    sqlx::query_as(select).fetch_one(&mut servers.connect().await).await.unwrap()
}

#[tokio::test]
async fn a_stream_and_refusals() {
    let servers = Servers::find().await;
    let mut running = Running::start_on(&servers.stores()).await;
    send(running.order("7", "lamp")).await;
    let answer = (StatusCode::OK, json!(["stored", "confirmed"]));
    assert_eq!(send(running.steps(1)).await, answer);
    assert_eq!(send(running.steps(1)).await, answer);
    assert_eq!(send(running.order("7", "unicorn")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(running.order("7", "piano")).await.0, StatusCode::CONFLICT);
    assert_eq!(send(running.order("8", "piano")).await.0, StatusCode::CONFLICT);
    if !ENABLED {
        return;
    }
    for expected in [
        include_str!("trees/an_order.txt"),
        include_str!("trees/stream.txt"),
        include_str!("trees/stream_cached.txt"),
        include_str!("trees/unknown_item.txt"),
        include_str!("trees/out_of_stock.txt"),
        include_str!("trees/out_of_stock_cached.txt"),
    ] {
        assert_eq!(tree(&running.trace().await.spans), expected);
    }
}

/// The Redis may be somebody's, and is left as it was after a while.
#[tokio::test]
async fn no_key_stays_for_good() {
    let servers = Servers::find().await;
    let running = Running::start_on(&servers.stores()).await;
    send(running.order("7", "lamp")).await;
    send(running.order("7", "piano")).await;
    send(running.steps(1)).await;
    let mut redis = connect(&servers.redis_url).await;
    let mut ends = Vec::new();
    for key in keys(&mut redis, &servers.keys()).await {
        let (_, end) = key.rsplit_once(&servers.name).unwrap();
        let left: i64 = redis::cmd("TTL").arg(&key).query_async(&mut redis).await.unwrap();
        ends.push((end.to_owned(), left > 0));
    }
    ends.sort_unstable();
    let expected = [":item:piano", ":order:1", ":orders"].map(|key| (key.to_owned(), true));
    assert_eq!(ends, expected);
}

/// Each order has a trace of its own, whole, and the stock is what is left.
#[tokio::test]
async fn orders_at_once() {
    // They wait for each other, and none for longer than a connection may take.
    const ORDERS: u32 = 6;
    let servers = Servers::find().await;
    let mut running = Running::start_on(&servers.stores()).await;
    let orders = (0..ORDERS).map(|customer| send(running.order(&customer.to_string(), "lamp")));
    let replies = futures_util::future::join_all(orders).await;
    assert!(replies.iter().all(|(status, _)| *status == StatusCode::CREATED), "{replies:?}");
    let mut numbers: Vec<_> = replies.iter().map(|(_, reply)| reply["order"].as_u64()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=u64::from(ORDERS)).map(Some).collect::<Vec<_>>());
    let stock: i64 = sqlx::query_scalar("SELECT stock FROM chain_items WHERE name = 'lamp'")
        .fetch_one(&mut servers.connect().await)
        .await
        .unwrap();
    assert_eq!(stock, 1_000_000 - i64::from(ORDERS));
    if !ENABLED {
        return;
    }
    for _ in 0..ORDERS {
        let trace = running.trace().await;
        assert_eq!(chain::demo::lacks(&trace), [""; 0]);
        // All below the one span that the trace begins with. Whether an order found the stock in
        // the cache is luck.
        let text = tree(&trace.spans);
        assert_eq!(text.lines().filter(|line| !line.starts_with(' ')).count(), 1, "{text}");
        assert!((22..=24).contains(&trace.spans.len()), "{text}");
    }
}

/// Tables that are there stay as they are, and numbers go on.
#[tokio::test]
async fn a_book_that_is_opened_again() {
    let servers = Servers::find().await;
    for number in 1..=2 {
        let running = Running::start_on(&servers.stores()).await;
        let (_, reply) = send(running.order("7", "lamp")).await;
        assert_eq!(reply["order"], json!(number));
        running.chain.stop().await;
    }
    let stock: i64 = sqlx::query_scalar("SELECT stock FROM chain_items WHERE name = 'lamp'")
        .fetch_one(&mut servers.connect().await)
        .await
        .unwrap();
    assert_eq!(stock, 999_998);
}
