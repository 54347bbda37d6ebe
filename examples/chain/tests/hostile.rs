//! Whatever comes in as headers, and whatever the collector does: the answer is the same.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use axum::{Router, routing};
use chain::Options;
use chain::orders::WatchRequest;
use chain::orders::orders_client::OrdersClient;
use contrib_otlp::OtlpReporter;
use reqwest::StatusCode;
use support::{Running, send};
use tower::ServiceExt;
use tracer_core::ENABLED;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// One of them with ids that are good, in a header that is not.
const GARBAGE: [&str; 8] = [
    "",
    "00",
    "not a traceparent at all",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-0000000000000000-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
];

#[tokio::test]
async fn garbage_in_traceparent_begins_a_new_trace() {
    let mut running = Running::start().await;
    for garbage in GARBAGE {
        let order = running.order("7", "lamp");
        let order = order.header("traceparent", garbage).header("tracestate", "=,=,\u{e9},,");
        let (status, reply) = send(order).await;
        assert_eq!((status, &reply["price"]), (StatusCode::CREATED, &1900.into()), "{garbage}");
        if ENABLED {
            let trace = running.trace().await;
            assert_eq!(trace.spans.len(), 24, "{garbage}");
            assert_ne!(trace.id.unwrap().to_string(), TRACE, "{garbage}");
            assert_eq!(trace.spans.iter().filter(|span| span.parent_id.is_none()).count(), 1);
        }
    }
}

#[tokio::test]
async fn a_good_traceparent_is_gone_on_with() {
    let mut running = Running::start().await;
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    send(running.order("7", "lamp").header("traceparent", parent)).await;
    if ENABLED {
        assert_eq!(running.trace().await.id.unwrap().to_string(), TRACE);
    }
}

#[tokio::test]
async fn garbage_in_grpc_metadata() {
    let mut running = Running::start().await;
    let server3 = format!("http://{}", running.chain.addresses.server3);
    let mut client = OrdersClient::connect(server3).await.unwrap();
    for garbage in GARBAGE {
        let mut request = tonic::Request::new(WatchRequest { order_id: 9 });
        request.metadata_mut().insert("traceparent", garbage.parse().unwrap());
        let status = client.watch(request).await.unwrap_err();
        assert_eq!(status.code(), tonic::Code::NotFound, "{garbage}");
        if ENABLED {
            assert_ne!(running.trace().await.id.unwrap().to_string(), TRACE);
        }
    }
}

/// Many lines of valid baggage.
fn baggage(lines: usize, bytes: usize) -> impl Iterator<Item = String> {
    let value = "x".repeat(bytes);
    (0..lines).map(move |line| format!("key{line}={value}"))
}

/// As much as fits into what hyper reads of a request's head.
#[tokio::test]
async fn baggage_that_the_server_reads() {
    let mut running = Running::start().await;
    let order = baggage(48, 8000)
        .fold(running.order("7", "lamp"), |order, line| order.header("baggage", line));
    let (status, reply) = send(order).await;
    assert_eq!((status, &reply["price"]), (StatusCode::CREATED, &1900.into()));
    if ENABLED {
        assert_eq!(running.trace().await.services().len(), 3);
    }
}

/// More than hyper reads: the refusal is its own, the same as that of a service without the kit.
#[tokio::test]
async fn a_mebibyte_of_baggage_is_refused_by_the_server_itself() {
    let running = Running::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bare = listener.local_addr().unwrap();
    let app = Router::new().route("/orders", routing::post(|| async {}));
    let server = tokio::spawn(axum::serve(listener, app).into_future());

    let mut answers = Vec::new();
    for address in [running.chain.addresses.server1, bare] {
        let order = running.client.post(format!("http://{address}/orders"));
        let order = baggage(64, 1 << 14).fold(order, |order, line| order.header("baggage", line));
        // The server may close the connection while the rest is still being written.
        let answer = order.send().await.ok().map(|response| response.status());
        answers.push(answer);
    }
    let refusals = [None, Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)];
    assert!(answers.iter().all(|answer| refusals.contains(answer)), "{answers:?}");
    assert!(running.all().iter().all(|tracer| tracer.books().started == 0));
    server.abort();
}

/// Past hyper: the layers see all of it, and what they hand on is bounded.
#[tokio::test]
async fn a_mebibyte_of_baggage_in_the_layers() {
    a_mebibyte_in_the_layers(true).await;
}

#[tokio::test]
async fn a_mebibyte_of_baggage_in_layers_that_are_off() {
    a_mebibyte_in_the_layers(false).await;
}

async fn a_mebibyte_in_the_layers(on: bool) {
    let running = Running::start().await;
    for tracer in running.all() {
        tracer.set_enabled(on);
    }
    let server2 = running.chain.addresses.server2;
    let app =
        chain::server1::router(&running.tracers.server1, server2, &Options::default()).unwrap();
    let request = Request::post("/orders")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("baggage", "customer.id=7");
    let request =
        baggage(128, 1 << 13).fold(request, |request, line| request.header("baggage", line));
    let response = app.oneshot(request.body(Body::from("item=lamp")).unwrap()).await.unwrap();
    // server2 and server3 would refuse it, if all of it went on.
    assert_eq!(response.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_collector_that_is_down_or_hangs() {
    let down = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // The kernel takes the connection, and nobody ever answers.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [down, hanging.local_addr().unwrap()] {
        let running = Running::start_with(|| {
            let reporter = OtlpReporter::builder().endpoint(&format!("http://{address}"));
            Some(reporter.build().unwrap())
        })
        .await;
        let started = Instant::now();
        for _ in 0..20 {
            let (status, reply) = send(running.order("7", "lamp")).await;
            assert_eq!((status, &reply["price"]), (StatusCode::CREATED, &1900.into()));
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());

        let ending = Instant::now();
        for tracer in running.all() {
            // In time or not: it comes back.
            let _ = tracer.shutdown(Duration::from_millis(500));
            assert!(tracer.books().balance());
        }
        assert!(ending.elapsed() < Duration::from_secs(20), "{:?}", ending.elapsed());
        let (status, _) = send(running.order("7", "lamp")).await;
        assert_eq!(status, StatusCode::CREATED, "after the shutdown");
    }
}
