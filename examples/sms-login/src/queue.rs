//! The queue between auth and sms: what is in a message, and where messages go that could not be
//! worked on.
//!
//! ```text
//! sms-login.sms --rejected--> sms-login.retry --a little later--> sms-login.sms
//!       |
//!       +--after the third try--> sms-login.dead
//! ```

use std::time::Duration;

use anyhow::{Context, Result, bail};
use contrib_amqp::{AmqpTracing, ChannelExt, TracedChannel};
use example_parts::faults::{Hook, Kind, wait};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};
use serde::{Deserialize, Serialize};
use tracer_core::Tracer;

/// Messages to work on.
pub const SMS: &str = "sms-login.sms";
/// Those that wait for another try.
pub const RETRY: &str = "sms-login.retry";
/// Those that nobody tries again.
pub const DEAD: &str = "sms-login.dead";
/// A queue that is not there.
const GONE: &str = "sms-login.gone";
/// How long they wait, in milliseconds.
const PAUSE: i32 = 300;
/// Between two tries to find a broker that is gone, at most.
const RECONNECT: Duration = Duration::from_millis(500);
/// Kept over a restart of the broker.
const PERSISTENT: u8 = 2;

/// A message.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "number and code are nobody's business")]
pub struct Sms {
    /// The telephone's number.
    pub phone: String,
    /// What is in it.
    pub text: String,
}

/// A connection, and a channel of it with spans and confirms; the queues are there.
///
/// # Errors
/// When the broker does not answer, or has other ideas of the queues.
pub async fn open(url: &str, tracer: &Tracer) -> Result<(Connection, TracedChannel)> {
    let uri: AMQPUri = url.parse().map_err(anyhow::Error::msg)?;
    let place = format!("no RabbitMQ at {}:{}", uri.authority.host, uri.authority.port);
    // A broker that restarts is found again, with its queues and consumers as they were.
    let options = ConnectionProperties::default()
        .enable_auto_recover()
        .configure_backoff(|backoff| backoff.with_max_delay(RECONNECT).with_max_times(usize::MAX));
    let connection = Connection::connect_uri(uri.clone(), options).await.context(place)?;
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    for (queue, then, after) in
        [(SMS, Some(RETRY), None), (RETRY, Some(SMS), Some(PAUSE)), (DEAD, None, None)]
    {
        channel.queue_declare(queue.into(), durable, arguments(then, after)).await?;
    }
    let tracing = AmqpTracing::of(&uri).for_connection(&connection).with_tracer(tracer.clone());
    Ok((connection, channel.traced(tracing)))
}

/// Where messages go that are rejected, or have been there for so long.
fn arguments(then: Option<&'static str>, after: Option<i32>) -> FieldTable {
    let mut arguments = FieldTable::default();
    if let Some(queue) = then {
        arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString("".into()));
        arguments.insert("x-dead-letter-routing-key".into(), AMQPValue::LongString(queue.into()));
    }
    if let Some(millis) = after {
        arguments.insert("x-message-ttl".into(), AMQPValue::LongInt(millis));
    }
    arguments
}

/// Sends a message; done when the broker says that it has it. The span says the same: it ends with
/// the broker's word.
///
/// # Errors
/// When it has it not.
pub async fn send(channel: &TracedChannel, sms: &Sms, hook: &Hook) -> Result<()> {
    let mut payload = serde_json::to_vec(sms)?;
    let properties = BasicProperties::default().with_content_type("application/json".into());
    match hook.now() {
        Some(Kind::Latency { by, jitter }) => wait(by, jitter).await,
        Some(Kind::Drop) => return lose(channel, &payload, properties).await,
        Some(Kind::Duplicate) => put(channel, SMS, &payload, properties.clone()).await?,
        Some(Kind::Poison) => payload = b"no message".to_vec(),
        Some(Kind::Unroutable) => return put(channel, GONE, &payload, properties).await,
        _ => {}
    }
    put(channel, SMS, &payload, properties).await
}

/// The broker takes it, and nobody gets it: this exchange has no queue, and nobody asks to be told.
async fn lose(channel: &TracedChannel, payload: &[u8], properties: BasicProperties) -> Result<()> {
    let options = BasicPublishOptions::default();
    let sent = channel.basic_publish("amq.fanout".into(), SMS.into(), options, payload, properties);
    sent.await?.await?;
    Ok(())
}

/// A message that nobody tries again.
///
/// # Errors
/// When the broker has it not.
pub async fn bury(channel: &TracedChannel, payload: &[u8]) -> Result<()> {
    put(channel, DEAD, payload, BasicProperties::default()).await
}

async fn put(
    channel: &TracedChannel,
    queue: &'static str,
    payload: &[u8],
    properties: BasicProperties,
) -> Result<()> {
    // Mandatory: a message that no queue wants comes back, and is not just gone.
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let properties = properties.with_delivery_mode(PERSISTENT);
    let sent = channel.basic_publish("".into(), queue.into(), options, payload, properties).await?;
    match sent.await? {
        Confirmation::Ack(None) => Ok(()),
        _ => bail!("the broker has not taken the message"),
    }
}

/// How many times a message was rejected here: the broker counts in its headers.
#[must_use]
pub fn rejections(properties: &BasicProperties) -> u64 {
    let table = properties.headers().as_ref().map(FieldTable::inner);
    let deaths = table.and_then(|table| table.get("x-death"));
    let Some(AMQPValue::FieldArray(deaths)) = deaths else { return 0 };
    let here = deaths.as_slice().iter().find_map(|death| {
        let AMQPValue::FieldTable(death) = death else { return None };
        let is_here = death.inner().get("queue") == Some(&AMQPValue::LongString(SMS.into()));
        is_here.then(|| death.inner().get("count").cloned())
    });
    match here.flatten() {
        Some(AMQPValue::LongLongInt(count)) => u64::try_from(count).unwrap_or(0),
        _ => 0,
    }
}
