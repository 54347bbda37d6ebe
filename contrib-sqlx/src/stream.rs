//! Rows with the span of the statement that they answer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use sqlx_core::Either;
use sqlx_core::error::Error;

use crate::call::Call;
use crate::database::TracedDatabase;

pub(crate) struct TracedStream<S, DB> {
    // Dropped before the span ends.
    inner: S,
    call: Call<DB>,
}

impl<S, DB> TracedStream<S, DB> {
    pub(crate) const fn new(inner: S, call: Call<DB>) -> Self {
        Self { inner, call }
    }
}

impl<S, DB> Stream for TracedStream<S, DB>
where
    DB: TracedDatabase,
    S: Stream<Item = Result<Either<DB::QueryResult, DB::Row>, Error>> + Unpin,
{
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let Self { inner, call } = &mut *self;
        let next = ready!(call.run(|| Pin::new(inner).poll_next(cx)));
        match &next {
            Some(Ok(Either::Right(_))) => call.row(),
            Some(Ok(Either::Left(result))) => call.result(result),
            Some(Err(error)) => call.fail(error),
            None => call.end(),
        }
        Poll::Ready(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<S, DB> Drop for TracedStream<S, DB> {
    fn drop(&mut self) {
        self.call.enter_for_drop();
    }
}
