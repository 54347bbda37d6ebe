//! A message that is sent, and the broker's word on it.

use std::fmt;
use std::pin::Pin;
use std::slice::from_ref;
use std::task::{Context, Poll, ready};

use lapin::options::BasicPublishOptions;
use lapin::types::ShortString;
use lapin::{BasicProperties, Confirmation, PublisherConfirm, Result};
use tracer_core::observe::{Kind, Observed, Shared};
use tracer_core::semconv::messaging::Senders;
use tracer_core::{SpanContext, Tracer, Trust};

use crate::TracedChannel;
use crate::config::Config;
use crate::failure;
use crate::headers;
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

impl TracedChannel {
    /// Sends a message, which carries the context of its span unless it has one already. The span
    /// ends with the broker's word on it, where confirms are on, else when it is sent.
    ///
    /// # Errors
    /// Those of [`Channel::basic_publish`](lapin::Channel::basic_publish).
    pub async fn basic_publish(
        &self,
        exchange: ShortString,
        routing_key: ShortString,
        options: BasicPublishOptions,
        payload: &[u8],
        properties: BasicProperties,
    ) -> Result<TracedConfirm> {
        let (observed, properties) = match self.config.get() {
            Some(settings) => begin(settings, &exchange, &routing_key, payload.len(), properties),
            None => (Observed::none(), properties),
        };
        let send = self.inner.basic_publish(exchange, routing_key, options, payload, properties);
        let (result, mut observed) = observed.drive(send).await;
        if result.is_err() {
            failure::end(&self.config, observed.take(), &result);
        }
        observed.head();
        if !self.inner.status().confirm() {
            // There will be no word.
            observed.end();
        }
        result.map(|inner| TracedConfirm { inner, observed, config: self.config.clone() })
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
    let Some(tracer) = config.border.tracer() else {
        return (Observed::none(), properties);
    };
    let tracer = &*tracer;
    let current = tracer_core::current();
    let own = own_context(tracer, &properties);
    let observed = if tracer.is_enabled() && !current.is_suppressed() {
        let (exchange, routing_key) = (exchange.as_str(), routing_key.as_str());
        let message = Message::sent(config, exchange, routing_key, body, &properties)
            .passed_on(own.is_some());
        let senders = own.as_ref().map_or(Senders::None, |own| Senders::Links(from_ref(own)));
        let observed = config.start(tracer, Kind::Producer, &message, senders);
        config.tell(&observed, &message);
        observed
    } else {
        Observed::none()
    };
    if own.is_some() {
        return (observed, properties);
    }
    let context = if observed.is_none() { current.context() } else { observed.span().context() };
    let reach = config.reach(tracer);
    (observed, headers::inject(tracer, reach, &context, properties, config.frame_max))
}

/// A context that the program has given the message itself: it is the message's, whatever is
/// current.
fn own_context(tracer: &Tracer, properties: &BasicProperties) -> Option<SpanContext> {
    let headers = headers::texts(properties);
    let is_there = !tracer.capture_with(Trust::Trust, &headers).is_empty();
    is_there.then(|| tracer.try_extract(&headers).unwrap_or_default())
}
