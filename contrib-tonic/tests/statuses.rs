//! Where a call's status is, and what it does to the span.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use contrib_tonic::{ClientLayer, ServerLayer};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Empty, Full};
use support::pair;
use testing::{Recorded, tag};
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::{Endpoint, Server};
use tonic::{Status, TimeoutExpired};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tracer_core::{FinishedSpan, SpanKind};

/// The client's span of a call that is answered so.
async fn called(response: Response<Body>) -> FinishedSpan {
    let recorded = Recorded::new();
    let mut response = Some(response);
    let service = ServiceBuilder::new()
        .layer(ClientLayer::new().with_tracer(recorded.tracer.clone()))
        .service(service_fn(move |_| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        }));
    let Ok(response) = service.oneshot(request()).await;
    let _ = response.into_body().collect().await;
    recorded.one()
}

fn request() -> Request<Body> {
    Request::post("/shop.Inventory/Get").body(Body::empty()).unwrap()
}

fn trailers(pairs: &[(&'static str, &'static str)]) -> Body {
    let trailers: HeaderMap =
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    Body::new(
        Full::new(Bytes::from_static(b"\0\0\0\0\0")).with_trailers(async { Some(Ok(trailers)) }),
    )
}

#[tokio::test]
async fn wherever_it_is() {
    if !tracer_core::ENABLED {
        return;
    }
    let head = |name, value| Response::builder().header(name, value);
    let empty = || Body::new(Empty::<Bytes>::new());
    for (response, code, text) in [
        (Response::new(trailers(&[("grpc-status", "0")])), "OK", ""),
        (
            Response::new(trailers(&[("grpc-status", "5"), ("grpc-message", "no%20item")])),
            "NOT_FOUND",
            "no item",
        ),
        (head("grpc-status", "16").body(empty()).unwrap(), "UNAUTHENTICATED", ""),
        (head("grpc-status", "what").body(empty()).unwrap(), "UNKNOWN", ""),
        (Response::new(trailers(&[])), "UNKNOWN", ""),
        (Response::new(empty()), "UNKNOWN", ""),
        (Response::builder().status(503).body(empty()).unwrap(), "UNAVAILABLE", ""),
        (Response::builder().status(404).body(empty()).unwrap(), "UNIMPLEMENTED", ""),
        (
            Response::new(Body::new(http_body_util::StreamBody::new(futures_util::stream::iter(
                [Err::<http_body::Frame<Bytes>, _>(Status::data_loss("gone"))],
            )))),
            "DATA_LOSS",
            "gone",
        ),
    ] {
        let span = called(response).await;
        assert_eq!((&*span.name, span.kind), ("shop.Inventory/Get", SpanKind::Client));
        assert_eq!(tag(&span, "rpc.system.name"), "grpc");
        assert_eq!(tag(&span, "rpc.method"), "shop.Inventory/Get");
        assert_eq!(tag(&span, "rpc.response.status_code"), code);
        let failed = code != "OK";
        assert_eq!(tag(&span, "error.type"), if failed { code } else { "" });
        assert_eq!(span.status.is_error(), failed);
        assert!(format!("{:?}", span.status).contains(text), "{:?}", span.status);
    }
}

#[tokio::test]
async fn errors_of_the_transport() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let layer =
        ClientLayer::new().with_tracer(recorded.tracer.clone()).with_server("shop.test:50051");
    let (listener, channel) = pair().await;
    drop(listener);
    let service = ServiceBuilder::new().layer(layer.clone()).service(channel);
    assert!(service.oneshot(request()).await.is_err());
    let span = recorded.one();
    assert_eq!(tag(&span, "rpc.response.status_code"), "UNAVAILABLE");
    assert_eq!(tag(&span, "server.address"), "shop.test");
    assert_eq!(tag(&span, "server.port"), "50051");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let slow = Endpoint::from_shared(format!("http://{address}")).unwrap();
    let channel = slow.timeout(Duration::from_millis(50)).connect_lazy();
    let routes =
        Routes::from(axum::Router::new().fallback(async || std::future::pending::<()>().await));
    tokio::spawn(async {
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        Server::builder().add_routes(routes).serve_with_incoming(incoming).await
    });
    let service = ServiceBuilder::new().layer(layer.clone()).service(channel);
    assert!(service.oneshot(request()).await.is_err());
    assert_eq!(tag(&recorded.one(), "rpc.response.status_code"), "CANCELLED");

    let boxed = ServiceBuilder::new().layer(layer).service(service_fn(async |_: Request<Body>| {
        Err::<Response<Body>, tower::BoxError>(Box::new(TimeoutExpired(())))
    }));
    assert!(boxed.oneshot(request()).await.is_err());
    assert_eq!(tag(&recorded.one(), "rpc.response.status_code"), "CANCELLED");
}

#[tokio::test]
async fn methods_that_nobody_implements() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let (incoming, channel) = pair().await;
    let layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
    tokio::spawn(async move {
        let routes = Routes::default().prepare();
        Server::builder().layer(layer).add_routes(routes).serve_with_incoming(incoming).await
    });
    let request = Request::post("/made.Up/Name12345")
        .header("content-type", "application/grpc")
        .body(Body::empty())
        .unwrap();
    channel.oneshot(request).await.unwrap();
    let span = recorded.one();
    assert_eq!(span.name, "grpc");
    assert_eq!(tag(&span, "rpc.method"), "_OTHER");
    assert_eq!(tag(&span, "rpc.method_original"), "made.Up/Name12345");
    assert_eq!(tag(&span, "rpc.response.status_code"), "UNIMPLEMENTED");
    assert!(span.status.is_error());
    assert_eq!(tag(&span, "network.peer.address"), "127.0.0.1");
}
