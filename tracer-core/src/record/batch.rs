//! What a reporter sees.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::chunk::{Chunk, Place, Rare, SpanRecord};
use super::entry::REMOTE_PARENT;
use super::recorder::Shared;
use crate::clock::{Anchor, Stamp};
use crate::context::{Ext, SpanContext, W3C};
use crate::id::{SpanId, TraceId};
use crate::semconv::opentracing;
use crate::span::{ReferenceKind, SpanKind, Status};
use crate::sync::wait_until;
use crate::tracer::Resource;
use crate::tracestate::TraceState;
use crate::value::Tag;

/// Finished spans of one tracer, borrowed from the recorder.
pub struct Batch<'a> {
    chunk: &'a Chunk,
    resource: &'a Arc<Resource>,
    shared: &'a Shared,
    anchor: Anchor,
}

/// A reference to a span beside the parent (OpenTelemetry: link).
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The span referred to.
    pub context: SpanContext,
    /// What it is to this span. Goes out as the link's `opentracing.ref_type`.
    pub kind: ReferenceKind,
}

/// One finished span in a [`Batch`].
#[derive(Clone, Copy)]
pub struct SpanView<'a> {
    span: &'a SpanRecord,
    chunk: &'a Chunk,
    /// Where its part of the chunk's lists begins.
    first: Place,
    interval: (u64, u64),
    anchor: &'a Anchor,
}

/// Tags, logs and links of a span that the [limits](crate::Limits) cut off. What is still there,
/// without the log that stands for those that were dropped, and these are what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Dropped {
    /// Tags.
    pub tags: u32,
    /// Logs.
    pub logs: u32,
    /// Links.
    pub links: u32,
}

impl Dropped {
    /// Whether nothing was.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tags == 0 && self.logs == 0 && self.links == 0
    }
}

/// One log of a span.
#[doc(alias = "Event")]
#[derive(Clone, Copy, Debug)]
pub struct LogView<'a> {
    /// Nanoseconds since 1970.
    pub unix_nanos: u64,
    /// The fields; `event` names what happened.
    pub fields: &'a [Tag],
}

impl<'a> Batch<'a> {
    pub(super) fn new(chunk: &'a Chunk, resource: &'a Arc<Resource>, shared: &'a Shared) -> Self {
        Self { chunk, resource, shared, anchor: Anchor::now() }
    }

    /// Whose spans these are.
    #[must_use]
    pub const fn resource(&self) -> &'a Arc<Resource> {
        self.resource
    }

    /// Number of spans.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunk.len()
    }

    /// Whether there are no spans. A reporter is not called with an empty batch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The spans. Those of one thread come in the order they finished, but that spans of a static
    /// name with nothing written on them, and all the others, are two lists, which are not merged.
    pub fn spans(&self) -> impl Iterator<Item = SpanView<'_>> {
        let (chunk, anchor) = (self.chunk, &self.anchor);
        let mut next = Place::default();
        chunk.spans.iter().map(move |span| {
            let first = next;
            next.go_past(span);
            SpanView { span, chunk, first, interval: span.head.interval(anchor), anchor }
        })
    }

    /// Sleeps between two attempts to send this batch. Returns false, at once or early, when the
    /// tracer is shutting down: then this was the last attempt.
    #[must_use]
    pub fn pause(&self, time: Duration) -> bool {
        let control = self.shared.control();
        let control =
            wait_until(&self.shared.wake, control, time, |control| control.stop.is_some());
        control.stop.is_none()
    }

    /// By when the tracer's shutdown wants the reporter to be done; `None` while it is running.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.shared.control().stop
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("spans", &self.len()).finish_non_exhaustive()
    }
}

/// The part of a list that begins at `first`.
#[inline]
fn part<T>(list: &[T], first: u32, count: u32) -> &[T] {
    let rest = list.get(first as usize..).unwrap_or_default();
    rest.get(..count as usize).unwrap_or(rest)
}

impl<'a> SpanView<'a> {
    /// The trace's id as a number, which encoders want; never zero. As a
    /// [`TraceId`](crate::TraceId) it is in a [`FinishedSpan`].
    #[must_use]
    pub fn trace_id(&self) -> u128 {
        let [high, low] = self.span.head.trace_id;
        (u128::from(high) << 64) | u128::from(low)
    }

    /// The span's own id as a number; never zero.
    #[must_use]
    pub const fn span_id(&self) -> u64 {
        self.span.head.span_id
    }

    /// The parent's id as a number; zero for a root, which has none.
    #[must_use]
    pub const fn parent_id(&self) -> u64 {
        self.span.head.parent_id
    }

    /// Whether the parent is in another process.
    #[must_use]
    pub const fn has_remote_parent(&self) -> bool {
        self.span.head.flags & REMOTE_PARENT != 0
    }

    /// W3C trace flags, as others were told: a trace that was kept ([`KeepIf`](crate::KeepIf)) is
    /// not sampled.
    #[must_use]
    pub const fn trace_flags(&self) -> u8 {
        self.span.head.flags & W3C
    }

    /// W3C tracestate.
    #[must_use]
    pub fn tracestate(&self) -> &'a str {
        self.ext().map_or("", |ext| ext.tracestate.as_str())
    }

    /// The name (OpenTracing: operation name).
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.span.head.name
    }

    /// What part the span plays.
    #[must_use]
    pub const fn kind(&self) -> SpanKind {
        self.span.head.kind
    }

    /// How the work ended.
    #[must_use]
    pub fn status(&self) -> &'a Status {
        match self.rare() {
            Some(rare) => &rare.status,
            None => &Status::Unset,
        }
    }

    /// Start, in nanoseconds since 1970.
    #[must_use]
    pub const fn start_unix_nanos(&self) -> u64 {
        self.interval.0
    }

    /// End, in nanoseconds since 1970; never before the start.
    #[must_use]
    pub const fn end_unix_nanos(&self) -> u64 {
        self.interval.1
    }

    /// Start and end as they were taken: readings of the clock, or what the user gave.
    pub(crate) const fn stamps(&self) -> (Stamp, Stamp) {
        self.span.head.stamps()
    }

    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &'a [Tag] {
        part(&self.chunk.tags, self.first.tags, self.span.head.tags)
    }

    /// The logs, in the order they were written; where there were too many, with one between them
    /// that [stands for those that were dropped](crate::Limits::logs).
    pub fn logs(&self) -> impl Iterator<Item = LogView<'a>> + use<'a> {
        let Self { span, chunk, first, anchor, .. } = *self;
        let mut next = first.fields;
        part(&chunk.logs, first.logs, span.logs).iter().map(move |log| {
            let fields = part(&chunk.fields, next, log.fields);
            next += log.fields;
            LogView { unix_nanos: log.time.unix_nanos(anchor), fields }
        })
    }

    /// References beside the parent.
    #[must_use]
    pub fn links(&self) -> &'a [Link] {
        part(&self.chunk.links, self.first.links, self.span.links)
    }

    /// Tags, logs and links that the limits cut off.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.rare().map(|rare| rare.dropped).unwrap_or_default()
    }

    fn rare(&self) -> Option<&'a Rare> {
        let place = self.first.rares as usize;
        if self.span.has_rare { self.chunk.rares.get(place) } else { None }
    }

    fn ext(&self) -> Option<&'a Ext> {
        self.rare()?.ext.as_deref()
    }

    /// A copy that outlives the batch.
    #[must_use]
    pub fn to_finished(&self, resource: &Arc<Resource>) -> FinishedSpan {
        let time = |nanos| UNIX_EPOCH + Duration::from_nanos(nanos);
        FinishedSpan {
            trace_id: TraceId::from_u128(self.trace_id()),
            span_id: SpanId::from_u64(self.span_id()),
            parent_id: SpanId::from_u64(self.parent_id()),
            has_remote_parent: self.has_remote_parent(),
            tracestate: self.ext().map(|ext| ext.tracestate.clone()).unwrap_or_default(),
            name: self.name().to_owned(),
            kind: self.kind(),
            status: self.status().clone(),
            start: time(self.start_unix_nanos()),
            end: time(self.end_unix_nanos()),
            tags: self.tags().to_vec(),
            logs: self.logs().map(|log| (time(log.unix_nanos), log.fields.to_vec())).collect(),
            links: self.links().to_vec(),
            dropped: self.dropped(),
            resource: Arc::clone(resource),
        }
    }
}

impl fmt::Debug for SpanView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanView").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// A finished span of its own, as tests and in-process viewers look at it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FinishedSpan {
    /// The trace.
    pub trace_id: Option<TraceId>,
    /// The span's own id.
    pub span_id: Option<SpanId>,
    /// The parent; `None` for a root.
    pub parent_id: Option<SpanId>,
    /// Whether the parent is in another process.
    pub has_remote_parent: bool,
    /// W3C tracestate.
    pub tracestate: TraceState,
    /// The name.
    pub name: String,
    /// What part the span plays.
    pub kind: SpanKind,
    /// How the work ended.
    pub status: Status,
    /// Start.
    pub start: SystemTime,
    /// End; never before the start.
    pub end: SystemTime,
    /// The tags.
    pub tags: Vec<Tag>,
    /// The logs: when, and what.
    pub logs: Vec<(SystemTime, Vec<Tag>)>,
    /// References beside the parent.
    pub links: Vec<Link>,
    /// Tags, logs and links that the limits cut off.
    pub dropped: Dropped,
    /// Whose span this is.
    pub resource: Arc<Resource>,
}

impl FinishedSpan {
    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&crate::Value> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| &tag.value)
    }

    /// The name of the service.
    #[must_use]
    pub fn service(&self) -> &str {
        self.resource.service_name()
    }

    /// The `event` fields of the logs, in order.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        let event = |(_, fields): &(SystemTime, Vec<Tag>)| {
            fields
                .iter()
                .find(|field| field.key == opentracing::EVENT)
                .map(|field| field.value.to_string())
        };
        self.logs.iter().filter_map(event).collect()
    }
}
