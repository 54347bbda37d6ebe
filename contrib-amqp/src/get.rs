//! One message, asked for.

use std::ops::{Deref, DerefMut};

use lapin::message::BasicGetMessage;
use lapin::options::BasicGetOptions;
use lapin::types::{MessageCount, ShortString};
use lapin::{Channel, Result};
use tracer_core::observe::{Kind, Observed, Shared};
use tracer_core::semconv::messaging::{self, Senders};

use crate::TracedDelivery;
use crate::config::Config;
use crate::failure;
use crate::message::Message;

/// A message that was asked for: [`lapin::message::BasicGetMessage`] with a span.
#[derive(Debug)]
pub struct TracedGetMessage {
    /// The message.
    pub delivery: TracedDelivery,
    /// How many were left in the queue.
    pub message_count: MessageCount,
}

impl Deref for TracedGetMessage {
    type Target = TracedDelivery;

    fn deref(&self) -> &TracedDelivery {
        &self.delivery
    }
}

impl DerefMut for TracedGetMessage {
    fn deref_mut(&mut self) -> &mut TracedDelivery {
        &mut self.delivery
    }
}

pub(crate) async fn get(
    channel: &Channel,
    config: &Shared<Config>,
    queue: ShortString,
    options: BasicGetOptions,
) -> Result<Option<TracedGetMessage>> {
    let observed = config.get().map_or_else(Observed::none, |settings| begin(settings, &queue));
    let ask = channel.basic_get(queue.clone(), options);
    let (result, mut observed) = observed.drive(ask).await;
    let result = result.map(|message| {
        message.map(|BasicGetMessage { delivery, message_count }| {
            let delivery = TracedDelivery::begin(delivery, &queue, config.clone(), options.no_ack);
            if let Some(sender) = delivery.sender() {
                observed.span().link(sender);
            }
            TracedGetMessage { delivery, message_count }
        })
    });
    if let (Err(error), Some(settings)) = (&result, config.get())
        && observed.is_recording()
    {
        failure::on_error(settings, observed.span(), error);
    }
    observed.end();
    result
}

fn begin(config: &Config, queue: &ShortString) -> Observed {
    match config.tracer() {
        Some(tracer) if tracer.is_enabled() && !tracer_core::is_suppressed() => {
            let message = Message::asked(config, queue.as_str());
            if config.skips(message.destination_name()) {
                return Observed::none();
            }
            let span = messaging::start(&tracer, &message, Senders::None);
            Observed::new(Kind::Producer, span, ())
        }
        _ => Observed::none(),
    }
}
