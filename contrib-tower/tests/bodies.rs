//! When a span ends: the shapes that bodies come in, and what people do with them.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use contrib_tower::{ClientLayer, ResponseBody, ServerLayer};
use http::{Method, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full};
use testing::{Recorded, tag};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tracer_core::{FinishedSpan, Status};

/// Frames without a length, and without the word that they are all.
struct Frames(Vec<&'static str>);

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(self.0.remove(0).as_bytes())))))
    }
}

/// The span of a request of this method, that is answered so, of which `frames` frames are read.
async fn served<B>(method: Method, response: Response<B>, frames: usize) -> FinishedSpan
where
    B: Body + Unpin,
    B::Error: std::fmt::Display + std::fmt::Debug + 'static,
{
    let recorded = Recorded::new();
    let mut response = Some(response);
    let mut service = ServiceBuilder::new()
        .layer(ServerLayer::new().with_tracer(recorded.tracer.clone()))
        .service(service_fn(move |_| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        }));
    let request = Request::builder().method(method).body(()).unwrap();
    let Ok(mut response) = service.ready().await.unwrap().call(request).await;
    for _ in 0..frames {
        let _ = response.body_mut().frame().await;
    }
    drop(response);
    recorded.one()
}

fn assert_fine(span: &FinishedSpan) {
    assert_eq!((&span.status, span.logs.len()), (&Status::Unset, 0), "{span:?}");
}

#[tokio::test]
async fn nobody_asks_for_the_end_of_a_known_length() {
    if !tracer_core::ENABLED {
        return;
    }
    // The body knows it; the head tells it; the body is ended after its frame.
    let full = Response::new(Full::new(Bytes::from_static(b"hello")));
    assert_fine(&served(Method::GET, full, 1).await);
    let told = Response::builder().header("content-length", 10).body(Frames(vec!["hello"; 2]));
    assert_fine(&served(Method::GET, told.unwrap(), 2).await);
    let told = Response::builder().header("content-length", 10).body(Frames(vec!["hello"; 2]));
    let short = served(Method::GET, told.unwrap(), 1).await;
    assert_eq!((&*tag(&short, "error.type"), short.status.is_error()), ("cancelled", true));
    assert_eq!(tag(&short, "http.response.body.size"), "5");
    assert_eq!(tag(&short, "http.response.status_code"), "200", "the status code stays");
}

/// The sizes that a layer writes which is to write them: request and response.
async fn sizes<B>(method: Method, response: Response<B>, length: Option<&str>) -> [String; 2]
where
    B: Body,
    B::Error: std::fmt::Display + std::fmt::Debug + 'static,
{
    let recorded = Recorded::new();
    let mut response = Some(response);
    let layer = ServerLayer::new().with_tracer(recorded.tracer.clone()).with_body_sizes();
    let service = layer.layer(service_fn(move |_| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    }));
    let mut request = Request::builder().method(method);
    if let Some(length) = length {
        request = request.header("content-length", length);
    }
    let Ok(response) = service.oneshot(request.body(()).unwrap()).await;
    let _ = Box::pin(response.into_body()).as_mut().collect().await;
    let span = recorded.one();
    ["http.request.body.size", "http.response.body.size"].map(|key| tag(&span, key))
}

#[tokio::test]
async fn sizes_are_written_where_they_are_asked_for() {
    if !tracer_core::ENABLED {
        return;
    }
    let frames = || Response::new(Frames(vec!["hello", "you"]));
    assert_eq!(sizes(Method::POST, frames(), Some("12")).await, ["12", "8"]);
    assert_eq!(sizes(Method::GET, frames(), None).await, ["", "8"]);
    assert_eq!(sizes(Method::GET, frames(), Some("many")).await, ["", "8"]);
    let full = Response::new(Full::new(Bytes::from_static(b"hello")));
    assert_eq!(sizes(Method::GET, full, None).await, ["", "5"]);
    assert_eq!(sizes(Method::GET, Response::new(Empty::<Bytes>::new()), None).await, ["", "0"]);
    assert_eq!(sizes(Method::HEAD, frames(), None).await, ["", "0"]);
    let unasked = served(Method::GET, frames(), 3).await;
    assert_eq!(tag(&unasked, "http.response.body.size"), "");
}

#[tokio::test]
async fn heads_without_a_body() {
    if !tracer_core::ENABLED {
        return;
    }
    assert_fine(&served(Method::GET, Response::new(Empty::<Bytes>::new()), 0).await);
    assert_fine(&served(Method::HEAD, Response::new(Frames(vec!["never sent"])), 0).await);
    assert_fine(&served(Method::CONNECT, Response::new(Frames(vec!["never sent"])), 0).await);
    let refused = Response::builder().status(407).body(Frames(vec!["why", "so"])).unwrap();
    let refused = served(Method::CONNECT, refused, 1).await;
    assert_eq!(tag(&refused, "http.response.body.size"), "3", "no tunnel, so a body");
    for status in [101, 204, 304] {
        let response = Response::builder().status(status).body(Frames(vec![])).unwrap();
        assert_fine(&served(Method::GET, response, 0).await);
    }
    let empty = Response::builder().header("content-length", 0).body(Frames(vec![])).unwrap();
    assert_fine(&served(Method::GET, empty, 0).await);
}

#[tokio::test]
async fn nobody_reads_the_body() {
    if !tracer_core::ENABLED {
        return;
    }
    let span = served(Method::GET, Response::new(Frames(vec!["hello"])), 0).await;
    assert_eq!((&*tag(&span, "error.type"), span.status.is_error()), ("cancelled", true));
}

/// A body that breaks off.
struct Breaks;

impl Body for Breaks {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let text = "http://u:hush@shop.test";
        Poll::Ready(Some(Err(std::io::Error::new(std::io::ErrorKind::BrokenPipe, text))))
    }
}

#[tokio::test]
async fn the_status_code_of_a_failure_stays() {
    if !tracer_core::ENABLED {
        return;
    }
    let dropped = Response::builder().status(503).body(Frames(vec!["sorry"])).unwrap();
    let dropped = served(Method::GET, dropped, 0).await;
    assert_eq!((&*tag(&dropped, "error.type"), dropped.status.is_error()), ("503", true));
    assert_eq!(dropped.events(), ["cancelled"]);
    let broken =
        served(Method::GET, Response::builder().status(500).body(Breaks).unwrap(), 1).await;
    assert_eq!((&*tag(&broken, "error.type"), broken.status.is_error()), ("500", true));
    assert_eq!(broken.events(), ["error"]);
    let text = format!("{broken:?}");
    assert!(text.contains("broken_pipe") && !text.contains("hush"), "{text}");
}

#[tokio::test]
async fn what_counts_as_a_failure_can_be_chosen() {
    if !tracer_core::ENABLED {
        return;
    }
    for (status, failed) in [(404, false), (418, true), (500, false)] {
        let recorded = Recorded::new();
        let answer = move |_: Request<()>| {
            let response = Response::builder().status(status).body(Full::new(Bytes::new()));
            std::future::ready(Ok::<_, Infallible>(response.unwrap()))
        };
        let tracer = recorded.tracer.clone();
        let client = ClientLayer::new().with_tracer(tracer.clone()).with_error_status(|s| s == 418);
        let Ok(_) = client.layer(service_fn(answer)).oneshot(Request::new(())).await;
        let server = ServerLayer::new().with_tracer(tracer).with_error_status(|s| s == 418);
        let Ok(_) = server.layer(service_fn(answer)).oneshot(Request::new(())).await;
        let spans = recorded.spans();
        assert_eq!(spans.len(), 2);
        for span in spans {
            assert_eq!(span.status.is_error(), failed, "{status}");
            assert_eq!(tag(&span, "error.type"), if failed { "418" } else { "" });
            assert_eq!(tag(&span, "http.response.status_code"), status.to_string());
        }
    }
}

#[tokio::test]
async fn nobody_polls_the_future() {
    if !tracer_core::ENABLED {
        return;
    }
    for is_client in [false, true] {
        let recorded = Recorded::new();
        let inner = service_fn(|_: Request<()>| {
            std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>()
        });
        let tracer = recorded.tracer.clone();
        if is_client {
            drop(
                ServiceBuilder::new()
                    .layer(ClientLayer::new().with_tracer(tracer))
                    .service(inner)
                    .call(Request::new(())),
            );
        } else {
            drop(
                ServiceBuilder::new()
                    .layer(ServerLayer::new().with_tracer(tracer))
                    .service(inner)
                    .call(Request::new(())),
            );
        }
        let span = recorded.one();
        assert_eq!(span.events(), ["cancelled"]);
        assert_eq!(span.status.is_error(), !is_client);
    }
}

#[tokio::test]
async fn a_client_that_waits_for_the_head_alone() {
    if !tracer_core::ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let layer = ClientLayer::new().with_tracer(recorded.tracer.clone()).end_on_headers();
    let service = ServiceBuilder::new().layer(layer).service(service_fn(async |_| {
        Ok::<_, Infallible>(Response::new(Frames(vec!["hello"; 3])))
    }));
    let Ok(response) = service.oneshot(Request::new(())).await;
    assert_fine(&recorded.one());
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), 15);
    assert!(recorded.spans().is_empty());
}

#[tokio::test]
async fn what_is_wrapped_is_as_it_was() {
    let recorded = Recorded::new();
    let layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
    let mut busy = true;
    let inner = tower::util::BoxService::new(service_fn(async |_: Request<()>| {
        Response::builder()
            .status(StatusCode::OK)
            .body(Full::new(Bytes::from_static(b"hello")))
            .map_err(|_| "no")
    }));
    let mut service = ServiceBuilder::new().layer(layer).service(NotYet { inner, busy: &mut busy });
    let mut cx = Context::from_waker(std::task::Waker::noop());
    assert!(service.poll_ready(&mut cx).is_pending(), "readiness is the inner service's");
    *service.get_mut().busy = false;
    assert!(service.poll_ready(&mut cx).is_ready());
    let response = service.call(Request::new(())).await.unwrap();
    let body: &ResponseBody<_> = response.body();
    assert_eq!(body.size_hint().exact(), SizeHint::with_exact(5).exact());
    assert!(!body.is_end_stream() && !body.get_ref().is_end_stream());
    assert!(!*service.into_inner().busy);
}

struct NotYet<'a, S> {
    inner: S,
    busy: &'a mut bool,
}

impl<S: Service<R>, R> Service<R> for NotYet<'_, S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        if *self.busy { Poll::Pending } else { self.inner.poll_ready(cx) }
    }

    fn call(&mut self, request: R) -> S::Future {
        self.inner.call(request)
    }
}
