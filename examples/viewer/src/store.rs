//! The one place where spans are kept, whichever way they came in.

use std::sync::Arc;

use otlp_embedded::proto::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use otlp_embedded::{Config, State, StateRef, TraceService, TraceServiceImpl};
use tonic::{Request, Response, Status};

use crate::translate::translate;

/// Cheap to clone; every clone is the same store.
#[derive(Clone)]
pub struct Store {
    state: StateRef,
    inner: Arc<TraceServiceImpl>,
}

impl Store {
    /// Keeps at most `max_traces` traces and about `max_memory_mib` MiB of them.
    pub fn new(max_traces: u32, max_memory_mib: usize) -> Self {
        let state = State::new(Config {
            max_length: max_traces,
            max_memory_usage: max_memory_mib.saturating_mul(1024 * 1024),
        });
        let inner = Arc::new(TraceServiceImpl::new(Arc::clone(&state)));
        Self { state, inner }
    }

    /// What the UI reads from.
    pub fn state(&self) -> StateRef {
        Arc::clone(&self.state)
    }

    /// Takes a batch, translated for Jaeger; both OTLP routes end here.
    pub async fn accept(
        &self,
        mut batch: ExportTraceServiceRequest,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        translate(&mut batch);
        self.inner.export(Request::new(batch)).await
    }
}
