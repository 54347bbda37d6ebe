//! Callers choose methods; names stay few. The sets behind it belong to the process, so this test
//! has one of its own.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use contrib_tonic::ServerLayer;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use testing::{Recorded, tag};
use tonic::body::Body;
use tower::{Layer, ServiceBuilder, ServiceExt, service_fn};
use tracer_core::FinishedSpan;

/// The span of a call that is answered with this code.
async fn served(recorded: &Recorded, method: &str, code: &'static str) -> FinishedSpan {
    let layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
    let service =
        ServiceBuilder::new().layer(layer).service(service_fn(async |_: Request<Body>| {
            let head = Response::builder().header("grpc-status", code);
            Ok::<_, Infallible>(head.body(Body::empty()).unwrap())
        }));
    let request = Request::post(format!("/{method}")).header("content-type", "application/grpc");
    let Ok(response) = service.oneshot(request.body(Body::empty()).unwrap()).await;
    let _ = response.into_body().collect().await;
    recorded.one()
}

#[tokio::test]
async fn names_stay_few_whoever_answers() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    for name in ["shop.Orders/Place", "shop.Orders/Watch"] {
        assert_eq!(served(&recorded, name, "0").await.name, name);
    }
    let first = served(&recorded, "shop.Orders/Cancel", "5").await;
    assert_eq!(first.name, "shop.Orders/Cancel", "a failed call has its name as well");

    // What nobody implements takes no place.
    for n in 0..500 {
        assert_eq!(served(&recorded, &format!("scan.S{n}/M"), "12").await.name, "grpc");
    }
    let mut names = HashSet::new();
    let mut methods = HashSet::new();
    for n in 0..10_000 {
        let span = served(&recorded, &format!("random.S{n}/M"), "16").await;
        methods.insert(tag(&span, "rpc.method"));
        if span.name == "grpc" {
            assert_eq!(tag(&span, "rpc.method"), "_OTHER");
            assert_eq!(tag(&span, "rpc.method_original"), format!("random.S{n}/M"));
        }
        names.insert(span.name);
    }
    assert!((200..=258).contains(&names.len()), "{}", names.len());
    assert!(methods.len() <= 258, "{}", methods.len());

    for (name, code) in [("shop.Orders/Place", "5"), ("shop.Orders/Watch", "13")] {
        assert_eq!(served(&recorded, name, code).await.name, name, "known");
    }
    assert_eq!(served(&recorded, "shop.Orders/Late", "5").await.name, "grpc");
    let late = served(&recorded, "shop.Orders/Late", "0").await;
    assert_eq!((&*late.name, &*tag(&late, "rpc.method")), ("shop.Orders/Late", "shop.Orders/Late"));
    assert!(late.tag("rpc.method_original").is_none());
    assert_eq!(served(&recorded, "shop.Orders/Late", "5").await.name, "shop.Orders/Late");

    // Dropped, it has its name only if somebody has begun to stream.
    for (method, streams) in [("scan.Dropped/M", false), ("shop.Orders/Stream", true)] {
        let layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
        let service = layer.layer(service_fn(move |_: Request<Body>| async move {
            if !streams {
                std::future::pending::<()>().await;
            }
            let head = Response::builder().header("content-type", "application/grpc");
            let body = Full::new(Bytes::from_static(b"\0\0\0\0\0"));
            Ok::<_, Infallible>(head.body(Body::new(body)).unwrap())
        }));
        let request =
            Request::post(format!("/{method}")).header("content-type", "application/grpc");
        let call = service.oneshot(request.body(Body::empty()).unwrap());
        drop(tokio::time::timeout(Duration::from_millis(10), call).await);
        let span = recorded.one();
        assert_eq!(tag(&span, "rpc.response.status_code"), "CANCELLED");
        assert_eq!(span.name, if streams { method } else { "grpc" });
    }
}

#[tokio::test]
async fn a_name_that_was_chosen_stays() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let layer = ServerLayer::new()
        .with_tracer(recorded.tracer.clone())
        .with_name(|_| Some("chosen".into()));
    // Too long for the method to be known.
    for method in ["a.B/C".to_owned(), "x".repeat(300)] {
        let service = ServiceBuilder::new().layer(layer.clone()).service(service_fn(
            async |_: Request<Body>| {
                let head = Response::builder().header("grpc-status", "0");
                Ok::<_, Infallible>(head.body(Body::empty()).unwrap())
            },
        ));
        let request =
            Request::post(format!("/{method}")).header("content-type", "application/grpc");
        let Ok(_) = service.oneshot(request.body(Body::empty()).unwrap()).await;
        assert_eq!(recorded.one().name, "chosen");
    }
}
