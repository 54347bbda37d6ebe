//! Futures and streams that take a `Context` along.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::Stream;
use opentelemetry::Context;
use pin_project_lite::pin_project;
use tracer_core::{ENABLED, SpanRef};

use crate::{attached, span_of};

/// Takes a `Context` along with a future or stream, for both sides.
pub trait OtelExt: Sized {
    /// This `Context` is opentelemetry's current one, and its span the kit's, on every poll and while
    /// the future is dropped. Opentelemetry's own `with_context` makes it current for one side only,
    /// unless the kit follows (feature `follow`).
    ///
    /// ```
    /// use contrib_otel::{OtelExt, current_context};
    ///
    /// # async fn send_receipt() {}
    /// # async fn handler() {
    /// tokio::spawn(send_receipt().bind_otel_context(current_context()));
    /// # }
    /// ```
    fn bind_otel_context(self, context: Context) -> BoundToOtel<Self> {
        let span = if ENABLED { span_of(&context) } else { SpanRef::noop() };
        BoundToOtel { inner: Some(self), context, span }
    }
}

impl<T: Sized> OtelExt for T {}

pin_project! {
    /// A future or stream with a `Context`: see [`OtelExt::bind_otel_context`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct BoundToOtel<T> {
        #[pin]
        inner: Option<T>,
        context: Context,
        span: SpanRef,
    }

    impl<T> PinnedDrop for BoundToOtel<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _theirs = attached::attach(this.context.clone());
            let _own = this.span.enter();
            this.inner.set(None);
        }
    }
}

impl<F: Future> Future for BoundToOtel<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        // The future is taken out by the drop only, after which nobody polls.
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Pending };
        let _theirs = attached::attach(this.context.clone());
        let _own = this.span.enter();
        inner.poll(cx)
    }
}

impl<S: Stream> Stream for BoundToOtel<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Pending };
        let _theirs = attached::attach(this.context.clone());
        let _own = this.span.enter();
        inner.poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}
