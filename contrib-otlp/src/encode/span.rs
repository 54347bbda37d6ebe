//! Spans with their logs, links and status.

use tracer_core::{Link, LogView, SpanKind, SpanView, Status};

use super::value::{tag, text_tag};
use super::wire::{
    bytes, count, fixed64, fixed64_key, len_key, message, optional_text, text, varint_key,
};
use tracer_core::semconv::event::Event;
use tracer_core::semconv::opentracing;
use tracer_core::semconv::otel::Scope;

const TRACE_ID: u8 = len_key(1);
const SPAN_ID: u8 = len_key(2);
const TRACE_STATE: u8 = len_key(3);
const PARENT_SPAN_ID: u8 = len_key(4);
const NAME: u8 = len_key(5);
const KIND: u8 = varint_key(6);
const START: u8 = fixed64_key(7);
const END: u8 = fixed64_key(8);
const ATTRIBUTES: u8 = len_key(9);
const DROPPED_ATTRIBUTES: u8 = varint_key(10);
const EVENTS: u8 = len_key(11);
const DROPPED_EVENTS: u8 = varint_key(12);
const LINKS: u8 = len_key(13);
const DROPPED_LINKS: u8 = varint_key(14);
const STATUS: u8 = len_key(15);
/// Field 16, `fixed32`: the first number whose key takes two bytes.
const SPAN_FLAGS: [u8; 2] = [0x85, 0x01];

const EVENT_TIME: u8 = fixed64_key(1);
const EVENT_NAME: u8 = len_key(2);
const EVENT_ATTRIBUTES: u8 = len_key(3);
const EVENT_DROPPED_ATTRIBUTES: u8 = varint_key(4);

const LINK_ATTRIBUTES: u8 = len_key(4);
/// Field 6, `fixed32`.
const LINK_FLAGS: u8 = 0x35;

const STATUS_MESSAGE: u8 = len_key(2);
const STATUS_CODE: u8 = varint_key(3);

/// The two bits above the W3C's flags: "it is known whether it is remote", and "it is".
const HAS_IS_REMOTE: u32 = 0x100;
const IS_REMOTE: u32 = 0x200;

#[inline]
pub(super) fn span(buf: &mut Vec<u8>, span: &SpanView<'_>) {
    bytes(buf, TRACE_ID, &span.trace_id().to_be_bytes());
    bytes(buf, SPAN_ID, &span.span_id().to_be_bytes());
    optional_text(buf, TRACE_STATE, span.tracestate());
    if span.parent_id() != 0 {
        bytes(buf, PARENT_SPAN_ID, &span.parent_id().to_be_bytes());
    }
    optional_text(buf, NAME, span.name());
    buf.extend_from_slice(&[KIND, kind(span.kind())]);
    fixed64(buf, START, span.start_unix_nanos());
    fixed64(buf, END, span.end_unix_nanos());
    for item in Scope::beside(span.tags()) {
        tag(buf, ATTRIBUTES, &item.key, &item.value);
    }
    let dropped = span.dropped();
    let without_key = without_key(span.tags().iter().map(|item| &*item.key));
    count(buf, DROPPED_ATTRIBUTES, dropped.tags.saturating_add(without_key));
    for log in span.logs() {
        message(buf, EVENTS, 1, |buf| event(buf, &log));
    }
    count(buf, DROPPED_EVENTS, dropped.logs);
    for item in span.links() {
        message(buf, LINKS, 1, |buf| link(buf, item));
    }
    count(buf, DROPPED_LINKS, dropped.links);
    status(buf, span.status());
    let flags = flags(span.trace_flags(), span.has_remote_parent());
    buf.extend_from_slice(&SPAN_FLAGS);
    buf.extend_from_slice(&flags.to_le_bytes());
}

/// Attributes that OTLP has no place for.
fn without_key<'a>(keys: impl Iterator<Item = &'a str>) -> u32 {
    u32::try_from(keys.filter(|key| key.is_empty()).count()).unwrap_or(u32::MAX)
}

const fn kind(kind: SpanKind) -> u8 {
    match kind {
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
        // Internal, and what a later core may add.
        _ => 1,
    }
}

fn flags(trace_flags: u8, remote: bool) -> u32 {
    u32::from(trace_flags) | HAS_IS_REMOTE | if remote { IS_REMOTE } else { 0 }
}

fn status(buf: &mut Vec<u8>, status: &Status) {
    match status {
        Status::Ok => buf.extend_from_slice(&[STATUS, 2, STATUS_CODE, 1]),
        Status::Error(words) => message(buf, STATUS, 1, |buf| {
            optional_text(buf, STATUS_MESSAGE, words);
            buf.extend_from_slice(&[STATUS_CODE, 2]);
        }),
        // Unset is the default, which proto3 leaves out.
        _ => {}
    }
}

fn event(buf: &mut Vec<u8>, log: &LogView<'_>) {
    let event = Event::of(log.fields);
    fixed64(buf, EVENT_TIME, log.unix_nanos);
    text(buf, EVENT_NAME, event.name());
    for (key, value) in event.fields() {
        tag(buf, EVENT_ATTRIBUTES, key, value);
    }
    count(buf, EVENT_DROPPED_ATTRIBUTES, without_key(event.fields().map(|(key, _)| key)));
}

fn link(buf: &mut Vec<u8>, link: &Link) {
    let context = &link.context;
    if let (Some(trace_id), Some(span_id)) = (context.trace_id(), context.span_id()) {
        bytes(buf, TRACE_ID, &trace_id.to_bytes());
        bytes(buf, SPAN_ID, &span_id.to_bytes());
    }
    optional_text(buf, TRACE_STATE, context.tracestate().as_str());
    text_tag(buf, LINK_ATTRIBUTES, opentracing::REF_TYPE, link.kind.as_str());
    let flags = flags(context.trace_flags(), context.is_remote());
    buf.push(LINK_FLAGS);
    buf.extend_from_slice(&flags.to_le_bytes());
}
