//! The whole trace of a request through the three services.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::json;
use support::{Running, all_saw, seen, send, store_calls, tree};
use tracer_core::{ENABLED, FinishedSpan};

#[tokio::test]
async fn an_order() {
    let mut running = Running::start().await;
    let (status, reply) = send(running.order("7", "lamp")).await;
    assert_eq!(
        (status, &reply["order"], &reply["price"]),
        (StatusCode::CREATED, &1.into(), &1900.into())
    );
    if !ENABLED {
        return assert!(running.is_quiet().await);
    }
    assert_eq!(seen(&reply), all_saw("7"));

    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/an_order.txt"));
    is_one_trace(&trace.spans);
    calls_name_the_service_called(&running, &trace.spans);
    assert_eq!(stores(&trace.spans), include_str!("trees/stores_embedded.txt"));
    let events: Vec<_> = trace.spans.iter().flat_map(FinishedSpan::events).collect();
    let of_orders = events.iter().filter(|event| event.starts_with("order"));
    assert_eq!(of_orders.collect::<Vec<_>>(), ["order 1 confirmed", "order 1 stored"]);
    assert!(events.contains(&"commit".to_owned()), "{events:?}");
    books_balance(&running, 24);
}

#[tokio::test]
async fn an_item_that_nobody_sells() {
    let mut running = Running::start().await;
    let (status, reply) = send(running.order("7", "unicorn")).await;
    assert_eq!((status, &reply["error"]), (StatusCode::NOT_FOUND, &"no such item".into()));
    if !ENABLED {
        return;
    }
    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/unknown_item.txt"));
    is_one_trace(&trace.spans);
    books_balance(&running, 9);
}

#[tokio::test]
async fn an_item_that_is_gone() {
    let mut running = Running::start().await;
    let (status, reply) = send(running.order("7", "piano")).await;
    assert_eq!((status, &reply["error"]), (StatusCode::CONFLICT, &"out of stock".into()));
    if !ENABLED {
        return;
    }
    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/out_of_stock.txt"));

    // Who asks again is answered by the cache.
    send(running.order("8", "piano")).await;
    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/out_of_stock_cached.txt"));
}

#[tokio::test]
async fn a_stream() {
    let mut running = Running::start().await;
    send(running.order("7", "lamp")).await;
    if ENABLED {
        running.trace().await;
    }
    let answer = (StatusCode::OK, json!(["stored", "confirmed"]));
    assert_eq!(send(running.steps(1)).await, answer);
    if !ENABLED {
        return;
    }
    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/stream.txt"));

    // An order that is confirmed is kept.
    assert_eq!(send(running.steps(1)).await, answer);
    let trace = running.trace().await;
    assert_eq!(tree(&trace.spans), include_str!("trees/stream_cached.txt"));
}

#[tokio::test]
async fn health_checks_leave_no_trace() {
    let mut running = Running::start().await;
    let at = running.chain.addresses;
    for address in [at.server1, at.server2, at.server3] {
        for path in ["health", "tracing"] {
            let url = format!("http://{address}/{path}");
            let response = running.client.get(url).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
        }
    }
    assert!(running.is_quiet().await);
    assert!(running.all().iter().all(|tracer| tracer.books().started == 0));
}

/// Keys begin with the book they belong to, which is another one each time.
fn stores(spans: &[FinishedSpan]) -> String {
    let calls = store_calls(spans);
    let mut parts = calls.split("chain:memory-");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (_, rest) = part.split_once(':').unwrap();
        text = text + "chain:book:" + rest;
    }
    text
}

fn is_one_trace(spans: &[FinishedSpan]) {
    let ids: BTreeSet<_> = spans.iter().map(|span| span.trace_id.unwrap().to_string()).collect();
    assert_eq!(ids.len(), 1);
    // Each service is told apart from the others by its instance, not by its name alone.
    let instance =
        |span: &FinishedSpan| span.resource.tag("service.instance.id").map(ToString::to_string);
    let instances: BTreeSet<_> = spans.iter().map(instance).collect();
    assert_eq!(instances.len(), 3);
}

/// By the port in the client's span: that of the service whose span is below it.
fn calls_name_the_service_called(running: &Running, spans: &[FinishedSpan]) {
    let at = running.chain.addresses;
    let mut calls = 0;
    for served in spans.iter().filter(|span| span.has_remote_parent) {
        let call = spans.iter().find(|span| span.span_id == served.parent_id).unwrap();
        let address = match served.service() {
            "server1" => at.server1,
            "server2" => at.server2,
            _ => at.server3,
        };
        let port = call.tag("server.port").map(ToString::to_string);
        assert_eq!(port, Some(address.port().to_string()), "{}", call.name);
        calls += 1;
    }
    assert_eq!(calls, 4);
}

fn books_balance(running: &Running, spans: u64) {
    let books: Vec<_> = running.all().iter().map(|tracer| tracer.books()).collect();
    assert!(books.iter().all(|books| books.balance() && books.open == 0), "{books:?}");
    assert_eq!(books.iter().map(|books| books.reported).sum::<u64>(), spans);
}
