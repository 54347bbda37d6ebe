//! Servers and a client, made to be tested.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::io;

use axum::Router;
use axum::extract::Request;
use contrib_tonic::{ClientLayer, ServerLayer};
use http_body_util::BodyExt;
use testing::http::{Adapter, Exchange, Kind, Shape, consume};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint, Server};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tracer_core::Tracer;

const HEALTH: &str = "/grpc.health.v1.Health/Check";

/// The layer by itself.
pub(crate) struct Served;

/// The layer in tonic's server, over a network.
pub(crate) struct ServedOverNetwork;

/// The layer over tonic's channel.
pub(crate) struct Called;

impl Adapter for Served {
    fn kind(&self) -> Kind {
        Kind::GrpcServer
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let service = ServiceBuilder::new().layer(server_layer(tracer)).service(service_fn(
            async |request: http::Request<Body>| {
                let response = exchange.answer(request.headers()).await?;
                Ok::<_, io::Error>(response.map(|body| Body::new(body.map_err(broken))))
            },
        ));
        if let Ok(response) = service.oneshot(request(&exchange)).await {
            consume(response.into_body(), &exchange).await;
        }
    }
}

impl Adapter for ServedOverNetwork {
    fn kind(&self) -> Kind {
        Kind::GrpcServer
    }

    fn supports(&self, shape: Shape) -> bool {
        // Routes cannot fail: what they return is a response.
        shape != Shape::Fails
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let (listener, channel) = pair().await;
        let mut server = Server::builder().layer(server_layer(tracer));
        let routes = routes(exchange.clone());
        tokio::spawn(async move { server.add_routes(routes).serve_with_incoming(listener).await });
        if let Ok(response) = channel.oneshot(request(&exchange)).await {
            consume(response.into_body(), &exchange).await;
        }
    }
}

impl Adapter for Called {
    fn kind(&self) -> Kind {
        Kind::GrpcClient
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let (listener, channel) = pair().await;
        if exchange.shape() == Shape::Fails {
            drop(listener);
        } else {
            let routes = routes(exchange.clone());
            tokio::spawn(async move {
                Server::builder().add_routes(routes).serve_with_incoming(listener).await
            });
        }
        let layer = ClientLayer::new()
            .with_tracer(tracer)
            .with_server("shop.test:50051")
            .skip_paths([HEALTH]);
        let service = ServiceBuilder::new().layer(layer).service(channel);
        if let Ok(response) = service.oneshot(request(&exchange)).await {
            consume(response.into_body(), &exchange).await;
        }
    }
}

fn server_layer(tracer: Tracer) -> ServerLayer {
    ServerLayer::new().with_tracer(tracer).skip_paths([HEALTH])
}

fn request(exchange: &Exchange) -> http::Request<Body> {
    let mut request = exchange.request().map(|()| Body::empty());
    request.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
    request.headers_mut().insert("te", "trailers".parse().unwrap());
    request
}

fn routes(exchange: Exchange) -> Routes {
    let router = Router::new().fallback(async move |request: Request| {
        let response = exchange.answer(request.headers()).await.unwrap();
        response.map(|body| axum::body::Body::new(body.map_err(broken)))
    });
    Routes::from(router)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken(error: io::Error) -> tonic::Status {
    tonic::Status::data_loss(error.to_string())
}

/// Both ends of a network.
pub(crate) async fn pair() -> (TcpListenerStream, Channel) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    (TcpListenerStream::new(listener), endpoint.connect_lazy())
}
