//! Tags and attributes, kinds of spans.

use std::borrow::Cow;

use opentelemetry::trace::SpanKind as OtelSpanKind;
use opentelemetry::{Array as OtelArray, KeyValue, StringValue, Value as OtelValue};
use tracer_core::{Array, SpanKind, Tag, Value};

use super::keys::key;

/// An attribute as a tag.
pub(crate) fn tag(attribute: KeyValue) -> Tag {
    Tag::new(key(attribute.key), value_from_otel(attribute.value))
}

fn value_from_otel(value: OtelValue) -> Value {
    match value {
        OtelValue::Bool(value) => value.into(),
        OtelValue::I64(value) => value.into(),
        OtelValue::F64(value) => value.into(),
        OtelValue::String(value) => String::from(value).into(),
        OtelValue::Array(OtelArray::Bool(items)) => items.into(),
        OtelValue::Array(OtelArray::I64(items)) => items.into(),
        OtelValue::Array(OtelArray::F64(items)) => items.into(),
        OtelValue::Array(OtelArray::String(items)) => {
            items.into_iter().map(String::from).collect::<Vec<_>>().into()
        }
        // A kind of value that opentelemetry has and this version does not know.
        other => other.to_string().into(),
    }
}

/// A tag as an attribute. Keys may not be empty there: such a tag is none.
pub(crate) fn attribute(key: &str, value: &Value) -> Option<KeyValue> {
    (!key.is_empty()).then(|| KeyValue::new(key.to_owned(), value_to_otel(value)))
}

fn value_to_otel(value: &Value) -> OtelValue {
    match value {
        Value::Str(text) => OtelValue::String(text_to_otel(text)),
        Value::I64(value) => OtelValue::I64(*value),
        Value::F64(value) => OtelValue::F64(*value),
        Value::Bool(value) => OtelValue::Bool(*value),
        Value::Array(items) => match &**items {
            Array::Str(items) => {
                OtelValue::Array(OtelArray::String(items.iter().map(text_to_otel).collect()))
            }
            Array::I64(items) => OtelValue::Array(OtelArray::I64(items.clone())),
            Array::F64(items) => OtelValue::Array(OtelArray::F64(items.clone())),
            Array::Bool(items) => OtelValue::Array(OtelArray::Bool(items.clone())),
            // A kind of array that the core has and this version does not know.
            _ => OtelValue::from(value.to_string()),
        },
        // The same of values.
        other => OtelValue::from(other.to_string()),
    }
}

#[allow(clippy::ptr_arg, reason = "what is borrowed for ever need not be copied")]
fn text_to_otel(text: &Cow<'static, str>) -> StringValue {
    text.clone().into()
}

pub(crate) const fn kind_from_otel(kind: &OtelSpanKind) -> SpanKind {
    match kind {
        OtelSpanKind::Client => SpanKind::Client,
        OtelSpanKind::Server => SpanKind::Server,
        OtelSpanKind::Producer => SpanKind::Producer,
        OtelSpanKind::Consumer => SpanKind::Consumer,
        OtelSpanKind::Internal => SpanKind::Internal,
    }
}

pub(crate) const fn kind_to_otel(kind: SpanKind) -> OtelSpanKind {
    match kind {
        SpanKind::Server => OtelSpanKind::Server,
        SpanKind::Client => OtelSpanKind::Client,
        SpanKind::Producer => OtelSpanKind::Producer,
        SpanKind::Consumer => OtelSpanKind::Consumer,
        // Internal, and what a later core may add.
        _ => OtelSpanKind::Internal,
    }
}
