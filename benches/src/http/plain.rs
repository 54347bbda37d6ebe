//! A layer that does nothing, of the shape that a tracing one has: a service, a future and a body
//! around the inner ones. axum boxes a route for any layer, and a body for any of another type;
//! neither is the tracer's.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

#[derive(Clone)]
pub struct Plain;

impl<S> Layer<S> for Plain {
    type Service = PlainService<S>;

    fn layer(&self, inner: S) -> PlainService<S> {
        PlainService(inner)
    }
}

#[derive(Clone)]
pub struct PlainService<S>(S);

impl<S, R, B> Service<R> for PlainService<S>
where
    S: Service<R, Response = Response<B>>,
{
    type Response = Response<PlainBody<B>>;
    type Error = S::Error;
    type Future = PlainFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        PlainFuture { inner: self.0.call(request) }
    }
}

pin_project! {
    pub struct PlainFuture<F> {
        #[pin]
        inner: F,
    }
}

impl<F, B, E> Future for PlainFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<PlainBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().inner.poll(context))?;
        Poll::Ready(Ok(response.map(|inner| PlainBody { inner })))
    }
}

pin_project! {
    pub struct PlainBody<B> {
        #[pin]
        inner: B,
    }
}

impl<B: Body> Body for PlainBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.project().inner.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
