//! What a span should look like on the wire, by another road: through opentelemetry-proto's
//! generated types, from the copy that `to_finished` makes.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link, SpanKind as Kind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use tracer_core::{Array, FinishedSpan, SpanContext, SpanKind, Tag, Value};

pub(crate) fn span(span: &FinishedSpan) -> Span {
    Span {
        trace_id: span.trace_id.unwrap().to_bytes().to_vec(),
        span_id: span.span_id.unwrap().to_bytes().to_vec(),
        trace_state: span.tracestate.as_str().to_owned(),
        parent_span_id: span.parent_id.map(|id| id.to_bytes().to_vec()).unwrap_or_default(),
        // The copy does not say; all traces here are made here, which makes them random.
        flags: 0x103 | if span.has_remote_parent { 0x200 } else { 0 },
        name: span.name.clone(),
        kind: match span.kind {
            SpanKind::Server => Kind::Server,
            SpanKind::Client => Kind::Client,
            SpanKind::Producer => Kind::Producer,
            SpanKind::Consumer => Kind::Consumer,
            _ => Kind::Internal,
        }
        .into(),
        start_time_unix_nano: nanos(span.start),
        end_time_unix_nano: nanos(span.end),
        attributes: span.tags.iter().map(tag).collect(),
        dropped_attributes_count: span.dropped.tags,
        events: span.logs.iter().map(event).collect(),
        dropped_events_count: span.dropped.logs,
        links: span.links.iter().map(link).collect(),
        dropped_links_count: span.dropped.links,
        status: status(&span.status),
    }
}

fn nanos(time: SystemTime) -> u64 {
    let nanos = time.duration_since(UNIX_EPOCH).unwrap().as_nanos();
    u64::try_from(nanos).unwrap()
}

fn status(status: &tracer_core::Status) -> Option<Status> {
    let (message, code) = match status {
        tracer_core::Status::Ok => (String::new(), StatusCode::Ok),
        tracer_core::Status::Error(words) => (words.to_string(), StatusCode::Error),
        _ => return None,
    };
    let code = code.into();
    Some(Status { message, code })
}

pub(crate) fn tag(tag: &Tag) -> KeyValue {
    named(&tag.key, any(&tag.value))
}

fn named(key: &str, value: Any) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

fn any(value: &Value) -> Any {
    match value {
        Value::Str(text) => Any::StringValue(text.to_string()),
        Value::I64(number) => Any::IntValue(*number),
        Value::F64(number) => Any::DoubleValue(*number),
        Value::Bool(truth) => Any::BoolValue(*truth),
        Value::Array(array) => {
            let items: Vec<Any> = match &**array {
                Array::Str(items) => {
                    items.iter().map(|i| Any::StringValue(i.to_string())).collect()
                }
                Array::I64(items) => items.iter().map(|i| Any::IntValue(*i)).collect(),
                Array::F64(items) => items.iter().map(|i| Any::DoubleValue(*i)).collect(),
                Array::Bool(items) => items.iter().map(|i| Any::BoolValue(*i)).collect(),
                other => panic!("{other:?}"),
            };
            let item = |value| AnyValue { value: Some(value) };
            let values = items.into_iter().map(item).collect();
            Any::ArrayValue(ArrayValue { values })
        }
        other => panic!("{other:?}"),
    }
}

fn event((time, fields): &(SystemTime, Vec<Tag>)) -> Event {
    let is_text = |field: &&Tag| field.key == "event" && field.value.as_str().is_some();
    let says_nothing = |field: &&Tag| is_text(field) && field.value.as_str() == Some("");
    let mut rest: Vec<&Tag> = fields.iter().filter(|field| !says_nothing(field)).collect();
    let named_by = rest.iter().position(is_text).map(|at| rest.remove(at));
    let name = named_by.map_or("log", |field| field.value.as_str().unwrap());
    let error = name == "error";
    let attributes = rest.into_iter().map(|field| {
        let mut field = tag(field);
        if error {
            let table = [
                ("error.kind", "exception.type"),
                ("message", "exception.message"),
                ("stack", "exception.stacktrace"),
            ];
            if let Some((_, new)) = table.iter().find(|(old, _)| field.key == *old) {
                (*new).clone_into(&mut field.key);
            }
        }
        field
    });
    Event {
        time_unix_nano: nanos(*time),
        name: if error { "exception" } else { name }.to_owned(),
        attributes: attributes.collect(),
        dropped_attributes_count: 0,
    }
}

fn link(link: &tracer_core::Link) -> Link {
    let context: &SpanContext = &link.context;
    Link {
        trace_id: context.trace_id().unwrap().to_bytes().to_vec(),
        span_id: context.span_id().unwrap().to_bytes().to_vec(),
        trace_state: context.tracestate().as_str().to_owned(),
        attributes: vec![named(
            "opentracing.ref_type",
            Any::StringValue(link.kind.as_str().to_owned()),
        )],
        dropped_attributes_count: 0,
        flags: u32::from(context.trace_flags())
            | 0x100
            | if context.is_remote() { 0x200 } else { 0 },
    }
}
