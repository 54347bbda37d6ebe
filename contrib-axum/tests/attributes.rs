//! What is recorded of a request that axum serves.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use contrib_axum::TraceLayer;
use support::{Axum, send, spans, tracer};
use testing::http::{Part, assert_holds};
use testing::tags;
use tracer_core::{FinishedSpan, SpanKind, Status, Tracer};

#[tokio::test]
async fn suite() {
    assert_holds(Axum, Part::Attributes).await;
}

fn app(tracer: &Tracer) -> Router {
    let nested = Router::new().route("/{id}", get(|| async { "nested" }));
    Router::new()
        .route("/items/{id}", get(|| async { "an item" }))
        .route("/teapot", post(|| async { StatusCode::IM_A_TEAPOT }))
        .nest("/nested", nested)
        .layer(TraceLayer::new().with_tracer(tracer.clone()))
}

async fn span_of(request: Request<Body>) -> FinishedSpan {
    let (tracer, reporter) = tracer();
    send(app(&tracer), request).await;
    let mut spans = spans(&tracer, &reporter);
    assert_eq!(spans.len(), 1, "{spans:?}");
    spans.remove(0)
}

#[tokio::test]
async fn a_request_with_everything() {
    if !tracer_core::ENABLED {
        return;
    }
    let request = Request::get("/items/7?color=blue&token=hush")
        .header("host", "shop.test:8080")
        .header("user-agent", "curl/8")
        .header("cookie", "secret")
        .body(Body::empty())
        .unwrap();
    let span = span_of(request).await;
    assert_eq!((&*span.name, span.kind), ("GET /items/{id}", SpanKind::Server));
    assert_eq!(span.status, Status::Unset);
    assert_eq!(
        tags(&span),
        [
            "http.request.method=GET",
            "url.scheme=http",
            "url.path=/items/7",
            "http.route=/items/{id}",
            "url.query=color=blue&token=REDACTED",
            "server.address=shop.test",
            "server.port=8080",
            "user_agent.original=curl/8",
            "network.protocol.version=1.1",
            "http.response.status_code=200",
        ]
    );
    assert!(span.logs.is_empty());
}

#[tokio::test]
async fn names() {
    if !tracer_core::ENABLED {
        return;
    }
    for (method, path, name, code) in [
        ("GET", "/nested/1", "GET /nested/{id}", 200),
        ("HEAD", "/items/1", "HEAD /items/{id}", 200),
        ("POST", "/teapot", "POST /teapot", 418),
        ("PUT", "/teapot", "PUT /teapot", 405),
        ("GET", "/nobody/knows", "GET", 404),
        ("BREW", "/teapot", "HTTP /teapot", 405),
        ("BREW", "/nobody/knows", "HTTP", 404),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let span = span_of(request).await;
        assert_eq!(span.name, name, "{method} {path}");
        let status = span.tag("http.response.status_code").map(ToString::to_string);
        assert_eq!(status, Some(code.to_string()), "{method} {path}");
        assert_eq!(span.status, Status::Unset, "4xx is the caller's");
    }
}

#[tokio::test]
async fn hooks_and_names_of_the_users() {
    if !tracer_core::ENABLED {
        return;
    }
    let (tracer, reporter) = tracer();
    let layer = TraceLayer::new()
        .with_tracer(tracer.clone())
        .with_name(|request| request.route().map(|route| format!("page {route}").into()))
        .on_request(|span, request| {
            span.set_tag("agent", request.headers().contains_key("user-agent"));
        })
        .on_response(|span, response| {
            span.set_tag("cached", response.headers().contains_key("age"));
        });
    let app = Router::new().route("/a", get(|| async { "a" })).layer(layer);
    send(app, Request::get("/a").body(Body::empty()).unwrap()).await;
    let spans = spans(&tracer, &reporter);
    assert_eq!(
        testing::tree_with(&spans, &["agent", "cached"]),
        "server page /a agent=false cached=false\n"
    );
}

#[cfg(feature = "peer")]
#[tokio::test]
async fn the_peer() {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;

    if !tracer_core::ENABLED {
        return;
    }
    let mut request = Request::get("/items/7").body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 7], 4711))));
    let span = span_of(request).await;
    let tags = tags(&span);
    for tag in
        ["client.address=10.0.0.7", "network.peer.address=10.0.0.7", "network.peer.port=4711"]
    {
        assert!(tags.iter().any(|has| has == tag), "{tag}: {tags:?}");
    }
}
