//! Messages as they are delivered.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use lapin::message::DeliveryResult;
use lapin::types::ShortString;
use lapin::{Consumer, Result};

use crate::TracedDelivery;
use crate::delivery::Origin;

/// A stream of messages with spans: [`lapin::Consumer`], whose messages are
/// [`TracedDelivery`]s. A message that waits in it has no span yet.
///
/// A stream does not know when its messages are worked on: a message's span is there to be entered
/// ([`TracedDelivery::span`]), and becomes the current one by itself in
/// [`for_each_traced`](Self::for_each_traced) and [`TracedDelivery::process`].
#[derive(Clone)]
pub struct TracedConsumer {
    inner: Consumer,
    origin: Origin,
}

impl TracedConsumer {
    pub(crate) const fn new(inner: Consumer, origin: Origin) -> Self {
        Self { inner, origin }
    }

    /// The consumer's tag.
    #[must_use]
    pub fn tag(&self) -> ShortString {
        self.inner.tag()
    }

    /// The queue.
    #[must_use]
    pub fn queue(&self) -> ShortString {
        self.inner.queue()
    }

    /// The consumer itself: its messages have no spans.
    #[must_use]
    pub const fn raw(&self) -> &Consumer {
        &self.inner
    }

    /// The consumer, not traced any more.
    #[must_use]
    pub fn into_inner(self) -> Consumer {
        self.inner
    }

    /// Works on the messages one after another, each with its span current, until the consumer is
    /// cancelled.
    ///
    /// # Errors
    /// The first that the consumer has. Those of `handler` are its own to tell: on
    /// [`current()`](tracer_core::current), or by a nack.
    pub async fn for_each_traced<F>(
        mut self,
        mut handler: impl FnMut(TracedDelivery) -> F,
    ) -> Result<()>
    where
        F: Future<Output = ()>,
    {
        while let Some(delivery) =
            std::future::poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await
        {
            delivery?.process(&mut handler).await;
        }
        Ok(())
    }

    /// Hands each message to `handler` as soon as it is here, several at once, each with its span
    /// current: lapin's own delegate. It gets `Ok(None)` when the consumer is cancelled.
    pub fn set_delegate<H, F>(&self, handler: H)
    where
        H: Fn(Result<Option<TracedDelivery>>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let origin = self.origin.clone();
        self.inner.set_delegate(move |result: DeliveryResult| {
            let delivery = result
                .map(|delivery| delivery.map(|delivery| TracedDelivery::begin(delivery, &origin)));
            let handler = handler.clone();
            async move {
                match delivery {
                    Ok(Some(delivery)) => {
                        delivery.process(|delivery| handler(Ok(Some(delivery)))).await;
                    }
                    other => handler(other).await,
                }
            }
        });
    }
}

impl Stream for TracedConsumer {
    type Item = Result<TracedDelivery>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(result) = ready!(Pin::new(&mut self.inner).poll_next(cx)) else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(result.map(|delivery| TracedDelivery::begin(delivery, &self.origin))))
    }
}

impl fmt::Debug for TracedConsumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedConsumer")
            .field("config", &self.origin.config)
            .finish_non_exhaustive()
    }
}
