//! The two layers, made to be tested.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::io;

use contrib_tower::{ClientLayer, ServerLayer};
use http::{Request, Response};
use testing::http::{Adapter, Exchange, HEALTH, Kind, ScriptedBody, consume};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tracer_core::Tracer;

pub(crate) struct Server;

pub(crate) struct Client;

impl Adapter for Server {
    fn kind(&self) -> Kind {
        Kind::HttpServer
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let service = ServiceBuilder::new()
            .layer(ServerLayer::new().with_tracer(tracer).skip_paths([HEALTH]))
            .service(service_fn(|request| answer(request, exchange.clone())));
        let response = service.oneshot(exchange.request()).await;
        if let Ok(response) = response {
            consume(response.into_body(), &exchange).await;
        }
    }
}

impl Adapter for Client {
    fn kind(&self) -> Kind {
        Kind::HttpClient
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let layer = ClientLayer::new()
            .with_tracer(tracer)
            .with_filter(|request| request.uri().path() != HEALTH);
        let service = ServiceBuilder::new()
            .layer(layer)
            .service(service_fn(|request| answer(request, exchange.clone())));
        let mut request = exchange.request();
        *request.uri_mut() = format!("http://shop.test{}", exchange.path()).parse().unwrap();
        if let Ok(response) = service.oneshot(request).await {
            consume(response.into_body(), &exchange).await;
        }
    }
}

async fn answer(request: Request<()>, exchange: Exchange) -> io::Result<Response<ScriptedBody>> {
    exchange.answer(request.headers()).await
}
