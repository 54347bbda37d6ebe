//! Spans to send, and a look at what the UI would be told.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::io::Write;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt;
use otlp_embedded::proto::collector::trace::v1::ExportTraceServiceRequest;
use otlp_embedded::proto::common::v1::{AnyValue, KeyValue, any_value::Value};
use otlp_embedded::proto::resource::v1::Resource;
use otlp_embedded::proto::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use serde_json::Value as Json;
use tower::ServiceExt;
use viewer::{Store, ui};

pub const TRACE: [u8; 16] = [7; 16];

/// A span with this number as its id; parent 0 is none.
pub fn span(id: u8, parent: u8) -> Span {
    Span {
        trace_id: TRACE.to_vec(),
        span_id: vec![id; 8],
        parent_span_id: if parent == 0 { Vec::new() } else { vec![parent; 8] },
        name: format!("step {id}"),
        start_time_unix_nano: 1_700_000_000_000_000_000,
        end_time_unix_nano: 1_700_000_000_005_000_000,
        ..Span::default()
    }
}

pub fn text(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value) }
}

pub fn group(attributes: Vec<KeyValue>, spans: Vec<Span>) -> ResourceSpans {
    ResourceSpans {
        resource: Some(Resource { attributes, ..Resource::default() }),
        scope_spans: vec![ScopeSpans { spans, ..ScopeSpans::default() }],
        ..ResourceSpans::default()
    }
}

/// One service's spans, as an exporter would send them.
pub fn batch(service: &str, spans: Vec<Span>) -> Vec<u8> {
    let resource_spans = vec![group(vec![text("service.name", service)], spans)];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub async fn body_of(response: Response) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

/// What the UI's port answers at `path`.
pub async fn ask(store: &Store, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    ui::router(store).oneshot(request).await.unwrap()
}

/// The one trace that all spans here are of.
pub async fn trace_json(store: &Store) -> Json {
    let id = "07".repeat(16);
    let body = body_of(ask(store, &format!("/api/traces/{id}")).await).await;
    serde_json::from_slice(&body).unwrap()
}
