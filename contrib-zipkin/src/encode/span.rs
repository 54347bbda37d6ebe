//! Spans.

use std::fmt::LowerHex;

use serde::{Serialize, Serializer};
use tracer_core::{Resource, SpanKind, SpanView};

use super::annotation::Annotations;
use super::endpoint::Endpoint;
use super::tags::Tags;

/// One span. What is not there is left out, as the mapping asks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Span<'a> {
    trace_id: Hex<u128>,
    id: Hex<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<Hex<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    timestamp: u64,
    duration: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_endpoint: Option<Endpoint<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_endpoint: Option<Endpoint<'a>>,
    #[serde(skip_serializing_if = "Annotations::is_empty")]
    annotations: Annotations<'a>,
    tags: Tags<'a>,
}

impl<'a> Span<'a> {
    pub(super) fn of(view: SpanView<'a>, resource: &'a Resource) -> Self {
        let (start, end) = (view.start_unix_nanos(), view.end_unix_nanos());
        // Of a server, `server.address` is this end.
        let calls = matches!(view.kind(), SpanKind::Client | SpanKind::Producer);
        let parent = view.parent_id();
        Self {
            trace_id: Hex(view.trace_id()),
            id: Hex(view.span_id()),
            parent_id: (parent != 0).then_some(Hex(parent)),
            kind: kind(view.kind()),
            name: view.name(),
            timestamp: micros(start),
            duration: micros(end.saturating_sub(start)),
            local_endpoint: Endpoint::service(resource.service_name()),
            remote_endpoint: if calls { Endpoint::remote(view.tags()) } else { None },
            annotations: Annotations(view),
            tags: Tags { view, resource },
        }
    }
}

const fn kind(kind: SpanKind) -> Option<&'static str> {
    match kind {
        SpanKind::Server => Some("SERVER"),
        SpanKind::Client => Some("CLIENT"),
        SpanKind::Producer => Some("PRODUCER"),
        SpanKind::Consumer => Some("CONSUMER"),
        // Internal, and what a later core may add.
        _ => None,
    }
}

/// Whole microseconds. Zipkin takes zero for "not there", and refuses a list for one annotation
/// without a time.
pub(super) const fn micros(nanos: u64) -> u64 {
    if nanos < 1_000 { 1 } else { nanos / 1_000 }
}

/// An id, as lower-case digits of its full width.
struct Hex<T>(T);

impl<T: LowerHex> Serialize for Hex<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let width = 2 * size_of::<T>();
        serializer.collect_str(&format_args!("{:0width$x}", self.0))
    }
}
