//! Turns a batch into an `ExportTraceServiceRequest`, straight from the recorder's memory.

mod span;
mod value;
mod wire;

use std::ops::Range;

use tracer_core::Batch;

use self::wire::{len_key, message, text};

const RESOURCE_SPANS: u8 = len_key(1);
const RESOURCE: u8 = len_key(1);
const RESOURCE_ATTRIBUTES: u8 = len_key(1);
const SCOPE_SPANS: u8 = len_key(2);
const SCOPE: u8 = len_key(1);
const SCOPE_NAME: u8 = len_key(1);
const SCOPE_VERSION: u8 = len_key(2);
const SPANS: u8 = len_key(2);

/// Appends a batch to `out` as the bytes of an OTLP `ExportTraceServiceRequest`
/// (opentelemetry-proto 1.x): what goes over HTTP as a body, and over gRPC as a message.
///
/// For reporters that bring a transport of their own; [`OtlpReporter`](crate::OtlpReporter) has
/// called it already.
pub fn encode(batch: &Batch<'_>, out: &mut Vec<u8>) {
    encode_part(batch, 0..batch.len(), out);
}

/// [`encode`] for some of the spans: a request of their own.
pub(crate) fn encode_part(batch: &Batch<'_>, part: Range<usize>, out: &mut Vec<u8>) {
    // Full batches of a few hundred spans take three bytes for their length, a span takes two.
    message(out, RESOURCE_SPANS, 3, |out| {
        message(out, RESOURCE, 2, |out| {
            for tag in batch.resource().tags() {
                value::tag(out, RESOURCE_ATTRIBUTES, &tag.key, &tag.value);
            }
        });
        message(out, SCOPE_SPANS, 3, |out| {
            message(out, SCOPE, 1, |out| {
                text(out, SCOPE_NAME, "tracer");
                text(out, SCOPE_VERSION, env!("CARGO_PKG_VERSION"));
            });
            for span in batch.spans().skip(part.start).take(part.len()) {
                message(out, SPANS, 2, |out| span::span(out, &span));
            }
        });
    });
}
