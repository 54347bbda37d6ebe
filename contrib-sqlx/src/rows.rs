//! A stream made of a future, which can keep a connection and borrow from it at the same time.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use sqlx_core::error::Error;

/// What a future gives to its reader, and the error that it ends with.
pub(crate) struct Rows<'a, T> {
    /// None after its end.
    work: Option<BoxFuture<'a, Result<(), Error>>>,
    given: Given<T>,
}

/// Where the future puts what the stream hands out. Only one of them runs at a time.
type Given<T> = Arc<Mutex<Option<T>>>;

/// The future's side.
pub(crate) struct Reader<T> {
    given: Given<T>,
}

impl<'a, T> Rows<'a, T> {
    pub(crate) fn new<F>(work: impl FnOnce(Reader<T>) -> F) -> Self
    where
        F: Future<Output = Result<(), Error>> + Send + 'a,
    {
        let given = Given::default();
        let work = work(Reader { given: given.clone() });
        Self { work: Some(Box::pin(work)), given }
    }
}

impl<T> Reader<T> {
    /// Waits until the reader asks for more. It is to be called from the stream's own future: that
    /// is polled when somebody asks, and nothing else wakes it.
    pub(crate) async fn give(&self, value: T) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        let mut is_given = false;
        poll_fn(|_| {
            if std::mem::replace(&mut is_given, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl<T> Stream for Rows<'_, T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(work) = &mut self.work else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(result) = work.as_mut().poll(cx) {
            self.work = None;
            return Poll::Ready(result.err().map(Err));
        }
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
        given.map_or(Poll::Pending, |value| Poll::Ready(Some(Ok(value))))
    }
}
