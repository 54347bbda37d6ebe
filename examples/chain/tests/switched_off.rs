//! One service does not trace; the trace goes on through it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::net::SocketAddr;

use reqwest::StatusCode;
use support::{Running, all_saw, seen, send, tree};
use tracer_core::ENABLED;

async fn switch(running: &Running, service: SocketAddr, to: &'static str) -> (StatusCode, String) {
    let url = format!("http://{service}/tracing");
    let response = running.client.put(url).body(to).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_service_in_the_middle() {
    let mut running = Running::start().await;
    if !ENABLED {
        return;
    }
    let server2 = running.chain.addresses.server2;
    assert_eq!(switch(&running, server2, "off").await, (StatusCode::OK, "off\n".to_owned()));

    let (status, reply) = send(running.order("7", "lamp")).await;
    assert_eq!((status, &reply["price"]), (StatusCode::CREATED, &1900.into()));
    assert_eq!(seen(&reply), all_saw("7"));
    let trace = running.trace().await;
    // The callers of the service are the parents of those whom it calls.
    assert_eq!(tree(&trace.spans), include_str!("trees/server2_off.txt"));
    assert_eq!(running.tracers.server2.books().started, 0);

    assert_eq!(switch(&running, server2, "on").await.1, "on\n");
    send(running.order("7", "lamp")).await;
    assert_eq!(running.trace().await.services().len(), 3);
}

#[tokio::test]
async fn all_of_them() {
    let mut running = Running::start().await;
    let at = running.chain.addresses;
    for address in [at.server1, at.server2, at.server3] {
        switch(&running, address, "off").await;
    }
    let (status, reply) = send(running.order("7", "lamp")).await;
    assert_eq!((status, &reply["price"]), (StatusCode::CREATED, &1900.into()));
    assert!(running.is_quiet().await);

    // What a caller sends goes through them all, byte for byte, and is readable at each.
    let order = running.order("", "lamp").header("baggage", "customer.id=9;p=1,other=x");
    let (_, reply) = send(order).await;
    if ENABLED {
        assert_eq!(seen(&reply), all_saw("9"));
    }
    assert!(running.is_quiet().await);
}

#[tokio::test]
async fn anything_but_on_and_off_is_refused() {
    let running = Running::start().await;
    let server3 = running.chain.addresses.server3;
    assert_eq!(switch(&running, server3, "maybe").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(running.tracers.server3.is_enabled(), ENABLED);
}
