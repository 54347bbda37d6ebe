//! Spans as text, whether they were kept in this process or sent to a collector.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span, span, status};
use tracer_core::{FinishedSpan, Status};

/// What a tree shows of a span beside its service, kind, name and status.
const TAGS: [&str; 10] = [
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "rpc.response.status_code",
    "db.operation.batch.size",
    "db.response.returned_rows",
    "db.response.affected_rows",
    "db.response.status_code",
    "error.type",
    "shop.item",
];

/// What the tests look at in a span.
#[derive(Clone, Debug)]
pub struct Shape {
    pub service: String,
    pub trace: String,
    pub id: String,
    /// Empty where there is none.
    pub parent: String,
    pub kind: String,
    pub name: String,
    /// Why it failed.
    pub error: Option<String>,
    pub tags: Vec<(String, String)>,
    start: SystemTime,
}

impl From<&FinishedSpan> for Shape {
    fn from(span: &FinishedSpan) -> Self {
        Self {
            service: span.service().to_owned(),
            trace: span.trace_id.map(|id| id.to_string()).unwrap_or_default(),
            id: span.span_id.map(|id| id.to_string()).unwrap_or_default(),
            parent: span.parent_id.map(|id| id.to_string()).unwrap_or_default(),
            kind: span.kind.as_str().to_owned(),
            name: span.name.clone(),
            error: match &span.status {
                Status::Error(why) => Some(why.to_string()),
                _ => None,
            },
            tags: span
                .tags
                .iter()
                .map(|tag| (tag.key.to_string(), tag.value.to_string()))
                .collect(),
            start: span.start,
        }
    }
}

impl Shape {
    /// The spans of one service, as they are sent.
    pub fn sent(spans: &ResourceSpans) -> impl Iterator<Item = Self> {
        let tags = spans.resource.iter().flat_map(|resource| &resource.attributes);
        let mut name = tags.filter(|tag| tag.key == "service.name").map(text);
        let service = name.next().unwrap_or_default();
        let spans = spans.scope_spans.iter().flat_map(|scope| &scope.spans);
        spans.map(move |span| Self::of(&service, span))
    }

    fn of(service: &str, span: &Span) -> Self {
        let hex = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect();
        let status = span.status.as_ref().filter(|s| s.code() == status::StatusCode::Error);
        Self {
            service: service.to_owned(),
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            kind: match span.kind() {
                span::SpanKind::Server => "server",
                span::SpanKind::Client => "client",
                _ => "internal",
            }
            .to_owned(),
            name: span.name.clone(),
            error: status.map(|status| status.message.clone()),
            tags: span.attributes.iter().map(|tag| (tag.key.clone(), text(tag))).collect(),
            start: UNIX_EPOCH + std::time::Duration::from_nanos(span.start_time_unix_nano),
        }
    }

    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Commands to Redis are named after its address, which is another one each time.
    fn name(&self) -> String {
        match self.name.rsplit_once(' ') {
            Some((command, target)) if target.parse::<SocketAddr>().is_ok() => {
                format!("{command} address:port")
            }
            _ => self.name.clone(),
        }
    }
}

fn text(tag: &KeyValue) -> String {
    match &tag.value {
        Some(AnyValue { value: Some(any_value::Value::StringValue(text)) }) => text.clone(),
        Some(AnyValue { value: Some(any_value::Value::IntValue(number)) }) => number.to_string(),
        value => format!("{value:?}"),
    }
}

/// In the order of their starts.
fn shapes<S: Into<Shape>>(spans: impl IntoIterator<Item = S>) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = spans.into_iter().map(Into::into).collect();
    shapes.sort_by_key(|shape| shape.start);
    shapes
}

/// A line a span, children below their parent. What comes first started first; a span whose
/// parent is not there stands at the left.
pub fn tree<S: Into<Shape>>(spans: impl IntoIterator<Item = S>) -> String {
    let spans = shapes(spans);
    let mut text = String::new();
    for top in spans.iter().filter(|span| !spans.iter().any(|other| other.id == span.parent)) {
        draw(&mut text, top, &spans, 0);
    }
    text
}

fn draw(text: &mut String, span: &Shape, all: &[Shape], depth: usize) {
    let kind = match span.kind.as_str() {
        "internal" => String::new(),
        kind => format!("{kind} "),
    };
    write!(text, "{}{}: {kind}{}", "  ".repeat(depth), span.service, span.name()).unwrap();
    if let Some(why) = &span.error {
        write!(text, " !{why}").unwrap();
    }
    for key in TAGS {
        if let Some(value) = span.tag(key) {
            write!(text, " {key}={value}").unwrap();
        }
    }
    text.push('\n');
    assert!(depth < 20, "a span is its own ancestor");
    for child in all.iter().filter(|child| child.parent == span.id) {
        draw(text, child, all, depth + 1);
    }
}

/// A line a call of a store: which store, and what was asked of it.
pub fn store_calls<S: Into<Shape>>(spans: impl IntoIterator<Item = S>) -> String {
    let mut lines = String::new();
    for span in shapes(spans) {
        let Some(system) = span.tag("db.system.name") else { continue };
        let what = span.tag("db.query.summary").or_else(|| span.tag("db.operation.name"));
        let database = span.tag("db.namespace").unwrap_or("-");
        let text = span.tag("db.query.text").unwrap_or("-").replace('\n', "; ");
        let what = what.unwrap_or(&span.name);
        writeln!(lines, "{system} {database} | {what} | {text}").unwrap();
    }
    lines
}
