//! A client and a server to call, made to be tested.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use contrib_reqwest::TraceMiddleware;
use http_body_util::BodyExt as _;
use reqwest_middleware::ClientBuilder;
use testing::http::{Adapter, Exchange, HEALTH, Kind, Shape, consume};
use tokio::net::TcpListener;
use tracer_core::Tracer;

/// As a middleware.
pub(crate) struct Middleware;

/// Without one.
pub(crate) struct Plain;

impl Adapter for Middleware {
    fn kind(&self) -> Kind {
        Kind::HttpClient
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let client = ClientBuilder::new(client()).with(middleware(tracer)).build();
        let request = request(&exchange).await;
        if let Ok(response) = client.execute(request).await {
            consume(reqwest::Body::from(response), &exchange).await;
        }
    }
}

impl Adapter for Plain {
    fn kind(&self) -> Kind {
        Kind::HttpClient
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let request = request(&exchange).await;
        if let Ok(response) = middleware(tracer).execute(&client(), request).await {
            consume(reqwest::Body::from(response), &exchange).await;
        }
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn middleware(tracer: Tracer) -> TraceMiddleware {
    TraceMiddleware::new().with_tracer(tracer).with_filter(|request| request.url().path() != HEALTH)
}

/// To a server that answers as the case wants, or to a port where nobody listens.
async fn request(exchange: &Exchange) -> reqwest::Request {
    let (mut parts, ()) = exchange.request().into_parts();
    let address = serve(exchange.clone()).await;
    parts.uri = format!("http://{address}{}", exchange.path()).parse().unwrap();
    http::Request::from_parts(parts, "").try_into().unwrap()
}

async fn serve(exchange: Exchange) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    if exchange.shape() != Shape::Fails {
        let app = Router::new().fallback(async move |request: Request| {
            let response = exchange.answer(request.headers()).await.unwrap();
            response.map(|body| Body::new(body.map_err(axum::Error::new)))
        });
        tokio::spawn(async { axum::serve(listener, app).await });
    }
    address
}
