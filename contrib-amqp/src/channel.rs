//! The wrapper.

use std::fmt;

use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicRejectOptions};
use lapin::types::{DeliveryTag, FieldTable, ShortString};
use lapin::{Channel, Result};
use tracer_core::observe::Shared;
use tracer_core::semconv::messaging::Operation;

use crate::config::Config;
use crate::delivery::Origin;
use crate::{AmqpTracing, TracedConsumer, settle};

/// A channel whose messages have spans. A clone is the same channel.
///
/// It has what is done with messages. All else, declarations among it, is [`raw`](Self::raw)'s: it
/// does not deref to the channel, for what is done with that directly is not traced.
#[derive(Clone)]
pub struct TracedChannel {
    pub(crate) inner: Channel,
    pub(crate) config: Shared<Config>,
}

/// Gives channels spans.
pub trait ChannelExt: Sized {
    /// This channel, with spans for its messages. `tracing` is an [`AmqpTracing`], a reference to
    /// one, or a reference to the URI of the broker.
    fn traced(self, tracing: impl Into<AmqpTracing>) -> TracedChannel;
}

impl ChannelExt for Channel {
    fn traced(self, tracing: impl Into<AmqpTracing>) -> TracedChannel {
        tracing.into().trace(self)
    }
}

impl TracedChannel {
    pub(crate) const fn new(inner: Channel, config: Shared<Config>) -> Self {
        Self { inner, config }
    }

    /// Has messages of a queue delivered. Consuming has no span; each message has one from when it
    /// is handed out.
    ///
    /// # Errors
    /// Those of [`Channel::basic_consume`].
    pub async fn basic_consume(
        &self,
        queue: ShortString,
        consumer_tag: ShortString,
        options: BasicConsumeOptions,
        arguments: FieldTable,
    ) -> Result<TracedConsumer> {
        let consumer = self.inner.basic_consume(queue, consumer_tag, options, arguments).await?;
        let (queue, config) = (consumer.queue(), self.config.clone());
        Ok(TracedConsumer::new(consumer, Origin { queue, config, no_ack: options.no_ack }))
    }

    /// Settles messages by the number of their delivery.
    ///
    /// # Errors
    /// Those of [`Channel::basic_ack`].
    pub async fn basic_ack(&self, tag: DeliveryTag, options: BasicAckOptions) -> Result<()> {
        self.settled(Operation::Ack, self.inner.basic_ack(tag, options)).await
    }

    /// The same for messages that could not be worked on.
    ///
    /// # Errors
    /// Those of [`Channel::basic_nack`].
    pub async fn basic_nack(&self, tag: DeliveryTag, options: BasicNackOptions) -> Result<()> {
        self.settled(Operation::Nack, self.inner.basic_nack(tag, options)).await
    }

    /// The same for one that is not wanted.
    ///
    /// # Errors
    /// Those of [`Channel::basic_reject`].
    pub async fn basic_reject(&self, tag: DeliveryTag, options: BasicRejectOptions) -> Result<()> {
        self.settled(Operation::Reject, self.inner.basic_reject(tag, options)).await
    }

    async fn settled(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<()>>,
    ) -> Result<()> {
        settle::settle(&self.config, operation, None, None, work).await
    }

    /// The channel itself. What is done with it is not traced.
    #[must_use]
    pub const fn raw(&self) -> &Channel {
        &self.inner
    }

    /// The channel, not traced any more.
    #[must_use]
    pub fn into_inner(self) -> Channel {
        self.inner
    }
}

impl fmt::Debug for TracedChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedChannel").field("config", &self.config).finish_non_exhaustive()
    }
}
