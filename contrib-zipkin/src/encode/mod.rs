//! Turns a batch into Zipkin's list of spans, straight from the recorder's memory (Zipkin API v2,
//! `ListOfSpans`; OpenTelemetry specification, "OpenTelemetry to Zipkin Transformation").

mod annotation;
mod endpoint;
mod span;
mod tags;
mod value;

use std::ops::Range;

use serde::Serializer;
use tracer_core::Batch;

use self::span::Span;

/// Appends the list of a part of the batch to `out`.
///
/// # Errors
/// None that is known: memory takes all that is written, and keys of maps are texts.
pub(crate) fn write(
    batch: &Batch<'_>,
    part: Range<usize>,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    let resource = batch.resource();
    let mut json = serde_json::Serializer::new(out);
    let spans = batch.spans().skip(part.start).take(part.len());
    json.collect_seq(spans.map(|view| Span::of(view, resource)))
}
