//! One message, asked for.

use std::ops::{Deref, DerefMut};

use lapin::Result;
use lapin::message::BasicGetMessage;
use lapin::options::BasicGetOptions;
use lapin::types::{MessageCount, ShortString};
use tracer_core::observe::{Kind, Observed};
use tracer_core::semconv::messaging::Senders;

use crate::config::Config;
use crate::delivery::Origin;
use crate::failure;
use crate::message::Message;
use crate::{TracedChannel, TracedDelivery};

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

impl TracedChannel {
    /// Asks for one message, with a span for that, and another one for the message if there is one.
    ///
    /// # Errors
    /// Those of [`Channel::basic_get`](lapin::Channel::basic_get).
    pub async fn basic_get(
        &self,
        queue: ShortString,
        options: BasicGetOptions,
    ) -> Result<Option<TracedGetMessage>> {
        let begun = self.config.get().and_then(|settings| begin(settings, &queue));
        let ask = self.inner.basic_get(queue.clone(), options);
        let (result, observed) = begun.unwrap_or_default().drive(ask).await;
        let origin = Origin { queue, config: self.config.clone(), no_ack: options.no_ack };
        let result = result.map(|message| {
            message.map(|BasicGetMessage { delivery, message_count }| {
                let delivery = TracedDelivery::begin(delivery, &origin);
                if let Some(sender) = delivery.sender() {
                    observed.span().link(sender);
                }
                TracedGetMessage { delivery, message_count }
            })
        });
        failure::end(&self.config, observed, &result);
        result
    }
}

fn begin(settings: &Config, queue: &ShortString) -> Option<Observed> {
    let tracer = settings.recorder()?;
    let message = Message::asked(settings, queue.as_str());
    Some(settings.start(&tracer, Kind::Producer, &message, Senders::None))
}
