//! What is not gRPC gets no span here, and its context goes on.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;

use contrib_tonic::{ClientLayer, ServerLayer};
use http::{Method, Request, Response};
use testing::Recorded;
use tonic::body::Body;
use tower::{ServiceBuilder, ServiceExt, service_fn};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn served() {
    if !tracer_core::ENABLED {
        return;
    }
    for (method, content) in [
        (Method::OPTIONS, None),
        (Method::POST, Some("application/grpc-web+proto")),
        (Method::POST, Some("application/grpc-web-text")),
        (Method::GET, Some("application/json")),
    ] {
        for inside_of_another in [false, true] {
            let recorded = Recorded::new();
            let tracer = recorded.tracer.clone();
            let service = ServiceBuilder::new()
                .layer(ServerLayer::new().with_tracer(tracer.clone()))
                .service(service_fn(move |_: Request<Body>| {
                    tracer.span("inside").start().finish();
                    std::future::ready(Ok::<_, Infallible>(Response::new(Body::empty())))
                }));
            let mut request = Request::builder()
                .method(method.clone())
                .uri("/shop.Orders/Place")
                .header("traceparent", PARENT);
            if let Some(content) = content {
                request = request.header("content-type", content);
            }
            let request = request.body(Body::empty()).unwrap();
            let outer = recorded.tracer.span("outer").start();
            if inside_of_another {
                let entered = outer.enter();
                let future = service.oneshot(request);
                drop(entered);
                let Ok(_) = tracer_core::InSpanExt::attach(future, outer.handle()).await;
            } else {
                let Ok(_) = service.oneshot(request).await;
            }
            let span = recorded.one();
            assert_eq!(span.name, "inside", "{method} {content:?}");
            assert!(!span.status.is_error());
            let parent = span.parent_id.unwrap().to_string();
            if inside_of_another {
                assert_eq!(Some(parent), outer.context().span_id().map(|id| id.to_string()));
            } else {
                assert_eq!(parent, "b7ad6b7169203331");
                assert_eq!(span.trace_id.unwrap().to_string(), "0af7651916cd43dd8448eb211c80319c");
            }
        }
    }
}

#[tokio::test]
async fn health_checks_are_left_out_where_that_is_asked_for() {
    if !tracer_core::ENABLED {
        return;
    }
    for (layer, expected) in [
        (ServerLayer::new(), 5),
        (ServerLayer::new().skip_paths(contrib_tonic::HEALTH_AND_REFLECTION), 1),
    ] {
        let recorded = Recorded::new();
        let layer = layer.with_tracer(recorded.tracer.clone());
        let methods =
            contrib_tonic::HEALTH_AND_REFLECTION.into_iter().chain(["/shop.Orders/Place"]);
        for method in methods {
            let service = ServiceBuilder::new().layer(layer.clone()).service(service_fn(
                |_: Request<Body>| async { Ok::<_, Infallible>(Response::new(Body::empty())) },
            ));
            let request = Request::post(method).header("content-type", "application/grpc");
            let Ok(_) = service.oneshot(request.body(Body::empty()).unwrap()).await;
        }
        assert_eq!(recorded.spans().len(), expected);
    }
}

#[tokio::test]
async fn called() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let outer = recorded.tracer.span("outer").start();
    let service = ServiceBuilder::new()
        .layer(ClientLayer::new().with_tracer(recorded.tracer.clone()))
        .service(service_fn(async |request: Request<Body>| {
            assert!(request.headers().contains_key("traceparent"), "the context goes on");
            Ok::<_, Infallible>(Response::new(Body::empty()))
        }));
    let request = Request::post("/shop.Orders/Place")
        .header("content-type", "application/grpc-web")
        .body(Body::empty())
        .unwrap();
    let Ok(_) = tracer_core::InSpanExt::attach(service.oneshot(request), outer.handle()).await;
    outer.finish();
    assert_eq!(recorded.one().name, "outer");
}
