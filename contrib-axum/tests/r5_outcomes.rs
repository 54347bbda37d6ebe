//! R5: whatever becomes of a request that axum serves, it has one span, which ends once and says
//! how. On a socket, where it is the other side that goes away.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod served;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use futures_util::FutureExt;
use served::{PATIENCE, Served, app};
use testing::{named, tag, tags};
use tower::ServiceExt;
use tracer_core::{FinishedSpan, Status};

/// What a span says of its end: the status code, the error's type, the logs.
#[track_caller]
fn assert_ended(span: Option<FinishedSpan>, code: &str, error: &str, logs: &[&str]) {
    assert_eq!(span.is_some(), tracer_core::ENABLED);
    let Some(span) = span else { return };
    assert_eq!(tag(&span, "http.response.status_code"), code, "{:?}", tags(&span));
    assert_eq!(tag(&span, "error.type"), error);
    assert_eq!(span.status == Status::Unset, error.is_empty(), "{:?}", span.status);
    assert_eq!(span.events(), logs);
}

#[tokio::test]
async fn r5_the_client_leaves_before_the_head() {
    let served = Served::start(|app| app).await;
    let client = served.ask("GET /hangs").await;
    served.entered().await;
    drop(client);
    assert_ended(served.span().await, "", "cancelled", &["cancelled"]);
}

/// While there is something to write, and while there is nothing.
#[tokio::test]
async fn r5_the_client_leaves_in_the_middle_of_the_body() {
    for path in ["/endless", "/silent"] {
        let served = Served::start(|app| app).await;
        let mut client = served.ask(&format!("GET {path}")).await;
        Served::read_until(&mut client, "begun").await;
        drop(client);
        let span = served.span().await;
        if let Some(span) = &span {
            let bytes: u64 = tag(span, "http.response.body.size").parse().unwrap();
            assert!(bytes >= 5, "{path}: {bytes}");
        }
        assert_ended(span, "200", "cancelled", &["cancelled"]);
    }
}

#[tokio::test]
async fn r5_answers_without_a_body() {
    for (request, code) in [
        ("GET /items/7", "200"),
        ("HEAD /items/7", "200"),
        ("HEAD /endless", "200"),
        ("GET /empty", "204"),
        ("GET /same", "304"),
        ("PUT /items/7", "405"),
        ("GET /nobody/knows", "404"),
    ] {
        let served = Served::start(|app| app).await;
        let answer = served.whole(request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {code} ")), "{request}: {answer}");
        let has_body = !answer.ends_with("\r\n\r\n");
        assert_eq!(has_body, request == "GET /items/7", "{request}: {answer}");
        assert_ended(served.span().await, code, "", &[]);
    }
}

/// The request has ended with the word for it; what comes then has a span of its own, if any.
#[tokio::test]
async fn r5_an_upgrade() {
    let served = Served::start(|app| app).await;
    let mut client = served.ask("GET /socket").await;
    Served::read_until(&mut client, "101 Switching Protocols").await;
    let Some(spans) = served.spans_until("socket").await else { return };
    let request = named(&spans, "GET /socket").clone();
    let socket = named(&spans, "socket");
    assert_eq!((socket.trace_id, socket.parent_id), (request.trace_id, request.span_id));
    assert!(socket.end >= request.end);
    assert_ended(Some(request), "101", "", &[]);
}

#[tokio::test]
async fn r5_a_timeout_layer_inside_and_outside() {
    let inside = Served::start_timed(|app, trace, timeout| app.layer(timeout).layer(trace)).await;
    let answer = inside.whole("GET /hangs").await;
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    assert_ended(inside.span().await, "504", "504", &[]);

    let outside = Served::start_timed(|app, trace, timeout| app.layer(trace).layer(timeout)).await;
    let answer = outside.whole("GET /hangs").await;
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    assert_ended(outside.span().await, "", "cancelled", &["cancelled"]);
}

/// With nobody to catch it the connection goes, and nothing else.
#[tokio::test]
async fn r5_a_handler_that_panics() {
    let served = Served::start(|app| app).await;
    assert_eq!(served.whole("GET /panics").await, "", "hung up");
    assert_ended(served.span().await, "", "panic", &["error"]);
    assert!(served.whole("GET /items/7").await.starts_with("HTTP/1.1 200 "));
    assert_ended(served.span().await, "200", "", &[]);
}

/// The body's sender panics: it is in the middle of the body then.
#[tokio::test]
async fn r5_a_body_that_panics() {
    let served = Served::start(|app| app).await;
    let answer = served.whole("GET /panics/later").await;
    assert!(answer.contains("begun"), "{answer}");
    assert_ended(served.span().await, "200", "panic", &["error"]);
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// axum calls nothing before the first poll: there is no request then, so there is no span.
#[tokio::test]
async fn r5_a_future_that_nobody_polls() {
    let (recorded, app) = app();
    drop(app.clone().oneshot(get("/items/7")));
    assert!(recorded.spans().is_empty());
    let mut polled = Box::pin(app.oneshot(get("/hangs")));
    assert!(polled.as_mut().now_or_never().is_none());
    drop(polled);
    let span = tracer_core::ENABLED.then(|| recorded.one());
    assert_ended(span, "", "cancelled", &["cancelled"]);
}

#[tokio::test]
async fn r5_a_body_that_nobody_polls() {
    for (path, code, error, logs) in [
        ("/items/7", "200", "cancelled", &["cancelled"][..]),
        ("/endless", "200", "cancelled", &["cancelled"]),
        ("/empty", "204", "", &[]),
        ("/same", "304", "", &[]),
    ] {
        let (recorded, app) = app();
        let Ok(response) = app.oneshot(get(path)).await;
        let response: Response = response;
        assert_eq!(response.status(), StatusCode::from_bytes(code.as_bytes()).unwrap());
        let mut spans = recorded.spans();
        assert_eq!(spans.is_empty(), !logs.is_empty() || !tracer_core::ENABLED);
        drop(response);
        spans.extend(recorded.spans());
        assert_eq!(spans.len(), usize::from(tracer_core::ENABLED));
        assert_ended(spans.pop(), code, error, logs);
    }
}

/// Many at once, each in another way: none is lost, none is told twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r5_all_of_them_at_once() {
    let served = Served::start(|app| app).await;
    let requests = ["GET /items/7", "HEAD /items/7", "GET /empty", "GET /same", "PUT /items/7"];
    let leaving = ["GET /hangs", "GET /endless", "GET /silent"];
    let rounds = 20;
    tokio::time::timeout(PATIENCE, async {
        let whole = (0..rounds).flat_map(|_| requests.map(|request| served.whole(request)));
        let left = (0..rounds).flat_map(|_| leaving.map(|request| served.ask(request)));
        futures_util::future::join_all(whole).await;
        let mut left = futures_util::future::join_all(left).await;
        for client in left.chunks_mut(leaving.len()) {
            served.entered().await;
            for client in &mut client[1..] {
                Served::read_until(client, "begun").await;
            }
        }
    })
    .await
    .expect("all are answered");
    let expected = rounds * (requests.len() + leaving.len());
    let Some(spans) = served.spans(expected).await else { return };
    let books = served.recorded.tracer.books();
    assert_eq!((books.started, books.finished, books.open), (expected as u64, expected as u64, 0));
    let left = spans.iter().filter(|span| tag(span, "error.type") == "cancelled");
    assert_eq!(left.count(), rounds * leaving.len());
}
