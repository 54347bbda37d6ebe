//! What a span says of a message when it starts.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use lapin::BasicProperties;
use lapin::message::Delivery;
use tracer_core::semconv::messaging::{
    MessageCall, Operation, RABBITMQ, Server, consumer_destination, producer_destination,
};

use crate::config::Config;
use crate::headers;

/// A broker's own names for queues, which it makes up where a program gives none.
const ANONYMOUS: &str = "amq.gen-";
/// RabbitMQ's names for the answers to one program's questions.
const REPLY_TO: &str = "amq.rabbitmq.reply-to";

/// A message and what is done with it.
pub(crate) struct Message<'a> {
    config: &'a Config,
    operation: Operation,
    destination: Option<Cow<'static, str>>,
    routing_key: &'a str,
    properties: Option<&'a BasicProperties>,
    delivery: Option<&'a Delivery>,
    body: usize,
    batch: Option<usize>,
    is_passed_on: bool,
}

impl<'a> Message<'a> {
    pub(crate) fn sent(
        config: &'a Config,
        exchange: &str,
        routing_key: &'a str,
        body: usize,
        properties: &'a BasicProperties,
    ) -> Self {
        Self {
            routing_key,
            properties: Some(properties),
            body,
            ..Self::of(config, Operation::Publish, producer_destination(exchange, routing_key))
        }
    }

    /// Asked for from a queue: nothing is known of it yet.
    pub(crate) fn asked(config: &'a Config, queue: &str) -> Self {
        Self::of(config, Operation::Get, queue.to_owned().into())
    }

    pub(crate) fn delivered(config: &'a Config, queue: &str, delivery: &'a Delivery) -> Self {
        let (exchange, key) = (delivery.exchange.as_str(), delivery.routing_key.as_str());
        Self {
            routing_key: key,
            properties: Some(&delivery.properties),
            delivery: Some(delivery),
            body: delivery.data.len(),
            ..Self::of(config, Operation::Process, consumer_destination(exchange, key, queue))
        }
    }

    /// Several that are worked on at once.
    pub(crate) fn batch(config: &'a Config, queue: &str, size: usize) -> Self {
        let destination = queue.to_owned().into();
        Self { batch: Some(size), ..Self::of(config, Operation::Process, destination) }
    }

    pub(crate) fn settled(
        config: &'a Config,
        operation: Operation,
        destination: Option<Cow<'static, str>>,
        delivery: Option<&'a Delivery>,
    ) -> Self {
        Self { delivery, ..Self::of(config, operation, destination.unwrap_or_default()) }
    }

    fn of(config: &'a Config, operation: Operation, destination: Cow<'static, str>) -> Self {
        Self {
            config,
            operation,
            destination: Some(destination).filter(|destination| !destination.is_empty()),
            routing_key: "",
            properties: None,
            delivery: None,
            body: 0,
            batch: None,
            is_passed_on: false,
        }
    }

    pub(crate) const fn passed_on(mut self, is_passed_on: bool) -> Self {
        self.is_passed_on = is_passed_on;
        self
    }

    pub(crate) fn destination_name(&self) -> &str {
        self.destination.as_deref().unwrap_or_default()
    }

    const fn is_settling(&self) -> bool {
        matches!(self.operation, Operation::Ack | Operation::Nack | Operation::Reject)
    }
}

impl MessageCall for Message<'_> {
    fn system(&self) -> &'static str {
        RABBITMQ
    }

    fn operation(&self) -> Operation {
        self.operation
    }

    fn server(&self) -> &Server {
        &self.config.server
    }

    fn destination(&self) -> Option<Cow<'static, str>> {
        self.destination.clone()
    }

    fn template(&self) -> Option<Cow<'static, str>> {
        self.config.template(self.destination_name())
    }

    fn is_anonymous(&self) -> bool {
        let made_up = |name: &str| name.starts_with(ANONYMOUS) || name.starts_with(REPLY_TO);
        // Exchange, routing key and queue: of what is settled there is nothing else.
        self.destination_name().split(':').any(made_up)
    }

    fn is_passed_on(&self) -> bool {
        self.is_passed_on
    }

    fn routing_key(&self) -> Option<Cow<'static, str>> {
        (!self.routing_key.is_empty()).then(|| self.routing_key.to_owned().into())
    }

    fn delivery_tag(&self) -> Option<u64> {
        self.delivery.map(|delivery| delivery.delivery_tag)
    }

    fn message_id(&self) -> Option<Cow<'static, str>> {
        text(self.properties?.message_id().as_ref()?.as_str())
    }

    fn conversation_id(&self) -> Option<Cow<'static, str>> {
        text(self.properties?.correlation_id().as_ref()?.as_str())
    }

    fn body_size(&self) -> Option<usize> {
        let has_one = self.properties.is_some() && !self.is_settling();
        (self.config.body_sizes && has_one).then_some(self.body)
    }

    fn batch_size(&self) -> Option<usize> {
        self.batch
    }

    fn is_redelivered(&self) -> bool {
        self.operation == Operation::Process && self.delivery.is_some_and(|one| one.redelivered)
    }

    fn deaths(&self) -> Option<u64> {
        self.delivery?;
        headers::deaths(self.properties?)
    }

    fn queue_time(&self) -> Option<u64> {
        self.delivery?;
        let sent = UNIX_EPOCH
            .checked_add(std::time::Duration::from_secs((*self.properties?.timestamp())?))?;
        // The clocks of two machines: nothing is said where the sender's is ahead.
        SystemTime::now().duration_since(sent).ok().map(|time| time.as_secs())
    }
}

fn text(text: &str) -> Option<Cow<'static, str>> {
    (!text.is_empty()).then(|| text.to_owned().into())
}
