//! A future that is asked to leave the current span as it finds it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tracer_core::SpanId;

/// Looks at the current span around each poll and around the drop.
pub(super) struct Watched<F> {
    inner: Option<Pin<Box<F>>>,
    /// Set when the span was not the same afterwards.
    moved: Arc<AtomicBool>,
}

impl<F> Watched<F> {
    pub(super) fn new(inner: F, moved: &Arc<AtomicBool>) -> Self {
        Self { inner: Some(Box::pin(inner)), moved: Arc::clone(moved) }
    }

    fn watch<R>(&mut self, work: impl FnOnce(&mut Option<Pin<Box<F>>>) -> R) -> R {
        let before = current();
        let result = work(&mut self.inner);
        if current() != before {
            self.moved.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl<F: Future> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.watch(|inner| match inner {
            Some(inner) => inner.as_mut().poll(cx),
            None => Poll::Pending,
        })
    }
}

impl<F> Drop for Watched<F> {
    fn drop(&mut self) {
        self.watch(|inner| *inner = None);
    }
}

fn current() -> (Option<SpanId>, bool) {
    let current = tracer_core::current();
    (current.context().span_id(), current.is_suppressed())
}
