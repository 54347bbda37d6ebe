//! What is recorded of a request that axum serves.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use contrib_axum::TraceLayer;
use http_body_util::BodyExt;
use tower::ServiceExt;
use tracer_core::{FinishedSpan, MemoryReporter, SpanKind, Status, Tracer};

fn app(tracer: &Tracer) -> Router {
    let nested = Router::new().route("/{id}", get(|| async { "nested" }));
    Router::new()
        .route("/items/{id}", get(|| async { "an item" }))
        .route("/teapot", post(|| async { StatusCode::IM_A_TEAPOT }))
        .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .nest("/nested", nested)
        .layer(TraceLayer::new().with_tracer(tracer.clone()))
}

async fn span_of(request: Request<Body>) -> FinishedSpan {
    let reporter = MemoryReporter::new();
    let tracer = Tracer::builder("test").reporter(reporter.clone()).build();
    let response = app(&tracer).oneshot(request).await.unwrap();
    drop(response.into_body().collect().await.unwrap());
    tracer.flush(Duration::from_secs(5)).unwrap();
    let mut spans = reporter.take();
    assert_eq!(spans.len(), 1, "{spans:?}");
    spans.remove(0)
}

fn tags(span: &FinishedSpan) -> Vec<String> {
    span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect()
}

#[tokio::test]
async fn a_request_with_everything() {
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
