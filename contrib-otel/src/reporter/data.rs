//! A finished span as the SDK's exporters take it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{
    Event as OtelEvent, Link as OtelLink, SpanContext as OtelSpanContext, Status as OtelStatus,
};
use opentelemetry::{InstrumentationScope, KeyValue, SpanId, TraceFlags, TraceId};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use tracer_core::semconv::event::Event;
use tracer_core::semconv::opentracing;
use tracer_core::semconv::otel::Scope;
use tracer_core::{Link, LogView, SpanView, Status, Tag};

use crate::convert::{attribute, kind_to_otel, tracestate_to_otel, whole};

pub(super) fn span(span: &SpanView<'_>) -> SpanData {
    let own_tags = || Scope::beside(span.tags());
    let attributes: Vec<_> = own_tags().filter_map(|tag| attribute(&tag.key, &tag.value)).collect();
    let without_key = count(own_tags().count() - attributes.len());
    let dropped = span.dropped();
    let mut events = SpanEvents::default();
    events.events = span.logs().map(|log| event(&log)).collect();
    events.dropped_count = dropped.logs;
    let mut links = SpanLinks::default();
    links.links = span.links().iter().map(link).collect();
    links.dropped_count = dropped.links;
    SpanData {
        span_context: OtelSpanContext::new(
            TraceId::from_bytes(span.trace_id().to_be_bytes()),
            SpanId::from_bytes(span.span_id().to_be_bytes()),
            TraceFlags::new(span.trace_flags()),
            false,
            tracestate_to_otel(span.tracestate()),
        ),
        parent_span_id: SpanId::from_bytes(span.parent_id().to_be_bytes()),
        parent_span_is_remote: span.has_remote_parent(),
        span_kind: kind_to_otel(span.kind()),
        name: span.name().to_owned().into(),
        start_time: time(span.start_unix_nanos()),
        end_time: time(span.end_unix_nanos()),
        attributes,
        dropped_attributes_count: dropped.tags.saturating_add(without_key),
        events,
        links,
        status: status(span.status()),
        instrumentation_scope: scope(span.tags()),
    }
}

fn time(unix_nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(unix_nanos)
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

fn status(status: &Status) -> OtelStatus {
    match status {
        Status::Ok => OtelStatus::Ok,
        Status::Error(reason) => OtelStatus::error(reason.clone()),
        // Unset, and what a later core may add.
        _ => OtelStatus::Unset,
    }
}

fn event(log: &LogView<'_>) -> OtelEvent {
    let event = Event::of(log.fields);
    let fields = || event.fields();
    let attributes: Vec<_> = fields().filter_map(|(key, value)| attribute(key, value)).collect();
    let without_key = count(fields().count() - attributes.len());
    OtelEvent::new(event.name().to_owned(), time(log.unix_nanos), attributes, without_key)
}

fn link(link: &Link) -> OtelLink {
    let kind = KeyValue::new(opentracing::REF_TYPE, link.kind.as_str());
    OtelLink::new(whole(&link.context), vec![kind], 0)
}

/// The library that has recorded the span.
fn scope(tags: &[Tag]) -> InstrumentationScope {
    let Scope { name, version } = Scope::of(tags);
    let scope = InstrumentationScope::builder(name.to_owned());
    match version {
        Some(version) => scope.with_version(version.to_owned()).build(),
        None => scope.build(),
    }
}
