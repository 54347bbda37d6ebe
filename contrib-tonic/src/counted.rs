//! Bodies whose messages are counted.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tracer_core::SpanRef;
use tracer_core::semconv::rpc::{self, Messages};

use crate::framing::Framing;

/// A request's messages so far. They go out beside the answer, from another task.
#[derive(Debug, Default)]
pub(crate) struct Sent(Mutex<Messages>);

impl Sent {
    fn set(&self, messages: Messages) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = messages;
    }

    fn get(&self) -> Messages {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a span is told of at the call's end, however that comes.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) span: SpanRef,
    pub(crate) request: Arc<Sent>,
    pub(crate) response: Framing,
}

impl Drop for Told {
    fn drop(&mut self) {
        rpc::on_messages(&self.span, self.request.get(), self.response.whole());
    }
}

/// Bodies of requests whose messages can be counted: tonic's, and with the feature `server` axum's,
/// which tonic's routes have.
#[diagnostic::on_unimplemented(
    message = "the messages in a `{Self}` can't be counted",
    note = "put `MessagesLayer` where the request's body is still tonic's or axum's"
)]
pub trait Countable: counting::Counting {}

impl<T: counting::Counting> Countable for T {}

pub(crate) mod counting {
    use std::sync::Arc;

    use super::{Request, Sent};

    /// Of the same type with something inside.
    #[allow(unnameable_types, reason = "nobody else implements it")]
    pub trait Counting: Sized {
        #[doc(hidden)]
        #[allow(private_interfaces, reason = "nobody else calls it")]
        fn counted(self, sent: Arc<Sent>) -> Self;
    }

    impl Counting for tonic::body::Body {
        #[allow(private_interfaces, reason = "nobody else calls it")]
        fn counted(self, sent: Arc<Sent>) -> Self {
            Self::new(Request::new(self, sent))
        }
    }

    #[cfg(feature = "server")]
    impl Counting for axum_core::body::Body {
        #[allow(private_interfaces, reason = "nobody else calls it")]
        fn counted(self, sent: Arc<Sent>) -> Self {
            Self::new(Request::new(self, sent))
        }
    }
}

pin_project! {
    /// The body of a request.
    struct Request<B> {
        #[pin]
        inner: B,
        framing: Framing,
        sent: Arc<Sent>,
    }
}

impl<B> Request<B> {
    fn new(inner: B, sent: Arc<Sent>) -> Self {
        Self { inner, framing: Framing::default(), sent }
    }
}

impl<B: Body<Data = Bytes>> Body for Request<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        let polled = ready!(this.inner.poll_frame(cx));
        if let Some(data) = data(&polled) {
            this.framing.read(data);
            this.sent.set(this.framing.whole());
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn data<E>(polled: &Option<Result<Frame<Bytes>, E>>) -> Option<&Bytes> {
    polled.as_ref()?.as_ref().ok()?.data_ref()
}

pin_project! {
    /// The body of a response. At its end, or when it is dropped, the call's span is told of the
    /// messages that have passed in both directions.
    pub struct CountedBody<B> {
        #[pin]
        inner: B,
        told: Option<Told>,
    }
}

impl<B: Body> CountedBody<B> {
    /// One that has ended already has no end to wait for.
    pub(crate) fn new(inner: B, told: Option<Told>) -> Self {
        let told = told.filter(|_| !inner.is_end_stream());
        Self { inner, told }
    }
}

impl<B> CountedBody<B> {
    /// The body inside.
    pub const fn get_ref(&self) -> &B {
        &self.inner
    }

    /// The body inside. What is read of it directly is not counted.
    pub const fn get_mut(&mut self) -> &mut B {
        &mut self.inner
    }
}

impl<B: Body<Data = Bytes>> Body for CountedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        // Not in its place while others are at work: a panic tells it before the span ends.
        let mut told = this.told.take();
        let Poll::Ready(polled) = this.inner.as_mut().poll_frame(cx) else {
            *this.told = told;
            return Poll::Pending;
        };
        // Trailers, an error, or nothing any more: the span ends with it, and is told before.
        if let Some(data) = data(&polled) {
            if let Some(told) = &mut told {
                told.response.read(data);
            }
            // Where nobody may ask again the span ends with this frame.
            *this.told = told.filter(|_| !this.inner.is_end_stream());
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Default> Default for CountedBody<B> {
    fn default() -> Self {
        Self { inner: B::default(), told: None }
    }
}

impl<B: fmt::Debug> fmt::Debug for CountedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountedBody").field("inner", &self.inner).finish_non_exhaustive()
    }
}
