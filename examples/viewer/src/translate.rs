//! Makes OTLP spans readable for Jaeger, and safe for the store behind it.
//!
//! The store hands attributes to the UI as they are, so what Jaeger reads from
//! tags must be one: the status, the kind, and which service a span is of.

use otlp_embedded::proto::collector::trace::v1::ExportTraceServiceRequest;
use otlp_embedded::proto::common::v1::any_value::Value;
use otlp_embedded::proto::common::v1::{AnyValue, KeyValue};
use otlp_embedded::proto::resource::v1::Resource;
use otlp_embedded::proto::trace::v1::Span;
use otlp_embedded::proto::trace::v1::span::SpanKind;
use otlp_embedded::proto::trace::v1::status::StatusCode;

const SERVICE: &str = "service.name";
const INSTANCE: &str = "service.instance.id";

/// Translates a whole batch in place.
pub fn translate(batch: &mut ExportTraceServiceRequest) {
    for group in &mut batch.resource_spans {
        name_instance(group.resource.get_or_insert_default());
        for scope in &mut group.scope_spans {
            scope.spans.retain_mut(|span| {
                translate_span(span);
                has_ids(span)
            });
        }
    }
}

/// The store tells services apart by the instance id alone, while OTLP only
/// asks it to be unique within one service: put the service's name before it.
fn name_instance(resource: &mut Resource) {
    let service = text(&resource.attributes, SERVICE).unwrap_or("unknown").to_owned();
    let unique = match text(&resource.attributes, INSTANCE) {
        Some(id) => format!("{service}/{id}"),
        None => service,
    };
    resource.attributes.retain(|attribute| attribute.key != INSTANCE);
    resource.attributes.push(attribute(INSTANCE, Value::StringValue(unique)));
}

fn translate_span(span: &mut Span) {
    let failed = span.status.as_ref().is_some_and(|s| s.code() == StatusCode::Error);
    if failed {
        set(&mut span.attributes, "error", Value::BoolValue(true));
    }
    if let Some(kind) = kind_name(span.kind()) {
        set(&mut span.attributes, "span.kind", Value::StringValue(kind.to_owned()));
    }
    // The store subtracts these: a clock that was set back must not panic it.
    span.end_time_unix_nano = span.end_time_unix_nano.max(span.start_time_unix_nano);
    // A span that is its own parent makes a trace without a root.
    if span.parent_span_id == span.span_id {
        span.parent_span_id.clear();
    }
}

/// The store makes an empty trace of a span without an id, and its list of
/// traces then fails for good.
fn has_ids(span: &Span) -> bool {
    span.trace_id.len() == 16 && span.span_id.len() == 8
}

fn kind_name(kind: SpanKind) -> Option<&'static str> {
    match kind {
        SpanKind::Unspecified => None,
        SpanKind::Internal => Some("internal"),
        SpanKind::Server => Some("server"),
        SpanKind::Client => Some("client"),
        SpanKind::Producer => Some("producer"),
        SpanKind::Consumer => Some("consumer"),
    }
}

/// Adds the attribute unless the sender has set it already.
fn set(attributes: &mut Vec<KeyValue>, key: &str, value: Value) {
    if attributes.iter().all(|attribute| attribute.key != key) {
        attributes.push(attribute(key, value));
    }
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }) }
}

fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}
