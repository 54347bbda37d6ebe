//! A message that goes over a queue (conventions: messaging spans, and those of RabbitMQ; in
//! development).

use std::borrow::Cow;

use super::{authority, failure, furnish, interned, names};
use crate::span::{Span, SpanBuilder, SpanKind, SpanRef};
use crate::{SpanContext, Tag, Tracer, current};

/// [`names::MESSAGING_SYSTEM`] of RabbitMQ.
pub const RABBITMQ: &str = "rabbitmq";

/// What is done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// It is sent.
    Publish,
    /// It is asked for.
    Get,
    /// It was delivered, and the program works on it.
    Process,
    /// The program is done with it.
    Ack,
    /// The program is not.
    Nack,
    /// The program does not want it.
    Reject,
}

impl Operation {
    /// [`names::MESSAGING_OPERATION_NAME`].
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Get => "get",
            Self::Process => "process",
            Self::Ack => "ack",
            Self::Nack => "nack",
            Self::Reject => "reject",
        }
    }

    /// [`names::MESSAGING_OPERATION_TYPE`].
    #[must_use]
    pub const fn kind_name(self) -> &'static str {
        match self {
            Self::Publish => "send",
            Self::Get => "receive",
            Self::Process => "process",
            Self::Ack | Self::Nack | Self::Reject => "settle",
        }
    }

    const fn span_kind(self) -> SpanKind {
        match self {
            Self::Publish => SpanKind::Producer,
            Self::Process => SpanKind::Consumer,
            Self::Get | Self::Ack | Self::Nack | Self::Reject => SpanKind::Client,
        }
    }
}

/// Where a broker is: made once for a connection, and told on each of its spans.
#[derive(Clone, Debug, Default)]
pub struct Server {
    address: Option<(Cow<'static, str>, u16)>,
    /// What names a span that has no better name: `address:port`.
    label: Option<Cow<'static, str>>,
}

impl Server {
    /// The host as it was configured, and its port.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        let label = authority::joined(host, port);
        Self { address: Some((interned::text(host), port)), label: Some(interned::text(&label)) }
    }
}

/// A message and what is done with it, as an integration sees it: getters only.
pub trait MessageCall {
    /// The broker's kind: [`RABBITMQ`], or whatever the conventions call it.
    fn system(&self) -> &'static str;

    /// What is done.
    fn operation(&self) -> Operation;

    /// The broker.
    fn server(&self) -> &Server;

    /// [`names::MESSAGING_DESTINATION_NAME`]; none where it is not known.
    fn destination(&self) -> Option<Cow<'static, str>>;

    /// The destination without its ids.
    fn template(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// Whether the broker has made up the destination's name.
    fn is_anonymous(&self) -> bool {
        false
    }

    /// Whether the message had a context already, which is left as it is: then the span is not the
    /// one that has made the message.
    fn is_passed_on(&self) -> bool {
        false
    }

    /// RabbitMQ's routing key.
    fn routing_key(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// RabbitMQ's delivery tag.
    fn delivery_tag(&self) -> Option<u64> {
        None
    }

    /// The message's id.
    fn message_id(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// What an answer and its question have in common.
    fn conversation_id(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// Bytes of the body.
    fn body_size(&self) -> Option<usize> {
        None
    }

    /// How many messages are handled at once; none where it is one by nature.
    fn batch_size(&self) -> Option<usize> {
        None
    }

    /// Whether the message was delivered before.
    fn is_redelivered(&self) -> bool {
        false
    }

    /// How many times the message was rejected or expired somewhere.
    fn deaths(&self) -> Option<u64> {
        None
    }

    /// Whole seconds from the message's timestamp to now.
    fn queue_time(&self) -> Option<u64> {
        None
    }

    /// A span name that replaces the one made of the above.
    fn name(&self) -> Option<Cow<'static, str>> {
        None
    }
}

/// RabbitMQ's [`names::MESSAGING_DESTINATION_NAME`] of a message that is sent: `exchange:routing
/// key`, one of them where the other is empty, `amq.default` where both are.
///
/// ```
/// use tracer_core::semconv::messaging::producer_destination;
///
/// assert_eq!(producer_destination("", "sms"), "sms");
/// assert_eq!(producer_destination("events", "sms.sent"), "events:sms.sent");
/// assert_eq!(producer_destination("", ""), "amq.default");
/// ```
#[must_use]
pub fn producer_destination(exchange: &str, routing_key: &str) -> Cow<'static, str> {
    joined(&[exchange, routing_key])
}

/// The same of a message that comes: `exchange:routing key:queue`, without what is empty, and the
/// routing key once where it is the queue.
#[must_use]
pub fn consumer_destination(exchange: &str, routing_key: &str, queue: &str) -> Cow<'static, str> {
    let routing_key = if routing_key == queue { "" } else { routing_key };
    joined(&[exchange, routing_key, queue])
}

fn joined(parts: &[&str]) -> Cow<'static, str> {
    let mut parts = parts.iter().filter(|part| !part.is_empty());
    let Some(first) = parts.next() else {
        return Cow::Borrowed("amq.default");
    };
    let Some(second) = parts.next() else {
        return interned::text(first);
    };
    let mut name = format!("{first}:{second}");
    for part in parts {
        name.push(':');
        name.push_str(part);
    }
    interned::text(&name)
}

/// Starts the span of what is done with a message.
///
/// Named `{operation} {template}`, else `{operation} {destination}` unless the broker has made that
/// up, else `{operation} {server}`, else the operation.
pub fn start(tracer: &Tracer, call: &impl MessageCall, senders: Senders<'_>) -> Span {
    let operation = call.operation();
    let (template, destination) = (call.template(), call.destination());
    let known = destination.as_ref().filter(|_| !call.is_anonymous());
    let target = template.as_ref().or(known).or(call.server().label.as_ref());
    let name = call.name().unwrap_or_else(|| match target {
        Some(target) => interned::name(operation.name(), target).0,
        None => operation.name().into(),
    });
    let kind = match operation.span_kind() {
        SpanKind::Producer if call.is_passed_on() => SpanKind::Client,
        kind => kind,
    };
    let builder = senders.refer(tracer.span(name).kind(kind));
    furnish::start(tracer, builder, |tags| {
        tags.push(Tag::new(names::MESSAGING_SYSTEM, call.system()));
        tags.push(Tag::new(names::MESSAGING_OPERATION_NAME, operation.name()));
        tags.push(Tag::new(names::MESSAGING_OPERATION_TYPE, operation.kind_name()));
        if call.is_anonymous() {
            tags.push(Tag::new(names::MESSAGING_DESTINATION_ANONYMOUS, true));
        }
        if let Some((address, port)) = &call.server().address {
            tags.push(Tag::new(names::SERVER_ADDRESS, address.clone()));
            tags.push(Tag::new(names::SERVER_PORT, *port));
        }
        if let Some(size) = call.batch_size() {
            tags.push(Tag::new(names::MESSAGING_BATCH_MESSAGE_COUNT, size));
        }
        if let Some(size) = call.body_size() {
            tags.push(Tag::new(names::MESSAGING_MESSAGE_BODY_SIZE, size));
        }
        if let Some(tag) = call.delivery_tag() {
            tags.push(Tag::new(names::MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG, tag));
        }
        if call.is_redelivered() {
            tags.push(Tag::new(names::MESSAGING_MESSAGE_REDELIVERED, true));
        }
        if let Some(deaths) = call.deaths() {
            tags.push(Tag::new(names::MESSAGING_MESSAGE_DEATHS, deaths));
        }
        if let Some(seconds) = call.queue_time() {
            tags.push(Tag::new(names::MESSAGING_MESSAGE_QUEUE_TIME, seconds));
        }
        let texts = [
            (names::MESSAGING_DESTINATION_NAME, destination),
            (names::MESSAGING_DESTINATION_TEMPLATE, template),
            (names::MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY, call.routing_key()),
            (names::MESSAGING_MESSAGE_ID, call.message_id()),
            (names::MESSAGING_MESSAGE_CONVERSATION_ID, call.conversation_id()),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some(Tag::new(key, text?)));
        tags.extend(texts);
    })
}

/// Who has sent what a span is about, and what that is to the span.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Senders<'a> {
    /// The program itself, or it does not matter.
    None,
    /// The parent, unless something is current: then that is, and this is a link.
    Parent(&'a SpanContext),
    /// Links; the parent is the current span, or the span begins a trace.
    Links(&'a [SpanContext]),
}

impl Senders<'_> {
    fn refer<'b>(self, builder: SpanBuilder<'b>) -> SpanBuilder<'b> {
        match self {
            Self::None => builder,
            Self::Parent(sender) if current::has_current() => builder.link(sender),
            Self::Parent(sender) => builder.child_of(sender),
            Self::Links(senders) => {
                senders.iter().fold(builder, |builder, sender| builder.link(sender))
            }
        }
    }
}

/// Records that it failed: `kind` says what went wrong. Of the message, URLs are redacted.
pub fn on_error(span: &SpanRef, kind: impl Into<Cow<'static, str>>, message: Option<&str>) {
    failure::record(span, kind.into(), message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations() {
        for (exchange, key, queue, expected) in [
            ("", "", "", "amq.default"),
            ("e", "", "", "e"),
            ("", "k", "", "k"),
            ("e", "k", "q", "e:k:q"),
            ("e", "q", "q", "e:q"),
            ("", "q", "q", "q"),
            ("", "k", "q", "k:q"),
            ("e", "", "q", "e:q"),
        ] {
            assert_eq!(consumer_destination(exchange, key, queue), expected);
        }
    }
}
