//! The broker to test against.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use contrib_amqp::{AmqpTracing, ChannelExt, TracedChannel, TracedConsumer, TracedDelivery};
use futures_util::StreamExt;
use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Connection, ConnectionProperties};
use testing::Recorded;
use tracer_core::SpanKind;

pub(crate) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
pub(crate) const SPAN: &str = "00f067aa0ba902b7";
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Where the broker is.
pub(crate) fn uri() -> AMQPUri {
    let url = std::env::var("AMQP_URL")
        .expect("these tests need a RabbitMQ: AMQP_URL, such as amqp://127.0.0.1:5672/%2f");
    url.parse().expect("AMQP_URL is a URL of a RabbitMQ")
}

/// A broker, a queue that nobody else uses, and a tracer whose spans can be looked at.
pub(crate) struct Bench {
    pub(crate) recorded: Recorded,
    pub(crate) connection: Connection,
    pub(crate) channel: TracedChannel,
    pub(crate) queue: ShortString,
}

impl Bench {
    pub(crate) async fn new(name: &str) -> Self {
        Self::with(name, |tracing| tracing).await
    }

    pub(crate) async fn with(name: &str, set: impl FnOnce(AmqpTracing) -> AmqpTracing) -> Self {
        Self::by(name, Recorded::new(), set).await
    }

    pub(crate) async fn by(
        name: &str,
        recorded: Recorded,
        set: impl FnOnce(AmqpTracing) -> AmqpTracing,
    ) -> Self {
        let options = ConnectionProperties::default();
        let connection = Connection::connect_uri(uri(), options).await.expect("a RabbitMQ answers");
        let tracing = AmqpTracing::of(&uri()).for_connection(&connection);
        let tracing = set(tracing.with_tracer(recorded.tracer.clone()));
        let channel = connection.create_channel().await.unwrap().traced(tracing);
        let queue = unique(name);
        declare(&channel, &queue, FieldTable::default()).await;
        Self { recorded, connection, channel, queue }
    }

    pub(crate) async fn confirmed(self) -> Self {
        self.channel.raw().confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        self
    }

    /// Sends to the queue.
    pub(crate) async fn send(&self, body: &[u8], properties: BasicProperties) {
        let options = BasicPublishOptions::default();
        let key = self.queue.clone();
        let sent = self.channel.basic_publish("".into(), key, options, body, properties).await;
        sent.unwrap().await.unwrap();
    }

    pub(crate) async fn consume(&self) -> TracedConsumer {
        let options = BasicConsumeOptions::default();
        let (queue, tag) = (self.queue.clone(), "".into());
        self.channel.basic_consume(queue, tag, options, FieldTable::default()).await.unwrap()
    }

    /// The next message of a consumer.
    pub(crate) async fn next(consumer: &mut TracedConsumer) -> TracedDelivery {
        let next = tokio::time::timeout(PATIENCE, consumer.next()).await;
        next.expect("a message comes").unwrap().unwrap()
    }

    /// `process` and such as they are in a span's name.
    pub(crate) fn named(&self, operation: &str) -> String {
        format!("{operation} {}", self.queue)
    }
}

pub(crate) async fn declare(channel: &TracedChannel, queue: &ShortString, arguments: FieldTable) {
    let options = QueueDeclareOptions { auto_delete: false, ..QueueDeclareOptions::default() };
    channel.raw().queue_declare(queue.clone(), options, arguments).await.unwrap();
}

pub(crate) fn table(entries: &[(&str, AMQPValue)]) -> FieldTable {
    let entries = entries.iter().map(|(name, value)| (ShortString::from(*name), value.clone()));
    FieldTable::from(entries.collect::<BTreeMap<_, _>>())
}

pub(crate) fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

/// A name that nobody else uses.
pub(crate) fn unique(name: &str) -> ShortString {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("contrib-amqp.{}.{next}.{name}", std::process::id()).into()
}

pub(crate) const CONSUMER: SpanKind = SpanKind::Consumer;
