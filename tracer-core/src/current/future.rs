//! Futures and streams with a span.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::guard::Lent;
use crate::span::{Span, SpanRef};

/// Gives futures and streams a span.
pub trait InSpanExt: Sized {
    /// Runs in this span: current on every poll and while the future is dropped. The span ends
    /// when the future is done, when the stream is at its end, or with the drop.
    ///
    /// ```
    /// use tracer_core::InSpanExt;
    ///
    /// # async fn fetch() {}
    /// # async fn run(tracer: &tracer_core::Tracer) {
    /// fetch().in_span(tracer.span("fetch").start()).await;
    /// # }
    /// ```
    fn in_span(self, span: Span) -> InSpan<Self> {
        InSpan { inner: Some(self), span }
    }

    /// Runs below a span that somebody else ends: current on every poll and while the future is
    /// dropped.
    fn attach(self, span: SpanRef) -> Attached<Self> {
        Attached { inner: Some(self), span }
    }

    /// Runs below the span that is current now. This carries the context into a new task:
    ///
    /// ```
    /// use tracer_core::InSpanExt;
    ///
    /// # async fn send_receipt() {}
    /// # async fn handler() {
    /// tokio::spawn(send_receipt().in_current_span());
    /// # }
    /// ```
    fn in_current_span(self) -> Attached<Self> {
        self.attach(super::current())
    }
}

impl<T: Sized> InSpanExt for T {}

/// A closure that runs below the span that is current now, wherever it runs:
///
/// ```
/// # async fn handler() {
/// let resized = tokio::task::spawn_blocking(tracer_core::bind_current(|| 42)).await;
/// # }
/// ```
pub fn bind_current<R, F: FnOnce() -> R>(work: F) -> impl FnOnce() -> R + use<R, F> {
    super::current().bind(work)
}

pin_project! {
    /// A future or stream in a span of its own; see [`InSpanExt::in_span`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct InSpan<T> {
        #[pin]
        inner: Option<T>,
        span: Span,
    }

    impl<T> PinnedDrop for InSpan<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _lent = Lent::new(this.span.live_mut());
            this.inner.set(None);
        }
    }
}

pin_project! {
    /// A future or stream below a span that it does not own; see [`InSpanExt::attach`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Attached<T> {
        #[pin]
        inner: Option<T>,
        span: SpanRef,
    }

    impl<T> PinnedDrop for Attached<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _lent = Lent::new(&mut this.span.live);
            this.inner.set(None);
        }
    }
}

impl<F: Future> Future for InSpan<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        // The future is taken out by the drop only, after which nobody polls.
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Pending;
        };
        let lent = Lent::new(this.span.live_mut());
        let poll = inner.poll(cx);
        drop(lent);
        if poll.is_ready() {
            std::mem::take(this.span).finish();
        }
        poll
    }
}

impl<S: Stream> Stream for InSpan<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Pending;
        };
        let lent = Lent::new(this.span.live_mut());
        let poll = inner.poll_next(cx);
        drop(lent);
        if matches!(poll, Poll::Ready(None)) {
            std::mem::take(this.span).finish();
        }
        poll
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}

impl<F: Future> Future for Attached<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Pending;
        };
        let _lent = Lent::new(&mut this.span.live);
        inner.poll(cx)
    }
}

impl<S: Stream> Stream for Attached<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Pending;
        };
        let _lent = Lent::new(&mut this.span.live);
        inner.poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}
