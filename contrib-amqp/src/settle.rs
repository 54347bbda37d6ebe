//! Telling the broker what became of a message.

use std::borrow::Cow;

use lapin::Result;
use lapin::message::Delivery;
use tracer_core::observe::{Kind, Observed, Shared};
use tracer_core::semconv::messaging::{self, Operation, Senders};

use crate::config::Config;
use crate::failure;
use crate::message::Message;

/// Of a delivery of this process.
pub(crate) async fn settle<T>(
    config: &Shared<Config>,
    operation: Operation,
    destination: Option<Cow<'static, str>>,
    delivery: &Delivery,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    traced(config, operation, destination, Some(delivery), work).await
}

/// By number: nothing else is known of it.
pub(crate) async fn by_tag<T>(
    config: &Shared<Config>,
    operation: Operation,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    traced(config, operation, None, None, work).await
}

async fn traced<T>(
    config: &Shared<Config>,
    operation: Operation,
    destination: Option<Cow<'static, str>>,
    delivery: Option<&Delivery>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let Some(settings) = config.get() else {
        return work.await;
    };
    let observed = match settings.tracer() {
        Some(tracer) if tracer.is_enabled() && !tracer_core::is_suppressed() => {
            let message = Message::settled(settings, operation, destination, delivery);
            if settings.skips(message.destination_name()) {
                Observed::none()
            } else {
                let span = messaging::start(&tracer, &message, Senders::None);
                Observed::new(Kind::Producer, span, ())
            }
        }
        _ => Observed::none(),
    };
    let (result, mut observed) = observed.drive(work).await;
    if let Err(error) = &result
        && observed.is_recording()
    {
        failure::on_error(settings, observed.span(), error);
    }
    observed.end();
    result
}
