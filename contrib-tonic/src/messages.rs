//! A layer that counts a call's messages.

use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracer_core::current;

use crate::counted::{Countable, CountedBody, Sent, Told};
use crate::framing::Framing;

/// Counts the messages of calls, on the span of the layer right around this one. `ServiceBuilder`, and
/// with it tonic's server, takes the outer layer first:
///
/// ```
/// use contrib_tonic::{ClientLayer, MessagesLayer, ServerLayer};
/// use tower::ServiceBuilder;
///
/// let layers = ServiceBuilder::new().layer(ServerLayer::new()).layer(MessagesLayer::new());
/// let server = tonic::transport::Server::builder().layer(layers.into_inner());
/// # drop(server);
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let channel = tonic::transport::Endpoint::from_static("http://inventory:50051").connect_lazy();
/// let service =
///     ServiceBuilder::new().layer(ClientLayer::new()).layer(MessagesLayer::new()).service(channel);
/// # drop(service);
/// # }
/// ```
///
/// A router of axum's takes the outer layer last: `.layer(MessagesLayer::new())`, and then
/// `.layer(ServerLayer::new())`. The other way round, or without the one around it, nothing is counted.
///
/// The tags are `rpc.request.message.count` and `rpc.request.message.size`, and the same with
/// `response`: messages that have passed as a whole when the call ended, and their bytes as they are
/// on the wire, compressed or not, without the five bytes in front of each. Of a call that was cut off
/// they say how far it came. Where nothing is recorded, nothing is counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct MessagesLayer(());

impl MessagesLayer {
    /// Inside of a [`ServerLayer`](crate::ServerLayer) or [`ClientLayer`](crate::ClientLayer).
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for MessagesLayer {
    type Service = MessagesService<S>;

    fn layer(&self, inner: S) -> MessagesService<S> {
        MessagesService { inner }
    }
}

/// A service whose calls' messages are counted.
#[derive(Clone, Debug)]
pub struct MessagesService<S> {
    inner: S,
}

impl<S> MessagesService<S> {
    /// The service inside.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service inside.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, A, B> Service<Request<A>> for MessagesService<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    A: Countable,
    B: Body<Data = Bytes>,
{
    type Response = Response<CountedBody<B>>;
    type Error = S::Error;
    type Future = MessagesFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        if !OFFERED.take() {
            return MessagesFuture { inner: self.inner.call(request), told: None };
        }
        let sent = Arc::new(Sent::default());
        let request = request.map(|body| body.counted(Arc::clone(&sent)));
        let told = Some(Told { span: current(), request: sent, response: Framing::default() });
        MessagesFuture { inner: self.inner.call(request), told }
    }
}

pin_project! {
    /// The future of a [`MessagesService`].
    #[must_use = "futures do nothing unless polled"]
    pub struct MessagesFuture<F> {
        #[pin]
        inner: F,
        told: Option<Told>,
    }
}

impl<F, B, E> Future for MessagesFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
{
    type Output = Result<Response<CountedBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Not in its place while others are at work: a panic tells it before the span ends.
        let told = this.told.take();
        let Poll::Ready(result) = this.inner.poll(cx) else {
            *this.told = told;
            return Poll::Pending;
        };
        // With an error the span ends: it is told now.
        Poll::Ready(result.map(|response| {
            let told = told.filter(|_| !ends_with_its_head(&response));
            response.map(|body| CountedBody::new(body, told))
        }))
    }
}

/// Whether the call is over with the response's head, whatever body it has: its status is there, or
/// what answers is not gRPC.
fn ends_with_its_head<B>(response: &Response<B>) -> bool {
    response.headers().contains_key("grpc-status") || response.status() != StatusCode::OK
}

thread_local! {
    /// Whether whoever is called now is right inside of a layer whose span is recorded.
    static OFFERED: Cell<bool> = const { Cell::new(false) };
}

/// Does this right inside of a layer.
pub(crate) fn offered<R>(is_recorded: bool, work: impl FnOnce() -> R) -> R {
    /// A panic does not leave it behind.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            OFFERED.set(self.0);
        }
    }
    let _before = Before(OFFERED.replace(is_recorded));
    work()
}

impl<F> fmt::Debug for MessagesFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessagesFuture").finish_non_exhaustive()
    }
}
