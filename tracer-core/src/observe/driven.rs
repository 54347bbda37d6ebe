//! A future with its span, for integrations that await in one place.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Observed;

pin_project! {
    /// Waits for an operation with its span current, and gives both back; see
    /// [`Observed::drive`]. Dropped before that, the span ends as the table says.
    #[must_use = "futures do nothing unless polled"]
    pub struct Driven<F, T = ()> {
        #[pin]
        inner: F,
        observed: Observed<T>,
    }

    impl<F, T> PinnedDrop for Driven<F, T> {
        fn drop(this: Pin<&mut Self>) {
            this.project().observed.enter_for_drop();
        }
    }
}

impl<F, T> Driven<F, T> {
    pub(super) const fn new(inner: F, observed: Observed<T>) -> Self {
        Self { inner, observed }
    }
}

impl<F: Future, T> Future for Driven<F, T> {
    type Output = (F::Output, Observed<T>);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let output = ready!(this.observed.run(|| this.inner.poll(cx)));
        Poll::Ready((output, this.observed.take()))
    }
}

impl<F, T> fmt::Debug for Driven<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driven").field("observed", &self.observed).finish_non_exhaustive()
    }
}
