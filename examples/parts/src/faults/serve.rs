//! A service that breaks: a tower layer below the one that traces.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use http_body::Frame;
use serde_json::json;
use tokio::time::Sleep;
use tower::{Layer, Service};

use super::{Hook, Kind, Part, grpc, wait};

/// Breaks the service that it is around. The layer that traces goes around this one: what happens
/// here happens to the service.
#[derive(Clone, Debug)]
pub struct FaultLayer(Hook);

impl FaultLayer {
    /// At this place.
    #[must_use]
    pub const fn new(hook: Hook) -> Self {
        Self(hook)
    }
}

impl<S> Layer<S> for FaultLayer {
    type Service = FaultService<S>;

    fn layer(&self, inner: S) -> FaultService<S> {
        FaultService { inner, hook: self.0.clone() }
    }
}

/// A service that breaks.
#[derive(Clone, Debug)]
pub struct FaultService<S> {
    inner: S,
    hook: Hook,
}

impl<S> Service<Request> for FaultService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(kind) = self.hook.now() else {
            return Box::pin(self.inner.call(request));
        };
        let is_grpc = self.hook.part == Part::Grpc;
        let answer = self.inner.call(request);
        Box::pin(async move {
            match kind {
                Kind::Latency { by, jitter } => wait(by, jitter).await,
                Kind::Hang => std::future::pending().await,
                #[allow(clippy::panic, reason = "as asked")]
                Kind::Panic => panic!("fault injected"),
                Kind::Status(status) if is_grpc => return Ok(grpc::answer(status)),
                Kind::Status(status) => return Ok(http_status(status)),
                _ => {}
            }
            let (head, body) = answer.await?.into_parts();
            let body = match kind {
                Kind::Truncate => Body::new(BrokenBody::truncated(body)),
                Kind::SlowBody(pause) => Body::new(BrokenBody::slow(body, pause)),
                _ => body,
            };
            Ok(Response::from_parts(head, body))
        })
    }
}

/// In the form in which our services refuse.
fn http_status(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({ "error": "fault injected" }))).into_response()
}

/// Between the half of a body and its error.
const ON_ITS_WAY: Duration = Duration::from_millis(50);

/// A body that is slow, or ends in the middle.
struct BrokenBody {
    inner: Body,
    /// What each piece waits for; of none, half of the first one is all that comes.
    pause: Option<Duration>,
    waiting: Option<Pin<Box<Sleep>>>,
    is_cut: bool,
}

impl BrokenBody {
    const fn truncated(inner: Body) -> Self {
        Self { inner, pause: None, waiting: None, is_cut: false }
    }

    fn slow(inner: Body, pause: Duration) -> Self {
        let waiting = Some(Box::pin(tokio::time::sleep(pause)));
        Self { inner, pause: Some(pause), waiting, is_cut: false }
    }
}

impl HttpBody for BrokenBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(cx));
            self.waiting = None;
        }
        if self.is_cut {
            return Poll::Ready(Some(Err(axum::Error::new("fault injected"))));
        }
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        let Some(pause) = self.pause else {
            self.is_cut = true;
            // What has come so far is to be on its way: a body that fails at once takes its head along.
            self.waiting = Some(Box::pin(tokio::time::sleep(ON_ITS_WAY)));
            let data = frame.and_then(Result::ok).and_then(|frame| frame.into_data().ok());
            let half = data.map(|data| data.slice(..data.len() / 2)).unwrap_or_default();
            return Poll::Ready(Some(Ok(Frame::data(half))));
        };
        self.waiting = Some(Box::pin(tokio::time::sleep(pause)));
        Poll::Ready(frame)
    }
}
