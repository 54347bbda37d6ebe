//! The wrapper.

use std::fmt;

use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions,
    BasicRejectOptions,
};
use lapin::types::{DeliveryTag, FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Result};
use tracer_core::observe::Shared;
use tracer_core::semconv::messaging::Operation;

use crate::config::Config;
use crate::{AmqpTracing, TracedConfirm, TracedConsumer, TracedGetMessage, get, publish, settle};

/// A channel whose messages have spans. A clone is the same channel.
///
/// It has what is done with messages. All else, declarations among it, is [`raw`](Self::raw)'s: it
/// does not deref to the channel, for what is done with that directly is not traced.
#[derive(Clone)]
pub struct TracedChannel {
    inner: Channel,
    config: Shared<Config>,
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

    /// Sends a message, which carries the context of its span unless it has one already. The span
    /// ends with the broker's word on it, where confirms are on, else when it is sent.
    ///
    /// # Errors
    /// Those of [`Channel::basic_publish`].
    pub async fn basic_publish(
        &self,
        exchange: ShortString,
        routing_key: ShortString,
        options: BasicPublishOptions,
        payload: &[u8],
        properties: BasicProperties,
    ) -> Result<TracedConfirm> {
        let Self { inner, config } = self;
        publish::publish(inner, config, exchange, routing_key, options, payload, properties).await
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
        Ok(TracedConsumer::new(consumer, self.config.clone(), options.no_ack))
    }

    /// Asks for one message, with a span for that, and another one for the message if there is one.
    ///
    /// # Errors
    /// Those of [`Channel::basic_get`].
    pub async fn basic_get(
        &self,
        queue: ShortString,
        options: BasicGetOptions,
    ) -> Result<Option<TracedGetMessage>> {
        get::get(&self.inner, &self.config, queue, options).await
    }

    /// Settles messages by the number of their delivery.
    ///
    /// # Errors
    /// Those of [`Channel::basic_ack`].
    pub async fn basic_ack(&self, tag: DeliveryTag, options: BasicAckOptions) -> Result<()> {
        settle::by_tag(&self.config, Operation::Ack, self.inner.basic_ack(tag, options)).await
    }

    /// The same for messages that could not be worked on.
    ///
    /// # Errors
    /// Those of [`Channel::basic_nack`].
    pub async fn basic_nack(&self, tag: DeliveryTag, options: BasicNackOptions) -> Result<()> {
        settle::by_tag(&self.config, Operation::Nack, self.inner.basic_nack(tag, options)).await
    }

    /// The same for one that is not wanted.
    ///
    /// # Errors
    /// Those of [`Channel::basic_reject`].
    pub async fn basic_reject(&self, tag: DeliveryTag, options: BasicRejectOptions) -> Result<()> {
        settle::by_tag(&self.config, Operation::Reject, self.inner.basic_reject(tag, options)).await
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
