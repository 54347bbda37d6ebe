//! Turns a batch into an `ExportTraceServiceRequest`, straight from the recorder's memory.

mod span;
mod value;
mod wire;

use std::ops::Range;

use tracer_core::Batch;
use tracer_core::semconv::otel::Scope;

use self::wire::{len_key, message, optional_text, text};

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
        let mut spans = batch.spans().skip(part.start).take(part.len()).peekable();
        while let Some(scope) = spans.peek().map(|first| Scope::of(first.tags())) {
            message(out, SCOPE_SPANS, 3, |out| {
                message(out, SCOPE, 1, |out| {
                    text(out, SCOPE_NAME, scope.name);
                    optional_text(out, SCOPE_VERSION, scope.version.unwrap_or_default());
                });
                while let Some(span) = spans.next_if(|span| Scope::of(span.tags()) == scope) {
                    message(out, SPANS, 2, |out| span::span(out, &span));
                }
            });
        }
    });
}
