//! Calls over gRPC that fail: a tower service below the one that traces.

use std::future::pending;
use std::task::{Context, Poll};

use axum::http::{HeaderValue, Request, Response, header};
use futures_util::future::BoxFuture;
use tower::{Service, ServiceExt};

use super::{Hook, Kind, wait};

/// Where nobody listens: port 1 of this machine.
pub const NOWHERE: &str = "http://127.0.0.1:1";

/// The way to a service, and one that leads [`NOWHERE`].
#[derive(Clone, Debug)]
pub struct Arrow<S> {
    to: S,
    nowhere: S,
    hook: Hook,
}

impl<S> Arrow<S> {
    /// Calls go `to` the service, but those that nobody is to listen to.
    pub const fn new(hook: Hook, to: S, nowhere: S) -> Self {
        Self { to, nowhere, hook }
    }
}

impl<S, A, B> Service<Request<A>> for Arrow<S>
where
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    A: Send + 'static,
    B: Default,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<B>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.to.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let Some(kind) = self.hook.now() else {
            return Box::pin(self.to.call(request));
        };
        // The one that was asked whether it is ready makes the call.
        let next = self.to.clone();
        let to = std::mem::replace(&mut self.to, next);
        let nowhere = self.nowhere.clone();
        Box::pin(async move {
            let mut to = to;
            match kind {
                Kind::Latency { by, jitter } => wait(by, jitter).await,
                Kind::Hang => pending().await,
                Kind::Status(status) => return Ok(answer(status)),
                Kind::Refused => return nowhere.oneshot(request).await,
                _ => {}
            }
            to.call(request).await
        })
    }
}

/// An answer that is nothing but a status: what is in the trailers otherwise is in its head.
pub(super) fn answer<B: Default>(status: u16) -> Response<B> {
    let mut response = Response::new(B::default());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-status", status.into());
    headers.insert("grpc-message", HeaderValue::from_static("fault injected"));
    response
}
