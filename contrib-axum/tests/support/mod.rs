//! An application, made to be tested.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::any;
use contrib_axum::TraceLayer;
use http_body_util::BodyExt;
use testing::http::{Adapter, Exchange, HEALTH, Kind, Shape, consume};
use tower::ServiceExt;
use tracer_core::{FinishedSpan, MemoryReporter, Tracer};

pub(crate) struct Axum;

impl Adapter for Axum {
    fn kind(&self) -> Kind {
        Kind::HttpServer
    }

    fn knows_routes(&self) -> bool {
        true
    }

    fn supports(&self, shape: Shape) -> bool {
        // Handlers cannot fail: what they return is a response.
        shape != Shape::Fails
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let shared = exchange.clone();
        let handler = any(async move |request: Request| {
            let response = shared.answer(request.headers()).await.unwrap();
            response.map(Body::new)
        });
        let app = Router::new()
            .route("/items/{id}", handler.clone())
            .route(HEALTH, handler)
            .layer(TraceLayer::new().with_tracer(tracer).skip_paths([HEALTH]));
        let response = app.oneshot(exchange.request().map(|()| Body::empty())).await;
        let Ok(response) = response;
        consume(response.into_body(), &exchange).await;
    }
}

/// A tracer and what it records.
pub(crate) fn tracer() -> (Tracer, MemoryReporter) {
    let reporter = MemoryReporter::new();
    (Tracer::builder("test").reporter(reporter.clone()).build(), reporter)
}

/// Sends a request, reads the response to its end.
pub(crate) async fn send(app: Router, request: Request<Body>) -> (Response<()>, String) {
    let Ok(response) = app.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
}

pub(crate) fn spans(tracer: &Tracer, reporter: &MemoryReporter) -> Vec<FinishedSpan> {
    tracer.flush(Duration::from_secs(5)).unwrap();
    let spans = reporter.take();
    testing::attributes::note(&spans);
    spans
}
