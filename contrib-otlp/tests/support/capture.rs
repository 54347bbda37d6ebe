//! A reporter that encodes, and keeps the bytes beside a copy of the spans.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tracer_core::{Batch, FinishedSpan, Outcome, Reporter};

#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<Captured>>>);

/// A batch's bytes, and what they were made of.
type Captured = (Vec<u8>, Vec<FinishedSpan>);

impl Capture {
    /// All requests so far, decoded, each beside what it was made of.
    pub(crate) fn requests(&self) -> Vec<(ExportTraceServiceRequest, Vec<FinishedSpan>)> {
        let batches = self.0.lock().unwrap();
        let decoded = batches.iter().map(|(bytes, spans)| {
            let request = ExportTraceServiceRequest::decode(&bytes[..]).unwrap();
            // Minimal, and in the order of the field numbers, as generated code writes it, but
            // for times of zero.
            assert!(bytes.len() >= request.encoded_len());
            (request, spans.clone())
        });
        decoded.collect()
    }

    /// The only span of the only batch.
    pub(crate) fn span(&self) -> Span {
        let mut spans: Vec<Span> = self
            .requests()
            .into_iter()
            .flat_map(|(request, _)| request.resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect();
        assert_eq!(spans.len(), 1);
        spans.remove(0)
    }
}

impl Reporter for Capture {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        // Encoding appends: what is in the buffer stays.
        let mut bytes = vec![42];
        contrib_otlp::encode(batch, &mut bytes);
        assert_eq!(bytes.remove(0), 42);
        let copies = batch.spans().map(|span| span.to_finished(batch.resource()));
        self.0.lock().unwrap().push((bytes, copies.collect()));
        Outcome::Reported
    }
}
