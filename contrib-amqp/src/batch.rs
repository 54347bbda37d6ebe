//! Messages that are worked on together.

use tracer_core::SpanContext;
use tracer_core::observe::{Kind, Observed};
use tracer_core::semconv::messaging::Senders;

use crate::TracedDelivery;
use crate::config::Config;
use crate::message::Message;

/// Works on several messages at once, of one queue as a rule, with one span that links to all who
/// have sent them. It is current for as long as `handler`'s future lives; each message's own span
/// goes on until the message is dropped.
///
/// ```no_run
/// use contrib_amqp::{TracedDelivery, process_batch};
///
/// # async fn store(_: &[TracedDelivery]) {}
/// # async fn run(messages: Vec<TracedDelivery>) {
/// process_batch(messages, async |messages| store(&messages).await).await;
/// # }
/// ```
pub async fn process_batch<F: Future>(
    messages: Vec<TracedDelivery>,
    handler: impl FnOnce(Vec<TracedDelivery>) -> F,
) -> F::Output {
    let settings = messages.first().and_then(|first| first.config().get());
    let begun = settings.and_then(|settings| begin(settings, &messages));
    begun.unwrap_or_default().work(|| handler(messages)).await
}

fn begin(settings: &Config, messages: &[TracedDelivery]) -> Option<Observed> {
    let tracer = settings.recorder()?;
    let queue = messages.first().map_or("", |first| first.queue().as_str());
    let message = Message::batch(settings, queue, messages.len());
    let senders: Vec<SpanContext> =
        messages.iter().filter_map(|message| message.sender().cloned()).collect();
    Some(settings.start(&tracer, Kind::Consumer, &message, Senders::Links(&senders)))
}
