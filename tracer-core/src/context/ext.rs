//! The parts that few contexts have.

use std::sync::Arc;

use crate::baggage::Baggage;
use crate::propagation::RawContext;
use crate::tracestate::TraceState;

/// What travels beside ids and flags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ext {
    pub(crate) tracestate: TraceState,
    pub(crate) baggage: Baggage,
    pub(crate) raw: Option<RawContext>,
    /// Jaeger's `jaeger-debug-id`: why the caller insists on a trace.
    pub(crate) debug_id: Option<Box<str>>,
}

impl Ext {
    /// Bytes it holds on the heap, about.
    pub(crate) fn heap(&self) -> usize {
        let debug_id = self.debug_id.as_deref().map_or(0, str::len);
        size_of::<Self>() + self.tracestate.as_str().len() + self.baggage.heap() + debug_id
    }

    /// What a span takes over of this: not for what id a trace was wanted.
    pub(crate) fn of_span(own: &Arc<Self>) -> Option<Arc<Self>> {
        if own.debug_id.is_none() {
            return Some(Arc::clone(own));
        }
        Self::with_baggage(Some(own), own.baggage.clone())
    }

    /// What `context` has, with other baggage; `None` where that leaves nothing.
    pub(crate) fn with_baggage(ext: Option<&Arc<Self>>, baggage: Baggage) -> Option<Arc<Self>> {
        let tracestate = ext.map(|ext| ext.tracestate.clone()).unwrap_or_default();
        if baggage.is_empty() && tracestate.is_empty() {
            return None;
        }
        Some(Arc::new(Self { tracestate, baggage, ..Self::default() }))
    }
}
