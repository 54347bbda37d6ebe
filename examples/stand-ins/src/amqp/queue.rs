//! One queue, and who waits for its messages.

use std::collections::VecDeque;
use std::time::Duration;

use amq_protocol::protocol::basic::AMQPProperties;
use amq_protocol::types::{AMQPValue, FieldTable, ShortString};

/// A channel of a connection.
pub(super) type ChannelKey = (u64, u16);

#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Given when it comes into a queue: it is known by it when its time is over.
    pub(super) number: u64,
    pub(super) exchange: ShortString,
    pub(super) key: ShortString,
    pub(super) properties: AMQPProperties,
    pub(super) body: Vec<u8>,
    pub(super) redelivered: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Consumer {
    pub(super) channel: ChannelKey,
    pub(super) tag: ShortString,
    pub(super) no_ack: bool,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<Message>,
    /// The next one to get something first.
    pub(super) consumers: VecDeque<Consumer>,
    /// Exchange, and the key where it is not the message's own.
    pub(super) dead_letters: Option<(String, Option<String>)>,
    pub(super) time_to_live: Option<Duration>,
    /// It goes with this connection.
    pub(super) owner: Option<u64>,
}

impl Queue {
    pub(super) fn new(arguments: &FieldTable, owner: Option<u64>) -> Self {
        let text = |name: &str| match arguments.inner().get(name) {
            Some(AMQPValue::LongString(text)) => Some(text.to_string()),
            Some(AMQPValue::ShortString(text)) => Some(text.to_string()),
            _ => None,
        };
        let key = text("x-dead-letter-routing-key");
        Self {
            dead_letters: text("x-dead-letter-exchange").map(|exchange| (exchange, key)),
            time_to_live: arguments.inner().get("x-message-ttl").and_then(milliseconds),
            owner,
            ..Self::default()
        }
    }
}

fn milliseconds(value: &AMQPValue) -> Option<Duration> {
    let number = match value {
        AMQPValue::LongLongInt(number) => u64::try_from(*number).ok()?,
        AMQPValue::LongInt(number) => u64::try_from(*number).ok()?,
        AMQPValue::LongUInt(number) => u64::from(*number),
        AMQPValue::ShortInt(number) => u64::try_from(*number).ok()?,
        AMQPValue::ShortUInt(number) => u64::from(*number),
        _ => return None,
    };
    Some(Duration::from_millis(number))
}
