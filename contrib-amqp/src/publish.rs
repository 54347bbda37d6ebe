//! A message that is sent, and the broker's word on it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lapin::options::BasicPublishOptions;
use lapin::types::ShortString;
use lapin::{BasicProperties, Channel, Confirmation, PublisherConfirm, Result};
use tracer_core::observe::{Kind, Observed, Shared};
use tracer_core::propagation::Reach;
use tracer_core::semconv::messaging::{self, Senders};
use tracer_core::{SpanContext, Tracer, Trust};

use crate::config::Config;
use crate::failure;
use crate::headers::{self, Headers};
use crate::message::Message;

/// What the broker says of a message: [`lapin::PublisherConfirm`] with the message's span, which
/// ends when it is here. Dropped before that, the span ends when the message was sent and says that
/// nobody waited for it.
#[must_use = "futures do nothing unless polled"]
pub struct TracedConfirm {
    inner: PublisherConfirm,
    observed: Observed,
    config: Shared<Config>,
}

impl Future for TracedConfirm {
    type Output = Result<Confirmation>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let inner = &mut this.inner;
        let result = ready!(this.observed.run(|| Pin::new(inner).poll(cx)));
        if let Some(config) = this.config.get()
            && this.observed.is_recording()
        {
            let span = this.observed.span();
            match &result {
                Ok(confirmation) => failure::on_confirmation(config, span, confirmation),
                Err(error) => failure::on_error(config, span, error),
            }
        }
        this.observed.end();
        Poll::Ready(result)
    }
}

impl fmt::Debug for TracedConfirm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedConfirm").field("observed", &self.observed).finish_non_exhaustive()
    }
}

/// Sends it, with a span.
pub(crate) async fn publish(
    channel: &Channel,
    config: &Shared<Config>,
    exchange: ShortString,
    routing_key: ShortString,
    options: BasicPublishOptions,
    payload: &[u8],
    properties: BasicProperties,
) -> Result<TracedConfirm> {
    let (observed, properties) = match config.get() {
        Some(settings) => begin(settings, &exchange, &routing_key, payload.len(), properties),
        None => (Observed::none(), properties),
    };
    let send = channel.basic_publish(exchange, routing_key, options, payload, properties);
    let (result, mut observed) = observed.drive(send).await;
    match result {
        Ok(inner) => {
            observed.head();
            if !channel.status().confirm() {
                // There will be no word.
                observed.end();
            }
            Ok(TracedConfirm { inner, observed, config: config.clone() })
        }
        Err(error) => {
            if let Some(settings) = config.get()
                && observed.is_recording()
            {
                failure::on_error(settings, observed.span(), &error);
            }
            observed.end();
            Err(error)
        }
    }
}

/// The table of states: what is recorded of a message, and what it carries.
fn begin(
    config: &Config,
    exchange: &ShortString,
    routing_key: &ShortString,
    body: usize,
    properties: BasicProperties,
) -> (Observed, BasicProperties) {
    let Some(tracer) = config.tracer() else {
        return (Observed::none(), properties);
    };
    let tracer = &*tracer;
    let current = tracer_core::current();
    let own = own_context(tracer, &properties);
    let (exchange, routing_key) = (exchange.as_str(), routing_key.as_str());
    let observed = if !tracer.is_enabled() || current.is_suppressed() {
        Observed::none()
    } else {
        let message = Message::sent(config, exchange, routing_key, body, &properties);
        start(tracer, config, &message.passed_on(own.is_some()), own.as_ref())
    };
    if own.is_some() {
        return (observed, properties);
    }
    let context = if observed.is_none() { current.context() } else { observed.span().context() };
    let reach: Reach = config.reach(tracer);
    (observed, headers::inject(tracer, reach, &context, properties, config.frame_max))
}

fn start(
    tracer: &Tracer,
    config: &Config,
    message: &Message<'_>,
    own: Option<&SpanContext>,
) -> Observed {
    if config.skips(message.destination_name()) {
        return Observed::none();
    }
    let senders = own.map_or(Senders::None, |own| Senders::Links(std::slice::from_ref(own)));
    let span = messaging::start(tracer, message, senders);
    let observed = Observed::new(Kind::Producer, span, ());
    if observed.is_recording() {
        config.started(observed.span(), message.destination_name());
    }
    observed
}

/// A context that the program has given the message itself: it is the message's, whatever is
/// current.
fn own_context(tracer: &Tracer, properties: &BasicProperties) -> Option<SpanContext> {
    let headers = Headers::of(properties);
    let is_there = !tracer.capture_with(Trust::Trust, &headers).is_empty();
    is_there.then(|| tracer.try_extract(&headers).unwrap_or_default())
}
