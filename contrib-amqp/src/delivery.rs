//! A message that was delivered.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};

use lapin::Result;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicNackOptions, BasicRejectOptions};
use lapin::types::ShortString;
use tracer_core::observe::{Kind, Observed, Shared};
use tracer_core::semconv::messaging::{self, Operation, Senders};
use tracer_core::{InSpanExt, Span, SpanContext, SpanRef, Tag, semconv};

use crate::config::Config;
use crate::headers;
use crate::message::Message;
use crate::settle;

/// A message with the span of the work on it, which ends when this is dropped, or with the handler
/// of [`process`](Self::process). It is a [`lapin::message::Delivery`], but for being settled: that is done by
/// its own [`ack`](Self::ack), [`nack`](Self::nack) and [`reject`](Self::reject), each with a span.
/// (`delivery.acker` is lapin's, and goes past them.)
pub struct TracedDelivery {
    inner: Delivery,
    /// Where it has not moved to a handler's future.
    observed: Observed,
    span: SpanRef,
    sender: Option<SpanContext>,
    destination: Option<Cow<'static, str>>,
    origin: Origin,
}

/// Where messages come from, and what was agreed on them.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) queue: ShortString,
    pub(crate) config: Shared<Config>,
    /// The broker waits for no word.
    pub(crate) no_ack: bool,
}

impl TracedDelivery {
    pub(crate) fn begin(inner: Delivery, origin: &Origin) -> Self {
        let begun = origin.config.get().map(|config| start(config, origin.queue.as_str(), &inner));
        let Begun { observed, sender, destination } = begun.unwrap_or_default();
        let span = observed.span().clone();
        Self { inner, observed, span, sender, destination, origin: origin.clone() }
    }

    pub(crate) const fn config(&self) -> &Shared<Config> {
        &self.origin.config
    }

    /// The queue that it came from.
    #[must_use]
    pub const fn queue(&self) -> &ShortString {
        &self.origin.queue
    }

    /// The span of the work on it. Enter it, or make it a parent, where the message is worked on
    /// outside of [`process`](Self::process).
    #[must_use]
    pub const fn span(&self) -> &SpanRef {
        &self.span
    }

    /// The context that came with the message; none where nothing did, or nobody asked.
    #[must_use]
    pub const fn sender(&self) -> Option<&SpanContext> {
        self.sender.as_ref()
    }

    /// Works on it with its span current, on every poll and in the drop of what `handler` returns.
    /// The span ends with that: dropped before, it says so, and a panic is an error and goes on.
    pub async fn process<F: Future>(mut self, handler: impl FnOnce(Self) -> F) -> F::Output {
        self.observed.take().work(|| handler(self)).await
    }

    /// It is done.
    ///
    /// # Errors
    /// Those of [`Acker::ack`](lapin::Acker::ack).
    pub async fn ack(&self, options: BasicAckOptions) -> Result<bool> {
        self.settle(Operation::Ack, None, self.inner.acker.ack(options)).await
    }

    /// It could not be done: an error of its span.
    ///
    /// # Errors
    /// Those of [`Acker::nack`](lapin::Acker::nack).
    pub async fn nack(&self, options: BasicNackOptions) -> Result<bool> {
        self.settle(Operation::Nack, Some(options.requeue), self.inner.acker.nack(options)).await
    }

    /// It is not wanted: an error of its span.
    ///
    /// # Errors
    /// Those of [`Acker::reject`](lapin::Acker::reject).
    pub async fn reject(&self, options: BasicRejectOptions) -> Result<bool> {
        self.settle(Operation::Reject, Some(options.requeue), self.inner.acker.reject(options))
            .await
    }

    /// The message itself. The span ends.
    #[must_use]
    pub fn into_inner(mut self) -> Delivery {
        let mut nothing = Delivery::mock(0, "".into(), "".into(), false, Vec::new());
        std::mem::swap(&mut self.inner, &mut nothing);
        self.origin.no_ack = true;
        nothing
    }

    async fn settle(
        &self,
        operation: Operation,
        requeue: Option<bool>,
        work: impl Future<Output = Result<bool>>,
    ) -> Result<bool> {
        let (destination, delivery) = (self.destination.clone(), Some(&self.inner));
        let work = settle::settle(self.config(), operation, destination, delivery, work);
        let settled = work.attach(self.span.clone()).await;
        if matches!(settled, Ok(true)) {
            let event = Tag::new(semconv::opentracing::EVENT, operation.name());
            self.span.log_fields(
                std::iter::once(event).chain(requeue.map(|on| Tag::new("requeue", on))),
            );
            if operation != Operation::Ack {
                messaging::on_error(&self.span, operation.name(), None);
            }
        }
        settled
    }
}

impl Drop for TracedDelivery {
    fn drop(&mut self) {
        if !self.origin.no_ack && self.inner.acker.usable() {
            self.span.log("not settled");
        }
        // In a handler's future it is that which ends the span, and sees its panic.
        if !self.observed.is_none() && std::thread::panicking() {
            messaging::on_error(&self.span, semconv::PANIC, None);
        }
        self.observed.end();
    }
}

impl Deref for TracedDelivery {
    type Target = Delivery;

    fn deref(&self) -> &Delivery {
        &self.inner
    }
}

impl DerefMut for TracedDelivery {
    fn deref_mut(&mut self) -> &mut Delivery {
        &mut self.inner
    }
}

impl fmt::Debug for TracedDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the message: its body and headers are nobody's business.
        f.debug_struct("TracedDelivery")
            .field("delivery_tag", &self.inner.delivery_tag)
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Begun {
    observed: Observed,
    sender: Option<SpanContext>,
    destination: Option<Cow<'static, str>>,
}

/// The table of states.
fn start(config: &Config, queue: &str, delivery: &Delivery) -> Begun {
    let Some(tracer) = config.border.tracer() else {
        return Begun::default();
    };
    let tracer = &*tracer;
    let headers = headers::texts(&delivery.properties);
    let passive = |context| Begun {
        observed: Observed::new(Kind::Consumer, Span::passive(context), ()),
        ..Begun::default()
    };
    if !tracer.is_enabled() {
        return passive(config.border.capture(tracer, &headers));
    }
    if tracer_core::is_suppressed() {
        return Begun::default();
    }
    let message = Message::delivered(config, queue, delivery);
    if config.skips(message.destination_name()) {
        return passive(config.border.capture(tracer, &headers).suppressed());
    }
    let sender = config.border.extract(tracer, &headers);
    let senders = if config.links {
        Senders::Links(std::slice::from_ref(&sender))
    } else {
        Senders::Parent(&sender)
    };
    let observed = config.start(tracer, Kind::Consumer, &message, senders);
    config.tell(&observed, &message);
    let destination = Some(message.destination_name().to_owned().into());
    Begun { observed, sender: Some(sender).filter(|sender| !sender.is_empty()), destination }
}
