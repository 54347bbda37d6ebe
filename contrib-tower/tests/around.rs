//! Timeouts inside and outside, what runs in a drop, errors in boxes, panics that are caught.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use contrib_tower::{ClientLayer, ServerLayer};
use futures_util::FutureExt;
use http::{Request, Response};
use http_body_util::Full;
use testing::{Recorded, tag};
use tower::timeout::TimeoutLayer;
use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
use tracer_core::current;

type Answer = Response<Full<Bytes>>;

async fn never(_: Request<()>) -> Result<Answer, Infallible> {
    std::future::pending().await
}

#[tokio::test]
async fn a_timeout_outside_is_a_cancellation() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let service = ServiceBuilder::new()
        .layer(TimeoutLayer::new(Duration::from_millis(20)))
        .layer(ServerLayer::new().with_tracer(recorded.tracer.clone()))
        .service_fn(never);
    assert!(service.oneshot(Request::new(())).await.is_err());
    let span = recorded.one();
    assert_eq!(tag(&span, "error.type"), "cancelled");
    assert_eq!(span.events(), ["cancelled"]);
}

#[tokio::test]
async fn a_timeout_inside_is_an_error() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let service = ServiceBuilder::new()
        .layer(ServerLayer::new().with_tracer(recorded.tracer.clone()))
        .layer(TimeoutLayer::new(Duration::from_millis(20)))
        .service_fn(never);
    let error: BoxError = service.oneshot(Request::new(())).await.unwrap_err();
    let span = recorded.one();
    assert!(span.status.is_error() && span.logs.is_empty());
    assert_eq!(format!("{:?}", span.status), format!("Error({:?})", error.to_string()));
}

#[tokio::test]
async fn errors_are_told_apart_and_scrubbed() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let service = ServiceBuilder::new()
        .layer(ClientLayer::new().with_tracer(recorded.tracer.clone()))
        .service(service_fn(async |_: Request<()>| {
            let text = "no route to http://user:pw@shop.test/?token=hush";
            let error = std::io::Error::new(std::io::ErrorKind::HostUnreachable, text);
            Err::<Answer, BoxError>(error.into())
        }));
    assert!(service.oneshot(Request::new(())).await.is_err());
    let span = recorded.one();
    assert_eq!(tag(&span, "error.type"), "host_unreachable");
    let status = format!("{:?}", span.status);
    assert!(status.contains("REDACTED:REDACTED@shop.test/?token=REDACTED"), "{status}");
}

#[tokio::test]
async fn a_panic_that_is_caught_above() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let service = ServiceBuilder::new()
        .layer(ServerLayer::new().with_tracer(recorded.tracer.clone()))
        .service(service_fn(async |request: Request<()>| -> Result<Answer, Infallible> {
            panic!("{}", request.uri())
        }));
    let call = AssertUnwindSafe(service.oneshot(Request::new(())));
    assert!(call.catch_unwind().await.is_err());
    assert_eq!(tag(&recorded.one(), "error.type"), "panic");
}

/// Starts a span when it is dropped: rolls something back, say.
struct RollsBack(tracer_core::Tracer);

impl Drop for RollsBack {
    fn drop(&mut self) {
        self.0.span("roll back").start().finish();
    }
}

impl Future for RollsBack {
    type Output = Result<Answer, Infallible>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}

#[tokio::test]
async fn what_runs_in_a_drop_is_below_the_span() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let tracer = recorded.tracer.clone();
    let service = ServiceBuilder::new()
        .layer(ServerLayer::new().with_tracer(tracer.clone()))
        .service(service_fn(move |_: Request<()>| RollsBack(tracer.clone())));
    let _ =
        tokio::time::timeout(Duration::from_millis(10), service.oneshot(Request::new(()))).await;
    assert_eq!(testing::tree(&recorded.spans()), "server GET !\n  roll back\n");
    assert!(!current().context().is_valid(), "left");
}

#[tokio::test]
async fn a_host_that_is_to_know_nothing() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let layer = ClientLayer::new()
        .with_tracer(recorded.tracer.clone())
        .with_propagation(|request| request.uri().host() == Some("shop.test"));
    let service =
        ServiceBuilder::new().layer(layer).service(service_fn(async |request: Request<()>| {
            let told = ["traceparent", "baggage", "tracestate"]
                .iter()
                .any(|name| request.headers().contains_key(*name));
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(told.to_string()))))
        }));
    for (host, told) in [("shop.test", "true"), ("other.test", "false")] {
        // Whoever has put it there: a proxy hands on its caller's headers.
        let request = Request::get(format!("http://{host}/"))
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .header("baggage", "tenant=a")
            .body(())
            .unwrap();
        let Ok(response) = service.clone().oneshot(request).await;
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
        assert_eq!(body.to_bytes(), told, "{host}");
    }
}

#[tokio::test]
async fn a_view_in_a_log_holds_no_secrets() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let (seen, see) = std::sync::mpsc::channel();
    let answered = seen.clone();
    let layer = ServerLayer::new()
        .with_tracer(recorded.tracer.clone())
        .on_request(move |_, request| seen.send(format!("{request:?}")).unwrap())
        .on_response(move |_, response| answered.send(format!("{response:?}")).unwrap());
    let service = ServiceBuilder::new().layer(layer).service(service_fn(async |_: Request<()>| {
        let response = Response::builder().header("set-cookie", "session=hush");
        Ok::<_, Infallible>(response.body(Full::new(Bytes::new())).unwrap())
    }));
    let request = Request::get("http://user:hush@shop.test/items?token=hush&color=blue")
        .header("authorization", "Bearer hush")
        .extension("hush")
        .body(())
        .unwrap();
    let Ok(_) = service.oneshot(request).await;
    let views: String = see.try_iter().collect();
    for word in ["GET", "/items", "color=blue", "authorization", "200", "set-cookie"] {
        assert!(views.contains(word), "{word}: {views}");
    }
    assert!(!views.contains("hush"), "{views}");
}
