//! Telling the broker what became of a message.

use std::borrow::Cow;

use lapin::Result;
use lapin::message::Delivery;
use tracer_core::observe::{Kind, Shared};
use tracer_core::semconv::messaging::{Operation, Senders};

use crate::config::Config;
use crate::failure;
use crate::message::Message;

/// Of a delivery of this process, or by its number, where nothing else is known of it.
pub(crate) async fn settle<T>(
    config: &Shared<Config>,
    operation: Operation,
    destination: Option<Cow<'static, str>>,
    delivery: Option<&Delivery>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let begun = config.get().and_then(|settings| {
        let tracer = settings.recorder()?;
        let message = Message::settled(settings, operation, destination, delivery);
        Some(settings.start(&tracer, Kind::Producer, &message, Senders::None))
    });
    let (result, observed) = begun.unwrap_or_default().drive(work).await;
    failure::end(config, observed, &result);
    result
}
