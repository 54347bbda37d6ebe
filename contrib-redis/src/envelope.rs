//! A context in front of a message: for what is published, and for lists and streams that are used
//! as queues. Redis has no headers, so that both ends have to know of it.
//!
//! ```
//! use contrib_redis::envelope;
//! use tracer_core::{SpanKind, Tracer, current};
//!
//! let tracer = Tracer::builder("shop").build();
//! # let request = tracer.span("request").start();
//! # let _entered = request.enter();
//! // Who sends: `connection.publish("orders", message)`.
//! let message = envelope::seal(&tracer, &current(), "order 7");
//!
//! // Who receives, some other process: `message.get_payload_bytes()`.
//! let (sender, payload) = envelope::open(&tracer, &message);
//! let span = tracer.span("process orders").kind(SpanKind::Consumer).child_of(&sender).start();
//! assert_eq!(payload, b"order 7");
//! ```
//!
//! A message that is not in an envelope is its own payload, so that receivers come first where both
//! ends are changed: a sender's envelope is nothing but bytes to who does not know of it.
//!
//! # Format
//! `F5 74 72 01`, the length of the context (4 bytes, big-endian), the context in OpenTracing's
//! [binary format](tracer_core::propagation::binary), the payload. No UTF-8 text begins with `F5`.

use tracer_core::{SpanContext, ToContext, Tracer};

const MAGIC: [u8; 4] = [0xF5, b't', b'r', 1];
const LENGTH: usize = 4;

/// Puts the context of a span, or a [`SpanContext`], in front of a payload. Where there is nothing
/// to say (no trace and no baggage, tracing compiled out) the payload goes as it is. Who subscribes
/// nobody knows: [lists of hosts](tracer_core::TracerBuilder::propagate_to) that do not allow every
/// host keep the context, or the baggage, out of it.
#[must_use]
pub fn seal(
    tracer: &Tracer,
    span: &(impl ToContext + ?Sized),
    payload: impl AsRef<[u8]>,
) -> Vec<u8> {
    let payload = payload.as_ref();
    // Who subscribes, nobody knows.
    let context = tracer.inject_binary_to("", span);
    let mut message = Vec::with_capacity(MAGIC.len() + LENGTH + context.len() + payload.len());
    // One that looks like an envelope goes into one, or it would be taken for it.
    if let Ok(length) = u32::try_from(context.len())
        && (length > 0 || payload.starts_with(&MAGIC))
    {
        message.extend(MAGIC);
        message.extend(length.to_be_bytes());
        message.extend(context);
    }
    message.extend(payload);
    message
}

/// Takes a message out of its envelope: the sender's context, as far as the tracer
/// [trusts](tracer_core::Trust) senders, and the payload. The context is empty where there is none.
#[must_use]
pub fn open<'a>(tracer: &Tracer, message: &'a [u8]) -> (SpanContext, &'a [u8]) {
    match split(message) {
        Some((context, payload)) if !context.is_empty() => {
            (tracer.extract_binary(context), payload)
        }
        Some((_, payload)) => (SpanContext::default(), payload),
        None => (SpanContext::default(), message),
    }
}

/// Context and payload of what is an envelope.
fn split(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = message.strip_prefix(&MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<LENGTH>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests {
    use tracer_core::propagation::Hosts;
    use tracer_core::{ENABLED, Span, Trust};

    use super::*;

    fn sealed(tracer: &Tracer) -> (SpanContext, Vec<u8>) {
        let span = tracer.span("send").root().start();
        span.set_baggage_item("customer", "7");
        (span.context(), seal(tracer, &span, "payload"))
    }

    #[test]
    fn what_is_sealed_is_opened() {
        let tracer = Tracer::builder("test").build();
        let (sent, message) = sealed(&tracer);
        let (context, payload) = open(&tracer, &message);
        assert_eq!(payload, b"payload");
        let ids = |context: &SpanContext| (context.trace_id(), context.span_id());
        assert_eq!((ids(&context), context.is_sampled()), (ids(&sent), sent.is_sampled()));
        assert_eq!(context.baggage().get("customer"), sent.baggage().get("customer"));
        assert_eq!((context.is_remote(), message == b"payload"), (ENABLED, !ENABLED));
        // Empty ones too.
        let message = seal(&tracer, &sent, "");
        assert_eq!(open(&tracer, &message).1, b"");
    }

    #[test]
    fn other_messages_are_their_own_payload() {
        let tracer = Tracer::builder("test").build();
        let long = [&MAGIC[..], &[0, 0, 0, 9], b"8 bytes."].concat();
        for message in [&b""[..], b"order 7", b"\xF5", &MAGIC, &long, &long[..7]] {
            assert_eq!(open(&tracer, message), (SpanContext::default(), message));
        }
        // What is no context is left out, and is not the payload.
        let bad = [&MAGIC[..], &[0, 0, 0, 3], b"bad", b"payload"].concat();
        assert_eq!(open(&tracer, &bad), (SpanContext::default(), &b"payload"[..]));
    }

    #[test]
    fn a_payload_that_looks_like_an_envelope_comes_back() {
        let tracer = Tracer::builder("test").build();
        let (_, inner) = sealed(&tracer);
        for payload in [&inner[..], &MAGIC, b"plain"] {
            let message = seal(&tracer, &Span::noop(), payload);
            assert_eq!(open(&tracer, &message), (SpanContext::default(), payload));
        }
        assert_eq!(seal(&tracer, &Span::noop(), "plain"), b"plain");
    }

    #[test]
    fn lists_of_hosts_and_trust_hold() {
        let ours = Hosts::only(["*.internal"]);
        let tracer = Tracer::builder("test").propagate_to(ours.clone()).baggage_to(ours).build();
        assert_eq!(sealed(&tracer).1, b"payload");
        let (_, message) = sealed(&Tracer::builder("test").build());
        let wary = Tracer::builder("test").trust(Trust::Ignore).build();
        assert_eq!(open(&wary, &message), (SpanContext::default(), &b"payload"[..]));
    }
}
